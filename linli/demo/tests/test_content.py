"""The texts of the demo and the classes every installation begins with."""

from __future__ import annotations

import csv
import os
import re
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from linli.cases.seed import CLASSES
from linli.demo import content
from linli.demo.geometry import make_town
from linli.demo.profile import COMMON, ICE
from linli.kernel.calendar.rules import parse_limit

REAL_PLACES = os.environ.get("LINLI_REAL_PLACES", "")
"""A CSV with the names of the country's sub-districts in any of its columns; too large to be part of the project."""
FORBIDDEN = ("宗教", "民族", "党员", "信访", "上访", "吸毒", "前科", "重点人员", "人脸")


def classes() -> list[dict[str, str]]:
    with CLASSES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_of_the_class_file_has_a_limit_that_can_be_read() -> None:
    for row in classes():
        assert parse_limit(row["time_limit"]).amount > 0, row
        assert row["filing_condition"]
        assert row["closing_condition"]


def test_the_class_file_has_all_classes_of_the_seed_list_and_no_condition_twice() -> None:
    rows = classes()
    kinds = Counter({row["code"]: row["kind"] for row in rows}.values())
    assert kinds == {"component": 47, "event": 49, "appeal": 15}
    assert len({(row["code"], row["filing_condition"]) for row in rows}) == len(rows) == 182
    for row in rows:
        assert row["code"] == f"{row['kind'][0].upper()}{row['major_code']}{row['minor_code']}"


def test_extension_classes_count_down_from_99_and_carry_their_mark() -> None:
    own = {row["minor_code"] for row in classes() if row["name"].endswith("（自定义）")}
    assert own == {str(number) for number in range(93, 100)}


def test_every_unit_of_the_class_file_exists_in_the_demo() -> None:
    known = {plan.code for plan in content.organization_plans()}
    assert {row["department_code"] for row in classes()} <= known
    assert sum(plan.kind == "department" for plan in content.organization_plans()) == 12


def test_every_class_that_people_report_has_eight_different_sentences_with_one_place() -> None:
    sentences = content.phrases()
    assert COMMON.keys() | ICE.keys() <= sentences.keys()
    assert sum(code.startswith("A") for code in sentences) == 15
    assert sum(not code.startswith("A") for code in sentences) >= 60
    everything = [sentence for several in sentences.values() for sentence in several]
    assert len(set(everything)) == len(everything) >= 700
    for code, several in sentences.items():
        assert len(several) >= 8, code
        assert all(sentence.count("{place}") == 1 for sentence in several), code


def test_replies_name_the_place_and_leave_no_slot_open() -> None:
    for code in [*content.phrases(), "C0206"]:
        reply = content.reply_for(code, "春晓苑3幢楼下")
        assert "{" not in reply.public_reply + reply.handling_note
        assert (
            "春晓苑3幢楼下" in reply.public_reply or code in ("A01", "A02") or code.startswith("A")
        )


def test_telephones_never_leave_the_block_of_the_demo() -> None:
    rng = Random(1)
    numbers = [content.resident_phone(rng) for _ in range(500)] + [
        content.phone(number) for number in (0, 42, 12_345)
    ]
    assert all(re.fullmatch(r"1990000\d{4}", number) for number in numbers)


def test_names_are_all_different_until_the_lists_are_used_up() -> None:
    called = content.names(Random(3))
    first = [next(called) for _ in range(10_000)]
    assert len(set(first)) == len(first)


def test_no_text_speaks_of_what_the_register_must_not_know() -> None:
    for file in content.FOLDER.iterdir():
        text = file.read_text(encoding="utf-8")
        assert not [word for word in FORBIDDEN if word in text], file.name


def test_no_text_and_no_area_has_the_name_of_a_real_sub_district() -> None:
    if not REAL_PLACES:
        pytest.skip("LINLI_REAL_PLACES names no file with the names of real sub-districts")
    with Path(REAL_PLACES).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    named = {
        value
        for row in rows
        for value in row.values()
        if value and value.endswith(("街道", "街道办事处"))
    }
    assert len(named) > 1_000
    assert make_town(7).subdistrict.name not in {name.removesuffix("办事处") for name in named}
    texts = "".join(file.read_text(encoding="utf-8") for file in content.FOLDER.iterdir())
    assert not [name for name in named if len(name) > 2 and name in texts]

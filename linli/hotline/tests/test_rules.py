"""What may leave the house, how long to wait, how lists differ, and the file of the platforms."""

from __future__ import annotations

import json
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from linli.cases.flow import MOVES
from linli.hotline.errors import BadSettings, UnknownUpstream
from linli.hotline.rules import Difference, Listed, differences, pause_after, public_words
from linli.hotline.tests.conftest import Write
from linli.hotline.upstreams import SHIPPED, STEPS, secret_of, set_up, upstream, upstreams
from linli.kernel.engine.remembered import forget_everything
from tests.world import MONDAY


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("请拨 19900001234 联系", "请拨 199****1234 联系"),
        ("座机 010-12345678", "座机 010****5678"),
        ("证件 11010519491231002X 已核", "证件 110***********002X 已核"),
        ("信箱 wang@example.org。", "信箱 w***@example.org。"),
        ("已到春晓苑3幢501修好", "已到春晓苑***修好"),
        ("王奶奶您好，王奶奶家的灯", "王**您好，王**家的灯"),
        ("王您好", "王您好"),
        ("共 3 盏，120 元，2026 年", "共 3 盏，120 元，2026 年"),
    ],
)
def test_numbers_and_names_of_people_do_not_leave(said: str, told: str) -> None:
    assert public_words(said, names=("王奶奶", "王", "")) == told


def test_pauses_grow_threefold_up_to_half_an_hour() -> None:
    seconds = [pause_after(tries).total_seconds() for tries in (1, 2, 3, 4, 5, 6, 99)]

    assert seconds == [10, 30, 90, 270, 810, 1_800, 1_800]


def test_lists_differ_by_number_status_and_limit() -> None:
    later = MONDAY + timedelta(days=1)
    ours = {"A": Listed("signed", MONDAY), "B": Listed("x", None), "D": Listed("x", None)}
    theirs = {"A": Listed("sent", later), "C": Listed("sent", None), "D": Listed("x", None)}

    assert differences(ours, theirs) == [
        Difference("A", "status", "signed", "sent"),
        Difference("A", "due", MONDAY.isoformat(), later.isoformat()),
        Difference("B", "missing_there"),
        Difference("C", "missing_here", theirs="sent"),
    ]
    assert differences({"A": Listed("x", MONDAY)}, {"A": Listed("x", None)}) == [
        Difference("A", "due", MONDAY.isoformat(), "")
    ]


def test_the_shipped_table_says_of_every_step_what_it_is_called_or_that_it_is_not_told() -> None:
    table = json.loads(SHIPPED.read_text(encoding="utf-8"))

    assert set(table) == set(STEPS)
    assert {"taken", "extend"} == set(STEPS) - set(MOVES)
    told = {step for step, value in table.items() if value}
    assert {"sign_for", "dispatch", "return_back", "extend", "feedback", "close", "redo"} <= told


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "City!"}, "code"),
        ({"address": "ftp://x"}, "address"),
        ({"address": "http://x/?a=1"}, "address"),
        ({"digest": "md5"}, "digest"),
        ({"pull_minutes": -1}, "pull_minutes"),
        ({"pull_minutes": "5"}, "pull_minutes"),
        ({"statuses": []}, "statuses"),
        ({"statuses": {"sing_for": None}}, "statuses"),
        ({"statuses": {"sign_for": "20"}}, "statuses"),
    ],
)
def test_a_wrong_line_of_the_file_is_named(
    written: Write, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadSettings) as caught:
        written(**{"address": "http://x", **changes})
    assert caught.value.field == field


@pytest.mark.parametrize("text", ["{", "[]", '{"upstreams": 1}', '{"upstreams": [1]}'])
def test_a_file_that_cannot_be_read_is_an_error_and_not_no_platform(
    settings: Settings, text: str
) -> None:
    (Path(settings.LINLI_HOME) / "hotline.json").write_text(text, encoding="utf-8")
    with pytest.raises(BadSettings):
        upstreams()


def test_two_platforms_of_one_code_are_refused(settings: Settings) -> None:
    row = {"code": "city", "address": "http://x"}
    file = Path(settings.LINLI_HOME) / "hotline.json"
    file.write_text(json.dumps({"upstreams": [row, row]}), encoding="utf-8")
    with pytest.raises(BadSettings):
        upstreams()


def test_setting_up_makes_a_secret_that_only_its_owner_reads_and_keeps_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LINLI_HOTLINE_SECRET_CITY")
    assert upstreams() == {}
    with pytest.raises(UnknownUpstream):
        upstream("city")
    with pytest.raises(BadSettings):
        secret_of("city")

    file = set_up("city", name="市民热线", address="http://127.0.0.1:9/api/")
    made = secret_of("city")
    again = set_up("city", name="市民服务热线", address="http://127.0.0.1:10")
    set_up("region", name="区平台", address="http://127.0.0.1:11")
    forget_everything()

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (file, made) == (again, secret_of("city"))
    assert len(made) >= 32
    found = upstreams()
    assert (found["city"].name, found["city"].address) == ("市民服务热线", "http://127.0.0.1:10")
    assert set(found) == {"city", "region"}
    monkeypatch.setenv("LINLI_HOTLINE_SECRET_CITY", "from-the-environment")
    assert secret_of("city") == "from-the-environment"
    monkeypatch.setenv("LINLI_HOTLINE_SECRET_CITY", "short")
    with pytest.raises(BadSettings):
        secret_of("city")

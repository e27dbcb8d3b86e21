"""Every importer on damaged files: no traceback, no row unaccounted for, no key or telephone out of a damaged number.

    python -m tests.trials.damaged_tables --files 500

A file may be refused as a whole, in words. Otherwise every line on which a row begins (counted without the reader, see
`damaged_files`) is among the rows, the refusals or the notes, and read = stored + known + refused.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.trials.damaged_files import DATES, PHONES, TRUE_PHONES, Damaged, Form, damaged_file

if TYPE_CHECKING:
    from tests.world import World

NOTED = re.compile(r"第 (\d+) 行")
LONG = "2509121011010815"


@dataclass(frozen=True)
class Told:
    """What an importer answered: lines it took for rows or noted, its counts, keys and telephones that came of it."""

    rows: set[int]
    noted: set[int]
    read: int
    taken: int
    keys: set[str]
    phones: set[str]


def long_key(chance: random.Random, number: int) -> str:
    """A key: short, of 18 digits, with a zero in front, or in E-notation."""
    return chance.choice((f"H{number}", f"{LONG}{number:02}", f"00{number}", f"{LONG[:9]}{number}"))


def report(chance: random.Random, number: int) -> dict[str, Any]:
    return {
        "工单编号": long_key(chance, number), "标题": chance.choice(("路灯不亮", "井盖,松动", "“积水”", "")),
        "内容": chance.choice(("三天了", "", "\u200b")), "联系电话": chance.choice(PHONES),
        "接收时间": chance.choice(DATES),
    }  # fmt: skip


def person(chance: random.Random, number: int) -> dict[str, Any]:
    return {
        "姓名": chance.choice(("小何", "小罗", "")), "工号": long_key(chance, number),
        "单位": chance.choice(("CG", "城管队", "没有")), "电话": chance.choice(PHONES),
        "岗位": chance.choice(("", "网格员", "受理员")), "辖区编码": chance.choice(("", "990101001001001")),
    }  # fmt: skip


def post(chance: random.Random, number: int) -> dict[str, Any]:
    return {
        "工号": chance.choice(("E001", "E002", "X9")), "岗位": chance.choice(("受理员", "派遣员", "厂长", "")),
        "辖区编码": chance.choice(("", "990101001", "990101001001001")),
    }  # fmt: skip


def duty(chance: random.Random, number: int) -> dict[str, Any]:
    return {
        "类别编码": chance.choice(("E0111", "C0101", "ZZ", "")), "辖区编码": chance.choice(("", "990101001001", "9")),
        "单位编码": chance.choice(("CG", "SW", "")),
    }  # fmt: skip


def standard(chance: random.Random, number: int) -> dict[str, Any]:
    return {
        "大类代码": chance.choice(("01", "02", "", "1E+01")), "大类名称": chance.choice(("市容环境", "")),
        "小类代码": chance.choice(("11", "12", "")), "小类名称": chance.choice(("积存垃圾渣土", "")),
        "立案条件": chance.choice((f"条件{number}", "")), "处置时限": chance.choice(("1工作日", "3天", "")),
        "结案条件": chance.choice(("整洁", "")),
    }  # fmt: skip


def message(chance: random.Random, number: int) -> dict[str, Any]:
    return {
        "title": chance.choice(("路灯", "", "井盖,响")), "body": chance.choice(("不亮", "")),
        "label_level1": chance.choice(("市政", "环卫", "")),
    }  # fmt: skip


def voice(chance: random.Random, number: int) -> dict[str, Any]:
    return {
        "编号": long_key(chance, number), "用户": chance.choice(("王奶奶", "")), "标题": chance.choice(("路灯", "")),
        "时间": chance.choice(DATES), "点赞数": chance.choice(("3", "许多", "")),
    }  # fmt: skip


def region(chance: random.Random, number: int) -> dict[str, Any]:
    return {
        "编码": chance.choice(("990101", "990101001", "990101001002", "12345", "1E+05")),
        "名称": chance.choice(("澄汀区", "望槐街道", "")), "上级编码": chance.choice(("", "990101")),
    }  # fmt: skip


def columns(row: Callable[[random.Random, int], dict[str, Any]], key: str = "") -> Form:
    return Form(tuple(row(random.Random(0), 0)), row, key)


FORMS: Mapping[str, Form] = {
    "reports": columns(report, "工单编号"),
    "staff": columns(person, "工号"),
    "posts": columns(post),
    "duties": columns(duty),
    "standards": columns(standard),
    "messages": columns(message),
    "hotspots": columns(voice, "编号"),
    "places": columns(region),
}


def trial(importer: str, seed: int, world: World) -> tuple[Damaged, str, list[str]]:
    """(the file, "read" or "refused", what is wrong). Whatever is stored is for the caller to roll back."""
    from linli.kernel.errors import LinliError
    from tests.trials import damaged_importers

    file = damaged_file(FORMS[importer], seed)
    try:
        told: Told = getattr(damaged_importers, importer)(file, world)
    except LinliError as refused:
        return file, "refused", [] if refused.message else ["refused without a word"]
    except Exception:  # the trial is about these
        return file, "read", [f"traceback: {traceback.format_exc(limit=-3)}"]
    return file, "read", faults_of(file, told)


def faults_of(file: Damaged, told: Told) -> list[str]:
    """What an importer did not keep of its promises."""
    wrong = []
    if told.read != told.taken:
        wrong.append(f"read {told.read}, accounted for {told.taken}")
    unspoken = file.marked - told.rows - told.noted
    if unspoken:
        wrong.append(f"rows of lines {sorted(unspoken)} are not spoken of")
    elif told.read < len(file.marked - told.noted):
        wrong.append(f"{len(file.marked - told.noted)} rows in the file, {told.read} read")
    if file.exact and told.keys - file.keys - {""}:
        wrong.append(f"keys that were in no cell: {sorted(told.keys - file.keys)}")
    if file.exact and told.phones - TRUE_PHONES:
        wrong.append(f"telephones that were in no cell: {sorted(told.phones - TRUE_PHONES)}")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--first", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LINLI_HOME"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "linli.config.settings"
        Path(folder).mkdir(exist_ok=True)
        import django

        django.setup()
        answer = _run_all(given.files, given.first)
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1) + "\n")
    return 1 if answer["broken"] else 0


def _run_all(files: int, first: int) -> dict[str, Any]:
    from django.core.management import call_command
    from django.db import transaction

    from tests.world import make_world

    call_command("migrate", verbosity=0)
    world = make_world()
    broken: list[str] = []
    figures: dict[str, Any] = {}
    for importer in FORMS:
        began, counts = time.monotonic(), Counter[str]()
        for seed in range(first, first + files):
            with transaction.atomic():
                file, outcome, wrong = trial(importer, seed, world)
                transaction.set_rollback(True)
            counts[outcome] += 1
            broken += [f"{importer} {seed} {file.what}: {one}" for one in wrong]
        figures[importer] = {**counts, "seconds": round(time.monotonic() - began, 1)}
    return {"trial": "damaged_tables", "files": files, **figures, "broken": broken}


if __name__ == "__main__":
    sys.exit(main())

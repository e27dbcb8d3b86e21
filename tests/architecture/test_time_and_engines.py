"""Only the outermost layer reads the clock, and only the engine package knows the engine."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import HOUSE, ROOT, calls, dotted, place, python_files, tree

CLOCKS = (
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "timezone.now", "timezone.localdate",
    "timezone.localtime", "time.time", "time.time_ns", "time.localtime", "time.gmtime",
)  # fmt: skip
"""Stop-watches (`time.monotonic`, `perf_counter`) measure a length and tell no time; they are free."""

MAY_READ_THE_CLOCK = ("config", "screens", "doors")

ENGINE_NAMES = {"sqlite", "sqlite3", "postgresql", "postgres", "psycopg"}
KNOWS_THE_ENGINE = HOUSE / "kernel" / "engine"
KNOWS_THE_ZONE = ("local.py", "rules.py")
"""Files of the calendar: what is local for everybody, and the fixed offset in which dues are calculated."""


def test_nothing_below_the_screens_reads_the_clock() -> None:
    below = [file for file in python_files(HOUSE) if not top(file).startswith(MAY_READ_THE_CLOCK)]

    assert [
        f"{place(file, node)} {dotted(node)}" for file in below for node in clock_reads(tree(file))
    ] == []


def test_nothing_outside_the_engine_package_asks_which_engine_runs() -> None:
    elsewhere = [file for file in python_files(HOUSE) if KNOWS_THE_ENGINE not in file.parents]

    assert [place(file, node) for file in elsewhere for node in engine_questions(tree(file))] == []


def test_the_zone_and_its_days_are_known_in_one_file() -> None:
    known = {HOUSE / "kernel" / "calendar" / name for name in KNOWS_THE_ZONE}
    elsewhere = [
        file for file in python_files(HOUSE, ROOT / "tests", tests=True) if file not in known
    ]

    assert [place(file, node) for file in elsewhere for node in days_made(tree(file))] == []


def test_no_test_sleeps() -> None:
    every = [
        file
        for file in python_files(HOUSE, ROOT / "tests", tests=True)
        if file.name.startswith("test_")
    ]
    asleep = [
        place(file, node)
        for file in every
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Call)
        and dotted(node.func).split(".")[-1] in ("sleep", "wait_for_timeout")
    ]

    assert asleep == []


@pytest.mark.parametrize(
    "line",
    [
        "now = datetime.now(UTC)",
        "due = timezone.now() + limit",
        "at = models.DateTimeField(default=timezone.now)",
        "at = models.DateTimeField(auto_now_add=True)",
        "today = datetime.date.today()",
    ],
)
def test_reading_the_clock_is_recognised(line: str) -> None:
    assert len(list(clock_reads(ast.parse(line)))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "zone = ZoneInfo('Asia/Shanghai')",
        "today = now.astimezone(LOCAL).date()",
        "zone = timezone(timedelta(hours=8), 'Asia/Shanghai')",
    ],
)
def test_making_a_zone_or_a_day_of_its_own_is_recognised(line: str) -> None:
    assert len(list(days_made(ast.parse(line)))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "if connection.vendor == 'x': pass",
        "if engine == 'sqlite': pass",
        "fast = name in ('postgresql',)",
    ],
)
def test_asking_for_the_engine_is_recognised(line: str) -> None:
    assert len(list(engine_questions(ast.parse(line)))) == 1


def top(file: Path) -> str:
    return file.relative_to(HOUSE).parts[0]


def clock_reads(module: ast.AST) -> Iterator[ast.expr]:
    """Uses of a clock: called, passed on as a default, or hidden in a model field."""
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and dotted(node).endswith(CLOCKS):
            yield node
        elif isinstance(node, ast.keyword) and node.arg in ("auto_now", "auto_now_add"):
            yield node.value


def engine_questions(module: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and node.attr == "vendor":
            yield node
        elif isinstance(node, ast.Compare):
            named = {part.value for part in ast.walk(node) if isinstance(part, ast.Constant)}
            if named & ENGINE_NAMES:
                yield node


def days_made(module: ast.AST) -> Iterator[ast.Call]:
    """Zones made, and local days worked out, instead of asking `kernel.calendar.local`."""
    for call in calls(module):
        name = dotted(call.func)
        named_zone = name == "timezone" and len(call.args) == 2
        if name == "ZoneInfo" or named_zone or name.endswith(".astimezone().date"):
            yield call

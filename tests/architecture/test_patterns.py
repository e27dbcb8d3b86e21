"""Regular expressions take time in proportion to the text, whatever the text is.

A search begins anew at every character. An unbounded repeat that something must follow is then walked from each of
its characters: 40,000 letters in front of no @ took seven seconds. So, in a pattern that is searched for, an unbounded
repeat comes last or has a bound; and in no pattern does one stand inside another.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.source import ROOT

ANCHORED = {"fullmatch", "match"}
REPEATS = {"MAX_REPEAT", "MIN_REPEAT"}
PARSER: Any = importlib.import_module("re._parser")
SENTINEL = PARSER.MAXREPEAT

Found = tuple[str, str | bytes, bool]
"""Where it is written, the pattern, and whether it is searched for at any place of a text."""


def patterns_of(file: Path) -> Iterator[Found]:
    text = file.read_text(encoding="utf-8")
    if "re." not in text:
        return
    where = str(file.relative_to(ROOT))
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        of_re = isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
        written = isinstance(node.args[0], ast.Constant) if node.args else False
        if of_re and written and node.func.attr not in ("compile", "escape"):
            constant = node.args[0]
            assert isinstance(constant, ast.Constant)
            assert isinstance(constant.value, str | bytes)
            yield where, constant.value, node.func.attr not in ANCHORED
    if "re.compile" in text:
        module = importlib.import_module(where.removesuffix(".py").replace("/", "."))
        for name, value in vars(module).items():
            used = set(re.findall(rf"\b{name}\.(\w+)\(", text))
            searched = not used or not used <= ANCHORED
            for pattern in compiled(value):
                yield f"{where}: {name}", pattern.pattern, searched


def compiled(value: Any) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (tuple, list)):
        for one in value:
            yield from compiled(one)
    elif isinstance(value, dict):
        yield from compiled(list(value.values()))


def fault_in(pattern: str | bytes, *, searched: bool) -> str:
    """What makes a pattern slow, "" when nothing does."""
    items = list(PARSER.parse(pattern))
    anchored = bool(items) and str(items[0]) in ("(AT, AT_BEGINNING)", "(AT, AT_BEGINNING_STRING)")
    return _fault(items, last=True, inside=False, searched=searched and not anchored)


def _fault(items: list[Any], *, last: bool, inside: bool, searched: bool) -> str:
    for at, (what, given) in enumerate(items):
        end = last and at == len(items) - 1
        unbounded = str(what) in REPEATS and given[1] == SENTINEL
        if unbounded and inside:
            return "an unbounded repeat inside another"
        if unbounded and searched and not end:
            return "an unbounded repeat with something after it"
        for inner in _inside(str(what), given):
            fault = _fault(list(inner), last=end, inside=inside or unbounded, searched=searched)
            if fault:
                return fault
    return ""


def _inside(what: str, given: Any) -> list[Any]:
    if what in REPEATS or what == "POSSESSIVE_REPEAT":
        return [given[2]]
    if what == "SUBPATTERN":
        return [given[3]]
    if what == "BRANCH":
        return list(given[1])
    return [given[1]] if what in ("ASSERT", "ASSERT_NOT") else []


def test_no_pattern_takes_longer_than_its_text() -> None:
    files = [one for one in (ROOT / "linli").rglob("*.py") if "tests" not in one.parts]
    found = [one for file in files for one in patterns_of(file)]

    slow = [
        f"{where}: {pattern!r}: {fault}"
        for where, pattern, searched in found
        if (fault := fault_in(pattern, searched=searched))
    ]

    assert len(found) > 50
    assert not slow, "\n".join(sorted(set(slow)))


@pytest.mark.parametrize(
    ("pattern", "searched", "slow"),
    [
        (r"[\w.]+@x", True, True),
        (r"[\w.]{1,64}@x", True, False),
        (r"[\w.]+@x", False, False),
        (r"(a+)+$", False, True),
        (r"[(].*?[)]", True, True),
        (r"^\s*x", True, False),
        (r"a\d+|_+", True, False),
        (r"a(?:b+|c)d", True, True),
    ],
)
def test_the_check_knows_slow_from_quick(pattern: str, *, searched: bool, slow: bool) -> None:
    assert bool(fault_in(pattern, searched=searched)) is slow

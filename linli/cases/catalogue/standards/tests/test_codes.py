"""Codes of components and classes."""

from __future__ import annotations

import csv

import pytest

from linli.cases.catalogue.standards import codes
from linli.cases.catalogue.standards.errors import BadCode, BadPattern
from linli.cases.seed import CLASSES
from linli.kernel.places.codes import (
    ComponentCode,
    compose_component_code,
    parse_component_code,
)

OLD, NEW = codes.parse_pattern("6+2+2+6"), codes.parse_pattern("6+2+3+5")


def test_a_component_gets_sixteen_digits_by_either_pattern() -> None:
    old = ComponentCode("990101", "01", "01", "000007")
    new = ComponentCode("990101", "01", "080", "00007")

    assert compose_component_code(old, pattern=OLD) == "9901010101000007"
    assert compose_component_code(new, pattern=NEW) == "9901010108000007"
    assert parse_component_code("9901010108000007", pattern=NEW) == new


@pytest.mark.parametrize(
    "text", ["", "16", "6+2+2", "6+2+2+7", "6+2+4+4", "6+-2+6+6", "0+2+2+12", "六+二+二+六"]
)
def test_a_pattern_that_does_not_make_sixteen_is_refused(text: str) -> None:
    with pytest.raises(BadPattern) as refused:
        codes.parse_pattern(text)
    assert refused.value.field == "pattern"


def test_a_pattern_may_be_written_with_wide_signs_and_spaces() -> None:
    assert codes.parse_pattern(" 6 ＋ 2+3 + 5") == NEW
    assert str(NEW) == "6+2+3+5"


def test_every_class_that_ships_is_made_by_the_scheme_and_taken_apart_again() -> None:
    with CLASSES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    for row in rows:
        code = codes.class_code(row["kind"], row["major_code"], row["minor_code"])
        assert code == row["code"]
        parts = codes.ClassCode(row["kind"], row["major_code"], row["minor_code"])
        assert codes.parse_class_code(code) == parts
    assert len(rows) > 150


@pytest.mark.parametrize("code", ["", "X0101", "E01", "E1", "E01x1", "0101", "E０１１１"])
def test_what_is_no_class_code_is_refused(code: str) -> None:
    with pytest.raises(BadCode):
        codes.parse_class_code(code)


@pytest.mark.parametrize(("kind", "minor"), [("whistle", "01"), ("event", "")])
def test_a_class_needs_a_known_kind_and_a_minor_code(kind: str, minor: str) -> None:
    with pytest.raises(BadCode):
        codes.class_code(kind, "01", minor)


@pytest.mark.parametrize("mark", ["（自定义）", "(自定义)", "【自定义】", " （自定义）"])
def test_the_mark_of_a_class_of_the_city_is_taken_off_and_put_on_again(mark: str) -> None:
    assert codes.without_mark(f"私设地锁{mark}") == ("私设地锁", True)
    assert codes.with_mark("私设地锁", custom=True) == "私设地锁（自定义）"
    assert codes.without_mark("私设地锁") == ("私设地锁", False)


def test_three_digits_from_080_tell_a_class_of_the_city_without_the_mark() -> None:
    assert codes.is_custom("080", marked=False)
    assert not codes.is_custom("079", marked=False)
    assert not codes.is_custom("99", marked=False)
    assert codes.is_custom("12", marked=True)


def test_the_pattern_is_the_one_most_classes_were_numbered_by() -> None:
    assert codes.prevailing_pattern(["01", "02", "080"]) == OLD
    assert codes.prevailing_pattern(["01", "020", "080", ""]) == NEW
    assert codes.prevailing_pattern([]) == OLD

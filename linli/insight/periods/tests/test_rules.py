"""Periods by hand: short months, leap years, week 53, a period that still runs, the first period of data."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest

from linli.insight.periods.rules import (
    Change,
    Kind,
    before,
    recent,
    stretch_at,
    stretch_named,
    windows,
    year_before,
)
from linli.kernel.calendar.local import LOCAL

LONG_AGO = datetime(2020, 1, 1, tzinfo=LOCAL)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("kind", "name", "start", "end"),
    [
        (Kind.ASSESSMENT, "2026-03", "2026-02-19", "2026-03-19"),
        (Kind.ASSESSMENT, "2026-01", "2025-12-19", "2026-01-19"),
        (Kind.HOTLINE_DAY, "2026-03-01", "2026-02-28T12:00", "2026-03-01T12:00"),
        (Kind.DAY, "2024-02-29", "2024-02-29", "2024-03-01"),
        (Kind.WEEK, "2026-W01", "2025-12-29", "2026-01-05"),
        (Kind.WEEK, "2026-W53", "2026-12-28", "2027-01-04"),
        (Kind.MONTH, "2024-02", "2024-02-01", "2024-03-01"),
        (Kind.MONTH, "2025-12", "2025-12-01", "2026-01-01"),
    ],
)
def test_a_name_is_a_period_and_its_edges_lie_in_it(
    kind: Kind, name: str, start: str, end: str
) -> None:
    found = stretch_named(kind, name)

    assert (found.start, found.end) == (at(start), at(end))
    assert stretch_at(kind, found.start) == found
    assert stretch_at(kind, found.end - timedelta(seconds=1)) == found
    assert stretch_at(kind, found.end).start == found.end


@pytest.mark.parametrize(
    ("kind", "name", "previous", "earlier"),
    [
        (Kind.ASSESSMENT, "2026-01", "2025-12", "2025-01"),
        (Kind.HOTLINE_DAY, "2026-03-01", "2026-02-28", "2025-03-01"),
        (Kind.DAY, "2024-03-01", "2024-02-29", "2023-03-01"),
        (Kind.DAY, "2024-02-29", "2024-02-28", None),
        (Kind.WEEK, "2026-W01", "2025-W52", "2025-W01"),
        (Kind.WEEK, "2027-W01", "2026-W53", "2026-W01"),
        (Kind.WEEK, "2026-W53", "2026-W52", None),
        (Kind.MONTH, "2026-01", "2025-12", "2025-01"),
        (Kind.MONTH, "2025-02", "2025-01", "2024-02"),
    ],
)
def test_what_a_period_is_compared_with(
    kind: Kind, name: str, previous: str, earlier: str | None
) -> None:
    found = stretch_named(kind, name)
    base = year_before(found)

    assert before(found).name == previous
    assert (base.name if base else None) == earlier


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (Kind.MONTH, "2026-13"),
        (Kind.MONTH, "2026-3"),
        (Kind.WEEK, "2025-W53"),
        (Kind.WEEK, "2026-11"),
        (Kind.DAY, "2025-02-29"),
        (Kind.HOTLINE_DAY, "yesterday"),
        (Kind.ASSESSMENT, ""),
    ],
)
def test_a_name_of_nothing_is_refused(kind: Kind, name: str) -> None:
    with pytest.raises(ValueError):
        stretch_named(kind, name)


def test_a_period_that_is_over_is_compared_with_whole_periods() -> None:
    march = stretch_named(Kind.MONTH, "2026-03")
    found = windows(march, asof=at("2026-04-10"), data_from=LONG_AGO)

    assert found.before is not None
    assert found.year is not None
    assert (found.before.start, found.before.end) == (at("2026-02-01"), at("2026-03-01"))
    assert (found.year.start, found.year.end) == (at("2025-03-01"), at("2025-04-01"))
    assert {one.asof for one in found if one} == {at("2026-04-10")}


def test_a_period_that_runs_is_compared_with_as_much_of_the_other() -> None:
    march = stretch_named(Kind.MONTH, "2026-03")
    found = windows(march, asof=at("2026-03-12T09:30"), data_from=LONG_AGO)

    assert found.before is not None
    assert found.year is not None
    assert found.before.end == found.before.asof == at("2026-02-12T09:30")
    assert found.year.end == found.year.asof == at("2025-03-12T09:30")
    assert found.now.end == at("2026-04-01")


def test_a_shorter_month_is_not_prolonged() -> None:
    march = stretch_named(Kind.MONTH, "2026-03")
    found = windows(march, asof=at("2026-03-30T09:30"), data_from=LONG_AGO)

    assert found.before is not None
    assert found.before.end == at("2026-03-01")


def test_a_period_that_has_not_begun_is_compared_with_nothing_of_the_other() -> None:
    april = stretch_named(Kind.MONTH, "2026-04")
    found = windows(april, asof=at("2026-03-12"), data_from=LONG_AGO)

    assert found.before is not None
    assert found.before.start == found.before.end


@pytest.mark.parametrize(
    ("data_from", "bases"),
    [
        (None, ""),
        ("2026-03-05", ""),
        ("2026-02-02", ""),
        ("2026-02-01", "2026-02"),
        ("2025-03-02", "2026-02"),
        ("2025-03-01", "2026-02 2025-03"),
    ],
)
def test_a_base_that_began_before_the_data_is_no_base(data_from: str | None, bases: str) -> None:
    march = stretch_named(Kind.MONTH, "2026-03")
    began = at(data_from) if data_from else None
    found = windows(march, asof=at("2026-04-10"), data_from=began)

    assert [one.stretch.name for one in (found.before, found.year) if one] == bases.split()


def test_a_changed_first_day_leaves_no_gap_and_no_overlap() -> None:
    days = ((date(2026, 3, 1), 26), (date.min, 19))
    names = ("2026-01", "2026-02", "2026-03", "2026-04")
    found = [stretch_named(Kind.ASSESSMENT, name, first_days=days) for name in names]

    assert [one.end for one in found[:-1]] == [one.start for one in found[1:]]
    assert (found[1].end, found[2].end) == (at("2026-02-19"), at("2026-03-26"))
    assert stretch_at(Kind.ASSESSMENT, at("2026-03-20"), first_days=days) == found[2]
    assert before(found[3], first_days=days) == found[2]
    only_later = ((date(2027, 1, 1), 26),)
    assert stretch_named(Kind.ASSESSMENT, "2026-02", first_days=only_later) == found[1]


def test_recent_periods_follow_each_other_backwards() -> None:
    found = recent(Kind.WEEK, at("2026-01-07"), most=3)

    assert [one.name for one in found] == ["2026-W02", "2026-W01", "2025-W52"]
    assert (found[0].first_day, found[0].last_day) == (date(2026, 1, 5), date(2026, 1, 11))


def test_a_noon_belongs_to_the_next_hotline_day() -> None:
    assert stretch_at(Kind.HOTLINE_DAY, at("2026-03-09T11:59")).name == "2026-03-09"
    assert stretch_at(Kind.HOTLINE_DAY, at("2026-03-09T12:00")).name == "2026-03-10"


@pytest.mark.parametrize(
    ("value", "base", "difference", "relative", "direction"),
    [
        (Fraction(12), Fraction(10), Fraction(2), Fraction(1, 5), "up"),
        (Fraction(8), Fraction(10), Fraction(-2), Fraction(-1, 5), "down"),
        (Fraction(10), Fraction(10), Fraction(0), Fraction(0), "same"),
        (Fraction(3), Fraction(0), Fraction(3), None, "up"),
        (Fraction(3), None, None, None, ""),
        (None, Fraction(3), None, None, ""),
    ],
)
def test_a_difference_has_a_sign_and_nothing_comes_of_nothing(
    value: Fraction | None,
    base: Fraction | None,
    difference: Fraction | None,
    relative: Fraction | None,
    direction: str,
) -> None:
    found = Change(value, base)

    assert (found.difference, found.relative, found.direction) == (difference, relative, direction)

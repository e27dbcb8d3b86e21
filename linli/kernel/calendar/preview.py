"""A year as a picture before it is confirmed: every day with its colour and the reason for it.

What is shown is what would be stored, computed by the calendar itself, so the picture cannot say one thing and the
dues another. Beside it stands what would change against the calendar as it is.

Example: the notice of 2026 over a calendar that has 2026 as law alone: 元旦 is free on 2 January as well, and Sunday
4 January is worked; both are differences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from linli.kernel.calendar.day_file import DayKind, ListedDay
from linli.kernel.calendar.notice import weekday
from linli.kernel.calendar.working_time import WorkingTime

_DAY = timedelta(days=1)


class Colour(StrEnum):
    WORK = "work"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"


COLOUR_WORDS = {
    Colour.WORK: "上班",
    Colour.WEEKEND: "周末休息",
    Colour.HOLIDAY: "放假",
    Colour.MAKE_UP: "调休上班",
}


@dataclass(frozen=True)
class PreviewDay:
    """`was` is the colour it has now where that differs, None where nothing changes."""

    day: date
    colour: Colour
    name: str = ""
    was: Colour | None = None

    @property
    def sentence(self) -> str:
        """1月4日 周日：元旦调休上班（原为周末休息）."""
        why = f"{self.name}{COLOUR_WORDS[self.colour]}"
        was = f"（原为{COLOUR_WORDS[self.was]}）" if self.was else ""
        return f"{self.day.month}月{self.day.day}日 {weekday(self.day)}：{why}{was}"


@dataclass(frozen=True)
class YearPreview:
    """`entered`: the calendar has a notice of this year already, so the differences are changes to it."""

    year: int
    entered: bool
    days: tuple[PreviewDay, ...]

    @property
    def months(self) -> list[list[PreviewDay]]:
        return [[one for one in self.days if one.day.month == month] for month in range(1, 13)]

    @property
    def differences(self) -> list[PreviewDay]:
        return [one for one in self.days if one.was is not None]

    def count(self, colour: Colour) -> int:
        return sum(one.colour is colour for one in self.days)

    @property
    def sentence(self) -> str:
        off, worked = self.count(Colour.HOLIDAY), self.count(Colour.MAKE_UP)
        return f"{self.year}年：工作日放假{off}天，调休上班{worked}天，全年上班{self.working}天。"

    @property
    def working(self) -> int:
        return self.count(Colour.WORK) + self.count(Colour.MAKE_UP)


def preview(working_time: WorkingTime, year: int, days: Sequence[ListedDay]) -> YearPreview:
    """The year as it would be with these days. `working_time` is the calendar as it is; only whole days are compared.

    Raises:
        BadWorkingTime: a day is both off and worked.
    """
    there = {one.day: one for one in days}
    would = replace(
        working_time,
        years=working_time.years | {year},
        holidays=_outside(working_time.holidays, year)
        | {one.day for one in days if one.kind is DayKind.HOLIDAY},
        make_up_days=_outside(working_time.make_up_days, year)
        | {one.day for one in days if one.kind is DayKind.MAKE_UP},
        names={**working_time.names, **{day: one.name for day, one in there.items()}},
        provisional=working_time.provisional - {year},
    )
    known = year in working_time.years
    return YearPreview(
        year,
        year in working_time.announced,
        tuple(_day(day, would, working_time if known else None) for day in _days_of(year)),
    )


def of_calendar(working_time: WorkingTime, year: int) -> YearPreview:
    """A known year as it is, in the same shape; nothing differs."""
    days = tuple(_day(day, working_time, working_time) for day in _days_of(year))
    return YearPreview(year, year in working_time.announced, days)


def colour_of(working_time: WorkingTime, day: date) -> Colour:
    """What a day of a known year is in a calendar."""
    if day in working_time.make_up_days:
        return Colour.MAKE_UP
    if working_time.is_working_day(day):
        return Colour.WORK
    return Colour.HOLIDAY if day in working_time.holidays else Colour.WEEKEND


def _day(day: date, would: WorkingTime, is_now: WorkingTime | None) -> PreviewDay:
    colour = colour_of(would, day)
    before = colour_of(is_now, day) if is_now else None
    special = colour in (Colour.HOLIDAY, Colour.MAKE_UP)
    name = would.names.get(day, "") if special else ""
    return PreviewDay(day, colour, name, before if before is not colour else None)


def _days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + _DAY * n for n in range((date(year + 1, 1, 1) - first).days)]


def _outside(days: frozenset[date], year: int) -> frozenset[date]:
    return frozenset(day for day in days if day.year != year)

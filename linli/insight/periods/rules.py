"""Which period a figure is of, and what it is compared with.

    name          kind          from … until (half-open, Shanghai time)
    2026-03       assessment    2026-02-19 00:00 … 2026-03-19 00:00   考核期, named by the month it ends in
    2026-03-09    hotline_day   2026-03-08 12:00 … 2026-03-09 12:00   热线日
    2026-03-09    day           2026-03-09 00:00 … 2026-03-10 00:00
    2026-W11      week          2026-03-09 00:00 … 2026-03-16 00:00   Monday to Sunday, numbered as in ISO 8601
    2026-03       month         2026-03-01 00:00 … 2026-04-01 00:00

环比 compares with the period right before, 同比 with the one of the same name a year earlier. 29 February and a 53rd
week have no such period, and then there is no 同比. A period that still runs is compared with as much of the other one:
eleven days of March with the first eleven days of February; what the shorter month lacks is not made up. A difference
to nothing is nothing: neither +100 % nor 0. The day on which an assessment period begins is a dated setting; every
period begins where the one before ended, so a changed day makes one period longer or shorter and none overlap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction

from linli.kernel.calendar.local import LOCAL

NOON = time(12)
MONTH_NAME = re.compile(r"(19|20|21)\d{2}-\d{2}")
WEEK_NAME = re.compile(r"(19|20|21)\d{2}-W\d{2}")
DAY_NAME = re.compile(r"(19|20|21)\d{2}-\d{2}-\d{2}")

FirstDays = Sequence[tuple[date, int]]
"""(in force from, day of the month on which an assessment period begins), in any order."""

USUAL_FIRST_DAY: FirstDays = ((date.min, 19),)


class Kind(StrEnum):
    ASSESSMENT = "assessment"
    HOTLINE_DAY = "hotline_day"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


KIND_NAMES: dict[Kind, str] = {
    Kind.MONTH: "月",
    Kind.WEEK: "周",
    Kind.DAY: "日",
    Kind.ASSESSMENT: "考核期",
    Kind.HOTLINE_DAY: "热线日（中午到中午）",
}


@dataclass(frozen=True)
class Stretch:
    """[start, end) with its name; both aware, Shanghai time."""

    kind: Kind
    name: str
    start: datetime
    end: datetime

    @property
    def first_day(self) -> date:
        return self.start.date()

    @property
    def last_day(self) -> date:
        """The day of the last instant in it."""
        return (self.end - timedelta(seconds=1)).date()


@dataclass(frozen=True)
class Window:
    """What of a stretch is read: [start, end) as of an instant. `end` lies before the stretch's own if it is cut."""

    stretch: Stretch
    start: datetime
    end: datetime
    asof: datetime

    @property
    def until(self) -> datetime:
        """The end of what had happened as of then: an event at that very instant had."""
        return min(self.end, self.asof + timedelta(microseconds=1))


@dataclass(frozen=True)
class Windows:
    """A period with the two it is compared with; those are None where there is nothing to compare with."""

    now: Window
    before: Window | None
    year: Window | None

    def __iter__(self) -> Iterator[Window | None]:
        return iter((self.now, self.before, self.year))


def stretch_named(kind: Kind, name: str, *, first_days: FirstDays = USUAL_FIRST_DAY) -> Stretch:
    """The period of a name.

    Raises:
        ValueError: no such name, e.g. "2026-13" or "2025-W53".
    """
    start, end = _BOUNDS[kind](name, first_days)
    return Stretch(kind, name, start, end)


def stretch_at(
    kind: Kind, instant: datetime, *, first_days: FirstDays = USUAL_FIRST_DAY
) -> Stretch:
    """The period in which an instant lies."""
    local = instant.astimezone(LOCAL)
    day = local.date()
    if kind is Kind.HOTLINE_DAY:
        return stretch_named(kind, f"{day + timedelta(days=local.time() >= NOON):%Y-%m-%d}")
    if kind is Kind.DAY:
        return stretch_named(kind, f"{day:%Y-%m-%d}")
    if kind is Kind.WEEK:
        year, week, _weekday = day.isocalendar()
        return stretch_named(kind, f"{year:04d}-W{week:02d}")
    if kind is Kind.MONTH:
        return stretch_named(kind, f"{day:%Y-%m}")
    found = stretch_named(kind, f"{day:%Y-%m}", first_days=first_days)
    return found if local < found.end else _following_month(found, first_days)


def before(stretch: Stretch, *, first_days: FirstDays = USUAL_FIRST_DAY) -> Stretch:
    """The period right before (环比)."""
    return stretch_at(stretch.kind, stretch.start - timedelta(seconds=1), first_days=first_days)


def year_before(stretch: Stretch, *, first_days: FirstDays = USUAL_FIRST_DAY) -> Stretch | None:
    """The period of the same name a year earlier (同比); None if that year has none."""
    name = f"{int(stretch.name[:4]) - 1:04d}{stretch.name[4:]}"
    try:
        return stretch_named(stretch.kind, name, first_days=first_days)
    except ValueError:
        return None


def windows(
    stretch: Stretch,
    *,
    asof: datetime,
    data_from: datetime | None,
    first_days: FirstDays = USUAL_FIRST_DAY,
) -> Windows:
    """A period as of an instant, with what it is compared with.

    `data_from` is the first instant anything was stored; a period that began earlier is no base, for the half of it
    that is missing would look like a rise. None means that there is no data at all.
    """
    bases = [
        None if base is None or data_from is None or base.start < data_from else base
        for base in (
            before(stretch, first_days=first_days),
            year_before(stretch, first_days=first_days),
        )
    ]
    cut = asof - stretch.start if asof < stretch.end else None
    others = [None if base is None else _cut(base, cut, asof) for base in bases]
    return Windows(Window(stretch, stretch.start, stretch.end, asof), *others)


def recent(
    kind: Kind, instant: datetime, *, most: int, first_days: FirstDays = USUAL_FIRST_DAY
) -> list[Stretch]:
    """The present period and those before it, the latest first."""
    found = [stretch_at(kind, instant, first_days=first_days)]
    while len(found) < most:
        found.append(before(found[-1], first_days=first_days))
    return found


@dataclass(frozen=True)
class Change:
    """A figure beside the one it is compared with. Nothing follows from a side that is missing."""

    value: Fraction | None
    base: Fraction | None

    @property
    def difference(self) -> Fraction | None:
        return None if self.value is None or self.base is None else self.value - self.base

    @property
    def relative(self) -> Fraction | None:
        """The difference as a share of the base, 0.1 for ten per cent more; None of a base of 0."""
        difference = self.difference
        return None if difference is None or not self.base else difference / abs(self.base)

    @property
    def direction(self) -> str:
        """up, down, same, or empty where nothing can be said."""
        difference = self.difference
        if difference is None:
            return ""
        return "same" if not difference else "up" if difference > 0 else "down"


def _cut(base: Stretch, elapsed: timedelta | None, asof: datetime) -> Window:
    if elapsed is None:
        return Window(base, base.start, base.end, asof)
    end = min(base.end, base.start + max(elapsed, timedelta()))
    return Window(base, base.start, end, end)


def _assessment(name: str, first_days: FirstDays) -> tuple[datetime, datetime]:
    first = _month(name)
    return _begins(_previous(first), first_days), _begins(first, first_days)


def _begins(month: date, first_days: FirstDays) -> datetime:
    """Where the assessment period after the one named by `month` begins: the day that was in force on its 1st."""
    begun = [(since, day) for since, day in first_days if since <= month]
    return _at(month.replace(day=max(begun)[1] if begun else USUAL_FIRST_DAY[0][1]))


def _hotline_day(name: str, _first_days: FirstDays) -> tuple[datetime, datetime]:
    day = _day(name)
    return _at(day - timedelta(days=1), NOON), _at(day, NOON)


def _natural_day(name: str, _first_days: FirstDays) -> tuple[datetime, datetime]:
    day = _day(name)
    return _at(day), _at(day + timedelta(days=1))


def _week(name: str, _first_days: FirstDays) -> tuple[datetime, datetime]:
    _must(WEEK_NAME, name)
    monday = date.fromisocalendar(int(name[:4]), int(name[6:]), 1)
    return _at(monday), _at(monday + timedelta(days=7))


def _natural_month(name: str, _first_days: FirstDays) -> tuple[datetime, datetime]:
    first = _month(name)
    return _at(first), _at(_next(first))


_BOUNDS = {
    Kind.ASSESSMENT: _assessment,
    Kind.HOTLINE_DAY: _hotline_day,
    Kind.DAY: _natural_day,
    Kind.WEEK: _week,
    Kind.MONTH: _natural_month,
}


def _following_month(found: Stretch, first_days: FirstDays) -> Stretch:
    return stretch_named(found.kind, f"{_next(_month(found.name)):%Y-%m}", first_days=first_days)


def _month(name: str) -> date:
    _must(MONTH_NAME, name)
    return date(int(name[:4]), int(name[5:]), 1)


def _day(name: str) -> date:
    _must(DAY_NAME, name)
    return date.fromisoformat(name)


def _must(form: re.Pattern[str], name: str) -> None:
    if not form.fullmatch(name):
        raise ValueError(f"no period is called {name!r}")


def _next(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def _previous(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)


def _at(day: date, hour: time = time()) -> datetime:
    return datetime.combine(day, hour, LOCAL)

"""A year whose notice has not been entered yet: what the law alone says of it, marked as provisional.

The State Council's notice of a year comes some weeks before it. Until it is entered, a due that reaches into the
year must not be missing, so the year is taken as 全国年节及纪念日放假办法 (in force 2025-01-01) has it:

- art. 2, thirteen days: 元旦 1 January; 春节 from the eve of the lunar new year to its third day; 清明节; 劳动节 1 and
  2 May; 端午节, the fifth of the fifth lunar month; 中秋节, the fifteenth of the eighth; 国庆节 1 to 3 October;
- art. 6, a statutory day that falls on a weekend is made up on a working day: the next one is taken, as every notice
  so far did (补假);
- weekends are free and nothing is worked for a holiday: shifting days (调休) needs the notice.

Festivals of the moon are looked up in `data/`, which ends with 2050; a later year stays unknown. Legal terms (a term
of a court, of a statute) are never counted over such a year: whoever relies on them needs the notice.

Example: 2027. The lunar new year is Saturday 2027-02-06, so the eve is Friday 02-05, and the two days of the festival
that fall on the weekend are made up on Tuesday 02-09 and Wednesday 02-10, after Monday 02-08, its third day.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from linli.kernel.calendar.working_time import WorkingTime

FESTIVALS_FILE = Path(__file__).parent / "data" / "lunar_festivals_2024_2050.json"

MADE_UP = "补假"
_DAY = timedelta(days=1)
_SATURDAY = 6


@cache
def provisional_days(year: int) -> dict[date, str]:
    """The days off of a year by the law alone, Monday to Friday, with their names.

    Raises:
        KeyError: the festivals of the moon are not known that far (see `known_years`).
    """
    spring, qingming, dragon_boat, mid_autumn = _festivals()[year]
    blocks = (
        ("元旦", date(year, 1, 1), 1),
        ("春节", spring - _DAY, 4),
        ("清明节", qingming, 1),
        ("劳动节", date(year, 5, 1), 2),
        ("端午节", dragon_boat, 1),
        ("中秋节", mid_autumn, 1),
        ("国庆节", date(year, 10, 1), 3),
    )
    statutory = {first + _DAY * n: name for name, first, days in blocks for n in range(days)}
    days = {day: name for day, name in statutory.items() if day.isoweekday() < _SATURDAY}
    for day, name in sorted(statutory.items()):
        if day not in days:
            days[_next_working_day(day, days)] = f"{name}{MADE_UP}"
    # Two festivals on one day are two days by the law: the second is made up as well.
    while len(days) < sum(length for _, _, length in blocks):
        days[_next_working_day(date(year, 10, 3), days)] = f"国庆节{MADE_UP}"
    return days


def known_years() -> frozenset[int]:
    """Years whose festivals of the moon are in the table."""
    return frozenset(_festivals())


def with_provisional_years(working_time: WorkingTime) -> WorkingTime:
    """The calendar with every later year it lacks, as the law alone has it; a calendar without a year stays empty."""
    if not working_time.years:
        return working_time
    first = min(working_time.years)
    lacking = {year for year in known_years() - working_time.years if year > first}
    days = {day: name for year in sorted(lacking) for day, name in provisional_days(year).items()}
    # The notice of a year may say something of its neighbour's last days; what it says is no guess.
    days = {day: name for day, name in days.items() if day not in working_time.make_up_days}
    return replace(
        working_time,
        years=working_time.years | lacking,
        holidays=working_time.holidays | frozenset(days),
        names={**days, **working_time.names},
        provisional=frozenset(lacking),
    )


def _next_working_day(day: date, taken: dict[date, str]) -> date:
    following = day + _DAY
    while following in taken or following.isoweekday() >= _SATURDAY:
        following += _DAY
    return following


@cache
def _festivals() -> dict[int, tuple[date, date, date, date]]:
    years = json.loads(FESTIVALS_FILE.read_text(encoding="utf-8"))["years"]
    found: dict[int, tuple[date, date, date, date]] = {}
    for year, written in years.items():
        spring, qingming, dragon_boat, mid_autumn = (
            date.fromisoformat(f"{year}-{day}") for day in written
        )
        found[int(year)] = (spring, qingming, dragon_boat, mid_autumn)
    return found

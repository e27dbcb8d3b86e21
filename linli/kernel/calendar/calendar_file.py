"""A whole calendar as JSON: the file Linli ships, and the copy kept of every edition.

    {"name": …, "version": …, "day_minutes": 480, "end_of_nth_day": false, "weekdays": [1, 2, 3, 4, 5],
     "seasons": [{"first": "01-01", "last": "12-31", "intervals": ["08:00-12:00", "14:00-18:00"]}],
     "years": {"2024": {"holidays": {"元旦": ["2024-01-01"]}, "make_up_days": {"春节": ["2024-02-04"]}}}}

A year that is present is loaded, even without a single holiday in it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from linli.kernel.calendar.errors import BadCalendarFile, BadWorkingTime
from linli.kernel.calendar.working_time import Interval, Season, WorkingTime, clock

DEFAULT_FILE = Path(__file__).parent / "data" / "china_2024_2026.json"

_INTERVAL = re.compile(r"([0-9]{1,2}):([0-9]{2})-([0-9]{1,2}):([0-9]{2})")
_MONTH_DAY = re.compile(r"([0-9]{1,2})-([0-9]{1,2})")
_HOUR = 60


@cache
def default_working_time() -> WorkingTime:
    """The shipped calendar: statutory holidays and make-up days, 08:00–12:00 and 14:00–18:00."""
    return working_time_from(json.loads(DEFAULT_FILE.read_text(encoding="utf-8")))


def working_time_from(content: Mapping[str, Any]) -> WorkingTime:
    """Build the value. Raises BadWorkingTime for contradictions, BadCalendarFile for another shape."""
    try:
        holidays, make_up_days = (
            _named_days(content, "holidays"),
            _named_days(content, "make_up_days"),
        )
        return WorkingTime(
            name=str(content["name"]),
            version=str(content["version"]),
            years=frozenset(int(year) for year in content["years"]),
            seasons=seasons_from(content["seasons"]),
            holidays=frozenset(holidays),
            make_up_days=frozenset(make_up_days),
            names=holidays | make_up_days,
            weekdays=frozenset(int(number) for number in content["weekdays"]),
            day_minutes=int(content["day_minutes"]),
            end_of_nth_day=bool(content["end_of_nth_day"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise BadCalendarFile(
            f"日历文件的格式不对（{wrong}），请对照自带的日历文件修改。"
        ) from wrong


def content_of(working_time: WorkingTime) -> dict[str, Any]:
    """The inverse of working_time_from; provisional years are computed anew, never written down."""
    return {
        "name": working_time.name,
        "version": working_time.version,
        "day_minutes": working_time.day_minutes,
        "end_of_nth_day": working_time.end_of_nth_day,
        "weekdays": sorted(working_time.weekdays),
        "seasons": seasons_content(working_time.seasons),
        "years": {
            str(year): {
                "holidays": _by_name(working_time, working_time.holidays, year),
                "make_up_days": _by_name(working_time, working_time.make_up_days, year),
            }
            for year in sorted(working_time.announced)
        },
    }


def seasons_from(content: Sequence[Mapping[str, Any]]) -> tuple[Season, ...]:
    return tuple(
        Season(
            _month_day(season["first"]),
            _month_day(season["last"]),
            tuple(_interval(text) for text in season["intervals"]),
        )
        for season in content
    )


def seasons_content(seasons: Sequence[Season]) -> list[dict[str, Any]]:
    return [
        {
            "first": "{:02d}-{:02d}".format(*season.first),
            "last": "{:02d}-{:02d}".format(*season.last),
            "intervals": [f"{clock(start)}-{clock(end)}" for start, end in season.intervals],
        }
        for season in seasons
    ]


def _named_days(content: Mapping[str, Any], kind: str) -> dict[date, str]:
    days: dict[date, str] = {}
    for year, tables in content["years"].items():
        for name, written in tables[kind].items():
            for text in written:
                day = date.fromisoformat(text)
                if day.year != int(year):
                    raise BadCalendarFile(f"{text}写在了{year}年下面，请移到自己的年份。")
                days[day] = name
    return days


def _by_name(working_time: WorkingTime, days: frozenset[date], year: int) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for day in sorted(days):
        if day.year == year:
            named.setdefault(working_time.names.get(day, ""), []).append(day.isoformat())
    return named


def _month_day(text: str) -> tuple[int, int]:
    shape = _MONTH_DAY.fullmatch(text)
    if shape is None:
        raise BadWorkingTime(f"“{text}”不是月-日，请写成例如05-01。", field="seasons")
    return int(shape[1]), int(shape[2])


def _interval(text: str) -> Interval:
    shape = _INTERVAL.fullmatch(text)
    if shape is None or int(shape[2]) >= _HOUR or int(shape[4]) >= _HOUR:
        raise BadWorkingTime(f"“{text}”不是上班时段，请写成例如08:00-12:00。", field="intervals")
    return int(shape[1]) * _HOUR + int(shape[2]), int(shape[3]) * _HOUR + int(shape[4])

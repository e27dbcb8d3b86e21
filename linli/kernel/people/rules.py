"""Hours on duty, and postings in time. Pure: no Django, no clock.

A shift is kept as hours within one day, half-open. 22:00–06:00 on Mondays becomes Monday 22:00–24:00 and Tuesday
00:00–06:00; 24:00 is written 23:59:59.999999. Days of a posting include both ends; a posting that was called off
before its first day ends on the day before it, so it was never in force.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import pairwise

MIDNIGHT = time.min
END_OF_DAY = time.max
MINUTES_A_DAY = 24 * 60
DAYS = "1234567"


@dataclass(frozen=True, slots=True)
class Hours:
    """`weekdays` are ISO digits, e.g. "12345"; `starts` after `ends` goes over midnight."""

    weekdays: str
    starts: time
    ends: time


def within_days(hours: Hours) -> tuple[Hours, ...]:
    """The same hours, none of them over midnight."""
    if hours.starts < hours.ends:
        return (hours,)
    evening = Hours(hours.weekdays, hours.starts, END_OF_DAY)
    if hours.ends == MIDNIGHT:
        return (evening,)
    return (evening, Hours(_next_days(hours.weekdays), MIDNIGHT, hours.ends))


def joined(parts: Iterable[Hours]) -> list[Hours]:
    """The hours as somebody would say them: an evening and the morning after it are one again."""
    spoken = [Hours(one.weekdays, one.starts, _spoken(one.ends)) for one in parts]
    mornings = {one.weekdays: one for one in spoken if one.starts == MIDNIGHT != one.ends}
    whole: list[Hours] = []
    used: list[Hours] = []
    for one in spoken:
        after = mornings.get(_next_days(one.weekdays)) if one.ends == MIDNIGHT else None
        if after is not None and after.ends < one.starts:
            used.append(after)
            whole.append(Hours(one.weekdays, one.starts, after.ends))
        else:
            whole.append(one)
    return [one for one in whole if one not in used]


def _next_days(weekdays: str) -> str:
    return "".join(sorted(DAYS[int(day) % len(DAYS)] for day in weekdays))


def _spoken(ends: time) -> time:
    """The end of a day is said as 00:00."""
    return MIDNIGHT if minutes(Hours(DAYS, MIDNIGHT, ends))[1] == MINUTES_A_DAY else ends


def minutes(hours: Hours) -> tuple[int, int]:
    """Start and end of hours within a day, in minutes after midnight; the end of the day is 1440."""
    last = hours.ends
    whole_day = last.hour == 23 and last.minute == 59 and last.second == 59
    end = MINUTES_A_DAY if whole_day else last.hour * 60 + last.minute
    return hours.starts.hour * 60 + hours.starts.minute, end


def week(every: Iterable[Hours]) -> dict[str, list[tuple[int, int]]]:
    """Spans in minutes of each day of the week, in order; days without hours are empty."""
    found: dict[str, list[tuple[int, int]]] = {day: [] for day in DAYS}
    for hours in every:
        for part in within_days(hours):
            for day in part.weekdays:
                found[day].append(minutes(part))
    return {day: sorted(spans) for day, spans in found.items()}


def first_overlap(every: Sequence[Hours]) -> str | None:
    """The first day of the week on which two of the hours overlap; None if there is none."""
    for day, spans in week(every).items():
        for (_, end), (start, _) in pairwise(spans):
            if start < end:
                return day
    return None


def meet(first: tuple[date, date | None], second: tuple[date, date | None]) -> bool:
    """Whether two spans of days have a day in common; both ends are included, None has no end."""
    spans = (first, second)
    if any(until is not None and until < begin for begin, until in spans):
        return False  # called off before its first day
    latest = max(begin for begin, _ in spans)
    return all(until is None or latest <= until for _, until in spans)


def last_day(valid_from: date, wanted: date) -> date:
    """The last day of something that ends on `wanted`, or was called off before it began."""
    return max(wanted, valid_from - timedelta(days=1))

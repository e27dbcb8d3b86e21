"""How long people take. Pure, but for the calendar it is given.

A share of a limit becomes an instant on the limit's own clock: half of 5工作日 from Friday 16:00 is Wednesday morning,
half of 2紧急工作时 is one hour later. Desks work from eight to eight; what comes at night waits for the morning, except
what is urgent.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from linli.kernel.calendar.errors import YearNotLoaded
from linli.kernel.calendar.local import LOCAL
from linli.kernel.calendar.rules import (
    LimitUnit,
    TimeLimit,
    WorkingTime,
    due_at,
    minutes_between,
    parse_limit,
)

OPENS, CLOSES = 8, 20
FARTHEST = timedelta(days=40)
PUNCTUAL = 0.875
"""Share of orders a unit finishes in time, on average."""

SLOW_UNITS = {
    "ZJ": 0.79,
    "JT": 0.81,
    "YL": 0.84,
    "SC": 0.85,
    "MZ": 0.93,
    "JY": 0.92,
    "CG": 0.91,
    "YJ": 0.94,
}
"""Units that differ from the mean, so that a table of units has something to show."""


def soon(at: datetime, rng: Random, *, minutes: float, urgent: bool = False) -> datetime:
    """Some `minutes` later on average (never less than one), at a desk that is open."""
    wait = timedelta(minutes=1 + rng.expovariate(1 / minutes))
    return at + wait / 4 if urgent else desk_time(at + wait, rng)


def desk_time(at: datetime, rng: Random) -> datetime:
    """`at`, or the next morning when nobody sits at the desk then."""
    local = at.astimezone(LOCAL)
    if OPENS <= local.hour < CLOSES:
        return at
    day = local.date() if local.hour < OPENS else local.date() + timedelta(days=1)
    morning = datetime(day.year, day.month, day.day, OPENS, tzinfo=LOCAL)
    return morning + timedelta(minutes=rng.uniform(1, 25))


def share_of_limit(unit: str, rng: Random) -> float:
    """Which share of its limit a unit needs: mostly between a tenth and nine tenths, sometimes far more than one."""
    if rng.random() < SLOW_UNITS.get(unit, PUNCTUAL):
        return 0.06 + 0.9 * rng.betavariate(1.8, 2.6)
    return min(3.0, 1.03 + rng.expovariate(2.8))


def at_share(start: datetime, limit: str, share: float, *, working_time: WorkingTime) -> datetime:
    """The instant at which `share` of the limit is used up."""
    wanted = parse_limit(limit)
    minutes = max(1, round(wanted.minutes(day_minutes=working_time.day_minutes) * share))
    unit = LimitUnit.WORK_MINUTE if wanted.unit.is_working else LimitUnit.MINUTE
    try:
        return due_at(start, TimeLimit(minutes, unit), working_time=working_time).at
    except YearNotLoaded:
        # A demo around new year must not wait for the holiday table of the next year.
        return start + timedelta(minutes=minutes * (3 if wanted.unit.is_working else 1))


def begun_before(now: datetime, limit: str, share: float, *, working_time: WorkingTime) -> datetime:
    """When a clock must have started for `share` of its limit to be used up at `now`; at most 40 days before."""
    wanted = parse_limit(limit)
    minutes = wanted.minutes(day_minutes=working_time.day_minutes) * share
    early, late = now - FARTHEST, now
    while late - early > timedelta(minutes=1):
        middle = early + (late - early) / 2
        used = _used(middle, now, wanted.unit, working_time)
        early, late = (middle, late) if used >= minutes else (early, middle)
    return early


def _used(start: datetime, end: datetime, unit: LimitUnit, working_time: WorkingTime) -> float:
    try:
        return minutes_between(start, end, unit=unit, working_time=working_time)
    except YearNotLoaded:
        return (end - start) / timedelta(minutes=3)  # about a third of all time is worked

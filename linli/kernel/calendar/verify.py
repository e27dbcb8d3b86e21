"""The brute-force twin of rules.due_at: ask every minute whether it counts, and take the n-th that does.

Nothing is shared with rules but the values: the table of minutes is made here from the calendar's public fields, one
Boolean per minute of the loaded years, so a mistake in the walk over days cannot hide in it.

Cases come from a seeded generator and lean towards edges: starts on interval ends, midnights, year ends, touching and
nested pauses, several seasons and intervals, an interval until 24:00, round the clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

import numpy as np
from numpy.typing import NDArray

from linli.kernel.calendar.calendar_file import default_working_time
from linli.kernel.calendar.errors import YearNotLoaded
from linli.kernel.calendar.rules import LimitUnit, Pause, Season, TimeLimit, WorkingTime, due_at

_DAY = 24 * 60
_MINUTE = timedelta(minutes=1)
_ZONE_OFFSET = timedelta(hours=8)
_FIRST_YEAR, _LAST_YEAR = 2024, 2026
_CASES_PER_CALENDAR = 500  # making a calendar costs as much as some fifty cases

Minutes = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """`expected` comes from the minute walk, `found` from the rules; None: the due lies outside the loaded years."""

    working_time: WorkingTime
    start: datetime
    limit: TimeLimit
    pauses: tuple[Pause, ...]
    expected: datetime | None
    found: datetime | None

    def __str__(self) -> str:
        pauses = ", ".join(
            f"{pause.start.isoformat()}/{pause.until.isoformat()}" for pause in self.pauses
        )
        return (
            f"{self.working_time.version} {self.start.isoformat()} {self.limit} [{pauses}]: "
            f"expected {self.expected and self.expected.isoformat()}, found {self.found and self.found.isoformat()}"
        )


def verify_against_minute_walk(count: int, seed: int) -> list[Mismatch]:
    """Compare `count` random (calendar, start, limit, pauses); the mismatches, [] when all agree."""
    random = Random(seed)  # noqa: S311 - cases that can be made again, nothing secret
    mismatches: list[Mismatch] = []
    done = 0
    while done < count:
        # The shipped calendar first, so that even a short run covers the real one.
        working_time = _random_calendar(random, done) if done else default_working_time()
        table = _MinuteTable(working_time)
        for _ in range(min(_CASES_PER_CALENDAR, count - done)):
            start, limit, pauses = _random_case(random, working_time)
            expected, found = (
                table.due(start, limit, pauses),
                _found(start, limit, pauses, working_time),
            )
            if expected != found:
                mismatches.append(Mismatch(working_time, start, limit, pauses, expected, found))
            done += 1
    return mismatches


def _found(
    start: datetime, limit: TimeLimit, pauses: tuple[Pause, ...], working_time: WorkingTime
) -> datetime | None:
    try:
        return due_at(start, limit, working_time=working_time, pauses=pauses).at
    except YearNotLoaded:
        return None


class _MinuteTable:
    """Every minute of the loaded years of one calendar, from local midnight of the first day."""

    def __init__(self, working_time: WorkingTime) -> None:
        first, end = date(min(working_time.years), 1, 1), date(max(working_time.years) + 1, 1, 1)
        self.working_time = working_time
        self.zero = datetime(first.year, 1, 1, tzinfo=UTC) - _ZONE_OFFSET
        self.minutes: Minutes = np.zeros((end - first).days * _DAY, dtype=np.bool_)
        for number in range((end - first).days):
            for opens, closes in self._intervals(first + timedelta(days=number)):
                self.minutes[number * _DAY + opens : number * _DAY + closes] = True

    def due(self, start: datetime, limit: TimeLimit, pauses: Sequence[Pause]) -> datetime | None:
        begin = self._index(start)
        stops = [(self._index(pause.start), self._index(pause.until)) for pause in pauses]
        if limit.unit is LimitUnit.WORK_DAY and self.working_time.end_of_nth_day:
            end = self._end_of_nth_day(begin, limit.amount, stops)
        else:
            end = self._minute_used_up(begin, limit, stops)
        return None if end is None else self.zero + end * _MINUTE

    def _minute_used_up(
        self, begin: int, limit: TimeLimit, stops: list[tuple[int, int]]
    ) -> int | None:
        wanted = limit.minutes(day_minutes=self.working_time.day_minutes)
        reach = 4 * wanted + 3 * _DAY
        while True:
            if limit.unit.is_working:
                window = self.minutes[begin : begin + reach].copy()
            else:
                window = np.ones(reach, dtype=np.bool_)
            for stop, resume in stops:
                window[max(stop - begin, 0) : max(resume - begin, 0)] = False
            counted = np.flatnonzero(window)
            if counted.size >= wanted:
                # The last minute counted is [m, m + 1): all are used up at its end.
                return begin + int(counted[wanted - 1]) + 1
            if limit.unit.is_working and begin + reach >= self.minutes.size:
                return None
            reach *= 4

    def _end_of_nth_day(self, begin: int, wanted: int, stops: list[tuple[int, int]]) -> int | None:
        running = self.minutes.copy()
        for stop, resume in stops:
            running[stop:resume] = False
        for day in range(begin // _DAY + 1, self.minutes.size // _DAY):
            span = slice(day * _DAY, (day + 1) * _DAY)
            open_minutes = np.flatnonzero(self.minutes[span])
            if open_minutes.size and np.flatnonzero(running[span]).size == open_minutes.size:
                wanted -= 1
                if not wanted:
                    return day * _DAY + int(open_minutes[-1]) + 1
        return None

    def _index(self, moment: datetime) -> int:
        return (moment - self.zero) // _MINUTE

    def _intervals(self, day: date) -> Sequence[tuple[int, int]]:
        calendar = self.working_time
        if day in calendar.holidays:
            return ()
        if day.isoweekday() not in calendar.weekdays and day not in calendar.make_up_days:
            return ()
        place = (day.month, day.day)
        for season in calendar.seasons:
            wraps = season.first > season.last
            inside = season.first <= place <= season.last
            if inside or (wraps and (place >= season.first or place <= season.last)):
                return season.intervals
        raise AssertionError("the seasons of a WorkingTime cover every day")


def _random_case(
    random: Random, working_time: WorkingTime
) -> tuple[datetime, TimeLimit, tuple[Pause, ...]]:
    zero = datetime(_FIRST_YEAR, 1, 1, tzinfo=UTC) - _ZONE_OFFSET
    start = zero + _random_minute(random, working_time) * _MINUTE
    # Seconds must not matter.
    start += timedelta(seconds=random.choice((0, 0, 0, 1, 59)))
    unit = random.choice(tuple(LimitUnit))
    most = {
        LimitUnit.WORK_DAY: 20,
        LimitUnit.WORK_HOUR: 60,
        LimitUnit.NATURAL_DAY: 30,
        LimitUnit.URGENT_DAY: 10,
    }
    limit = TimeLimit(random.randint(1, most.get(unit, 600)), unit)
    pauses: list[Pause] = []
    for _ in range(random.choice((0, 0, 0, 1, 1, 2, 3))):
        # Half of the later pauses touch or overlap the one before.
        near = pauses[-1].until if pauses and random.random() < 0.5 else start
        begin = near + random.choice((-600, -60, 0, 0, 1, 60, 240, 480, 1440, 5000)) * _MINUTE
        pauses.append(
            Pause(begin, begin + random.choice((1, 59, 240, 480, 1440, 10_000)) * _MINUTE)
        )
    random.shuffle(pauses)
    return start, limit, tuple(pauses)


def _random_minute(random: Random, working_time: WorkingTime) -> int:
    days = (date(_LAST_YEAR + 1, 1, 1) - date(_FIRST_YEAR, 1, 1)).days
    day = random.randrange(days)
    if random.random() < 0.5:
        return day * _DAY + random.randrange(_DAY)
    edge = random.choice(random.choice(random.choice(working_time.seasons).intervals))
    return min(max(day * _DAY + edge + random.choice((-1, 0, 0, 1)), 0), days * _DAY - 1)


def _random_calendar(random: Random, number: int) -> WorkingTime:
    days = (date(_LAST_YEAR + 1, 1, 1) - date(_FIRST_YEAR, 1, 1)).days
    special = [date(_FIRST_YEAR, 1, 1) + timedelta(days=n) for n in random.sample(range(days), 120)]
    holidays, make_up_days = frozenset(special[:80]), frozenset(special[80:])
    week = random.choice((range(1, 6), range(1, 6), range(1, 7), range(1, 8), (2, 4)))
    seasons = _random_seasons(random)
    return WorkingTime(
        version=f"random-{number}",
        years=frozenset(range(_FIRST_YEAR, _LAST_YEAR + 1)),
        seasons=seasons,
        holidays=holidays,
        make_up_days=make_up_days,
        weekdays=frozenset(week),
        day_minutes=random.choice(
            (480, 480, 420, 450, sum(end - start for start, end in seasons[0].intervals))
        ),
        end_of_nth_day=random.random() < 0.3,
    )


def _random_seasons(random: Random) -> tuple[Season, ...]:
    turns = [
        date(2000, 1, 1) + timedelta(days=n)
        for n in sorted(random.sample(range(366), random.randint(1, 3)))
    ]
    # Each season ends the day before the next begins; the last one runs over new year.
    ends = [turn - timedelta(days=1) for turn in turns[1:] + turns[:1]]
    return tuple(
        Season((first.month, first.day), (last.month, last.day), _random_intervals(random))
        for first, last in zip(turns, ends, strict=True)
    )


def _random_intervals(random: Random) -> tuple[tuple[int, int], ...]:
    fixed = (
        ((8 * 60, 12 * 60), (14 * 60, 18 * 60)),
        ((0, _DAY),),
        ((9 * 60, 12 * 60), (13 * 60, 17 * 60), (19 * 60, _DAY)),
    )
    if random.random() < 0.5:
        return random.choice(fixed)
    cuts = sorted(random.sample(range(_DAY + 1), 2 * random.randint(1, 4)))
    return tuple(zip(cuts[::2], cuts[1::2], strict=True))

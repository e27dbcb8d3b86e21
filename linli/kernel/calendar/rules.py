"""When something is due.

A limit is a number of minutes; the clock counts a minute only when it may, and the due is the earliest instant at
which all of them are used up. Three ways of counting:

- natural (紧急工作时, 紧急工作日, 自然日, 分钟): every minute counts; no calendar is consulted, so a missing holiday
  table never holds up an emergency, and such a due is never provisional;
- working (工作时, 工作日, 工作分钟): a minute counts inside a working interval of a working day. A start at night,
  at lunch or on a holiday counts nothing until the next interval opens; a full interval ends at 12:00, not at 14:00;
- end_of_nth_day (工作日, if the calendar says so): the end of the last interval of the n-th working day after the day
  of start. A day on which a pause takes even one working minute does not count.

While a pause (挂账) runs no minute counts. All intervals are half-open, seconds are cut off, the zone is Asia/Shanghai.

Example: 3工作日 from Monday 2024-09-30 16:00. Two hours are left that day; 10-01 to 10-07 is the holiday and its
weekend; 10-08 and 10-09 give 16 hours; the last 6 of 24 hours end on Thursday 2024-10-10 at 16:00.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from functools import cached_property
from typing import Any

from linli.kernel.calendar.errors import BadMoment, BadPause, ExtensionRefused
from linli.kernel.calendar.explain import derivation_of, sentence_of
from linli.kernel.calendar.limits import LimitUnit, TimeLimit, parse_limit
from linli.kernel.calendar.trace import Counting, Span, Trace
from linli.kernel.calendar.working_time import DAY, Season, WorkingTime

__all__ = [
    "MOST_EXTENSIONS",
    "SHANGHAI",
    "Due",
    "Light",
    "LimitUnit",
    "Pause",
    "Season",
    "TimeLeft",
    "TimeLimit",
    "WorkingTime",
    "due_at",
    "extend",
    "light",
    "minutes_between",
    "parse_limit",
    "time_left",
]

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""A fixed offset is exact from 1992 on (summer time ended in 1991) and much faster than the zone database."""

MOST_EXTENSIONS = 2
YELLOW_BELOW_PERCENT = 20

_EPOCH = datetime(1970, 1, 1, tzinfo=SHANGHAI)
_MINUTE = timedelta(minutes=1)
_FIRST = (datetime(1992, 1, 1, tzinfo=SHANGHAI) - _EPOCH) // _MINUTE
_LAST = (datetime(3000, 1, 1, tzinfo=SHANGHAI) - _EPOCH) // _MINUTE


class Light(StrEnum):
    """Colour of a running clock. Blue (paused) and grey (closed) are stages of the case, not of its time."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Pause:
    """No minute of [start, until) counts. Both are aware; raises BadPause unless `until` is later."""

    start: datetime
    until: datetime

    def __post_init__(self) -> None:
        # Compared in whole minutes: a pause of some seconds inside one minute is no pause.
        if _minute_of(self.until, field="pause") <= _minute_of(self.start, field="pause"):
            raise BadPause("挂账的结束时间要晚于开始时间，请写明恢复计时的日期。")


@dataclass(frozen=True)
class Due:
    """`at` is aware UTC at a whole minute. The explanations are made when somebody reads them."""

    at: datetime
    trace: Trace

    @cached_property
    def derivation(self) -> dict[str, Any]:
        """The figures behind `at`, ready for JSON; keys in explain.derivation_of."""
        return derivation_of(self.trace)

    @property
    def provisional(self) -> bool:
        """Whether it was counted over a year whose notice has not been entered."""
        return bool(self.trace.provisional_years)

    @cached_property
    def sentence(self) -> str:
        """One plain Chinese sentence that says why."""
        return sentence_of(self.trace)


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """`minutes` left in the unit's own counting, or since the due in natural time when `overdue`."""

    minutes: int
    overdue: bool
    text: str


def due_at(
    start: datetime,
    limit: TimeLimit,
    *,
    working_time: WorkingTime,
    pauses: Sequence[Pause] = (),
    extensions: int = 0,
) -> Due:
    """The due of `limit` counted 1 + `extensions` times from `start`.

    Raises YearNotLoaded if a working way of counting reaches a year without holiday table, BadMoment for a naive time.
    """
    begin = _minute_of(start, field="start")
    whole = limit.times(1 + extensions)
    merged = _merge(pauses, begin)
    counting = _counting_of(limit.unit, working_time)
    if counting is Counting.END_OF_NTH_DAY:
        used, free_days, paused_days = _count_days(begin, whole.amount, working_time, merged)
    else:
        minutes = whole.minutes(day_minutes=working_time.day_minutes)
        if counting is Counting.WORKING:
            used, free_days = _count_working(begin, minutes, working_time, merged)
        else:
            used, free_days = _count_natural(begin, minutes, merged), []
        paused_days = []
    due = used[-1][1]
    trace = Trace(
        start=begin,
        due=due,
        limit=limit,
        extensions=extensions,
        counting=counting,
        working_time=working_time,
        used=tuple(used),
        free_days=tuple(free_days),
        paused_days=tuple(paused_days),
        pauses=tuple(span for span in merged if span[0] < due),
    )
    return Due(_moment_of(due), trace)


def minutes_between(
    start: datetime,
    end: datetime,
    *,
    unit: LimitUnit,
    working_time: WorkingTime,
    pauses: Sequence[Pause] = (),
) -> int:
    """Minutes of [start, end) that count for limits in `unit`; 0 if `end` is not later. Raises YearNotLoaded."""
    begin, until = _minute_of(start, field="start"), _minute_of(end, field="end")
    merged = _merge(pauses, begin)
    if until <= begin:
        return 0
    if not unit.is_working:
        return _length(_without([(begin, until)], merged))
    days = range(begin // DAY, (until - 1) // DAY + 1)
    return sum(
        _length(_without(_open_spans(day, working_time, begin, until), merged)) for day in days
    )


def time_left(
    now: datetime,
    due: datetime,
    *,
    unit: LimitUnit,
    working_time: WorkingTime,
    pauses: Sequence[Pause] = (),
) -> TimeLeft:
    """What is left until `due`: "剩余 1天3小时", "剩余 2个工作日", "已超时 2小时".

    Overtime is told in natural time: whoever waits, waits through the night as well.
    """
    if now > due:
        minutes = -(-(now - due) // _MINUTE)
        return TimeLeft(minutes, overdue=True, text=f"已超时 {_spoken(minutes, DAY, '天')}")
    minutes = minutes_between(now, due, unit=unit, working_time=working_time, pauses=pauses)
    day = (working_time.day_minutes, "个工作日") if unit.is_working else (DAY, "天")
    return TimeLeft(minutes, overdue=False, text=f"剩余 {_spoken(minutes, *day)}")


def light(
    now: datetime,
    start: datetime,
    due: datetime,
    *,
    unit: LimitUnit,
    working_time: WorkingTime,
    pauses: Sequence[Pause] = (),
) -> Light:
    """Red after `due` (the instant itself is on time), yellow with less than 20 % of [start, due) left, else green.

    The whole is measured from `start` to `due`, so granted extensions are part of it.
    """
    if now > due:
        return Light.RED
    whole = minutes_between(start, due, unit=unit, working_time=working_time, pauses=pauses)
    left = minutes_between(now, due, unit=unit, working_time=working_time, pauses=pauses)
    return Light.YELLOW if left * 100 < whole * YELLOW_BELOW_PERCENT else Light.GREEN


def extend(
    due: datetime,
    *,
    start: datetime,
    limit: TimeLimit,
    granted: int,
    now: datetime,
    working_time: WorkingTime,
    pauses: Sequence[Pause] = (),
    most: int = MOST_EXTENSIONS,
) -> Due:
    """One extension more: `limit` once again on top of the `granted` ones, counted from the original `start`.

    `due` is the present due. Raises ExtensionRefused after it, or when `most` are granted already.
    """
    if now > due:
        raise ExtensionRefused("已经超时，不能再申请延期；请尽快办结，结案后可提出超时申诉。")
    if granted >= most:
        raise ExtensionRefused(
            f"最多延期{most}次，已经用完；请按现有截止时间办结，或请上级督办协调。"
        )
    return due_at(start, limit, working_time=working_time, pauses=pauses, extensions=granted + 1)


def _counting_of(unit: LimitUnit, working_time: WorkingTime) -> Counting:
    if not unit.is_working:
        return Counting.NATURAL
    if unit is LimitUnit.WORK_DAY and working_time.end_of_nth_day:
        return Counting.END_OF_NTH_DAY
    return Counting.WORKING


def _count_natural(begin: int, minutes: int, pauses: list[Span]) -> list[Span]:
    # Every pause pushes the end out by at most its own length, so this window is surely long enough.
    window = (begin, begin + minutes + _length(pauses))
    used: list[Span] = []
    _take(_without([window], pauses), minutes, used)
    return used


def _count_working(
    begin: int, minutes: int, working_time: WorkingTime, pauses: list[Span]
) -> tuple[list[Span], list[int]]:
    used: list[Span] = []
    free_days: list[int] = []
    day = begin // DAY
    while minutes:
        if working_time.intervals_on(day):
            spans = _open_spans(day, working_time, begin)
            minutes = _take(_without(spans, pauses), minutes, used)
        else:
            free_days.append(day)
        day += 1
    return used, free_days


def _count_days(
    begin: int, days: int, working_time: WorkingTime, pauses: list[Span]
) -> tuple[list[Span], list[int], list[int]]:
    used: list[Span] = []
    free_days: list[int] = []
    paused_days: list[int] = []
    day = begin // DAY
    # A start in an unknown year is refused even if the days that count are known.
    working_time.intervals_on(day)
    while days:
        day += 1
        spans = list(_open_spans(day, working_time, begin))
        if not spans:
            free_days.append(day)
        elif list(_without(spans, pauses)) != spans:
            paused_days.append(day)
        else:
            used += spans
            days -= 1
    return used, free_days, paused_days


def _open_spans(
    day: int, working_time: WorkingTime, begin: int, until: int | None = None
) -> Iterator[Span]:
    """Working intervals of a day as minutes since 1970, cut to [begin, until)."""
    midnight = day * DAY
    for opens, closes in working_time.intervals_on(day):
        low = max(midnight + opens, begin)
        high = midnight + closes if until is None else min(midnight + closes, until)
        if low < high:
            yield low, high


def _without(spans: Iterator[Span] | list[Span], pauses: list[Span]) -> Iterator[Span]:
    """`spans` less `pauses`, both in order and free of overlaps."""
    for low, high in spans:
        for paused, resumed in pauses:
            if resumed <= low or paused >= high:
                continue
            if low < paused:
                yield low, paused
            low = resumed
        if low < high:
            yield low, high


def _take(spans: Iterator[Span], minutes: int, used: list[Span]) -> int:
    """Move up to `minutes` from `spans` into `used`; what is still missing."""
    for low, high in spans:
        end = min(high, low + minutes)
        used.append((low, end))
        minutes -= end - low
        if not minutes:
            break
    return minutes


def _merge(pauses: Sequence[Pause], begin: int) -> list[Span]:
    """Pauses as minutes, in order, overlapping and touching ones joined, cut to what lies after `begin`."""
    merged: list[Span] = []
    for start, until in sorted((_minute_of(p.start), _minute_of(p.until)) for p in pauses):
        if until <= begin:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(until, merged[-1][1]))
        else:
            merged.append((max(start, begin), until))
    return merged


def _length(spans: Iterator[Span] | list[Span]) -> int:
    return sum(until - begin for begin, until in spans)


def _minute_of(moment: datetime, *, field: str = "") -> int:
    if moment.tzinfo is None:
        raise BadMoment("时间缺少时区，请写成例如 2024-09-30T16:00+08:00。", field=field)
    minute = (moment - _EPOCH) // _MINUTE
    if not _FIRST <= minute < _LAST:
        raise BadMoment("时间不在1992年到2999年之间，请检查年份。", field=field)
    return minute


def _moment_of(minute: int) -> datetime:
    return (_EPOCH + minute * _MINUTE).astimezone(UTC)


def _spoken(minutes: int, day_minutes: int, day_word: str) -> str:
    """The two largest parts that are not nothing: 1天3小时, 3小时20分钟, 0分钟."""
    days, rest = divmod(minutes, day_minutes)
    parts = [(days, day_word), (rest // 60, "小时"), (rest % 60, "分钟")]
    said = [f"{amount}{word}" for amount, word in parts if amount]
    return "".join(said[:2]) or "0分钟"

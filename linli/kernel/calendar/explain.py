"""A due explains itself: the figures as JSON for the record, one plain Chinese sentence for the person."""

from collections import Counter
from collections.abc import Callable
from itertools import groupby
from typing import Any

from linli.kernel.calendar.trace import Counting, Trace
from linli.kernel.calendar.working_time import DAY, clock, day_of

RULE_VERSION = "1"  # raise it when the same input may give another due

_ZONE = "+08:00"


def derivation_of(trace: Trace) -> dict[str, Any]:
    """All that is needed to check a due by hand; only strings, numbers, lists and dicts.

    `days` are the intervals counted per day (working ways only), `spans` the stretches counted (natural only),
    `provisional` the years without a notice that were counted over.
    """
    calendar = trace.working_time
    natural = trace.counting is Counting.NATURAL
    # Written only where it is so: most dues never meet a year without its notice.
    provisional = trace.provisional_years
    return {
        **({"provisional": list(provisional)} if provisional else {}),
        "rule": RULE_VERSION,
        "calendar": None if natural else {"name": calendar.name, "version": calendar.version},
        "timezone": "Asia/Shanghai",
        "counting": trace.counting.value,
        "limit": str(trace.limit),
        "unit": trace.limit.unit.value,
        "extensions": trace.extensions,
        "day_minutes": None if natural else calendar.day_minutes,
        "start": iso(trace.start),
        "counted_from": iso(trace.used[0][0]),
        "due": iso(trace.due),
        "minutes": sum(until - begin for begin, until in trace.used),
        "days": [] if natural else _days(trace),
        "spans": [[iso(begin), iso(until)] for begin, until in trace.used] if natural else [],
        "skipped": [_free_day(trace, number) for number in trace.free_days]
        + [_paused_day(number) for number in trace.paused_days],
        "pauses": [{"start": iso(begin), "until": iso(until)} for begin, until in trace.pauses],
    }


def sentence_of(trace: Trace) -> str:
    opening = _OPENINGS[trace.counting](trace)
    parts = [opening, _late_opening(trace), _skipped(trace), _made_up(trace), _paused(trace)]
    ending = f"到{_spoken(trace.due)}截止。{_provisional(trace)}"
    return "，".join([*filter(None, parts), ending])


def iso(minute: int) -> str:
    """`2024-10-10T16:00+08:00`."""
    return f"{day_of(minute // DAY).isoformat()}T{clock(minute % DAY)}{_ZONE}"


def _days(trace: Trace) -> list[dict[str, Any]]:
    calendar = trace.working_time
    rows = []
    for number, spans in groupby(trace.used, key=lambda span: span[0] // DAY):
        day = day_of(number)
        # Relative to the day, so that the end of a day reads 24:00 and not 00:00 of the next.
        intervals = [(begin - number * DAY, until - number * DAY) for begin, until in spans]
        row = {
            "date": day.isoformat(),
            "intervals": [[clock(begin), clock(until)] for begin, until in intervals],
            "minutes": sum(until - begin for begin, until in intervals),
        }
        if day in calendar.make_up_days:
            row["make_up"] = calendar.names.get(day, "调休")
        rows.append(row)
    return rows


def _free_day(trace: Trace, number: int) -> dict[str, str]:
    day = day_of(number)
    reason, name = trace.working_time.why_free(day)
    return {"date": day.isoformat(), "reason": reason, "name": name}


def _paused_day(number: int) -> dict[str, str]:
    return {"date": day_of(number).isoformat(), "reason": "paused", "name": "挂账"}


def _spoken(minute: int) -> str:
    day = day_of(minute // DAY)
    return f"{day.year}年{day.month}月{day.day}日{clock(minute % DAY)}"


def _limit(trace: Trace) -> str:
    if not trace.extensions:
        return str(trace.limit)
    return f"{trace.limit}延期{trace.extensions}次共{trace.limit.times(1 + trace.extensions)}"


def _natural(trace: Trace) -> str:
    return f"{_limit(trace)}从{_spoken(trace.start)}起昼夜连续计算"


def _working(trace: Trace) -> str:
    return f"{_limit(trace)}从{_spoken(trace.start)}起只算上班时间"


def _nth_day(trace: Trace) -> str:
    return f"{_limit(trace)}从{_spoken(trace.start)}的次日起数工作日，算到最后一天下班"


_OPENINGS: dict[Counting, Callable[[Trace], str]] = {
    Counting.NATURAL: _natural,
    Counting.WORKING: _working,
    Counting.END_OF_NTH_DAY: _nth_day,
}


def _late_opening(trace: Trace) -> str:
    first = trace.used[0][0]
    if trace.counting is Counting.END_OF_NTH_DAY or first == trace.start:
        return ""
    return f"收到时不计时，实际从{_spoken(first)}开始计时"


def _skipped(trace: Trace) -> str:
    if not trace.free_days:
        return ""
    reasons = [trace.working_time.why_free(day_of(number)) for number in trace.free_days]
    counts = Counter(name if reason == "holiday" else "休息日" for reason, name in reasons)
    listed = "、".join(f"{name}{count}天" for name, count in counts.items())
    return f"跳过不上班的{len(trace.free_days)}天（{listed}）"


def _made_up(trace: Trace) -> str:
    numbers = sorted({begin // DAY for begin, _ in trace.used})
    days = [day_of(number) for number in numbers]
    worked = [f"{day.month}月{day.day}日" for day in days if day in trace.working_time.make_up_days]
    if trace.counting is Counting.NATURAL or not worked:
        return ""
    return f"{'、'.join(worked)}调休上班照常计入"


def _paused(trace: Trace) -> str:
    return f"挂账{len(trace.pauses)}次期间不计时" if trace.pauses else ""


def _provisional(trace: Trace) -> str:
    years = "、".join(f"{year}年" for year in trace.provisional_years)
    return f"{years}的放假通知还没有录入，按暂定日历推算，录入后重新计算。" if years else ""

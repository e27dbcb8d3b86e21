"""Local time: the zone in which the office lives, and what its days are.

An instant is stored and handed on in UTC; a day is a day in Asia/Shanghai. Example: 2026-03-08T16:30Z is half past
midnight on 2026-03-09, so it counts on the ninth. (`rules.SHANGHAI` is the fixed offset of the calculation of dues.)
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")


def local_day(instant: datetime) -> date:
    """The calendar day on which an aware instant lies."""
    return instant.astimezone(LOCAL).date()


def local_midnight(day: date) -> datetime:
    """The first instant of a day, in local time."""
    return datetime.combine(day, time(), LOCAL)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """First instant of a local day and of the day after, UTC."""
    next_day = day + timedelta(days=1)
    return local_midnight(day).astimezone(UTC), local_midnight(next_day).astimezone(UTC)

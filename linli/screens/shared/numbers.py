"""Row ids, versions, days and instants as an address or a form brings them: of any length, or anything else.

An instant of the year 1 can be read, but not turned into local time, and of the last day of the calendar there is no
day after. So years that nobody means are none.
"""

from __future__ import annotations

from datetime import date, datetime

from linli.kernel.calendar.local import LOCAL

MOST_DIGITS = 18
"""What a column of 64 bits holds for certain; Python itself refuses to read thousands of digits."""

YEARS = range(1900, 3000)
"""Years that can be meant."""


def whole_number(text: str | None) -> int | None:
    """The number the digits stand for; None for what is none or is longer than any row id."""
    if text is None or not text.isdecimal() or len(text) > MOST_DIGITS:
        return None
    return int(text)


def moment_in(text: str | None) -> datetime | None:
    """The aware instant that an ISO 8601 text stands for, local without an offset; None for what is none."""
    try:
        found = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    if found.year not in YEARS:
        return None
    return found if found.tzinfo else found.replace(tzinfo=LOCAL)


def day_in(text: str | None) -> date | None:
    """The day that YYYY-MM-DD stands for; None for what is none."""
    try:
        found = datetime.strptime((text or "").strip(), "%Y-%m-%d").replace(tzinfo=LOCAL).date()
    except ValueError:
        return None
    return found if found.year in YEARS else None

"""A day is a day in Asia/Shanghai, whatever the clock says in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from linli.kernel.calendar.local import day_bounds, local_day, local_midnight

NINTH = date(2026, 3, 9)
LAST_OF_THE_EIGHTH = datetime(2026, 3, 8, 15, 59, 59, tzinfo=UTC)


def test_the_day_changes_at_midnight_of_the_office() -> None:
    assert local_day(LAST_OF_THE_EIGHTH) == date(2026, 3, 8)
    assert local_day(LAST_OF_THE_EIGHTH + timedelta(seconds=1)) == NINTH
    assert local_midnight(NINTH) == datetime(2026, 3, 8, 16, tzinfo=UTC)


def test_the_bounds_of_a_day_are_half_open_and_in_utc() -> None:
    start, end = day_bounds(NINTH)
    assert (start, end) == (
        datetime(2026, 3, 8, 16, tzinfo=UTC),
        datetime(2026, 3, 9, 16, tzinfo=UTC),
    )
    assert start.tzinfo is end.tzinfo is UTC

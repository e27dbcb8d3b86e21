"""How long people take in the demo, on the clocks of the limits."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pytest

from linli.demo.pace import at_share, begun_before, desk_time, share_of_limit, soon
from linli.kernel.calendar.calendar_file import default_working_time
from linli.kernel.calendar.local import LOCAL
from linli.kernel.calendar.rules import due_at, parse_limit

FRIDAY = datetime(2026, 3, 6, 16, 0, tzinfo=LOCAL)
WORKING_TIME = default_working_time()


def test_half_of_a_limit_is_used_up_on_the_limit_s_own_clock() -> None:
    assert at_share(FRIDAY, "2紧急工作时", 0.5, working_time=WORKING_TIME) == FRIDAY + timedelta(
        hours=1
    )
    monday = datetime(2026, 3, 9, 10, 0, tzinfo=LOCAL)
    assert at_share(FRIDAY, "1工作日", 0.5, working_time=WORKING_TIME) == monday


@pytest.mark.parametrize(
    "limit", ["5工作日", "4工作时", "15工作分钟", "2紧急工作时", "4紧急工作日"]
)
@pytest.mark.parametrize("share", [0.1, 0.93, 1.6])
def test_a_clock_that_began_then_has_used_that_share_by_now(limit: str, share: float) -> None:
    now = datetime(2026, 11, 22, 7, 10, tzinfo=LOCAL)
    begun = begun_before(now, limit, share, working_time=WORKING_TIME)
    due = due_at(begun, parse_limit(limit), working_time=WORKING_TIME).at
    assert (due < now) == (share > 1)


def test_a_year_without_holiday_table_stops_nobody() -> None:
    february = datetime(2028, 2, 1, 9, 0, tzinfo=LOCAL)
    assert at_share(february, "5工作日", 0.5, working_time=WORKING_TIME) > february
    assert begun_before(february, "5工作日", 0.5, working_time=WORKING_TIME) < february


def test_what_comes_at_night_waits_for_the_morning_unless_it_is_urgent() -> None:
    night = datetime(2026, 3, 6, 23, 30, tzinfo=LOCAL)
    rng = Random(1)
    for _ in range(50):
        morning = soon(night, rng, minutes=10).astimezone(LOCAL)
        assert (morning.day, morning.hour) == (7, 8)
        assert soon(night, rng, minutes=10, urgent=True) < night + timedelta(hours=2)


def test_an_open_desk_keeps_nobody_waiting() -> None:
    assert desk_time(FRIDAY, Random(1)) == FRIDAY


def test_a_slow_unit_is_late_more_often_than_a_quick_one() -> None:
    rng = Random(2)
    late = {
        unit: sum(share_of_limit(unit, rng) > 1 for _ in range(4_000)) / 4_000
        for unit in ("ZJ", "YJ")
    }
    assert 0.17 < late["ZJ"] < 0.25
    assert 0.03 < late["YJ"] < 0.09

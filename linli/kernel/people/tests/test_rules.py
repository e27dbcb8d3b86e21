"""Hours over midnight, overlaps, and days of postings."""

from __future__ import annotations

from datetime import date, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.people.rules import (
    END_OF_DAY,
    Hours,
    first_overlap,
    joined,
    last_day,
    meet,
    minutes,
    week,
    within_days,
)

OFFICE = Hours("12345", time(8, 30), time(17, 30))
FIRST, SECOND, THIRD = date(2026, 3, 1), date(2026, 3, 10), date(2026, 3, 20)


def test_hours_within_a_day_stay_as_they_are() -> None:
    assert within_days(OFFICE) == (OFFICE,)
    assert minutes(OFFICE) == (510, 1050)


def test_a_night_is_kept_as_an_evening_and_the_next_morning() -> None:
    assert within_days(Hours("17", time(22), time(6))) == (
        Hours("17", time(22), END_OF_DAY),
        Hours("12", time(0), time(6)),
    )


def test_until_midnight_and_the_whole_day_have_no_second_part() -> None:
    assert within_days(Hours("1", time(16), time(0))) == (Hours("1", time(16), END_OF_DAY),)
    assert within_days(Hours("1", time(0), time(0))) == (Hours("1", time(0), END_OF_DAY),)


def test_an_evening_and_the_morning_after_are_said_as_one() -> None:
    night = Hours("17", time(22), time(6))
    assert joined(within_days(night)) == [night]
    assert joined(reversed(within_days(night))) == [night]
    every = Hours("1234567", time(22), time(6))
    assert joined([OFFICE, *within_days(every)]) == [OFFICE, every]
    assert joined([Hours("1", time(16), time(23, 59, 59))]) == [Hours("1", time(16), time(0))]


def test_what_cannot_be_said_as_one_stays_two() -> None:
    whole_day = Hours("1", time(0), END_OF_DAY)
    morning = Hours("2", time(0), time(6))
    long_day = Hours("1", time(5), END_OF_DAY)
    assert joined([whole_day, morning]) == [Hours("1", time(0), time(0)), morning]
    assert joined([long_day, morning]) == [Hours("1", time(5), time(0)), morning]
    assert joined([Hours("7", time(22), END_OF_DAY), whole_day]) == [
        Hours("7", time(22), time(0)),
        Hours("1", time(0), time(0)),
    ]


def test_the_end_of_the_day_counts_as_its_last_minute_however_it_was_stored() -> None:
    assert minutes(Hours("1", time(0), END_OF_DAY)) == (0, 1440)
    assert minutes(Hours("1", time(0), time(23, 59, 59))) == (0, 1440)
    assert minutes(Hours("1", time(0), time(23, 59))) == (0, 1439)


def test_a_week_lists_the_spans_of_every_day() -> None:
    found = week([Hours("67", time(22), time(6)), Hours("1", time(13), time(17))])

    assert found["6"] == [(1320, 1440)]
    assert found["7"] == [(0, 360), (1320, 1440)]
    assert found["1"] == [(0, 360), (780, 1020)]
    assert found["3"] == []


def test_the_first_day_with_an_overlap_is_named_and_touching_is_none() -> None:
    assert first_overlap([OFFICE, Hours("5", time(17), time(20))]) == "5"
    assert first_overlap([OFFICE, Hours("5", time(17, 30), time(20))]) is None
    assert first_overlap([Hours("1", time(22), time(6)), Hours("2", time(5), time(9))]) == "2"
    assert first_overlap([]) is None


def test_days_meet_when_they_share_one_and_ends_are_included() -> None:
    assert meet((FIRST, SECOND), (SECOND, THIRD))
    assert meet((SECOND, None), (FIRST, None))
    assert not meet((FIRST, SECOND - timedelta(days=1)), (SECOND, None))
    assert not meet((SECOND, None), (FIRST, SECOND - timedelta(days=1)))


def test_what_was_called_off_before_its_first_day_meets_nothing() -> None:
    ended = last_day(SECOND, FIRST)

    assert ended == SECOND - timedelta(days=1)
    assert not meet((SECOND, ended), (FIRST, None))
    assert not meet((FIRST, None), (SECOND, ended))
    assert last_day(FIRST, SECOND) == SECOND


HALF_HOURS = st.integers(0, 47).map(lambda half: time(half // 2, 30 * (half % 2)))
SOME_DAYS = st.sets(st.sampled_from("1234567"), min_size=1).map(lambda days: "".join(sorted(days)))


@given(st.lists(st.tuples(SOME_DAYS, HALF_HOURS, HALF_HOURS), max_size=3))
def test_saying_hours_changes_no_minute_of_the_week(given: list[tuple[str, time, time]]) -> None:
    hours = [Hours(*one) for one in given if one[1] != one[2]]
    if first_overlap(hours) is None:
        parts = [part for one in hours for part in within_days(one)]
        assert week(joined(parts)) == week(parts)


@given(st.integers(0, 20), st.integers(-1, 20), st.integers(0, 20), st.integers(-1, 20))
def test_meeting_is_what_counting_the_days_says(a: int, n: int, b: int, m: int) -> None:
    first = (FIRST + timedelta(days=a), FIRST + timedelta(days=a + n))
    second = (FIRST + timedelta(days=b), FIRST + timedelta(days=b + m))

    assert meet(first, second) is bool(set(range(a, a + n + 1)) & set(range(b, b + m + 1)))

from dataclasses import replace
from datetime import date, timedelta

import chinese_calendar
import pytest

from linli.kernel.calendar.calendar_file import (
    content_of,
    default_working_time,
    working_time_from,
)
from linli.kernel.calendar.errors import BadCalendarFile, BadWorkingTime, YearNotLoaded
from linli.kernel.calendar.working_time import MONDAY_TO_FRIDAY, Season, WorkingTime

HOURS8 = default_working_time()
DAY_AND_NIGHT = ((0, 1440),)


def test_every_day_of_three_years_is_as_the_public_calendar_says() -> None:
    days = [date(2024, 1, 1) + timedelta(days=number) for number in range(366 + 365 + 365)]

    wrong = [day for day in days if HOURS8.is_working_day(day) != chinese_calendar.is_workday(day)]

    assert wrong == []
    assert days[-1] == date(2026, 12, 31)


def test_monday_to_friday_would_be_wrong_on_27_23_and_25_days() -> None:
    def differs(day: date) -> bool:
        return HOURS8.is_working_day(day) != (day.isoweekday() in MONDAY_TO_FRIDAY)

    days = [date(2024, 1, 1) + timedelta(days=number) for number in range(1096)]
    counts = {year: sum(differs(day) for day in days if day.year == year) for year in HOURS8.years}

    assert counts == {2024: 27, 2025: 23, 2026: 25}


@pytest.mark.parametrize("day", [date(2023, 12, 31), date(2027, 1, 1)])
def test_a_day_outside_the_loaded_years_is_no_guess(day: date) -> None:
    with pytest.raises(YearNotLoaded) as refused:
        HOURS8.is_working_day(day)

    assert refused.value.year == day.year


def test_the_reason_for_a_day_off_has_a_name() -> None:
    assert HOURS8.why_free(date(2025, 1, 28)) == ("holiday", "春节")
    assert HOURS8.why_free(date(2026, 3, 7)) == ("weekend", "周六")
    nameless = replace(HOURS8, names={})
    assert nameless.why_free(date(2025, 1, 28)) == ("holiday", "放假")


def test_a_written_calendar_reads_back_as_the_same() -> None:
    again = working_time_from(content_of(HOURS8))

    assert again == HOURS8
    assert again.names == HOURS8.names


@pytest.mark.parametrize(
    "seasons",
    [
        ((1, 1, 4, 30), (5, 2, 12, 31)),  # 1 May belongs to none
        ((1, 1, 5, 1), (5, 1, 12, 31)),  # 1 May belongs to two
        ((1, 1, 2, 28), (3, 1, 12, 31)),  # 29 February belongs to none
        (),
    ],
)
def test_seasons_must_cover_the_year_once(seasons: tuple[tuple[int, int, int, int], ...]) -> None:
    with pytest.raises(BadWorkingTime, match="正好铺满一年"):
        WorkingTime(
            version="1",
            years=frozenset({2026}),
            seasons=tuple(Season((a, b), (c, d), DAY_AND_NIGHT) for a, b, c, d in seasons),
        )


@pytest.mark.parametrize(
    "intervals",
    [
        (),
        ((600, 600),),
        ((700, 600),),
        ((-1, 600),),
        ((600, 1441),),
        ((480, 720), (700, 900)),
        ((800, 900), (480, 720)),
    ],
)
def test_intervals_that_cannot_be_worked_are_refused(
    intervals: tuple[tuple[int, int], ...],
) -> None:
    with pytest.raises(BadWorkingTime) as refused:
        Season((1, 1), (12, 31), intervals)

    assert refused.value.field == "intervals"


def test_a_season_cannot_start_on_a_day_that_does_not_exist() -> None:
    with pytest.raises(BadWorkingTime, match="2月30日"):
        Season((2, 30), (12, 31), DAY_AND_NIGHT)


def test_intervals_may_touch() -> None:
    assert Season((1, 1), (12, 31), ((480, 720), (720, 900))).intervals[1] == (720, 900)


def test_a_day_cannot_be_holiday_and_worked_at_once() -> None:
    with pytest.raises(BadWorkingTime, match="2026-02-14"):
        replace(HOURS8, holidays=HOURS8.holidays | {date(2026, 2, 14)})


def test_a_working_day_has_between_a_minute_and_24_hours() -> None:
    for minutes in (0, 1441):
        with pytest.raises(BadWorkingTime) as refused:
            replace(HOURS8, day_minutes=minutes)
        assert refused.value.field == "day_minutes"


def test_weekdays_are_numbered_one_to_seven() -> None:
    with pytest.raises(BadWorkingTime) as refused:
        replace(HOURS8, weekdays=frozenset({0, 1}))

    assert refused.value.field == "weekdays"


@pytest.mark.parametrize("year", [1991, 3000])
def test_years_before_the_fixed_zone_and_far_ahead_are_refused(year: int) -> None:
    with pytest.raises(BadWorkingTime) as refused:
        replace(HOURS8, years=frozenset({year}))

    assert refused.value.field == "years"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"years": {"2026": {"holidays": {"元旦": ["2025-01-01"]}, "make_up_days": {}}}},
            "2026年下面",
        ),
        (
            {"years": {"2026": {"holidays": {"元旦": ["2026-13-01"]}, "make_up_days": {}}}},
            "格式不对",
        ),
        ({"years": {"2026": {}}}, "格式不对"),
        ({"years": []}, "格式不对"),
        ({"day_minutes": "many"}, "格式不对"),
    ],
)
def test_a_file_of_another_shape_is_refused(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(BadCalendarFile, match=sentence):
        working_time_from({**content_of(HOURS8), **change})


@pytest.mark.parametrize(
    ("season", "field"),
    [
        ({"first": "January", "last": "12-31", "intervals": ["08:00-12:00"]}, "seasons"),
        ({"first": "01-01", "last": "12-31", "intervals": ["8 to 12"]}, "intervals"),
        ({"first": "01-01", "last": "12-31", "intervals": ["08:60-12:00"]}, "intervals"),
        ({"first": "01-01", "last": "12-31", "intervals": ["08:00-12:75"]}, "intervals"),
    ],
)
def test_a_season_written_wrong_is_refused(season: dict[str, object], field: str) -> None:
    with pytest.raises(BadWorkingTime) as refused:
        working_time_from({**content_of(HOURS8), "seasons": [season]})

    assert refused.value.field == field

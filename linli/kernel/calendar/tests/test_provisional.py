"""A year without its notice: what the law alone gives, and how a due over it says so."""

from datetime import date, datetime

import pytest

from linli.kernel.calendar.calendar_file import (
    content_of,
    default_working_time,
    working_time_from,
)
from linli.kernel.calendar.errors import YearNotLoaded
from linli.kernel.calendar.provisional import (
    known_years,
    provisional_days,
    with_provisional_years,
)
from linli.kernel.calendar.queries import for_legal_terms
from linli.kernel.calendar.rules import SHANGHAI, due_at, parse_limit

NOTICES = default_working_time()
CALENDAR = with_provisional_years(NOTICES)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_2027_has_the_thirteen_days_of_the_law_and_those_on_weekends_are_made_up() -> None:
    assert sorted((day.isoformat(), name) for day, name in provisional_days(2027).items()) == [
        ("2027-01-01", "元旦"),
        ("2027-02-05", "春节"),
        ("2027-02-08", "春节"),
        ("2027-02-09", "春节补假"),
        ("2027-02-10", "春节补假"),
        ("2027-04-05", "清明节"),
        ("2027-05-03", "劳动节补假"),
        ("2027-05-04", "劳动节补假"),
        ("2027-06-09", "端午节"),
        ("2027-09-15", "中秋节"),
        ("2027-10-01", "国庆节"),
        ("2027-10-04", "国庆节补假"),
        ("2027-10-05", "国庆节补假"),
    ]


@pytest.mark.parametrize("year", sorted(known_years()))
def test_every_year_gives_thirteen_working_days_off(year: int) -> None:
    days = provisional_days(year)

    assert len(days) == 13
    assert all(day.year == year and day.isoweekday() <= 5 for day in days)


def test_two_festivals_on_one_day_are_still_two_days() -> None:
    # 中秋节 of 2031 is 1 October; 4 and 5 October are a weekend.
    october = [day for day in provisional_days(2031) if day.month == 10]

    assert october == [date(2031, 10, day) for day in (1, 2, 3, 6)]


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_every_statutory_day_is_free_in_the_notice_of_its_year_too(year: int) -> None:
    # Days that are made up lie elsewhere when days are shifted; the statutory ones never move. (The eve of the new
    # year is a day off by law since 2025.)
    statutory = {day for day, name in provisional_days(year).items() if not name.endswith("补假")}
    worked = {day for day in statutory if NOTICES.is_working_day(day)}

    assert worked == ({date(2024, 2, 9)} if year == 2024 else set())


def test_a_due_over_a_year_without_notice_is_there_and_says_what_it_is_worth() -> None:
    due = due_at(at("2026-12-29T16:00"), parse_limit("5工作日"), working_time=CALENDAR)

    assert due.at == at("2027-01-06T16:00")
    assert due.provisional
    assert due.derivation["provisional"] == [2027]
    assert due.sentence.endswith(
        "到2027年1月6日16:00截止。2027年的放假通知还没有录入，按暂定日历推算，录入后重新计算。"
    )


@pytest.mark.parametrize(
    ("start", "limit"),
    [
        ("2026-12-28T09:00", "3工作日"),  # ends in the known year
        ("2026-12-30T16:00", "1工作日"),  # 31 December 16:00
        ("2026-12-29T16:00", "20紧急工作日"),  # asks no calendar
    ],
)
def test_a_due_that_does_not_need_the_missing_year_is_no_provisional_one(
    start: str, limit: str
) -> None:
    due = due_at(at(start), parse_limit(limit), working_time=CALENDAR)

    assert not due.provisional
    assert "provisional" not in due.derivation
    assert "暂定" not in due.sentence


def test_a_due_at_the_last_minute_of_the_year_does_not_touch_the_next() -> None:
    day_and_night = {
        **content_of(NOTICES),
        "seasons": [{"first": "01-01", "last": "12-31", "intervals": ["00:00-24:00"]}],
    }
    calendar = with_provisional_years(working_time_from(day_and_night))

    due = due_at(at("2026-12-31T23:00"), parse_limit("1工作时"), working_time=calendar)

    assert (due.at, due.provisional) == (at("2027-01-01T00:00"), False)


def test_known_years_stay_as_they_are_and_a_missing_one_in_between_is_filled() -> None:
    without_2025 = working_time_from(
        {
            **content_of(NOTICES),
            "years": {
                year: days for year, days in content_of(NOTICES)["years"].items() if year != "2025"
            },
        }
    )
    filled = with_provisional_years(without_2025)

    assert min(CALENDAR.provisional) == 2027
    assert max(CALENDAR.provisional) == 2050
    assert 2025 in filled.provisional
    assert not filled.is_working_day(date(2025, 1, 29))
    assert filled.is_working_day(date(2026, 2, 14))
    with pytest.raises(YearNotLoaded):
        CALENDAR.is_working_day(date(2023, 12, 31))
    with pytest.raises(YearNotLoaded):
        CALENDAR.is_working_day(date(2051, 1, 2))


def test_a_calendar_without_any_year_is_not_made_up() -> None:
    nothing = working_time_from({**content_of(NOTICES), "years": {}})

    assert with_provisional_years(nothing) is nothing


def test_a_written_calendar_holds_no_provisional_year() -> None:
    assert content_of(CALENDAR) == content_of(NOTICES)


def test_a_legal_term_is_not_counted_over_a_provisional_year() -> None:
    with pytest.raises(YearNotLoaded) as refused:
        due_at(
            at("2026-12-29T16:00"), parse_limit("5工作日"), working_time=for_legal_terms(CALENDAR)
        )

    assert refused.value.year == 2027

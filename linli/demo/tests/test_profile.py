"""The habits of the demo sub-district."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from random import Random

from linli.demo.profile import Day, arrivals, class_weights, day_like, hourly_share, poisson
from linli.kernel.calendar.local import LOCAL, local_day

FIRST = date(2026, 5, 25)
HALF_A_YEAR = [FIRST + timedelta(days=number) for number in range(183)]
HOLIDAYS = frozenset({date(2026, 10, 1), date(2026, 10, 2)})


def quiet(day: date) -> Day:
    return Day(day, holiday=False, rain=False, wind=False, frost=False)


def year_of_reports() -> list[datetime]:
    days = [day_like(day, seed=7, holidays=HOLIDAYS) for day in HALF_A_YEAR]
    return [at for day in days for at in arrivals(day, Random(f"{day.date}"), households=4_000)]


def test_half_a_year_has_about_six_thousand_reports() -> None:
    assert 5_800 <= len(year_of_reports()) <= 7_200


def test_mondays_are_busiest_and_sundays_quietest() -> None:
    by_weekday = Counter(at.astimezone(LOCAL).weekday() for at in year_of_reports())
    assert by_weekday.most_common(1)[0][0] == 0
    assert by_weekday[0] > 1.6 * by_weekday[6]


def test_noon_is_quieter_than_the_hours_around_it() -> None:
    by_hour = Counter(at.astimezone(LOCAL).hour for at in year_of_reports())
    assert by_hour[12] < 0.6 * by_hour[10]
    assert by_hour[12] < 0.6 * by_hour[15]
    morning, noon = (hourly_share(datetime(2026, 6, 1, hour, tzinfo=LOCAL)) for hour in (10, 12))
    assert morning > 2 * noon


def test_reports_of_a_day_lie_on_that_day_in_order() -> None:
    found = arrivals(quiet(date(2026, 6, 1)), Random(1), households=4_000)
    assert {local_day(at) for at in found} == {date(2026, 6, 1)}
    assert found == sorted(found)


def test_a_day_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    first = [day_like(day, seed=7, holidays=HOLIDAYS) for day in HALF_A_YEAR]
    assert first == [day_like(day, seed=7, holidays=HOLIDAYS) for day in HALF_A_YEAR]
    assert first != [day_like(day, seed=8, holidays=HOLIDAYS) for day in HALF_A_YEAR]


def test_summer_is_loud_rain_floods_streets_and_frost_breaks_pipes() -> None:
    spring, july, january = (class_weights(quiet(date(2026, month, 4))) for month in (4, 7, 1))
    assert july["E0128"] > 2 * spring["E0128"]
    wet = class_weights(Day(date(2026, 4, 4), holiday=False, rain=True, wind=False, frost=False))
    assert wet["E0506"] == 40 * spring["E0506"]
    cold = class_weights(Day(date(2026, 1, 4), holiday=False, rain=False, wind=False, frost=True))
    assert cold["E0501"] > 15 * january["E0501"]
    assert "E0507" in cold
    assert "E0507" not in january


def test_a_holiday_is_quieter_than_the_day_would_be() -> None:
    thursday = quiet(date(2026, 10, 1))
    holiday = day_like(date(2026, 10, 1), seed=7, holidays=HOLIDAYS)
    assert holiday.holiday
    assert (
        Day(thursday.date, holiday=True, rain=False, wind=False, frost=False).busyness
        < 0.7 * thursday.busyness
    )


def test_poisson_draws_have_the_mean_they_are_asked_for() -> None:
    rng = Random(5)
    for mean in (0.08, 3.0, 60.0):
        draws = [poisson(mean, rng) for _ in range(4_000)]
        assert abs(sum(draws) / len(draws) - mean) < 4 * (mean / len(draws)) ** 0.5 + 0.02

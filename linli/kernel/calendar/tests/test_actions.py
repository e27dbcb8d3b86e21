"""槐树里社区's office keeps its calendar; the housing office has hours of its own."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from linli.kernel.acting import EVERYWHERE, SYSTEM, Actor, Scope
from linli.kernel.calendar import queries
from linli.kernel.calendar.actions import import_days, load_default_calendar, start_calendar
from linli.kernel.calendar.calendar_file import content_of, default_working_time
from linli.kernel.calendar.errors import (
    BadCalendarFile,
    BadWorkingTime,
    NoCalendar,
    YearNotLoaded,
)
from linli.kernel.calendar.models import CalendarDay, CalendarEdition, WorkCalendar
from linli.kernel.calendar.provisional import with_provisional_years
from linli.kernel.calendar.queries import (
    for_legal_terms,
    forget_calendars,
    working_time_for,
    working_time_of_edition,
)
from linli.kernel.calendar.rules import due_at, parse_limit
from linli.kernel.errors import NotAllowed, NotFound

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HOUSING_OFFICE = 7
KEEPER = Actor(kind="staff", name="管理员", grants={"calendar.edit": EVERYWHERE})
HOUSING_CLERK = Actor(
    kind="staff",
    name="房管所小周",
    grants={"calendar.edit": Scope(organizations=frozenset({HOUSING_OFFICE}))},
)
GRID_WORKER = Actor(kind="staff", name="网格员小李")
YEAR_2027 = "日期,类型,名称\n2027-01-01,放假,元旦\n2027-01-03,调休,元旦\n".encode()


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    forget_calendars()
    yield
    forget_calendars()


def hours(*intervals: str) -> dict[str, Any]:
    season = {"first": "01-01", "last": "12-31", "intervals": list(intervals)}
    return {**content_of(default_working_time()), "name": "房管所作息", "seasons": [season]}


def test_the_shipped_calendar_serves_everybody_once_loaded() -> None:
    calendar = load_default_calendar(by=SYSTEM, now=NOW)

    found = working_time_for(None, date(2026, 3, 2))
    shipped = with_provisional_years(default_working_time())
    assert found == working_time_for(HOUSING_OFFICE, date(2026, 3, 2))
    assert (found.holidays, found.make_up_days) == (shipped.holidays, shipped.make_up_days)
    assert (found.seasons, found.years, found.names) == (
        shipped.seasons,
        shipped.years,
        shipped.names,
    )
    assert found.version == calendar.edition == f"{calendar.pk}.1"


def test_without_a_calendar_there_is_an_error_and_no_guess() -> None:
    with pytest.raises(NoCalendar, match="2026-03-02") as refused:
        working_time_for(None, date(2026, 3, 2))

    assert refused.value.status == 409


def test_a_day_before_the_first_calendar_has_none() -> None:
    load_default_calendar(by=SYSTEM, now=NOW)

    with pytest.raises(NoCalendar):
        working_time_for(None, date(2023, 12, 31))


def test_loading_again_changes_nothing() -> None:
    first = load_default_calendar(by=SYSTEM, now=NOW)
    days = CalendarDay.objects.count()

    again = load_default_calendar(by=SYSTEM, now=NOW)

    assert (again.pk, again.version) == (first.pk, 1)
    assert CalendarDay.objects.count() == days
    assert CalendarEdition.objects.count() == 1


def test_loading_again_adds_only_the_years_that_are_missing() -> None:
    calendar = load_default_calendar(by=SYSTEM, now=NOW)
    import_days(
        calendar.pk, content="日期,类型,名称\n2026-03-03,放假,停电\n".encode(), by=KEEPER, now=NOW
    )
    WorkCalendar.objects.filter(pk=calendar.pk).update(years=[2025, 2026])
    CalendarDay.objects.filter(date__year=2024).delete()

    again = load_default_calendar(by=SYSTEM, now=NOW)

    assert again.years == [2024, 2025, 2026]
    kept = CalendarDay.objects.filter(date__year=2026).values_list("name", flat=True)
    assert list(kept) == ["停电"]
    assert CalendarDay.objects.filter(date__year=2024).count() == 27


def test_an_imported_year_is_known_at_once_and_older_dues_can_be_worked_out_again() -> None:
    calendar = load_default_calendar(by=SYSTEM, now=NOW)
    before = working_time_for(None, date(2026, 12, 31))
    start, limit = datetime(2026, 12, 31, 8, 0, tzinfo=UTC), parse_limit("3工作日")
    with pytest.raises(YearNotLoaded):
        due_at(start, limit, working_time=for_legal_terms(before))
    assert due_at(start, limit, working_time=before).derivation["provisional"] == [2027]

    done = import_days(calendar.pk, content=YEAR_2027, by=KEEPER, now=NOW)

    assert (done.years, done.days, done.held_years, done.problems) == ((2027,), 2, (), ())
    after = working_time_for(None, date(2026, 12, 31))
    due = due_at(start, limit, working_time=after)
    assert due.at == datetime(2027, 1, 5, 8, 0, tzinfo=UTC)
    assert due.derivation["calendar"]["version"] == f"{calendar.pk}.2"
    assert working_time_of_edition(f"{calendar.pk}.1") == before
    assert working_time_of_edition(f"{calendar.pk}.2") == after


def test_importing_a_year_replaces_it_whole() -> None:
    calendar = load_default_calendar(by=SYSTEM, now=NOW)

    import_days(
        calendar.pk, content="日期,类型,名称\n2026-01-01,放假,元旦\n".encode(), by=KEEPER, now=NOW
    )

    found = working_time_for(None, date(2026, 3, 2))
    assert {day for day in found.holidays if day.year == 2026} == {date(2026, 1, 1)}
    assert date(2025, 1, 28) in found.holidays


def test_a_year_with_a_bad_row_stays_as_it_was() -> None:
    calendar = load_default_calendar(by=SYSTEM, now=NOW)
    before = working_time_for(None, date(2026, 3, 2))
    content = "日期,类型,名称\n2026-01-01,放假,元旦\n2026-02-16,大概放,春节\n".encode()

    done = import_days(calendar.pk, content=content, by=KEEPER, now=NOW)

    assert (done.years, done.days, done.held_years) == ((), 0, (2026,))
    assert [(problem.row, problem.value) for problem in done.problems] == [(3, "大概放")]
    forget_calendars()
    assert working_time_for(None, date(2026, 3, 2)) == before
    assert WorkCalendar.objects.get().version == 1


def test_a_file_that_is_no_list_changes_nothing() -> None:
    calendar = load_default_calendar(by=SYSTEM, now=NOW)

    with pytest.raises(BadCalendarFile):
        import_days(calendar.pk, content=b"hello", by=KEEPER, now=NOW)

    assert WorkCalendar.objects.get().version == 1


def test_an_import_needs_a_calendar() -> None:
    with pytest.raises(NotFound):
        import_days(99, content=YEAR_2027, by=KEEPER, now=NOW)


def test_an_office_with_hours_of_its_own_follows_them_and_the_others_do_not() -> None:
    load_default_calendar(by=SYSTEM, now=NOW)

    start_calendar(
        hours("09:00-17:00"),
        organization_id=HOUSING_OFFICE,
        valid_from=date(2026, 4, 1),
        by=HOUSING_CLERK,
        now=NOW,
    )

    before, after = date(2026, 3, 31), date(2026, 4, 1)
    assert working_time_for(HOUSING_OFFICE, after).name == "房管所作息"
    assert working_time_for(HOUSING_OFFICE, before).name == "全国法定节假日工作日历"
    assert working_time_for(None, after).name == "全国法定节假日工作日历"


def test_the_hours_of_an_office_outlast_a_newer_calendar_for_everybody() -> None:
    for organization_id, day in ((HOUSING_OFFICE, 1), (None, 2)):
        start_calendar(
            {**hours("09:00-17:00"), "name": f"第{day}份"},
            organization_id=organization_id,
            valid_from=date(2026, 4, day),
            by=KEEPER,
            now=NOW,
        )

    assert working_time_for(HOUSING_OFFICE, date(2026, 4, 3)).name == "第1份"
    assert working_time_for(None, date(2026, 4, 3)).name == "第2份"


def test_a_calendar_does_not_hold_on_the_day_it_ends() -> None:
    load_default_calendar(by=SYSTEM, now=NOW)
    WorkCalendar.objects.update(valid_until=date(2026, 4, 1))
    forget_calendars()

    assert working_time_for(None, date(2026, 3, 31)).announced == {2024, 2025, 2026}
    with pytest.raises(NoCalendar):
        working_time_for(None, date(2026, 4, 1))


def test_a_new_calendar_ends_the_one_before_and_gives_way_to_the_one_after() -> None:
    def start(day: date, *intervals: str) -> WorkCalendar:
        return start_calendar(
            hours(*intervals), organization_id=None, valid_from=day, by=KEEPER, now=NOW
        )

    start(date(2026, 1, 1), "08:00-16:00")
    start(date(2026, 9, 1), "09:00-17:00")
    start(date(2026, 5, 1), "07:00-15:00")
    start(date(2026, 12, 1), "10:00-18:00")

    spans = WorkCalendar.objects.order_by("valid_from").values_list("valid_from", "valid_until")
    assert list(spans) == [
        (date(2026, 1, 1), date(2026, 5, 1)),
        (date(2026, 5, 1), date(2026, 9, 1)),
        (date(2026, 9, 1), date(2026, 12, 1)),
        (date(2026, 12, 1), None),
    ]
    opening = [
        working_time_for(None, day).seasons[0].intervals[0][0] // 60
        for day in (date(2026, 4, 30), date(2026, 5, 1), date(2026, 8, 31), date(2026, 12, 1))
    ]
    assert opening == [8, 7, 7, 10]


def test_starting_on_the_same_day_again_replaces_it() -> None:
    def start(content: dict[str, Any]) -> WorkCalendar:
        return start_calendar(
            content, organization_id=None, valid_from=date(2026, 1, 1), by=KEEPER, now=NOW
        )

    first = start(hours("08:00-16:00"))
    only_2026 = {**hours("09:00-17:00")}
    only_2026["years"] = {"2026": only_2026["years"]["2026"]}
    second = start(only_2026)

    found = working_time_for(None, date(2026, 3, 2))
    assert (second.pk, found.version) == (first.pk, f"{first.pk}.2")
    assert found.announced == {2026}
    assert not CalendarDay.objects.exclude(date__year=2026).exists()
    assert working_time_of_edition(f"{first.pk}.1").announced == {2024, 2025, 2026}


def test_a_calendar_that_contradicts_itself_is_refused_and_nothing_is_stored() -> None:
    with pytest.raises(BadWorkingTime):
        start_calendar(
            hours("17:00-09:00"),
            organization_id=None,
            valid_from=date(2026, 1, 1),
            by=KEEPER,
            now=NOW,
        )

    assert not WorkCalendar.objects.exists()


def test_a_clerk_reaches_only_the_calendar_of_the_own_office() -> None:
    calendar = load_default_calendar(by=SYSTEM, now=NOW)

    with pytest.raises(NotAllowed, match="本单位"):
        import_days(calendar.pk, content=YEAR_2027, by=HOUSING_CLERK, now=NOW)
    with pytest.raises(NotAllowed, match="本单位"):
        load_default_calendar(by=HOUSING_CLERK, now=NOW)
    with pytest.raises(NotAllowed, match="本单位"):
        start_calendar(
            hours("09:00-17:00"),
            organization_id=8,
            valid_from=date(2026, 4, 1),
            by=HOUSING_CLERK,
            now=NOW,
        )

    assert WorkCalendar.objects.get().years == [2024, 2025, 2026]


def test_a_grid_worker_changes_no_calendar() -> None:
    with pytest.raises(NotAllowed):
        load_default_calendar(by=GRID_WORKER, now=NOW)

    assert not WorkCalendar.objects.exists()


@pytest.mark.parametrize("edition", ["99.1", "2024-2026.1", "", "1", "x.y"])
def test_an_edition_that_was_never_made_is_not_found(edition: str) -> None:
    load_default_calendar(by=SYSTEM, now=NOW)

    with pytest.raises(NotFound, match="没有编号"):
        working_time_of_edition(edition)


def test_the_calendar_is_asked_for_once_and_then_remembered(
    django_assert_num_queries: Any,
) -> None:
    load_default_calendar(by=SYSTEM, now=NOW)
    with django_assert_num_queries(3):
        working_time_for(None, date(2026, 3, 2))

    with django_assert_num_queries(0):
        for day in range(1, 29):
            working_time_for(HOUSING_OFFICE, date(2026, 2, day))


def test_a_change_by_another_process_is_seen_at_the_next_check(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    calendar = load_default_calendar(by=SYSTEM, now=NOW)
    old = working_time_for(None, date(2026, 3, 2))
    WorkCalendar.objects.filter(pk=calendar.pk).update(version=2, day_minutes=420, fingerprint="x")
    assert working_time_for(None, date(2026, 3, 2)) is old

    monkeypatch.setattr(queries, "CHECK_SECONDS", 0)

    assert working_time_for(None, date(2026, 3, 2)).day_minutes == 420
    with django_assert_num_queries(1):
        working_time_for(None, date(2026, 3, 2))


def test_rows_introduce_themselves() -> None:
    calendar = load_default_calendar(by=SYSTEM, now=NOW)

    assert str(calendar) == f"全国法定节假日工作日历 {calendar.pk}.1"
    assert str(CalendarDay.objects.get(date=date(2025, 1, 28))) == "2025-01-28 春节"
    assert str(CalendarEdition.objects.get()) == f"{calendar.pk}.1"

"""Changing calendars. Every change makes a new edition; dues already given keep the edition they were made with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from linli.kernel.acting import Actor, action
from linli.kernel.calendar.calendar_file import (
    content_of,
    default_working_time,
    seasons_content,
    working_time_from,
)
from linli.kernel.calendar.day_file import DayKind, ListedDay, RowProblem, read_days
from linli.kernel.calendar.errors import YearUnchanged
from linli.kernel.calendar.events import YearEntered
from linli.kernel.calendar.models import CalendarDay, CalendarEdition, WorkCalendar, YearNotice
from linli.kernel.calendar.queries import forget_calendars
from linli.kernel.calendar.working_time import WorkingTime
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.events.outbox import announce

NEW_YEAR = "元旦"
"""The one holiday whose days may lie in the year before that of its notice."""


@dataclass(frozen=True)
class ImportedDays:
    """`years` were replaced by `days` good rows; `held_years` stay as they were because of their bad rows."""

    years: tuple[int, ...]
    days: int
    held_years: tuple[int, ...]
    problems: tuple[RowProblem, ...]


@action(may="calendar.edit")
def load_default_calendar(*, by: Actor, now: datetime) -> WorkCalendar:
    """The shipped calendar for everybody: made if there is none, else only given the years it does not have yet."""
    _require_reach(None, by)
    shipped = default_working_time()
    present = (
        WorkCalendar.objects.select_for_update()
        .filter(organization_ref=None)
        .order_by("-valid_from")
        .first()
    )
    if present is None:
        return _create(
            shipped, organization_ref=None, valid_from=date(min(shipped.years), 1, 1), now=now
        )
    missing = shipped.years - set(present.years)
    if missing:
        _replace_years(present, missing, _rows_of(present, shipped, missing))
        _keep_edition(present, now=now)
        for year in sorted(missing):
            _entered(present, year, YearNotice.Source.SHIPPED, by=by, now=now)
    return present


@action(may="calendar.edit")
def start_calendar(
    content: Mapping[str, Any],
    *,
    organization_id: int | None,
    valid_from: date,
    by: Actor,
    now: datetime,
) -> WorkCalendar:
    """A new calendar from `valid_from` on, `content` as in calendar_file.py; the one before ends on that day.

    Raises BadCalendarFile or BadWorkingTime. Starting again on the same day replaces what was started then.
    """
    _require_reach(organization_id, by)
    working_time = working_time_from({"version": "0", **content})
    siblings = WorkCalendar.objects.select_for_update().filter(organization_ref=organization_id)
    same_day = siblings.filter(valid_from=valid_from).first()
    if same_day is not None:
        CalendarDay.objects.filter(calendar=same_day).delete()
        _write_settings(same_day, working_time)
        _replace_years(
            same_day, working_time.years, _rows_of(same_day, working_time, working_time.years)
        )
        _keep_edition(same_day, now=now)
        return same_day
    following = siblings.filter(valid_from__gt=valid_from).order_by("valid_from").first()
    for earlier in siblings.filter(valid_from__lt=valid_from):
        if earlier.valid_until is None or earlier.valid_until > valid_from:
            earlier.valid_until = valid_from
            earlier.save(update_fields=["valid_until"])
    return _create(
        working_time,
        organization_ref=organization_id,
        valid_from=valid_from,
        valid_until=following.valid_from if following else None,
        now=now,
    )


@action(may="calendar.edit")
def import_days(calendar_id: int, *, content: bytes, by: Actor, now: datetime) -> ImportedDays:
    """Replace whole years by the rows of a CSV or JSON file (day_file.py); can be run again.

    Years with a bad row are held back: a year half loaded would give wrong dues without a word.
    """
    calendar = _locked(calendar_id, by=by)
    listed = read_days(content)
    years = listed.complete_years
    rows = [
        CalendarDay(calendar=calendar, date=day.day, kind=day.kind, name=day.name)
        for day in listed.days
        if day.day.year in years
    ]
    if years:
        _replace_years(calendar, years, rows)
        _keep_edition(calendar, now=now)
        for year in sorted(years):
            _entered(calendar, year, YearNotice.Source.TABLE, by=by, now=now)
    return ImportedDays(
        tuple(sorted(years)), len(rows), tuple(sorted(listed.held_years)), listed.problems
    )


@action(may="calendar.edit")
def enter_year(
    calendar_id: int,
    *,
    year: int,
    days: tuple[ListedDay, ...],
    source: str,
    text: str = "",
    by: Actor,
    now: datetime,
) -> YearNotice:
    """Give a year these days off and days worked, in place of whatever it had; dues are computed again afterwards.

    Days of the December before belong to the new year's holiday and replace what that December had of it; a December
    that the next notice has given days to keeps them.

    Raises:
        YearUnchanged: the calendar says exactly this already.
        BadWorkingTime: the days contradict each other.
    """
    calendar = _locked(calendar_id, by=by)
    before = _held(calendar, year)
    rows = [CalendarDay(calendar=calendar, date=d.day, kind=d.kind, name=d.name) for d in days]
    if year in calendar.years and {(r.date, r.kind, r.name) for r in rows} == before:
        raise YearUnchanged(year)
    _days_of(calendar, year).delete()
    CalendarDay.objects.bulk_create(rows)
    calendar.years = sorted({*calendar.years, year})
    _keep_edition(calendar, now=now)
    return _entered(calendar, year, source, text=text, by=by, now=now)


def _locked(calendar_id: int, *, by: Actor) -> WorkCalendar:
    calendar = WorkCalendar.objects.select_for_update().filter(pk=calendar_id).first()
    if calendar is None:
        raise NotFound("没有这份工作日历，可能已被替换，请刷新后重选。")
    _require_reach(calendar.organization_ref, by)
    return calendar


def _held(calendar: WorkCalendar, year: int) -> set[tuple[date, str, str]]:
    return set(_days_of(calendar, year).values_list("date", "kind", "name"))


def _days_of(calendar: WorkCalendar, year: int) -> QuerySet[CalendarDay]:
    """The rows that one notice gives: its year's, and those of the new year's holiday in the December before."""
    rows = CalendarDay.objects.filter(calendar=calendar)
    new_year = Q(date__month=12, name=NEW_YEAR)
    return rows.filter(Q(date__year=year) & ~new_year | Q(date__year=year - 1) & new_year)


def _entered(
    calendar: WorkCalendar, year: int, source: str, *, text: str = "", by: Actor, now: datetime
) -> YearNotice:
    notice = YearNotice.objects.create(
        calendar=calendar, year=year, source=source, text=text, entered_by=by.name, entered_at=now
    )
    announce(YearEntered(notice.pk), now=now)
    return notice


def _require_reach(organization_id: int | None, by: Actor) -> None:
    scope = by.scope()
    if not (scope.everywhere or organization_id in scope.organizations):
        raise NotAllowed("您只能修改本单位的工作日历，通用日历请联系管理员。")


def _create(
    working_time: WorkingTime,
    *,
    organization_ref: int | None,
    valid_from: date,
    now: datetime,
    valid_until: date | None = None,
) -> WorkCalendar:
    calendar = WorkCalendar(
        organization_ref=organization_ref, valid_from=valid_from, valid_until=valid_until, version=0
    )
    _write_settings(calendar, working_time)
    _replace_years(
        calendar, working_time.years, _rows_of(calendar, working_time, working_time.years)
    )
    _keep_edition(calendar, now=now)
    return calendar


def _write_settings(calendar: WorkCalendar, working_time: WorkingTime) -> None:
    calendar.name = working_time.name
    calendar.day_minutes = working_time.day_minutes
    calendar.end_of_nth_day = working_time.end_of_nth_day
    calendar.weekdays = sorted(working_time.weekdays)
    calendar.seasons = seasons_content(working_time.seasons)
    calendar.years = []
    calendar.save()


def _rows_of(
    calendar: WorkCalendar, working_time: WorkingTime, years: frozenset[int]
) -> list[CalendarDay]:
    kinds = ((DayKind.HOLIDAY, working_time.holidays), (DayKind.MAKE_UP, working_time.make_up_days))
    return [
        CalendarDay(calendar=calendar, date=day, kind=kind, name=working_time.names[day])
        for kind, days in kinds
        for day in sorted(days)
        if day.year in years
    ]


def _replace_years(calendar: WorkCalendar, years: frozenset[int], rows: list[CalendarDay]) -> None:
    for year in years:
        CalendarDay.objects.filter(calendar=calendar, date__year=year).delete()
    CalendarDay.objects.bulk_create(rows)
    calendar.years = sorted({*calendar.years, *years})


def _keep_edition(calendar: WorkCalendar, *, now: datetime) -> None:
    calendar.version += 1
    # Built from the rows as stored: a calendar that contradicts itself must fail here, not at the next due.
    content = content_of(calendar.working_time(list(CalendarDay.objects.filter(calendar=calendar))))
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True)
    calendar.fingerprint = hashlib.sha256(canonical.encode()).hexdigest()
    calendar.save(update_fields=["version", "fingerprint", "years"])
    CalendarEdition.objects.create(
        calendar=calendar, version=calendar.version, content=content, made_at=now
    )
    forget_calendars()
    transaction.on_commit(forget_calendars)

"""Which calendar applies. Opening hours are no secret: everybody may read them, so no actor is asked for.

Every due needs a calendar and calendars hardly ever change, so they are kept in the process; one small query at most
every CHECK_SECONDS asks whether a row changed. The process that changed it forgets at once (see actions.py).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import date

from linli.kernel.calendar.calendar_file import working_time_from
from linli.kernel.calendar.errors import NoCalendar
from linli.kernel.calendar.models import CalendarDay, CalendarEdition, WorkCalendar, YearNotice
from linli.kernel.calendar.provisional import with_provisional_years
from linli.kernel.calendar.working_time import WorkingTime
from linli.kernel.errors import NotFound

CHECK_SECONDS = 3.0
"""How long another process may go on with the calendar before a change; a due is off by that at worst once."""


@dataclass(frozen=True, slots=True)
class _Row:
    pk: int
    organization_ref: int | None
    valid_from: date
    valid_until: date | None
    version: int
    # A version number alone may return after a rollback with other content behind it.
    fingerprint: str

    def applies(self, organization_id: int | None, on: date) -> bool:
        in_time = self.valid_from <= on and (self.valid_until is None or on < self.valid_until)
        return in_time and self.organization_ref in (None, organization_id)


@dataclass(slots=True)
class _Known:
    rows: tuple[_Row, ...] = ()
    checked_at: float = float("-inf")


_known = _Known()
_built: dict[_Row, WorkingTime] = {}


def working_time_for(organization_id: int | None, on: date) -> WorkingTime:
    """The organisation's own calendar on that day, else the one for everybody. Raises NoCalendar.

    Later years without a notice are provisional in it; `for_legal_terms` takes them out.
    """
    found = [row for row in _rows() if row.applies(organization_id, on)]
    if not found:
        raise NoCalendar(on.isoformat())
    best = max(found, key=lambda row: (row.organization_ref is not None, row.valid_from))
    if best not in _built:
        _built[best] = _build(best.pk)
    return _built[best]


def calendar_for_everybody(on: date) -> WorkCalendar:
    """The row of the calendar that everybody has who has none of their own. Raises NoCalendar."""
    found = [row for row in _rows() if row.organization_ref is None and row.applies(None, on)]
    if not found:
        raise NoCalendar(on.isoformat())
    return WorkCalendar.objects.get(pk=max(found, key=lambda row: row.valid_from).pk)


def year_wanted(on: date) -> int | None:
    """The year whose notice should be entered by now: this year's, from 1 December also the next one's; or none."""
    try:
        announced = working_time_for(None, on).announced
    except NoCalendar:
        return on.year
    wanted = [on.year, *([on.year + 1] if on.month == 12 else [])]
    return next((year for year in wanted if year not in announced), None)


def notices_of(calendar: WorkCalendar, *, most: int = 20) -> list[YearNotice]:
    """Years that were entered, the newest first."""
    return list(YearNotice.objects.filter(calendar=calendar).order_by("-id")[:most])


def for_legal_terms(working_time: WorkingTime) -> WorkingTime:
    """The calendar without its provisional years, so that counting over one of them raises YearNotLoaded."""
    return replace(working_time, years=working_time.announced, provisional=frozenset())


def working_time_of_edition(edition: str) -> WorkingTime:
    """The calendar as it was when a due recorded `edition` (`derivation["calendar"]["version"]`, e.g. "3.12")."""
    calendar_id, _, version = edition.partition(".")
    if not (calendar_id.isdecimal() and version.isdecimal()):
        raise NotFound(f"没有编号为“{edition}”的日历版本，请核对截止时间的推算记录。")
    kept = CalendarEdition.objects.filter(
        calendar_id=int(calendar_id), version=int(version)
    ).first()
    if kept is None:
        raise NotFound(f"没有编号为“{edition}”的日历版本，请核对截止时间的推算记录。")
    return with_provisional_years(working_time_from(kept.content))


def forget_calendars() -> None:
    """Ask the database at the next question."""
    _known.checked_at = float("-inf")


def _rows() -> tuple[_Row, ...]:
    if time.monotonic() - _known.checked_at < CHECK_SECONDS:
        return _known.rows
    columns = ("pk", "organization_ref", "valid_from", "valid_until", "version", "fingerprint")
    rows = tuple(
        _Row(*values) for values in WorkCalendar.objects.order_by("pk").values_list(*columns)
    )
    for gone in _built.keys() - set(rows):
        _built.pop(gone, None)
    _known.rows, _known.checked_at = rows, time.monotonic()
    return rows


def _build(calendar_id: int) -> WorkingTime:
    calendar = WorkCalendar.objects.get(pk=calendar_id)
    loaded = calendar.working_time(list(CalendarDay.objects.filter(calendar=calendar)))
    return with_provisional_years(loaded)

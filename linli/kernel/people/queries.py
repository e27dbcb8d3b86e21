"""Who is on duty, and who looks after a grid."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q

from linli.kernel.engine.remembered import Remembered
from linli.kernel.people.models import GridPosting, Shift, Staff

LOCAL = ZoneInfo("Asia/Shanghai")


def on_duty(now: datetime, *, among: Iterable[int] | None = None) -> set[int]:
    """Ids of the staff whose shift covers `now`, local time; limited to `among` when given."""
    local = now.astimezone(LOCAL)
    weekday, time = str(local.isoweekday()), local.time()
    duty = {
        shift.staff_id
        for shift in _shifts(local.date())
        if weekday in shift.weekdays and shift.starts <= time < shift.ends
    }
    return duty if among is None else duty.intersection(among)


def _read_shifts(on: date) -> list[Shift]:
    return list(Shift.objects.filter(_valid(on), staff__left_at=None))


_shifts = Remembered(_read_shifts, seconds=3.0)
"""Every case asks who is on duty; a changed shift counts within three seconds."""


def workers_of_grid(grid_id: int, on: date) -> list[tuple[Staff, str]]:
    """(person, duty) of a grid, the leader first."""
    return workers_by_grid([grid_id], on).get(grid_id, [])


def workers_by_grid(grid_ids: Iterable[int], on: date) -> dict[int, list[tuple[Staff, str]]]:
    """The same for many grids, with one query."""
    postings = (
        GridPosting.objects.filter(_valid(on), grid_id__in=list(grid_ids), staff__left_at=None)
        .select_related("staff__organization")
        .order_by("id")
    )
    found: dict[int, list[tuple[Staff, str]]] = {}
    for posting in sorted(postings, key=lambda one: one.duty != GridPosting.Duty.LEADER):
        found.setdefault(posting.grid_id, []).append((posting.staff, posting.duty))
    return found


def _valid(on: date) -> Q:
    return Q(valid_from__lte=on) & (Q(valid_until=None) | Q(valid_until__gte=on))

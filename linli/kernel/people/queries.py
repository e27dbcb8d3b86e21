"""Who is on duty, who looks after a grid, and the register of those who work here.

The register is read by whoever edits it or gives posts, inside the scope: people belong where their organisation lies.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, Q, QuerySet

from linli.kernel.acting import Actor, Scope
from linli.kernel.calendar.local import LOCAL
from linli.kernel.engine.fingerprint import fingerprint
from linli.kernel.engine.remembered import Remembered
from linli.kernel.errors import NotFound
from linli.kernel.organisations.queries import organizations_within, reach
from linli.kernel.people.models import GridPosting, Shift, Skill, Staff
from linli.kernel.places.models import Area, AreaLevel
from linli.kernel.places.queries import areas_within

MAY_READ = ("people.edit", "access.manage")
"""Whoever enters people, or gives them their logins and posts, reads the register of staff."""


def on_duty(now: datetime, *, among: Iterable[int] | None = None) -> set[int]:
    """Ids of the staff whose shift covers `now`, local time; limited to `among` when given."""
    local = now.astimezone(LOCAL)
    weekday, clock = str(local.isoweekday()), local.time()
    wanted = None if among is None else set(among)
    found: set[int] = set()
    for (weekdays, starts, ends), people in _shifts(local.date()).items():
        if weekday in weekdays and starts <= clock < ends:
            found |= people if wanted is None else people & wanted
    return found


def _shift_rows(on: date) -> QuerySet[Shift, tuple[Any, ...]]:
    rows = Shift.objects.filter(_valid(on), staff__left_at=None).order_by("id")
    return rows.values_list("staff_id", "weekdays", "starts", "ends")


def _read_shifts(on: date) -> dict[tuple[str, time, time], frozenset[int]]:
    """Who has a shift in force on a day, by its weekdays and hours: a house has thousands of people, but few shifts."""
    people: dict[tuple[str, time, time], set[int]] = defaultdict(set)
    for staff_id, weekdays, starts, ends in _shift_rows(on):
        people[weekdays, starts, ends].add(staff_id)
    return {hours: frozenset(ids) for hours, ids in people.items()}


_shifts = Remembered(
    _read_shifts, seconds=3.0, stamp=lambda on: fingerprint(_shift_rows(on)), most=8
)
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


def staff_of(organization_id: int) -> list[int]:
    """Ids of those who work for an organisation."""
    people = Staff.objects.filter(organization_id=organization_id, left_at=None)
    return list(people.order_by("id").values_list("pk", flat=True))


def _valid(on: date) -> Q:
    return Q(valid_from__lte=on) & (Q(valid_until=None) | Q(valid_until__gte=on))


def staff_within(scope: Scope) -> QuerySet[Staff]:
    """Everybody, also those who left, whose organisation lies in a scope; by employee number."""
    rows = Staff.objects.select_related("organization").order_by("employee_no")
    if scope.everywhere:
        return rows
    units = organizations_within(scope).order_by().values("pk")
    return rows.filter(Q(pk__in=scope.staff) | Q(organization_id__in=units))


def staff_for(
    actor: Actor,
    *,
    words: str = "",
    organization_id: int | None = None,
    grid_below: int | None = None,
    on: date | None = None,
) -> QuerySet[Staff]:
    """The register of staff as the actor may read it.

    `words` are part of the name, the employee number or the telephone; `grid_below` keeps those who on the day `on`
    look after that grid or a grid of that community.
    """
    rows = staff_within(reach(actor, MAY_READ))
    if words:
        rows = rows.filter(
            Q(name__icontains=words) | Q(employee_no__icontains=words) | Q(phone__icontains=words)
        )
    if organization_id is not None:
        rows = rows.filter(organization_id=organization_id)
    if grid_below is not None and on is not None:
        there = GridPosting.objects.filter(_valid(on)).filter(
            Q(grid_id=grid_below) | Q(grid__parent_id=grid_below)
        )
        rows = rows.filter(pk__in=there.values("staff_id"))
    return rows


def staff_member(actor: Actor, staff_id: int) -> Staff:
    """Raises `NotFound` for somebody who is not there or whom the actor may not know of."""
    found = staff_within(reach(actor, MAY_READ)).filter(pk=staff_id).first()
    if found is None:
        raise NotFound("没有这名人员，或不在您的管理范围内，请从人员列表里重选。", field="staff")
    return found


def head_counts(actor: Actor) -> dict[int, int]:
    """How many people work for each organisation of the actor's register, by its id."""
    rows = staff_within(reach(actor, MAY_READ)).filter(left_at=None).order_by()
    return dict(rows.values_list("organization_id").annotate(n=Count("pk")))


def postings_of(staff_ids: Iterable[int]) -> dict[int, list[GridPosting]]:
    """Every posting of some people, the latest first; one query. Ask the register first who may be asked about."""
    found: dict[int, list[GridPosting]] = {}
    rows = GridPosting.objects.filter(staff_id__in=list(staff_ids)).order_by("-valid_from", "-id")
    for posting in rows.select_related("grid__parent"):
        found.setdefault(posting.staff_id, []).append(posting)
    return found


def shifts_of(staff_ids: Iterable[int], on: date) -> dict[int, list[Shift]]:
    """Shifts in force on a day, by person, in the order of the hours; one query."""
    found: dict[int, list[Shift]] = {}
    rows = Shift.objects.filter(_valid(on), staff_id__in=list(staff_ids))
    for shift in rows.order_by("weekdays", "starts"):
        found.setdefault(shift.staff_id, []).append(shift)
    return found


def shifts_to_come(staff_id: int, on: date) -> list[Shift]:
    """Shifts that begin after a day and are not called off."""
    rows = Shift.objects.filter(staff_id=staff_id, valid_from__gt=on, valid_until=None)
    return list(rows.order_by("valid_from", "weekdays", "starts"))


def skills_of(staff_id: int) -> list[str]:
    """Beginnings of the class codes somebody is able to handle; none means all classes."""
    rows = Skill.objects.filter(staff_id=staff_id).order_by("category_prefix")
    return list(rows.values_list("category_prefix", flat=True))


def grids_without_leader(actor: Actor, on: date) -> QuerySet[Area]:
    """Grids of the scope of `people.edit` that nobody leads on a day."""
    led = GridPosting.objects.filter(
        _valid(on), duty=GridPosting.Duty.LEADER, staff__left_at=None
    ).values("grid_id")
    grids = areas_within(actor.scope("people.edit")).filter(level=AreaLevel.GRID)
    return grids.exclude(pk__in=led).defer("geometry", "raw_geometry")

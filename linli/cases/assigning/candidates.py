"""Cases and staff as the rules see them; a fixed number of queries, however many there are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from linli.cases.assigning.rules import Matter, Worker
from linli.cases.models import Case
from linli.kernel.calendar.local import local_day
from linli.kernel.matters.roster import holders_by_organization, loads_of
from linli.kernel.people.models import Skill, Staff
from linli.kernel.people.queries import on_duty


def matter_of(case: Case, organization_id: int | None) -> Matter:
    """`case` with its category read; `organization_id` is the unit that is to handle it."""
    code = case.category.code if case.category else ""
    return Matter(case.pk, organization_id, code, case.lon, case.lat, case.urgent)


def workers_of(organization_ids: Iterable[int], *, now: datetime) -> list[Worker]:
    """Everybody with a post that handles cases for one of the organisations, on duty or not."""
    handlers = holders_by_organization("cases.handle", local_day(now))
    ids = {
        staff_id
        for organization_id in organization_ids
        for staff_id in handlers.get(organization_id, ())
    }
    if not ids:
        return []
    duty, loads = on_duty(now, among=ids), loads_of(ids)
    skills: dict[int, set[str]] = {}
    noted = Skill.objects.filter(staff_id__in=ids).values_list("staff_id", "category_prefix")
    for staff_id, beginning in noted:
        skills.setdefault(staff_id, set()).add(beginning)
    return [
        Worker(
            staff.pk,
            staff.name,
            staff.organization_id,
            staff.home_lon,
            staff.home_lat,
            skills=frozenset(skills.get(staff.pk, ())),
            on_duty=staff.pk in duty,
            load=loads.get(staff.pk, 0),
            capacity=staff.capacity,
        )
        for staff in Staff.objects.filter(pk__in=ids, left_at=None).order_by("id")
    ]

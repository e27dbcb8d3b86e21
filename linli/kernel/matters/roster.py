"""Who has to act next.

An open matter always has an owner. For every stage the people with the right post over its place are looked up; those
on duty come before those who are not, a narrower post before a wider one, fewer open matters of any kind before more.
Nobody fits → whoever has one of the flow's fallback rights. The rule is `choose`, pure; the roster of posts is read
once in a few seconds and shared by the process.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from linli.kernel.access.queries import local_day, staff_actors
from linli.kernel.acting import AREA_COLUMNS, HasPlace, Scope
from linli.kernel.engine.remembered import Remembered
from linli.kernel.matters.flow import Flow
from linli.kernel.matters.models import Deputy, Matter
from linli.kernel.people.queries import on_duty

ROSTER_SECONDS = 5.0
"""How long the posts are remembered; seconds, 0–60. A new post takes effect within this time."""

LOADS = "SELECT owner_id, COUNT(*) FROM matters_inboxentry WHERE owner_id IN ({marks}) GROUP BY owner_id"


@dataclass(frozen=True)
class Candidate:
    """Somebody who could own a matter. `nearness` counts how narrow their post is: 0 grid … 4 everywhere.

    `organization_id` is where they work, `organizations` those that a post of theirs is of.
    """

    staff_id: int
    name: str
    nearness: int
    on_duty: bool
    load: int
    organization_id: int | None = None
    organizations: frozenset[int] = frozenset()

    def works_for(self, unit: int | None) -> bool:
        """Whether work of this unit is theirs; without a unit it is everybody's."""
        return unit is None or unit == self.organization_id or unit in self.organizations


def choose(candidates: Iterable[Candidate]) -> Candidate | None:
    """The candidate to take: on duty first, then the nearest post, then the least loaded, then the lowest id."""
    return min(
        candidates,
        key=lambda one: (not one.on_duty, one.nearness, one.load, one.staff_id),
        default=None,
    )


def pick_owner(
    flow: Flow, matter: Matter, *, now: datetime, barred: frozenset[int] = frozenset()
) -> tuple[int | None, str]:
    """(staff id, sentence) of whoever must act on a matter at its stage; `barred` people are left out."""
    stage = flow.stage[matter.stage]
    unit = matter.handling_org_id if stage.of_the_unit else None
    for permission in filter(None, (stage.may, *flow.fallback)):
        people = _candidates(matter, permission, now=now, barred=barred)
        # What was given to a unit is nobody else's work, however near they stand.
        mine = (one for one in people if one.works_for(unit)) if permission == stage.may else people
        found = choose(mine)
        if found is not None:
            duty = "在岗" if found.on_duty else "当前无人在岗，按值守顺序"
            return (
                found.staff_id,
                f"{stage.name}由{found.name}负责：{duty}，手上 {found.load} 件。",
            )
    return None, f"没有任何岗位可以负责{flow.noun}，请管理员设置岗位。"


def pick_leader(flow: Flow, place: HasPlace, *, now: datetime) -> int | None:
    """Staff id of a leader over a place: by the first of the flow's rights of leaders that anybody holds there."""
    found = (pick_decider(place, permission, now=now) for permission in flow.leaders)
    return next((staff_id for staff_id in found if staff_id is not None), None)


def pick_decider(
    place: HasPlace, permission: str, *, now: datetime, barred: frozenset[int] = frozenset()
) -> int | None:
    """Staff id of whoever has to use a right on something: by the rule for owners; nobody if no post may."""
    found = choose(_candidates(place, permission, now=now, barred=barred))
    return found.staff_id if found else None


def pick_holder(
    place: HasPlace, permission: str, *, among: frozenset[int], now: datetime
) -> Candidate | None:
    """Of some people who hold a right here, the one to take a matter: by the rule for owners."""
    people = _candidates(place, permission, now=now, barred=frozenset())
    return choose(one for one in people if one.staff_id in among)


def holders_by_organization(permission: str, day: date) -> dict[int, frozenset[int]]:
    """Staff ids of those who hold a right, by the organisation they work for."""
    found: dict[int, set[int]] = {}
    for entry in _roster(day):
        if permission in entry.grants and entry.organization_id is not None:
            found.setdefault(entry.organization_id, set()).add(entry.staff_id)
    return {organization_id: frozenset(ids) for organization_id, ids in found.items()}


def loads_of(staff_ids: Iterable[int]) -> dict[int, int]:
    """Open matters of every kind per owner; in plain SQL, since every move asks."""
    ids = list(staff_ids)
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(LOADS.format(marks=", ".join(["%s"] * len(ids))), ids)
        return dict(cursor.fetchall())


def _candidates(
    place: HasPlace, permission: str, *, now: datetime, barred: frozenset[int]
) -> list[Candidate]:
    day = local_day(now)
    people = {
        entry.staff_id: (entry, nearness)
        for entry in _roster(day)
        if entry.staff_id not in barred
        and permission in entry.grants
        and (nearness := _nearness(place, entry.grants[permission])) is not None
    }
    if not people:
        return []
    loads = loads_of(people)
    # Whoever is away and has named a deputy is not on duty, whatever the shifts say.
    duty = on_duty(now, among=people) - _away(day)
    return [
        Candidate(
            staff_id,
            entry.name,
            nearness,
            staff_id in duty,
            loads.get(staff_id, 0),
            entry.organization_id,
            entry.grants[permission].organizations,
        )
        for staff_id, (entry, nearness) in people.items()
    ]


@dataclass(frozen=True)
class _Entry:
    staff_id: int
    name: str
    organization_id: int | None
    grants: Mapping[str, Scope]


def _read_roster(day: date) -> list[_Entry]:
    return [
        _Entry(actor.staff_id, actor.name, actor.organization_id, actor.grants)
        for actor in staff_actors(on=day)
        if actor.staff_id is not None
    ]


_roster = Remembered(_read_roster, seconds=ROSTER_SECONDS)


def _read_away(day: date) -> frozenset[int]:
    rows = Deputy.objects.filter(ended_at=None, valid_from__lte=day, valid_until__gte=day)
    return frozenset(rows.values_list("staff_id", flat=True))


_away = Remembered(_read_away, seconds=ROSTER_SECONDS)


def _nearness(place: HasPlace, scope: Scope) -> int | None:
    columns = AREA_COLUMNS[::-1]
    for rank, column in enumerate(columns):
        area_id = getattr(place, f"{column}_id")
        if area_id and (column, area_id) in scope.areas:
            return rank
        below = columns[rank - 1] if rank else ""
        exactly_here = not below or getattr(place, f"{below}_id") is None
        if area_id and exactly_here and (column, area_id) in scope.levels:
            return rank
    if place.handling_org_id and place.handling_org_id in scope.organizations:
        return 0
    return len(columns) if scope.everywhere else None

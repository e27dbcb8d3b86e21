"""Who has to act next.

An open case always has an owner. For every stage the people with the right post over the case's place are looked
up; those on duty come before those who are not, a narrower post before a wider one, fewer open cases before more.
Nobody fits → the dispatchers; none of those → whoever may force a case closed. The rule is `choose`, pure;
the roster of posts is read once in a few seconds and shared by the process.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from linli.cases.flow import Stage
from linli.cases.models import Case
from linli.cases.placed import HasPlace
from linli.kernel.access.queries import local_day, staff_actors
from linli.kernel.acting import AREA_COLUMNS, Scope
from linli.kernel.engine.remembered import Remembered
from linli.kernel.people.queries import on_duty

ROSTER_SECONDS = 5.0
"""How long the posts are remembered; seconds, 0–60. A new post takes effect within this time."""

STAGE_PERMISSION: dict[Stage, str] = {
    Stage.RECEIVED: "cases.accept",
    Stage.VERIFYING: "cases.verify",
    Stage.ACCEPTED: "cases.register",
    Stage.TO_DISPATCH: "cases.dispatch",
    Stage.TO_SIGN: "cases.handle",
    Stage.HANDLING: "cases.handle",
    Stage.TO_CHECK: "cases.check",
    Stage.TO_FOLLOW_UP: "cases.close",
}
LOADS = "SELECT owner_id, COUNT(*) FROM cases_case WHERE open = %s AND owner_id IN ({marks}) GROUP BY owner_id"
AT_THE_UNIT = (Stage.TO_SIGN, Stage.HANDLING)
FALLBACK = ("cases.dispatch", "cases.force_close")


@dataclass(frozen=True)
class Candidate:
    """Somebody who could own a case. `nearness` counts how narrow their post is: 0 grid … 4 everywhere.

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
    case: Case, *, now: datetime, barred: frozenset[int] = frozenset()
) -> tuple[int | None, str]:
    """(staff id, sentence) of whoever must act on a case at its stage; `barred` people are left out."""
    wanted = STAGE_PERMISSION.get(Stage(case.stage))
    unit = case.handling_org_id if case.stage in AT_THE_UNIT else None
    for permission in filter(None, (wanted, *FALLBACK)):
        people = _candidates(case, permission, now=now, barred=barred)
        # What was given to a unit is nobody else's work, however near they stand.
        mine = (one for one in people if one.works_for(unit)) if permission == wanted else people
        found = choose(mine)
        if found is not None:
            duty = "在岗" if found.on_duty else "当前无人在岗，按值守顺序"
            return (
                found.staff_id,
                f"{case.stage_name}由{found.name}负责：{duty}，手上 {found.load} 件。",
            )
    return None, "没有任何岗位可以负责此案，请管理员设置岗位。"


def pick_leader(case: HasPlace, *, now: datetime) -> int | None:
    """Staff id of a leader over the case's place; falls back to a dispatcher."""
    for permission in reversed(FALLBACK):
        found = choose(_candidates(case, permission, now=now, barred=frozenset()))
        if found is not None:
            return found.staff_id
    return None


def pick_decider(
    case: HasPlace, permission: str, *, now: datetime, barred: frozenset[int] = frozenset()
) -> int | None:
    """Staff id of whoever has to use a right on something: by the rule for owners; nobody if no post may."""
    found = choose(_candidates(case, permission, now=now, barred=barred))
    return found.staff_id if found else None


def pick_holder(case: Case, *, among: frozenset[int], now: datetime) -> Candidate | None:
    """Of some people who handle cases here, the one to take this one: by the rule for owners."""
    people = _candidates(case, "cases.handle", now=now, barred=frozenset())
    return choose(one for one in people if one.staff_id in among)


def _candidates(
    case: HasPlace, permission: str, *, now: datetime, barred: frozenset[int]
) -> list[Candidate]:
    people = {
        entry.staff_id: (entry, nearness)
        for entry in _roster(local_day(now))
        if entry.staff_id not in barred
        and permission in entry.grants
        and (nearness := _nearness(case, entry.grants[permission], entry)) is not None
    }
    if not people:
        return []
    loads = loads_of(people)
    duty = on_duty(now, among=people)
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


def handlers_by_organization(day: date) -> dict[int, frozenset[int]]:
    """Staff ids of those whose post handles cases, by the organisation they work for."""
    found: dict[int, set[int]] = {}
    for entry in _roster(day):
        if "cases.handle" in entry.grants and entry.organization_id is not None:
            found.setdefault(entry.organization_id, set()).add(entry.staff_id)
    return {organization_id: frozenset(ids) for organization_id, ids in found.items()}


def loads_of(staff_ids: Iterable[int]) -> dict[int, int]:
    """Open cases per owner; in plain SQL, since every move asks."""
    ids = list(staff_ids)
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(LOADS.format(marks=", ".join(["%s"] * len(ids))), [True, *ids])
        return dict(cursor.fetchall())


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


def _nearness(case: HasPlace, scope: Scope, entry: _Entry) -> int | None:
    columns = AREA_COLUMNS[::-1]
    for rank, column in enumerate(columns):
        area_id = getattr(case, f"{column}_id")
        if area_id and (column, area_id) in scope.areas:
            return rank
        below = columns[rank - 1] if rank else ""
        exactly_here = not below or getattr(case, f"{below}_id") is None
        if area_id and exactly_here and (column, area_id) in scope.levels:
            return rank
    if case.handling_org_id and case.handling_org_id in scope.organizations:
        return 0
    return len(columns) if scope.everywhere else None

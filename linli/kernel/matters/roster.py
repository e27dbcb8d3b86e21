"""Who has to act next.

An open matter always has an owner. For every stage the people with the right post over its place are looked up; those
on duty come before those who are not, a narrower post before a wider one, fewer open matters of any kind before more.
Nobody fits → whoever has one of the flow's fallback rights. The rule is `choose`, pure.

The roster of posts is shared by the process and read again when a post, a right or a person changes. Who holds a right
is found by the area it reaches, the nearest first, so that a house of five thousand looks at the few who come into
question.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from linli.kernel.access.queries import staff_actors, staff_actors_stamp
from linli.kernel.acting import AREA_COLUMNS, Actor, HasPlace, Scope
from linli.kernel.calendar.local import local_day
from linli.kernel.engine.remembered import Remembered
from linli.kernel.matters.flow import Flow
from linli.kernel.matters.models import Deputy, Matter
from linli.kernel.people.queries import on_duty

ROSTER_SECONDS = 5.0
"""How long nobody asks whether the posts changed; seconds, 0–60. A new post takes effect within this time."""

LOADS = "SELECT owner_id, COUNT(*) FROM matters_inboxentry WHERE owner_id IN ({marks}) GROUP BY owner_id"


@dataclass(frozen=True)
class Candidate:
    """Somebody who could own a matter. `nearness` counts how narrow their post is: 0 grid … 4 everywhere."""

    staff_id: int
    name: str
    nearness: int
    on_duty: bool
    load: int
    organization_id: int | None = None


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
    for permission in (stage.may, *flow.fallback):
        # What was given to a unit is nobody else's work, however near they stand.
        of = unit if permission == stage.may else None
        found = _take(_by_nearness(matter, permission, of, now=now), now=now, barred=barred)
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
    found = _take(_by_nearness(place, permission, None, now=now), now=now, barred=barred)
    return found.staff_id if found else None


def pick_holder(
    place: HasPlace, permission: str, *, among: frozenset[int], now: datetime
) -> Candidate | None:
    """Of some people who hold a right here, the one to take a matter: by the rule for owners."""
    holders = _roster(local_day(now)).holders(permission)
    people = [holders.people[staff_id] for staff_id in among if staff_id in holders.people]
    return _take(_sorted_in(place, people), now=now, barred=frozenset())


def deputy_of(staff_id: int, *, now: datetime) -> int | None:
    """Staff id of whoever stands in for somebody at an instant (代班)."""
    return _away(local_day(now)).get(staff_id)


def holders_by_organization(permission: str, day: date) -> dict[int, frozenset[int]]:
    """Staff ids of those who hold a right, by the organisation they work for."""
    return dict(_roster(day).holders(permission).by_organization)


def loads_of(staff_ids: Iterable[int]) -> dict[int, int]:
    """Open matters of every kind per owner; in plain SQL, since every move asks."""
    ids = list(staff_ids)
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(LOADS.format(marks=", ".join(["%s"] * len(ids))), ids)
        return dict(cursor.fetchall())


@dataclass(frozen=True)
class _Holder:
    """Somebody with a right; `scope` is where that right reaches."""

    staff_id: int
    name: str
    organization_id: int | None
    scope: Scope


class _Holders:
    """Those who hold one right, found by what it reaches and by the unit they work for."""

    def __init__(self, people: Iterable[_Holder]) -> None:
        self.people = {one.staff_id: one for one in people}
        self.by_reach: dict[Reach, list[_Holder]] = defaultdict(list)
        self.by_unit: dict[int, list[_Holder]] = defaultdict(list)
        working: dict[int, set[int]] = defaultdict(set)
        for one in self.people.values():
            for reach in _reaches(one.scope):
                self.by_reach[reach].append(one)
            units = set(one.scope.organizations)
            if one.organization_id is not None:
                units.add(one.organization_id)
                working[one.organization_id].add(one.staff_id)
            for unit in units:
                self.by_unit[unit].append(one)
        self.by_organization = {unit: frozenset(ids) for unit, ids in working.items()}


class _Roster:
    """Everybody with a post on a day; who holds a right is sorted when it is first asked for."""

    def __init__(self, actors: Iterable[Actor]) -> None:
        self._actors = [actor for actor in actors if actor.staff_id is not None]
        self._holders: dict[str, _Holders] = {}

    def holders(self, permission: str) -> _Holders:
        found = self._holders.get(permission)
        if found is None:
            found = self._holders[permission] = _Holders(
                _Holder(actor.staff_id, actor.name, actor.organization_id, actor.grants[permission])
                for actor in self._actors
                if actor.staff_id is not None and permission in actor.grants
            )
        return found


def _read_away(day: date) -> Mapping[int, int]:
    """Whoever is away on a day, and who stands in for them."""
    rows = Deputy.objects.filter(ended_at=None, valid_from__lte=day, valid_until__gte=day)
    return dict(rows.values_list("staff_id", "deputy_id"))


_away = Remembered(_read_away, seconds=ROSTER_SECONDS, most=8)

_roster = Remembered(
    lambda day: _Roster(staff_actors(on=day)),
    seconds=ROSTER_SECONDS,
    stamp=lambda day: staff_actors_stamp(on=day),
    most=8,
)

Reach = tuple[str, str, int]
"""What a right reaches: (within | at | unit | everywhere, column of an area, id)."""

EVERYWHERE: Reach = ("everywhere", "", 0)


def _reaches(scope: Scope) -> Iterator[Reach]:
    yield from (("within", column, area_id) for column, area_id in scope.areas)
    yield from (("at", column, area_id) for column, area_id in scope.levels)
    yield from (("unit", "", unit) for unit in scope.organizations)
    if scope.everywhere:
        yield EVERYWHERE


def _by_nearness(
    place: HasPlace, permission: str, unit: int | None, *, now: datetime
) -> Iterator[tuple[int, list[_Holder]]]:
    """(nearness, people) of those whose right reaches the place, the nearest first; of one unit if it is given.

    Somebody may be told again farther out, which changes nothing: they stand on duty, or not, where they came first.
    """
    holders = _roster(local_day(now)).holders(permission)
    if unit is not None:
        yield from _sorted_in(place, holders.by_unit.get(unit, ()))
        return
    reaching = holders.by_reach.get
    for rank, reaches in enumerate(_reaches_of(place)):
        people = [one for reach in reaches for one in reaching(reach, ())]
        if rank == 0 and place.handling_org_id:
            of_unit = reaching(("unit", "", place.handling_org_id), ())
            people += [one for one in of_unit if _nearness(place, one.scope) == 0]
        yield rank, people


def _sorted_in(place: HasPlace, people: Iterable[_Holder]) -> Iterator[tuple[int, list[_Holder]]]:
    groups: dict[int, list[_Holder]] = defaultdict(list)
    for one in people:
        nearness = _nearness(place, one.scope)
        if nearness is not None:
            groups[nearness].append(one)
    yield from sorted(groups.items())


def _take(
    groups: Iterable[tuple[int, list[_Holder]]], *, now: datetime, barred: frozenset[int]
) -> Candidate | None:
    """Whom `choose` would take of all of them: the nearest group with somebody on duty holds them, or the nearest.

    Whoever is away and has named a deputy is not on duty, whatever the shifts say.
    """
    nearest: tuple[int, dict[int, _Holder]] | None = None
    away = _away(local_day(now))
    for nearness, group in groups:
        people = {one.staff_id: one for one in group if one.staff_id not in barred}
        if not people:
            continue
        duty = on_duty(now, among=people) - away.keys()
        if duty:
            return _least_loaded(nearness, [people[staff_id] for staff_id in duty], on_duty=True)
        nearest = nearest or (nearness, people)
    return nearest and _least_loaded(nearest[0], nearest[1].values(), on_duty=False)


def _least_loaded(nearness: int, people: Collection[_Holder], *, on_duty: bool) -> Candidate | None:
    loads = loads_of(one.staff_id for one in people)
    return choose(
        Candidate(
            one.staff_id,
            one.name,
            nearness,
            on_duty,
            loads.get(one.staff_id, 0),
            one.organization_id,
        )
        for one in people
    )


def _reaches_of(place: HasPlace) -> list[list[Reach]]:
    """What a right may reach so that the place lies in it, by nearness."""
    columns = AREA_COLUMNS[::-1]
    ranks: list[list[Reach]] = []
    for rank, column in enumerate(columns):
        area_id = getattr(place, f"{column}_id")
        reaches: list[Reach] = []
        if area_id:
            reaches.append(("within", column, area_id))
            if not rank or getattr(place, f"{columns[rank - 1]}_id") is None:
                reaches.append(("at", column, area_id))
        ranks.append(reaches)
    return [*ranks, [EVERYWHERE]]


def _nearness(place: HasPlace, scope: Scope) -> int | None:
    """How near a right stands to a place; None if it does not reach it."""
    mine = set(_reaches(scope))
    ranks = _reaches_of(place)
    for rank, reaches in enumerate(ranks[:-1]):
        if not mine.isdisjoint(reaches):
            return rank
    if place.handling_org_id and place.handling_org_id in scope.organizations:
        return 0
    return len(ranks) - 1 if scope.everywhere else None

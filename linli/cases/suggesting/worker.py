"""Who goes? The nearest able worker on duty with room for it.

Able: works for the responsible organisation, holds a post that handles, has the skill (no skill rows: all classes).
Room: fewer open cases than their capacity. Nearest: from where they are based to the matter; without a position the
least loaded. Nobody on duty → the same among all of them, and the sentence says so.
Example: 小李 300 m away with 3 open cases goes before 小张 900 m away with none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from linli.cases.models import Case, Category
from linli.kernel.calendar.local import local_day
from linli.kernel.engine import rows
from linli.kernel.engine.remembered import Remembered
from linli.kernel.matters.roster import holders_by_organization, loads_of
from linli.kernel.people.models import Skill, Staff
from linli.kernel.people.queries import on_duty
from linli.kernel.places.distance import distance_m


@dataclass(frozen=True)
class Worker:
    """A worker as the choice sees them. `metres` is None when either position is unknown."""

    staff_id: int
    name: str
    metres: float | None
    load: int
    capacity: int
    on_duty: bool
    able: bool


def choose_worker(workers: Iterable[Worker]) -> tuple[Worker | None, str]:
    """(worker, sentence). The reasons why the others stay behind are counted in the sentence."""
    able = [one for one in workers if one.able]
    if not able:
        return None, "承办单位没有具备此类技能的人员，由单位自行安排。"
    present = [one for one in able if one.on_duty]
    pool = present or able
    with_room = [one for one in pool if one.load < one.capacity] or pool
    chosen = min(
        with_room, key=lambda one: (one.metres is None, one.metres or 0.0, one.load, one.staff_id)
    )
    where = "" if chosen.metres is None else f"距现场约 {chosen.metres:.0f} 米，"
    duty = "在岗" if chosen.on_duty else "当前无人在岗，按驻点就近"
    others = f"（在岗 {len(present)} 人，可接单 {len(with_room)} 人）"
    return chosen, f"{chosen.name}：{duty}，{where}手上 {chosen.load} 件{others}。"


def suggest_worker(case: Case, *, now: datetime) -> tuple[int | None, str]:
    """(staff id, sentence) for a case whose handling organisation is known."""
    chosen, sentence = choose_worker(_workers(case, now=now))
    return (chosen.staff_id if chosen else None), sentence


def _workers(case: Case, *, now: datetime) -> list[Worker]:
    """Those who come into question: the able ones on duty, all able ones if nobody is."""
    if case.handling_org_id is None:
        return []
    category = rows.known(Category, case.category_id)
    able = _able(case.handling_org_id, local_day(now), category.code if category else "")
    duty = on_duty(now, among=able)
    # Before anything is measured or counted: a unit may have hundreds of people, and few of them are there.
    pool = [able[staff_id] for staff_id in duty] or list(able.values())
    loads = loads_of(staff.pk for staff in pool)
    return [
        Worker(
            staff.pk,
            staff.name,
            _metres(staff, case),
            loads.get(staff.pk, 0),
            staff.capacity,
            staff.pk in duty,
            able=True,
        )
        for staff in pool
    ]


def _read_able(organization_id: int, day: date, code: str) -> dict[int, Staff]:
    return {
        staff.pk: staff
        for staff, skills in _people(organization_id, day)
        if not skills or any(code.startswith(prefix) for prefix in skills)
    }


_able = Remembered(_read_able, seconds=5.0)


def _read_people(organization_id: int, day: date) -> list[tuple[Staff, frozenset[str]]]:
    ids = holders_by_organization("cases.handle", day).get(organization_id, frozenset())
    skills: dict[int, set[str]] = {}
    for staff_id, prefix in Skill.objects.filter(staff_id__in=ids).values_list(
        "staff_id", "category_prefix"
    ):
        skills.setdefault(staff_id, set()).add(prefix)
    staff = Staff.objects.filter(pk__in=ids, left_at=None).order_by("id")
    return [(one, frozenset(skills.get(one.pk, ()))) for one in staff]


_people = Remembered(_read_people, seconds=5.0)


def _metres(staff: Staff, case: Case) -> float | None:
    if case.lon is None or case.lat is None or staff.home_lon is None or staff.home_lat is None:
        return None
    return distance_m(case.lon, case.lat, staff.home_lon, staff.home_lat)

"""The plan on the small street: 小李, 小张 and 小王 of the 城管队 (unit 1), 小陈 of the 水务所 (unit 2)."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.cases.assigning.rules import (
    BALANCE_M,
    Matter,
    Plan,
    Reason,
    Worker,
    able_workers,
    metres_between,
    nearest_first,
    plan_assignments,
)
from linli.kernel.places.distance import distance_m

CG, SW = 1, 2
METRE = 1 / 111_195.08
"""Degrees of latitude in a metre."""


def at(north_m: float) -> dict[str, Any]:
    """A place so many metres (and a half) north of the corner of the street."""
    return {"lon": 120.0, "lat": 30.0 + (north_m + 0.5) * METRE}


def leak(id_: int, north_m: float = 0, **changes: Any) -> Matter:
    return replace(Matter(id_, CG, "E0111", **at(north_m)), **changes)


def worker(id_: int, name: str, north_m: float, **changes: Any) -> Worker:
    made = Worker(id_, name, CG, 120.0, at(north_m)["lat"], capacity=10)
    return replace(made, **changes)


def test_two_leaks_go_to_two_workers_and_the_second_is_told_why() -> None:
    li, zhang = worker(1, "小李", 100), worker(2, "小张", 250)

    plan = plan_assignments([leak(1), leak(2)], [li, zhang])

    taken = sorted(plan.assignments, key=lambda one: one.worker_id)
    assert [(one.worker_id, one.metres) for one in taken] == [(1, 100), (2, 250)]
    assert {one.matter_id for one in taken} == {1, 2}
    assert [one.sentence for one in taken] == [
        "小李：距现场约 100 米，是在岗、会办的 2 人中最近的；派后手上 1 件（最多 10 件）。",
        "小张：距现场约 250 米，更近的小李（100 米）派后已有 1 件，为均衡由稍远的人去；"
        "派后手上 1 件（最多 10 件）。",
    ]
    assert plan.loads == {1: (0, 1), 2: (0, 1)}


def test_without_balance_the_nearest_gets_both() -> None:
    workers = [worker(1, "小李", 100), worker(2, "小张", 250)]

    plan = plan_assignments([leak(1), leak(2)], workers, balance_m=0)

    assert plan.loads == {1: (0, 2), 2: (0, 0)}
    assert (plan.figures.placed, plan.figures.metres, plan.figures.mean_m) == (2, 200, 100)
    assert plan.figures == plan.nearest_first


def test_whoever_is_full_gets_nothing_more_and_the_next_is_told_so() -> None:
    li, zhang = worker(1, "小李", 100, load=10), worker(2, "小张", 250)

    plan = plan_assignments([leak(1)], [li, zhang])

    assert plan.assignments[0].worker_id == 2
    assert "更近的小李（100 米）已满 10 件" in plan.assignments[0].sentence


def test_together_it_is_shorter_than_one_after_the_other() -> None:
    """小李 is a little nearer to the first leak, but the only one who is near the second."""
    li, zhang = worker(1, "小李", 0, capacity=1), worker(2, "小张", 300, capacity=1)

    plan = plan_assignments([leak(1, 140), leak(2, -500)], [li, zhang], balance_m=0)

    assert (plan.nearest_first.metres, plan.figures.metres) == (140 + 800, 160 + 500)


def test_deviations_are_of_load_by_capacity_before_after_and_nearest_first() -> None:
    li, zhang = worker(1, "小李", 0, load=1, capacity=4), worker(2, "小张", 300, capacity=4)
    off = worker(3, "小王", 0, load=9, on_duty=False)

    plan = plan_assignments([leak(1)], [li, zhang, off, worker(4, "小赵", 0, capacity=0)])

    assert plan.deviation_before == pytest.approx(0.125)
    assert plan.figures.deviation == 0
    assert plan.nearest_first.deviation == pytest.approx(0.25)
    assert 3 not in plan.loads


@pytest.mark.parametrize(
    ("changes", "reason", "words"),
    [
        ({"unit": CG, "skills": frozenset({"C"})}, Reason.NO_SKILL, "承办单位的 1 人都不会办此类"),
        ({"on_duty": False}, Reason.OFF_DUTY, "会办此类的 1 人现在都不在岗"),
        ({"lat": None}, Reason.NO_BASE, "在岗、会办的 1 人都没有登记驻点"),
        ({"load": 10}, Reason.FULL, "在岗、会办的 1 人都已派满"),
        ({"unit": SW}, Reason.NO_WORKERS, "承办单位没有处置人员"),
    ],
)
def test_a_leak_that_nobody_takes_says_why(
    changes: dict[str, object], reason: Reason, words: str
) -> None:
    plan = plan_assignments([leak(1)], [worker(1, "小李", 100, **changes)])

    assert plan.assignments == ()
    [left] = plan.unassigned
    assert left.reason == reason
    assert words in left.sentence


def test_without_a_unit_or_a_position_nobody_is_looked_for() -> None:
    plan = plan_assignments([leak(2, lon=None), leak(1, unit=None)], [worker(1, "小李", 100)])

    assert [(one.matter_id, one.reason) for one in plan.unassigned] == [
        (1, Reason.NO_UNIT),
        (2, Reason.NO_POSITION),
    ]


def test_no_matters_make_an_empty_plan() -> None:
    plan = plan_assignments([], [worker(1, "小李", 100)])

    assert (plan.assignments, plan.unassigned, plan.loads) == ((), (), {})
    assert (plan.figures.placed, plan.figures.mean_m, plan.figures.deviation) == (0, 0, 0)


def test_when_there_is_not_room_for_all_the_urgent_one_goes_first() -> None:
    matters = [leak(1), leak(2, 5_000, urgent=True)]

    plan = plan_assignments(matters, [worker(1, "小李", 0, capacity=1)])

    assert [one.matter_id for one in plan.assignments] == [2]
    assert plan.nearest_first.metres == plan.figures.metres


def test_a_person_may_choose_among_all_who_are_on_duty_and_able_nearest_first() -> None:
    workers = [
        worker(1, "小李", 900),
        worker(2, "小张", 100, load=10),
        worker(3, "小王", 0, lon=None),
        worker(4, "小赵", 0, on_duty=False),
        worker(5, "小钱", 0, skills=frozenset({"C"})),
        worker(6, "小陈", 0, unit=SW),
    ]

    found = able_workers(leak(1), workers)

    assert [(one.name, metres) for one, metres in found] == [
        ("小张", 100),
        ("小李", 900),
        ("小王", None),
    ]


@given(st.tuples(*[st.floats(73, 135), st.floats(4, 53)] * 2))
def test_the_table_of_distances_is_the_distance_of_the_duplicates(
    degrees: tuple[float, float, float, float],
) -> None:
    lon, lat, other_lon, other_lat = degrees
    here, there = leak(1, lon=lon, lat=lat), worker(1, "小李", 0, lon=other_lon, lat=other_lat)

    metres = metres_between([here], [there])[0, 0]

    assert metres == pytest.approx(distance_m(lon, lat, other_lon, other_lat) - 0.5, abs=0.51)


PLACES = st.one_of(st.none(), st.sampled_from([0.0, 80.0, 200.0, 650.0, 2_000.0]))


@st.composite
def streets(draw: st.DrawFn) -> tuple[list[Matter], list[Worker]]:
    """A few matters and workers of two units, some without place, skill, room or shift."""

    def place() -> dict[str, float | None]:
        north = draw(PLACES)
        return {"lon": None, "lat": None} if north is None else {**at(north)}

    matters = [
        Matter(
            id_,
            draw(st.sampled_from([CG, SW, None])),
            draw(st.sampled_from(["E0111", "C0101"])),
            **place(),
            urgent=draw(st.booleans()),
        )
        for id_ in range(draw(st.integers(0, 8)))
    ]
    workers = [
        Worker(
            id_,
            f"{id_}号",
            draw(st.sampled_from([CG, SW])),
            **place(),
            skills=draw(st.sampled_from([frozenset(), frozenset({"E"}), frozenset({"C01", "X"})])),
            on_duty=draw(st.booleans()),
            load=draw(st.integers(0, 3)),
            capacity=draw(st.integers(0, 4)),
        )
        for id_ in range(draw(st.integers(0, 5)))
    ]
    return matters, workers


def able(matter: Matter, one: Worker) -> bool:
    known = None not in (matter.lon, one.lon)
    return one.unit == matter.unit and one.on_duty and one.has_skill(matter.code) and known


@settings(max_examples=120, deadline=None)
@given(streets(), st.sampled_from([0, BALANCE_M]))
def test_nobody_off_shift_unskilled_or_full_gets_anything_and_all_are_accounted_for(
    street: tuple[list[Matter], list[Worker]], balance_m: int
) -> None:
    matters, workers = street
    plan = plan_assignments(matters, workers, balance_m=balance_m)

    of_id = {one.id: one for one in matters}
    staff = {one.id: one for one in workers}
    for one in plan.assignments:
        assert able(of_id[one.matter_id], staff[one.worker_id])
    for id_, (now, then) in plan.loads.items():
        given = sum(one.worker_id == id_ for one in plan.assignments)
        assert (now, then) == (staff[id_].load, staff[id_].load + given)
        assert given == 0 or then <= staff[id_].capacity
    seen = [one.matter_id for one in plan.assignments] + [one.matter_id for one in plan.unassigned]
    assert sorted(seen) == sorted(of_id)
    assert plan.figures.placed >= plan.nearest_first.placed


def test_in_a_thousand_random_streets_nobody_off_shift_or_without_the_skill_gets_anything() -> None:
    chance = Random(1)
    for _ in range(1_000):
        matters = [
            leak(id_, chance.uniform(0, 3_000), code=chance.choice(["E0111", "C0101"]))
            for id_ in range(8)
        ]
        workers = [
            worker(
                id_,
                f"{id_}号",
                chance.uniform(0, 3_000),
                skills=frozenset(chance.choices(["E", "C0", "X"], k=chance.randint(0, 2))),
                on_duty=chance.random() < 0.7,
                capacity=chance.randint(0, 3),
            )
            for id_ in range(6)
        ]
        plan = plan_assignments(matters, workers)

        assert all(able(matters[one.matter_id], workers[one.worker_id]) for one in plan.assignments)
        assert len(plan.assignments) + len(plan.unassigned) == len(matters)


@settings(max_examples=120, deadline=None)
@given(streets())
def test_every_reason_is_true_and_no_urgent_matter_stays_behind_another(
    street: tuple[list[Matter], list[Worker]],
) -> None:
    matters, workers = street
    plan = plan_assignments(matters, workers)

    of_id = {one.id: one for one in matters}
    for left in plan.unassigned:
        matter = of_id[left.matter_id]
        assert left.reason == true_reason(matter, workers, plan)
        for one in plan.assignments if matter.urgent else ():
            taker = next(staff for staff in workers if staff.id == one.worker_id)
            assert of_id[one.matter_id].urgent or not able(matter, taker)


def true_reason(matter: Matter, workers: list[Worker], plan: Plan) -> Reason:
    unit = [one for one in workers if one.unit == matter.unit]
    skilled = [one for one in unit if one.has_skill(matter.code)]
    there = [one for one in skilled if one.on_duty]
    based = [one for one in there if one.lon is not None]
    for found, reason in (
        (matter.unit, Reason.NO_UNIT),
        (matter.lon, Reason.NO_POSITION),
        (unit or None, Reason.NO_WORKERS),
        (skilled or None, Reason.NO_SKILL),
        (there or None, Reason.OFF_DUTY),
        (based or None, Reason.NO_BASE),
    ):
        if found is None:
            return reason
    assert all(plan.loads[one.id][1] >= one.capacity for one in based), "somebody has room"
    return Reason.FULL


def test_among_equals_the_lowest_id_comes_first_in_whatever_order_they_are_given() -> None:
    matters = [leak(3), leak(1), leak(2)]
    workers = [worker(9, "小王", 100, capacity=1), worker(7, "小李", 100, capacity=1)]

    one, two = plan_assignments([leak(5)], workers), plan_assignments(matters, workers[:1])

    assert one.assignments[0].worker_id == 7
    assert [left.matter_id for left in two.unassigned] == [2, 3]
    assert nearest_first(matters, workers).placed == 2


@settings(max_examples=80, deadline=None)
@given(streets(), st.randoms(use_true_random=False))
def test_the_order_in_which_matters_and_workers_come_is_of_no_account(
    street: tuple[list[Matter], list[Worker]], chance: Random
) -> None:
    matters, workers = street
    plan = plan_assignments(matters, workers)

    chance.shuffle(matters)
    chance.shuffle(workers)

    assert plan_assignments(matters, workers) == plan
    assert nearest_first(matters, workers) == plan.nearest_first

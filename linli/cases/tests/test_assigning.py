"""Dispatching many cases at once: the plan, and carrying it out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.cases.actions.assigning import Order, Outcome, carry_out, plan_dispatch
from linli.cases.actions.moving import make_move
from linli.cases.facts import Facts
from linli.cases.flow import Stage
from linli.cases.models import Case, CaseMove, CommunityListEntry, DutyEntry
from linli.kernel.audit.models import AuditLine
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.errors import NotAllowed
from linli.kernel.organisations.models import OrganizationKind
from linli.kernel.people.models import Shift, Skill, Staff
from tests.walks import RUBBISH, opened, walk_to
from tests.world import DAY, MONDAY, World

PLAN_QUERIES = 12


@pytest.fixture
def bases(world: World) -> None:
    """小冯 has his base in the west of 第一网格, 老许 a kilometre further east, 小陈 between them."""
    for key, lon in (("handler", 120.000), ("unit_leader", 120.010), ("other_handler", 120.005)):
        Staff.objects.filter(pk=world.staff[key].pk).update(home_lon=lon, home_lat=30.005)


def rubbish(world: World, number: int, *, lon: float = 120.002) -> Case:
    """Another heap that waits for dispatch."""
    draft = replace(RUBBISH, body=f"第 {number} 处垃圾没人清", lon=lon + number * 0.0008)
    return walk_to(world, opened(world, draft), Stage.TO_DISPATCH)


def orders_of(world: World, cases: list[Case]) -> list[Order]:
    unit, handler = world.organizations["CG"].pk, world.staff["handler"].pk
    return [Order(case.pk, case.version, unit, handler, "批量派遣") for case in cases]


def test_the_plan_says_who_goes_where_and_writes_nothing(world: World, bases: None) -> None:
    west, east = rubbish(world, 0), rubbish(world, 1, lon=120.008)
    lines, moves = AuditLine.objects.count(), CaseMove.objects.count()

    plan = plan_dispatch(by=world.actors["dispatcher"], now=MONDAY)

    assert [(one.case, one.organization, one.assignment.worker_id) for one in plan.proposals] == [
        (west, world.organizations["CG"], world.staff["handler"].pk),
        (east, world.organizations["CG"], world.staff["unit_leader"].pk),
    ]
    assert plan.proposals[0].assignment.sentence.startswith("城管小冯：距现场约 192 米")
    assert plan.left == ()
    assert plan.plan.loads[world.staff["handler"].pk] == (0, 1)
    assert (AuditLine.objects.count(), CaseMove.objects.count()) == (lines, moves)


def test_a_person_is_offered_the_others_of_the_unit_nearest_first(
    world: World, bases: None
) -> None:
    rubbish(world, 0)

    plan = plan_dispatch(by=world.actors["dispatcher"], now=MONDAY)

    offered = plan.choices(plan.proposals[0])
    assert [(worker.name, metres) for worker, metres in offered] == [
        ("城管小冯", 192),
        ("城管老许", 770),
    ]


def test_the_proposed_worker_is_offered_however_many_are_nearer(
    world: World, bases: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linli.cases.actions.assigning.MOST_CHOICES", 1)
    Staff.objects.filter(pk=world.staff["handler"].pk).update(capacity=0)
    rubbish(world, 0)

    plan = plan_dispatch(by=world.actors["dispatcher"], now=MONDAY)

    offered = [worker.name for worker, _ in plan.choices(plan.proposals[0])]
    assert offered == ["城管小冯", "城管老许"]


def test_only_the_cases_asked_for_and_only_those_that_wait_are_planned(
    world: World, bases: None
) -> None:
    first, second = rubbish(world, 0), rubbish(world, 1)
    elsewhere = opened(world, replace(RUBBISH, body="第二网格的垃圾", lon=120.015))
    ids = [second.pk, elsewhere.pk]

    plan = plan_dispatch(ids, by=world.actors["dispatcher"], now=MONDAY)
    one = plan_dispatch(by=world.actors["dispatcher"], most=1, now=MONDAY)

    assert [one.case for one in plan.proposals] == [second]
    assert [proposal.case for proposal in one.proposals] == [first]


def test_whoever_may_not_dispatch_gets_no_plan(world: World, bases: None) -> None:
    with pytest.raises(NotAllowed, match="派遣员"):
        plan_dispatch(by=world.actors["acceptor"], now=MONDAY)


def test_a_case_without_a_unit_says_so(world: World, bases: None) -> None:
    case = rubbish(world, 0)
    DutyEntry.objects.all().delete()
    forget_everything()

    plan = plan_dispatch(by=world.actors["dispatcher"], now=MONDAY)

    [left] = plan.left
    assert (left.case, left.organization) == (case, None)
    assert "派单目录中没有“积存垃圾渣土”" in left.sentence


def test_a_case_that_came_back_is_left_to_a_person(world: World, bases: None) -> None:
    case = rubbish(world, 0)
    carry_out(orders_of(world, [case]), by=world.actors["dispatcher"], now=MONDAY)
    make_move(
        case.pk,
        "return_back",
        by=world.actors["handler"],
        facts=Facts(note="不归城管队"),
        now=MONDAY,
    )

    plan = plan_dispatch(by=world.actors["dispatcher"], now=MONDAY)

    assert plan.proposals == ()
    assert "被退回过" in plan.left[0].sentence


def test_what_a_committee_may_not_get_is_left_with_the_article(world: World, bases: None) -> None:
    rubbish(world, 0)
    unit = world.organizations["CG"]
    unit.kind = OrganizationKind.RESIDENTS_COMMITTEE
    unit.save(update_fields=["kind"])
    CommunityListEntry.objects.create(
        category=world.cover, article="准入清单第三条", valid_from=DAY
    )
    forget_everything()

    plan = plan_dispatch(by=world.actors["dispatcher"], now=MONDAY)

    assert "不在社区准入清单上" in plan.left[0].sentence


def test_a_case_nobody_is_there_for_keeps_its_unit_and_says_why(world: World, bases: None) -> None:
    rubbish(world, 0)
    for key in ("handler", "unit_leader"):
        Skill.objects.create(staff=world.staff[key], category_prefix="E01")
    Shift.objects.filter(staff=world.staff["handler"]).delete()
    Staff.objects.filter(pk=world.staff["unit_leader"].pk).update(home_lon=None)
    forget_everything()

    plan = plan_dispatch(by=world.actors["dispatcher"], now=MONDAY)

    [left] = plan.left
    assert left.organization == world.organizations["CG"]
    assert "在岗、会办的 1 人都没有登记驻点" in left.sentence


def test_the_plan_costs_the_same_with_more_cases(world: World, bases: None) -> None:
    for number in range(2):
        rubbish(world, number)
    dispatcher = world.actors["dispatcher"]
    plan_dispatch(by=dispatcher, now=MONDAY)
    for number in range(2, 6):
        rubbish(world, number)
    forget_everything()

    with CaptureQueriesContext(connection) as queries:
        plan = plan_dispatch(by=dispatcher, now=MONDAY)

    assert len(plan.proposals) == 6
    assert len(queries) <= PLAN_QUERIES


def test_orders_become_ordinary_moves(world: World, bases: None) -> None:
    case = rubbish(world, 0)
    plan = plan_dispatch(by=world.actors["dispatcher"], now=MONDAY)
    [one] = plan.proposals
    order = Order(
        case.pk,
        case.version,
        one.organization.pk,
        one.assignment.worker_id,
        one.assignment.sentence,
    )

    outcomes = carry_out([order], by=world.actors["dispatcher"], now=MONDAY)

    assert outcomes == [Outcome(case.pk, worker="城管小冯")]
    case.refresh_from_db()
    assert (case.stage, case.owner_id) == ("to_sign", world.staff["handler"].pk)
    line = CaseMove.objects.filter(case=case, code="dispatch").get()
    assert line.note == one.assignment.sentence
    assert line.facts["worker"] == "城管小冯"


def test_a_case_that_changed_meanwhile_is_named_and_the_others_go(
    world: World, bases: None
) -> None:
    cases = [rubbish(world, number) for number in range(3)]
    orders = orders_of(world, cases)
    make_move(
        cases[1].pk,
        "dispatch",
        by=world.actors["leader"],
        facts=Facts(organization=world.organizations["SW"].pk),
        now=MONDAY,
    )

    outcomes = carry_out(orders, by=world.actors["dispatcher"], now=MONDAY)

    assert [one.worker for one in outcomes] == ["城管小冯", "", "城管小冯"]
    assert "刚被他人更新" in outcomes[1].refusal
    assert Case.objects.get(pk=cases[1].pk).handling_org_id == world.organizations["SW"].pk


def test_what_was_done_stays_done_when_a_later_order_breaks(
    world: World, bases: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [rubbish(world, number) for number in range(2)]

    def broken(case_id: int, *rest: Any, **facts: Any) -> Case:
        if case_id == cases[1].pk:
            raise RuntimeError("the power is cut")
        return make_move(case_id, *rest, **facts)

    monkeypatch.setattr("linli.cases.actions.assigning.make_move", broken)
    with pytest.raises(RuntimeError):
        carry_out(orders_of(world, cases), by=world.actors["dispatcher"], now=MONDAY)

    assert [Case.objects.get(pk=case.pk).stage for case in cases] == ["to_sign", "to_dispatch"]


def test_the_same_orders_again_change_nothing_and_say_done(world: World, bases: None) -> None:
    orders = orders_of(world, [rubbish(world, 0)])
    dispatcher = world.actors["dispatcher"]
    carry_out(orders, by=dispatcher, now=MONDAY)
    moves = CaseMove.objects.count()

    [again] = carry_out(orders, by=dispatcher, now=MONDAY)

    assert again == Outcome(orders[0].case_id, worker="城管小冯")
    assert CaseMove.objects.count() == moves


def test_an_order_to_somebody_of_another_unit_is_refused(world: World, bases: None) -> None:
    case = rubbish(world, 0)
    order = replace(orders_of(world, [case])[0], worker_id=world.staff["other_handler"].pk)

    [outcome] = carry_out([order], by=world.actors["dispatcher"], now=MONDAY)

    assert Case.objects.get(pk=case.pk).stage == "to_dispatch"
    assert "不在该单位" in outcome.refusal

"""交接: everything somebody has in hand goes to others, a case as well as a leg."""

from __future__ import annotations

from datetime import timedelta

import pytest

from linli.cases.actions.effects import CASES
from linli.cases.flow import CASE, Stage
from linli.cases.models import Case, CaseMove, Deadline
from linli.kernel.access.actions import end_employment
from linli.kernel.access.models import PostHolding
from linli.kernel.acting import SYSTEM
from linli.kernel.audit.models import AuditLine
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.events.outbox import deliver_waiting
from linli.kernel.matters.deputies import name_deputy
from linli.kernel.matters.errors import NotAColleague
from linli.kernel.matters.handing import (
    HandedOver,
    hand_on_unheld,
    hand_over_all,
    plan_hand_over,
)
from linli.kernel.matters.inbox import differences
from linli.kernel.matters.models import Deputy, InboxEntry
from linli.kernel.matters.replaying import replayed
from linli.kernel.matters.roster import loads_of
from linli.kernel.notify.models import Notice
from linli.kernel.people.actions import mark_returned
from linli.kernel.people.errors import HasLeft
from linli.kernel.people.models import Staff
from linli.whistles.effects import LEGS
from linli.whistles.flow import LEG
from linli.whistles.models import WhistleLeg, WhistleLine
from linli.whistles.tests.test_whistle import blown, leg_of
from tests.walks import opened, walk_to
from tests.world import DAY, MONDAY, POSTS, World

LATER = MONDAY + timedelta(minutes=30)
DAYS = timedelta(days=1)


def in_hand(world: World) -> tuple[Case, WhistleLeg]:
    """城管小冯 handles a case and has a leg to answer."""
    case = walk_to(world, opened(world), Stage.HANDLING)
    leg = leg_of(world, blown(world), "CG")
    feng = world.staff["handler"]
    WhistleLeg.objects.filter(pk=leg.pk).update(owner=feng)
    InboxEntry.objects.filter(kind=LEG.code, matter_id=leg.pk).update(owner=feng)
    assert loads_of([feng.pk]) == {feng.pk: 2}
    return case, leg


def test_a_named_colleague_gets_both_kinds_and_is_told_once(world: World) -> None:
    case, leg = in_hand(world)
    due = Deadline.objects.get(case=case, clock="handle").due_at
    feng, xu = world.staff["handler"], world.staff["unit_leader"]

    done = hand_over_all(feng.pk, to=xu.pk, by=world.actors["system_admin"], now=LATER)
    again = hand_over_all(feng.pk, to=xu.pk, by=world.actors["system_admin"], now=LATER)

    assert (done, again) == (HandedOver({xu.pk: 2}, 0), HandedOver({}, 0))
    case.refresh_from_db()
    leg.refresh_from_db()
    assert (case.owner, case.stage, case.due_at) == (xu, Stage.HANDLING, due)
    assert (leg.owner, leg.stage) == (xu, "waiting")
    assert differences(CASES, [case]) == differences(LEGS, [leg]) == []
    line = CaseMove.objects.get(case=case, code="hand_over_owner")
    assert (line.from_stage, line.to_stage) == ("handling", "handling")
    assert line.facts == {
        "from": "城管小冯", "worker": "城管老许", "why": "由管理员小卫指定城管老许。"
    }  # fmt: skip
    assert WhistleLine.objects.filter(leg=leg, code="hand_over_owner").count() == 1
    told = Notice.objects.filter(staff=xu, about__startswith="hand_over_owner")
    assert [one.text for one in told] == ["城管小冯的 2 件事项交给您办理。"]
    lines = AuditLine.objects.filter(action="kernel.matters.handing.hand_over_all")
    assert lines.count() == 2, "one line for each time it was done"


def test_a_plan_says_what_would_happen_and_leaves_no_trace(world: World) -> None:
    case, leg = in_hand(world)
    feng, xu = world.staff["handler"], world.staff["unit_leader"]
    lines, told = CaseMove.objects.count(), Notice.objects.count()

    plan = plan_hand_over(feng.pk, to=xu.pk, by=world.actors["system_admin"], now=LATER)

    [(owner, matters)] = plan.given
    assert (owner, {one.topic for one in matters}, plan.left) == (
        xu.pk,
        {case.topic, leg.topic},
        (),
    )
    case.refresh_from_db()
    leg.refresh_from_db()
    assert case.owner == leg.owner == feng
    assert (CaseMove.objects.count(), Notice.objects.count()) == (lines, told)
    assert loads_of([feng.pk, xu.pk]) == {feng.pk: 2}
    done = hand_over_all(feng.pk, to=xu.pk, by=world.actors["system_admin"], now=LATER)
    assert done == HandedOver({xu.pk: 2}, 0)


def test_a_plan_names_what_nobody_may_take(world: World) -> None:
    case = walk_to(world, opened(world), Stage.HANDLING)
    holders = ("unit_leader", "dispatcher", "leader", "clerk", "grid_worker", "other_grid_worker")
    PostHolding.objects.filter(account__username__in=holders).update(valid_until=DAY - DAYS)
    forget_everything()
    plan = plan_hand_over(world.staff["handler"].pk, by=world.actors["system_admin"], now=LATER)
    assert (plan.given, plan.left) == ((), (case,))


def test_what_lies_with_somebody_whose_post_ended_is_handed_on_by_the_round(world: World) -> None:
    case, leg = in_hand(world)
    feng, xu = world.staff["handler"], world.staff["unit_leader"]
    assert hand_on_unheld(now=LATER) == 0, "whoever holds the post keeps it"

    PostHolding.objects.filter(account__staff=feng).update(valid_until=DAY)
    forget_everything()
    tomorrow = LATER + DAYS
    assert (hand_on_unheld(now=tomorrow), hand_on_unheld(now=tomorrow)) == (2, 0)

    case.refresh_from_db()
    leg.refresh_from_db()
    assert case.owner == leg.owner == xu
    line = CaseMove.objects.get(case=case, code="hand_over_owner")
    assert (line.by_name, line.facts["from"], line.facts["worker"]) == (
        SYSTEM.name, "城管小冯", "城管老许",
    )  # fmt: skip
    assert WhistleLine.objects.filter(leg=leg, code="hand_over_owner").count() == 1
    told = Notice.objects.filter(staff=xu, about__startswith="hand_over_owner")
    assert [one.text for one in told] == ["城管小冯的 2 件事项交给您办理。"]


def test_what_nobodys_post_covers_stays_with_whoever_took_it(world: World) -> None:
    case = walk_to(world, opened(world), Stage.ACCEPTED)
    PostHolding.objects.filter(account__username="supervisor").update(valid_until=DAY)
    forget_everything()
    tomorrow = LATER + DAYS
    assert hand_on_unheld(now=tomorrow) == 1
    case.refresh_from_db()
    assert case.owner in (world.staff["dispatcher"], world.staff["leader"])
    assert hand_on_unheld(now=tomorrow) == 0


def test_the_word_of_the_line_is_there_for_every_kind() -> None:
    for flow in (CASE, LEG):
        assert flow.word("hand_over_owner") == "经办人交接"
        assert flow.right_behind("hand_over_owner") == ""


def test_the_clocks_are_replayed_over_the_line(world: World) -> None:
    case, _leg = in_hand(world)
    hand_over_all(world.staff["handler"].pk, by=world.actors["system_admin"], now=LATER)
    assert [found for _matter, found in replayed(CASES, [case.pk])] == [[]]


def test_without_a_name_the_roster_finds_somebody_of_the_unit(world: World) -> None:
    case, leg = in_hand(world)
    hand_over_all(world.staff["handler"].pk, by=world.actors["system_admin"], now=LATER)
    case.refresh_from_db()
    leg.refresh_from_db()
    assert case.owner == leg.owner == world.staff["unit_leader"]


def test_what_a_colleague_may_not_act_on_goes_by_the_roster(world: World) -> None:
    """水务小陈 works for another unit: what was given to 城管队 stays with it."""
    case, _leg = in_hand(world)
    named = world.staff["other_handler"].pk
    hand_over_all(world.staff["handler"].pk, to=named, by=world.actors["system_admin"], now=LATER)
    case.refresh_from_db()
    assert case.owner == world.staff["unit_leader"]


def test_nobody_is_given_the_own_work_to_judge(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_CHECK)
    owner = case.owner
    assert owner is not None, "an open case has one"
    handler = world.staff["handler"]
    done = hand_over_all(owner.pk, to=handler.pk, by=world.actors["system_admin"], now=LATER)
    case.refresh_from_db()
    assert handler.pk not in done.given
    assert case.owner not in (owner, handler)


def test_the_loads_even_out_while_it_goes_on(world: World) -> None:
    """Each matter asks anew how loaded everybody is: of two colleagues, each gets one."""
    in_hand(world)
    third, unit = world.staff["other_handler"], world.organizations["CG"]
    Staff.objects.filter(pk=third.pk).update(organization=unit)
    PostHolding.objects.filter(account__staff=third).update(organization=unit)
    InboxEntry.objects.filter(owner=third).delete()
    forget_everything()
    done = hand_over_all(world.staff["handler"].pk, by=world.actors["system_admin"], now=LATER)
    assert sorted(done.given.values()) == [1, 1]
    assert set(done.given) == {third.pk, world.staff["unit_leader"].pk}


@pytest.mark.parametrize("who", [post for post in POSTS if post != "system_admin"])
def test_nobody_else_hands_over(world: World, who: str) -> None:
    case, _leg = in_hand(world)
    with pytest.raises(NotAllowed):
        hand_over_all(world.staff["handler"].pk, by=world.actors[who], now=LATER)
    assert Case.objects.get(pk=case.pk).owner == world.staff["handler"]


def test_whoever_takes_over_must_be_somebody_else_who_works_here(world: World) -> None:
    in_hand(world)
    feng, admin = world.staff["handler"], world.actors["system_admin"]
    with pytest.raises(NotAColleague):
        hand_over_all(feng.pk, to=feng.pk, by=admin, now=LATER)
    with pytest.raises(NotFound):
        hand_over_all(feng.pk, to=0, by=admin, now=LATER)
    Staff.objects.filter(pk=world.staff["unit_leader"].pk).update(left_at=MONDAY)
    with pytest.raises(HasLeft):
        hand_over_all(feng.pk, to=world.staff["unit_leader"].pk, by=admin, now=LATER)
    clerk = Staff.objects.create(name="内勤", employee_no="E900", organization=feng.organization)
    with pytest.raises(NotAColleague, match="没有可用的账号"):
        hand_over_all(feng.pk, to=clerk.pk, by=admin, now=LATER)
    assert loads_of([feng.pk]) == {feng.pk: 2}


def test_whoever_leaves_leaves_nothing_behind(world: World) -> None:
    in_hand(world)
    feng, xu, admin = (
        world.staff["handler"],
        world.staff["unit_leader"],
        world.actors["system_admin"],
    )
    name_deputy(feng.pk, deputy_id=xu.pk, valid_from=DAY, valid_until=DAY, by=admin, now=MONDAY)

    end_employment(feng.pk, by=admin, now=LATER)
    deliver_waiting(now=LATER)

    assert loads_of([feng.pk, xu.pk]) == {xu.pk: 2}
    assert not Deputy.objects.filter(ended_at=None).exists()


def test_whoever_is_back_before_anything_moved_keeps_it(world: World) -> None:
    in_hand(world)
    feng, admin = world.staff["handler"], world.actors["system_admin"]
    end_employment(feng.pk, by=admin, now=LATER)
    mark_returned(feng.pk, by=admin, now=LATER)
    deliver_waiting(now=LATER)
    assert loads_of([feng.pk]) == {feng.pk: 2}

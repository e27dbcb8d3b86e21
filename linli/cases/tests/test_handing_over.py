"""转派 inside a unit, 催办 by staff, and work that only the unit it was given to may do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from linli.cases.actions.moving import make_move
from linli.cases.actions.remarks import urge_unit
from linli.cases.actions.timing import ask_extension
from linli.cases.errors import MissingFact, NotOnTheList, SamePerson, WrongStage
from linli.cases.facts import Facts
from linli.cases.flow import CASE, Stage
from linli.cases.models import Case, CaseMove, CommunityListEntry, Deadline
from linli.cases.queries import units_below
from linli.kernel.access.models import Account, PostHolding
from linli.kernel.access.queries import actor_for
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.errors import NotAllowed
from linli.kernel.matters.conflicts import works_on
from linli.kernel.matters.roster import pick_leader, pick_owner
from linli.kernel.notify.models import Notice
from linli.kernel.organisations.models import Organization, OrganizationKind
from linli.kernel.people.models import Staff
from tests.walks import opened, walk_to
from tests.world import DAY, MONDAY, World

LATER = MONDAY + timedelta(minutes=30)


def hand_over(world: World, case: Case, who: str = "handler", **facts: Any) -> Case:
    given = Facts(**{"note": "他熟悉这一片", **facts})
    return make_move(case.pk, "hand_over", by=world.actors[who], facts=given, now=LATER)


def street_office(world: World) -> tuple[Organization, Organization, Organization]:
    """城管队 works for the street; the committees of both communities lie below it."""
    unit = world.organizations["CG"]
    unit.area_id = world.areas["S"]
    unit.save()
    made = [
        Organization.objects.create(
            code=f"JWH{n}", name=f"居委会{n}", kind=OrganizationKind.RESIDENTS_COMMITTEE,
            area_id=world.areas[f"C{n}"],
        )
        for n in (1, 2)
    ]  # fmt: skip
    forget_everything()
    return unit, made[0], made[1]


@pytest.mark.parametrize("stage", [Stage.TO_SIGN, Stage.HANDLING])
def test_a_case_is_handed_to_a_colleague_and_its_clock_runs_on(world: World, stage: Stage) -> None:
    case = walk_to(world, opened(world), stage)
    before = Deadline.objects.get(case=case, clock="handle")
    leader = world.staff["unit_leader"]

    case = hand_over(world, case, worker=leader.pk)

    assert (case.stage, case.owner_id, case.handler_id) == (Stage.TO_SIGN, leader.pk, None)
    assert case.handling_org == world.organizations["CG"]
    after = Deadline.objects.get(case=case, clock="handle")
    assert (after.pk, after.due_at, after.stopped_at) == (before.pk, before.due_at, None)
    line = CaseMove.objects.filter(case=case).latest("pk")
    assert (line.code, line.note.plain) == ("hand_over", "他熟悉这一片")
    assert line.facts["why"] == "由城管小冯转给城管老许。"
    assert Notice.objects.filter(staff=leader, about=f"case:{case.pk}:{case.version}").exists()


def test_handing_over_needs_somebody_else_of_the_unit_who_handles(world: World) -> None:
    case = walk_to(world, opened(world), Stage.HANDLING)
    clerk = Staff.objects.create(
        name="城管内勤", employee_no="E900", organization=world.organizations["CG"]
    )
    for worker in (None, world.staff["other_handler"].pk, clerk.pk):
        with pytest.raises(MissingFact) as refused:
            hand_over(world, case, worker=worker)
        assert refused.value.field == "worker"
    with pytest.raises(WrongStage, match="已经在"):
        hand_over(world, case, worker=world.staff["handler"].pk)
    with pytest.raises(MissingFact) as refused:
        hand_over(world, case, worker=world.staff["unit_leader"].pk, note="")
    assert refused.value.field == "note"
    with pytest.raises(MissingFact) as refused:
        hand_over(world, case, organization=world.organizations["SW"].pk)
    assert refused.value.field == "organization"
    assert Case.objects.get(pk=case.pk).version == case.version


def test_a_case_goes_down_to_the_unit_of_the_place_and_to_no_other(world: World) -> None:
    _unit, here, elsewhere = street_office(world)
    case = walk_to(world, opened(world), Stage.HANDLING)
    due = case.due_at
    assert units_below(case) == [here]
    with pytest.raises(MissingFact):
        hand_over(world, case, organization=elsewhere.pk)

    case = hand_over(world, case, organization=here.pk)

    assert (case.handling_org, case.stage, case.due_at) == (here, Stage.TO_SIGN, due)
    assert case.owner is not None, "an open case always has an owner"
    assert CaseMove.objects.filter(case=case).latest("pk").facts["organization"] == "居委会1"


def test_the_list_of_the_communities_holds_for_handing_over_too(world: World) -> None:
    _unit, here, _elsewhere = street_office(world)
    CommunityListEntry.objects.create(category=world.cover, article="第十七条", valid_from=DAY)
    forget_everything()
    case = walk_to(world, opened(world), Stage.HANDLING)
    with pytest.raises(NotOnTheList, match="第十七条"):
        hand_over(world, case, organization=here.pk)


def test_whoever_signed_and_handed_over_does_not_check_it(world: World) -> None:
    case = walk_to(world, opened(world), Stage.HANDLING)
    case = hand_over(world, case, worker=world.staff["unit_leader"].pk)
    leader = world.actors["unit_leader"]
    make_move(case.pk, "sign_for", by=leader, facts=Facts(), now=LATER)
    facts = Facts(outcome="solved", note="好", public_reply="好")
    make_move(case.pk, "feedback", by=leader, facts=facts, now=LATER)
    right = world.actors["checker"].grants["cases.check"]
    both = replace(
        world.actors["handler"],
        grants={**world.actors["handler"].grants, "cases.check": right},
    )
    with pytest.raises(SamePerson):
        make_move(case.pk, "pass_check", by=both, facts=Facts(note="好"), now=LATER)


def test_staff_urge_as_often_as_they_must_and_no_clock_moves(world: World) -> None:
    case = walk_to(world, opened(world), Stage.HANDLING)
    before = list(Deadline.objects.filter(case=case).order_by("pk").values())
    for words in ("今天必须到场", "市民又来电"):
        urge_unit(case.pk, note=words, by=world.actors["dispatcher"], now=LATER)
    told = Notice.objects.filter(staff=world.staff["handler"], about__startswith="urge:")
    assert sorted(one.text.split("：")[-1] for one in told) == ["今天必须到场", "市民又来电"]
    assert list(Deadline.objects.filter(case=case).order_by("pk").values()) == before
    with pytest.raises(MissingFact):
        urge_unit(case.pk, note=" ", by=world.actors["dispatcher"], now=LATER)


def test_the_supervising_side_does_not_urge_and_whoever_urges_does_not_supervise(
    world: World,
) -> None:
    case = walk_to(world, opened(world), Stage.TO_CHECK)
    with pytest.raises(NotAllowed):
        urge_unit(case.pk, note="快", by=world.actors["supervisor"], now=LATER)
    leader = world.actors["leader"]
    urge_unit(case.pk, note="快", by=leader, now=LATER)
    right = world.actors["checker"].grants["cases.check"]
    both = replace(leader, grants={**leader.grants, "cases.check": right})
    with pytest.raises(SamePerson):
        make_move(case.pk, "pass_check", by=both, facts=Facts(note="好"), now=LATER)


def test_an_ended_case_is_not_urged(world: World) -> None:
    case = walk_to(world, opened(world), Stage.CLOSED)
    with pytest.raises(WrongStage):
        urge_unit(case.pk, note="快", by=world.actors["leader"], now=LATER)


# Work of a unit


def test_a_case_of_a_department_is_not_signed_for_by_whoever_looks_after_the_place(
    world: World,
) -> None:
    case = walk_to(world, opened(world), Stage.TO_SIGN)
    stranger = world.actors["grid_worker"]
    assert not works_on(stranger, case, "cases.handle")
    facts = Facts(outcome="solved", note="好", public_reply="好")
    for code in ("sign_for", "return_back", "hand_over"):
        with pytest.raises(NotAllowed, match="别的承办单位"):
            make_move(case.pk, code, by=stranger, facts=facts, now=LATER)
    case = make_move(case.pk, "sign_for", by=world.actors["handler"], facts=Facts(), now=LATER)
    with pytest.raises(NotAllowed, match="别的承办单位"):
        make_move(case.pk, "feedback", by=stranger, facts=facts, now=LATER)
    with pytest.raises(NotAllowed, match="别的承办单位"):
        ask_extension(case.pk, reason="等配件", by=stranger, now=LATER)
    assert Case.objects.get(pk=case.pk).version == case.version


def test_the_grid_worker_it_was_given_to_signs_for_it(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_DISPATCH)
    facts = Facts(organization=world.organizations["YX"].pk, worker=world.staff["grid_worker"].pk)
    case = make_move(case.pk, "dispatch", by=world.actors["dispatcher"], facts=facts, now=LATER)
    case = make_move(case.pk, "sign_for", by=world.actors["grid_worker"], facts=Facts(), now=LATER)
    assert case.handler_id == world.staff["grid_worker"].pk


def test_somebody_with_a_second_post_of_the_unit_signs_for_it(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_SIGN)
    account = Account.objects.get(username="other_handler")
    PostHolding.objects.filter(account=account).update(organization=world.organizations["CG"])
    helper = actor_for(account, on=DAY)
    case = make_move(case.pk, "sign_for", by=helper, facts=Facts(), now=LATER)
    assert case.stage == Stage.HANDLING


def test_a_unit_without_handlers_leaves_the_case_with_the_dispatcher(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_DISPATCH)
    empty = Organization.objects.create(code="KW", name="空单位", kind=OrganizationKind.DEPARTMENT)
    facts = Facts(organization=empty.pk)
    case = make_move(case.pk, "dispatch", by=world.actors["dispatcher"], facts=facts, now=LATER)
    dispatchers = {world.staff["dispatcher"].pk, world.staff["leader"].pk}
    assert case.owner_id in dispatchers, "not 小李, who looks after the grid"
    assert pick_owner(CASE, case, now=LATER)[0] in dispatchers


def test_without_any_post_a_case_belongs_to_nobody_and_says_what_to_do(world: World) -> None:
    case = opened(world)
    PostHolding.objects.all().delete()
    forget_everything()

    assert pick_owner(CASE, case, now=MONDAY) == (
        None,
        "没有任何岗位可以负责此案，请管理员设置岗位。",
    )
    assert pick_leader(CASE, case, now=MONDAY) is None

"""Disputes and designation, helping units, supervision, objections, and what a residents' committee may be sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from linli.cases.actions.dispatching import (
    add_assistance,
    answer_supervision,
    decide_objection,
    finish_assistance,
    object_to_rework,
    raise_dispute,
    rule_dispute,
    supervise,
)
from linli.cases.actions.moving import make_move
from linli.cases.errors import MissingFact, NotOnTheList, SamePerson, WrongStage
from linli.cases.facts import Facts
from linli.cases.flow import Stage
from linli.cases.models import Assistance, Case, CommunityListEntry, Deadline
from linli.cases.queries import case_for, cases_seen
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.notify.models import Notice
from linli.kernel.organisations.models import Organization, OrganizationKind
from tests.walks import opened, walk_to
from tests.world import MONDAY, World


def sent_again(world: World) -> Case:
    """A case the unit returned once and got again."""
    case = walk_to(world, opened(world), Stage.TO_SIGN)
    make_move(
        case.pk, "return_back", by=world.actors["handler"], facts=Facts(note="不归我们"), now=MONDAY
    )
    unit = Facts(organization=world.organizations["CG"].pk)
    return make_move(case.pk, "dispatch", by=world.actors["dispatcher"], facts=unit, now=MONDAY)


def test_a_dispute_is_ruled_and_the_unit_named_cannot_return(world: World) -> None:
    case = sent_again(world)
    dispute = raise_dispute(case.pk, reason="归水务", by=world.actors["handler"], now=MONDAY)
    assert Notice.objects.filter(about=f"dispute:{dispute.pk}").count() == 1
    rule_dispute(
        dispute.pk,
        organization=world.organizations["SW"].pk,
        opinion="管网属水务",
        by=world.actors["leader"],
        now=MONDAY,
    )
    case.refresh_from_db()
    assert (case.handling_org, case.stage) == (world.organizations["SW"], Stage.TO_SIGN)
    assert case.designated
    for move in ("return_back",):
        with pytest.raises(WrongStage, match="不能退回"):
            make_move(
                case.pk, move, by=world.actors["other_handler"], facts=Facts(note="不"), now=MONDAY
            )
    with pytest.raises(WrongStage, match="已经裁定"):
        raise_dispute(case.pk, reason="不", by=world.actors["other_handler"], now=MONDAY)
    with pytest.raises(WrongStage, match="已经裁定"):
        rule_dispute(
            dispute.pk,
            organization=world.organizations["CG"].pk,
            opinion="再议",
            by=world.actors["leader"],
            now=MONDAY,
        )


def test_ruling_for_the_same_unit_leaves_its_clock_running(world: World) -> None:
    case = sent_again(world)
    before = Deadline.objects.get(case=case, stopped_at=None)
    dispute = raise_dispute(case.pk, reason="归水务", by=world.actors["handler"], now=MONDAY)
    rule_dispute(
        dispute.pk,
        organization=world.organizations["CG"].pk,
        opinion="仍归城管",
        by=world.actors["dispatcher"],
        now=MONDAY + timedelta(hours=1),
    )
    assert Deadline.objects.get(case=case, stopped_at=None).due_at == before.due_at
    case.refresh_from_db()
    assert case.designated


def test_first_return_then_dispute(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_SIGN)
    with pytest.raises(WrongStage, match="先用“退回”"):
        raise_dispute(case.pk, reason="归水务", by=world.actors["handler"], now=MONDAY)
    make_move(case.pk, "sign_for", by=world.actors["handler"], facts=Facts(), now=MONDAY)
    facts = Facts(outcome="solved", note="好", public_reply="好")
    make_move(case.pk, "feedback", by=world.actors["handler"], facts=facts, now=MONDAY)
    with pytest.raises(WrongStage, match="不在承办单位"):
        raise_dispute(case.pk, reason="归水务", by=world.actors["handler"], now=MONDAY)


def test_the_supervising_side_rules_no_dispute(world: World) -> None:
    case = sent_again(world)
    dispute = raise_dispute(case.pk, reason="归水务", by=world.actors["handler"], now=MONDAY)
    with pytest.raises(WrongStage, match="已有一个派单争议"):
        raise_dispute(case.pk, reason="归水务", by=world.actors["handler"], now=MONDAY)
    for who in ("supervisor", "handler", "checker"):
        with pytest.raises(NotAllowed):
            rule_dispute(
                dispute.pk,
                organization=world.organizations["SW"].pk,
                opinion="归水务",
                by=world.actors[who],
                now=MONDAY,
            )
    with pytest.raises(MissingFact, match="哪个单位"):
        rule_dispute(
            dispute.pk, organization=0, opinion="归", by=world.actors["leader"], now=MONDAY
        )


def committee(world: World) -> Organization:
    return Organization.objects.create(
        code="JWH", name="槐树里居委会", kind=OrganizationKind.RESIDENTS_COMMITTEE
    )


def test_a_class_outside_the_list_is_not_sent_to_a_committee(world: World) -> None:
    case, unit = walk_to(world, opened(world), Stage.TO_DISPATCH), committee(world)
    CommunityListEntry.objects.create(
        category=world.cover, article="第十七条", valid_from=MONDAY.date()
    )
    forget_everything()
    with pytest.raises(NotOnTheList, match="第十七条"):
        make_move(
            case.pk,
            "dispatch",
            by=world.actors["dispatcher"],
            facts=Facts(organization=unit.pk),
            now=MONDAY,
        )
    case.refresh_from_db()
    assert (case.stage, case.handling_org_id) == (Stage.TO_DISPATCH, None)
    CommunityListEntry.objects.create(
        category=world.category, article="第十七条", valid_from=MONDAY.date()
    )
    forget_everything()
    case = make_move(
        case.pk,
        "dispatch",
        by=world.actors["dispatcher"],
        facts=Facts(organization=unit.pk),
        now=MONDAY,
    )
    assert case.handling_org == unit


def test_without_a_list_nothing_is_refused(world: World) -> None:
    case, unit = walk_to(world, opened(world), Stage.TO_DISPATCH), committee(world)
    facts = Facts(organization=unit.pk)
    make_move(case.pk, "dispatch", by=world.actors["dispatcher"], facts=facts, now=MONDAY)
    case.refresh_from_db()
    assert (case.stage, case.handling_org) == (Stage.TO_SIGN, unit)


def test_a_helping_unit_sees_the_case_and_reports_what_it_did(world: World) -> None:
    case = walk_to(world, opened(world), Stage.HANDLING)
    helper = world.actors["other_handler"]
    assert not cases_seen(helper).exists()
    helping = add_assistance(
        case.pk,
        organization=world.organizations["SW"].pk,
        kind="assist",
        opinion="请先关阀",
        by=world.actors["dispatcher"],
        now=MONDAY,
    )
    assert case_for(helper, case.number).handling_org == world.organizations["CG"]
    facts = Facts(outcome="solved", note="好", public_reply="好")
    with pytest.raises(NotFound):
        make_move(case.pk, "feedback", by=helper, facts=facts, now=MONDAY)
    with pytest.raises(NotFound):
        finish_assistance(helping.pk, note="关了", by=world.actors["handler"], now=MONDAY)
    finish_assistance(helping.pk, note="阀门已关", by=helper, now=MONDAY)
    with pytest.raises(WrongStage, match="已经完成"):
        finish_assistance(helping.pk, note="阀门已关", by=helper, now=MONDAY)
    assert Notice.objects.filter(about=f"assistance:{helping.pk}:done").exists()


def test_a_unit_helps_once_and_never_itself(world: World) -> None:
    case, by = walk_to(world, opened(world), Stage.HANDLING), world.actors["dispatcher"]

    def ask(unit: str, kind: str = "added") -> Assistance:
        organization = world.organizations[unit].pk
        return add_assistance(
            case.pk, organization=organization, kind=kind, opinion="请到场", by=by, now=MONDAY
        )

    with pytest.raises(WrongStage, match="已经在办理"):
        ask("CG")
    ask("SW")
    with pytest.raises(WrongStage, match="已经在办理"):
        ask("SW")
    with pytest.raises(MissingFact, match="协办还是加派"):
        ask("YX", "other")
    assert Assistance.objects.count() == 1


def test_supervision_is_answered_and_touches_no_clock(world: World) -> None:
    case = walk_to(world, opened(world), Stage.HANDLING)
    before = list(Deadline.objects.filter(case=case).order_by("id").values())
    asked = supervise(
        case.pk,
        demand="今天必须到场",
        answer_by=MONDAY + timedelta(hours=4),
        by=world.actors["leader"],
        now=MONDAY,
    )
    answer_supervision(asked.pk, answer="已到场", by=world.actors["handler"], now=MONDAY)
    with pytest.raises(WrongStage, match="已经答复"):
        answer_supervision(asked.pk, answer="再答", by=world.actors["handler"], now=MONDAY)
    assert list(Deadline.objects.filter(case=case).order_by("id").values()) == before
    with pytest.raises(MissingFact, match="晚于现在"):
        supervise(case.pk, demand="快", answer_by=MONDAY, by=world.actors["leader"], now=MONDAY)


def test_an_objection_to_a_rework_is_decided_by_somebody_else(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_CHECK)
    with pytest.raises(WrongStage, match="没有被返工"):
        object_to_rework(case.pk, reason="不服", by=world.actors["handler"], now=MONDAY)
    make_move(case.pk, "rework", by=world.actors["checker"], facts=Facts(note="没清"), now=MONDAY)
    objection = object_to_rework(
        case.pk, reason="照片是别处", by=world.actors["handler"], now=MONDAY
    )
    with pytest.raises(WrongStage, match="已经提出过"):
        object_to_rework(case.pk, reason="再说", by=world.actors["handler"], now=MONDAY)
    with pytest.raises(NotAllowed):
        decide_objection(
            objection.pk, agree=False, opinion="维持", by=world.actors["checker"], now=MONDAY
        )
    decided = decide_objection(
        objection.pk, agree=True, opinion="确为别处", by=world.actors["evaluator"], now=MONDAY
    )
    assert decided.granted
    case.refresh_from_db()
    assert (case.stage, case.reworked) == (Stage.HANDLING, 1)


def test_nobody_commands_what_they_supervised(world: World) -> None:
    case = walk_to(world, opened(world), Stage.HANDLING)
    both = {**world.actors["supervisor"].grants, **world.actors["dispatcher"].grants}
    two_hats = replace(world.actors["supervisor"], grants=both)
    with pytest.raises(SamePerson, match="监督职责"):
        supervise(
            case.pk,
            demand="快",
            answer_by=MONDAY + timedelta(hours=1),
            by=two_hats,
            now=MONDAY,
        )
    with pytest.raises(SamePerson, match="监督职责"):
        make_move(
            case.pk,
            "reassign",
            by=two_hats,
            facts=Facts(organization=world.organizations["SW"].pk, note="换"),
            now=MONDAY,
        )

"""One matter walks the whole loop, and every way off it is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from linli.cases.actions.moving import make_move
from linli.cases.actions.rating import rate_case
from linli.cases.drafts import ReportDraft
from linli.cases.errors import Conflict, MissingFact, SamePerson, WrongStage
from linli.cases.facts import Facts
from linli.cases.flow import Stage
from linli.cases.models import Case, CaseMove, Deadline, Report
from linli.kernel.access.queries import RESIDENT
from linli.kernel.audit.chain import seal, verify
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.events.outbox import deliver_waiting
from linli.kernel.notify.models import Message
from tests.walks import RUBBISH, opened, walk_to
from tests.world import MONDAY, World


def test_a_report_becomes_a_case_in_its_grid_with_an_owner_and_a_reason_for_everything(
    world: World,
) -> None:
    case = opened(world)
    assert case.grid_id == world.areas["G1"]
    assert case.stage == Stage.RECEIVED
    assert case.owner_id == world.staff["acceptor"].pk
    assert case.category == world.category
    assert case.promised_at is not None
    assert all(
        case.suggestion[step]["sentence"]
        for step in ("category", "place", "duplicates", "urgent", "deadline")
    )
    assert "城管队" in case.suggestion["organization"]["sentence"]


def test_a_case_walks_from_report_to_rating(world: World) -> None:
    case = walk_to(world, opened(world), Stage.CLOSED)
    assert case.stage == Stage.CLOSED
    assert case.outcome == "solved"
    codes = list(CaseMove.objects.filter(case=case).order_by("id").values_list("code", flat=True))
    assert codes == [
        "report",
        "accept",
        "register",
        "dispatch",
        "sign_for",
        "feedback",
        "pass_check",
        "close",
    ]
    report = Report.objects.get(case=case)
    rate_case(
        report.pk,
        satisfaction="satisfied",
        solved="solved",
        words="",
        channel="web",
        by=RESIDENT,
        now=MONDAY,
    )
    handling = Deadline.objects.get(case=case, clock="handle")
    assert handling.due_at == MONDAY + timedelta(
        hours=6
    )  # four working hours with the lunch break between
    assert Deadline.objects.filter(case=case, stopped_at=None).count() == 0


def test_not_solved_reopens_at_once(world: World) -> None:
    case = walk_to(world, opened(world), Stage.CLOSED)
    report = Report.objects.get(case=case)
    rate_case(
        report.pk,
        satisfaction="dissatisfied",
        solved="not_solved",
        words="还在",
        channel="web",
        by=RESIDENT,
        now=MONDAY,
    )
    case.refresh_from_db()
    assert (case.stage, case.open, case.reopened) == (Stage.TO_DISPATCH, True, 1)
    assert case.owner_id == world.staff["dispatcher"].pk


def test_a_handler_cannot_check_the_own_work_even_with_the_right(world: World) -> None:
    case = opened(world)
    case = make_move(
        case.pk,
        "accept",
        by=world.actors["acceptor"],
        facts=Facts(category=world.category.pk),
        now=MONDAY,
    )
    case = make_move(
        case.pk,
        "register",
        by=world.actors["supervisor"],
        facts=Facts(standard=world.standard.pk),
        now=MONDAY,
    )
    case = make_move(
        case.pk,
        "dispatch",
        by=world.actors["dispatcher"],
        facts=Facts(
            organization=world.organizations["YX"].pk, worker=world.staff["grid_worker"].pk
        ),
        now=MONDAY,
    )
    worker = world.actors["grid_worker"]
    case = make_move(case.pk, "sign_for", by=worker, facts=Facts(), now=MONDAY)
    case = make_move(
        case.pk,
        "feedback",
        by=worker,
        facts=Facts(outcome="solved", note="好了", public_reply="好了"),
        now=MONDAY,
    )
    with pytest.raises(SamePerson):
        make_move(case.pk, "pass_check", by=worker, facts=Facts(note="好了"), now=MONDAY)
    case.refresh_from_db()
    assert case.stage == Stage.TO_CHECK
    assert case.owner_id != world.staff["grid_worker"].pk


def test_a_move_from_another_stage_or_without_its_facts_changes_nothing(world: World) -> None:
    case = opened(world)
    with pytest.raises(WrongStage):
        make_move(
            case.pk,
            "close",
            by=world.actors["supervisor"],
            facts=Facts(closing_condition_met=True),
            now=MONDAY,
        )
    with pytest.raises(MissingFact) as refused:
        make_move(case.pk, "accept", by=world.actors["acceptor"], facts=Facts(), now=MONDAY)
    assert refused.value.field == "category"
    with pytest.raises(NotAllowed):
        make_move(
            case.pk,
            "accept",
            by=world.actors["handler"],
            facts=Facts(category=world.category.pk),
            now=MONDAY,
        )
    with pytest.raises(Conflict):
        make_move(
            case.pk,
            "accept",
            by=world.actors["acceptor"],
            facts=Facts(category=world.category.pk, version=9),
            now=MONDAY,
        )
    case.refresh_from_db()
    assert (case.stage, case.version) == (Stage.RECEIVED, 1)


def test_somebody_elses_organisation_does_not_know_the_case(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_SIGN)
    with pytest.raises(NotFound):
        make_move(case.pk, "sign_for", by=world.actors["other_handler"], facts=Facts(), now=MONDAY)


def test_rework_goes_back_to_the_handler_and_the_handling_clock_runs_on(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_CHECK)
    due = Deadline.objects.get(case=case, clock="handle").due_at
    later = MONDAY + timedelta(hours=1)
    case = make_move(
        case.pk, "rework", by=world.actors["checker"], facts=Facts(note="还有一袋"), now=later
    )
    assert (case.stage, case.reworked, case.owner_id) == (
        Stage.HANDLING,
        1,
        world.staff["handler"].pk,
    )
    assert case.due_at == due
    assert Deadline.objects.filter(case=case, clock="handle").count() == 1


def test_merging_and_splitting_loses_nothing(world: World) -> None:
    first = opened(world)
    second = opened(
        world,
        ReportDraft(
            **{**RUBBISH.__dict__, "lon": 120.0009, "title": "另一处", "body": "另一处的垃圾"}
        ),
    )
    before = Case.objects.filter(pk=second.pk).values().get()
    make_move(
        second.pk, "merge", by=world.actors["acceptor"], facts=Facts(survivor=first.pk), now=MONDAY
    )
    first.refresh_from_db()
    assert first.report_count == 2
    make_move(second.pk, "split", by=world.actors["acceptor"], facts=Facts(note="两处"), now=MONDAY)
    after = Case.objects.filter(pk=second.pk).values().get()
    first.refresh_from_db()
    assert first.report_count == 1
    changed = {name for name, value in before.items() if value != dict(after)[name]}
    assert changed <= {"version", "changed_at", "suggestion"}


def test_reporters_are_told_and_the_audit_chain_holds(world: World) -> None:
    walk_to(world, opened(world), Stage.CLOSED)
    deliver_waiting(now=MONDAY)
    deliver_waiting(now=MONDAY)
    texts = list(Message.objects.order_by("id").values_list("text", flat=True))
    assert len(texts) == 5, "receipt, accepted, dispatched, checked, closed"
    assert "已收到，回执号" in texts[0]
    assert not any("垃圾" in text for text in texts), "no words of whoever typed the number"
    assert seal() > 0
    verdict = verify()
    assert (verdict.broken_at, verdict.unsealed) == (None, 0)

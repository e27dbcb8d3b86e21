"""Every move's own part: what it refuses, what it leaves behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from linli.cases import errors
from linli.cases.actions.intake import receive_report
from linli.cases.actions.moving import make_move
from linli.cases.actions.rating import rate_case
from linli.cases.actions.remarks import ask_force_close, remark, split_report, urge
from linli.cases.drafts import ReportDraft
from linli.cases.facts import Facts
from linli.cases.flow import Outcome, Stage
from linli.cases.models import Case, CaseMove, FilingStandard, Report
from linli.kernel.access.actions.leaving import end_employment
from linli.kernel.access.queries import RESIDENT
from linli.kernel.acting import SYSTEM
from linli.kernel.audit.models import AuditLine
from linli.kernel.errors import NotFound
from linli.kernel.jobs.queue import run_due
from linli.kernel.matters.models import InboxEntry
from linli.kernel.notify.models import Notice
from tests.pictures import stored_picture
from tests.walks import RUBBISH, opened, walk_to
from tests.world import DAY, MONDAY, World

LATER = MONDAY + timedelta(days=10)


def move(world: World, case: Case, code: str, who: str, **facts: Any) -> Case:
    return make_move(case.pk, code, by=world.actors[who], facts=Facts(**facts), now=MONDAY)


def unchanged(case: Case) -> bool:
    return Case.objects.get(pk=case.pk).version == case.version


def test_a_move_that_does_not_exist_is_refused_by_name(world: World) -> None:
    with pytest.raises(errors.UnknownMove):
        move(world, opened(world), "vanish", "acceptor")


def test_accepting_needs_a_class_in_use(world: World) -> None:
    case = opened(world)
    with pytest.raises(errors.MissingFact) as refused:
        move(world, case, "accept", "acceptor", category=10**9)
    assert (refused.value.field, unchanged(case)) == ("category", True)


def test_filing_needs_a_current_row_of_the_same_class(world: World) -> None:
    case = walk_to(world, opened(world), Stage.ACCEPTED)
    other = FilingStandard.objects.get(category=world.cover)
    for standard in (10**9, other.pk):
        with pytest.raises(errors.MissingFact) as refused:
            move(world, case, "register", "supervisor", standard=standard)
        assert refused.value.field == "standard"
    FilingStandard.objects.filter(pk=world.standard.pk).update(valid_until=DAY - timedelta(days=1))
    with pytest.raises(errors.MissingFact):
        move(world, case, "register", "supervisor", standard=world.standard.pk)
    assert unchanged(case)


def test_dispatching_needs_a_unit_that_exists_and_a_worker_of_that_unit(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_DISPATCH)
    with pytest.raises(errors.MissingFact) as refused:
        move(world, case, "dispatch", "dispatcher", organization=10**9)
    assert refused.value.field == "organization"
    unit = world.organizations["CG"].pk
    with pytest.raises(errors.MissingFact) as refused:
        move(
            world,
            case,
            "dispatch",
            "dispatcher",
            organization=unit,
            worker=world.staff["other_handler"].pk,
        )
    assert refused.value.field == "worker"
    assert unchanged(case)


def test_verification_confirms_or_refutes(world: World) -> None:
    true = move(world, opened(world), "ask_verify", "acceptor")
    assert move(world, true, "confirm", "checker", note="看到了").stage == Stage.ACCEPTED
    doubtful = opened(world, replace(RUBBISH, title="另一处", lon=120.001))
    doubtful = move(world, doubtful, "ask_verify", "acceptor")
    ended = move(world, doubtful, "refute", "checker", note="没有", public_reply="到现场没有看到")
    assert (ended.stage, ended.open, ended.owner_id) == (Stage.NOT_ACCEPTED, False, None)


def test_work_done_on_the_spot_still_needs_another_persons_check(world: World) -> None:
    case = opened(world)
    photos = (stored_picture(world.actors["grid_worker"], now=MONDAY).pk,)
    facts = {
        "standard": world.standard.pk,
        "note": "扫了",
        "photo_before": photos,
        "photo_after": photos,
    }
    case = move(world, case, "self_handle", "grid_worker", **facts)
    assert (case.stage, case.handler_id) == (Stage.TO_CHECK, world.staff["grid_worker"].pk)
    assert case.public_reply == "", "the internal note is not published"
    with pytest.raises(errors.SamePerson):
        move(world, case, "pass_check", "grid_worker", note="好了")
    assert move(world, case, "pass_check", "checker", note="好了").stage == Stage.TO_FOLLOW_UP


def test_pictures_that_are_not_there_stop_the_move(world: World) -> None:
    case = opened(world)
    facts = {
        "standard": world.standard.pk,
        "note": "扫了",
        "photo_before": (7,),
        "photo_after": (8,),
    }
    with pytest.raises(errors.BadReport):
        move(world, case, "self_handle", "grid_worker", **facts)
    assert unchanged(case)


def test_a_unit_returns_an_order_once_and_only_in_time(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_SIGN)
    case = move(world, case, "return_back", "handler", note="不是我们的")
    assert (case.stage, case.returned, case.handling_org_id) == (Stage.TO_DISPATCH, 1, None)
    case = move(world, case, "dispatch", "dispatcher", organization=world.organizations["CG"].pk)
    with pytest.raises(errors.WrongStage):
        move(world, case, "return_back", "handler", note="还不是")
    late = walk_to(
        world, opened(world, replace(RUBBISH, title="另一处", lon=120.001)), Stage.TO_SIGN
    )
    with pytest.raises(errors.WrongStage):
        make_move(
            late.pk, "return_back", by=world.actors["handler"], facts=Facts(note="晚了"), now=LATER
        )


def test_reassigning_keeps_the_clock(world: World) -> None:
    case = walk_to(world, opened(world), Stage.HANDLING)
    due = case.due_at
    case = move(
        world, case, "reassign", "dispatcher", organization=world.organizations["SW"].pk, note="换"
    )
    assert (case.stage, case.due_at, case.handler_id) == (Stage.TO_SIGN, due, None)


@pytest.mark.parametrize("outcome", ["duplicate", "not_solved", "nonsense"])
def test_feedback_takes_only_the_outcomes_of_work(world: World, outcome: str) -> None:
    case = walk_to(world, opened(world), Stage.HANDLING)
    with pytest.raises(errors.MissingFact) as refused:
        move(world, case, "feedback", "handler", outcome=outcome, note="x", public_reply="y")
    assert refused.value.field == "outcome"


@pytest.mark.parametrize("outcome", ["solved", "not_ours", "cannot_be_solved"])
def test_three_endings_stay_different(world: World, outcome: str) -> None:
    case = walk_to(world, opened(world), Stage.HANDLING)
    assert (
        move(
            world, case, "feedback", "handler", outcome=outcome, note="x", public_reply="y"
        ).outcome
        == outcome
    )


def test_declining_needs_a_reason_of_the_list(world: World) -> None:
    case = opened(world)
    with pytest.raises(errors.MissingFact) as refused:
        move(world, case, "decline", "acceptor", reason_code="whim", public_reply="不办")
    assert refused.value.field == "reason_code"


def test_redo_closes_the_first_order_as_not_solved_and_opens_a_linked_one(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_FOLLOW_UP)
    case = move(world, case, "redo", "follow_up", note="居民说还在")
    new = Case.objects.get(redo_of=case)
    assert (case.stage, case.outcome) == (Stage.CLOSED, Outcome.NOT_SOLVED)
    assert (new.stage, new.category_id, new.owner_id) == (
        Stage.TO_DISPATCH, case.category_id, world.staff["dispatcher"].pk,
    )  # fmt: skip


def test_closing_by_force_takes_two_people(world: World) -> None:
    case = walk_to(world, opened(world), Stage.HANDLING)
    leader = world.actors["leader"]
    facts = Facts(note="无法继续", public_reply="说明原因")
    with pytest.raises(errors.MissingFact):
        make_move(case.pk, "force_close", by=leader, facts=facts, now=MONDAY)
    with pytest.raises(errors.MissingFact):
        ask_force_close(case.pk, reason=" ", by=leader, now=MONDAY)
    ask_force_close(case.pk, reason="无法继续", by=leader, now=MONDAY)
    with pytest.raises(errors.WrongStage):
        ask_force_close(case.pk, reason="再问", by=world.actors["dispatcher"], now=MONDAY)
    with pytest.raises(errors.SamePerson):
        make_move(case.pk, "force_close", by=leader, facts=facts, now=MONDAY)
    other = replace(leader, staff_id=world.staff["clerk"].pk, name="老李")
    ended = make_move(case.pk, "force_close", by=other, facts=facts, now=MONDAY)
    assert (ended.stage, ended.outcome) == (Stage.CLOSED, Outcome.CANNOT_BE_SOLVED)


def test_a_case_is_merged_only_into_another_open_one_in_reach(world: World) -> None:
    case = opened(world)
    for survivor in (case.pk, 10**9):
        with pytest.raises(errors.MissingFact) as refused:
            move(world, case, "merge", "acceptor", survivor=survivor)
        assert refused.value.field == "survivor"
    other = opened(world, replace(RUBBISH, title="另一处", lon=120.001))
    move(world, other, "merge", "acceptor", survivor=case.pk)
    with pytest.raises(errors.Merged):
        move(world, other, "accept", "acceptor", category=world.category.pk)
    with pytest.raises(errors.WrongStage):
        move(world, walk_to(world, case, Stage.CLOSED), "split", "acceptor", note="没有并过")


def test_a_reporter_may_reopen_for_seven_days(world: World) -> None:
    case = walk_to(world, opened(world), Stage.CLOSED)
    report = Report.objects.get(case=case)
    words = {
        "satisfaction": "dissatisfied",
        "solved": "not_solved",
        "words": "还在",
        "channel": "web",
    }
    with pytest.raises(errors.WrongStage):
        rate_case(report.pk, **words, by=RESIDENT, now=LATER)
    assert unchanged(case)
    rate_case(report.pk, **words, by=RESIDENT, now=MONDAY + timedelta(days=7))
    assert Case.objects.get(pk=case.pk).stage == Stage.TO_DISPATCH


@pytest.mark.parametrize(("name", "value"), [("satisfaction", "great"), ("solved", "maybe")])
def test_a_rating_outside_the_list_is_refused(world: World, name: str, value: str) -> None:
    report = Report.objects.get(case=walk_to(world, opened(world), Stage.CLOSED))
    words = {
        "satisfaction": "satisfied",
        "solved": "solved",
        "words": "",
        "channel": "web",
        name: value,
    }
    with pytest.raises(errors.MissingFact) as refused:
        rate_case(report.pk, **words, by=RESIDENT, now=MONDAY)
    assert refused.value.field == name


def test_a_report_is_rated_once_a_round_and_must_exist(world: World) -> None:
    report = Report.objects.get(case=walk_to(world, opened(world), Stage.CLOSED))
    words = {"satisfaction": "satisfied", "solved": "solved", "words": "", "channel": "web"}
    rate_case(report.pk, **words, by=RESIDENT, now=MONDAY)
    with pytest.raises(errors.WrongStage):
        rate_case(report.pk, **words, by=RESIDENT, now=MONDAY)
    with pytest.raises(NotFound):
        rate_case(10**9, **words, by=RESIDENT, now=MONDAY)


def test_a_joined_report_can_be_taken_out_again(world: World) -> None:
    case = opened(world)
    report = Report.objects.get(case=case)
    with pytest.raises(errors.WrongStage):
        split_report(report.pk, by=world.actors["acceptor"], now=MONDAY)
    alarms = [
        receive_report(
            ReportDraft(
                title="水位高",
                intake_channel="iot_alarm",
                alarm_key="gauge-1",
                client_key=f"a{n}",
                lon=120.005,
                lat=30.005,
            ),
            by=SYSTEM,
            now=MONDAY,
        )
        for n in range(3)
    ]
    joined = Report.objects.get(pk=alarms[1].report_id)
    assert joined.case is not None
    assert joined.case.report_count == 3
    with pytest.raises(NotFound):
        split_report(10**9, by=world.actors["acceptor"], now=MONDAY)
    Report.objects.filter(pk=joined.pk).update(alarm_key="")
    new = split_report(joined.pk, by=world.actors["acceptor"], now=MONDAY)
    joined.refresh_from_db()
    assert (joined.case_id, joined.joined_because) == (new.pk, "")
    assert Case.objects.get(alarm_key="gauge-1", open=True).report_count == 2


def test_a_remark_needs_words_and_urging_a_case(world: World) -> None:
    case = opened(world)
    with pytest.raises(errors.MissingFact):
        remark(case.pk, note=" ", by=world.actors["acceptor"], now=MONDAY)
    with pytest.raises(errors.WrongStage):
        urge(10**9, by=RESIDENT, now=MONDAY)
    walk_to(world, case, Stage.CLOSED)
    with pytest.raises(errors.WrongStage):
        urge(Report.objects.get(case=case).pk, by=RESIDENT, now=MONDAY)


def test_a_hundred_replays_over_any_way_in_are_one_case(world: World) -> None:
    receipts = {
        receive_report(replace(RUBBISH, client_key=key), by=RESIDENT, now=MONDAY).receipt
        for key in ["k1"] * 50 + ["k2"] * 50
    }
    run_due(now=MONDAY)
    assert (len(receipts), Report.objects.count(), Case.objects.count()) == (1, 1, 1)


def test_every_move_leaves_one_audit_line_and_one_line_in_the_timeline(world: World) -> None:
    case = walk_to(world, opened(world), Stage.CLOSED)
    codes = [
        f"cases.{code}"
        for code in CaseMove.objects.filter(case=case)
        .exclude(code="report")
        .values_list("code", flat=True)
    ]
    lines = AuditLine.objects.filter(subject=f"cases.case:{case.pk}", action__in=codes)
    assert sorted(lines.values_list("action", flat=True)) == sorted(codes)


def merged_urgent(world: World) -> tuple[Case, Case]:
    """A missing cover merged into the heap of rubbish."""
    heap = opened(world)
    cover = opened(world, replace(RUBBISH, title="井盖没了", category_code="C0101", lon=120.001))
    assert (cover.urgent, heap.urgent) == (True, False)
    move(world, cover, "merge", "acceptor", survivor=heap.pk)
    heap.refresh_from_db()
    return cover, heap


def test_what_is_merged_into_a_case_leaves_it_urgent_until_it_is_split_off(world: World) -> None:
    cover, heap = merged_urgent(world)
    assert heap.urgent
    assert InboxEntry.objects.get(kind="case", matter_id=heap.pk).pressing
    assert cover.number in heap.proposal.urgent.sentence
    assert Notice.objects.get(about=f"merged:{cover.pk}:{heap.pk}").staff_id == heap.owner_id
    heap = move(world, heap, "accept", "acceptor", category=world.category.pk)
    assert heap.urgent, "the class alone is not urgent"

    move(world, cover, "split", "acceptor", note="不是同一件")
    heap.refresh_from_db()
    assert not heap.urgent
    assert heap.proposal.urgent.sentence.startswith("一般")
    assert not InboxEntry.objects.get(kind="case", matter_id=heap.pk).pressing


def test_splitting_is_counted_in_every_case_above(world: World) -> None:
    cover, heap = merged_urgent(world)
    lamp = opened(world, replace(RUBBISH, title="路灯不亮", body="路灯坏了", lon=120.003))
    move(world, heap, "merge", "acceptor", survivor=lamp.pk)
    lamp.refresh_from_db()
    assert (lamp.report_count, lamp.urgent) == (3, True)
    move(world, cover, "split", "acceptor", note="不是同一件")
    for case, count in ((cover, 1), (heap, 1), (lamp, 2)):
        case.refresh_from_db()
        assert case.report_count == count
    assert (lamp.urgent, heap.urgent, cover.urgent) == (False, False, True)
    move(world, heap, "split", "acceptor", note="也不是")
    lamp.refresh_from_db()
    assert lamp.report_count == 1


def test_work_sent_back_to_somebody_who_left_goes_to_the_unit(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_CHECK)
    end_employment(world.staff["handler"].pk, by=world.actors["system_admin"], now=MONDAY)
    sent_back = Facts(note="还有一车")
    make_move(case.pk, "rework", by=world.actors["checker"], facts=sent_back, now=MONDAY)
    case.refresh_from_db()
    assert (case.stage, case.owner_id) == (Stage.HANDLING, world.staff["unit_leader"].pk)
    assert "已离职" in CaseMove.objects.get(case=case, code="rework").note

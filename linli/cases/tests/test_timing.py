"""延期, 挂账, 超时申诉 and another class: what they change, what they leave alone, and who may not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from linli.cases.actions.effects import CASES
from linli.cases.actions.moving import make_move
from linli.cases.actions.timing import (
    appeal_overtime,
    ask_extension,
    endorse_extension,
    grant_extension,
    reclassify,
    resume,
    review_appeal,
    suspend,
)
from linli.cases.errors import MissingFact, SamePerson, WrongStage
from linli.cases.facts import Facts
from linli.cases.flow import Stage
from linli.cases.models import (
    Case,
    CaseMove,
    Category,
    Deadline,
    Escalation,
    Extension,
    FilingStandard,
    Suspension,
)
from linli.kernel.calendar.local import LOCAL
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.jobs.queue import run_due
from linli.kernel.matters.clocks import notify_due, run_of
from linli.kernel.matters.models import InboxEntry
from linli.kernel.notify.models import Notice
from tests.walks import RUBBISH, opened, step, walk_to
from tests.world import MONDAY, World


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def handled(world: World, limit: str = "2工作日") -> Case:
    """A case in handling since Monday 2026-03-09 09:00."""
    FilingStandard.objects.filter(pk=world.standard.pk).update(time_limit=limit)
    return walk_to(world, opened(world), Stage.HANDLING)


def running(case: Case) -> Deadline:
    return Deadline.objects.get(case=case, stopped_at=None)


def extended(world: World, case: Case, now: datetime) -> Extension:
    asked = ask_extension(case.pk, reason="配件未到货", by=world.actors["handler"], now=now)
    endorse_extension(asked.pk, agree=True, by=world.actors["unit_leader"], now=now)
    return grant_extension(asked.pk, agree=True, by=world.actors["dispatcher"], now=now)


def stored_equals_recomputed(case: Case) -> bool:
    return all(
        run_of(CASES, case, row).due.at == row.due_at for row in Deadline.objects.filter(case=case)
    )


def test_each_extension_adds_one_limit_from_the_start_and_a_third_is_refused(world: World) -> None:
    case = handled(world)
    assert running(case).due_at == at("2026-03-11T09:00")
    extended(world, case, at("2026-03-10T10:00"))
    assert running(case).due_at == at("2026-03-13T09:00")
    extended(world, case, at("2026-03-12T10:00"))
    assert running(case).due_at == at("2026-03-17T09:00")
    with pytest.raises(WrongStage, match="最多延期 2 次"):
        ask_extension(
            case.pk, reason="再等等", by=world.actors["handler"], now=at("2026-03-13T10:00")
        )
    case.refresh_from_db()
    assert case.due_at == at("2026-03-17T09:00")
    assert stored_equals_recomputed(case)


def test_a_refused_request_does_not_count_and_says_why(world: World) -> None:
    case, now = handled(world), at("2026-03-09T10:00")
    for _ in range(3):
        asked = ask_extension(case.pk, reason="配件未到货", by=world.actors["handler"], now=now)
        with pytest.raises(MissingFact, match="不同意的理由"):
            endorse_extension(asked.pk, agree=False, by=world.actors["unit_leader"], now=now)
        endorse_extension(
            asked.pk, agree=False, opinion="库房有货", by=world.actors["unit_leader"], now=now
        )
    assert running(case).extensions == 0
    assert running(case).due_at == at("2026-03-11T09:00")
    extended(world, case, now)
    assert running(case).extensions == 1


def test_an_extension_is_asked_for_before_it_is_overdue(world: World) -> None:
    case = handled(world)
    with pytest.raises(WrongStage, match="已经超时"):
        ask_extension(
            case.pk, reason="来不及", by=world.actors["handler"], now=at("2026-03-11T09:01")
        )
    assert not Extension.objects.exists()
    ask_extension(case.pk, reason="来不及", by=world.actors["handler"], now=at("2026-03-11T09:00"))


def test_an_extension_needs_two_other_people_in_order(world: World) -> None:
    case, now = handled(world), at("2026-03-09T10:00")
    asked = ask_extension(case.pk, reason="配件未到货", by=world.actors["handler"], now=now)
    told = Notice.objects.get(about=f"extension:{asked.pk}:endorse")
    assert told.staff == world.staff["unit_leader"]
    with pytest.raises(WrongStage, match="在审批"):
        ask_extension(case.pk, reason="配件未到货", by=world.actors["handler"], now=now)
    with pytest.raises(WrongStage, match="先由承办单位负责人"):
        grant_extension(asked.pk, agree=True, by=world.actors["dispatcher"], now=now)
    with pytest.raises(NotAllowed):
        endorse_extension(asked.pk, agree=True, by=world.actors["dispatcher"], now=now)
    with pytest.raises(NotAllowed):
        grant_extension(asked.pk, agree=True, by=world.actors["supervisor"], now=now)
    assert running(case).extensions == 0


def test_another_unit_cannot_ask_for_this_one(world: World) -> None:
    case = handled(world)
    with pytest.raises(NotFound):
        ask_extension(case.pk, reason="帮个忙", by=world.actors["other_handler"], now=MONDAY)


def test_the_leader_of_a_unit_does_not_endorse_the_own_request(world: World) -> None:
    case, now = handled(world), at("2026-03-09T10:00")
    asked = ask_extension(case.pk, reason="配件未到货", by=world.actors["unit_leader"], now=now)
    with pytest.raises(SamePerson):
        endorse_extension(asked.pk, agree=True, by=world.actors["unit_leader"], now=now)


def test_told_levels_stay_told_and_the_new_time_is_told_again(world: World) -> None:
    case = handled(world)
    now = at("2026-03-11T08:30")
    notify_due(now=now)
    told = Escalation.objects.filter(deadline=running(case)).count()
    assert told == 1
    extended(world, case, now)
    assert notify_due(now=now) == 0
    assert notify_due(now=at("2026-03-13T09:00")) == 2
    assert notify_due(now=at("2026-03-13T09:00")) == 0


def test_a_suspended_clock_stands_still_and_runs_on_by_itself(world: World) -> None:
    case = handled(world)
    until = at("2026-03-12T00:00")
    suspend(
        case.pk,
        until=until,
        reason="等待产权单位",
        by=world.actors["dispatcher"],
        now=at("2026-03-09T15:00"),
    )
    assert running(case).due_at == at("2026-03-13T12:00")
    case.refresh_from_db()
    assert case.suspended_until == until
    assert run_due(now=until - timedelta(minutes=1)) == 0
    assert run_due(now=until) == 1
    case.refresh_from_db()
    assert case.suspended_until is None
    assert Suspension.objects.get().resumed_at == until
    assert running(case).due_at == at("2026-03-13T12:00")
    assert stored_equals_recomputed(case)
    assert notify_due(now=at("2026-03-12T08:00")) == 0


def test_an_early_resumption_gives_back_the_rest_of_the_pause(world: World) -> None:
    case, by = handled(world), world.actors["dispatcher"]
    pause = suspend(
        case.pk,
        until=at("2026-03-20T00:00"),
        reason="等待产权单位",
        by=by,
        now=at("2026-03-09T15:00"),
    )
    resume(pause.pk, by=by, now=at("2026-03-10T09:00"))
    # Three working hours were lost on Monday afternoon and one on Tuesday morning.
    assert running(case).due_at == at("2026-03-11T15:00")
    assert stored_equals_recomputed(case)
    with pytest.raises(WrongStage, match="只能挂账一次"):
        suspend(
            case.pk,
            until=at("2026-03-20T00:00"),
            reason="又要等",
            by=by,
            now=at("2026-03-10T10:00"),
        )


@pytest.mark.parametrize("until", ["2026-03-09T10:00", "2027-03-09T10:01"])
def test_a_suspension_ends_ahead_and_within_a_year(world: World, until: str) -> None:
    case = handled(world)
    with pytest.raises(MissingFact, match="一年之内"):
        suspend(
            case.pk,
            until=at(until),
            reason="等待",
            by=world.actors["dispatcher"],
            now=at("2026-03-09T10:00"),
        )
    assert not Suspension.objects.exists()


def test_who_filed_the_case_cannot_suspend_it(world: World) -> None:
    case = handled(world)
    with pytest.raises(NotAllowed):
        suspend(
            case.pk,
            until=at("2026-03-12T00:00"),
            reason="等待",
            by=world.actors["supervisor"],
            now=MONDAY,
        )


def late(world: World) -> Case:
    return finished(world, handled(world), at("2026-03-11T10:00"))


def finished(world: World, case: Case, done: datetime) -> Case:
    facts = Facts(outcome="solved", note="修好", public_reply="已修好")
    make_move(case.pk, "feedback", by=world.actors["handler"], facts=facts, now=done)
    make_move(case.pk, "pass_check", by=world.actors["checker"], facts=Facts(note="看过"), now=done)
    facts = Facts(closing_condition_met=True)
    return make_move(case.pk, "close", by=world.actors["supervisor"], facts=facts, now=done)


def test_a_granted_appeal_changes_the_statistic_and_not_the_fact(world: World) -> None:
    case, now = late(world), at("2026-03-12T10:00")
    before = Deadline.objects.get(case=case, clock="handle")
    appeal = appeal_overtime(case.pk, reason="暴雨停工", by=world.actors["handler"], now=now)
    with pytest.raises(WrongStage, match="不能再次申诉"):
        appeal_overtime(case.pk, reason="暴雨停工", by=world.actors["handler"], now=now)
    review_appeal(appeal.pk, agree=True, by=world.actors["evaluator"], now=now)
    assert Deadline.objects.get(pk=before.pk).excused_at is None
    with pytest.raises(SamePerson):
        review_appeal(appeal.pk, agree=True, by=world.actors["evaluator"], now=now)
    review_appeal(appeal.pk, agree=True, by=world.actors["supervisor"], now=now)
    after = Deadline.objects.get(pk=before.pk)
    assert after.excused_at == now
    assert (after.due_at, after.stopped_at) == (before.due_at, before.stopped_at)


def test_one_reviewer_is_enough_to_refuse(world: World) -> None:
    case, now = late(world), at("2026-03-12T10:00")
    appeal = appeal_overtime(case.pk, reason="暴雨停工", by=world.actors["handler"], now=now)
    review_appeal(appeal.pk, agree=False, opinion="当日无雨", by=world.actors["evaluator"], now=now)
    with pytest.raises(WrongStage, match="已有结论"):
        review_appeal(appeal.pk, agree=True, by=world.actors["supervisor"], now=now)
    assert Deadline.objects.get(case=case, clock="handle").excused_at is None


def test_only_an_overtime_of_a_closed_case_is_appealed(world: World) -> None:
    case = handled(world)
    with pytest.raises(WrongStage, match="结案以后"):
        appeal_overtime(case.pk, reason="忙", by=world.actors["handler"], now=MONDAY)
    finished(world, case, MONDAY)
    with pytest.raises(WrongStage, match="没有超时"):
        appeal_overtime(case.pk, reason="忙", by=world.actors["handler"], now=MONDAY)


def test_another_class_means_another_limit_from_the_same_start(world: World) -> None:
    case = handled(world)
    road = Category.objects.create(
        code="E0113", kind="event", major_code="01", major_name="市容环境", name="道路破损"
    )
    standard = FilingStandard.objects.create(
        category=road,
        filing_condition="路面破损",
        time_limit="5工作日",
        closing_condition="修复",
        valid_from=MONDAY.date(),
    )
    now = at("2026-03-10T10:00")
    reclassify(
        case.pk,
        category=road.pk,
        standard=standard.pk,
        reason="实为路面破损",
        by=world.actors["supervisor"],
        now=now,
    )
    case.refresh_from_db()
    assert (case.category, case.standard) == (road, standard)
    assert case.due_at == running(case).due_at == at("2026-03-16T09:00")
    line = CaseMove.objects.get(case=case, code="reclassify")
    assert (line.facts["category"], line.facts["limit"]) == ("道路破损", "5工作日")
    assert stored_equals_recomputed(case)


def test_a_shorter_limit_that_is_over_is_told_at_once(world: World) -> None:
    case = handled(world, "5工作日")
    standard = FilingStandard.objects.create(
        category=world.category,
        filing_condition="大量堆积",
        time_limit="4工作时",
        closing_condition="清除",
        valid_from=MONDAY.date(),
    )
    now = at("2026-03-10T10:00")
    reclassify(
        case.pk,
        category=world.category.pk,
        standard=standard.pk,
        reason="量大",
        by=world.actors["supervisor"],
        now=now,
    )
    assert running(case).due_at == at("2026-03-09T15:00")
    assert notify_due(now=now) == 3


def test_a_line_without_a_running_clock_is_refused(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_CHECK)
    with pytest.raises(WrongStage, match="不在处置环节"):
        ask_extension(case.pk, reason="等", by=world.actors["handler"], now=MONDAY)


def merged_and_split(world: World, case: Case, now: datetime) -> None:
    other = opened(world, replace(RUBBISH, title="另一处", lon=120.001))
    facts = Facts(survivor=other.pk, note="同一件")
    for move in ("merge", "split"):
        make_move(case.pk, move, by=world.actors["acceptor"], facts=facts, now=now)


def fed_back_and_reworked(world: World, case: Case, now: datetime) -> None:
    case = step(world, case, "feedback", "handler", at=now)
    make_move(case.pk, "rework", by=world.actors["checker"], facts=Facts(note="没好"), now=now)


@pytest.mark.parametrize("between", [extended, merged_and_split, fed_back_and_reworked])
def test_a_case_is_shown_suspended_as_long_as_its_clock_stands(
    world: World, between: Callable[[World, Case, datetime], object]
) -> None:
    case, until = handled(world), at("2026-03-12 00:00")
    suspend(case.pk, until=until, reason="等配件", by=world.actors["dispatcher"], now=MONDAY)
    between(world, case, MONDAY + timedelta(hours=2))
    case.refresh_from_db()
    assert case.stage == Stage.HANDLING
    assert (
        case.suspended_until
        == InboxEntry.objects.get(kind="case", matter_id=case.pk).suspended_until
        == until
    )
    run_due(now=until)
    case.refresh_from_db()
    assert case.suspended_until is None

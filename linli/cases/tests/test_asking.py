"""A request is answered once, by people who have nothing to do with it; played on extensions, appeals and the rest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.cases.actions.dispatching import raise_dispute, rule_dispute
from linli.cases.actions.moving import make_move
from linli.cases.actions.remarks import ask_force_close
from linli.cases.actions.timing import (
    appeal_overtime,
    ask_extension,
    endorse_extension,
    grant_extension,
    review_appeal,
)
from linli.cases.facts import Facts
from linli.cases.flow import Stage
from linli.cases.models import (
    Case,
    CaseMove,
    Deadline,
    DispatchDispute,
    Extension,
    ForceCloseRequest,
    OvertimeAppeal,
)
from linli.cases.queries import roles_of
from linli.kernel.acting import EVERYWHERE, SYSTEM, Actor
from linli.kernel.engine.rows import get
from linli.kernel.errors import LinliError, NotAllowed, NotFound
from linli.kernel.matters.asking import waiting_requests
from linli.kernel.matters.errors import MissingFact, SamePerson, WrongStage
from linli.kernel.matters.kinds import kinds
from linli.kernel.notify.models import Notice
from tests.walks import opened, step, walk_to
from tests.world import MONDAY, World

RIGHTS = (
    "cases.handle", "cases.endorse_extension", "cases.grant_extension", "cases.review_appeal", "cases.force_close",
    "cases.ask_force_close", "cases.view",
)  # fmt: skip
PEOPLE = ("handler", "unit_leader", "dispatcher", "evaluator", "supervisor", "leader")


def mighty(world: World, who: str) -> Actor:
    """The same person with every right of a request, so that only the rule is left to refuse."""
    return replace(world.actors[who], grants=dict.fromkeys(RIGHTS, EVERYWHERE))


def handled(world: World) -> Case:
    return walk_to(world, opened(world), Stage.HANDLING)


def late(world: World) -> Case:
    case = walk_to(world, opened(world), Stage.CLOSED)
    run = Deadline.objects.get(case=case, clock="handle")
    Deadline.objects.filter(pk=run.pk).update(due_at=run.starts_at - timedelta(minutes=1))
    return case


def asked(world: World) -> Extension:
    return ask_extension(
        handled(world).pk, reason="配件未到", by=world.actors["handler"], now=MONDAY
    )


@contextmanager
def a_fresh_start() -> Iterator[None]:
    """Undo what one example did, so that the next one begins with the same world."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def codes(actor: Actor) -> list[str]:
    return [one.code for one in waiting_requests(actor)]


@settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    answers=st.lists(
        st.tuples(
            st.sampled_from(PEOPLE[:3]),
            st.sampled_from(("endorse", "decide", "endorse", "ask")),
            st.booleans(),
        ),
        min_size=4,
        max_size=14,
    )
)
def test_whatever_the_order_nobody_answers_twice_or_for_themselves(
    world: World, answers: list[tuple[str, str, bool]]
) -> None:
    with a_fresh_start():
        case = handled(world)
        decisions: dict[int, int] = {}
        for who, step, agree in [("handler", "ask", True), *answers]:
            by = mighty(world, who)
            waiting = Extension.objects.filter(case=case).order_by("-pk").first()
            row_id = waiting.pk if waiting else 0
            with suppress(LinliError):
                if step == "ask":
                    ask_extension(case.pk, reason="配件未到", by=by, now=MONDAY)
                else:
                    verb = endorse_extension if step == "endorse" else grant_extension
                    done = verb(row_id, agree=agree, opinion="已核", by=by, now=MONDAY)
                    decisions[row_id] = decisions.get(row_id, 0) + (done.granted is not None)

        rows = list(Extension.objects.filter(case=case))
        handlers = roles_of(case).handlers
        assert all(number <= 1 for number in decisions.values())
        assert sum(row.granted is None for row in rows) <= 1
        for row in rows:
            assert row.asked_by_id not in {row.endorsed_by_id, row.decided_by_id}
            if row.granted:
                assert row.endorsed_by_id is not None
                assert row.decided_by_id not in {row.endorsed_by_id, *handlers}
        granted = sum(row.granted is True for row in rows)
        assert Deadline.objects.get(case=case, stopped_at=None).extensions == granted
        assert CaseMove.objects.filter(case=case, code="extend").count() == granted


@settings(
    max_examples=10, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(answers=st.lists(st.tuples(st.sampled_from(PEOPLE), st.booleans()), min_size=2, max_size=8))
def test_two_reviewers_are_two_and_neither_worked_on_it(
    world: World, answers: list[tuple[str, bool]]
) -> None:
    with a_fresh_start():
        case = late(world)
        appeal = appeal_overtime(case.pk, reason="暴雨", by=world.actors["handler"], now=MONDAY)
        for who, agree in answers:
            with suppress(LinliError):
                review_appeal(
                    appeal.pk, agree=agree, opinion="属实", by=mighty(world, who), now=MONDAY
                )
        appeal.refresh_from_db()
        voices = {appeal.asked_by_id, *roles_of(case).handlers}
        assert not voices & {appeal.endorsed_by_id, appeal.decided_by_id}
        if appeal.granted:
            assert appeal.endorsed_by_id not in {None, appeal.decided_by_id}
        excused = Deadline.objects.get(pk=appeal.deadline_id).excused_at is not None
        assert excused == (appeal.granted is True)


def test_a_second_answer_is_refused_and_says_who_gave_the_first(world: World) -> None:
    row = asked(world)
    leader = world.actors["unit_leader"]
    endorse_extension(row.pk, agree=False, opinion="库房有货", by=leader, now=MONDAY)
    with pytest.raises(WrongStage, match=f"已有结论，{leader.name}已经裁定"):
        endorse_extension(row.pk, agree=True, by=mighty(world, "evaluator"), now=MONDAY)
    row.refresh_from_db()
    assert (row.granted, row.opinion, row.endorsed_at) == (False, "库房有货", None)


def test_whoever_asked_hears_the_result(world: World) -> None:
    row = asked(world)
    endorse_extension(row.pk, agree=True, by=world.actors["unit_leader"], now=MONDAY)
    assert not Notice.objects.filter(about=f"extension:{row.pk}:result").exists()
    grant_extension(row.pk, agree=True, by=world.actors["dispatcher"], now=MONDAY)
    told = Notice.objects.get(about=f"extension:{row.pk}:result")
    assert told.staff == world.staff["handler"]
    assert told.text.startswith("延期申请已获同意：")


def test_words_that_are_too_long_are_refused_and_not_cut(world: World) -> None:
    case = handled(world)
    with pytest.raises(MissingFact, match="301 个字，最多 300"):
        ask_extension(case.pk, reason="长" * 301, by=world.actors["handler"], now=MONDAY)
    with pytest.raises(MissingFact, match="延期申请的理由"):
        ask_extension(case.pk, reason=" ", by=world.actors["handler"], now=MONDAY)
    assert not Extension.objects.exists()


def test_an_extension_is_endorsed_inside_the_unit_only(world: World) -> None:
    row = asked(world)
    with pytest.raises(NotAllowed, match="别的承办单位"):
        endorse_extension(
            row.pk, agree=True,
            by=replace(
                world.actors["other_handler"],
                grants={"cases.endorse_extension": EVERYWHERE},
            ),
            now=MONDAY,
        )  # fmt: skip
    row.refresh_from_db()
    assert row.endorsed_at is None
    with pytest.raises(NotFound, match="没有这个延期申请"):
        endorse_extension(10**9, agree=True, by=world.actors["unit_leader"], now=MONDAY)


def test_nobody_asks_or_answers_without_a_name(world: World) -> None:
    case = handled(world)
    with pytest.raises(NotAllowed, match="有姓名"):
        ask_extension(case.pk, reason="配件未到", by=SYSTEM, now=MONDAY)
    row = ask_extension(case.pk, reason="配件未到", by=world.actors["handler"], now=MONDAY)
    with pytest.raises(NotAllowed, match="有姓名"):
        endorse_extension(row.pk, agree=True, by=SYSTEM, now=MONDAY)
    assert Extension.objects.get().granted is None


def test_a_forced_closing_is_granted_by_the_move_of_another_person(world: World) -> None:
    case = handled(world)
    leader = world.actors["leader"]
    facts = Facts(note="已拆迁", public_reply="说明原因")
    ask_force_close(case.pk, reason="无法继续", by=leader, now=MONDAY)
    with pytest.raises(WrongStage, match="已有一个强制结案申请"):
        ask_force_close(case.pk, reason="再问", by=world.actors["dispatcher"], now=MONDAY)
    assert "force_close" not in codes(leader)
    other = replace(leader, staff_id=world.staff["clerk"].pk, name="老李")
    assert "force_close" in codes(other)
    with pytest.raises(SamePerson):
        make_move(case.pk, "force_close", by=leader, facts=facts, now=MONDAY)
    assert ForceCloseRequest.objects.get().granted is None
    make_move(case.pk, "force_close", by=other, facts=facts, now=MONDAY)
    row = ForceCloseRequest.objects.get()
    assert (row.granted, row.decided_by, row.opinion) == (True, world.staff["clerk"], "已拆迁")
    with pytest.raises(WrongStage, match="已经结束"):
        ask_force_close(case.pk, reason="再来", by=leader, now=MONDAY)


def test_a_request_stands_on_the_desk_of_whoever_may_take_the_next_step(world: World) -> None:
    row = asked(world)
    people = {who: world.actors[who] for who in PEOPLE}
    assert [who for who, one in people.items() if codes(one)] == ["unit_leader"]
    endorse_extension(row.pk, agree=True, by=world.actors["unit_leader"], now=MONDAY)
    assert {who for who, one in people.items() if codes(one)} == {"dispatcher", "leader"}
    (found,) = waiting_requests(world.actors["dispatcher"])
    assert (found.kind, found.matter, found.reason) == ("case", get(Case, row.case_id), "配件未到")
    grant_extension(row.pk, agree=True, by=world.actors["dispatcher"], now=MONDAY)
    assert not any(codes(one) for one in people.values())


def test_every_line_and_right_of_a_request_is_one_of_the_flow() -> None:
    for kind in kinds():
        for rule in kind.requests:
            steps = [rule.ask, rule.decide, *([rule.endorse] if rule.endorse else [])]
            lines = {*(step.code for step in steps), rule.granted, rule.refused} - {""}
            assert lines <= set(kind.flow.lines), rule.code
            assert {step.may for step in steps} <= kind.flow.rights, rule.code


def test_the_first_reviewer_is_not_the_second_and_a_refusal_says_why(world: World) -> None:
    case = late(world)
    appeal = appeal_overtime(case.pk, reason="暴雨", by=world.actors["handler"], now=MONDAY)
    evaluator = world.actors["evaluator"]
    review_appeal(appeal.pk, agree=True, by=evaluator, now=MONDAY)
    assert codes(evaluator) == []
    with pytest.raises(SamePerson, match="已经同意过"):
        review_appeal(appeal.pk, agree=True, by=evaluator, now=MONDAY)
    with pytest.raises(MissingFact, match="不同意的理由"):
        review_appeal(appeal.pk, agree=False, by=world.actors["supervisor"], now=MONDAY)
    assert OvertimeAppeal.objects.get().granted is None


def test_what_one_unit_asked_for_does_not_lengthen_the_clock_of_another(world: World) -> None:
    row = asked(world)
    endorse_extension(row.pk, agree=True, by=world.actors["unit_leader"], now=MONDAY)
    facts = Facts(note="不归我们", organization=world.organizations["SW"].pk)
    for move, who in (("return_back", "handler"), ("dispatch", "dispatcher")):
        make_move(row.case_id, move, by=world.actors[who], facts=facts, now=MONDAY)
    due = Deadline.objects.get(case=row.case_id, stopped_at=None).due_at

    assert codes(world.actors["dispatcher"]) == []
    with pytest.raises(WrongStage, match="已有结论"):
        grant_extension(row.pk, agree=True, by=world.actors["dispatcher"], now=MONDAY)
    assert Deadline.objects.get(case=row.case_id, stopped_at=None).due_at == due
    row.refresh_from_db()
    assert (row.granted, row.decided_by, row.decided_at) == (False, None, MONDAY)
    assert row.opinion == "此案已不在原承办单位手上，延期申请自动失效。"
    told = Notice.objects.get(about=f"extension:{row.pk}:lapsed")
    assert told.staff == world.staff["handler"]
    ask_extension(row.case_id, reason="我们也要", by=world.actors["other_handler"], now=MONDAY)


def test_a_dispute_ends_with_the_work_that_the_unit_did_after_all(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_SIGN)
    unit = Facts(note="不归我们", organization=world.organizations["CG"].pk)
    make_move(case.pk, "return_back", by=world.actors["handler"], facts=unit, now=MONDAY)
    make_move(case.pk, "dispatch", by=world.actors["dispatcher"], facts=unit, now=MONDAY)
    dispute = raise_dispute(case.pk, reason="归水务", by=world.actors["handler"], now=MONDAY)
    case = step(world, step(world, case, "sign_for", "handler"), "feedback", "handler")
    with pytest.raises(WrongStage, match="已有结论"):
        rule_dispute(
            dispute.pk, organization=world.organizations["SW"].pk, opinion="归水务",
            by=world.actors["leader"], now=MONDAY,
        )  # fmt: skip
    case.refresh_from_db()
    assert not case.designated
    assert DispatchDispute.objects.get().opinion.startswith("此案已不在原承办单位手上")


def test_nobody_ends_a_case_that_lives_again_with_an_old_request(world: World) -> None:
    case = handled(world)
    ask_force_close(case.pk, reason="业主失联", by=world.actors["dispatcher"], now=MONDAY)
    case = walk_to(world, case, Stage.CLOSED)
    assert ForceCloseRequest.objects.get().opinion == "此案已经结束，强制结案申请自动失效。"
    resident = replace(
        world.actors["supervisor"], staff_id=None, grants={"cases.reopen": EVERYWHERE}
    )
    make_move(case.pk, "reopen", by=resident, facts=Facts(note="又堆了"), now=MONDAY)
    with pytest.raises(MissingFact, match="另一位同事提出"):
        make_move(
            case.pk, "force_close", by=world.actors["leader"],
            facts=Facts(note="同意", public_reply="说明"), now=MONDAY,
        )  # fmt: skip
    case.refresh_from_db()
    assert case.open

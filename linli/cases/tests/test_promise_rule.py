"""What may be promised at each stage: the rule alone."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from linli.cases.flow import Stage
from linli.cases.promise import (
    PROMISED_AT,
    Promise,
    Promised,
    changed,
    newly_promised,
    noted,
    promised_after,
)
from tests.world import MONDAY

ANSWER = Promise(Promised.ANSWER, MONDAY + timedelta(days=1))
DUE = Promise(Promised.HANDLING, MONDAY + timedelta(hours=6))
LATER = Promise(Promised.HANDLING, datetime.fromisoformat("2027-01-06T16:00+08:00"), True)


def after(
    stage: Stage, standing: Promise | None = None, handling: Promise | None = None
) -> Promise | None:
    return promised_after(stage, standing=standing, handling=handling, answer=lambda: ANSWER)


def test_every_stage_says_what_it_promises() -> None:
    assert set(PROMISED_AT) == set(Stage)


@pytest.mark.parametrize(
    "stage", [Stage.RECEIVED, Stage.VERIFYING, Stage.ACCEPTED, Stage.TO_DISPATCH]
)
def test_before_a_unit_has_it_only_an_answer_is_promised(stage: Stage) -> None:
    assert after(stage) == ANSWER
    assert after(stage, handling=DUE) == ANSWER


@pytest.mark.parametrize("stage", [Stage.TO_SIGN, Stage.HANDLING])
def test_a_units_due_takes_the_place_of_the_answer(stage: Stage) -> None:
    assert after(stage, ANSWER, DUE) == DUE
    assert after(stage, None, None) is None


def test_what_stands_stays_while_the_work_is_checked_and_when_it_is_sent_back() -> None:
    assert after(Stage.TO_CHECK, DUE) == DUE
    assert after(Stage.TO_CHECK) is None
    assert after(Stage.TO_DISPATCH, DUE) == DUE


@pytest.mark.parametrize(
    "stage", [Stage.TO_FOLLOW_UP, Stage.CLOSED, Stage.NOT_ACCEPTED, Stage.CANCELLED]
)
def test_nothing_is_promised_any_more_once_it_is_done_or_over(stage: Stage) -> None:
    assert after(stage, DUE, DUE) is None


def test_the_words_say_what_is_promised_and_whether_it_is_provisional() -> None:
    assert ANSWER.sentence == "最晚3月10日 09:00前答复"
    assert DUE.sentence == "承诺3月9日 15:00前办理"
    assert LATER.sentence == "承诺1月6日 16:00前办理（按暂定日历）"
    assert (ANSWER.done_by, DUE.done_by) == (False, True)


def test_a_line_notes_a_change_and_only_a_change() -> None:
    assert noted(DUE, DUE) == {}
    first = noted(None, ANSWER, why="一个工作日")
    given = noted(ANSWER, DUE)
    moved = noted(DUE, LATER)
    ended = noted(LATER, None, why="不说")

    assert first["promise_why"] == "一个工作日"
    assert [changed(facts) for facts in (first, given, moved, ended, {})] == [
        False, False, True, False, False,
    ]  # fmt: skip
    assert newly_promised(moved) == LATER
    assert newly_promised(given) is None
    assert "promise_why" not in ended

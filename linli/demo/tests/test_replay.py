"""A story that is played leaves the rows that the real moves would have left."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pytest

from linli.cases.flow import Outcome, Stage
from linli.demo.build import DemoSummary, chronicle_of
from linli.demo.history import _opened
from linli.demo.matters import Chronicle
from linli.demo.presence import plan_in_place
from linli.demo.replay import Played, play
from linli.demo.story import Matter, Story
from linli.demo.tests.conftest import NOW

START = datetime.fromisoformat("2026-11-09T09:00:00+08:00")
"""A Monday."""


@pytest.fixture
def chronicle(demo: DemoSummary) -> Chronicle:
    plan = plan_in_place()
    assert plan is not None
    return chronicle_of(plan)


@pytest.fixture
def story(chronicle: Chronicle) -> Story:
    """小广告 on a wall (1工作日), dispatched at nine and signed for."""
    rng = Random(1)
    cast = chronicle.cast
    voice = chronicle.voice(START, "E0201", chronicle.spot_for("E0201", rng), rng, channel="wechat")
    matter = Matter(
        "t", voice, cast.categories["E0201"], cast.standards["E0201"][0], cast.units["E0201"]
    )
    told = Story(matter, START)
    told.add("accept", START, cast.by_role["acceptor"][0])
    told.add("register", START, cast.by_role["shift_supervisor"][0])
    told.add("dispatch", START, cast.by_role["dispatcher"][0], unit=matter.unit)
    told.add("sign_for", START + timedelta(minutes=30), cast.handlers[matter.unit.pk][0])
    return told


def played(chronicle: Chronicle, story: Story, now: datetime = NOW) -> Played:
    leader = chronicle.cast.by_role["leader"][0]
    return play(story, _opened(chronicle, story, Random(1)), leader=leader, now=now)


def clocks(found: Played) -> list[str]:
    return [row.clock for row in found.deadlines]


def feed_back(story: Story, at: datetime) -> None:
    handler = next(step.by for step in story.steps if step.code == "sign_for")
    story.add(
        "feedback", at, handler, outcome=Outcome.SOLVED, note="清除干净。", public_reply="已清除。"
    )


def test_work_that_was_returned_gets_no_new_time(chronicle: Chronicle, story: Story) -> None:
    checker = chronicle.cast.by_role["checker"][0]
    feed_back(story, START + timedelta(hours=2))
    story.add("rework", START + timedelta(hours=3), checker, note="还有残留。")
    again = START + timedelta(hours=26)
    feed_back(story, again)
    found = played(chronicle, story)
    assert clocks(found).count("handle") == 1
    handle = next(row for row in found.deadlines if row.clock == "handle")
    assert handle.stopped_at == again
    assert handle.due_at.isoformat() == "2026-11-10T01:00:00+00:00"
    assert [(row.level, row.overdue) for row in found.escalations if row.deadline is handle] == [
        (0, False),
        (1, True),
    ]
    assert (found.case.reworked, found.case.stage) == (1, Stage.TO_CHECK)


def test_what_lies_after_now_has_not_happened(chronicle: Chronicle, story: Story) -> None:
    feed_back(story, NOW + timedelta(hours=1))
    found = played(chronicle, story)
    assert found.case.stage == Stage.HANDLING
    assert found.case.open
    running = [row for row in found.deadlines if row.stopped_at is None]
    assert [row.clock for row in running] == ["handle"]
    assert found.case.due_at == running[0].due_at
    assert running[0].next_level == 3
    assert running[0].next_at is None


def test_an_order_that_was_returned_starts_a_new_clock_with_the_next_dispatch(
    chronicle: Chronicle, story: Story
) -> None:
    unit = story.matter.unit
    back = START + timedelta(hours=1)
    story.add("return_back", back, chronicle.cast.handlers[unit.pk][1], note="不属本单位。")
    story.add(
        "dispatch", back + timedelta(minutes=5), chronicle.cast.by_role["dispatcher"][0], unit=unit
    )
    found = played(chronicle, story)
    assert clocks(found) == ["accept", "register", "dispatch", "handle", "dispatch", "handle"]
    assert (found.case.returned, found.case.stage) == (1, Stage.TO_SIGN)
    assert found.case.handling_org == unit


def test_a_forced_closing_leaves_its_request(chronicle: Chronicle, story: Story) -> None:
    asker, approver = chronicle.cast.by_role["leader"][:2]
    story.add("ask_force_close", START + timedelta(days=2), asker, note="暂不具备条件。")
    story.add(
        "force_close", START + timedelta(days=3), approver, asked_by=asker, outcome=Outcome.CANNOT_BE_SOLVED,
        note="列入计划。", public_reply="列入计划。",
    )  # fmt: skip
    found = played(chronicle, story)
    assert found.case.stage == Stage.CLOSED
    assert [(row.asked_by, row.reason) for row in found.requests] == [(asker, "暂不具备条件。")]
    assert found.case.due_at is None
    assert all(row.stopped_at for row in found.deadlines)


def test_a_reopened_case_is_dispatched_again_and_counts_it(
    chronicle: Chronicle, story: Story
) -> None:
    feed_back(story, START + timedelta(hours=2))
    story.add(
        "pass_check", START + timedelta(hours=3), chronicle.cast.by_role["checker"][0], note="好。"
    )
    story.add(
        "close",
        START + timedelta(hours=4),
        chronicle.cast.by_role["shift_supervisor"][0],
        note="好。",
    )
    story.add("reopen", START + timedelta(days=1), note="上报人评价“未解决”")
    found = played(chronicle, story)
    assert (found.case.stage, found.case.reopened, found.case.outcome) == (Stage.TO_DISPATCH, 1, "")
    assert found.case.handler is None
    assert found.case.closed_at is None
    assert found.moves[-1].by_kind == "resident"
    assert clocks(found)[-1] == "dispatch"


def test_a_step_the_flow_does_not_know_from_there_is_refused(
    chronicle: Chronicle, story: Story
) -> None:
    story.add("close", START + timedelta(hours=1), chronicle.cast.by_role["shift_supervisor"][0])
    with pytest.raises(AssertionError, match="close does not leave"):
        played(chronicle, story)

"""A flow that cannot work is refused when it is written down, with a sentence that says why."""

from __future__ import annotations

from typing import Any

import pytest

from linli.kernel.matters.flow import Axis, BrokenFlow, Clock, Flow, Move, SideAction, Stage
from linli.kernel.matters.kinds import kinds
from linli.kernel.matters.roles import roles_in

ZHAO, QIAN = 1, 2
WORKING = Stage("working", "办理中", may="cases.handle", clock="work", of_the_unit=True)
CHECKING = Stage("checking", "待核查", may="cases.check", clock="look")
DONE = Stage("done", "已办结")
FEEDBACK = Move(
    "feedback", "反馈", ("working",), "checking", "cases.handle", ("note",), of_the_unit=True
)
REWORK = Move(
    "rework", "返工", ("checking",), "working", "cases.check", barred=("handler",), runs_on=True
)
CLOSE = Move("close", "办结", ("checking",), "done", "cases.check", barred=("handler",))
GOOD: dict[str, Any] = {
    "code": "toy",
    "name": "小事",
    "noun": "这件小事",
    "first": "working",
    "stages": (WORKING, CHECKING, DONE),
    "moves": (FEEDBACK, REWORK, CLOSE),
    "clocks": (
        Clock("work", "办理", "3工作日", of_the_unit=True),
        Clock("look", "核查", "1工作日"),
    ),
    "side_actions": (SideAction("remark", "备注", "cases.remark", warning=True),),
    "fact_names": {"note": "说明"},
    "axes": {"cases.check": Axis.SUPERVISION, "cases.dispatch": Axis.COMMAND},
    "handling": frozenset({"feedback"}),
}


def flow(**changes: Any) -> Flow:
    return Flow(**{**GOOD, **changes})


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"stages": (WORKING, WORKING, CHECKING, DONE)}, "stage working stands twice"),
        ({"moves": (FEEDBACK, REWORK, CLOSE, CLOSE)}, "line close stands twice"),
        ({"side_actions": (SideAction("close", "办结"),)}, "line close stands twice"),
        ({"first": "nowhere"}, "first stage nowhere is none"),
        ({"stages": (WORKING, CHECKING, DONE, Stage("lost", "失落"))}, "nothing reaches stage lost"),
        ({"moves": (FEEDBACK, REWORK)}, "no end is reached from stage working"),
        ({"moves": (FEEDBACK, REWORK, Move("close", "办结", ("checking",), "gone", "x"))}, "unknown stage gone"),
        ({"moves": (FEEDBACK, CLOSE, Move("rework", "返工", ("checking",), "working", ""))}, "rework needs no right"),
        ({"moves": (FEEDBACK, REWORK, Move("close", " ", ("checking",), "done", "x"))}, "close has no name"),
        ({"fact_names": {}}, "fact note of move feedback has no name"),
        ({"clocks": (Clock("work", "办理", "3工作日"),)}, "stage checking has the unknown clock look"),
        ({"clocks": (*GOOD["clocks"], Clock("idle", "闲", "1工作日"))}, "clock idle never runs"),
        (
            {"stages": (WORKING, CHECKING, Stage("done", "已办结", clock="look"))},
            "a clock runs on at the end done",
        ),
        (
            {"moves": (FEEDBACK, REWORK, Move("close", "办结", ("checking",), "done", "x", barred=("king",)))},
            "close bars the unknown role king",
        ),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BrokenFlow, match=sentence):
        flow(**changes)


def test_a_flow_answers_what_the_others_ask_of_it() -> None:
    toy = flow()
    assert toy.open_stages == {"working", "checking"}
    assert toy.ending == {"close"}
    assert [move.code for move in toy.moves_from("checking")] == ["rework", "close"]
    assert toy.clock_change("", "working") == ("", "work")
    assert toy.clock_change("working", "checking") == ("work", "look")
    assert toy.clock_change("checking", "done") == ("look", "")
    assert (toy.begins_clock("working"), toy.begins_clock("checking")) == (True, True)
    assert (toy.word("remark"), toy.word("strange")) == ("备注", "strange")
    assert (toy.warns("remark"), toy.warns("close"), toy.warns("strange")) == (True, False, False)
    assert (toy.right_behind("close"), toy.right_behind("strange")) == ("cases.check", "")
    assert toy.rights == {"cases.handle", "cases.check", "cases.remark"}


def test_a_move_may_lead_to_more_than_one_stage() -> None:
    off = Stage("off", "作废")
    either = Move("close", "办结", ("checking",), "done", "cases.check", or_else=("off",))
    toy = flow(stages=(WORKING, CHECKING, DONE, off), moves=(FEEDBACK, REWORK, either))
    assert toy.move["close"].targets == {"done", "off"}
    free = Move("split", "拆分", ("done",), None, "cases.merge")
    assert flow(moves=(FEEDBACK, REWORK, CLOSE, free)).move["split"].targets == frozenset()


def test_a_clock_has_a_limit_for_every_variant() -> None:
    clock = Clock("work", "办理", {"": "5工作日", "urgent": "2工作时"})
    assert [clock.usual_limit(one) for one in ("", "urgent", "other")] == [
        "5工作日",
        "2工作时",
        "5工作日",
    ]


def test_roles_come_from_the_timeline() -> None:
    toy = flow()
    roles = roles_in(toy, [("feedback", ZHAO), ("close", QIAN)])
    assert roles.bars(ZHAO, toy.move["close"])
    assert not roles.bars(QIAN, toy.move["close"])
    assert roles.bars_axis(QIAN, "cases.dispatch")
    assert not roles.bars_axis(None, "cases.dispatch")


def test_every_kind_of_this_installation_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in kinds()]
    assert len(codes) == len(set(codes)) > 1

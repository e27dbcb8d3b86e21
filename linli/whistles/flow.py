"""吹哨报到 as tables: the stages of a whistle, those of each leg, and the moves between them.

A community raises a whistle, the street blows it, and every department called has a leg of its own: it answers (应哨),
signs in at the place (报到), handles its part, is checked and then scored by the street. It may decline with a
reason, and the district then names who has to go; it may hand the leg on to the department whose matter it is, once.
Example: 占道洗车场: 城管队 leads, 水务所 assists; 水务所 declines, the district names it all the same, and from then
on it can neither decline nor hand on. The whistle ends when no leg is open; a leg ends unscored only if a leader
waives it with a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class WhistleKind(StrEnum):
    PROMINENT = "prominent"
    ENFORCEMENT = "enforcement"
    EMERGENCY = "emergency"


KIND_NAMES: dict[WhistleKind, str] = {
    WhistleKind.PROMINENT: "群众反映突出",
    WhistleKind.ENFORCEMENT: "综合执法",
    WhistleKind.EMERGENCY: "应急处置",
}


class WhistlePart(StrEnum):
    LEAD = "lead"
    ASSIST = "assist"


PART_NAMES: dict[WhistlePart, str] = {WhistlePart.LEAD: "主办", WhistlePart.ASSIST: "协办"}


class WhistleStage(StrEnum):
    RAISED = "raised"
    RUNNING = "running"
    CLOSED = "closed"
    TURNED_DOWN = "turned_down"


STAGE_NAMES: dict[WhistleStage, str] = {
    WhistleStage.RAISED: "社区吹哨",
    WhistleStage.RUNNING: "街道吹哨",
    WhistleStage.CLOSED: "已结束",
    WhistleStage.TURNED_DOWN: "未采纳",
}
WHISTLE_OPEN = frozenset({WhistleStage.RAISED, WhistleStage.RUNNING})


class LegStage(StrEnum):
    WAITING = "waiting"
    RESPONDED = "responded"
    WORKING = "working"
    HANDLED = "handled"
    CHECKED = "checked"
    SCORED = "scored"
    DECLINED = "declined"
    TRANSFERRED = "transferred"
    REPLACED = "replaced"
    WAIVED = "waived"


LEG_STAGE_NAMES: dict[LegStage, str] = {
    LegStage.WAITING: "待应哨",
    LegStage.RESPONDED: "已应哨，待报到",
    LegStage.WORKING: "应哨处置中",
    LegStage.HANDLED: "待街道核查",
    LegStage.CHECKED: "待评价",
    LegStage.SCORED: "已评价",
    LegStage.DECLINED: "退单，待区指定",
    LegStage.TRANSFERRED: "已转其他部门",
    LegStage.REPLACED: "已改由其他部门",
    LegStage.WAIVED: "已免除",
}
LEG_ENDED = frozenset({LegStage.SCORED, LegStage.TRANSFERRED, LegStage.REPLACED, LegStage.WAIVED})
LEG_OPEN = frozenset(LegStage) - LEG_ENDED


class LegClock(StrEnum):
    RESPOND = "respond"
    ARRIVE = "arrive"
    HANDLE = "handle"
    CHECK = "check"
    SCORE = "score"
    DESIGNATE = "designate"


LEG_CLOCK_NAMES: dict[LegClock, str] = {
    LegClock.RESPOND: "应哨",
    LegClock.ARRIVE: "到场",
    LegClock.HANDLE: "处置",
    LegClock.CHECK: "核查",
    LegClock.SCORE: "评价",
    LegClock.DESIGNATE: "指定",
}

LEG_CLOCK: dict[LegStage, LegClock] = {
    LegStage.WAITING: LegClock.RESPOND,
    LegStage.RESPONDED: LegClock.ARRIVE,
    LegStage.WORKING: LegClock.HANDLE,
    LegStage.HANDLED: LegClock.CHECK,
    LegStage.CHECKED: LegClock.SCORE,
    LegStage.DECLINED: LegClock.DESIGNATE,
}
"""The clock that runs at each open stage of a leg."""

LEG_RIGHT: dict[LegStage, str] = {
    LegStage.WAITING: "whistle.answer",
    LegStage.RESPONDED: "whistle.answer",
    LegStage.WORKING: "whistle.answer",
    LegStage.HANDLED: "whistle.check",
    LegStage.CHECKED: "whistle.score",
    LegStage.DECLINED: "whistle.designate",
}
"""Who has to act at each open stage."""


@dataclass(frozen=True)
class LegMove:
    """One line of the table. `target` is the stage it leads to; `designate` chooses between two itself."""

    code: str
    name: str
    sources: frozenset[LegStage]
    target: LegStage
    may: str


def _move(code: str, name: str, sources: set[LegStage], target: LegStage, may: str) -> LegMove:
    return LegMove(code, name, frozenset(sources), target, may)


_S = LegStage
LEG_MOVES: dict[str, LegMove] = {
    move.code: move
    for move in (
        _move("respond", "应哨", {_S.WAITING}, _S.RESPONDED, "whistle.answer"),
        _move("decline", "说明不应哨", {_S.WAITING}, _S.DECLINED, "whistle.answer"),
        _move("transfer", "转其他部门", {_S.WAITING}, _S.TRANSFERRED, "whistle.answer"),
        _move("designate", "指定部门", {_S.DECLINED}, _S.WAITING, "whistle.designate"),
        _move("arrive", "报到签到", {_S.RESPONDED}, _S.WORKING, "whistle.answer"),
        _move("feedback", "反馈处置结果", {_S.WORKING}, _S.HANDLED, "whistle.answer"),
        _move("pass_check", "核查通过", {_S.HANDLED}, _S.CHECKED, "whistle.check"),
        _move("rework", "退回重新处置", {_S.HANDLED}, _S.WORKING, "whistle.check"),
        _move("score", "评价", {_S.CHECKED}, _S.SCORED, "whistle.score"),
        _move("waive", "免除", set(LEG_OPEN), _S.WAIVED, "whistle.waive"),
    )
}
"""Everything that may happen to a leg."""

USUAL_LIMITS: dict[WhistleKind, dict[LegClock, str]] = {
    WhistleKind.PROMINENT: {
        LegClock.RESPOND: "1工作时",
        LegClock.ARRIVE: "5工作日",
        LegClock.HANDLE: "15工作日",
        LegClock.CHECK: "1工作日",
        LegClock.SCORE: "2工作日",
        LegClock.DESIGNATE: "1工作日",
    },
    WhistleKind.ENFORCEMENT: {
        LegClock.RESPOND: "1工作时",
        LegClock.ARRIVE: "3工作日",
        LegClock.HANDLE: "10工作日",
        LegClock.CHECK: "1工作日",
        LegClock.SCORE: "2工作日",
        LegClock.DESIGNATE: "1工作日",
    },
    WhistleKind.EMERGENCY: {
        LegClock.RESPOND: "30分钟",
        LegClock.ARRIVE: "2紧急工作时",
        LegClock.HANDLE: "24紧急工作时",
        LegClock.CHECK: "4紧急工作时",
        LegClock.SCORE: "2工作日",
        LegClock.DESIGNATE: "1紧急工作时",
    },
}
"""Limits without a `WhistleRule`. The hour to answer and the 3 or 5 working days to attend are those of one district;
every city sets its own."""

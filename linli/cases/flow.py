"""The loop of a case as one table: 上报 → 受理 → 核实 → 立案 → 派遣 → 签收 → 处置 → 核查 → 回访 → 结案.

A move leads from some stages to one stage, needs one permission and certain facts, stops the clock that runs and
starts the next. Nothing else in the code decides what may happen to a case. Example: `feedback` leads from
`handling` to `to_check`, needs the permission `cases.handle` and an outcome, an internal note and a public reply,
stops the clock `handle` and starts the clock `check`.

Two axes are kept apart: those who supervise (accept, verify, register, check, close) never do the work, and those
who handle never check or close it. `apart_from` names the earlier part in this case that bars somebody from a move;
`of_the_unit` keeps the unit's work to its own people, and to the one it was given to by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    RECEIVED = "received"
    VERIFYING = "verifying"
    ACCEPTED = "accepted"
    TO_DISPATCH = "to_dispatch"
    TO_SIGN = "to_sign"
    HANDLING = "handling"
    TO_CHECK = "to_check"
    TO_FOLLOW_UP = "to_follow_up"
    CLOSED = "closed"
    NOT_ACCEPTED = "not_accepted"
    CANCELLED = "cancelled"


STAGE_NAMES: dict[Stage, str] = {
    Stage.RECEIVED: "待受理",
    Stage.VERIFYING: "核实中",
    Stage.ACCEPTED: "待立案",
    Stage.TO_DISPATCH: "待派遣",
    Stage.TO_SIGN: "待签收",
    Stage.HANDLING: "处置中",
    Stage.TO_CHECK: "待核查",
    Stage.TO_FOLLOW_UP: "待回访",
    Stage.CLOSED: "已结案",
    Stage.NOT_ACCEPTED: "不予受理",
    Stage.CANCELLED: "作废",
}

RESIDENT_STEPS: tuple[tuple[str, frozenset[Stage]], ...] = (
    ("已收到", frozenset({Stage.RECEIVED, Stage.VERIFYING})),
    ("已受理", frozenset({Stage.ACCEPTED, Stage.TO_DISPATCH})),
    ("已派单", frozenset({Stage.TO_SIGN})),
    ("处理中", frozenset({Stage.HANDLING, Stage.TO_CHECK})),
    ("待评价", frozenset({Stage.TO_FOLLOW_UP})),
    ("已办结", frozenset({Stage.CLOSED})),
)
"""The word outsiders hear for each stage."""

RESIDENT_REACHED: dict[Stage, int] = {
    Stage.RECEIVED: 0,
    Stage.VERIFYING: 0,
    Stage.ACCEPTED: 1,
    Stage.TO_DISPATCH: 1,
    Stage.TO_SIGN: 2,
    Stage.HANDLING: 2,
    Stage.TO_CHECK: 2,
    Stage.TO_FOLLOW_UP: 4,
    Stage.CLOSED: 4,
}
"""How many of 已受理 → 已派单 → 处理中 → 已办结 → 待评价 lie behind a resident's matter."""

ENDED = frozenset({Stage.CLOSED, Stage.NOT_ACCEPTED, Stage.CANCELLED})
OPEN = frozenset(Stage) - ENDED


class Clock(StrEnum):
    ACCEPT = "accept"
    VERIFY = "verify"
    REGISTER = "register"
    DISPATCH = "dispatch"
    HANDLE = "handle"
    CHECK = "check"
    FOLLOW_UP = "follow_up"


CLOCK_NAMES: dict[Clock, str] = {
    Clock.ACCEPT: "受理",
    Clock.VERIFY: "核实",
    Clock.REGISTER: "立案",
    Clock.DISPATCH: "派遣",
    Clock.HANDLE: "处置",
    Clock.CHECK: "核查",
    Clock.FOLLOW_UP: "回访",
}

STAGE_CLOCK: dict[Stage, Clock] = {
    Stage.RECEIVED: Clock.ACCEPT,
    Stage.VERIFYING: Clock.VERIFY,
    Stage.ACCEPTED: Clock.REGISTER,
    Stage.TO_DISPATCH: Clock.DISPATCH,
    Stage.TO_SIGN: Clock.HANDLE,
    Stage.HANDLING: Clock.HANDLE,
    Stage.TO_CHECK: Clock.CHECK,
    Stage.TO_FOLLOW_UP: Clock.FOLLOW_UP,
}
"""The clock that runs at each open stage; entering the next stage stops it, unless that stage has the same one."""


class Outcome(StrEnum):
    """How a matter ended; four different things in data, wording and figures."""

    SOLVED = "solved"
    NOT_OURS = "not_ours"
    CANNOT_BE_SOLVED = "cannot_be_solved"
    DUPLICATE = "duplicate"
    NOT_SOLVED = "not_solved"


OUTCOME_NAMES: dict[Outcome, str] = {
    Outcome.SOLVED: "已解决",
    Outcome.NOT_OURS: "不属本辖区职责",
    Outcome.CANNOT_BE_SOLVED: "暂无法解决（已说明原因）",
    Outcome.DUPLICATE: "与其他案件为同一件事",
    Outcome.NOT_SOLVED: "未解决，已转新单重办",
}

DECLINE_REASONS: dict[str, str] = {
    "emergency": "属于 110/119/120/122 紧急事项，已立即转接",
    "statutory_channel": "应通过其他法定程序办理",
    "already_handled": "同一事项正在办理，或已办结且无新情况",
    "secret_privacy": "涉及国家秘密、商业秘密或个人隐私",
    "outside_duty": "不属于本辖区职责",
    "unlawful": "违反法律法规或公序良俗",
    "untrue": "经现场核实，所反映情况不存在",
}


@dataclass(frozen=True)
class MoveRule:
    """One line of the table. `needs` are names of facts; `apart_from` are parts (handler, checker) barred from it."""

    code: str
    name: str
    sources: frozenset[Stage]
    target: Stage | None
    may: str
    needs: tuple[str, ...] = ()
    apart_from: tuple[str, ...] = ()
    public: str = ""
    of_the_unit: bool = False


def _rule(
    code: str,
    name: str,
    sources: frozenset[Stage] | set[Stage] | Stage,
    target: Stage | None,
    may: str,
    *,
    needs: tuple[str, ...] = (),
    apart_from: tuple[str, ...] = (),
    public: str = "",
    of_the_unit: bool = False,
) -> MoveRule:
    where = frozenset({sources}) if isinstance(sources, Stage) else frozenset(sources)
    return MoveRule(
        code, name, where, target, f"cases.{may}", needs, apart_from, public, of_the_unit
    )


S = Stage
BEFORE_DISPATCH = {S.RECEIVED, S.VERIFYING, S.ACCEPTED, S.TO_DISPATCH}

MOVES: dict[str, MoveRule] = {
    rule.code: rule
    for rule in (
        _rule(
            "ask_verify",
            "发核实",
            S.RECEIVED,
            S.VERIFYING,
            "accept",
            public="已安排工作人员到现场核实",
        ),
        _rule(
            "confirm",
            "核实属实",
            S.VERIFYING,
            S.ACCEPTED,
            "verify",
            needs=("note",),
            public="现场核实属实",
        ),
        _rule(
            "refute",
            "核实不属实",
            S.VERIFYING,
            S.NOT_ACCEPTED,
            "verify",
            needs=("note", "public_reply"),
        ),
        _rule(
            "accept", "受理", S.RECEIVED, S.ACCEPTED, "accept", needs=("category",), public="已受理"
        ),
        _rule(
            "decline",
            "不予受理",
            {S.RECEIVED, S.ACCEPTED},
            S.NOT_ACCEPTED,
            "decline",
            needs=("reason_code", "public_reply"),
        ),
        _rule(
            "register",
            "立案",
            S.ACCEPTED,
            S.TO_DISPATCH,
            "register",
            needs=("standard",),
            public="已立案",
        ),
        _rule(
            "self_handle",
            "自行处置",
            S.RECEIVED,
            S.TO_CHECK,
            "self_handle",
            needs=("standard", "note", "photo_before", "photo_after"),
            public="网格员已在现场处理",
        ),
        _rule(
            "dispatch",
            "派遣",
            S.TO_DISPATCH,
            S.TO_SIGN,
            "dispatch",
            needs=("organization",),
            public="已派单",
        ),
        _rule(
            "reassign",
            "改派",
            {S.TO_SIGN, S.HANDLING},
            S.TO_SIGN,
            "dispatch",
            needs=("organization", "note"),
            public="已转由其他单位办理",
        ),
        _rule(
            "sign_for",
            "签收",
            S.TO_SIGN,
            S.HANDLING,
            "handle",
            public="承办单位已签收",
            of_the_unit=True,
        ),
        _rule(
            "hand_over",
            "转派",
            {S.TO_SIGN, S.HANDLING},
            S.TO_SIGN,
            "handle",
            needs=("note",),
            of_the_unit=True,
        ),
        _rule(
            "return_back",
            "退回",
            {S.TO_SIGN, S.HANDLING},
            S.TO_DISPATCH,
            "handle",
            needs=("note",),
            of_the_unit=True,
        ),
        _rule(
            "feedback",
            "处置反馈",
            S.HANDLING,
            S.TO_CHECK,
            "handle",
            needs=("outcome", "note", "public_reply"),
            public="已处置，等待核查",
            of_the_unit=True,
        ),
        _rule(
            "rework",
            "返工",
            S.TO_CHECK,
            S.HANDLING,
            "check",
            needs=("note",),
            apart_from=("handler",),
            public="核查未通过，已退回重新处理",
        ),
        _rule(
            "pass_check",
            "核查通过",
            S.TO_CHECK,
            S.TO_FOLLOW_UP,
            "check",
            needs=("note",),
            apart_from=("handler",),
            public="核查通过",
        ),
        _rule(
            "close",
            "结案",
            S.TO_FOLLOW_UP,
            S.CLOSED,
            "close",
            needs=("closing_condition_met",),
            apart_from=("handler",),
            public="已办结",
        ),
        _rule(
            "redo",
            "重办",
            S.TO_FOLLOW_UP,
            S.CLOSED,
            "follow_up",
            needs=("note",),
            apart_from=("handler",),
            public="您不满意的事项已转新单重办",
        ),
        _rule(
            "reopen",
            "重开",
            {S.CLOSED, S.TO_FOLLOW_UP},
            S.TO_DISPATCH,
            "reopen",
            needs=("note",),
            apart_from=("handler",),
            public="已重新办理",
        ),
        _rule(
            "force_close",
            "强制结案",
            OPEN,
            S.CLOSED,
            "force_close",
            needs=("note", "public_reply"),
            apart_from=("handler", "force_close_asker"),
            public="已办结",
        ),
        _rule(
            "cancel",
            "作废",
            BEFORE_DISPATCH,
            S.CANCELLED,
            "cancel",
            needs=("note",),
            apart_from=("handler",),
        ),
        _rule(
            "merge",
            "并案",
            OPEN,
            S.CLOSED,
            "merge",
            needs=("survivor",),
            apart_from=("handler",),
            public="与另一件为同一件事，已合并办理",
        ),
        _rule("split", "拆分", S.CLOSED, None, "merge", needs=("note",), public="已恢复单独办理"),
    )
}
"""`split` has no fixed target: the case goes back to the stage it had before it was merged."""

FACT_NAMES: dict[str, str] = {
    "category": "类别",
    "standard": "立案标准",
    "organization": "承办单位",
    "note": "办理说明",
    "public_reply": "公开答复",
    "outcome": "办理结果",
    "reason_code": "不予受理的原因",
    "photo_before": "处置前照片",
    "photo_after": "处置后照片",
    "closing_condition_met": "结案条件",
    "survivor": "并入的案件",
}


def moves_from(stage: Stage) -> list[MoveRule]:
    """Every move that leaves a stage, in the order of the table."""
    return [rule for rule in MOVES.values() if stage in rule.sources]


def clock_change(source: Stage | None, target: Stage) -> tuple[Clock | None, Clock | None]:
    """(clock to stop, clock to start) when a case goes from one stage to another; (None, None) when it runs on."""
    old = STAGE_CLOCK.get(source) if source else None
    new = STAGE_CLOCK.get(target)
    return (None, None) if old == new else (old, new)

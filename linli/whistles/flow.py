"""吹哨报到 as tables: the stages of a whistle, and the flow of the leg that every department called has.

A community raises a whistle, the street blows it, and every department called has a leg of its own: it answers (应哨),
signs in at the place (报到), handles its part, is checked and then scored by the street. It may decline with a
reason, and the district then names who has to go; it may hand the leg on to the department whose matter it is, once.
Example: 占道洗车场: 城管队 leads, 水务所 assists; 水务所 declines, the district names it all the same, and from then
on it can neither decline nor hand on. The whistle ends when no leg is open; a leg ends unscored only if a leader
waives it with a reason.
"""

from __future__ import annotations

from enum import StrEnum

from linli.kernel.matters.flow import Axis, Clock, Flow, Move, SideAction, Stage


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


class LegClock(StrEnum):
    RESPOND = "respond"
    ARRIVE = "arrive"
    HANDLE = "handle"
    CHECK = "check"
    SCORE = "score"
    DESIGNATE = "designate"


S = LegStage
ANSWER = "whistle.answer"
OWN_WORK = ("handler",)
SCORES = ("arrival_score", "cooperation_score", "effect_score")


def _by_kind(usual: str, enforcement: str, emergency: str) -> dict[str, str]:
    return {"": usual, "enforcement": enforcement, "emergency": emergency}


LEG = Flow(
    code="leg",
    name="任务",
    noun="这项任务",
    first=S.WAITING,
    stages=(
        Stage(S.WAITING, "待应哨", may=ANSWER, clock=LegClock.RESPOND, of_the_unit=True),
        Stage(S.RESPONDED, "已应哨，待报到", may=ANSWER, clock=LegClock.ARRIVE, of_the_unit=True),
        Stage(S.WORKING, "应哨处置中", may=ANSWER, clock=LegClock.HANDLE, of_the_unit=True),
        Stage(S.HANDLED, "待街道核查", may="whistle.check", clock=LegClock.CHECK),
        Stage(S.CHECKED, "待评价", may="whistle.score", clock=LegClock.SCORE),
        Stage(S.DECLINED, "退单，待区指定", may="whistle.designate", clock=LegClock.DESIGNATE),
        Stage(S.SCORED, "已评价"),
        Stage(S.TRANSFERRED, "已转其他部门"),
        Stage(S.REPLACED, "已改由其他部门"),
        Stage(S.WAIVED, "已免除"),
    ),
    clocks=(
        Clock(LegClock.RESPOND, "应哨", _by_kind("1工作时", "1工作时", "30分钟"), of_the_unit=True),
        Clock(LegClock.ARRIVE, "到场", _by_kind("5工作日", "3工作日", "2紧急工作时"), of_the_unit=True),
        Clock(LegClock.HANDLE, "处置", _by_kind("15工作日", "10工作日", "24紧急工作时"), of_the_unit=True),
        Clock(LegClock.CHECK, "核查", _by_kind("1工作日", "1工作日", "4紧急工作时")),
        Clock(LegClock.SCORE, "评价", "2工作日"),
        Clock(LegClock.DESIGNATE, "指定", _by_kind("1工作日", "1工作日", "1紧急工作时")),
    ),
    moves=(
        Move("respond", "应哨", (S.WAITING,), S.RESPONDED, ANSWER, of_the_unit=True,
             form="note", phone_form="", tone="primary"),
        Move("arrive", "报到签到", (S.RESPONDED,), S.WORKING, ANSWER, of_the_unit=True, tone="primary",
             form="place lon lat photo_arrival*", phone_form="place lon lat photo_arrival*",
             advice="到了现场再签到：用手机定位，或写明地点，并拍一张照片。"),
        Move("feedback", "反馈处置结果", (S.WORKING,), S.HANDLED, ANSWER, ("note",), of_the_unit=True, tone="primary",
             form="note* photo_done", phone_form="photo_done note*", advice="街道会核查，然后评价。"),
        Move("pass_check", "核查通过", (S.HANDLED,), S.CHECKED, "whistle.check", barred=OWN_WORK,
             form="note", phone_form="note", tone="primary"),
        Move("score", "评价", (S.CHECKED,), S.SCORED, "whistle.score", SCORES, OWN_WORK, tone="primary",
             form="arrival_score* cooperation_score* effect_score* note", advice="给 1 分或 2 分时要写明原因。"),
        Move("designate", "区指定", (S.DECLINED,), S.WAITING, "whistle.designate", ("organization", "note"), OWN_WORK,
             or_else=(S.REPLACED,), form="organization* note*", tone="primary", advice="指定之后不能再退或转。"),
        Move("rework", "退回重新处置", (S.HANDLED,), S.WORKING, "whistle.check", ("note",), OWN_WORK, runs_on=True,
             warning=True, form="note*", phone_form="note*", advice="处置时限继续计算。"),
        Move("transfer", "转其他部门", (S.WAITING,), S.TRANSFERRED, ANSWER, ("organization", "note"), of_the_unit=True,
             form="organization* note*", advice="只能转一次。"),
        Move("decline", "说明不应哨", (S.WAITING,), S.DECLINED, ANSWER, ("note",), of_the_unit=True, warning=True,
             form="note*", phone_form="note*", advice="由区里指定哪个部门承担。"),
        Move("waive", "免除", (S.WAITING, S.RESPONDED, S.WORKING, S.HANDLED, S.CHECKED, S.DECLINED), S.WAIVED,
             "whistle.waive", ("note",), OWN_WORK, warning=True, form="note*", tone="danger",
             advice="只有确实不必再办时才免除。"),
    ),
    side_actions=(
        SideAction("raise", "社区吹哨"),
        SideAction("blow", "街道吹哨", "whistle.blow"),
        SideAction("turn_down", "未采纳", "whistle.blow", warning=True),
        SideAction("plan", "安排会商与分工", "whistle.blow"),
        SideAction("close", "结束", "whistle.close"),
        SideAction("call_leg", "呼叫部门", "whistle.blow"),
        SideAction("add_leg", "加派部门", "whistle.blow"),
        SideAction("handed_on", "接转来的任务"),
        SideAction("designated", "区指定承担"),
        SideAction("reply", "部门答复评价", ANSWER),
    ),
    fact_names={
        "organization": "哪个部门承担",
        "note": "说明",
        "arrival_score": "到场得分",
        "cooperation_score": "配合得分",
        "effect_score": "效果得分",
    },
    axes={
        **dict.fromkeys(("whistle.check", "whistle.score", "whistle.close"), Axis.SUPERVISION),
        **dict.fromkeys(("whistle.blow", "whistle.waive"), Axis.COMMAND),
    },
    handling=frozenset({"respond", "decline", "transfer", "arrive", "feedback"}),
    fallback=("whistle.blow",),
    leaders=("whistle.waive",),
    notice="yellow",
)  # fmt: skip
"""The hour to answer and the 3 or 5 working days to attend are those of one district; every city sets its own."""

LEG_MOVES = LEG.move
LEG_OPEN = frozenset(LegStage(code) for code in LEG.open_stages)

RAISED_WHISTLE = Flow(
    code="raised",
    name="社区吹哨",
    noun="这次吹哨",
    first="waiting",
    stages=(
        Stage("waiting", "待街道决定", may="whistle.waive", clock="decide"),
        Stage("taken_up", "已采纳"),
        Stage("turned_down", "未采纳"),
    ),
    clocks=(Clock("decide", "决定", _by_kind("1工作日", "1工作日", "1紧急工作时")),),
    moves=(
        Move("take_up", "街道吹哨", ("waiting",), "taken_up", "whistle.blow", tone="primary"),
        Move("turn_down", "不采纳", ("waiting",), "turned_down", "whistle.blow", ("note",), warning=True, form="note*"),
    ),
    side_actions=(SideAction("raise", "社区吹哨", "whistle.raise"),),
    fact_names={"note": "不采纳的理由"},
    axes={"whistle.blow": Axis.COMMAND},
    fallback=("whistle.blow",),
    leaders=("whistle.waive",),
    notice="yellow",
)  # fmt: skip
"""What a community raised waits for the street: blown or not, within a working day. Its forms are the whistle's.

It lies with the leader, who alone may waive a leg; whoever may blow a whistle decides it as well.
"""

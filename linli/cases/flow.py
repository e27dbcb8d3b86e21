"""The loop of a case as one table: 上报 → 受理 → 核实 → 立案 → 派遣 → 签收 → 处置 → 核查 → 回访 → 结案.

A move leads from some stages to one stage, needs one permission and certain facts, stops the clock that runs and
starts the next. Nothing else in the code decides what may happen to a case. Example: `feedback` leads from
`handling` to `to_check`, needs the permission `cases.handle` and an outcome, an internal note and a public reply,
stops the clock `handle` and starts the clock `check`.

Two axes are kept apart: those who supervise (accept, verify, register, check, close) never do the work, and those
who handle never check or close it. `barred` names the role in this case that keeps somebody from a move; `of_the_unit`
keeps the unit's work to its own people, and to the one it was given to by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from linli.kernel.matters.flow import Axis, Flow, Move, SideAction
from linli.kernel.matters.flow import Clock as ClockOf
from linli.kernel.matters.flow import Stage as StageOf


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


class Clock(StrEnum):
    ACCEPT = "accept"
    VERIFY = "verify"
    REGISTER = "register"
    DISPATCH = "dispatch"
    HANDLE = "handle"
    CHECK = "check"
    FOLLOW_UP = "follow_up"


S = Stage
STAGES = (
    StageOf(S.RECEIVED, "待受理", may="cases.accept", clock=Clock.ACCEPT),
    StageOf(S.VERIFYING, "核实中", may="cases.verify", clock=Clock.VERIFY),
    StageOf(S.ACCEPTED, "待立案", may="cases.register", clock=Clock.REGISTER),
    StageOf(S.TO_DISPATCH, "待派遣", may="cases.dispatch", clock=Clock.DISPATCH),
    StageOf(S.TO_SIGN, "待签收", may="cases.handle", clock=Clock.HANDLE, of_the_unit=True),
    StageOf(S.HANDLING, "处置中", may="cases.handle", clock=Clock.HANDLE, of_the_unit=True),
    StageOf(S.TO_CHECK, "待核查", may="cases.check", clock=Clock.CHECK),
    StageOf(S.TO_FOLLOW_UP, "待回访", may="cases.close", clock=Clock.FOLLOW_UP),
    StageOf(S.CLOSED, "已结案"),
    StageOf(S.NOT_ACCEPTED, "不予受理"),
    StageOf(S.CANCELLED, "作废"),
)
CLOCKS = (
    ClockOf(Clock.ACCEPT, "受理", "15工作分钟"),
    ClockOf(Clock.VERIFY, "核实", "30工作分钟"),
    ClockOf(Clock.REGISTER, "立案", "15工作分钟"),
    ClockOf(Clock.DISPATCH, "派遣", "15工作分钟"),
    ClockOf(Clock.HANDLE, "处置", "5工作日", of_the_unit=True),
    ClockOf(Clock.CHECK, "核查", "30工作分钟"),
    ClockOf(Clock.FOLLOW_UP, "回访", "1工作日"),
)
"""Limits without a dated `Limit`: usual figures of the field; each office sets its own."""

BEFORE_DISPATCH = (S.RECEIVED, S.VERIFYING, S.ACCEPTED, S.TO_DISPATCH)
AT_THE_UNIT = (S.TO_SIGN, S.HANDLING)
OPEN = frozenset(Stage(one.code) for one in STAGES if one.open)
ENDED = frozenset(Stage) - OPEN
OWN_WORK = ("handler",)
VERIFY_ON_SITE = "核实：到现场看反映的情况是不是真的。"

MOVES_OF_CASES = (
    Move("accept", "受理", (S.RECEIVED,), S.ACCEPTED, "cases.accept", ("category",), public="已受理",
         form="category* note", tone="primary", advice="类别决定可选的立案标准和承办单位。"),
    Move("ask_verify", "发核实", (S.RECEIVED,), S.VERIFYING, "cases.accept", public="已安排工作人员到现场核实",
         form="note", advice="请工作人员到现场看一下所反映的情况是否属实。"),
    Move("confirm", "核实属实", (S.VERIFYING,), S.ACCEPTED, "cases.verify", ("note",), public="现场核实属实",
         form="note* photo_check", phone_form="note* photo_check", tone="primary", advice=VERIFY_ON_SITE),
    Move("refute", "核实不属实", (S.VERIFYING,), S.NOT_ACCEPTED, "cases.verify", ("note", "public_reply"),
         warning=True, form="note* public_reply* photo_check", phone_form="note* public_reply* photo_check",
         tone="danger", advice=VERIFY_ON_SITE),
    Move("register", "立案", (S.ACCEPTED,), S.TO_DISPATCH, "cases.register", ("standard",), public="已立案",
         form="standard* note", tone="primary", advice="选中的标准决定处置时限和结案条件。"),
    Move("dispatch", "派遣", (S.TO_DISPATCH,), S.TO_SIGN, "cases.dispatch", ("organization",), public="已派单",
         form="organization* worker note", tone="primary"),
    Move("sign_for", "签收", (S.TO_SIGN,), S.HANDLING, "cases.handle", public="承办单位已签收", of_the_unit=True,
         form="note", phone_form="", tone="primary"),
    Move("feedback", "处置反馈", (S.HANDLING,), S.TO_CHECK, "cases.handle", ("outcome", "note", "public_reply"),
         public="已处置，等待核查", of_the_unit=True, tone="primary",
         form="outcome* note* public_reply* photo_before photo_after",
         phone_form="outcome* photo_before photo_after note* public_reply*"),
    Move("self_handle", "自行处置", (S.RECEIVED,), S.TO_CHECK, "cases.self_handle",
         ("standard", "note", "photo_before", "photo_after"), public="网格员已在现场处理",
         form="standard* note* public_reply photo_before* photo_after*",
         phone_form="standard* photo_before* photo_after* note*",
         advice="处置前后各拍至少一张，由另一个人核查。"),
    Move("pass_check", "核查通过", (S.TO_CHECK,), S.TO_FOLLOW_UP, "cases.check", ("note",), OWN_WORK,
         public="核查通过", form="note* photo_check", phone_form="note* photo_check", tone="primary",
         advice="核查是看现场是否真的办好了。"),
    Move("close", "结案", (S.TO_FOLLOW_UP,), S.CLOSED, "cases.close", ("closing_condition_met",), OWN_WORK,
         public="已办结", form="closing_condition_met* note", tone="primary"),
    Move("rework", "返工", (S.TO_CHECK,), S.HANDLING, "cases.check", ("note",), OWN_WORK,
         public="核查未通过，已退回重新处理", runs_on=True, warning=True,
         form="note* photo_check", phone_form="note* photo_check",
         advice="退回原经办人重新处理，处置时限继续计算。"),
    Move("reassign", "改派", AT_THE_UNIT, S.TO_SIGN, "cases.dispatch", ("organization", "note"),
         public="已转由其他单位办理", form="organization* worker note*", advice="换一个单位办理。"),
    Move("hand_over", "转派", AT_THE_UNIT, S.TO_SIGN, "cases.handle", ("note",), of_the_unit=True,
         form="organization worker note*", advice="转给本单位的同事，或辖区内的下级单位；时限不变。"),
    Move("return_back", "退回", AT_THE_UNIT, S.TO_DISPATCH, "cases.handle", ("note",), of_the_unit=True, warning=True,
         form="note*", phone_form="note*", advice="只能退回一次，并且要在派遣后 2 个工作日内。"),
    Move("redo", "重办", (S.TO_FOLLOW_UP,), S.CLOSED, "cases.follow_up", ("note",), OWN_WORK, warning=True,
         public="您不满意的事项已转新单重办", form="note*",
         advice="上报人不满意：本案结束，并新开一件关联的重办单。"),
    Move("reopen", "重开", (S.CLOSED, S.TO_FOLLOW_UP), S.TO_DISPATCH, "cases.reopen", ("note",), OWN_WORK,
         public="已重新办理", warning=True, form="note*"),
    Move("merge", "并案", tuple(one for one in S if one in OPEN), S.CLOSED, "cases.merge", ("survivor",), OWN_WORK,
         public="与另一件为同一件事，已合并办理", form="survivor* note"),
    Move("split", "拆分", (S.CLOSED,), None, "cases.merge", ("note",), public="已恢复单独办理", runs_on=True,
         form="note*", advice="恢复为单独的案件，回到并案之前的环节。"),
    Move("decline", "不予受理", (S.RECEIVED, S.ACCEPTED), S.NOT_ACCEPTED, "cases.decline",
         ("reason_code", "public_reply"), warning=True, form="reason_code* public_reply* note", tone="danger"),
    Move("cancel", "作废", BEFORE_DISPATCH, S.CANCELLED, "cases.cancel", ("note",), OWN_WORK, warning=True,
         form="note*", tone="danger"),
    Move("force_close", "强制结案", tuple(one for one in S if one in OPEN), S.CLOSED, "cases.force_close",
         ("note", "public_reply"), ("handler", "asker"), public="已办结", warning=True,
         form="outcome* note* public_reply*", tone="danger"),
)  # fmt: skip
"""In the order in which the buttons stand. `split` has no fixed target: back to the stage before the merging."""

BESIDE_STAGES = (
    SideAction("report", "上报"),
    SideAction("split_report", "拆出上报", "cases.merge"),
    SideAction("urge", "催办", warning=True),
    SideAction("endorse_extension", "审核延期", "cases.endorse_extension", form="agree* opinion", tone="primary",
               advice="同意后交派遣员审批；不同意要写理由。"),
    SideAction("grant_extension", "审批延期", "cases.grant_extension", form="agree* opinion", tone="primary",
               advice="同意后从原来的起点再加一个原定时限。"),
    SideAction("extend", "延期生效", "cases.grant_extension"),
    SideAction("refuse_extension", "延期未批准"),
    SideAction("rule_dispute", "裁定争议", "cases.rule_dispute", form="organization* opinion*", tone="primary",
               advice="裁定的单位不能再退回。"),
    SideAction("decide_objection", "裁定异议", "cases.decide_objection", form="agree* opinion*", tone="primary"),
    SideAction("uphold_objection", "异议成立", "cases.decide_objection"),
    SideAction("reject_objection", "异议不成立", "cases.decide_objection"),
    SideAction("review_appeal", "复核申诉", "cases.review_appeal", form="agree* opinion", tone="primary",
               advice="两位同事都同意才不计入超时统计；超时的事实保留。"),
    SideAction("grant_appeal", "申诉成立", "cases.review_appeal"),
    SideAction("refuse_appeal", "申诉不成立", "cases.review_appeal"),
    SideAction("refuse_force_close", "不予强制结案", "cases.force_close", form="opinion*",
               advice="写明为什么不能强制结案；案件照常办理。"),
    SideAction("finish_assistance", "协办办结", "cases.handle", form="note*", tone="primary"),
    SideAction("answer_supervision", "答复督办", "cases.handle", form="answer*", tone="primary"),
    SideAction("follow_up", "回访", "cases.follow_up", form="effective* contacted solved satisfaction note",
               advice="问上报人：单位联系过没有、解决没有、满意吗。"),
    SideAction("decide_exclusion", "审批剔除", "cases.review_appeal", form="agree* opinion*", tone="primary",
               advice="同意后不计入考核，全口径数字仍然保留。"),
    SideAction("grant_exclusion", "剔除成立", "cases.review_appeal"),
    SideAction("refuse_exclusion", "剔除不成立", "cases.review_appeal"),
    SideAction("ask_exclusion", "申请剔除", "cases.handle", form="reason*",
               advice="申请不计入考核，要写明理由，由别人审批。"),
    SideAction("ask_extension", "申请延期", "cases.handle", form="reason* told*",
               advice="超时前提出，最多批准两次；本单位负责人和派遣员都同意后生效，给上报人的说明同时公开。"),
    SideAction("raise_dispute", "派单争议", "cases.handle", form="reason*",
               advice="由街道裁定承办单位，裁定后不能再退回。"),
    SideAction("object_to_rework", "对返工提异议", "cases.handle", form="reason*",
               advice="对返工有异议；处置照常进行，只影响统计。"),
    SideAction("object", "对返工提出异议", "cases.handle"),
    SideAction("appeal_overtime", "超时申诉", "cases.handle", form="reason*", advice="只能申诉一次，由两位同事复核。"),
    SideAction("add_assistance", "协办/加派", "cases.dispatch", form="organization* kind* opinion*",
               advice="请其他单位一起办，原单位仍然负责。"),
    SideAction("assist", "请其他单位协办", "cases.dispatch"),
    SideAction("urge_unit", "催办", "cases.supervise", warning=True, form="note*",
               advice="催承办单位加快办理；可以催多次，不改变时限。"),
    SideAction("supervise", "督办", "cases.supervise", form="demand* answer_by*",
               advice="要求承办单位在期限内说明情况，不改变时限。"),
    SideAction("suspend", "挂账", "cases.suspend", form="until* reason*",
               advice="暂停计时到某一天，每案一次，最长一年，到期自动恢复。"),
    SideAction("resume", "恢复计时", "cases.suspend", advice="提前恢复计时。"),
    SideAction("reclassify", "调整类别", "cases.register", form="new_standard* reason*",
               advice="处置时限按新的立案标准从原来的起点重新计算。"),
    SideAction("order_handling", "填写办理情况", "cases.handle"),
    SideAction("order_file", "上传附件", "cases.handle"),
    SideAction("remark", "备注", "cases.remark", form="note*", phone_form="note*", tone="plain",
               advice="备注只有工作人员能看到，不影响时限。"),
    SideAction("ask_force_close", "申请强制结案", "cases.ask_force_close", form="reason*",
               advice="由另一位有权限的领导决定是否强制结案。"),
)  # fmt: skip
"""Lines of the timeline that are no moves, those with a form in the order of their buttons."""

SUPERVISING = (
    "cases.accept", "cases.decline", "cases.verify", "cases.register", "cases.check", "cases.close", "cases.cancel",
    "cases.follow_up", "cases.review_appeal", "cases.decide_objection",
)  # fmt: skip
COMMANDING = (
    "cases.dispatch", "cases.grant_extension", "cases.suspend", "cases.supervise", "cases.rule_dispute",
)  # fmt: skip
"""Rights of the two axes; the others belong to neither. No role holds rights of both (a test says so)."""

CASE = Flow(
    code="case",
    name="案件",
    noun="此案",
    first=S.RECEIVED,
    stages=STAGES,
    moves=MOVES_OF_CASES,
    clocks=CLOCKS,
    side_actions=BESIDE_STAGES,
    fact_names={
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
    },
    axes={
        **dict.fromkeys(SUPERVISING, Axis.SUPERVISION),
        **dict.fromkeys(COMMANDING, Axis.COMMAND),
    },
    handling=frozenset({"sign_for", "feedback", "self_handle", "finish_assistance"}),
    fallback=("cases.dispatch", "cases.force_close"),
    leaders=("cases.force_close", "cases.dispatch"),
)

MOVES: Mapping[str, Move] = CASE.move
STAGE_NAMES: dict[Stage, str] = {Stage(one.code): one.name for one in STAGES}
CLOCK_NAMES: dict[Clock, str] = {Clock(one.code): one.name for one in CLOCKS}


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

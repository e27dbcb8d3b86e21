"""隐患检查 → 整改 → 复查 as one table: a place is visited, what was found is put right, somebody else looks again.

Whoever found the hazard does not put it right, and whoever put it right does not check it. What cannot wait is handed
over: it becomes a case with the case's own clocks and check, and the inspection ends there, so that one hazard is
never on two desks and never counted twice. A recheck that fails gives no new time. What ends an inspection as in order
shows it with a picture, at the visit and at the recheck: a box that was ticked in the office proves nothing.
Example: 陈记小吃, no extinguisher, 3工作日 → 城管队 sees to it on the second day → rechecked → 已销号.
"""

from __future__ import annotations

from linli.kernel.matters.flow import Clock, Flow, Move, SideAction, Stage

INSPECT, RECTIFY, RECHECK, PLAN, SEE = (
    f"inspections.{right}" for right in ("inspect", "rectify", "recheck", "plan", "view")
)
FOUND = ("items", "limit", "photo_finding")
VISITING = frozenset({"inspect_clean", "find", "hand_to_case"})
"""Moves with which somebody was at the place."""

INSPECTION = Flow(
    code="inspection",
    name="隐患检查",
    noun="这次检查",
    first="planned",
    stages=(
        Stage("planned", "待检查", may=INSPECT, clock="visit"),
        Stage("rectifying", "整改中", may=RECTIFY, clock="rectify", of_the_unit=True),
        Stage("to_recheck", "待复查", may=RECHECK, clock="recheck"),
        Stage("closed", "已销号"),
        Stage("no_findings", "无隐患"),
        Stage("handed_over", "已转案件"),
        Stage("cancelled", "已取消"),
    ),
    clocks=(
        Clock("visit", "检查", "5工作日"),
        Clock("rectify", "整改", "7工作日", of_the_unit=True),
        Clock("recheck", "复查", "3工作日"),
    ),
    moves=(
        Move("inspect_clean", "无隐患", ("planned",), "no_findings", INSPECT, ("photo_visit",),
             form="note photo_visit*", phone_form="photo_visit* note", tone="primary"),
        Move("find", "发现隐患", ("planned",), "rectifying", INSPECT, FOUND, warning=True,
             form="items* limit* organization note photo_finding*",
             phone_form="items* limit* organization photo_finding* note",
             advice="能限期整改的在这里登记；不能等的，请用“转为案件”。"),
        Move("hand_to_case", "转为案件", ("planned",), "handed_over", INSPECT, ("items", "photo_finding"), warning=True,
             form="items* note photo_finding*", phone_form="items* photo_finding* note", tone="danger",
             advice="马上成为案件，按案件的时限处置和核查；这次检查到此结束。"),
        Move("rectify", "整改完成", ("rectifying",), "to_recheck", RECTIFY, ("note", "photo_done"), of_the_unit=True,
             form="note* photo_done*", phone_form="photo_done* note*", tone="primary", advice="会由别人到现场复查。"),
        Move("pass_recheck", "复查通过", ("to_recheck",), "closed", RECHECK, ("photo_recheck",), ("handler",),
             form="note photo_recheck*", phone_form="photo_recheck* note", tone="primary",
             advice="拍下整改后的现场；没有照片不能销号。"),
        Move("fail_recheck", "复查不通过", ("to_recheck",), "rectifying", RECHECK, ("note",), ("handler",),
             runs_on=True, warning=True, form="note* photo_recheck", phone_form="photo_recheck note*",
             advice="整改时限继续计算。"),
        Move("cancel", "取消检查", ("planned", "rectifying", "to_recheck"), "cancelled", PLAN, ("note",),
             warning=True, form="note*", tone="danger"),
    ),
    side_actions=(SideAction("plan", "安排检查", PLAN),),
    fact_names={
        "items": "发现了什么", "limit": "整改时限", "organization": "督促整改的单位", "note": "说明",
        "photo_visit": "现场照片", "photo_finding": "隐患照片", "photo_done": "整改后照片", "photo_recheck": "复查照片",
    },
    handling=frozenset({"rectify"}),
    fallback=(PLAN,),
    leaders=(PLAN,),
)  # fmt: skip
"""The limits are usual ones; an office sets its own by kind of place, as dated `Limit` rows."""

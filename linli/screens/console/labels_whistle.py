"""Words of 吹哨报到 and 联席会议, ready for translation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from linli.screens.console.labels import Words

KINDS: Words = {
    "prominent": _("群众反映突出"),
    "enforcement": _("综合执法"),
    "emergency": _("应急处置"),
}
STAGES: Words = {
    "raised": _("社区吹哨"),
    "running": _("街道吹哨"),
    "closed": _("已结束"),
    "turned_down": _("未采纳"),
}
STAGE_TONES = {"raised": "yellow", "running": "accent", "closed": "grey", "turned_down": "grey"}
PARTS: Words = {"lead": _("主办"), "assist": _("协办")}
LEG_STAGES: Words = {
    "waiting": _("待应哨"),
    "responded": _("已应哨，待报到"),
    "working": _("应哨处置中"),
    "handled": _("待街道核查"),
    "checked": _("待评价"),
    "scored": _("已评价"),
    "declined": _("退单，待区指定"),
    "transferred": _("已转其他部门"),
    "replaced": _("已改由其他部门"),
    "waived": _("已免除"),
}
LEG_TONES = {
    "waiting": "yellow",
    "responded": "blue",
    "working": "accent",
    "handled": "blue",
    "checked": "blue",
    "scored": "green",
    "declined": "red",
}
CLOCKS: Words = {
    "respond": _("应哨"),
    "arrive": _("到场"),
    "handle": _("处置"),
    "check": _("核查"),
    "score": _("评价"),
    "designate": _("指定"),
}
LINES: Words = {
    "raise": _("社区吹哨"),
    "blow": _("街道吹哨"),
    "turn_down": _("未采纳"),
    "plan": _("安排会商与分工"),
    "add_leg": _("加派部门"),
    "close": _("结束"),
    "designated": _("区指定承担"),
    "handed_on": _("接转来的任务"),
    "reply": _("部门答复评价"),
    "respond": _("应哨"),
    "decline": _("说明不应哨"),
    "transfer": _("转其他部门"),
    "designate": _("区指定"),
    "arrive": _("报到签到"),
    "feedback": _("反馈处置结果"),
    "pass_check": _("核查通过"),
    "rework": _("退回重新处置"),
    "score": _("评价"),
    "waive": _("免除"),
}
WARNINGS = frozenset({"decline", "rework", "waive", "turn_down"})
VERDICTS: Words = {
    "few": _("偏少"),
    "usual": _("常态"),
    "many": _("偏多"),
    "unclear": _("样本少，只看区间"),
}

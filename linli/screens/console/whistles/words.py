"""Words of 吹哨报到 and 联席会议, ready for translation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from linli.screens.console.labels import Words
from linli.whistles.flow import LEG, LegStage

STAGES: Words = {
    "raised": _("社区吹哨"),
    "running": _("街道吹哨"),
    "closed": _("已结束"),
    "turned_down": _("未采纳"),
}
STAGE_TONES = {"raised": "yellow", "running": "accent", "closed": "grey", "turned_down": "grey"}
PARTS: Words = {"lead": _("主办"), "assist": _("协办")}
LEG_STAGES: Words = {stage.code: _(stage.name) for stage in LEG.stages}
LEG_TONES = {
    "waiting": "yellow",
    "responded": "blue",
    "working": "accent",
    "handled": "blue",
    "checked": "blue",
    "scored": "green",
    "declined": "red",
}
CLOCKS: Words = {clock.code: _(clock.name) for clock in LEG.clocks}
WHOSE_CLOCK: Words = {
    **{stage.code: CLOCKS[stage.clock] for stage in LEG.stages if stage.clock},
    LegStage.HANDLED: _("街道核查"),
    LegStage.CHECKED: _("街道评价"),
    LegStage.DECLINED: _("区里指定"),
}
"""What runs at a stage of a leg, and whose it is where it is not the department's own."""
LINES: Words = {code: _(line.name) for code, line in LEG.lines.items()}
VERDICTS: Words = {
    "few": _("偏少"),
    "usual": _("常态"),
    "many": _("偏多"),
    "unclear": _("样本少，只看区间"),
}

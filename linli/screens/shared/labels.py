"""Words for codes that appear on every surface. A table each; a city may rename them in its dictionary.

Tones are looks, not judgements: `waiting` an empty dot, `moving` half, `checking` ringed, `done` full, `off` dashed.
"""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.cases.flow import STAGE_NAMES, Stage


class StageLook(NamedTuple):
    label: str | Promise
    tone: str


TONES: dict[Stage, str] = {
    Stage.RECEIVED: "waiting",
    Stage.VERIFYING: "waiting",
    Stage.ACCEPTED: "waiting",
    Stage.TO_DISPATCH: "waiting",
    Stage.TO_SIGN: "moving",
    Stage.HANDLING: "moving",
    Stage.TO_CHECK: "checking",
    Stage.TO_FOLLOW_UP: "checking",
    Stage.CLOSED: "done",
    Stage.NOT_ACCEPTED: "off",
    Stage.CANCELLED: "off",
}

STAGES: dict[str, StageLook] = {
    stage.value: StageLook(pgettext_lazy("stage", name), TONES[stage])
    for stage, name in STAGE_NAMES.items()
}
"""The names are those of the flow; as a stage 作废 reads "Cancelled", as a button "Cancel"."""

LEG_STAGES: dict[str, StageLook] = {
    "waiting": StageLook(_("待应哨"), "waiting"),
    "responded": StageLook(_("已应哨，待报到"), "moving"),
    "working": StageLook(_("应哨处置中"), "moving"),
    "handled": StageLook(_("待街道核查"), "checking"),
    "checked": StageLook(_("待评价"), "checking"),
    "declined": StageLook(_("退单，待区指定"), "waiting"),
}
"""The open stages of a department's part in a whistle."""

# What a resident reads: five steps, soft words.
RESIDENT_STEPS: tuple[tuple[str, str | Promise], ...] = (
    ("accepted", _("已受理")),
    ("dispatched", _("已派单")),
    ("handling", _("处理中")),
    ("closed", _("已办结")),
    ("rated", _("待评价")),
)

NEXT = {"accepted": _("等待受理"), "dispatched": _("等待派单")}
"""The word of a step that comes next: nothing says 已 before it has happened."""

RATED = _("已评价")
"""The last step once it lies behind."""

LIGHT_WORDS: dict[str, str | Promise] = {
    "green": _("正常"),
    "yellow": _("即将超时"),
    "red": _("已超时"),
    "blue": _("挂账"),
    "grey": _("已结"),
}

RATINGS: tuple[tuple[str, str | Promise], ...] = (
    ("satisfied", _("满意")),
    ("basically_satisfied", _("基本满意")),
    ("dissatisfied", _("不满意")),
)

SOLVED: tuple[tuple[str, str | Promise], ...] = (
    ("solved", _("解决了")),
    ("partly_solved", _("解决了一部分")),
    ("not_solved", _("没有解决")),
)

# What the custom elements say; handed to the browser as one JSON block (tag `element_words`).
ELEMENT_WORDS: dict[str, str | Promise] = {
    "left": _("剩余 {time}"),
    "overdue": _("已超时 {time}"),
    "days": _("{n}天"),
    "hours": _("{n}小时"),
    "minutes": _("{n}分钟"),
    "under_a_minute": _("不到1分钟"),
    "confirm_title": _("请确认"),
    "confirm": _("确定"),
    "cancel": _("取消"),
    "sending": _("正在提交…"),
    "send_failed": _("没有发出去，内容还在。请检查网络后再点一次。"),
    "photo_add": _("拍照或选照片"),
    "photo_remove": _("删除第 {n} 张照片"),
    "photo_preview": _("第 {n} 张照片"),
    "photo_too_many": _("最多 {max} 张照片，多出的没有加入。"),
    "photo_not_image": _("“{name}”不是图片，没有加入。"),
    "photo_shrinking": _("正在处理照片…"),
    "photo_sending": _("正在上传照片 {percent}%"),
    "photo_count": _("已选 {n} 张，最多 {max} 张"),
    "map_label": _("地图"),
    "map_zoom_in": _("放大"),
    "map_zoom_out": _("缩小"),
    "map_home": _("回到全图"),
    "map_here": _("用我的位置"),
    "map_here_failed": _("没有取得位置。请在地图上点一下，或用文字写清地址。"),
    "map_no_webgl": _("这台设备画不了立体地图，下面是平面图。"),
    "map_picked": _("已选位置：东经 {lon}，北纬 {lat}"),
    "map_failed": _("地图数据没有取到，可以用文字写地址，或稍后再试。"),
    "map_two_fingers": _("用两个手指移动地图"),
    "map_ctrl_wheel": _("按住 Ctrl（苹果电脑按 ⌘）再滚动，可以放大地图"),
    "live_on": _("实时"),
    "live_polling": _("每5秒更新"),
    "live_off": _("连接中断，正在重连"),
    "chart_show_table": _("看数据表"),
    "chart_hide_table": _("收起数据表"),
}

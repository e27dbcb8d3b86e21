"""Words of the pages about the exchange with hotline platforms."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from linli.screens.console.labels import LINES, Words

STEPS: Words = {**LINES, "taken": _("收到工单"), "extend": _("延期生效")}
"""What a platform is told; the moves have their usual names."""

STATES: Words = {
    "waiting": _("待发送"),
    "sent": _("已送达"),
    "unmapped": _("状态没有对照"),
    "refused": _("上游拒收"),
    "left_out": _("不再发送"),
}

TONES: Words = {
    "waiting": "yellow",
    "unmapped": "red",
    "refused": "red",
    "sent": "green",
    "left_out": "grey",
}

DIFFERENCES: Words = {
    "missing_here": _("本平台缺单"),
    "missing_there": _("上游缺单"),
    "status": _("状态不一致"),
    "due": _("时限不一致"),
}

METHODS: Words = {
    "phone": _("电话"),
    "on_site": _("现场"),
    "forwarded": _("系统转派"),
    "joint": _("联合办理"),
}

PAPERS: Words = {
    "identity": _("证件附件"),
    "contact": _("联系证据"),
    "handling": _("办理附件"),
}

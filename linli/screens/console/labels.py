"""Words of the console for the codes of cases, ready for translation. Stages are in `screens.shared.labels`."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.cases.flow import CASE

Words = dict[str, str | Promise]

LINES: Words = {code: _(line.name) for code, line in CASE.lines.items()}
"""Lines of the timeline, in the words of the flow."""

CHANNELS: Words = {
    "phone": _("电话"),
    "counter": _("窗口"),
    "doorstep": _("上门"),
    "paper": _("纸质"),
    "wechat": _("微信"),
    "mini_program": _("小程序"),
    "web": _("网页"),
    "proxy": _("代办"),
    "hotline": _("12345转办"),
    "iot_alarm": _("物联告警"),
    "patrol": _("网格员巡查"),
    "open311": _("开放接口"),
}

DIMENSIONS: Words = {
    "organization": _("承办单位"),
    "community": _("社区"),
    "grid": _("网格"),
    "major": _("问题大类"),
    "minor": _("问题小类"),
    "channel": _("来源"),
}

WHATS: Words = {
    "opened": _("新增案件"),
    "accept": _("受理"),
    "verify": _("核实"),
    "register": _("立案"),
    "dispatch": _("派遣"),
    "handle": _("处置"),
    "check": _("核查"),
    "follow_up": _("回访"),
    "close": _("结案"),
    "rework": _("返工"),
    "feedback": _("处置反馈"),
    "return_back": _("退回"),
    "extend": _("延期生效"),
    "cancel": _("作废"),
}

FIGURES: Words = {
    "due": _("应办"),
    "done": _("已办"),
    "on_time": _("按期"),
    "late": _("超期办结"),
    "waiting": _("超期未办"),
    "excused": _("申诉成立"),
    "flow": _("本期案件"),
}
"""What is counted of each; the codes are those of the indicators."""

KINDS: Words = {"component": _("部件"), "event": _("事件"), "appeal": _("诉求")}

CLOCKS: Words = {
    "accept": _("受理时限"),
    "verify": _("核实时限"),
    "register": _("立案时限"),
    "dispatch": _("派遣时限"),
    "handle": _("处置时限"),
    "check": _("核查时限"),
    "follow_up": _("回访时限"),
}

OUTCOMES: Words = {
    "solved": _("已解决"),
    "not_ours": _("不属本辖区职责"),
    "cannot_be_solved": _("暂无法解决（已说明原因）"),
    "duplicate": _("与其他案件为同一件事"),
    "not_solved": _("未解决，已转新单重办"),
}

DECLINE_REASONS: Words = {
    "emergency": _("属于 110/119/120/122 紧急事项，已立即转接"),
    "statutory_channel": _("应通过其他法定程序办理"),
    "already_handled": _("同一事项正在办理，或已办结且无新情况"),
    "secret_privacy": _("涉及国家秘密、商业秘密或个人隐私"),
    "outside_duty": _("不属于本辖区职责"),
    "unlawful": _("违反法律法规或公序良俗"),
    "untrue": _("经现场核实，所反映情况不存在"),
}

PHOTO_KINDS: Words = {
    "report": _("上报照片"),
    "before": _("处置前"),
    "after": _("处置后"),
    "check": _("核查照片"),
}

SATISFACTION: Words = {
    "satisfied": _("满意"),
    "basically_satisfied": _("基本满意"),
    "dissatisfied": _("不满意"),
}

SOLVED: Words = {
    "solved": _("已解决"),
    "partly_solved": _("部分解决"),
    "not_solved": _("未解决"),
}

PURPOSES: Words = {
    "ask_more": _("向上报人补充了解情况"),
    "follow_up": _("回访办理结果"),
    "answer": _("答复上报人"),
    "verify": _("到现场核实"),
}
"""Why somebody may look at a contact; the code goes into the audit log."""

DUTIES: Words = {
    "grid_leader": _("网格长"),
    "full_time": _("专职网格员"),
    "part_time": _("兼职网格员"),
}

SKIPPED: Words = {"holiday": _("放假"), "weekend": _("休息日"), "paused": _("挂账")}

AUDIT_RESULTS: Words = {"done": _("已执行"), "refused": _("被拒绝")}

NOTICE_LOOKS = {"red": "red", "yellow": "yellow", "info": "line"}


def words_of(table: Words, code: str) -> str:
    """The word for a code; an unknown code is shown as it is, so that a page never breaks on data."""
    return str(table.get(code, code))

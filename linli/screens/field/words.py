"""Words of the field for the codes of cases, ready for translation."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = dict[str, str | Promise]

LINES: Words = {
    "report": _("上报"),
    "ask_verify": _("发核实"),
    "confirm": _("核实属实"),
    "refute": _("核实不属实"),
    "accept": _("受理"),
    "decline": _("不予受理"),
    "register": _("立案"),
    "self_handle": _("自行处置"),
    "dispatch": _("派遣"),
    "reassign": _("改派"),
    "sign_for": _("签收"),
    "return_back": _("退回"),
    "feedback": _("处置反馈"),
    "rework": _("返工"),
    "pass_check": _("核查通过"),
    "close": _("结案"),
    "redo": _("重办"),
    "reopen": _("重开"),
    "force_close": _("强制结案"),
    "cancel": _("作废"),
    "merge": _("并案"),
    "split": _("拆分"),
    "remark": _("备注"),
    "urge": _("催办"),
    "urge_unit": _("催办"),
    "hand_over": _("转派"),
    "ask_force_close": _("申请强制结案"),
    "split_report": _("拆出上报"),
}
"""Moves and the other lines of a timeline."""

WARNINGS = frozenset({"rework", "return_back", "redo", "reopen", "urge", "urge_unit"})

OUTCOMES: Words = {
    "solved": _("已解决"),
    "not_ours": _("不属本辖区职责"),
    "cannot_be_solved": _("暂无法解决（已说明原因）"),
}

PHOTO_KINDS: Words = {
    "report": _("上报照片"),
    "before": _("处置前"),
    "after": _("处置后"),
    "check": _("现场照片"),
}

NOTES: Words = {
    "feedback": _("怎么处理的（内部）"),
    "self_handle": _("怎么处理的"),
    "confirm": _("核实情况"),
    "refute": _("核实情况"),
    "pass_check": _("核查情况"),
    "rework": _("哪里没办好"),
    "return_back": _("为什么退回"),
    "remark": _("备注内容"),
}
"""What the box for the note is called, by move."""


def words_of(table: Words, code: str) -> str:
    """The word for a code; an unknown code is shown as it is, so that a page never breaks on data."""
    return str(table.get(code, code))

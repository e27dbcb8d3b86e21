"""Words of the field for the codes of cases, ready for translation."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.cases.flow import CASE

Words = dict[str, str | Promise]

LINES: Words = {code: _(line.name) for code, line in CASE.lines.items()}
"""Every line a timeline may hold, in the words of the flow."""

WARNINGS = frozenset(code for code in CASE.lines if CASE.warns(code))

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

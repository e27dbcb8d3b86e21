"""The case list as a file: an Excel workbook with text columns, or CSV that Excel opens."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import datetime

import xlsxwriter
from django.utils.translation import gettext as _

from linli.cases.actions.exports import MOST_EXPORTED
from linli.cases.models import Case
from linli.kernel.calendar.local import LOCAL
from linli.kernel.files.csv_out import csv_of
from linli.screens.console import labels
from linli.screens.shared.templatetags.linli import stage_label

WIDTHS = (17, 34, 18, 12, 12, 14, 14, 10, 10, 16, 12, 17, 17, 17, 16, 10, 60)
LONGEST_CELL = 2_000


def header() -> list[str]:
    return [
        _("编号"), _("标题"), _("地址"), _("环节"), _("类型"), _("类别"), _("社区"), _("网格"), _("来源"),
        _("承办单位"), _("经办人"), _("上报时间"), _("截止时间"), _("结案时间"),
        _("办理结果"), _("上报次数"), _("内容"),
    ]  # fmt: skip


def workbook(cases: Sequence[Case], *, cut: bool) -> bytes:
    """An .xlsx with one sheet; every cell is text, so that numbers keep their digits."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet(_("案件"))
    bold = book.add_format({"bold": True, "bg_color": "#E3F0F2"})
    plain = book.add_format({"num_format": "@"})
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width, plain)
    sheet.freeze_panes(1, 2)
    for number, row in enumerate(_rows(cases, cut=cut)):
        for column, text in enumerate(row):
            sheet.write_string(number, column, text, plain if number else bold)
    book.close()
    return out.getvalue()


def csv_text(cases: Sequence[Case], *, cut: bool) -> str:
    """CSV with a byte order mark; cells that look like formulas are quoted with an apostrophe."""
    return csv_of(_rows(cases, cut=cut))


def template() -> bytes:
    """The workbook people fill in for the import: the columns the reader knows, all of them text."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("上报")
    bold = book.add_format({"bold": True, "bg_color": "#E3F0F2"})
    plain = book.add_format({"num_format": "@"})
    columns = (
        "工单编号",
        "标题",
        "内容",
        "地址",
        "经度",
        "纬度",
        "类别编码",
        "联系人",
        "联系电话",
        "接收时间",
    )
    for column, name in enumerate(columns):
        sheet.set_column(column, column, 60 if name == "内容" else 18, plain)
        sheet.write_string(0, column, name, bold)
    sheet.freeze_panes(1, 0)
    book.close()
    return out.getvalue()


def _rows(cases: Sequence[Case], *, cut: bool) -> Iterator[list[str]]:
    yield header()
    for case in cases:
        yield _row(case)
    if cut:
        words = _("只导出了最新的 %(most)d 条，后面还有。请缩小查询范围，分几次导出。")
        yield [words % {"most": MOST_EXPORTED}]


def _row(case: Case) -> list[str]:
    category = case.category
    return [
        case.number,
        str(case.title),
        str(case.address),
        stage_label(case.stage),
        labels.words_of(labels.KINDS, category.kind) if category else "",
        category.name if category else "",
        case.community.name if case.community else "",
        case.grid.name if case.grid else "",
        labels.words_of(labels.CHANNELS, case.intake_channel),
        case.handling_org.name if case.handling_org else "",
        case.owner.name if case.owner else "",
        _moment(case.opened_at),
        _moment(case.due_at),
        _moment(case.closed_at),
        labels.words_of(labels.OUTCOMES, case.outcome) if case.outcome else "",
        str(case.report_count),
        case.body[:LONGEST_CELL],
    ]


def _moment(value: datetime | None) -> str:
    return f"{value.astimezone(LOCAL):%Y-%m-%d %H:%M}" if value else ""

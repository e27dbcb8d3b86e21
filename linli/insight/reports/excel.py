"""A report as a workbook: a sheet of definitions, then one sheet a table; numbers stay numbers."""

from __future__ import annotations

import io

import xlsxwriter

from linli.insight.periods.rules import Stretch
from linli.insight.periods.wording import COUNT, RATE, SCORE
from linli.insight.reports.queries import Report
from linli.insight.reports.rules import DEFINITIONS
from linli.insight.reports.tables import TEXT, Table, tables_of
from linli.kernel.calendar.local import LOCAL

FORMS = {COUNT: "0", RATE: "0.00%", SCORE: "0.00", TEXT: "@"}
HEAD_ROWS = 3
FIRST_WIDTH, WIDTH = 24, 13
A4 = 9
SHEET_NAME = 31
"""Characters a sheet's name may have."""


def workbook(report: Report) -> bytes:
    """An .xlsx of the report."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties(
        {"title": report.title, "author": "邻里", "created": report.asof.replace(tzinfo=None)}
    )
    _about(book, report)
    for table in tables_of(report):
        _sheet(book, report, table)
    book.close()
    return out.getvalue()


def heading(report: Report) -> str:
    """Title, period, instant and the mark of made-up data, in one line."""
    local = report.asof.astimezone(LOCAL)
    mark = "（演示数据）" if report.demo else ""
    return f"{report.title} {report.name} · 截至 {local:%Y-%m-%d %H:%M}{mark}"


def _about(book: xlsxwriter.Workbook, report: Report) -> None:
    sheet = book.add_worksheet("说明")
    strong = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 90)
    sheet.merge_range(0, 0, 0, 1, heading(report), _title(book))
    sheet.set_row(0, 28)
    rows = [
        ("指标时段", _span(report.windows.now.stretch)),
        ("三率时段", _span(report.rates_windows.now.stretch)),
        ("范围", report.place),
        *DEFINITIONS,
    ]
    for number, (term, meaning) in enumerate(rows, start=2):
        sheet.write_string(number, 0, term, strong)
        sheet.write_string(number, 1, meaning, wrapped)


def _sheet(book: xlsxwriter.Workbook, report: Report, table: Table) -> None:
    sheet = book.add_worksheet(table.title.replace(" · ", "-")[:SHEET_NAME])
    last = len(table.columns) - 1
    head = book.add_format(
        {
            "bold": True,
            "bg_color": "#E3F0F2",
            "border": 1,
            "text_wrap": True,
            "align": "center",
            "valign": "vcenter",
        }
    )
    sheet.merge_range(0, 0, 0, last, f"{heading(report)} · {table.title}", _title(book))
    sheet.set_row(0, 28)
    note = book.add_format({"font_color": "#415158", "text_wrap": True, "valign": "top"})
    sheet.merge_range(1, 0, 1, last, table.note, note)
    sheet.set_row(1, 32 if len(table.note) > 60 else 16)
    for column, name in enumerate(table.columns):
        sheet.set_column(column, column, FIRST_WIDTH if column == 0 else WIDTH)
        sheet.write_string(2, column, name, head)
    for number, row in enumerate(table.rows):
        strong = table.total and number == len(table.rows) - 1
        for column, cell in enumerate(row):
            form = book.add_format(
                {
                    "num_format": FORMS[cell.unit],
                    "border": 1,
                    "bold": strong,
                    "align": "left" if column == 0 else "right",
                }
            )
            if cell.number is None:
                sheet.write_string(HEAD_ROWS + number, column, cell.text, form)
            else:
                sheet.write_number(HEAD_ROWS + number, column, float(cell.number), form)
    sheet.freeze_panes(HEAD_ROWS, 1)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)


def _title(book: xlsxwriter.Workbook) -> object:
    return book.add_format({"bold": True, "font_size": 14, "valign": "vcenter"})


def _span(stretch: Stretch) -> str:
    start, end = stretch.start, stretch.end
    return f"{start:%Y-%m-%d %H:%M} 至 {end:%Y-%m-%d %H:%M}（不含）"

"""A report as a Word document in the manner of an office: title, instant, findings, tables, definitions."""

from __future__ import annotations

import io
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from linli.insight.periods.rules import Stretch
from linli.insight.reports.findings import findings
from linli.insight.reports.queries import Report
from linli.insight.reports.rules import DEFINITIONS
from linli.insight.reports.tables import Table, tables_of
from linli.kernel.calendar.local import LOCAL

BODY, HEAD, TITLE = "仿宋", "黑体", "宋体"
"""Fonts an office has; Word takes its own where one is missing."""

HEAD_FILL = "E3F0F2"
NUMBERS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十")
CELL_SIZE, SMALL_SIZE = 8.5, 7.5
MANY_COLUMNS = 8
"""Above it a table is set smaller, so that a percentage stays on one line."""


def document(report: Report) -> bytes:
    """A .docx of the report."""
    made = Document()
    _page(made, report)
    _fonts(made)
    _heading(made, report)
    number = iter(NUMBERS)
    _section(made, f"{next(number)}、主要情况")
    for sentence in findings(report):
        _paragraph(made, sentence)
    for table in tables_of(report):
        _section(made, f"{next(number)}、{table.title}")
        _table(made, table)
    _section(made, f"{next(number)}、指标口径")
    for term, meaning in DEFINITIONS:
        line = _paragraph(made, "")
        _run(line, f"{term}：", bold=True)
        _run(line, meaning)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _page(made: Any, report: Report) -> None:
    section = made.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(30), Mm(26)
    section.left_margin = section.right_margin = Mm(22)
    if report.demo:
        mark = section.header.paragraphs[0]
        mark.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _run(mark, "演示数据，并非真实情况", size=9)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(foot, "— ", size=10)
    _field(foot, "PAGE")
    _run(foot, " —", size=10)
    about = made.core_properties
    about.author, about.title, about.comments = "邻里", report.title, ""
    about.language = "zh-CN"
    about.created = about.modified = report.asof.replace(tzinfo=None)


def _fonts(made: Any) -> None:
    style = made.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(12)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY)
    style.paragraph_format.line_spacing = 1.4
    style.paragraph_format.space_after = Pt(0)
    head = made.styles["Heading 1"]
    head.font.size, head.font.bold, head.font.name = Pt(14), False, "Times New Roman"
    head.font.color.rgb = RGBColor(0, 0, 0)
    fonts = head.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]
    fonts.set(qn("w:eastAsia"), HEAD)
    head.paragraph_format.space_before, head.paragraph_format.space_after = Pt(14), Pt(6)


def _heading(made: Any, report: Report) -> None:
    title = made.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(title, report.title, size=20, bold=True, font=TITLE)
    local = report.asof.astimezone(LOCAL)
    for words in (
        f"{report.name}（{_days(report.windows.now.stretch)}）",
        f"范围：{report.place}　截至：{local:%Y年%m月%d日 %H:%M}",
    ):
        line = made.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(line, words, size=11)


def _days(stretch: Stretch) -> str:
    if stretch.first_day == stretch.last_day:
        return f"{stretch.first_day:%Y年%m月%d日}"
    return f"{stretch.first_day:%Y年%m月%d日}至{stretch.last_day:%Y年%m月%d日}"


def _section(made: Any, words: str) -> None:
    made.add_heading(words, level=1)


def _paragraph(made: Any, words: str) -> Any:
    line = made.add_paragraph()
    line.paragraph_format.first_line_indent = Pt(24)
    if words:
        _run(line, words)
    return line


def _table(made: Any, table: Table) -> None:
    if table.note:
        note = made.add_paragraph()
        _run(note, table.note, size=9)
    grid = made.add_table(rows=1, cols=len(table.columns))
    grid.style, grid.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    size = CELL_SIZE if len(table.columns) <= MANY_COLUMNS else SMALL_SIZE
    _margins(grid)
    for cell, name in zip(grid.rows[0].cells, table.columns, strict=True):
        _cell(cell, name, size=size, bold=True, centred=True)
        _shade(cell)
    _mark_row(grid.rows[0], "w:tblHeader")
    for number, row in enumerate(table.rows):
        line = grid.add_row()
        _mark_row(line, "w:cantSplit")
        strong = table.total and number == len(table.rows) - 1
        for column, (cell, value) in enumerate(zip(line.cells, row, strict=True)):
            _cell(cell, value.text, size=size, bold=strong, centred=column != table.names)
    _widths(grid, table)


def _widths(grid: Any, table: Table) -> None:
    """The column with names is wide, the others share what is left of 166 mm."""
    grid.autofit = False
    widest = 26 if len(table.columns) > MANY_COLUMNS else 30
    rest = (166 - widest) / (len(table.columns) - 1)
    for number, column in enumerate(grid.columns):
        width = Mm(widest if number == table.names else rest)
        column.width = width
        for cell in column.cells:
            cell.width = width


def _margins(grid: Any) -> None:
    """Half a millimetre beside the text of a cell."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("w:left", "w:right"):
        margin = OxmlElement(side)
        margin.set(qn("w:w"), "28")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties = grid._tbl.tblPr
    look = properties.find(qn("w:tblLook"))
    # The format fixes the order of these elements; the look comes last.
    properties.insert(len(properties) if look is None else properties.index(look), margins)


def _cell(cell: Any, words: str, *, size: float, bold: bool, centred: bool) -> None:
    line = cell.paragraphs[0]
    line.paragraph_format.line_spacing = 1.1
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.LEFT
    _run(line, words, size=size, bold=bold)


def _run(line: Any, words: str, *, size: float = 12, bold: bool = False, font: str = BODY) -> None:
    run = line.add_run(words)
    run.font.size, run.font.bold = Pt(size), bold
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _field(line: Any, code: str) -> None:
    """A field that Word fills in, such as the number of the page."""
    run = line.add_run()
    for kind, words in (("begin", ""), ("", code), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = words
        run._element.append(part)


def _shade(cell: Any) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", HEAD_FILL)):
        shade.set(qn(name), value)
    cell._element.get_or_add_tcPr().append(shade)


def _mark_row(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))

"""A file of standards as a city keeps it: reading its cells, and writing the same file again.

Merged cells arrive from a spreadsheet as one value and blanks; here the blanks below it are filled, so that what the
author meant is in every row. What is written merges them again. The same standards always give the same bytes.
"""

from __future__ import annotations

import io
import itertools
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import Any

import xlsxwriter
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from linli.cases.catalogue.standards import codes
from linli.cases.catalogue.standards.columns import COLUMNS, KIND_WORDS, Cell
from linli.cases.catalogue.standards.errors import BadSheet
from linli.cases.catalogue.standards.rows import SheetCells, StandardRow
from linli.kernel.files.tables import UnreadableTable, read_table

MOST_BYTES = 10 * 1024 * 1024
"""Of a file; half a thousand rows take about 60 kB."""

MOST_UNPACKED = 200 * 1024 * 1024
"""Of its parts when unpacked, so that a small file cannot ask for all the memory."""

MOST_LINES = 20_000
"""Lines of one sheet; the largest city's table has about a thousand."""

MADE_AT = datetime(2000, 1, 1)  # noqa: DTZ001 - a mark in the file, the same for ever
WIDTHS = (10, 16, 10, 22, 36, 14, 36, 18, 18, 28, 40, 28)
"""Of the columns, in characters."""

MERGED_OVER_MAJOR = ("major_code", "major_name")
MERGED_OVER_CLASS = ("minor_code", "name")
MERGED_IF_EQUAL = tuple(column.field for column in COLUMNS if not column.needed)


def read_file(name: str, content: bytes) -> list[SheetCells]:
    """The sheets of an xlsx, xls or CSV file, merged cells filled downwards.

    Raises:
        UnreadableTable: it is no such file, or a damaged one.
        BadSheet: it is larger than any table of standards.
    """
    if len(content) > MOST_BYTES:
        raise BadSheet(
            f"文件“{name}”超过 {MOST_BYTES // 1024 // 1024} MB，不像立案标准表，请检查后再传。",
            field="file",
        )
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _sheets(name, content)
    table = read_table(name, content)
    lines: dict[int, list[str]] = {1: table.header, **dict(table.rows)}
    _check_lines(PurePath(name).stem, max(lines))
    return [SheetCells(PurePath(name).stem, [lines.get(n, []) for n in range(1, max(lines) + 1)])]


def write_file(rows: Sequence[StandardRow]) -> bytes:
    """An xlsx with a sheet for each kind of class, as `read_file` and the reader take it back.

    The rows of one 大类, and of one 小类 in it, stand together.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"title": "立案标准", "created": MADE_AT})
    cell = {"num_format": "@", "text_wrap": True, "valign": "vcenter", "border": 1}
    plain = book.add_format(cell)
    head = book.add_format({**cell, "bold": True, "align": "center", "bg_color": "#E3F0F2"})
    for kind in codes.KIND_LETTERS:
        found = [row for row in rows if row.kind == kind]
        if found or (kind == "event" and not rows):
            _write_sheet(book.add_worksheet(KIND_WORDS[kind][0]), found, head, plain)
    book.close()
    return out.getvalue()


def _sheets(name: str, content: bytes) -> list[SheetCells]:
    _check_unpacked(name, content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [_filled(book.get_sheet_by_name(sheet)) for sheet in book.sheet_names]
    except (CalamineError, OSError, ValueError) as problem:
        raise UnreadableTable(
            f"文件“{name}”不是可读的 Excel 工作簿，请用 Excel 或 WPS 打开后另存为 xlsx 再传。",
            field="file",
        ) from problem


def _check_unpacked(name: str, content: bytes) -> None:
    if not content.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(part.file_size for part in packed.infolist())
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as problem:
        raise UnreadableTable(f"文件“{name}”不完整，请重新保存后再传。", field="file") from problem
    if size > MOST_UNPACKED:
        raise BadSheet(f"文件“{name}”展开后太大，不像立案标准表，请检查后再传。", field="file")


def _check_lines(sheet: str, lines: int) -> None:
    if lines > MOST_LINES:
        raise BadSheet(
            f"工作表“{sheet}”有 {lines} 行，最多 {MOST_LINES} 行；请删去表格下面的空行后再传。",
            field="file",
        )


def _filled(sheet: CalamineSheet) -> SheetCells:
    _check_lines(sheet.name, sheet.end[0] + 1 if sheet.end else 0)
    cells: list[list[Cell]] = [list(row) for row in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, _right) in sheet.merged_cell_ranges or []:
        # Only downwards: a title merged across the sheet is one cell, not twelve.
        for line in range(top + 1, min(bottom + 1, len(cells))):
            if left < len(cells[line]):
                cells[line][left] = cells[top][left]
    return SheetCells(sheet.name, cells)


def _write_sheet(sheet: Any, rows: Sequence[StandardRow], head: Any, plain: Any) -> None:
    for place, (column, width) in enumerate(zip(COLUMNS, WIDTHS, strict=True)):
        sheet.set_column(place, place, width, plain)
        sheet.write_string(0, place, column.title, head)
    sheet.freeze_panes(1, 4)
    for place, column in enumerate(COLUMNS):
        for first, texts in _runs(rows, column.field):
            if len(texts) > 1:
                sheet.merge_range(first, place, first + len(texts) - 1, place, "", plain)
            sheet.write_string(first, place, texts[0], plain)


def _runs(rows: Sequence[StandardRow], name: str) -> Iterator[tuple[int, list[str]]]:
    """(line counted from 0, equal texts) of the cells of one column, merged as a city merges them."""
    line = 1
    for _major, major in itertools.groupby(rows, key=lambda row: row.major_code):
        whole = list(major)
        if name in MERGED_OVER_MAJOR:
            yield line, [_text(row, name) for row in whole]
        else:
            yield from _runs_in_major(whole, name, line)
        line += len(whole)


def _runs_in_major(
    rows: Sequence[StandardRow], name: str, line: int
) -> Iterator[tuple[int, list[str]]]:
    for _minor, group in itertools.groupby(rows, key=lambda row: row.minor_code):
        texts = [_text(row, name) for row in group]
        equal = name in MERGED_IF_EQUAL and texts[0] != "" and len(set(texts)) == 1
        if name in MERGED_OVER_CLASS or equal:
            yield line, texts
        else:
            yield from ((line + place, [text]) for place, text in enumerate(texts))
        line += len(texts)


def _text(row: StandardRow, name: str) -> str:
    if name == "name":
        return codes.with_mark(row.name, custom=row.custom)
    return str(getattr(row, name) or "")

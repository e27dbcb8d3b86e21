"""A file of standards as a city keeps it: its sheets, and writing the same file again.

The reader fills the blanks below a merged cell, so that what the author meant is in every row; what is written merges
them again. The same standards always give the same bytes.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from linli.cases.catalogue.standards import codes
from linli.cases.catalogue.standards.columns import COLUMNS, KIND_WORDS, STANDARDS
from linli.cases.catalogue.standards.errors import BadSheet
from linli.cases.catalogue.standards.rows import StandardRow
from linli.kernel.tables.reading import read_book
from linli.kernel.tables.sheets import Book

MOST_BYTES = 10 * 1024 * 1024
"""Of a file; half a thousand rows take about 60 kB."""

MOST_LINES = 20_000
"""Lines of one sheet; the largest city's table has about a thousand."""

MADE_AT = datetime(2000, 1, 1)  # noqa: DTZ001 - a mark in the file, the same for ever
WIDTHS = (10, 16, 10, 22, 36, 14, 36, 18, 18, 28, 40, 28)
"""Of the columns, in characters."""

MERGED_OVER_MAJOR = ("major_code", "major_name")
MERGED_OVER_CLASS = ("minor_code", "name")
MERGED_IF_EQUAL = tuple(column.field for column in COLUMNS if not column.needed)


def read_file(name: str, content: bytes) -> Book:
    """The sheets of a file, merged cells filled downwards.

    Raises:
        UnreadableTable: it is no such file, or a damaged one.
        BadSheet: it is larger than any table of standards.
    """
    if len(content) > MOST_BYTES:
        raise BadSheet(
            f"文件“{name}”超过 {MOST_BYTES // 1024 // 1024} MB，不像立案标准表，请检查后再传。",
            field="file",
        )
    book = read_book(name, content, STANDARDS)
    for sheet in book.sheets:
        if len(sheet.lines) > MOST_LINES:
            raise BadSheet(
                f"工作表“{sheet.name}”有 {len(sheet.lines)} 行，最多 {MOST_LINES} 行；请删去表格下面的空行后再传。",
                field="file",
            )
    return book


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

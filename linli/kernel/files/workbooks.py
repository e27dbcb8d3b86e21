"""The cells of a workbook, read in a process that can be ended.

A sheet is read into a rectangle, so one cell at XFD1048576 in a file of 1.5 KB asks for half a terabyte; and a zip of
a few kilobytes may unpack into gigabytes. Both are measured first.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from linli.kernel.files.cells import Budget, TooCostly, in_a_cell

MEGABYTE = 1024 * 1024
MOST_UNPACKED = 200 * MEGABYTE
"""Bytes all parts together may unpack to; a full sheet of a million cells has about 60 MB."""
MOST_PARTS = 5_000
MOST_COLUMNS = 1_000
MOST_CELLS = 5_000_000
"""Columns and cells of the rectangle around everything that is filled in; the widest list in use has 60 columns."""
BUDGET = Budget(memory=1536 * MEGABYTE, computing=30, waiting=60.0)

_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_ROW = re.compile(rb'<(?:\w{1,9}:)?row [^>]{0,200}?\br="([0-9]{1,7})"')

Cells = list[list[Any]]


class TooWide(ValueError):
    """The sheet or what it unpacks to is larger than any list in use."""


def cells_of(content: bytes) -> Cells:
    """The first sheet of a workbook, row by row. Raises ValueError with the reason, Busy."""
    try:
        return in_a_cell(read_cells, content, budget=BUDGET)
    except TooCostly as costly:
        raise TooWide("内容太大，读不下来") from costly


def read_cells(content: bytes) -> Cells:
    """The same, here and now."""
    if content.startswith(b"PK"):
        _measure(content)
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        return sheet.to_python(skip_empty_area=False)
    except (CalamineError, OSError) as problem:
        raise ValueError(str(problem)) from problem


def _measure(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = packed.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise TooWide("展开后太大，请分成几个表格")
        for part in parts:
            if part.filename.lower().startswith("xl/worksheets/"):
                _measure_sheet(packed.read(part))


def _measure_sheet(xml: bytes) -> None:
    columns = rows = 1
    for found in _REFERENCE.finditer(xml):
        columns = max(columns, _column(found[1]))
        rows = max(rows, int(found[2]))
    for found in _ROW.finditer(xml):
        rows = max(rows, int(found[1]))
    if columns > MOST_COLUMNS or columns * rows > MOST_CELLS:
        raise TooWide(f"有 {columns} 列、{rows} 行，太大了；请删去表格外面的内容再试")


def _column(letters: bytes) -> int:
    """A is 1, Z 26, AA 27 (ECMA-376 part 1, 18.18.7)."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number

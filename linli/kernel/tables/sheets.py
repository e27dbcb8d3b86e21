"""A file as its sheets, before anybody asks what they mean: cells by their place, and what is odd about a line.

Every kind of file ends here: workbooks, text with separators, a table of HTML or XML that was named .xls.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from linli.kernel.errors import LinliError
from linli.kernel.tables.cells import Cell

MOST_CELLS = 5_000_000
"""Cells of one sheet, blank ones between them included; a hundred thousand rows of fifty columns."""


Merged = tuple[tuple[int, int], tuple[int, int]]
"""(first line, first place), (last line, last place) of cells that are one, counted from 0."""


class UnreadableTable(LinliError):
    """The file is no table we can read; `field` is file."""

    status = 422
    code = "unreadable_table"


@dataclass(frozen=True)
class Line:
    """One line of a sheet. `number` is its place as the file counts it, from 1; `fault` says why it cannot be a row."""

    number: int
    cells: Sequence[Cell]
    fault: str = ""

    def cell(self, place: int) -> Cell:
        return self.cells[place] if place < len(self.cells) else BLANK

    @property
    def filled(self) -> list[int]:
        """Places of the cells in which something can be seen."""
        return [place for place, cell in enumerate(self.cells) if not cell.blank]


@dataclass(frozen=True)
class Sheet:
    """A sheet with its lines in order; lines without anything visible may be left out."""

    name: str
    lines: Sequence[Line]
    hidden: bool = False


@dataclass(frozen=True)
class Book:
    """All sheets of a file. `complete` is False when the file ends before it should, or its rows are not certain."""

    sheets: Sequence[Sheet]
    notes: Sequence[str] = ()
    complete: bool = True


BLANK = Cell()


def filled_downwards(lines: list[list[Cell]], merged: Sequence[Merged]) -> None:
    """Give the cells below a merged one its value, as the author meant it; places count from 0.

    Only downwards: a title merged across the sheet is one cell, not twelve.
    """
    for (top, left), (bottom, _right) in merged:
        if top >= len(lines) or left >= len(lines[top]):
            continue
        for line in range(top + 1, min(bottom + 1, len(lines))):
            if left < len(lines[line]):
                lines[line][left] = lines[top][left]


def plain_title(title: str) -> str:
    """A column's name as it is compared: `标　题`, `标题*`, `标题（必填）` and `標題` are all 标题."""
    text = unicodedata.normalize("NFKC", title).translate(_SIMPLE)
    depth = 0
    kept = []
    for sign in text:
        if sign in _OPENS:
            depth += 1
        elif sign in _CLOSES:
            depth = max(0, depth - 1)
        elif (not depth and unicodedata.category(sign)[0] in "LNM") or (not depth and sign in "/_"):
            kept.append(sign)
    return "".join(kept).strip("/").lower().replace("_", "")


_OPENS, _CLOSES = "([【{〔", ")]】}〕"
_SIMPLE = str.maketrans(
    "標題內電話類別編碼號聯繫絡區單稱時間職務範圍網發經緯處結條據責監體權轄點級層郵戶數據報訴創員機構來個該問詳細採集規",
    "标题内电话类别编码号联系络区单称时间职务范围网发经纬处结条据责监体权辖点级层邮户数据报诉创员机构来个该问详细采集规",
)
"""Signs of column names as Taiwan and Hong Kong write them."""

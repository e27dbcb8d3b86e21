"""Tables of HTML, and the XML that Excel 2003 wrote: both come from old systems under the name .xls.

They are read as a spreadsheet shows them: rowspan and colspan, MergeDown and MergeAcross. A table inside a table is not
guessed at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from html.parser import HTMLParser
from xml.parsers.expat import ExpatError, ParserCreate

from linli.kernel.tables.cells import Cell, cell_from
from linli.kernel.tables.sheets import MOST_CELLS, Book, Line, Sheet, UnreadableTable

_HTML = re.compile(
    rb"^\s*(?:<!doctype html|<html|<head|<meta|<style|<body|<table|<div|<!--)", re.IGNORECASE
)
_XML = re.compile(rb"^\s*<\?xml|^\s*<(?:\w+:)?Workbook", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w-]+)", re.IGNORECASE)
_CHINESE = {"gb2312", "gbk", "gb_2312-80", "x-gbk"}
_XML_SHEET = b"urn:schemas-microsoft-com:office:spreadsheet"
CUT_OFF = "文件在这一行中断，这一行不完整；请重新导出后再传"
MOST_SPAN = 1_000
"""Rows or columns one cell may cover."""


def is_markup(content: bytes) -> bool:
    head = content.removeprefix(b"\xef\xbb\xbf")[:1_000]
    return bool(_HTML.match(head) or _XML.match(head) or head.startswith(b"MIME-Version:"))


def read_markup(name: str, content: bytes) -> Book:
    """Raises `UnreadableTable` with what to do instead, when it is no plain table."""
    head = content[:4_000]
    if _XML.match(content.removeprefix(b"\xef\xbb\xbf")[:1_000]):
        if _XML_SHEET in head:
            return _read_xml(name, content)
        if b"<html" not in head.lower():
            raise _save_as(name, "XML 文件")
    if head.startswith(b"MIME-Version:"):
        raise _save_as(name, "单个文件网页（mht）")
    reader = _Tables()
    reader.feed(_text(content))
    reader.close()
    complete = reader.depth == 0
    if reader.nested:
        raise _save_as(name, "网页，表格里面又有表格")
    if not reader.tables:
        raise _save_as(name, "网页，里面没有表格")
    sheets = [
        Sheet(f"表{number}", _laid_out(name, rows, cut=not complete and rows is reader.tables[-1]))
        for number, rows in enumerate(reader.tables, start=1)
    ]
    notes = ["文件其实是网页（HTML），已按其中的表格读取。"]
    if not complete:
        notes.append("文件没有结尾，可能不完整。")
    return Book(sheets, notes, complete)


def _save_as(name: str, what: str) -> UnreadableTable:
    return UnreadableTable(
        f"文件“{name}”其实是{what}，不是 Excel 工作簿。请用 Excel 或 WPS 打开，“另存为”选“Excel 工作簿（xlsx）”再传。",
        field="file",
    )


def _text(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    said = _CHARSET.search(content[:4_000])
    encoding = said[1].decode("ascii").lower() if said else ""
    for one in (encoding, "utf-8-sig", "gb18030"):
        try:
            return content.decode("gb18030" if one in _CHINESE else one or "utf-8-sig")
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("utf-8", "replace")


@dataclass
class _Spanning:
    """A cell and how many rows and columns it covers."""

    cell: Cell
    down: int = 1
    across: int = 1
    place: int | None = None


Rows = list[tuple[int, list[_Spanning]]]
"""(number of the row, its cells)."""


class _Tables(HTMLParser):
    """Collects the rows of every table."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[Rows] = []
        self.depth = 0
        self.nested = False
        self._cell: _Spanning | None = None
        self._words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.depth += 1
            self.nested |= self.depth > 1
            self.tables.append([])
        elif tag == "tr" and self.depth:
            self._end_cell()
            self.tables[-1].append((len(self.tables[-1]) + 1, []))
        elif tag in ("td", "th") and self.depth:
            self._end_cell()
            given = dict(attrs)
            self._cell = _Spanning(Cell(), _span(given.get("rowspan")), _span(given.get("colspan")))
        elif tag in ("br", "p", "div"):
            self._words.append("\n" if tag == "br" else " ")
        elif tag in ("script", "style"):
            self._hidden += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr"):
            self._end_cell()
        elif tag == "table":
            self._end_cell()
            self.depth = max(0, self.depth - 1)
        elif tag in ("script", "style"):
            self._hidden = max(0, self._hidden - 1)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._words.append(data)

    def _end_cell(self) -> None:
        if self._cell is not None and self.tables:
            lines = "".join(self._words).split("\n")
            text = "\n".join(" ".join(line.split()) for line in lines).strip()
            self._cell.cell = Cell(text)
            if not self.tables[-1]:
                self.tables[-1].append((1, []))
            self.tables[-1][-1][1].append(self._cell)
        self._cell = None
        self._words = []


def _span(text: str | None) -> int:
    return max(1, min(MOST_SPAN, int(text))) if text and text.strip().isdecimal() else 1


def _laid_out(name: str, rows: Rows, *, cut: bool) -> list[Line]:
    """The cells at their places; what a cell covers below has its value, what it covers beside is blank.

    Of a table that is `cut` off nobody knows whether its last row is whole.
    """
    lines = []
    above: dict[int, tuple[int, Cell]] = {}
    size = 0
    for number, row in rows:
        cells: dict[int, Cell] = {place: cell for place, (_left, cell) in above.items()}
        above = {place: (left - 1, cell) for place, (left, cell) in above.items() if left > 1}
        place = 0
        for one in row:
            place = place if one.place is None else one.place
            while place in cells:
                place += 1
            for beside in range(one.across):
                cells[place + beside] = one.cell if beside == 0 else Cell()
                if one.down > 1:
                    above[place + beside] = (one.down - 1, cells[place + beside])
            place += one.across
        width = max(cells, default=-1) + 1
        size += width
        if size > MOST_CELLS:
            raise UnreadableTable(f"文件“{name}”里的表格太大，请分成几个文件。", field="file")
        lines.append(Line(number, [cells.get(at, Cell()) for at in range(width)]))
    if cut and lines:
        lines[-1] = replace(lines[-1], fault=CUT_OFF)
    return lines


def _read_xml(name: str, content: bytes) -> Book:
    reader = _Workbook()
    complete = True
    parser = ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.words
    parser.EntityDeclHandler = _no_entities
    try:
        parser.Parse(content, True)  # noqa: FBT003 - the parser takes it by its place
    except ExpatError as problem:
        if not any(rows for _sheet, rows, _hidden in reader.sheets):
            raise _save_as(name, "XML 文件，而且不完整") from problem
        complete = False
    notes = ["文件是 Excel 2003 的 XML 表格，已按表格读取。"]
    if not complete:
        notes.append("文件没有结尾，可能不完整；之前的行已读取。")
    last = reader.sheets[-1][1] if reader.sheets else None
    sheets = [
        Sheet(sheet, _laid_out(name, rows, cut=not complete and rows is last), hidden)
        for sheet, rows, hidden in reader.sheets
    ]
    return Book(sheets, notes, complete)


def _no_entities(*_declared: object) -> None:
    raise UnreadableTable("XML 文件里有实体声明，不能读取，请另存为 xlsx 再传。", field="file")


@dataclass
class _Workbook:
    """Follows the elements of the XML: Worksheet, Row, Cell, Data."""

    sheets: list[tuple[str, Rows, bool]] = field(default_factory=list)
    _place: int = 0
    _cell: _Spanning | None = None
    _kind: str = ""
    _inside: bool = False
    _visible: bool = False
    _text: list[str] = field(default_factory=list)

    def start(self, tag: str, given: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        facts = {key.rpartition(" ")[2]: value for key, value in given.items()}
        if name == "Worksheet":
            self.sheets.append((facts.get("Name", ""), [], False))
        elif name == "Row" and self.sheets:
            rows = self.sheets[-1][1]
            number = _number(facts.get("Index")) or (rows[-1][0] + 1 if rows else 1)
            rows.append((number, []))
            self._place = 0
        elif name == "Cell" and self.sheets and self.sheets[-1][1]:
            self._place = (_number(facts.get("Index")) or self._place + 1) - 1
            across = (_number(facts.get("MergeAcross")) or 0) + 1
            down = (_number(facts.get("MergeDown")) or 0) + 1
            self._cell = _Spanning(
                Cell(), min(down, MOST_SPAN), min(across, MOST_SPAN), self._place
            )
            self._place += across
        self._inside = self._inside or (name == "Data" and self._cell is not None)
        self._visible = self._visible or name == "Visible"
        if name == "Data":
            self._kind, self._text = facts.get("Type", "String"), []

    def end(self, tag: str) -> None:
        name = tag.rpartition(" ")[2]
        if name == "Data" and self._cell is not None:
            self._cell.cell = _typed("".join(self._text), self._kind)
            self._inside = False
        elif name == "Cell" and self._cell is not None:
            self.sheets[-1][1][-1][1].append(self._cell)
            self._cell = None
        elif name == "Visible":
            self._visible = False

    def words(self, text: str) -> None:
        if self._inside:
            self._text.append(text)
        elif self._visible and text.strip().startswith("SheetHidden") and self.sheets:
            sheet, rows, _hidden = self.sheets[-1]
            self.sheets[-1] = (sheet, rows, True)


def _number(text: str | None) -> int:
    return min(int(text), 10_000_000) if text and text.isdecimal() else 0


def _typed(text: str, kind: str) -> Cell:
    try:
        if kind == "Number":
            return cell_from(float(text))
        if kind == "DateTime":
            return cell_from(datetime.fromisoformat(text))
    except ValueError:
        return Cell(text)
    if kind == "Boolean":
        return cell_from(text == "1")
    if kind == "Error":
        return cell_from("", f"单元格是 Excel 的错误值 {text}，请改正公式或直接填写")
    return Cell(text)

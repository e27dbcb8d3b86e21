"""Reading a table somebody made, whatever it was made with: the one way every importer goes.

    table = read_table("报表.xlsx", content, REPORTS)
    for row in table.rows:
        row.text("title"), row.key("external_no"), row.phone("contact_phone")

Every line below the header in which something is written is one of three: a row in `rows`, a refusal in `refused`, or
named in `notes` (a total, a remark below the table, the header printed again). Numbers of rows are those of the file.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TypeVar

from linli.kernel.tables import cells
from linli.kernel.tables.cells import BadCell, Cell
from linli.kernel.tables.columns import (
    HEADER_LINES,
    TITLES_SHOWN,
    Header,
    Layout,
    find_header,
    likeliest_header,
    missing_from,
)
from linli.kernel.tables.markup import is_markup, read_markup
from linli.kernel.tables.results import Imported, Refusal
from linli.kernel.tables.sheets import (
    BLANK,
    Book,
    Line,
    Sheet,
    UnreadableTable,
    plain_title,
)
from linli.kernel.tables.texts import (
    SEPARATORS,
    UNREADABLE_SIGNS,
    Decoded,
    physical_lines,
    readings,
    rows_of,
    split_line,
)
from linli.kernel.tables.workbooks import is_workbook, read_workbook

T = TypeVar("T")
R = TypeVar("R", bound=Imported)

TOTALS = frozenset(("合计", "总计", "小计", "共计", "总数", "累计", "total", "subtotal"))
"""First words of a line that adds up others."""

REMARKS = (
    "注:", "备注:", "说明:", "填表人:", "制表人:", "制表:", "审核人:", "审核:", "填报人:", "打印时间:",
    "导出时间:", "数据来源:",
)  # fmt: skip
"""How a line below a table begins that is none of its rows; nothing else stands in it."""

LEAST_FOR_REMARKS = 3
"""Columns of a table in which a line with one cell can be a remark; in a narrower one it may be all there is to say."""


class MissingColumns(UnreadableTable):
    """No header has all that is needed; `missing` are the groups of fields of which none is there."""

    code = "missing_columns"

    def __init__(self, message: str, *, missing: Sequence[Sequence[str]], found: str) -> None:
        super().__init__(message, field="file")
        self.missing = missing
        self.found = found


class BadRow(BadCell):
    """A row that cannot be taken because of one of its cells; `refusal` says which."""

    code = "bad_row"

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason, field=refusal.column)
        self.refusal = refusal


@dataclass(frozen=True)
class Row:
    """One row by the fields of the importer; a column that is missing is blank."""

    number: int
    sheet: str
    line: Line
    header: Header

    def cell(self, name: str) -> Cell:
        place = self.header.places.get(name)
        return BLANK if place is None else self.line.cell(place)

    def text(self, name: str) -> str:
        """The words of a cell. Raises `BadRow`, as do the others."""
        return self._read(name, cells.text_of)

    def key(self, name: str) -> str:
        """A number or code that has to be exact, see `kernel.tables.cells`."""
        return self._read(name, cells.key_of)

    def read(self, name: str, how: Callable[[Cell], T]) -> T:
        """A cell by a rule of `kernel.tables.cells`."""
        return self._read(name, how)

    def phone(self, name: str, notes: list[str]) -> str:
        """A telephone number that is certain, or empty; what was left out is added to `notes`."""
        found = self._read(name, cells.phone_of)
        if found.note:
            notes.append(f"第 {self.number} 行“{self.title(name)}”：{found.note}。")
        return found.number

    def title(self, name: str) -> str:
        """The column as the file names it."""
        return self.header.titles.get(name, name)

    def refusal(self, name: str, reason: str) -> Refusal:
        """This row refused, because of a cell or (without a column of that name) as a whole."""
        shown = cells.shortened(self.cell(name).text)
        return Refusal(
            self.sheet, self.number, self.header.titles.get(name, ""), shown, reason.rstrip("。")
        )

    def _read(self, name: str, how: Callable[[Cell], T]) -> T:
        try:
            return how(self.cell(name))
        except BadCell as bad:
            raise BadRow(self.refusal(name, bad.message)) from bad


@dataclass(frozen=True)
class Table:
    """A header and what stands below it. `complete` is False when the file may hold more than could be read."""

    header: Header
    rows: Sequence[Row]
    refused: Sequence[Refusal] = ()
    notes: Sequence[str] = ()
    complete: bool = True

    @property
    def names(self) -> list[str]:
        """The names of all columns, as the file has them."""
        return [name for name in self.header.names if name]

    @property
    def size(self) -> int:
        """Rows of the file: those that can be looked at and those refused already."""
        return len(self.rows) + len(self.refused)

    def has(self, name: str) -> bool:
        return name in self.header.places

    def begun(self, result: R) -> R:
        """A result with what is known before the first row is looked at."""
        result.read = self.size
        result.refused = [*self.refused]
        result.notes = [*self.notes]
        result.complete = self.complete
        return result


def read_table(name: str, content: bytes, layout: Layout) -> Table:
    """Read the table that `layout` describes out of a file.

    Raises:
        UnreadableTable: it is no table, or has no such header, or names a column twice.
    """
    book, header, sheet = _with_header(name, content, layout)
    notes = [*book.notes, *_other_sheets(book, sheet, layout), *_unread(header)]
    read = _Reader(sheet, header)
    read.walk()
    return Table(
        header,
        read.rows,
        read.refused,
        [*notes, *read.notes],
        book.complete and not read.uncertain,
    )


def read_book(name: str, content: bytes, layout: Layout) -> Book:
    """The sheets of a file as they are; of text the encoding and separator that give the header of `layout`.

    Raises:
        UnreadableTable: empty, or nothing of the kind.
    """
    if not content.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise UnreadableTable(f"文件“{name}”是空的，请选择有内容的表格。", field="file")
    if is_workbook(content):
        return read_workbook(name, content)
    if is_markup(content):
        return read_markup(name, content)
    return _read_text(name, content, layout)


def _with_header(name: str, content: bytes, layout: Layout) -> tuple[Book, Header, Sheet]:
    book = read_book(name, content, layout)
    shown = [sheet for sheet in book.sheets if not sheet.hidden]
    for sheet in shown:
        header = find_header(sheet, layout)
        if header is not None:
            return book, header, sheet
    hidden = [one.name for one in book.sheets if one.hidden and find_header(one, layout)]
    if hidden:
        raise UnreadableTable(
            f"只有隐藏的工作表“{'、'.join(hidden)}”里有{layout.what}的表头；请取消隐藏后再传。",
            field="file",
        )
    raise _no_header(name, shown, layout)


def _no_header(name: str, sheets: Sequence[Sheet], layout: Layout) -> UnreadableTable:
    found = likeliest_header(sheets, layout)
    if found is None:
        return UnreadableTable(f"文件“{name}”里没有内容，请选择有内容的表格。", field="file")
    missing = missing_from(found, layout)
    lacking = "、".join("或".join(layout.title(one) for one in group) for group in missing)
    has = "、".join(one for one in found.names if one)[:TITLES_SHOWN]
    return MissingColumns(
        f"文件“{name}”的表头里缺少“{lacking}”列（找到：{has}）。请补上或改正列名，或用下载的模板。",
        missing=missing,
        found=has,
    )


def _other_sheets(book: Book, read: Sheet, layout: Layout) -> Iterator[str]:
    for sheet in book.sheets:
        if sheet is read or not any(line.filled for line in sheet.lines):
            continue
        if sheet.hidden:
            yield f"隐藏的工作表“{sheet.name}”没有读取。"
        elif _has_header(sheet, layout):
            yield (
                f"工作表“{sheet.name}”也有{layout.what}的表头，没有读取；只读取了“{read.name}”，其余请分开导入。"
            )
        else:
            yield f"工作表“{sheet.name}”没有{layout.what}的表头，没有读取。"


def _has_header(sheet: Sheet, layout: Layout) -> bool:
    try:
        return find_header(sheet, layout) is not None
    except UnreadableTable:
        return True


def _unread(header: Header) -> Iterator[str]:
    if header.unread:
        used = "、".join(header.titles.values())
        yield f"列“{'”“'.join(header.unread)}”没有读取：同样的内容已取自其他列（{used[:TITLES_SHOWN]}）。"


@dataclass
class _Reader:
    """Walks down a sheet below its header."""

    sheet: Sheet
    header: Header
    rows: list[Row] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    uncertain: bool = False

    def walk(self) -> None:
        for line in self.sheet.lines:
            if line.number <= self.header.line.number or not (line.filled or line.fault):
                continue
            if line.fault:
                self._refuse(line, line.fault)
                self.uncertain = True
            elif not self._is_noted(line):
                self._row(line)

    def _row(self, line: Line) -> None:
        surplus = [place for place in line.filled if place >= self.header.width]
        if surplus:
            what = line.cell(surplus[0]).text
            reason = f"比表头多出 {len(surplus)} 格，内容里可能有没加引号的分隔符；请核对后再传"
            self.refused.append(
                Refusal(
                    self.sheet.name,
                    line.number,
                    f"第 {surplus[0] + 1} 列",
                    cells.shortened(what),
                    reason,
                )
            )
        else:
            self.rows.append(Row(line.number, self.sheet.name, line, self.header))

    def _refuse(self, line: Line, reason: str) -> None:
        text = "，".join(cell.text for cell in line.cells)
        self.refused.append(
            Refusal(self.sheet.name, line.number, "", cells.shortened(text), reason)
        )

    def _is_noted(self, line: Line) -> bool:
        """Whether it is no row: a total, a remark, the header on the next printed page. It is said in the notes."""
        filled = line.filled
        first = cells.without_unseen(line.cell(filled[0]).text)
        plain = plain_title(first)
        if plain in TOTALS and (len(filled) > 1 or len(self.header.places) >= LEAST_FOR_REMARKS):
            words = "合计行"
        elif (
            len(filled) == 1
            and filled[0] == self.header.line.filled[0]
            and len(self.header.line.filled) >= LEAST_FOR_REMARKS
            and unicodedata.normalize("NFKC", first).startswith(REMARKS)
        ):
            words = "说明文字"
        elif self._is_header_again(line):
            words = "重复的表头"
        else:
            return False
        self.notes.append(f"第 {line.number} 行是{words}（{cells.shortened(first)}），没有读取。")
        return True

    def _is_header_again(self, line: Line) -> bool:
        places = self.header.places.values()
        return all(
            plain_title(line.cell(place).text) == plain_title(self.header.line.cell(place).text)
            for place in places
        )


def _read_text(name: str, content: bytes, layout: Layout) -> Book:
    """The reading of a text in which a header is found; the first one when there is none."""
    first: Book | None = None
    for decoded in readings(content):
        if "\x00" in decoded.text:
            continue
        lines = physical_lines(decoded.text)
        for separator in _separators(lines):
            book = _lines_as_book(name, decoded, lines, separator, layout)
            if any(_has_header(sheet, layout) for sheet in book.sheets):
                return book
            first = first or book
    if first is None:
        raise UnreadableTable(
            f"文件“{name}”不是文本表格，请另存为 CSV（UTF-8）或 xlsx。", field="file"
        )
    return first


def _separators(lines: Sequence[str]) -> list[str]:
    """Separators to try, the most frequent in the first lines first; Excel may say which in `sep=;`."""
    head = "\n".join(lines[:HEADER_LINES])
    if lines and lines[0].strip('"').lower().startswith("sep=") and len(lines[0].strip('"')) == 5:
        return [lines[0].strip('"')[4]]
    found = [one for one in SEPARATORS if one in head]
    return sorted(found, key=lambda one: -head.count(one)) or [","]


def _lines_as_book(
    name: str, decoded: Decoded, lines: Sequence[str], separator: str, layout: Layout
) -> Book:
    stem = PurePath(name).stem
    head = [
        Line(at, [Cell(cell) for cell in split_line(line, separator) or [line]])
        for at, line in enumerate(lines[:HEADER_LINES], start=1)
    ]
    top = Sheet(stem, head)
    notes = [decoded.note] if decoded.note else []
    try:
        header = find_header(top, layout)
    except UnreadableTable:
        return Book([top], notes)
    if header is None:
        return Book([top], notes)
    below = rows_of(lines, separator, first=header.line.number, width=header.width)
    rows = [_with_signs(line) if decoded.damaged else line for line in below]
    if decoded.damaged:
        notes.append("文件里有读不出的字，这些行没有收；请重新导出后再传。")
    if separator != ",":
        shown = (
            {"\t": "制表符", ";": "分号", "|": "竖线"}[separator]
            if separator in "\t;|"
            else separator
        )
        notes.append(f"文件用{shown}分隔，已自动识别。")
    certain = not any(line.fault for line in rows)
    return Book(
        [Sheet(stem, [*head[: header.line.number], *rows])], notes, certain and not decoded.damaged
    )


def _with_signs(line: Line) -> Line:
    """A line with signs that could not be decoded is no row."""
    if line.fault or not any("\ufffd" in cell.text for cell in line.cells):
        return line
    return Line(line.number, line.cells, UNREADABLE_SIGNS)

"""Rows of a city's sheet, read and checked cell by cell.

A sheet is drawn for eyes: the 大类 stands once beside all of its 小类, the 小类 once beside all of its 立案条件. So a
blank 大类 or 小类 means "as above", until a new 大类 begins; under a new 大类 the 小类 has to be named again. A row
that leaves its 小类 blank says "as above" in the columns that describe the class as well (监管主体 … 采集要求); a row
that names its 小类 means a blank there as a blank.

    大类代码 大类名称 小类代码 小类名称 立案条件 处置时限            rows
    01      市容环境  11      积存垃圾  少量    1工作日   →  01 11 少量 1工作日
                                      大量    3天       →  an error: which kind of day is meant?
    02      宣传广告  01      小广告    新贴    1工作日   →  02 01 新贴 1工作日

What is wrong is told once, at the cell where it stands. Rows that hang on a class that cannot be read are held back
with it and named in that error, so that every row is either among `rows` or named in `errors`.

Pure: cells in, rows and errors out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from linli.cases.catalogue.standards import codes
from linli.cases.catalogue.standards.columns import (
    COLUMNS,
    KIND_FIELD,
    KIND_TITLE,
    OPTIONAL,
    TITLES,
    Header,
    find_header,
    kind_in,
    tidy,
)
from linli.cases.catalogue.standards.errors import BadSheet
from linli.cases.catalogue.standards.rows import Options, Reading, RowError, StandardRow
from linli.kernel.calendar.errors import UnclearLimit
from linli.kernel.calendar.limits import parse_limit
from linli.kernel.tables.cells import Cell
from linli.kernel.tables.reading import TOTALS
from linli.kernel.tables.sheets import Book, Line, Sheet, plain_title

DAYS_MEAN = ("工作日", "自然日", "紧急工作日")
HOURS_MEAN = ("工作时", "紧急工作时")
SHEET_COLUMN = "工作表"
LONGEST_SHOWN = 60
"""Characters of a wrong value that an error repeats."""

_COLUMN = {column.field: column for column in COLUMNS}
_BARE_LIMIT = re.compile(r"([0-9]+)个?(天|日|小时|时)")
_REMARKS = ("注:", "注：", "备注", "说明:", "说明：")


def read_standards(book: Book, *, options: Options, file_name: str = "") -> Reading:
    """Read every sheet that has the header of a sheet of standards; others are left out and said so.

    The kind of a sheet's classes is in a column 类型, in its name, in the options or in the name of the file, in this
    order.

    Raises:
        BadSheet: no sheet has such a header, or one lacks a column it needs.
    """
    found = _Found(options, notes=[*book.notes], complete=book.complete)
    headers = 0
    for sheet in book.sheets:
        if sheet.hidden:
            found.notes.append(f"隐藏的工作表“{sheet.name}”没有读取。")
            continue
        header = find_header(sheet)
        if header is None:
            if any(line.filled for line in sheet.lines):
                found.notes.append(f"工作表“{sheet.name}”没有立案标准的表头，没有读取。")
            continue
        headers += 1
        kind = kind_in(sheet.name) or options.kind or kind_in(file_name)
        _SheetReader(sheet, header, kind, found).read()
    if not headers:
        needed = "、".join(column.title for column in COLUMNS if column.needed)
        raise BadSheet(
            f"没有找到立案标准的表头。表头要有：{needed}；可以先导出现行标准当模板。", field="file"
        )
    return found.reading()


def read_limit(text: str, *, options: Options) -> str:
    """A limit in its one spelling, `２ 个工作天` as `2工作日`; a bare 天 or 小时 as the options say.

    Raises:
        UnclearLimit: it is none, or nobody said what is meant.
    """
    bare = _bare(text)
    if bare is None:
        return str(parse_limit(text))
    number, unit = bare
    meant = options.days_mean if unit in "天日" else options.hours_mean
    return str(parse_limit(f"{number}{meant or unit}"))


@dataclass
class _Fault:
    """An error that may still gather lines held back with it."""

    sheet: str
    number: int
    column: str
    value: str
    reason: str
    expected: str
    kind: str
    also: list[int] = field(default_factory=list)

    def error(self) -> RowError:
        value = self.value
        shown = value if len(value) <= LONGEST_SHOWN else f"{value[:LONGEST_SHOWN]}…"
        return RowError(
            self.sheet, self.number, self.column, shown, self.reason, self.expected, (*self.also,)
        )


@dataclass
class _Level:
    """A 大类 or 小类 as its first row states it. With a fault, its rows are held back."""

    stated: tuple[str, str]
    code: str
    name: str
    custom: bool = False
    fault: _Fault | None = None

    def goes_on(self, stated: tuple[str, str]) -> bool:
        """Whether a row says nothing, or the same again."""
        return all(text in ("", known) for text, known in zip(stated, self.stated, strict=True))


@dataclass
class _Found:
    """What the sheets of one file have given so far. `names` and `seen` tell where a thing stood first."""

    options: Options
    rows: list[StandardRow] = field(default_factory=list)
    faults: list[_Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    names: dict[tuple[str, ...], tuple[str, str]] = field(default_factory=dict)
    seen: dict[tuple[str, ...], str] = field(default_factory=dict)
    complete: bool = True

    def reading(self) -> Reading:
        wrong = {fault.kind for fault in self.faults}
        # A row of unknown kind might be anything, so that no kind can be called complete.
        clean = set() if "" in wrong or not self.complete else self.kinds - wrong
        return Reading(
            rows=(*self.rows,),
            errors=tuple(fault.error() for fault in self.faults),
            notes=(*self.notes,),
            kinds=frozenset(self.kinds),
            clean=frozenset(clean),
            minor_digits=self.options.pattern.minor,
            complete=self.complete,
        )


class _SheetReader:
    """Walks down one sheet and keeps the 大类 and 小类 it is in."""

    def __init__(self, sheet: Sheet, header: Header, kind: str, found: _Found) -> None:
        self.sheet, self.lines, self.header = sheet.name, sheet.lines, header
        self.sheet_kind = self.kind = kind
        self.found = found
        self.number = 0
        self.major: _Level | None = None
        self.minor: _Level | None = None
        self.above: dict[str, str] = {}
        self.nameless: _Fault | None = None
        if header.unknown:
            unknown = "、".join(header.unknown)[:200]
            found.notes.append(f"工作表“{self.sheet}”里不认识的列没有读取：{unknown}。")

    def read(self) -> None:
        for line in self.lines:
            if line.number <= self.header.line.number or not (line.filled or line.fault):
                continue
            self.number = line.number
            raw = {name: line.cell(place) for name, place in self.header.places.items()}
            texts = {
                name: tidy(cell.text, lines=name in _COLUMN and _COLUMN[name].lines)
                for name, cell in raw.items()
            }
            if not self._is_damaged(line, raw) and not self._is_left_out(texts):
                self._row(raw, texts)

    def _is_damaged(self, line: Line, raw: Mapping[str, Cell]) -> bool:
        """A line that is no certain row, or has a cell in which something was and is lost. Its kind is not known."""
        kind, self.kind = self.kind, ""
        surplus = [place for place in line.filled if place >= self.header.width]
        damaged = next((name for name, cell in raw.items() if cell.damage), "")
        if line.fault:
            self._fault(
                "", "，".join(cell.text for cell in line.cells), line.fault, "引号成对的一行"
            )
        elif surplus:
            expected = "与表头一样多的格子"
            reason = f"比表头多出 {len(surplus)} 格"
            self._fault(f"第 {surplus[0] + 1} 列", line.cell(surplus[0]).text, reason, expected)
        elif damaged:
            self._fault(_title(damaged), "", raw[damaged].damage, "直接填写的内容")
        self.kind = kind
        return bool(line.fault or surplus or damaged)

    def _is_left_out(self, texts: Mapping[str, str]) -> bool:
        """Blank lines, the header again on the next printed page, and a remark or a total below the table."""
        filled = [text for text in texts.values() if text]
        if not filled:
            self.found.notes.append(
                f"工作表“{self.sheet}”第 {self.number} 行只有不认识的列里有内容，没有读取。"
            )
            return True
        remark = len(filled) == 1 and filled[0].startswith(_REMARKS)
        if remark or plain_title(filled[0]) in TOTALS:
            words = "说明文字" if remark else "合计行"
            self.found.notes.append(f"工作表“{self.sheet}”第 {self.number} 行是{words}，没有读取。")
            return True
        title = self.header.line.cell(self.header.places["filing_condition"]).text
        return texts["filing_condition"] == tidy(title)

    def _row(self, raw: Mapping[str, Cell], texts: Mapping[str, str]) -> None:
        if not self._kind_known(texts.get(KIND_FIELD, "")):
            return
        before = len(self.found.faults)
        self.found.kinds.add(self.kind)
        major, minor = self._major(raw, texts), self._minor(raw, texts)
        values = self._values(texts)
        cause = major.fault or minor.fault
        if cause is not None:
            if cause.number != self.number:
                cause.also.append(self.number)
            return
        if values["filing_condition"]:
            self._check_new(major, minor, values["filing_condition"])
        if len(self.found.faults) == before:
            self.found.rows.append(self._good(major, minor, values))

    def _kind_known(self, stated: str) -> bool:
        """Whether the row's kind is known. If only the name of the sheet could tell, that is one error for all rows."""
        earlier, self.kind = self.kind, kind_in(stated) if stated else self.sheet_kind
        if self.kind != earlier:
            self.major = self.minor = None
        if self.kind:
            return True
        if stated:
            self._fault(KIND_TITLE, stated, "不认识的类型", "部件、事件或诉求")
        elif self.nameless is None:
            expected = "表名写明类型，或导入时选择类型"
            self.nameless = self._fault(
                SHEET_COLUMN, self.sheet, "表名没有说明是部件、事件还是诉求", expected
            )
        else:
            self.nameless.also.append(self.number)
        return False

    def _major(self, raw: Mapping[str, Cell], texts: Mapping[str, str]) -> _Level:
        stated = (texts["major_code"], texts["major_name"])
        if self.major is None or not self.major.goes_on(stated):
            width = self.found.options.pattern.major
            made = _Level(stated, _digits(raw["major_code"], stated[0], width), stated[1])
            self._check_level(made, "major_code", "major_name", width)
            self.major, self.minor = made, None
        return self.major

    def _minor(self, raw: Mapping[str, Cell], texts: Mapping[str, str]) -> _Level:
        stated = (texts["minor_code"], texts["name"])
        if self.minor is None or not self.minor.goes_on(stated):
            width = self.found.options.pattern.minor
            name, marked = codes.without_mark(stated[1])
            made = _Level(stated, _digits(raw["minor_code"], stated[0], width), name, marked)
            self._check_level(made, "minor_code", "name", width)
            made.custom = codes.is_custom(made.code, marked=marked)
            self.minor = made
        return self.minor

    def _check_level(self, made: _Level, code_field: str, name_field: str, width: int) -> None:
        """The code and the name of a 大类 or 小类 that begins on this row."""
        first = len(self.found.faults)
        self._check_code(made, code_field, width)
        if made.code or made.name:
            self._check_text(name_field, made.name)
        if len(self.found.faults) == first:
            self._check_name(made, code_field, name_field)
        if len(self.found.faults) > first:
            made.fault = self.found.faults[first]

    def _check_code(self, made: _Level, code_field: str, width: int) -> None:
        title, expected = TITLES[code_field], f"{width} 位数字，如 {'1'.zfill(width)}"
        if not made.code:
            named = code_field == "minor_code" and bool(made.name)
            if named and (made.custom or self.kind == codes.WITHOUT_MINOR):
                return
            if named:
                expected += "；自设的小类在名称后写“（自定义）”，可由系统编号"
            self._fault(title, "", "没有填写，上面也没有可以沿用的", expected)
        elif not (made.code.isascii() and made.code.isdigit()):
            self._fault(title, made.stated[0], "不是数字", expected)
        elif len(made.code) != width:
            self._fault(title, made.stated[0], f"是 {len(made.code)} 位", expected)
        elif not int(made.code):
            self._fault(title, made.stated[0], "编号从 1 开始", expected)

    def _check_name(self, made: _Level, code_field: str, name_field: str) -> None:
        """One code has one name in the whole file."""
        key: tuple[str, ...] = (self.kind, made.code)
        if code_field == "minor_code":
            numbered_later = not made.code and self.kind != codes.WITHOUT_MINOR
            if self.major is None or self.major.fault or numbered_later:
                return
            key = (self.kind, self.major.code, made.code)
        name, where = self.found.names.setdefault(key, (made.name, self._here()))
        if name != made.name:
            reason = f"代码“{made.code}”在{where}的名称是“{name}”"
            self._fault(TITLES[name_field], made.stated[1], reason, "一个代码只有一个名称")

    def _values(self, texts: Mapping[str, str]) -> dict[str, Any]:
        """The other cells of the row, checked; blanks as above where the row leaves its 小类 blank."""
        given: dict[str, str | None] = {name: texts.get(name) for name in OPTIONAL}
        if not (texts["minor_code"] or texts["name"]):
            given = {name: text or self.above.get(name, text) for name, text in given.items()}
        self.above = {name: text for name, text in given.items() if text}
        for name in ("filing_condition", "closing_condition", *OPTIONAL):
            self._check_text(name, texts.get(name, ""))
        return {
            "filing_condition": texts["filing_condition"],
            "time_limit": self._limit(texts["time_limit"]),
            "closing_condition": texts["closing_condition"],
            **given,
        }

    def _limit(self, text: str) -> str:
        if not text:
            self._check_text("time_limit", text)
            return ""
        try:
            return read_limit(text, options=self.found.options)
        except UnclearLimit as unclear:
            reason, expected = unclear.message.rstrip("。"), "如 3工作日、4工作时、2紧急工作时"
            bare = _bare(text)
            if bare is not None and int(bare[0][:9]):
                number, unit = bare
                meant = DAYS_MEAN if unit in "天日" else HOURS_MEAN
                choices = "、".join(f"{number}{one}" for one in meant)
                reason = f"没有说清是哪一种“{unit}”"
                expected = f"{choices}之一，或导入时选定“{unit}”指什么"
            self._fault(TITLES["time_limit"], text, reason, expected)
            return ""

    def _check_text(self, name: str, text: str) -> None:
        column = _COLUMN[name]
        if column.needed and not text:
            self._fault(column.title, "", "没有填写", "不能为空")
        elif len(text) > column.most:
            self._fault(column.title, text, f"有 {len(text)} 个字", f"不超过 {column.most} 个字")

    def _check_new(self, major: _Level, minor: _Level, condition: str) -> None:
        key = (self.kind, major.code, minor.code or minor.name, condition)
        first = self.found.seen.setdefault(key, self._here())
        if first != self._here():
            title = TITLES["filing_condition"]
            self._fault(title, condition, f"与{first}重复", "同一小类的立案条件各不相同")

    def _good(self, major: _Level, minor: _Level, values: dict[str, Any]) -> StandardRow:
        return StandardRow(
            kind=self.kind,
            major_code=major.code,
            major_name=major.name,
            minor_code=minor.code,
            name=minor.name,
            custom=minor.custom,
            sheet=self.sheet,
            number=self.number,
            **values,
        )

    def _here(self) -> str:
        return f"“{self.sheet}”第 {self.number} 行"

    def _fault(self, column: str, value: str, reason: str, expected: str) -> _Fault:
        made = _Fault(self.sheet, self.number, column, value, reason, expected, self.kind)
        self.found.faults.append(made)
        return made


def _bare(text: str) -> tuple[str, str] | None:
    """(digits, unit) of a limit in bare 天, 日, 小时 or 时; None for any other text."""
    found = _BARE_LIMIT.fullmatch("".join(unicodedata.normalize("NFKC", text).split()))
    return (found[1], found[2]) if found else None


def _digits(cell: Cell, text: str, width: int) -> str:
    """A code as digits. A number lost its leading zeros in the spreadsheet; text is taken as it stands."""
    is_number = isinstance(cell.value, float)
    return text.zfill(width) if is_number and text.isdigit() else text


def _title(name: str) -> str:
    return TITLES.get(name, KIND_TITLE)

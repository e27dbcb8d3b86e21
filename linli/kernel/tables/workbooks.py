"""Workbooks: xlsx, xls and ods. `raw_sheets` is the only function that calls the library; it gives plain values.

The library gives blanks for an error (#N/A) and for a formula that was never calculated. In an xlsx both are looked up
in the parts of the file, for a blank that was meant to be something must not pass for nothing.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from linli.kernel.cells import Budget, TooCostly, in_a_cell
from linli.kernel.tables.cells import cell_from
from linli.kernel.tables.sheets import (
    MOST_CELLS,
    Book,
    Line,
    Merged,
    Sheet,
    UnreadableTable,
    filled_downwards,
)

SIGNATURES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""Of a zip (xlsx, ods) and of the older container (xls)."""

MOST_UNPACKED = 200 * 1024 * 1024
"""Bytes of the parts when unpacked, so that a small file cannot ask for all the memory."""

BUDGET = Budget(memory=1536 * 1024 * 1024, computing=30, waiting=60.0)
"""What reading one workbook may cost: bytes, seconds of computing, seconds by the clock."""

_CELL = re.compile(
    rb"<(?:\w{1,9}:)?c\s([^>]{0,400}?)(?:/>|>(.{0,40000}?)</(?:\w{1,9}:)?c>)", re.DOTALL
)
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_VALUE = re.compile(rb"<(?:\w{1,9}:)?v(?:\s[^>]{0,200})?>([^<]{1,40000})</|<(?:\w{1,9}:)?is[\s>]")
_SHEET = re.compile(rb"<(?:\w{1,9}:)?sheet\s([^>]{0,2000}?)/?>")
_RELATION = re.compile(rb"<(?:\w{1,9}:)?Relationship\s([^>]{0,4000}?)/?>")
_ATTRIBUTE = re.compile(rb'([\w:]{1,60})\s{0,9}=\s{0,9}"([^"]{0,4000})"')
_FIRST_DAY_1904 = re.compile(rb'<(?:\w{1,9}:)?workbookPr[^>]{0,1000}date1904="(?:1|true)"')
_ENTITY = re.compile(r"&(#x[0-9a-fA-F]{1,8}|#\d{1,8}|\w{1,12});")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}

_BROKEN = (
    zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, ValueError, EOFError, KeyError,
)  # fmt: skip
"""What a damaged zip answers with."""

Damage = dict[tuple[int, int], str]
"""(line, place) counted from 0 → why nothing can be read there."""


@dataclass(frozen=True)
class RawSheet:
    """A worksheet as plain values: text, numbers, dates, times, blanks. Places count from 0."""

    name: str
    hidden: bool
    rows: list[list[object]]
    merged: list[Merged]


def is_workbook(content: bytes) -> bool:
    return content.startswith(SIGNATURES)


def read_workbook(name: str, content: bytes) -> Book:
    """A workbook, read in a process that can be ended: what it unpacks to is not known before.

    Raises `UnreadableTable`: damaged, locked with a password, or larger than a table is; `Busy`.
    """
    try:
        return in_a_cell(open_workbook, name, content, budget=BUDGET)
    except TooCostly as costly:
        raise UnreadableTable(
            f"文件“{name}”太大或已损坏，读不下来；请另存一份，或分成几个表格后再传。", field="file"
        ) from costly


def open_workbook(name: str, content: bytes) -> Book:
    """The same, here and now."""
    parts = _Parts.of(name, content) if content.startswith(b"PK") else _Parts()
    return Book([_sheet(raw, parts) for raw in raw_sheets(name, content)])


def raw_sheets(name: str, content: bytes) -> list[RawSheet]:
    """Every worksheet of a file; charts and macros are passed over. Raises `UnreadableTable`."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        found = []
        for facts in book.sheets_metadata:
            if facts.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(facts.name)
            _check_size(facts.name, sheet.total_height, sheet.total_width)
            rows: list[list[object]] = [list(row) for row in sheet.to_python(skip_empty_area=False)]
            hidden = facts.visible != SheetVisibleEnum.Visible
            found.append(RawSheet(facts.name, hidden, rows, list(sheet.merged_cell_ranges or [])))
    except (CalamineError, OSError, ValueError, OverflowError) as problem:
        raise _unreadable(name, problem) from problem
    except BaseException as problem:
        # On some damaged files the library gives up in the middle; that error belongs to no class of errors.
        if type(problem).__name__ != "PanicException":
            raise
        raise _unreadable(name, problem) from problem
    return found


def _check_size(sheet: str, height: int, width: int) -> None:
    if height * width > MOST_CELLS:
        raise UnreadableTable(
            f"工作表“{sheet}”有 {height} 行、{width} 列，太大了；请删去表格右边和下面的空格子后再传。",
            field="file",
        )


def _unreadable(name: str, problem: BaseException) -> UnreadableTable:
    if "password" in str(problem).lower():
        return UnreadableTable(f"文件“{name}”设了打开密码，请去掉密码后再传。", field="file")
    return UnreadableTable(
        f"文件“{name}”不是可读的 Excel 工作簿，请用 Excel 或 WPS 打开后另存为 xlsx 再传。",
        field="file",
    )


def _sheet(raw: RawSheet, parts: _Parts) -> Sheet:
    damage = parts.damage(raw.name)
    lines = [
        [
            cell_from(cell, damage.get((at, place), ""), serial=parts.serials)
            for place, cell in enumerate(row)
        ]
        for at, row in enumerate(raw.rows)
    ]
    filled_downwards(lines, raw.merged)
    kept = [Line(at, cells) for at, cells in enumerate(lines, start=1)]
    return Sheet(raw.name, kept, hidden=raw.hidden)


@dataclass
class _Parts:
    """What the library does not tell of an xlsx: the XML of its sheets by their names, and from when days count."""

    sheets: dict[str, bytes] = field(default_factory=dict)
    serials: bool = False

    @classmethod
    def of(cls, name: str, content: bytes) -> _Parts:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                    raise UnreadableTable(f"文件“{name}”展开后太大，请检查后再传。", field="file")
                if "xl/workbook.xml" not in packed.namelist():
                    return cls()
                found = cls(
                    dict(_sheet_parts(packed)),
                    not _FIRST_DAY_1904.search(packed.read("xl/workbook.xml")),
                )
        except _BROKEN as problem:
            raise UnreadableTable(
                f"文件“{name}”不完整，请重新保存后再传。", field="file"
            ) from problem
        for sheet, xml in found.sheets.items():
            _check_size(sheet, *_extent(xml))
        return found

    def damage(self, sheet: str) -> Damage:
        xml = self.sheets.get(sheet, b"")
        if b't="e"' not in xml and b"<f" not in xml and b":f" not in xml:
            return {}
        return dict(_damaged_cells(xml))


def _sheet_parts(packed: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """(name, XML) of the sheets of an xlsx that can be found; of the others nothing is known."""
    relations = "xl/_rels/workbook.xml.rels"
    if relations not in packed.namelist():
        return
    targets = {}
    for one in _RELATION.finditer(packed.read(relations)):
        given = _attributes(one[1])
        targets[given.get("Id", "")] = given.get("Target", "")
    for one in _SHEET.finditer(packed.read("xl/workbook.xml")):
        given = _attributes(one[1])
        link = next((value for key, value in given.items() if key.endswith(":id")), "")
        path = posixpath.normpath(posixpath.join("/xl", targets.get(link, ""))).lstrip("/")
        if path in packed.namelist():
            yield given.get("name", ""), packed.read(path)


def _attributes(text: bytes) -> dict[str, str]:
    return {
        key.decode("ascii", "replace"): _ENTITY.sub(_sign, value.decode("utf-8", "replace"))
        for key, value in _ATTRIBUTE.findall(text)
    }


def _sign(entity: re.Match[str]) -> str:
    word = entity[1]
    if not word.startswith("#"):
        return _ENTITIES.get(word, entity[0])
    number = int(word[2:], 16) if word.startswith("#x") else int(word[1:])
    return chr(number) if number < 0x110000 else entity[0]


def _extent(xml: bytes) -> tuple[int, int]:
    """(lines, places) up to the last cell; the library would make room for all between, so it is asked before."""
    last_line = last_place = 0
    for letters, number in _PLACE.findall(xml):
        last_line = max(last_line, int(number))
        last_place = max(last_place, _place(letters) + 1)
    return last_line, last_place


def _damaged_cells(xml: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    for cell in _CELL.finditer(xml):
        attributes, inner = cell[1], cell[2] or b""
        place = _PLACE.search(attributes)
        if place is None:
            continue
        at = (int(place[2]) - 1, _place(place[1]))
        value = _VALUE.search(inner)
        if b't="e"' in attributes:
            shown = value[1].decode("utf-8", "replace") if value and value[1] else "#N/A"
            yield at, f"单元格是 Excel 的错误值 {shown}，请改正公式或直接填写"
        elif value is None and re.search(rb"<(?:\w{1,9}:)?f[\s>/]", inner):
            yield at, "单元格的公式没有算出的值，请用 Excel 打开、保存后再传"


def _place(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place - 1

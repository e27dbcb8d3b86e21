"""Reading a table somebody made: CSV or Excel, in whatever encoding it came.

    header, rows = read_table("报表.xlsx", content)

Rows are lists of text with their number in the file (the header is row 1). Codes keep leading zeros as far as the file
still has them; a whole number that Excel stored as 12.0 comes back as "12".
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime

from linli.kernel.errors import LinliError
from linli.kernel.files.workbooks import cells_of

ENCODINGS = ("utf-8-sig", "gb18030")
"""Tried in this order; Chinese Excel writes GBK, of which GB18030 is the superset."""

LARGEST_FIELD = 1_000_000


class UnreadableTable(LinliError):
    """The file is no table we can read; `field` is file."""

    status = 422
    code = "unreadable_table"


class Table:
    """A header and its rows: (row number, cells)."""

    def __init__(
        self, header: list[str], rows: list[tuple[int, list[str]]], note: str = ""
    ) -> None:
        self.header = header
        self.rows = rows
        self.note = note

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        for number, cells in self.rows:
            padded = cells + [""] * (len(self.header) - len(cells))
            yield number, dict(zip(self.header, padded, strict=False))


def read_table(name: str, content: bytes) -> Table:
    """Read a CSV or XLSX file.

    Raises:
        UnreadableTable: empty, no header, or neither text nor a workbook.
    """
    if not content.strip():
        raise UnreadableTable(f"文件“{name}”是空的，请选择有内容的表格。", field="file")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _from_workbook(name, content)
    return _from_text(name, content)


def _from_text(name: str, content: bytes) -> Table:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        note = "" if encoding.startswith("utf-8") else "文件是 GBK/GB18030 编码，已自动识别。"
        return _from_csv(name, text, note)
    raise UnreadableTable(
        f"文件“{name}”既不是 UTF-8 也不是 GBK 文本，请另存为 CSV（UTF-8）或 xlsx。", field="file"
    )


def _from_csv(name: str, text: str, note: str) -> Table:
    if "\x00" in text:
        raise UnreadableTable(
            f"文件“{name}”不是文本表格，请另存为 CSV（UTF-8）或 xlsx。", field="file"
        )
    csv.field_size_limit(LARGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    header: list[str] = []
    try:
        header = [cell.strip() for cell in next(reader)]
        rows.extend((number, row) for number, row in enumerate(reader, start=2) if any(row))
    except csv.Error as problem:
        # A file cut off in the middle of a quoted cell: what came before is good.
        note += f"第 {len(rows) + 2} 行起无法读取（{problem}），文件可能不完整；之前的行已读取。"
    except StopIteration:
        raise UnreadableTable(f"文件“{name}”没有表头。", field="file") from None
    return Table(header, rows, note)


def _from_workbook(name: str, content: bytes) -> Table:
    try:
        cells = cells_of(content)
    except (OSError, ValueError, zipfile.BadZipFile) as problem:
        raise UnreadableTable(
            f"文件“{name}”不是可读的 Excel 工作簿：{problem}", field="file"
        ) from problem
    if not cells:
        raise UnreadableTable(f"工作簿“{name}”的第一张表是空的。", field="file")
    rows = [
        (number, [_cell(cell) for cell in row]) for number, row in enumerate(cells[1:], start=2)
    ]
    return Table([_cell(cell).strip() for cell in cells[0]], [row for row in rows if any(row[1])])


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (datetime, date)):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    return "" if value is None else str(value)

"""Files as offices send them, made in code: workbooks, text in many encodings, a web page that was named .xls."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any

import xlsxwriter

ZONE = timezone(timedelta(hours=8))

HEADER = ("工单编号", "标题", "内容", "地址", "联系人", "联系电话", "接收时间")


def local_day(instant: datetime) -> date:
    """The day in ZONE."""
    return date.fromisoformat(instant.astimezone(ZONE).isoformat()[:10])


def report(number: str, title: str = "路灯不亮", **changes: Any) -> list[Any]:
    """A good row of HEADER."""
    cells: dict[str, Any] = {
        "工单编号": number, "标题": f"{title}{number}", "内容": "三号杆三天不亮", "地址": "槐荫路", "联系人": "王奶奶",
        "联系电话": "19900000001", "接收时间": "2026-03-09 14:05",
    }  # fmt: skip
    return list((cells | changes).values())


def text(*rows: Sequence[object], separator: str = ",", header: Sequence[str] = HEADER) -> str:
    """Lines as they are, nothing quoted."""
    return "".join(separator.join(map(str, row)) + "\r\n" for row in (header, *rows))


Merged = Sequence[tuple[int, int, int, int]]
"""(first line, first place, last line, last place), counted from 0."""


def workbook(
    *rows: Sequence[Any],
    header: Sequence[str] = HEADER,
    above: Sequence[Sequence[Any]] = (),
    merged: Merged = (),
    name: str = "上报",
    before: Mapping[str, tuple[Sequence[Sequence[Any]], bool]] | None = None,
    options: Mapping[str, Any] | None = None,
) -> bytes:
    """An xlsx. `before` are sheets (lines, hidden) in front of it, `above` lines over the header."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, **(options or {})})
    for title, (lines, hidden) in (before or {}).items():
        sheet = book.add_worksheet(title)
        _write(book, sheet, lines)
        if hidden:
            sheet.hide()
    sheet = book.add_worksheet(name)
    lines = [*above, *([header] if header else []), *rows]
    _write(book, sheet, lines)
    for top, left, bottom, right in merged:
        sheet.merge_range(top, left, bottom, right, "")
        _put(book, sheet, top, left, lines[top][left])
    sheet.activate()
    book.close()
    return out.getvalue()


def _write(book: Any, sheet: Any, lines: Sequence[Sequence[Any]]) -> None:
    for line, row in enumerate(lines):
        for place, value in enumerate(row):
            _put(book, sheet, line, place, value)


def _put(book: Any, sheet: Any, line: int, place: int, value: Any) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(line, place, value)
    elif isinstance(value, int | float):
        sheet.write_number(line, place, value)
    elif hasattr(value, "isoformat"):
        sheet.write_datetime(
            line, place, value, book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        )
    elif str(value).startswith("="):
        sheet.write_formula(line, place, str(value), None, "")
    elif value not in ("", None):
        sheet.write_string(line, place, str(value))


def with_part(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            body = old.read(part)
            new.writestr(part, change(body) if part.endswith(name) else body)
    return out.getvalue()


def web_page(*rows: Sequence[object], header: Sequence[str] = HEADER) -> str:
    """What many old systems call an Excel file."""
    lines = "".join(
        f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in (header, *rows)
    )
    return f'<html><head><meta charset="utf-8"></head><body><table>{lines}</table></body></html>'

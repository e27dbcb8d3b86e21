"""Tables as they arrive, damaged by a seed: what was in them, and on which line each row still stands.

The first cell of every row holds a mark, 行0007号, in a column that no importer reads. Where the marks stand is found
in the damaged bytes without the reader's help: text is decoded and cut into lines, a workbook is known line by line.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import xlsxwriter

MARK = re.compile(r"行\d{4}号")
_LINES = re.compile(r"\r\n|\n|\r")
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le")
DATES = (
    "2026-03-09 14:05", "2026/3/9 8:05", "2026.3.9", "2026年3月9日", "20260309", "2026-03-09T14:05:00+08:00",
    "03/04/2026", "2062-01-01", "1026-03-09", "昨天", "", "２０２６-０３-０９", "2026-02-30", "0000-00-00", "46090",
)  # fmt: skip
PHONES = (
    "19900000001", "0571-88880000", "0571-88880000转8801", "19900000001/61234567", "199****0001", "无", "不详", "-",
    "1.99E+10", "+86 199 0000 0001", "１９９００００００１０", "12", "见备注", "19900000001、19900000002",
)  # fmt: skip
TRUE_PHONES = frozenset(
    ("", "19900000001", "057188880000", "19900000010", "61234567", "19900000002")
)

CHANGE_A_CELL = {"stray", "half quoted", "two lines"}
"""Faults after which a cell says something else than before."""


@dataclass(frozen=True)
class Form:
    """The columns of an importer, the rows it may get: (seeded, number of the row) → cells by column."""

    header: Sequence[str]
    row: Callable[[random.Random, int], dict[str, Any]]
    key: str = ""


@dataclass
class Damaged:
    """A file; `marked` are the lines on which a row begins.

    With `exact`, keys and numbers in it are what they were: no byte of a cell was changed.
    """

    name: str
    content: bytes
    marked: set[int]
    keys: set[str]
    exact: bool = True
    what: list[str] = field(default_factory=list)


def damaged_file(form: Form, seed: int) -> Damaged:
    """The same seed gives the same file."""
    chance = random.Random(seed)
    rows = [_row(form, chance, number) for number in range(chance.randint(1, 14))]
    keys = {str(row[form.key]) for row in rows if form.key in row}
    make = chance.choice((_text, _text, _workbook, _workbook, _page))
    return make(form, rows, keys, chance)


def _row(form: Form, chance: random.Random, number: int) -> dict[str, Any]:
    return {"序": f"行{number:04}号", **form.row(chance, number)}


def _header(form: Form, chance: random.Random) -> list[str]:
    names = ["序", *form.header]
    if chance.random() < 0.3:
        names = [_drawn(one, chance) for one in names]
    return names


def _drawn(name: str, chance: random.Random) -> str:
    """A column's name as people draw it."""
    wide = name[:1] + "\u3000" + name[1:]
    return chance.choice((name, f"{name}*", f" {name} ", f"{name}（必填）", wide))


def _text(
    form: Form, rows: Sequence[Mapping[str, Any]], keys: set[str], chance: random.Random
) -> Damaged:
    separator, encoding = chance.choice(",,,\t;"), chance.choice(ENCODINGS)
    lines = [separator.join(_header(form, chance))]
    lines[:0] = chance.choice(([], [], ["三月明细表"], ["三月明细表", ""]))
    what = [encoding, repr(separator)]
    for row in rows:
        line = separator.join(_quoted(str(cell), separator, chance) for cell in _cells(form, row))
        if chance.random() < 0.15:
            line, hurt = _hurt(line, separator, chance)
            what.append(hurt)
        lines.append(line)
        lines += [""] * (chance.random() < 0.1)
    if chance.random() < 0.2:
        lines.append("合计" + separator * (len(form.header)))
    content = ("\r\n".join(lines) + "\r\n").encode(encoding, "replace")
    exact = not CHANGE_A_CELL & set(what)
    if chance.random() < 0.15:
        content = content[: chance.randrange(len(content))]
        exact = False
        what.append("cut off")
    elif chance.random() < 0.15:
        content = _flipped(content, chance)
        exact = False
        what.append("bytes changed")
    decoded = content.decode(encoding, "replace")
    marked = {
        number for number, line in enumerate(_LINES.split(decoded), start=1) if MARK.search(line)
    }
    return Damaged("表.csv", content, marked, keys, exact, what)


def _cells(form: Form, row: Mapping[str, Any]) -> list[Any]:
    return [row.get(name, "") for name in ("序", *form.header)]


def _quoted(cell: str, separator: str, chance: random.Random) -> str:
    if separator in cell or '"' in cell or chance.random() < 0.1:
        return '"' + cell.replace('"', '""') + '"'
    return cell


def _hurt(line: str, separator: str, chance: random.Random) -> tuple[str, str]:
    """A line with a fault people make."""
    at = line.find(separator) + 1
    inside = chance.randrange(at, len(line) + 1)
    faults: dict[str, str] = {
        "unclosed": line[:at] + '"' + line[at:],
        "stray": line[:inside] + '"' + line[inside:],
        "half quoted": line[:at] + '"半" 句' + line[at:],
        "two lines": line[:at] + '"第一行\r\n第二行"' + line[at:],
        "surplus": line + separator + "多出来的",
        "short": separator.join(line.split(separator)[:2]),
        "unseen": line[:at] + "\u200b\u3164" + line[at:],
    }
    name = chance.choice(list(faults))
    return faults[name], name


def _flipped(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _workbook(
    form: Form, rows: Sequence[Mapping[str, Any]], keys: set[str], chance: random.Random
) -> Damaged:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "date_1904": chance.random() < 0.2})
    stamp = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    what = []
    if chance.random() < 0.3:
        other = book.add_worksheet("字典")
        for place, name in enumerate(_header(form, chance)):
            other.write_string(0, place, name)
        other.write_string(1, 0, "样例")
        other.hide()
        what.append("hidden sheet")
    sheet = book.add_worksheet("上报")
    sheet.activate()
    top = chance.choice((0, 0, 1, 3))
    if top:
        sheet.merge_range(0, 0, 0, len(form.header), "三月明细表")
    for place, name in enumerate(_header(form, chance)):
        sheet.write_string(top, place, name)
    line, marked = top + 1, set()
    for row in rows:
        line += chance.random() < 0.1
        marked.add(line + 1)
        for place, cell in enumerate(_cells(form, row)):
            _put(sheet, line, place, cell, chance, stamp, what)
        line += 1
    if chance.random() < 0.2:
        sheet.write_string(line, 0, "合计")
        sheet.write_string(line, 1, "3 条")
    book.close()
    content = _damaged_zip(out.getvalue(), chance, what)
    return Damaged("表.xlsx", content, marked, keys, True, what)


def _put(
    sheet: Any, line: int, place: int, cell: Any, chance: random.Random, stamp: Any, what: list[str]
) -> None:
    text = str(cell)
    roll = chance.random()
    if place and text.isdecimal() and not text.startswith("0") and roll < 0.3:
        sheet.write_number(line, place, float(text))
        what.append("number cell")
    elif place and roll < 0.33:
        sheet.write_formula(line, place, "=A1", None, "")
    elif place and roll < 0.35:
        sheet.write_boolean(line, place, True)
    elif place and roll < 0.37:
        sheet.write_formula(line, place, "=1/0", None, "#DIV/0!")
    elif place and text.startswith("2026-03-09") and roll < 0.7:
        sheet.write_datetime(line, place, datetime.fromisoformat("2026-03-09 14:05:30.400"), stamp)
    elif text:
        sheet.write_string(line, place, text)


def _damaged_zip(content: bytes, chance: random.Random, what: list[str]) -> bytes:
    roll = chance.random()
    if roll < 0.08:
        what.append("zip cut off")
        return content[: chance.randrange(4, len(content))]
    if roll < 0.16:
        what.append("zip bytes changed")
        return content[:4] + _flipped(content[4:], chance)
    if roll < 0.2:
        what.append("huge")
        return _with_far_cell(content)
    return content


def _with_far_cell(content: bytes) -> bytes:
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            body = old.read(part)
            if "worksheets/sheet" in part:
                body = body.replace(b"</sheetData>", far)
            new.writestr(part, body)
    return out.getvalue()


def _page(
    form: Form, rows: Sequence[Mapping[str, Any]], keys: set[str], chance: random.Random
) -> Damaged:
    lines = [_header(form, chance), *(list(map(str, _cells(form, row))) for row in rows)]
    body = "\n".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in line) + "</tr>" for line in lines
    )
    content = f'<html><meta charset="utf-8"><body><table>{body}</table></body></html>'
    what = ["web page"]
    if chance.random() < 0.3:
        content = content[: chance.randrange(60, len(content))]
        what.append("cut off")
    ends = [found.end() for found in re.finditer(r"<tr>", content)]
    marked = {
        number
        for number, (start, end) in enumerate(
            zip(ends, [*ends[1:], len(content)], strict=True), start=1
        )
        if re.search(r"行\d{4}号</td>", content[start:end])
    }
    return Damaged("表.xls", content.encode(), marked, keys, "cut off" not in what, what)

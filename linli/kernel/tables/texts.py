"""Text with separators: which encoding, which separator, and lines that a stray quote cannot swallow.

A quote that is never closed makes an ordinary reader take the rest of the file for one cell. Here a row ends with its
line unless a quoted cell really goes on and is really closed:

    N2,店招掉字,"老王"小吃店,甲路      text after the closing quote: this line is refused, the next one is read
    N2,店招掉字,"老王小吃店,甲路       never closed: this line is refused, the next one is read
    N2,店招掉字,"第一行
    第二行",甲路                      a cell of two lines: one row
    N2,店招,"老王,甲路
    N3,路灯,"不亮",乙路               closed by the quote of another row: each of these lines is refused

After such a line what follows is believed again from the first line that has as many cells as the header.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from linli.kernel.tables.cells import Cell
from linli.kernel.tables.sheets import Line

SEPARATORS = ",\t;|"
LONGEST_ROW = 2_000
"""Lines of one cell; an essay has fewer."""

STRAY = "引号不成对，分不清这一行从哪里开始、到哪里结束；请改正引号后再传"
AFTER_STRAY = "紧跟在引号不成对的行后面，不能确定是单独的一行；请改正前面的引号后再传"
UNREADABLE_SIGNS = "有读不出的字，文件可能损坏或混用了编码"

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_LINES = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True)
class Decoded:
    """A reading of the bytes. `note` is for the person; with `damaged` some signs are replaced by U+FFFD."""

    text: str
    note: str = ""
    damaged: bool = False


def readings(content: bytes) -> Iterator[Decoded]:
    """The file in each encoding it may have, the likeliest first; which one is right shows in the header."""
    marked = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), "")
    unmarked = "" if marked else _wide(content)
    if marked or unmarked:
        yield from _in(marked or unmarked, content, _note(unmarked))
    if not unmarked and marked != "utf-16":
        yield from _in("utf-8", content, "", strict=True)
        yield from _in("gb18030", content, "文件是 GBK/GB18030 编码，已自动识别。", strict=True)
        yield from _in("big5hkscs", content, "文件是 Big5 编码，已自动识别。", strict=True)
        yield from _in("utf-8", content, "")
        yield from _in("gb18030", content, "文件是 GBK/GB18030 编码，已自动识别。")


def _in(encoding: str, content: bytes, note: str, *, strict: bool = False) -> Iterator[Decoded]:
    try:
        yield Decoded(content.decode(encoding), note)
    except UnicodeDecodeError:
        if not strict:
            yield Decoded(content.decode(encoding, "replace"), note, damaged=True)


def _wide(content: bytes) -> str:
    """UTF-16 without its mark: every other byte of separators and digits is a zero."""
    head = content[:2_000]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 2 and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > 2 and odd == 0 else ""


def _note(encoding: str) -> str:
    return "文件是没有标记的 UTF-16 编码，已自动识别。" if encoding else ""


def physical_lines(text: str) -> list[str]:
    """The lines of a text; a mark of the order of bytes at its beginning is none of it."""
    lines = _LINES.split(text.lstrip("\ufeff"))
    return lines[:-1] if lines and not lines[-1] else lines


def split_line(line: str, separator: str) -> list[str] | None:
    """The cells of a line that stands alone; None when its quotes do not match."""
    found = _record([line], 0, separator)
    return found[0] if found else None


def rows_of(lines: Sequence[str], separator: str, *, first: int, width: int) -> Iterator[Line]:
    """The rows from line `first` (counted from 0) on, for a header of `width` cells. See the rules above.

    Every line in which something is written is in a row, or is a row with a fault.
    """
    at = first
    lost = False
    while at < len(lines):
        found = _record(lines, at, separator)
        if found is None:
            yield _faulty(lines[at], at, AFTER_STRAY if lost else STRAY)
            lost, at = True, at + 1
            continue
        cells, end = found
        if lost and len(cells) != width:
            yield _faulty(lines[at], at, AFTER_STRAY)
            at += 1
            continue
        if _is_uncertain(lines, at, end, cells, separator, width):
            for place in range(at, end):
                yield _faulty(lines[place], place, STRAY)
            lost = True
        else:
            yield Line(at + 1, [Cell(cell) for cell in cells])
            lost = False
        at = end


def _is_uncertain(
    lines: Sequence[str], at: int, end: int, cells: Sequence[str], separator: str, width: int
) -> bool:
    """Whether a row of several lines may be several rows: too many cells, or a line of it is like a whole row."""
    if end - at == 1:
        return False
    filled = len(cells) - next((n for n, cell in enumerate(reversed(cells)) if cell.strip()), 0)
    return filled > width or (
        width > 1 and any(line.count(separator) >= width - 1 for line in lines[at + 1 : end])
    )


def _faulty(line: str, at: int, reason: str) -> Line:
    return Line(at + 1, [Cell(line)], reason if line.strip() else "")


def _record(lines: Sequence[str], at: int, separator: str) -> tuple[list[str], int] | None:
    """(cells, line after the row) of the row that begins at a line; None when its quotes do not match."""
    cells: list[str] = []
    line, place = lines[at], 0
    while True:
        if line[place : place + 1] == '"':
            quoted = _quoted(lines, at, place + 1)
            if quoted is None:
                return None
            cell, at, place = quoted
            line = lines[at]
            rest = line[place:]
            after = len(rest) - len(rest.lstrip(" "))
            if rest[after : after + 1] not in ("", separator):
                return None
            cells.append(cell)
            place += after
        else:
            end = line.find(separator, place)
            end = len(line) if end < 0 else end
            cells.append(line[place:end])
            place = end
        if place >= len(line):
            return cells, at + 1
        place += 1


def _quoted(lines: Sequence[str], at: int, place: int) -> tuple[str, int, int] | None:
    """(text, line, place behind the closing quote) of a quoted cell; None when it is never closed."""
    parts: list[str] = []
    last = min(len(lines), at + LONGEST_ROW)
    while at < last:
        line = lines[at]
        end = line.find('"', place)
        if end < 0:
            parts.append(line[place:] + "\n")
            at, place = at + 1, 0
            continue
        if line[end + 1 : end + 2] == '"':
            parts.append(line[place : end + 1])
            place = end + 2
            continue
        parts.append(line[place:end])
        return "".join(parts), at, end + 1
    return None

"""The pieces by which a text is found: any run of its characters, in Chinese, in letters or in digits.

    路灯不亮       ->  路灯 灯不 不亮 亮            pairs, and the last character by itself
    麦浪街364号    ->  麦浪 浪街 街3 364 4号 号     runs of letters and digits in threes, and where they touch
    A3区           ->  a3 3区 区                    a run of one or two whole

Blanks, dashes and marks are dropped, so 364 号, ３６４号 and 3-6-4号 are the same; letters keep their distance, so that
LED 3 只 is not led3. A query asks for the pieces that every text with these very characters in a row must have. It is
read twice where it has blanks: as one row of characters and as words that may stand apart.

Any row of characters with one of Chinese, or with three digits, is found in the text it was taken from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from linli.kernel.typed import typed_text

DOCUMENT_PIECES = 2_000
"""Pieces kept of one text; a 100 kB message would otherwise outweigh a thousand ordinary ones."""

SHORT_RUN = 2
"""Letters and digits that are kept whole; longer runs are cut into threes."""

BEGINS = "*"
"""After a piece of a query: any piece that begins with it."""

_HAN = "\u3005\u3007\u3400-\u9fff\uf900-\ufaff"
_RUN = re.compile(f"[a-z0-9]+|[{_HAN}]+")
_LATIN = re.compile("[a-z0-9]+")


def pieces(text: str) -> list[str]:
    """The distinct pieces of a text, in order of appearance, at most `DOCUMENT_PIECES`.

    Lines are apart from each other: no piece goes over the end of one.
    """
    found: dict[str, None] = {}
    for line in typed_text(text).split("\n"):
        for row in _rows(line):
            found.update(dict.fromkeys(_pieces_of(row)))
        if len(found) >= DOCUMENT_PIECES:
            break
    return list(found)[:DOCUMENT_PIECES]


def readings(query: str) -> list[list[str]]:
    """What a query may mean: lists of pieces, one of which has all its pieces in a text that is found.

    A piece that ends in `BEGINS` stands for all that begin so. Without a character to search for there is no reading.
    """
    plain = typed_text(query)
    words = plain.split()
    whole = _wanted(_rows(plain.replace("\n", " ")))
    apart = list(dict.fromkeys(piece for word in words for piece in _wanted(_rows(word))))
    found = [whole, apart] if len(words) > 1 and set(whole) != set(apart) else [whole]
    return [reading for reading in found if reading]


def _rows(line: str) -> list[str]:
    """Characters that count as touching: whatever stands between them is dropped, but between letters and digits."""
    rows: list[str] = []
    for run in _RUN.findall(line):
        touches = rows and not (
            _is_latin(rows[-1][-1])
            and _is_latin(run[0])
            and not (rows[-1][-1].isdigit() and run[0].isdigit())
        )
        if touches:
            rows[-1] += run
        else:
            rows.append(run)
    return rows


def _pieces_of(row: str) -> Iterator[str]:
    yield from _pairs(row)
    for run in _LATIN.findall(row):
        yield from _threes(run)
    if not _is_latin(row[-1]):
        yield row[-1]


def _wanted(rows: list[str]) -> list[str]:
    """Pieces that any text must have in which these rows stand; the first and the last may go on outside."""
    sure: dict[str, None] = {}
    cut: list[str] = []
    for place, row in enumerate(rows):
        sure.update(dict.fromkeys(_pairs(row)))
        for run in _LATIN.finditer(row):
            first = place == 0 and run.start() == 0
            last = place == len(rows) - 1 and run.end() == len(row)
            if len(run[0]) <= SHORT_RUN and (first or last):
                cut.append(run[0])
            else:
                sure.update(dict.fromkeys(_threes(run[0])))
        if len(row) == 1 and not _is_latin(row):
            sure[row + BEGINS] = None
    return list(sure) or cut


def _pairs(row: str) -> Iterator[str]:
    for left, right in pairwise(row):
        if not (_is_latin(left) and _is_latin(right)):
            yield left + right


def _threes(run: str) -> Iterator[str]:
    if len(run) <= SHORT_RUN:
        yield run
    for start in range(len(run) - SHORT_RUN):
        yield run[start : start + SHORT_RUN + 1]


def _is_latin(character: str) -> bool:
    return character < "\u3005"

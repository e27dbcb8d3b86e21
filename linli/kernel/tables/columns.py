"""Which columns an importer knows, and where in a sheet they stand.

A header need not be the first line: titles, a cover text, the name of the office stand above it. It is the line, among
the first that are not blank, that names the most known columns and all that are needed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linli.kernel.tables.cells import without_unseen
from linli.kernel.tables.sheets import Line, Sheet, UnreadableTable, plain_title

HEADER_LINES = 30
"""A header is looked for in so many lines, blank ones included."""

TITLES_SHOWN = 200
"""Characters of a header that a message repeats."""


@dataclass(frozen=True)
class Layout:
    """The columns of one importer: field → its names, the first as the template has it, the most telling first.

    Of each group in `needed` one column has to be there. `what` names the rows for people: 上报, 人员.
    """

    what: str
    columns: Mapping[str, Sequence[str]]
    needed: Sequence[Sequence[str]]

    def title(self, name: str) -> str:
        return self.columns[name][0] if name in self.columns else ""


@dataclass(frozen=True)
class Header:
    """A header that was found: `places` of the fields, `titles` as the file has them, all of them in `names`."""

    line: Line
    places: Mapping[str, int]
    titles: Mapping[str, str]
    names: Sequence[str]
    unread: Sequence[str] = ()

    @property
    def width(self) -> int:
        return max(self.line.filled, default=-1) + 1


def find_header(sheet: Sheet, layout: Layout) -> Header | None:
    """The header of a sheet, None when it has none with all that is needed.

    Raises:
        UnreadableTable: the header names a column twice.
    """
    best: Header | None = None
    for line in sheet.lines[:HEADER_LINES]:
        found = header_at(line, layout)
        if missing_from(found, layout):
            continue
        if best is None or len(found.places) > len(best.places):
            best = found
    if best is not None:
        _check_once(sheet, best, layout)
    return best


def likeliest_header(sheets: Sequence[Sheet], layout: Layout) -> Header | None:
    """The line that looks most like a header where none is complete, so that it can be said what is missing."""
    lines = [line for sheet in sheets for line in sheet.lines[:HEADER_LINES] if line.filled]
    found = [header_at(line, layout) for line in lines]
    return max(found, key=lambda one: (len(one.places), len(one.line.filled) > 1), default=None)


def missing_from(header: Header, layout: Layout) -> list[Sequence[str]]:
    """The groups of needed columns of which none is there."""
    return [group for group in layout.needed if not any(name in header.places for name in group)]


def header_at(line: Line, layout: Layout) -> Header:
    """A line read as a header."""
    names = [" ".join(cell.text.split()) if not cell.damage else "" for cell in line.cells]
    at: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        if plain_title(name):
            at.setdefault(plain_title(name), []).append(place)
    places: dict[str, int] = {}
    also: list[str] = []
    for wanted, spellings in layout.columns.items():
        known = [place for one in map(plain_title, spellings) for place in at.get(one, ())]
        free = [place for place in dict.fromkeys(known) if place not in places.values()]
        if free:
            places[wanted] = free[0]
            also += [names[place] for place in free[1:]]
    read = {names[place] for place in places.values()}
    return Header(
        line,
        places,
        {name: names[place] for name, place in places.items()},
        names,
        tuple(dict.fromkeys(name for name in also if name not in read)),
    )


def _check_once(sheet: Sheet, header: Header, layout: Layout) -> None:
    whole = [_whole(name) for name in header.names]
    for name, place in header.places.items():
        if whole.count(whole[place]) > 1:
            raise UnreadableTable(
                f"工作表“{sheet.name}”的表头（第 {header.line.number} 行）里“{header.titles[name]}”出现了不止一次，"
                f"不知道该读哪一列；请删去或改名多余的一列。",
                field="file",
            )


def _whole(title: str) -> str:
    """A title with what stands in brackets: 地址（户籍） and 地址（现住） are two columns."""
    text = unicodedata.normalize("NFKC", without_unseen(title))
    return "".join(text.split()).replace("*", "").lower()

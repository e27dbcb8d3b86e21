"""Rows as plain data, for a table that is worked off in parts. Written as JSON and read again they are the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from linli.kernel.tables.cells import Cell
from linli.kernel.tables.columns import Header
from linli.kernel.tables.reading import Row
from linli.kernel.tables.sheets import Line

_KINDS: Mapping[str, type[datetime | date | time]] = {
    "instant": datetime,
    "day": date,
    "time": time,
}


def rows_as_data(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Number, sheet and the cells of the known columns."""
    return [
        {
            "number": row.number,
            "sheet": row.sheet,
            "titles": dict(row.header.titles),
            "cells": {name: _cell_as_data(row.cell(name)) for name in row.header.places},
        }
        for row in rows
    ]


def rows_from(data: Iterable[Mapping[str, Any]]) -> list[Row]:
    """The rows that `rows_as_data` wrote."""
    return [_row(one) for one in data]


def _row(one: Mapping[str, Any]) -> Row:
    names = list(one["cells"])
    line = Line(one["number"], [_cell(cell) for cell in one["cells"].values()])
    titles: Mapping[str, str] = one["titles"]
    places = {name: place for place, name in enumerate(names)}
    return Row(
        one["number"], one["sheet"], line, Header(line, places, titles, list(titles.values()))
    )


def _cell_as_data(cell: Cell) -> list[Any]:
    value = cell.value
    if isinstance(value, float) or value is None:
        return [cell.text, "number" if value is not None else "", value, cell.damage, cell.serial]
    kind = (
        "instant" if isinstance(value, datetime) else "day" if isinstance(value, date) else "time"
    )
    return [cell.text, kind, value.isoformat(), cell.damage, cell.serial]


def _cell(data: Sequence[Any]) -> Cell:
    text, kind, value, damage, serial = data
    if kind in _KINDS:
        value = _KINDS[kind].fromisoformat(value)
    return Cell(text, value, damage, serial)

"""Streets between the blocks, and the blocks between the streets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import shapely
from shapely.geometry import LineString, MultiLineString, Polygon

from linli.demo.geometry.mesh import Mesh, Node
from linli.demo.geometry.plan import (
    COLUMN_STREETS,
    MAIN_COLUMN_LINES,
    MAIN_ROW_LINES,
    RIVER_LINE,
    ROW_STREETS,
    Cell,
)
from linli.kernel.places.geometry import Surface

RIVER_WIDTH_M = 44.0
PAVEMENT_M = 3.0
_WIDTHS = {"main": 26.0, "side": 15.0, "lane": 9.0}


@dataclass(frozen=True, slots=True)
class StreetLine:
    """A street in metres."""

    name: str
    kind: str
    width_m: float
    line: MultiLineString
    surface: Surface


def street_lines(mesh: Mesh, block_of: Mapping[Cell, str]) -> list[StreetLine]:
    """Every side of a cell that parts two blocks is a piece of the street of its line."""
    pieces: dict[tuple[str, str], list[LineString]] = {}
    for column, row in _nodes(block_of):
        for ahead, sides, key in _sides(column, row):
            blocks = [block_of.get(cell, "") for cell in sides]
            if blocks[0] != blocks[1] and key is not None:
                piece = LineString([mesh.metres[column, row], mesh.metres[ahead]])
                pieces.setdefault(key, []).append(piece)
    return [_street(*key, found) for key, found in sorted(pieces.items())]


def block_grounds(
    mesh: Mesh, block_of: Mapping[Cell, str], streets: list[StreetLine], river: Surface
) -> dict[str, Surface]:
    """The ground of each block in metres: its cells without streets, pavements and river."""
    taken = shapely.union_all([*(street.surface for street in streets), river])
    cells: dict[str, list[Polygon]] = {}
    for cell, block in block_of.items():
        cells.setdefault(block, []).append(mesh.quad(cell))
    kept = taken.buffer(PAVEMENT_M)
    return {
        block: _largest(shapely.difference(shapely.union_all(quads), kept))
        for block, quads in cells.items()
    }


def river_ground(line: LineString, outline: Surface) -> Surface:
    """The water inside the sub-district, in metres."""
    water: Surface = line.buffer(RIVER_WIDTH_M / 2, cap_style="flat").intersection(outline)
    return water


def _nodes(block_of: Mapping[Cell, str]) -> list[Node]:
    return sorted(
        {
            (column + east, row + north)
            for column, row in block_of
            for east in (0, 1)
            for north in (0, 1)
        }
    )


def _sides(column: int, row: int) -> list[tuple[Node, tuple[Cell, Cell], tuple[str, str] | None]]:
    """(next node, the cells on both sides, name and kind of the street) northwards and eastwards."""
    up = None
    if column != RIVER_LINE:
        kind = _kind(column, MAIN_COLUMN_LINES)
        up = (COLUMN_STREETS[column], kind)
    across = (ROW_STREETS[row], _kind(row, MAIN_ROW_LINES))
    return [
        ((column, row + 1), ((column - 1, row), (column, row)), up),
        ((column + 1, row), ((column, row - 1), (column, row)), across),
    ]


def _kind(line: int, main: tuple[int, ...]) -> str:
    if line in main:
        return "main"
    return "side" if line % 2 else "lane"


def _street(name: str, kind: str, pieces: list[LineString]) -> StreetLine:
    merged = shapely.line_merge(shapely.union_all(pieces))
    line = merged if isinstance(merged, MultiLineString) else MultiLineString([merged])
    surface: Surface = line.buffer(_WIDTHS[kind] / 2, join_style="round", cap_style="round")
    return StreetLine(name, kind, _WIDTHS[kind], line, surface)


def _largest(shape: Surface) -> Surface:
    parts: list[Polygon] = shapely.get_parts(shape).tolist()
    return max(parts, key=lambda part: part.area)

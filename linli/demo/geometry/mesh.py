"""The street mesh: a bent, uneven net of quadrilaterals in metres around the middle of the town.

Every boundary runs along the net from node to node, so neighbours share their vertices exactly and
the grids tile the ground without a gap by construction.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import shapely
from shapely.geometry import LineString, Polygon

from linli.demo.geometry.plan import COLUMNS, RIVER_LINE, ROWS, Cell
from linli.kernel.places.geometry import LocalMetres, Surface

Node = tuple[int, int]
Metres = tuple[float, float]

WIDTH_M, HEIGHT_M = 1950.0, 1600.0
TURN_DEGREES = 11.0
DIGITS = 7
"""Digits of a degree that are kept: a centimetre."""


@dataclass(frozen=True, slots=True)
class Mesh:
    """Nodes by (column line, row line): in metres and in rounded degrees."""

    flat: LocalMetres
    metres: dict[Node, Metres]
    degrees: dict[Node, Metres]

    def ground(self, cells: Iterable[Cell]) -> Surface:
        """The union of cells in degrees, for boundaries."""
        quads = [Polygon([self.degrees[node] for node in corners(cell)]) for cell in cells]
        whole: Surface = shapely.orient_polygons(shapely.union_all(quads))
        return whole

    def quad(self, cell: Cell) -> Polygon:
        """One cell in metres."""
        return Polygon([self.metres[node] for node in corners(cell)])

    def at(self, cell: Cell, along: float, across: float) -> Metres:
        """A spot inside a cell; both from 0 to 1, from its south-west corner."""
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = (self.metres[node] for node in corners(cell))
        south = (ax + (bx - ax) * along, ay + (by - ay) * along)
        north = (dx + (cx - dx) * along, dy + (cy - dy) * along)
        return (
            south[0] + (north[0] - south[0]) * across,
            south[1] + (north[1] - south[1]) * across,
        )

    def heading(self, cell: Cell) -> float:
        """The direction of the cell's rows against east, in degrees."""
        west, east = self.at(cell, 0.0, 0.5), self.at(cell, 1.0, 0.5)
        return math.degrees(math.atan2(east[1] - west[1], east[0] - west[0]))

    def river_line(self, cells: Collection[Cell]) -> LineString:
        """The middle of the river, smoothed, in metres."""
        rows = {row for column, row in cells if column in (RIVER_LINE - 1, RIVER_LINE)}
        nodes = [(RIVER_LINE, row) for row in range(min(rows), max(rows) + 2)]
        return LineString(_smooth([self.metres[node] for node in nodes], times=3))


def make_mesh(rng: random.Random, flat: LocalMetres) -> Mesh:
    """A net that differs with every seed but always has the same cells."""
    easts, norths = _spacing(rng, COLUMNS, WIDTH_M), _spacing(rng, ROWS, HEIGHT_M)
    phases = [rng.uniform(0.0, 2.0 * math.pi) for _ in range(4)]
    turn = math.radians(TURN_DEGREES + rng.uniform(-3.0, 3.0))
    metres: dict[Node, Metres] = {}
    for column in range(COLUMNS + 1):
        for row in range(ROWS + 1):
            x, y = _bent(easts[column], norths[row], phases)
            x, y = x + rng.uniform(-6.0, 6.0), y + rng.uniform(-6.0, 6.0)
            metres[column, row] = (
                x * math.cos(turn) - y * math.sin(turn),
                x * math.sin(turn) + y * math.cos(turn),
            )
    east, north = flat.metres_per_degree
    degrees = {
        node: (round(flat.lon + x / east, DIGITS), round(flat.lat + y / north, DIGITS))
        for node, (x, y) in metres.items()
    }
    return Mesh(flat, metres, degrees)


def corners(cell: Cell) -> tuple[Node, Node, Node, Node]:
    """Its nodes counter-clockwise from the south-west."""
    column, row = cell
    return (column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)


def _spacing(rng: random.Random, count: int, length: float) -> list[float]:
    widths = [rng.uniform(0.8, 1.25) for _ in range(count)]
    scale, ends = length / sum(widths), [0.0]
    for width in widths:
        ends.append(ends[-1] + width * scale)
    return [end - length / 2 for end in ends]


def _bent(x: float, y: float, phases: list[float]) -> Metres:
    return (
        x + 42.0 * math.sin(y / 310.0 + phases[0]) + 16.0 * math.sin(y / 140.0 + phases[1]),
        y + 36.0 * math.sin(x / 350.0 + phases[2]) + 14.0 * math.sin(x / 150.0 + phases[3]),
    )


def _smooth(points: list[Metres], *, times: int) -> list[Metres]:
    for _ in range(times):
        cut = [points[0]]
        for (ax, ay), (bx, by) in itertools.pairwise(points):
            cut.append((0.75 * ax + 0.25 * bx, 0.75 * ay + 0.25 * by))
            cut.append((0.25 * ax + 0.75 * bx, 0.25 * ay + 0.75 * by))
        points = [*cut, points[-1]]
    return points

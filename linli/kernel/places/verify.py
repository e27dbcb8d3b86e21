"""Compare the atlas with a brute-force twin.

The twin knows no index and no geometry library: every point is held against every grid by counting
how often a ray from it crosses the border, with exact arithmetic wherever floating point cannot
tell the side. It is slow and short enough to be believed.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import Polygon, box

from linli.kernel.places.atlas import NO_GRID, Atlas, GridShape

SEED = 20260101
# Shewchuk's bound: beyond it the rounded determinant has the sign of the true one.
_DOUBT = 3.3306690738754716e-16

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A point on which atlas and twin differ; an empty code means no grid."""

    lon: float
    lat: float
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What was compared and what differed. Times are seconds for all points."""

    points: int
    corners: int
    borders: int
    in_several: int
    outside: int
    grids: int
    atlas_seconds: float
    twin_seconds: float
    mismatches: tuple[Mismatch, ...]

    @property
    def sentence(self) -> str:
        result = "全部一致" if not self.mismatches else f"有 {len(self.mismatches)} 个点不一致"
        return (
            f"{self.points} 个点（顶点 {self.corners}、边界 {self.borders}）与逐一比对 "
            f"{self.grids} 个网格的结果{result}；每点定位 "
            f"{self.atlas_seconds / max(1, self.points) * 1e6:.1f} 微秒。"
        )


def verify_locate(
    count: int = 100_000, seed: int = SEED, *, shapes: Sequence[GridShape] | None = None
) -> Verification:
    """`count` points, a quarter on corners, a quarter on borders, the rest anywhere, also outside.

    Without `shapes` a made-up map is used that has everything nasty: T-junctions, holes, an
    enclave, overlaps and slanted borders.
    """
    atlas = Atlas(made_up_shapes(seed) if shapes is None else shapes)
    if not len(atlas):
        return Verification(0, 0, 0, 0, 0, 0, 0.0, 0.0, ())
    rng = random.Random(seed)  # noqa: S311 - repeatable examples, no secrets
    corners, borders = count // 4, count // 4
    points = [
        *_on_corners(rng, atlas.shapes, corners),
        *_on_borders(rng, atlas.shapes, borders),
        *_anywhere(rng, atlas.shapes, count - corners - borders),
    ]
    lons, lats = (np.array(axis, dtype=np.float64) for axis in zip(*points, strict=True))
    started = time.perf_counter()
    found = [atlas.locate(lon, lat) for lon, lat in points]
    atlas_seconds = time.perf_counter() - started
    at_once = atlas.locate_many(lons, lats).tolist()
    started = time.perf_counter()
    expected, hits = brute_force(atlas.shapes, lons, lats)
    twin_seconds = time.perf_counter() - started
    mismatches: list[Mismatch] = []
    for (lon, lat), want, one, position in zip(points, expected, found, at_once, strict=True):
        codes = {
            "" if one is None else one.grid.code,
            "" if position == NO_GRID else atlas.shapes[position].code,
        }
        mismatches += [Mismatch(lon, lat, want, code) for code in codes - {want}]
    return Verification(
        points=count,
        corners=corners,
        borders=borders,
        in_several=int((hits > 1).sum()),
        outside=int((hits == 0).sum()),
        grids=len(atlas),
        atlas_seconds=atlas_seconds,
        twin_seconds=twin_seconds,
        mismatches=tuple(mismatches),
    )


def brute_force(
    shapes: Iterable[GridShape], lons: Floats, lats: Floats
) -> tuple[list[str], NDArray[np.int_]]:
    """For each point the smallest code of the grids that hold it ("" for none), and how many do."""
    codes = np.full(lons.shape, "", dtype="<U32")
    hits = np.zeros(lons.shape, dtype=np.int_)
    for shape in sorted(shapes, key=lambda shape: shape.code, reverse=True):
        held = np.zeros(lons.shape, dtype=np.bool_)
        for polygon in _polygons(shape):
            held |= _holds(polygon, lons, lats)
        codes[held] = shape.code
        hits += held
    return [str(code) for code in codes], hits


def made_up_shapes(seed: int = SEED) -> list[GridShape]:
    """A small map with every difficulty."""
    rng = random.Random(seed)  # noqa: S311 - repeatable examples, no secrets
    surfaces = [*_slanted(rng), *_bricks()]
    ring = box(120.02, 30.00, 120.03, 30.01)
    enclave = box(120.023, 30.003, 120.027, 30.007)
    surfaces += [ring.difference(enclave), enclave]
    # Two that overlap each other and the bricks, and one that overlaps nothing and touches a corner.
    surfaces += [box(120.011, 30.001, 120.014, 30.0045), box(120.0125, 30.003, 120.016, 30.006)]
    surfaces += [box(120.03, 30.01, 120.034, 30.013)]
    order = list(range(len(surfaces)))
    rng.shuffle(order)
    return [
        GridShape(
            number, f"990101001001{number:03d}", f"第{number}网格", 1, "槐树里社区", 2, "街道", 3, s
        )
        for number, s in zip(order, surfaces, strict=True)
    ]


def _slanted(rng: random.Random) -> list[Polygon]:
    def node(column: int, row: int) -> tuple[float, float]:
        return (
            120.0 + column * 0.002 + rng.uniform(-6e-4, 6e-4),
            30.0 + row * 0.002 + rng.uniform(-6e-4, 6e-4),
        )

    nodes = {(column, row): node(column, row) for column in range(6) for row in range(6)}
    return [
        Polygon([nodes[c, r], nodes[c + 1, r], nodes[c + 1, r + 1], nodes[c, r + 1]])
        for c in range(5)
        for r in range(5)
    ]


def _bricks() -> list[Polygon]:
    # Shifted rows: a corner of one lies in the middle of a side of the next.
    return [
        box(
            120.011 + 0.002 * c + 0.001 * (r % 2),
            30.0 + 0.002 * r,
            120.013 + 0.002 * c + 0.001 * (r % 2),
            30.002 + 0.002 * r,
        )
        for r in range(5)
        for c in range(3)
    ]


def _on_corners(
    rng: random.Random, shapes: Sequence[GridShape], count: int
) -> list[tuple[float, float]]:
    corners = [point for shape in shapes for ring in _rings(shape) for point in ring]
    return [rng.choice(corners) for _ in range(count)]


def _on_borders(
    rng: random.Random, shapes: Sequence[GridShape], count: int
) -> list[tuple[float, float]]:
    sides = [
        (ring[i], ring[i + 1])
        for shape in shapes
        for ring in _rings(shape)
        for i in range(len(ring) - 1)
    ]
    points = []
    for _ in range(count):
        (ax, ay), (bx, by) = rng.choice(sides)
        share = rng.choice((0.5, 0.25, rng.random()))
        points.append((ax + (bx - ax) * share, ay + (by - ay) * share))
    return points


def _anywhere(
    rng: random.Random, shapes: Sequence[GridShape], count: int
) -> list[tuple[float, float]]:
    edges = np.array([shape.surface.bounds for shape in shapes], dtype=np.float64)
    west, south = edges[:, :2].min(axis=0).tolist()
    east, north = edges[:, 2:].max(axis=0).tolist()
    dx, dy = 0.05 * (east - west), 0.05 * (north - south)
    return [
        (rng.uniform(west - dx, east + dx), rng.uniform(south - dy, north + dy))
        for _ in range(count)
    ]


def _holds(polygon: Polygon, lons: Floats, lats: Floats) -> Marks:
    west, south, east, north = polygon.bounds
    # Only points in the box are worth the arithmetic; the answer for the others is no.
    near = np.flatnonzero((lons >= west) & (lons <= east) & (lats >= south) & (lats <= north))
    held = np.zeros(lons.shape, dtype=np.bool_)
    xs, ys = lons[near], lats[near]
    odd = np.zeros(xs.shape, dtype=np.bool_)
    on_border = np.zeros(xs.shape, dtype=np.bool_)
    for ring in (polygon.exterior, *polygon.interiors):
        corners = list(ring.coords)
        for (ax, ay), (bx, by) in itertools.pairwise(corners):
            side = _side(ax, ay, bx, by, xs, ys)
            in_box = (
                (xs >= min(ax, bx))
                & (xs <= max(ax, bx))
                & (ys >= min(ay, by))
                & (ys <= max(ay, by))
            )
            on_border |= in_box & (side == 0)
            odd ^= ((ay > ys) != (by > ys)) & ((side > 0) == (by > ay))
    held[near] = odd | on_border
    return held


def _side(ax: float, ay: float, bx: float, by: float, xs: Floats, ys: Floats) -> NDArray[np.int_]:
    """1 left of the line from a to b, -1 right of it, 0 exactly on it."""
    left, right = (bx - ax) * (ys - ay), (by - ay) * (xs - ax)
    side = np.sign(left - right).astype(np.int_)
    doubtful = np.abs(left - right) <= _DOUBT * (np.abs(left) + np.abs(right))
    for index in np.flatnonzero(doubtful).tolist():
        side[index] = _exact_side(ax, ay, bx, by, float(xs[index]), float(ys[index]))
    return side


def _exact_side(ax: float, ay: float, bx: float, by: float, x: float, y: float) -> int:
    a, b, c, d = Fraction(ax), Fraction(ay), Fraction(bx), Fraction(by)
    value = (c - a) * (Fraction(y) - b) - (d - b) * (Fraction(x) - a)
    return (value > 0) - (value < 0)


def _rings(shape: GridShape) -> list[list[tuple[float, float]]]:
    return [
        [(float(x), float(y)) for x, y in ring.coords]
        for polygon in _polygons(shape)
        for ring in (polygon.exterior, *polygon.interiors)
    ]


def _polygons(shape: GridShape) -> list[Polygon]:
    surface = shape.surface
    return [surface] if isinstance(surface, Polygon) else list(surface.geoms)

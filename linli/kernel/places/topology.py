"""无缝拼接: do the grids of one community tile it without gaps and overlaps?

Three things are found, each with its area in square metres, a point inside it and a sentence:

* an *overlap* of two grids;
* a *gap*: a hole between grids, a part of the community no grid covers, or a slit between two
  grids that is open at one end (narrower than `SLIT_METRES`);
* *outside*: a part of a grid beyond its community.

Micro grids lie inside basic grids by nature; do not pass them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from linli.kernel.places.geometry import GeoJson, LocalMetres, Surface, around, to_geojson

TOLERANCE_M2 = 1.0
"""Findings smaller than this are drawing noise; square metres. Rounding to 7 digits leaves less."""

SLIT_METRES = 4.0
"""Widest open slit between two grids that counts as a mistake and not as the end of the town."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One grid as drawn."""

    code: str
    name: str
    surface: Surface


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where the grids do not fit. `kind` is `gap`, `overlap` or `outside`."""

    kind: str
    area_m2: float
    lon: float
    lat: float
    codes: tuple[str, ...]
    sentence: str
    geometry: GeoJson


def check_tiling(
    tiles: Sequence[Tile], *, whole: Surface | None = None, tolerance_m2: float = TOLERANCE_M2
) -> list[Finding]:
    """Every gap, overlap and overhang above the tolerance, the largest first.

    `whole` is the outline of the community or sub-district, when it has been drawn.
    """
    if not tiles:
        return []
    flat = around([tile.surface for tile in tiles])
    sheet = _Sheet(tiles, flat, tolerance_m2)
    found = [*sheet.overlaps(), *sheet.gaps(whole), *sheet.overhangs(whole)]
    return sorted(found, key=lambda finding: (-finding.area_m2, finding.codes))


class _Sheet:
    """The tiles on a flat map in metres."""

    def __init__(self, tiles: Sequence[Tile], flat: LocalMetres, tolerance_m2: float) -> None:
        self.tiles = sorted(tiles, key=lambda tile: tile.code)
        self.flat = flat
        self.tolerance = tolerance_m2
        self.shapes = np.array([flat.project(tile.surface) for tile in self.tiles], dtype=object)
        self.tree = shapely.STRtree(self.shapes)
        self.union = shapely.union_all(self.shapes)

    def overlaps(self) -> Iterator[Finding]:
        firsts, seconds = self.tree.query(self.shapes, predicate="intersects")
        for first, second in sorted(zip(firsts.tolist(), seconds.tolist(), strict=True)):
            if first < second:
                shared = shapely.intersection(self.shapes[first], self.shapes[second])
                for piece in self._large(shared):
                    yield self._overlap(piece, self.tiles[first], self.tiles[second])

    def gaps(self, whole: Surface | None) -> Iterator[Finding]:
        missing = [Polygon(ring) for part in _polygons(self.union) for ring in part.interiors]
        if whole is not None:
            missing.append(shapely.difference(self.flat.project(whole), self.union))
        missing += [slit for slit in self._slits() if len(self._neighbours(slit)) > 1]
        uncovered = shapely.difference(shapely.union_all(missing), self.union)
        for piece in self._large(uncovered):
            near = self._neighbours(piece)
            yield self._finding(
                "gap", piece, near, f"{_named(near)}之间有 {{area}} 没有划入任何网格"
            )

    def overhangs(self, whole: Surface | None) -> Iterator[Finding]:
        if whole is None:
            return
        outline = self.flat.project(whole)
        for tile, shape in zip(self.tiles, self.shapes, strict=True):
            for piece in self._large(shapely.difference(shape, outline)):
                yield self._finding(
                    "outside", piece, [tile], f"“{tile.name}”有 {{area}} 超出上级边界"
                )

    def _slits(self) -> list[Polygon]:
        # Growing and shrinking by half a slit's width fills exactly what is narrower than a slit.
        # Mitred corners come back to where they were.
        half = SLIT_METRES / 2
        grown = self.union.buffer(half, join_style="mitre", mitre_limit=10.0)
        closed = grown.buffer(-half, join_style="mitre", mitre_limit=10.0)
        return [
            piece
            for piece in _polygons(shapely.difference(closed, self.union))
            if piece.area > self.tolerance
        ]

    def _neighbours(self, piece: BaseGeometry) -> list[Tile]:
        touching = self.tree.query(piece.buffer(0.05), predicate="intersects")
        return [self.tiles[index] for index in sorted(touching.tolist())]

    def _large(self, shape: BaseGeometry) -> list[Polygon]:
        return [piece for piece in _polygons(shape) if piece.area > self.tolerance]

    def _overlap(self, piece: Polygon, first: Tile, second: Tile) -> Finding:
        sentence = f"“{first.name}”与“{second.name}”重叠 {{area}}"
        return self._finding("overlap", piece, [first, second], sentence)

    def _finding(self, kind: str, piece: Polygon, tiles: Sequence[Tile], sentence: str) -> Finding:
        place = self.flat.unproject(piece)
        inside = place.representative_point()
        where = f"（{inside.x:.6f}, {inside.y:.6f}）"
        return Finding(
            kind=kind,
            area_m2=round(piece.area, 2),
            lon=inside.x,
            lat=inside.y,
            codes=tuple(tile.code for tile in tiles),
            sentence=f"{sentence.format(area=f'{piece.area:.1f} 平方米')}，在 {where} 附近，请调整边界。",
            geometry=to_geojson(place),
        )


def _polygons(shape: BaseGeometry) -> list[Polygon]:
    return [part for part in shapely.get_parts(shape).tolist() if isinstance(part, Polygon)]


def _named(tiles: Sequence[Tile]) -> str:
    if not tiles:
        return "网格与上级边界"
    return "、".join(f"“{tile.name}”" for tile in tiles[:4])

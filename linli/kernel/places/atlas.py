"""Which grid is a point in? An immutable map in memory.

Only grids that tile the ground count: basic and dedicated ones, not micro grids, not retired ones.
A point on a shared border, on a corner, or in an overlap drawn by mistake belongs to the grid with
the smallest code, so every process and every day gives the same answer. A point in no grid gets
none; the nearest grid within a limit is a suggestion for a person to confirm, never an assignment.

    atlas.locate(120.1034, 30.6012)
    # Located(grid_id=17, …): 坐标（120.103400, 30.601200）落在“第三网格”（990101001002003），…
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from linli.kernel.places.geometry import LocalMetres, Surface

NO_GRID = -1


@dataclass(frozen=True, slots=True)
class GridShape:
    """A grid with the ids above it and its polygon in CGCS2000 degrees."""

    grid_id: int
    code: str
    name: str
    community_id: int
    community_name: str
    subdistrict_id: int
    subdistrict_name: str
    district_id: int
    surface: Surface


@dataclass(frozen=True, slots=True)
class Located:
    """Where a point is. `others` are further grids that also touch it (a border, an overlap)."""

    lon: float
    lat: float
    grid: GridShape
    others: tuple[GridShape, ...] = ()

    @property
    def grid_id(self) -> int:
        return self.grid.grid_id

    @property
    def community_id(self) -> int:
        return self.grid.community_id

    @property
    def subdistrict_id(self) -> int:
        return self.grid.subdistrict_id

    @property
    def district_id(self) -> int:
        return self.grid.district_id

    @property
    def sentence(self) -> str:
        """Why this grid, in one sentence."""
        grid = self.grid
        place = f"坐标（{self.lon:.6f}, {self.lat:.6f}）"
        home = f"“{grid.name}”（{grid.code}），属{grid.community_name}、{grid.subdistrict_name}。"
        if not self.others:
            return f"{place}落在{home}"
        others = "、".join(f"“{other.name}”" for other in self.others)
        return f"{place}在“{grid.name}”与{others}的交界上，按编码最小归入{home}"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The nearest grid to a point outside all grids; to be confirmed by a person."""

    lon: float
    lat: float
    grid: GridShape
    distance_m: float

    @property
    def sentence(self) -> str:
        """What is offered and why it is only offered."""
        return (
            f"坐标（{self.lon:.6f}, {self.lat:.6f}）不在任何网格内，最近的是{self.grid.community_name}"
            f"“{self.grid.name}”（{self.grid.code}），相距约 {self.distance_m:.0f} 米，请人工确认。"
        )


class Atlas:
    """An index over grid polygons; built once, never changed, safe to share between threads."""

    def __init__(self, shapes: Iterable[GridShape]) -> None:
        # In order of code, so that the smallest position is the smallest code.
        self.shapes: Sequence[GridShape] = tuple(sorted(shapes, key=lambda shape: shape.code))
        self._surfaces: NDArray[np.object_] = np.empty(len(self.shapes), dtype=object)
        self._surfaces[:] = [shape.surface for shape in self.shapes]
        # A prepared polygon answers several times faster, also one with thousands of vertices.
        shapely.prepare(self._surfaces)
        self._tree = shapely.STRtree(self._surfaces)

    def __len__(self) -> int:
        return len(self.shapes)

    def locate(self, lon: float, lat: float) -> Located | None:
        """The grid under a point in CGCS2000 degrees, or None outside all grids."""
        point = shapely.Point(lon, lat)
        hits = [
            position
            for position in self._tree.query(point).tolist()
            if shapely.intersects_xy(self._surfaces[position], lon, lat)
        ]
        if not hits:
            return None
        hits.sort()
        found = [self.shapes[position] for position in hits]
        return Located(lon, lat, found[0], tuple(found[1:]))

    def locate_many(self, lons: ArrayLike, lats: ArrayLike) -> NDArray[np.intp]:
        """Positions in `shapes` for many points at once; `NO_GRID` outside all grids."""
        xs, ys = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
        points, candidates = self._tree.query(shapely.points(xs, ys))
        inside = shapely.intersects_xy(self._surfaces[candidates], xs[points], ys[points])
        nowhere = len(self.shapes)
        found = np.full(xs.shape, nowhere, dtype=np.intp)
        np.minimum.at(found, points[inside], candidates[inside])
        found[found == nowhere] = NO_GRID
        return found

    def is_near(self, lon: float, lat: float, *, within_m: float) -> bool:
        """Whether any grid may be within `within_m` metres; measured by boxes, so rather yes than no."""
        return bool(self._tree.query(_box_around(lon, lat, within_m)).size)

    def nearest(self, lon: float, lat: float, *, within_m: float) -> Suggestion | None:
        """The closest grid not farther than `within_m` metres; at equal distance the smallest code."""
        flat = LocalMetres(lon, lat)
        box = _box_around(lon, lat, within_m)
        origin = shapely.Point(0.0, 0.0)
        measured = [
            (float(flat.project(self.shapes[position].surface).distance(origin)), position)
            for position in self._tree.query(box).tolist()
        ]
        if not measured:
            return None
        # A millimetre decides nothing: two grids that meet at the nearest corner are equally near.
        distance, position = min(measured, key=lambda pair: (round(pair[0], 3), pair[1]))
        if distance > within_m:
            return None
        return Suggestion(lon, lat, self.shapes[position], distance)


def _box_around(lon: float, lat: float, within_m: float) -> shapely.Polygon:
    east, north = LocalMetres(lon, lat).metres_per_degree
    reach_lon, reach_lat = within_m / east, within_m / north
    return shapely.box(lon - reach_lon, lat - reach_lat, lon + reach_lon, lat + reach_lat)

"""GeoJSON polygons in and out, with everything that can be wrong with one polygon.

Stored geometry is a GeoJSON Polygon or MultiPolygon in CGCS2000 degrees, closed rings, outer rings
counter-clockwise and holes clockwise (RFC 7946). A wrong turning direction is put right without a
word; a ring that crosses itself is refused with the spot where it does.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon, mapping
from shapely.geometry.base import BaseGeometry

from linli.kernel.places.coordinates import (
    CoordSys,
    LonLat,
    check_lon_lat,
    convert,
    in_china,
    looks_swapped,
)
from linli.kernel.places.errors import CoordinatesOutside, GeometryInvalid

GeoJson: TypeAlias = dict[str, Any]
Surface: TypeAlias = Polygon | MultiPolygon

# Semi-axes of WGS-84 and CGCS2000 in metres; they differ by a tenth of a millimetre.
_SEMI_MAJOR = 6378137.0
_ECCENTRICITY_SQUARED = 0.00669437999

_REASON = re.compile(r"^(?P<what>[^\[]*)(?:\[(?P<x>\S+) (?P<y>[^\]\s]+).*\])?$")
_WHAT_IS_WRONG = {
    "Self-intersection": "边界线自相交，请把交叉的顶点拖开",
    "Ring Self-intersection": "边界线碰到了自己，请把重合的顶点分开",
    "Hole lies outside shell": "内洞落在外边界之外，请删除或移动这个内洞",
    "Holes are nested": "内洞套着内洞，请删除里面的一个",
    "Nested shells": "一块区域套在另一块里面，请合并或改为内洞",
    "Duplicate Rings": "同一条边界画了两次，请删除一条",
    "Interior is disconnected": "内洞把区域切成了几块，请改画为多个区域",
    "Too few points in geometry component": "边界的不同顶点少于三个，请补画",
}


@dataclass(frozen=True, slots=True)
class Bounds:
    """The smallest box around a polygon, in degrees."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class LocalMetres:
    """A flat map around one spot: metres east and north of it.

    Good to a few centimetres within five kilometres, which is what areas of grids and the distance
    to the next grid need.
    """

    lon: float
    lat: float

    @property
    def metres_per_degree(self) -> tuple[float, float]:
        """(along longitude, along latitude) at the spot, on the ellipsoid."""
        latitude = math.radians(self.lat)
        flattening = 1.0 - _ECCENTRICITY_SQUARED * math.sin(latitude) ** 2
        normal = _SEMI_MAJOR / math.sqrt(flattening)
        meridian = normal * (1.0 - _ECCENTRICITY_SQUARED) / flattening
        return math.radians(normal * math.cos(latitude)), math.radians(meridian)

    def project(self, shape: BaseGeometry) -> BaseGeometry:
        """The shape in metres."""
        scale, origin = np.array(self.metres_per_degree), np.array([self.lon, self.lat])
        flat: BaseGeometry = shapely.transform(shape, lambda degrees: (degrees - origin) * scale)
        return flat

    def unproject(self, shape: BaseGeometry) -> BaseGeometry:
        """The shape back in degrees."""
        scale, origin = np.array(self.metres_per_degree), np.array([self.lon, self.lat])
        round_again: BaseGeometry = shapely.transform(shape, lambda metres: metres / scale + origin)
        return round_again


def parse_surface(geometry: object, *, field: str = "geometry") -> Surface:
    """A checked polygon, degrees as given, rings turned the right way.

    Raises `GeometryInvalid` (what is wrong and where) or `CoordinatesOutside` (`lon` or `lat`).
    """
    if not isinstance(geometry, Mapping):
        raise GeometryInvalid("缺少边界：geometry 应为 Polygon 或 MultiPolygon。", field=field)
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "Polygon":
        surface: Surface = _polygon(coordinates, field)
    elif kind == "MultiPolygon":
        parts = _list(coordinates, field, "MultiPolygon 的 coordinates")
        surface = MultiPolygon([_polygon(part, field) for part in parts])
    else:
        raise GeometryInvalid(
            f"边界的类型是“{kind}”，应为 Polygon 或 MultiPolygon。", field=field, value=kind
        )
    _refuse_invalid(surface, field)
    turned: Surface = shapely.orient_polygons(surface, exterior_cw=False)
    return turned


def stored_surface(geometry: object, source: CoordSys, *, field: str = "geometry") -> Surface:
    """`parse_surface`, brought into CGCS2000 and checked again."""
    surface = parse_surface(geometry, field=field)
    converted = convert_surface(surface, source=source, target=CoordSys.CGCS2000)
    _refuse_invalid(converted, field)
    return converted


def convert_surface(surface: Surface, *, source: CoordSys, target: CoordSys) -> Surface:
    """Every vertex in another coordinate system."""

    def vertices(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        moved = [convert(lon, lat, source=source, target=target) for lon, lat in degrees.tolist()]
        return np.array(moved, dtype=np.float64).reshape(degrees.shape)

    if {source, target} <= {CoordSys.CGCS2000, CoordSys.WGS84}:
        return surface
    return _transformed(surface, vertices)


def to_geojson(shape: BaseGeometry) -> GeoJson:
    """As a GeoJSON dictionary of plain lists, ready for JSON and equal to what is stored."""
    raw = mapping(shape)
    return {"type": raw["type"], "coordinates": _plain(raw["coordinates"])}


def surface_of(geometry: Mapping[str, Any]) -> Surface:
    """A stored polygon again, without checking it a second time."""
    shape = shapely.geometry.shape(geometry)
    assert isinstance(shape, Polygon | MultiPolygon), "only surfaces are stored"
    return shape


def bounds_of(surface: Surface) -> Bounds:
    """The box around it."""
    return Bounds(*(float(edge) for edge in surface.bounds))


def around(shapes: Sequence[BaseGeometry]) -> LocalMetres:
    """The flat map around the middle of these shapes."""
    west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object))
    return LocalMetres(float((west + east) / 2), float((south + north) / 2))


def area_m2(surface: Surface) -> float:
    """Ground area in square metres."""
    return float(around([surface]).project(surface).area)


def _polygon(rings: object, field: str) -> Polygon:
    checked = [_ring(ring, field) for ring in _list(rings, field, "Polygon 的 coordinates")]
    return Polygon(checked[0], checked[1:])


def _ring(ring: object, field: str) -> list[LonLat]:
    points = [_position(position, field) for position in _list(ring, field, "边界环")]
    if points[0] != points[-1]:
        raise GeometryInvalid(
            f"边界没有闭合：首点 {_spot(*points[0])} 与末点 {_spot(*points[-1])} 不同，"
            "请让最后一点与第一点相同。",
            field=field,
            lon=points[-1][0],
            lat=points[-1][1],
        )
    if len(set(points)) < 3:
        raise GeometryInvalid("边界的不同顶点少于三个，请补画。", field=field)
    return points


def _position(position: object, field: str) -> LonLat:
    if not isinstance(position, Sequence) or isinstance(position, str) or len(position) < 2:
        raise GeometryInvalid(
            f"边界中的点“{position}”应为 [经度, 纬度]。", field=field, value=position
        )
    return refuse_foreign(*check_lon_lat(position[0], position[1]))


def refuse_foreign(lon: float, lat: float) -> LonLat:
    """The pair, if it is in the country; raises `CoordinatesOutside`, and says when it looks swapped."""
    if looks_swapped(lon, lat):
        raise CoordinatesOutside(
            f"点 {_spot(lon, lat)} 不在中国境内，但把两个数对调后就在：经度和纬度可能写反了。",
            field="lon",
            value=lon,
        )
    if not in_china(lon, lat):
        raise CoordinatesOutside(
            f"点 {_spot(lon, lat)} 不在中国境内，请检查坐标或所选的坐标系。",
            field="lat" if in_china(lon, 35.0) else "lon",
            value=lon,
        )
    return lon, lat


def _list(value: object, field: str, label: str) -> Sequence[Any]:
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        raise GeometryInvalid(f"{label}是空的或格式不对，请重新导出。", field=field)
    return value


def _refuse_invalid(surface: Surface, field: str) -> None:
    if surface.is_valid:
        return
    found = _REASON.match(shapely.is_valid_reason(surface))
    what = found["what"].strip() if found else ""
    sentence = _WHAT_IS_WRONG.get(what, "边界画得不对，请重新画")
    if found is None or found["x"] is None:
        raise GeometryInvalid(f"{sentence}。", field=field)
    lon, lat = float(found["x"]), float(found["y"])
    raise GeometryInvalid(f"在 {_spot(lon, lat)} 处，{sentence}。", field=field, lon=lon, lat=lat)


def _transformed(
    surface: Surface, change: Callable[[NDArray[np.float64]], NDArray[np.float64]]
) -> Surface:
    changed: Surface = shapely.transform(surface, change)
    return changed


def _plain(coordinates: Any) -> Any:
    if isinstance(coordinates, list | tuple):
        return [_plain(part) for part in coordinates]
    return float(coordinates)


def _spot(lon: float, lat: float) -> str:
    return f"（{lon:.6f}, {lat:.6f}）"

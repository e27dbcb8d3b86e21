"""Four coordinate systems, one stored.

Linli stores longitude and latitude in CGCS2000, which is treated as equal to WGS-84 (they differ
by decimetres at most). Maps of 高德 and 腾讯 answer in GCJ-02, 百度 in BD-09; both are shifted on
purpose, by 100 to 700 metres against WGS-84 inside China. Values are converted at the edge, once,
and the raw value is kept beside the result.

    >>> to_stored(116.41024450, 39.91640428, CoordSys.GCJ02)      # ≈ (116.404, 39.915)

The shift is a public formula that only goes one way (WGS-84 → GCJ-02 → BD-09); the way back is
found by iteration, to well below a millimetre. Outside the rectangle around China nothing is
shifted. Within a kilometre of that rectangle's edge (open sea and foreign land) the way back is
ambiguous by nature.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias

from linli.kernel.places.errors import CoordinatesOutside

LonLat: TypeAlias = tuple[float, float]


class CoordSys(StrEnum):
    """The system a pair of numbers is meant in."""

    CGCS2000 = "cgcs2000"
    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


COORD_SYS_NAMES = {
    CoordSys.CGCS2000: "CGCS2000（天地图、政府数据）",
    CoordSys.WGS84: "WGS-84（手机定位）",
    CoordSys.GCJ02: "GCJ-02（高德、腾讯）",
    CoordSys.BD09: "BD-09（百度）",
}

# The ellipsoid of the GCJ-02 formula (Krasovsky 1940), not that of WGS-84.
_SEMI_MAJOR = 6378245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BD_FACTOR = math.pi * 3000.0 / 180.0
_CHINA_LON = (72.004, 137.8347)
_CHINA_LAT = (0.8293, 55.8271)
_STEPS = 60
_CLOSE_ENOUGH = 1e-12


def parse_coord_sys(value: object) -> CoordSys:
    """The named system; raises `CoordinatesOutside` naming the choices."""
    try:
        return CoordSys(str(value).strip().lower().replace("-", "").replace("_", ""))
    except ValueError:
        raise CoordinatesOutside(
            f"不认识的坐标系“{value}”，请从 cgcs2000、wgs84、gcj02、bd09 中选择。",
            field="coord_sys",
            value=value,
        ) from None


def check_lon_lat(lon: object, lat: object) -> LonLat:
    """Both as floats; raises `CoordinatesOutside` naming the field, and says when they look swapped."""
    checked_lon, checked_lat = _number(lon, "lon", "经度"), _number(lat, "lat", "纬度")
    swapped = not -90.0 <= checked_lat <= 90.0 and -90.0 <= checked_lon <= 90.0
    if swapped and -180.0 <= checked_lat <= 180.0:
        raise CoordinatesOutside(
            f"纬度 {checked_lat} 超出 -90 至 90：经度和纬度可能写反了，请按“经度, 纬度”的顺序填写。",
            field="lat",
            value=lat,
        )
    _within(checked_lon, 180.0, "lon", "经度")
    _within(checked_lat, 90.0, "lat", "纬度")
    return checked_lon, checked_lat


def looks_swapped(lon: float, lat: float) -> bool:
    """Whether the pair lies outside China but would lie inside it the other way round."""
    return not in_china(lon, lat) and in_china(lat, lon)


def in_china(lon: float, lat: float) -> bool:
    """Whether the pair is inside the rectangle in which the public maps are shifted."""
    return _CHINA_LON[0] <= lon <= _CHINA_LON[1] and _CHINA_LAT[0] <= lat <= _CHINA_LAT[1]


def convert(lon: float, lat: float, *, source: CoordSys, target: CoordSys) -> LonLat:
    """The same place in another system; there and back again is exact to a millimetre."""
    start, end = _CHAIN[source], _CHAIN[target]
    for step in range(start, end):
        lon, lat = _FORTH[step](lon, lat)
    for step in range(start, end, -1):
        lon, lat = _BACK[step - 1](lon, lat)
    return lon, lat


def to_stored(lon: object, lat: object, source: CoordSys) -> LonLat:
    """Checked and brought into CGCS2000, the system in which everything is stored."""
    checked_lon, checked_lat = check_lon_lat(lon, lat)
    return convert(checked_lon, checked_lat, source=source, target=CoordSys.CGCS2000)


def wgs84_to_gcj02(lon: float, lat: float) -> LonLat:
    """The public shift; identity outside China."""
    if not in_china(lon, lat):
        return lon, lat
    return _shifted(lon, lat)


def gcj02_to_wgs84(lon: float, lat: float) -> LonLat:
    """The inverse of `wgs84_to_gcj02`, by iteration (one step alone is off by decimetres)."""
    if not in_china(lon, lat):
        return lon, lat
    return _undo(_shifted, lon, lat, lon, lat)


def gcj02_to_bd09(lon: float, lat: float) -> LonLat:
    """The public second shift of 百度; identity outside China."""
    if not in_china(lon, lat):
        return lon, lat
    return _twisted(lon, lat)


def bd09_to_gcj02(lon: float, lat: float) -> LonLat:
    """The public closed formula. It is a few centimetres off a true inverse: `convert` iterates."""
    if not in_china(lon, lat):
        return lon, lat
    x, y = lon - 0.0065, lat - 0.006
    radius = math.hypot(x, y) - 0.00002 * math.sin(y * _BD_FACTOR)
    angle = math.atan2(y, x) - 0.000003 * math.cos(x * _BD_FACTOR)
    return radius * math.cos(angle), radius * math.sin(angle)


def _bd09_to_gcj02_exactly(lon: float, lat: float) -> LonLat:
    if not in_china(lon, lat):
        return lon, lat
    return _undo(_twisted, lon, lat, *bd09_to_gcj02(lon, lat))


def _undo(
    shift: Callable[[float, float], LonLat],
    lon: float,
    lat: float,
    guess_lon: float,
    guess_lat: float,
) -> LonLat:
    # A fixed point: the shift changes so slowly that each step gains at least one digit.
    for _ in range(_STEPS):
        there_lon, there_lat = shift(guess_lon, guess_lat)
        miss_lon, miss_lat = lon - there_lon, lat - there_lat
        guess_lon, guess_lat = guess_lon + miss_lon, guess_lat + miss_lat
        if abs(miss_lon) < _CLOSE_ENOUGH and abs(miss_lat) < _CLOSE_ENOUGH:
            break
    return guess_lon, guess_lat


def _shifted(lon: float, lat: float) -> LonLat:
    x, y = lon - 105.0, lat - 35.0
    latitude = math.radians(lat)
    flattening = 1.0 - _ECCENTRICITY_SQUARED * math.sin(latitude) ** 2
    normal = _SEMI_MAJOR / math.sqrt(flattening)
    meridian = normal * (1.0 - _ECCENTRICITY_SQUARED) / flattening
    return (
        lon + math.degrees(_metres_east(x, y) / (normal * math.cos(latitude))),
        lat + math.degrees(_metres_north(x, y) / meridian),
    )


def _metres_east(x: float, y: float) -> float:
    smooth = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    return (
        smooth
        + _waves(6.0 * x, 20.0, 2.0 * x, 20.0)
        + _waves(x, 20.0, x / 3.0, 40.0)
        + _waves(x / 12.0, 150.0, x / 30.0, 300.0)
    )


def _metres_north(x: float, y: float) -> float:
    smooth = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    return (
        smooth
        + _waves(6.0 * x, 20.0, 2.0 * x, 20.0)
        + _waves(y, 20.0, y / 3.0, 40.0)
        + _waves(y / 12.0, 160.0, y / 30.0, 320.0)
    )


def _waves(first: float, first_height: float, second: float, second_height: float) -> float:
    return (
        (first_height * math.sin(first * math.pi) + second_height * math.sin(second * math.pi))
        * 2.0
        / 3.0
    )


def _twisted(lon: float, lat: float) -> LonLat:
    radius = math.hypot(lon, lat) + 0.00002 * math.sin(lat * _BD_FACTOR)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * _BD_FACTOR)
    return radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006


def _number(value: object, field: str, label: str) -> float:
    try:
        number = float(value) if not isinstance(value, bool) else math.nan  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise CoordinatesOutside(
            f"{label}“{value}”不是数字，请填写以度为单位的十进制数，例如 120.1034。",
            field=field,
            value=value,
        )
    return number


def _within(number: float, bound: float, field: str, label: str) -> None:
    if not -bound <= number <= bound:
        raise CoordinatesOutside(
            f"{label} {number} 超出 {-bound:.0f} 至 {bound:.0f} 的范围，请检查是否少了小数点。",
            field=field,
            value=number,
        )


# How many shifts away from the stored system each system is.
_CHAIN = {CoordSys.CGCS2000: 0, CoordSys.WGS84: 0, CoordSys.GCJ02: 1, CoordSys.BD09: 2}
_FORTH = (wgs84_to_gcj02, gcj02_to_bd09)
_BACK = (gcj02_to_wgs84, _bd09_to_gcj02_exactly)

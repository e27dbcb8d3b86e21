from __future__ import annotations

from typing import Any

import pytest
from shapely.geometry import Polygon

from linli.kernel.places.coordinates import CoordSys
from linli.kernel.places.errors import CoordinatesOutside, GeometryInvalid
from linli.kernel.places.geometry import (
    area_m2,
    parse_surface,
    stored_surface,
    surface_of,
    to_geojson,
)
from linli.kernel.places.tests.world import square


def _polygon(*points: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[list(point) for point in (*points, points[0])]]}


def test_rings_are_turned_the_right_way() -> None:
    clockwise = _polygon((120.0, 30.0), (120.0, 30.01), (120.01, 30.01), (120.01, 30.0))
    hole = [
        [120.002, 30.002],
        [120.004, 30.002],
        [120.004, 30.004],
        [120.002, 30.004],
        [120.002, 30.002],
    ]
    clockwise["coordinates"].append(hole)
    surface = parse_surface(clockwise)
    assert isinstance(surface, Polygon)
    assert surface.exterior.is_ccw
    assert not surface.interiors[0].is_ccw


def test_what_is_stored_reads_back_the_same() -> None:
    stored = to_geojson(parse_surface(square(120.0, 30.0, 120.01, 30.01)))
    assert to_geojson(surface_of(stored)) == stored
    assert to_geojson(parse_surface(stored)) == stored


def test_a_border_that_crosses_itself_is_refused_with_the_spot() -> None:
    bow_tie = _polygon((120.0, 30.0), (120.01, 30.01), (120.01, 30.0), (120.0, 30.01))
    with pytest.raises(GeometryInvalid, match="自相交") as caught:
        parse_surface(bow_tie)
    assert caught.value.field == "geometry"
    assert caught.value.lon == pytest.approx(120.005)
    assert caught.value.lat == pytest.approx(30.005)


def test_a_hole_outside_its_polygon_is_refused() -> None:
    shape = square(120.0, 30.0, 120.01, 30.01)
    shape["coordinates"] += square(120.02, 30.0, 120.03, 30.01)["coordinates"]
    with pytest.raises(GeometryInvalid, match="内洞落在外边界之外"):
        parse_surface(shape)


def test_an_open_ring_is_refused() -> None:
    shape = square(120.0, 30.0, 120.01, 30.01)
    shape["coordinates"][0].pop()
    with pytest.raises(GeometryInvalid, match="没有闭合"):
        parse_surface(shape)


def test_two_parts_that_overlap_are_refused() -> None:
    parts = [square(120.0, 30.0, 120.01, 30.01), square(120.002, 30.002, 120.004, 30.004)]
    shape = {"type": "MultiPolygon", "coordinates": [part["coordinates"] for part in parts]}
    with pytest.raises(GeometryInvalid):
        parse_surface(shape)


@pytest.mark.parametrize(
    "broken",
    [
        None,
        [],
        {"type": "Point", "coordinates": [120.0, 30.0]},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[]]},
        {"type": "Polygon", "coordinates": "x"},
        {"type": "Polygon", "coordinates": [[[120.0]]]},
        {"type": "Polygon", "coordinates": [[120.0, 30.0]]},
        {"type": "Polygon", "coordinates": [[[120.0, 30.0], [120.01, 30.0], [120.0, 30.0]]]},
        {"type": "MultiPolygon", "coordinates": [[]]},
    ],
)
def test_what_is_no_polygon_is_refused_in_words(broken: object) -> None:
    with pytest.raises(GeometryInvalid) as caught:
        parse_surface(broken)
    assert caught.value.message.endswith("。")


def test_coordinates_outside_are_named() -> None:
    with pytest.raises(CoordinatesOutside) as caught:
        parse_surface(_polygon((120.0, 30.0), (220.0, 30.0), (120.0, 31.0)))
    assert caught.value.field == "lon"
    with pytest.raises(CoordinatesOutside, match="中国境内"):
        parse_surface(square(2.0, 48.0, 2.1, 48.1))
    with pytest.raises(CoordinatesOutside, match="写反"):
        parse_surface(square(30.0, 80.0, 30.1, 80.1))


def test_a_polygon_of_another_system_is_moved() -> None:
    raw = square(120.0, 30.0, 120.01, 30.01)
    moved = stored_surface(raw, CoordSys.GCJ02)
    assert 100.0 < abs(moved.bounds[0] - 120.0) * 96_000 < 700.0
    assert stored_surface(raw, CoordSys.WGS84) == parse_surface(raw)


def test_the_area_is_in_square_metres() -> None:
    # At 30° north a degree is 96,486 m by 110,852 m.
    assert area_m2(parse_surface(square(120.0, 30.0, 120.01, 30.01))) == pytest.approx(
        964.86 * 1108.52, rel=1e-3
    )

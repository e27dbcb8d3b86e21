from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.places.coordinates import (
    CoordSys,
    bd09_to_gcj02,
    check_lon_lat,
    convert,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    looks_swapped,
    parse_coord_sys,
    to_stored,
    wgs84_to_gcj02,
)
from linli.kernel.places.errors import CoordinatesOutside

# Away from the edge of the rectangle, where a shifted point may leave it.
IN_CHINA = st.tuples(st.floats(72.1, 137.7), st.floats(0.9, 55.7))
PAIRS = list(product(CoordSys, CoordSys))


def _metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    east = (one[0] - other[0]) * 111_320.0 * math.cos(math.radians(one[1]))
    return math.hypot(east, (one[1] - other[1]) * 111_320.0)


@pytest.mark.parametrize(
    ("shift", "given", "expected"),
    [
        (wgs84_to_gcj02, (116.404, 39.915), ("116.41024450", "39.91640428")),
        (gcj02_to_bd09, (116.404, 39.915), ("116.41036949", "39.92133699")),
        (bd09_to_gcj02, (116.404, 39.915), ("116.39762729", "39.90865674")),
        (gcj02_to_wgs84, (116.404, 39.915), ("116.39775575", "39.91359624")),
    ],
)
def test_the_public_fixtures_to_the_last_digit(
    shift: Callable[[float, float], tuple[float, float]],
    given: tuple[float, float],
    expected: tuple[str, str],
) -> None:
    assert tuple(f"{number:.8f}" for number in shift(*given)) == expected


@given(IN_CHINA, st.sampled_from(PAIRS))
def test_there_and_back_again_is_within_a_centimetre(
    place: tuple[float, float], pair: tuple[CoordSys, CoordSys]
) -> None:
    source, target = pair
    there = convert(*place, source=source, target=target)
    back = convert(*there, source=target, target=source)
    assert _metres(place, back) <= 0.01


@given(IN_CHINA)
def test_the_way_over_gcj02_is_the_way_to_bd09(place: tuple[float, float]) -> None:
    middle = convert(*place, source=CoordSys.WGS84, target=CoordSys.GCJ02)
    assert convert(*middle, source=CoordSys.GCJ02, target=CoordSys.BD09) == convert(
        *place, source=CoordSys.WGS84, target=CoordSys.BD09
    )


@given(IN_CHINA)
def test_the_shift_is_some_hundred_metres_inside_china(place: tuple[float, float]) -> None:
    assert 50.0 < _metres(place, wgs84_to_gcj02(*place)) < 1500.0


@pytest.mark.parametrize(
    "place", [(2.35, 48.85), (151.2, -33.9), (-74.0, 40.7), (72.0, 30.0), (120.0, 0.8)]
)
def test_outside_china_nothing_is_shifted(place: tuple[float, float]) -> None:
    for shift in (wgs84_to_gcj02, gcj02_to_wgs84, gcj02_to_bd09, bd09_to_gcj02):
        assert shift(*place) == place
    for source, target in PAIRS:
        assert convert(*place, source=source, target=target) == place


def test_what_is_stored_comes_from_any_system() -> None:
    assert to_stored("120.1", "30.6", CoordSys.WGS84) == (120.1, 30.6)
    lon, lat = to_stored(116.41024450, 39.91640428, CoordSys.GCJ02)
    assert _metres((lon, lat), (116.404, 39.915)) < 0.01


@pytest.mark.parametrize(
    ("lon", "lat", "field"),
    [
        (181.0, 30.0, "lon"),
        (-180.1, 30.0, "lon"),
        (120.0, 191.0, "lat"),
        ("abc", 30.0, "lon"),
        (120.0, None, "lat"),
        (float("nan"), 30.0, "lon"),
        (120.0, float("inf"), "lat"),
        (True, 30.0, "lon"),
    ],
)
def test_an_impossible_coordinate_is_named(lon: object, lat: object, field: str) -> None:
    with pytest.raises(CoordinatesOutside) as caught:
        check_lon_lat(lon, lat)
    assert caught.value.field == field


def test_swapped_coordinates_are_recognised() -> None:
    with pytest.raises(CoordinatesOutside, match="写反") as caught:
        check_lon_lat(30.6, 120.1)
    assert caught.value.field == "lat"
    assert looks_swapped(30.6, 80.0)
    assert not looks_swapped(120.1, 30.6)


def test_the_edges_of_the_world_are_allowed() -> None:
    assert check_lon_lat(-180, 90) == (-180.0, 90.0)
    assert check_lon_lat(180, -90) == (180.0, -90.0)


def test_a_system_is_found_by_its_name_however_it_is_written() -> None:
    assert parse_coord_sys("GCJ-02") is CoordSys.GCJ02
    assert parse_coord_sys("bd_09") is CoordSys.BD09
    with pytest.raises(CoordinatesOutside) as caught:
        parse_coord_sys("utm")
    assert caught.value.field == "coord_sys"

from __future__ import annotations

from typing import Any

import pytest

from linli.kernel.places.geometry import parse_surface
from linli.kernel.places.tests.world import EAST, WEST, square
from linli.kernel.places.topology import Tile, check_tiling


def _tile(number: int, shape: dict[str, Any]) -> Tile:
    return Tile(f"990101001001{number:03d}", f"第{number}网格", parse_surface(shape))


def test_grids_that_fit_leave_nothing_to_say() -> None:
    whole = parse_surface(square(120.0, 30.0, 120.02, 30.01))
    assert check_tiling([_tile(1, WEST), _tile(2, EAST)], whole=whole) == []
    assert check_tiling([]) == []


def test_a_t_junction_is_no_gap() -> None:
    tiles = [
        _tile(1, square(120.0, 30.0, 120.003, 30.01)),
        _tile(2, square(120.003, 30.0, 120.01, 30.0037)),
        _tile(3, square(120.003, 30.0037, 120.01, 30.01)),
    ]
    assert check_tiling(tiles, tolerance_m2=0.001) == []


def test_an_overlap_is_listed_with_its_size_and_both_grids() -> None:
    wide = square(120.0, 30.0, 120.0102, 30.01)
    (found,) = check_tiling([_tile(1, wide), _tile(2, EAST)])
    assert found.kind == "overlap"
    assert found.codes == ("990101001001001", "990101001001002")
    assert found.area_m2 == pytest.approx(0.0002 * 96_486 * 0.01 * 110_852, rel=1e-3)
    assert 120.010 < found.lon < 120.0102
    assert "“第1网格”与“第2网格”重叠" in found.sentence


def test_a_hole_between_grids_is_a_gap() -> None:
    tiles = [
        _tile(1, square(120.0, 30.0, 120.004, 30.01)),
        _tile(2, square(120.006, 30.0, 120.01, 30.01)),
        _tile(3, square(120.004, 30.0, 120.006, 30.004)),
        _tile(4, square(120.004, 30.006, 120.006, 30.01)),
    ]
    (found,) = check_tiling(tiles)
    assert found.kind == "gap"
    assert found.codes == tuple(tile.code for tile in tiles)
    assert found.area_m2 == pytest.approx(0.002 * 96_486 * 0.002 * 110_852, rel=1e-3)


def test_a_grid_inside_a_hole_fills_it() -> None:
    ring = square(120.0, 30.0, 120.01, 30.01)
    inner = square(120.004, 30.004, 120.006, 30.006)
    ring["coordinates"].append(inner["coordinates"][0][::-1])
    assert check_tiling([_tile(1, ring), _tile(2, inner)]) == []
    small = square(120.004, 30.004, 120.0058, 30.006)
    (found,) = check_tiling([_tile(1, ring), _tile(2, small)])
    assert found.kind == "gap"
    assert found.area_m2 == pytest.approx(0.0002 * 96_486 * 0.002 * 110_852, rel=1e-3)


def test_a_slit_open_to_the_outside_is_a_gap_too() -> None:
    # Two metres wide between the two grids, open at both ends.
    tiles = [_tile(1, WEST), _tile(2, square(120.010_02, 30.0, 120.02, 30.01))]
    (found,) = check_tiling(tiles)
    assert found.kind == "gap"
    assert found.area_m2 == pytest.approx(0.00002 * 96_486 * 0.01 * 110_852, rel=0.05)


def test_a_wide_street_between_two_far_grids_is_no_slit() -> None:
    assert check_tiling([_tile(1, WEST), _tile(2, square(120.011, 30.0, 120.02, 30.01))]) == []


def test_the_outline_of_the_community_must_be_filled_and_not_left() -> None:
    whole = parse_surface(square(120.0, 30.0, 120.015, 30.02))
    found = check_tiling([_tile(1, WEST), _tile(2, EAST)], whole=whole)
    assert {hit.kind for hit in found} == {"gap", "outside"}
    assert [hit.area_m2 for hit in found] == sorted((hit.area_m2 for hit in found), reverse=True)
    (outside,) = [hit for hit in found if hit.kind == "outside"]
    assert outside.codes == ("990101001001002",)
    assert outside.lon > 120.015


def test_drawing_noise_is_below_the_tolerance() -> None:
    almost = square(120.000, 30.000, 120.010_000_1, 30.010)
    assert check_tiling([_tile(1, almost), _tile(2, EAST)], tolerance_m2=20.0) == []
    assert len(check_tiling([_tile(1, almost), _tile(2, EAST)], tolerance_m2=1.0)) == 1

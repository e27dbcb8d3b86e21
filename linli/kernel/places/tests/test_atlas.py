from __future__ import annotations

import random
from collections.abc import Iterable

import numpy as np
import pytest
from shapely.geometry import Point

from linli.kernel.places.atlas import NO_GRID, Atlas, GridShape
from linli.kernel.places.geometry import LocalMetres, parse_surface
from linli.kernel.places.tests.world import EAST, EAST_GRID, WEST, WEST_GRID
from linli.kernel.places.verify import Verification, made_up_shapes, verify_locate


def _shape(grid_id: int, code: str, name: str, geometry: object) -> GridShape:
    return GridShape(
        grid_id, code, name, 3, "槐树里社区", 2, "望槐街道", 1, parse_surface(geometry)
    )


HUAISHULI = [_shape(12, EAST_GRID, "第二网格", EAST), _shape(11, WEST_GRID, "第一网格", WEST)]


def test_a_point_is_found_in_its_grid_with_all_ids() -> None:
    found = Atlas(HUAISHULI).locate(120.005, 30.005)
    assert found is not None
    assert (found.grid_id, found.community_id, found.subdistrict_id, found.district_id) == (
        11,
        3,
        2,
        1,
    )
    assert found.sentence == (
        f"坐标（120.005000, 30.005000）落在“第一网格”（{WEST_GRID}），属槐树里社区、望槐街道。"
    )


def test_a_point_on_the_shared_border_belongs_to_the_smallest_code() -> None:
    for shapes in (HUAISHULI, HUAISHULI[::-1]):
        found = Atlas(shapes).locate(120.01, 30.005)
        assert found is not None
        assert found.grid.code == WEST_GRID
        assert [other.code for other in found.others] == [EAST_GRID]
        assert "交界" in found.sentence


def test_outside_all_grids_there_is_none() -> None:
    atlas = Atlas(HUAISHULI)
    assert atlas.locate(120.05, 30.05) is None
    assert Atlas([]).locate(120.0, 30.0) is None
    assert atlas.locate_many([120.05, 120.01], [30.05, 30.0]).tolist() == [NO_GRID, 0]


def test_the_nearest_grid_is_offered_within_the_limit_only() -> None:
    atlas = Atlas(HUAISHULI)
    # 0.001° east of the border at 30° north: 96.5 metres.
    offered = atlas.nearest(120.021, 30.005, within_m=100.0)
    assert offered is not None
    assert offered.grid.code == EAST_GRID
    assert offered.distance_m == pytest.approx(96.5, abs=0.2)
    assert "请人工确认" in offered.sentence
    assert atlas.nearest(120.021, 30.005, within_m=96.0) is None


def test_between_two_equally_near_grids_the_smallest_code_is_offered() -> None:
    offered = Atlas(HUAISHULI).nearest(120.01, 30.0101, within_m=50.0)
    assert offered is not None
    assert offered.grid.code == WEST_GRID


def test_the_index_equals_counting_crossings_one_by_one() -> None:
    result = verify_locate(6_000, seed=7)
    assert result.mismatches == ()
    assert result.corners == result.borders == 1_500
    assert result.in_several > 500
    assert result.outside > 500
    assert "全部一致" in result.sentence


def test_the_comparison_notices_a_wrong_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    def largest_code(atlas: Atlas, lons: Iterable[float], lats: Iterable[float]) -> np.ndarray:
        points = zip(lons, lats, strict=True)
        hits = [
            [i for i, shape in enumerate(atlas.shapes) if shape.surface.intersects(Point(*point))]
            for point in points
        ]
        return np.array([max(hit, default=NO_GRID) for hit in hits])

    monkeypatch.setattr(Atlas, "locate_many", largest_code)
    assert len(verify_locate(200, seed=7).mismatches) > 10


def test_an_empty_map_has_nothing_to_compare() -> None:
    assert verify_locate(100, shapes=[]) == Verification(0, 0, 0, 0, 0, 0, 0.0, 0.0, ())


def test_the_nearest_grid_equals_measuring_every_grid() -> None:
    shapes = made_up_shapes(3)
    atlas, rng = Atlas(shapes), random.Random(3)
    for _ in range(150):
        lon, lat = rng.uniform(119.99, 120.04), rng.uniform(29.995, 30.02)
        flat, here = LocalMetres(lon, lat), Point(0.0, 0.0)
        measured = [
            (round(flat.project(shape.surface).distance(here), 3), shape.code) for shape in shapes
        ]
        distance, code = min(measured)
        offered = atlas.nearest(lon, lat, within_m=300.0)
        if distance > 300.0:
            assert offered is None
        else:
            assert offered is not None
            assert offered.grid.code == code

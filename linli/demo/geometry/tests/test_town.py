from __future__ import annotations

from collections import Counter

import pytest
import shapely
from shapely.geometry import Point

from linli.demo.geometry import Town, make_town
from linli.demo.geometry.plan import DEDICATED
from linli.kernel.places.codes import parse_grid_code
from linli.kernel.places.coordinates import CoordSys
from linli.kernel.places.geojson import read_features
from linli.kernel.places.geometry import area_m2
from linli.kernel.places.topology import Tile, check_tiling


@pytest.fixture(scope="module", params=[20260101, 7])
def town(request: pytest.FixtureRequest) -> Town:
    return make_town(request.param)


def test_equal_seeds_make_equal_towns_and_others_do_not() -> None:
    assert make_town(7).base_map() == make_town(7).base_map()
    assert make_town(7).building_entries() == make_town(7).building_entries()
    assert make_town(7).feature_collection() != make_town(8).feature_collection()


def test_it_has_the_size_of_a_sub_district(town: Town) -> None:
    assert len(town.communities) == 5
    assert len(town.grids) == 37
    assert Counter(grid.kind for grid in town.grids) == {"basic": 33, "dedicated": len(DEDICATED)}
    assert 230 <= len(town.buildings) <= 290
    assert 3_500 <= town.dwelling_count <= 4_600
    assert 2.0e6 < area_m2(town.subdistrict.surface) < 4.0e6
    assert len(
        {(house.entry.community_code, house.entry.label) for house in town.buildings}
    ) == len(town.buildings)


def test_the_grids_tile_the_ground_without_a_gap(town: Town) -> None:
    tiles = [Tile(grid.code, grid.name, grid.surface) for grid in town.grids if grid.surface]
    assert check_tiling(tiles, whole=town.subdistrict.surface, tolerance_m2=0.001) == []
    for community in town.communities:
        own = [tile for tile in tiles if tile.code.startswith(community.code)]
        assert check_tiling(own, whole=community.surface, tolerance_m2=0.001) == []
        assert all(parse_grid_code(tile.code, community=community.code) for tile in own)


def test_every_area_can_be_imported(town: Town) -> None:
    reading = read_features(town.feature_collection(), coord_sys=CoordSys.CGCS2000)
    assert reading.bad == []
    assert len(reading.good) == 2 + 5 + 37


def test_houses_stand_in_their_grid_apart_from_each_other_and_dry(town: Town) -> None:
    grounds = {grid.code: grid.surface for grid in town.grids}
    outlines = [house.surface for house in town.buildings]
    for house in town.buildings:
        assert grounds[house.grid_code].contains(house.surface)  # type: ignore[union-attr]
        assert house.surface.contains(Point(house.entry.lon, house.entry.lat))
        assert not house.surface.intersects(town.river)
    pairs = shapely.STRtree(outlines).query(outlines, predicate="intersects")
    assert (pairs[0] == pairs[1]).all()


def test_homes_have_six_to_thirty_storeys_and_flats_on_each(town: Town) -> None:
    homes = [house for house in town.buildings if house.use == "homes"]
    assert all(6 <= house.storeys <= 30 for house in homes)
    for house in homes:
        for unit in house.entry.units:
            assert {room.floor_no for room in unit.dwellings} == set(range(1, house.storeys + 1))
            assert all(40.0 < float(room.area_m2 or 0) < 260.0 for room in unit.dwellings)
    assert all(not house.entry.units for house in town.buildings if house.use != "homes")


def test_there_are_a_river_a_park_and_places_to_go(town: Town) -> None:
    kinds = Counter(poi.kind for poi in town.pois)
    assert kinds["residents_committee"] == 5
    assert kinds["merchant"] >= 20
    assert kinds["park"] == kinds["hospital"] == kinds["school"] == 1
    park = next(block for block in town.blocks if block.use == "park")
    assert park.surface.contains(town.lake)
    assert area_m2(town.river) > 20_000
    grounds = {grid.code: grid.surface for grid in town.grids}
    for poi in town.pois:
        assert grounds[poi.grid_code].contains(Point(poi.lon, poi.lat))  # type: ignore[union-attr]


def test_nothing_in_it_can_be_real(town: Town) -> None:
    assert all(area.code.startswith("99") for area in town.areas)
    phones = [
        text for area in town.areas for name, text in area.texts.items() if name.endswith("phone")
    ]
    assert phones
    assert all(phone.startswith("1990000") and len(phone) == 11 for phone in phones)


def test_the_base_map_names_its_layers(town: Town) -> None:
    layers = Counter(one["properties"]["layer"] for one in town.base_map()["features"])
    assert set(layers) == {"block", "water", "street", "building", "poi"}
    assert layers["building"] == len(town.buildings)


def test_the_town_can_be_put_elsewhere() -> None:
    moved = make_town(7, lon=118.0, lat=32.0, district="990202")
    assert moved.grids[0].code.startswith("990202001001")
    assert moved.subdistrict.surface is not None
    assert moved.subdistrict.surface.contains(Point(118.0, 32.0))

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from linli.kernel.acting import SYSTEM, Actor, Scope
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.places.actions import (
    NewBuilding,
    NewDwelling,
    NewUnit,
    add_buildings,
    import_areas,
)
from linli.kernel.places.coordinates import CoordSys, wgs84_to_gcj02
from linli.kernel.places.models import Area, Building, BuildingUnit, Dwelling
from linli.kernel.places.queries import area_by_code, building_chart, buildings_of, units_of
from linli.kernel.places.tests.world import (
    HUAISHULI,
    LATER,
    NOW,
    QINGHEWAN,
    SUBDISTRICT,
    WEST_GRID,
    neighbourhood,
    square,
)

pytestmark = pytest.mark.django_db

ROOMS = tuple(NewDwelling(floor, f"{floor}0{door}", "88.5") for floor in (1, 2) for door in (1, 2))
CHUNXIAO_3 = NewBuilding(
    HUAISHULI,
    "3幢",
    6,
    quarter="春晓苑",
    lon=120.005,
    lat=30.005,
    units=(NewUnit(1, ROOMS), NewUnit(2, ROOMS[:1])),
)


@pytest.fixture(autouse=True)
def place() -> None:
    import_areas(neighbourhood(), by=SYSTEM, now=NOW)


def test_buildings_come_with_units_and_flats_and_their_grid() -> None:
    report = add_buildings([CHUNXIAO_3], by=SYSTEM, now=NOW)
    assert (report.buildings_added, report.units_added, report.dwellings_added) == (1, 2, 5)
    house = Building.objects.get()
    assert house.grid == area_by_code(WEST_GRID)
    assert str(house) == "春晓苑3幢"
    assert [unit.unit_no for unit in units_of(house.pk)] == [1, 2]
    assert str(Dwelling.objects.all()[0].area_m2) == "88.50"


def test_a_second_run_adds_nothing_but_what_is_missing() -> None:
    add_buildings([CHUNXIAO_3], by=SYSTEM, now=NOW)
    again = add_buildings([CHUNXIAO_3], by=SYSTEM, now=LATER)
    assert (again.buildings_added, again.units_added, again.dwellings_added) == (0, 0, 0)
    assert again.unchanged == 1
    more = NewBuilding(
        HUAISHULI, "3幢", 6, quarter="春晓苑", lon=120.005, lat=30.005, units=(NewUnit(2, ROOMS),)
    )
    grown = add_buildings([more], by=SYSTEM, now=LATER)
    assert (grown.units_added, grown.dwellings_added) == (0, 3)


def test_an_outline_without_a_point_gives_the_point() -> None:
    drawn = NewBuilding(HUAISHULI, "5幢", 11, geometry=square(120.004, 30.004, 120.0045, 30.0042))
    add_buildings([drawn], by=SYSTEM, now=NOW)
    house = Building.objects.get()
    assert house.lon == pytest.approx(120.00425)
    assert house.geometry is not None
    assert house.grid_id == area_by_code(WEST_GRID).pk


def test_a_point_of_a_shifted_map_is_converted_and_kept_raw() -> None:
    lon, lat = wgs84_to_gcj02(120.005, 30.005)
    shifted = NewBuilding(HUAISHULI, "6幢", 6, lon=lon, lat=lat)
    add_buildings([shifted], by=SYSTEM, now=NOW, coord_sys=CoordSys.GCJ02)
    house = Building.objects.get()
    assert house.lon == pytest.approx(120.005, abs=1e-9)
    assert (house.raw_lon, house.raw_lat, house.raw_coord_sys) == (lon, lat, "gcj02")


def _house(**changes: Any) -> NewBuilding:
    given: dict[str, Any] = {
        "community_code": HUAISHULI,
        "name": "9幢",
        "storeys": 6,
        "lon": 120.005,
        "lat": 30.005,
    }
    return NewBuilding(**{**given, **changes})


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (_house(community_code="990101001009"), "community_code"),
        (_house(community_code=WEST_GRID), "community_code"),
        (_house(name=" "), "name"),
        (_house(quarter="长" * 61), "quarter"),
        (_house(storeys=0), "storeys"),
        (_house(storeys=201), "storeys"),
        (_house(lon=None, lat=None), "lon"),
        (_house(lon=30.0, lat=120.0), "lat"),
        (_house(lon=120.0, lat=None), "lat"),
        (_house(geometry={"type": "Point"}), "geometry"),
        (_house(units=(NewUnit(0),)), "unit_no"),
        (_house(units=(NewUnit(1, (NewDwelling(0, "001"),)),)), "floor_no"),
        (_house(units=(NewUnit(1, (NewDwelling(1, ""),)),)), "door_no"),
        (_house(units=(NewUnit(1, (NewDwelling(1, "101", "大"),)),)), "area_m2"),
        (_house(units=(NewUnit(1, (NewDwelling(1, "101", -3),)),)), "area_m2"),
        (_house(units=(NewUnit(1, (NewDwelling(1, "101", None, "hotel"),)),)), "dwelling_use"),
    ],
)
def test_a_bad_row_is_listed_and_the_good_row_stored(wrong: NewBuilding, field: str) -> None:
    report = add_buildings([wrong, CHUNXIAO_3], by=SYSTEM, now=NOW)
    assert [(bad.index, bad.field) for bad in report.bad] == [(1, field)]
    assert report.bad[0].reason.endswith("。")
    assert [str(house) for house in Building.objects.all()] == ["春晓苑3幢"]


def test_the_same_house_twice_in_a_list_is_listed_once() -> None:
    report = add_buildings([CHUNXIAO_3, CHUNXIAO_3], by=SYSTEM, now=NOW)
    assert report.buildings_added == 1
    assert "与第 1 行重复" in report.bad[0].reason


def test_a_house_in_no_grid_of_its_community_gets_none() -> None:
    far = NewBuilding(HUAISHULI, "7幢", 6, lon=120.025, lat=30.005)
    report = add_buildings([far], by=SYSTEM, now=NOW)
    assert report.without_grid == 1
    assert Building.objects.get().grid is None


def test_a_clerk_enters_houses_only_at_home() -> None:
    home = ("community", area_by_code(HUAISHULI).pk)
    clerk = Actor("staff", "小褚", grants={"places.edit": Scope(areas=frozenset({home}))})
    away = NewBuilding(QINGHEWAN, "1幢", 6, lon=120.025, lat=30.005)
    report = add_buildings([CHUNXIAO_3, away], by=clerk, now=NOW)
    assert report.buildings_added == 1
    assert [bad.index for bad in report.bad] == [2]
    with pytest.raises(NotAllowed):
        add_buildings([CHUNXIAO_3], by=Actor("resident", "王奶奶"), now=NOW)


def test_the_chart_of_a_building_has_the_top_storey_first() -> None:
    add_buildings([CHUNXIAO_3], by=SYSTEM, now=NOW)
    rooms = building_chart(Building.objects.get().pk, by=SYSTEM)
    assert [(room.floor_no, room.unit_no, room.door_no) for room in rooms] == [
        (2, 1, "201"),
        (2, 1, "202"),
        (1, 1, "101"),
        (1, 1, "102"),
        (1, 2, "101"),
    ]


def test_the_chart_is_seen_within_the_scope_only() -> None:
    add_buildings([CHUNXIAO_3], by=SYSTEM, now=NOW)
    house = Building.objects.get().pk

    def actor(level: str, code: str) -> Actor:
        scope = Scope(areas=frozenset({(level, area_by_code(code).pk)}))
        return Actor("staff", "小李", grants={"places.view": scope})

    for level, code in (
        ("grid", WEST_GRID),
        ("community", HUAISHULI),
        ("subdistrict", SUBDISTRICT),
    ):
        assert len(building_chart(house, by=actor(level, code))) == 5
    for stranger in (actor("community", QINGHEWAN), Actor("staff", "无权者")):
        with pytest.raises(NotFound):
            building_chart(house, by=stranger)
    with pytest.raises(NotFound):
        building_chart(0, by=SYSTEM)


def test_buildings_are_listed_by_grid_community_and_street() -> None:
    add_buildings([CHUNXIAO_3], by=SYSTEM, now=NOW)
    for code in (WEST_GRID, HUAISHULI, SUBDISTRICT):
        assert [str(house) for house in buildings_of(area_by_code(code).pk)] == ["春晓苑3幢"]
    assert not buildings_of(area_by_code(QINGHEWAN).pk)


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Building, {"storeys": 0}),
        (Building, {"lon": 200.0}),
        (Building, {"raw_lon": 120.0}),
        (BuildingUnit, {"unit_no": 0}),
        (Dwelling, {"floor_no": 0}),
        (Dwelling, {"area_m2": 0}),
        (Dwelling, {"dwelling_use": "hotel"}),
        (Dwelling, {"door_no": "101"}),
    ],
)
def test_the_database_itself_refuses_broken_rows(model: Any, change: dict[str, Any]) -> None:
    add_buildings([CHUNXIAO_3], by=SYSTEM, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**change)


def test_an_area_with_houses_cannot_be_deleted() -> None:
    add_buildings([CHUNXIAO_3], by=SYSTEM, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Area.objects.filter(code=WEST_GRID).delete()

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint, FloatField, Q, Value

from linli.kernel.acting import SYSTEM, Actor, Scope
from linli.kernel.errors import NotAllowed
from linli.kernel.places.actions import import_areas, retire_area
from linli.kernel.places.coordinates import CoordSys, wgs84_to_gcj02
from linli.kernel.places.errors import ImportUnreadable
from linli.kernel.places.models import Area, GridKind, MapEdition, Placed
from linli.kernel.places.queries import area_by_code, export_areas, path_of
from linli.kernel.places.tests.world import (
    DISTRICT,
    EAST,
    EAST_GRID,
    HUAISHULI,
    LATER,
    NOW,
    QINGHEWAN,
    RIVER_GRID,
    SUBDISTRICT,
    WEST,
    WEST_GRID,
    collection,
    feature,
    neighbourhood,
    square,
)

pytestmark = pytest.mark.django_db


def _rows() -> list[tuple[Any, ...]]:
    return list(Area.objects.order_by("code").values_list())


def test_a_map_file_becomes_areas_whatever_its_order() -> None:
    report = import_areas(neighbourhood(), by=SYSTEM, now=NOW)
    assert report.bad == []
    assert report.added == [
        DISTRICT,
        SUBDISTRICT,
        HUAISHULI,
        QINGHEWAN,
        WEST_GRID,
        EAST_GRID,
        RIVER_GRID,
    ]
    grid = area_by_code(WEST_GRID)
    assert path_of(grid).name == "澄汀区望槐街道槐树里社区槐树里第一网格"
    assert (grid.kind, grid.phone, grid.valid_from.isoformat()) == (
        "basic",
        "19900000101",
        "2026-03-02",
    )
    assert (grid.west, grid.south, grid.east, grid.north) == (120.0, 30.0, 120.01, 30.01)
    assert area_by_code(EAST_GRID).kind == GridKind.DEDICATED
    assert area_by_code(RIVER_GRID).kind == GridKind.BASIC


def test_a_second_run_changes_nothing() -> None:
    import_areas(neighbourhood(), by=SYSTEM, now=NOW)
    before, editions = _rows(), list(MapEdition.objects.values_list())
    report = import_areas(neighbourhood(), by=SYSTEM, now=LATER)
    assert (report.added, report.changed, report.bad) == ([], [], [])
    assert len(report.unchanged) == 7
    assert (_rows(), list(MapEdition.objects.values_list())) == (before, editions)


def test_what_is_exported_reads_back_without_a_change() -> None:
    import_areas(neighbourhood(), by=SYSTEM, now=NOW)
    exported = export_areas(Area.objects.all())
    report = import_areas(exported, by=SYSTEM, now=LATER)
    assert len(report.unchanged) == 7
    assert (report.changed, report.added, report.bad) == ([], [], [])
    first = next(f for f in exported["features"] if f["properties"]["code"] == WEST_GRID)
    assert first["properties"]["parent"] == HUAISHULI


def test_a_moved_border_is_a_change_and_raises_the_edition() -> None:
    import_areas(neighbourhood(), by=SYSTEM, now=NOW)
    before = MapEdition.objects.get(subdistrict__code=SUBDISTRICT)
    moved = collection(feature(EAST_GRID, "槐树里商圈网格", square(120.01, 30.0, 120.019, 30.01)))
    report = import_areas(moved, by=SYSTEM, now=LATER)
    assert (report.added, report.changed, report.unchanged) == ([], [EAST_GRID], [])
    after = MapEdition.objects.get(subdistrict__code=SUBDISTRICT)
    assert after.edition == before.edition + 1
    assert after.stamp != before.stamp
    grid = area_by_code(EAST_GRID)
    assert grid.east == 120.019
    assert grid.kind == GridKind.DEDICATED, "what the file does not say stays"


def test_bad_features_are_listed_and_good_ones_stored() -> None:
    bow_tie = {
        "type": "Polygon",
        "coordinates": [
            [[120.0, 30.0], [120.01, 30.01], [120.01, 30.0], [120.0, 30.01], [120.0, 30.0]]
        ],
    }
    file = collection(
        feature(DISTRICT, "澄汀区"),
        feature(SUBDISTRICT, "望槐街道"),
        feature(HUAISHULI, ""),
        feature(QINGHEWAN, "清河湾社区"),
        feature(RIVER_GRID, "清河湾第一网格", bow_tie),
        feature("99010100100200", "少一位"),
        feature(f"{HUAISHULI}001", "上级没有导入", WEST),
        feature(f"{QINGHEWAN}002", "上级不对", WEST, parent="990101001003"),
        feature(f"{QINGHEWAN}003", "类型不对", WEST, kind="大网格"),
        feature(f"{QINGHEWAN}004", "好的网格", EAST),
        feature(f"{QINGHEWAN}004", "同一个编码", EAST),
        {"type": "Feature"},
    )
    report = import_areas(file, by=SYSTEM, now=NOW)
    assert report.added == [DISTRICT, SUBDISTRICT, QINGHEWAN, f"{QINGHEWAN}004"]
    assert [(bad.index, bad.field) for bad in report.bad] == [
        (3, "name"),
        (5, "geometry"),
        (6, "code"),
        (7, "parent"),
        (8, "parent"),
        (9, "kind"),
        (11, "code"),
        (12, "properties"),
    ]
    assert "自相交" in report.bad[1].reason
    assert "第 10 个要素重复" in report.bad[6].reason
    assert Area.objects.count() == 4
    assert "8 个有问题" in report.sentence


def test_a_grid_under_the_wrong_community_or_the_street_is_refused() -> None:
    import_areas(neighbourhood(), by=SYSTEM, now=NOW)
    wrong = collection(
        feature(f"{HUAISHULI}009", "别的社区的网格", None, parent=QINGHEWAN),
        feature(f"{HUAISHULI}010", "直接挂在街道", None, parent=SUBDISTRICT),
    )
    report = import_areas(wrong, by=SYSTEM, now=NOW)
    assert report.added == []
    assert [(bad.index, bad.field) for bad in report.bad] == [(1, "code"), (2, "parent")]
    assert "上级应为社区" in report.bad[1].reason


def test_twenty_digit_codes_are_read_and_kept() -> None:
    import_areas(neighbourhood(), by=SYSTEM, now=NOW)
    long = collection(
        feature(f"100001{HUAISHULI}07", "第七网格", square(120.0, 30.01, 120.01, 30.02))
    )
    report = import_areas(long, by=SYSTEM, now=NOW)
    assert report.added == [f"{HUAISHULI}007"]
    assert area_by_code(f"{HUAISHULI}007").external_code == f"100001{HUAISHULI}07"
    again = import_areas(long, by=SYSTEM, now=LATER)
    assert (again.added, again.changed) == ([], [])
    assert import_areas(export_areas(Area.objects.all()), by=SYSTEM, now=LATER).changed == []


def test_a_map_in_gcj02_is_converted_and_the_raw_outline_kept() -> None:
    file = neighbourhood()
    for one in file["features"]:
        if one["geometry"]:
            one["geometry"]["coordinates"] = [
                [list(wgs84_to_gcj02(lon, lat)) for lon, lat in ring]
                for ring in one["geometry"]["coordinates"]
            ]
    assert import_areas(file, by=SYSTEM, now=NOW, coord_sys=CoordSys.GCJ02).bad == []
    grid = area_by_code(WEST_GRID)
    assert grid.raw_coord_sys == "gcj02"
    assert grid.raw_geometry is not None
    assert grid.raw_geometry["coordinates"][0][0][0] > 120.003
    assert grid.west == pytest.approx(120.0, abs=1e-9)
    again = import_areas(file, by=SYSTEM, now=LATER, coord_sys=CoordSys.GCJ02)
    assert again.changed == []


def test_a_dry_run_tells_the_same_and_stores_nothing() -> None:
    dry = import_areas(neighbourhood(), by=SYSTEM, now=NOW, dry_run=True)
    assert Area.objects.count() == MapEdition.objects.count() == 0
    real = import_areas(neighbourhood(), by=SYSTEM, now=NOW)
    assert dry.added == real.added
    assert dry.sentence == real.sentence.replace("已", "将")


def test_the_code_of_a_retired_grid_is_never_given_again() -> None:
    import_areas(neighbourhood(), by=SYSTEM, now=NOW)
    retire_area(area_by_code(EAST_GRID).pk, by=SYSTEM, now=NOW)
    report = import_areas(collection(feature(EAST_GRID, "新网格", EAST)), by=SYSTEM, now=LATER)
    assert report.added == report.changed == []
    assert "不重复使用" in report.bad[0].reason
    assert area_by_code(EAST_GRID).name == "槐树里商圈网格"


def test_a_city_without_districts_carries_its_streets() -> None:
    file = collection(feature("990100", "无区市"), feature("990100003", "东街道"))
    assert import_areas(file, by=SYSTEM, now=NOW).bad == []
    assert path_of(area_by_code("990100003")).district_id == area_by_code("990100").pk


def test_dates_and_lengths_are_checked_and_the_parent_must_be_in_use() -> None:
    import_areas(neighbourhood(), by=SYSTEM, now=NOW)
    retire_area(area_by_code(RIVER_GRID).pk, by=SYSTEM, now=NOW)
    retire_area(area_by_code(QINGHEWAN).pk, by=SYSTEM, now=NOW)
    file = collection(
        feature(f"{HUAISHULI}003", "日期不对", None, valid_from="2026年"),
        feature(f"{HUAISHULI}004", "长" * 61),
        feature(f"{QINGHEWAN}005", "上级停用"),
        feature(f"{HUAISHULI}006", "好的", None, valid_from="2025-12-31"),
    )
    report = import_areas(file, by=SYSTEM, now=LATER)
    assert [(bad.index, bad.field) for bad in report.bad] == [
        (1, "valid_from"),
        (2, "name"),
        (3, "parent"),
    ]
    assert "已停用" in report.bad[2].reason
    assert area_by_code(f"{HUAISHULI}006").valid_from.isoformat() == "2025-12-31"


def test_a_branch_belongs_to_a_grid_only() -> None:
    file = collection(feature(DISTRICT, "澄汀区", None, grid_party_branch="支部"))
    assert [bad.field for bad in import_areas(file, by=SYSTEM, now=NOW).bad] == [
        "grid_party_branch"
    ]


@pytest.mark.parametrize(
    "file", [{}, {"type": "Feature"}, {"type": "FeatureCollection", "features": {}}]
)
def test_what_is_no_collection_is_refused_as_a_whole(file: dict[str, Any]) -> None:
    with pytest.raises(ImportUnreadable) as caught:
        import_areas(file, by=SYSTEM, now=NOW)
    assert caught.value.status == 400


def test_a_clerk_of_one_community_cannot_import_into_another() -> None:
    import_areas(neighbourhood(), by=SYSTEM, now=NOW)
    home = ("community", area_by_code(HUAISHULI).pk)
    clerk = Actor("staff", "槐树里小褚", grants={"places.edit": Scope(areas=frozenset({home}))})
    file = collection(
        feature(f"{HUAISHULI}008", "本社区新网格"),
        feature(f"{QINGHEWAN}008", "邻社区新网格"),
        feature(RIVER_GRID, "改邻社区的名字"),
    )
    report = import_areas(file, by=clerk, now=LATER)
    assert report.added == [f"{HUAISHULI}008"]
    assert [bad.index for bad in report.bad] == [2, 3]
    assert area_by_code(RIVER_GRID).name == "清河湾第一网格"


def test_nobody_imports_without_the_permission() -> None:
    with pytest.raises(NotAllowed):
        import_areas(neighbourhood(), by=Actor("staff", "王奶奶"), now=NOW)
    assert Area.objects.count() == 0


@pytest.mark.parametrize(
    "change",
    [
        {"level": "village"},
        {"level": "community"},
        {"kind": ""},
        {"parent": None},
        {"west": None},
        {"north": None},
        {"west": 130.0},
        {"raw_coord_sys": "gcj02"},
        {"code": f"{EAST_GRID}"},
    ],
)
def test_the_database_itself_refuses_a_broken_area(change: dict[str, Any]) -> None:
    import_areas(neighbourhood(), by=SYSTEM, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Area.objects.filter(code=WEST_GRID).update(**change)


def test_the_database_refuses_a_branch_on_a_community() -> None:
    import_areas(neighbourhood(), by=SYSTEM, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Area.objects.filter(code=HUAISHULI).update(grid_party_branch="支部")


@pytest.mark.parametrize(
    ("position", "allowed"),
    [
        ((120.0, 30.0), True),
        ((None, None), True),
        ((120.0, None), False),
        ((None, 30.0), False),
        ((181.0, 30.0), False),
        ((120.0, 91.0), False),
    ],
)
def test_a_placed_row_has_a_whole_position_or_none(
    position: tuple[float | None, float | None], *, allowed: bool
) -> None:
    constraint = Placed.Meta.constraints[0]
    assert isinstance(constraint, CheckConstraint)
    lon, lat = (Value(number, output_field=FloatField()) for number in position)
    assert Q(constraint.condition).check({"lon": lon, "lat": lat}) is allowed

"""Areas in the forms in which they are published."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from linli.kernel.acting import SYSTEM
from linli.kernel.places.actions import ImportReport, import_areas, import_regions
from linli.kernel.places.codes import Level
from linli.kernel.places.errors import CodeInvalid
from linli.kernel.places.models import Area
from linli.kernel.places.public_forms import REGIONS, as_ours, full_code
from linli.kernel.places.queries import area_by_code
from linli.kernel.places.tests.world import collection, square
from linli.kernel.tables.reading import read_table

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 9, 6, tzinfo=UTC)


def published(code: int, name: str, parent: int, **more: Any) -> dict[str, Any]:
    """A feature as the public boundaries have it."""
    properties = {
        "adcode": code, "name": name, "level": "district", "parent": {"adcode": parent},
        "acroutes": [100000, parent], "subFeatureIndex": 0, **more,
    }  # fmt: skip
    shape = square(120.0, 30.0, 120.01, 30.01)
    return {"type": "Feature", "properties": properties, "geometry": shape}


def table(text: str, **more: Any) -> ImportReport:
    read = read_table("区划.csv", text.encode(), REGIONS)
    return import_regions(read, by=SYSTEM, now=NOW, **more)


def test_public_boundaries_are_taken_with_their_shift() -> None:
    file = collection(published(990101, "澄汀区", 990100), published(990102, "望槐区", 990100))
    report = import_areas(file, by=SYSTEM, now=NOW, coord_sys=None)

    assert (report.added, report.bad) == (["990101", "990102"], [])
    assert "GCJ-02" in report.notes[0]
    area = area_by_code("990101")
    assert (area.parent, area.raw_coord_sys, area.level) == (None, "gcj02", Level.DISTRICT)
    assert area.west is not None
    assert 0.001 < abs(area.west - 120.0) < 0.01
    assert report.imported.as_data()["stored"] == 2

    plain = import_areas(file, by=SYSTEM, now=NOW)
    assert plain.changed == ["990101", "990102"], "whoever names a system has it"
    assert area_by_code("990101").west == 120.0


def test_what_is_there_above_is_used_and_what_is_missing_is_called_missing() -> None:
    city = {"type": "Feature", "properties": {"code": "990100", "name": "云汀市"}, "geometry": None}
    nameless = {"type": "Feature", "properties": {"title": "无编码", "id": 7}, "geometry": None}
    file = collection(published(990101, "澄汀区", 990100), city, nameless)
    report = import_areas(file, by=SYSTEM, now=NOW, coord_sys=None)

    parent = area_by_code("990101").parent
    assert parent is not None
    assert parent.code == "990100"
    assert report.notes == [], "not all of it is of that form"
    assert [(bad.index, bad.field, bad.code) for bad in report.bad] == [(3, "code", "")]
    assert "缺少编码（code 或 adcode）；找到的属性：title、id" in report.bad[0].reason


TREE = (
    "区划代码,名称,上级代码\n99,某省,\n9901,云汀市,99\n990101,澄汀区,9901\n990101001,望槐街道,990101\n"
    "990101001002,槐树里社区,990101001\n990201001,别处街道,990201\n990101002000,西街道,\n合计,6,\n"
)  # fmt: skip


def test_a_table_of_areas_becomes_the_tree() -> None:
    report = table(TREE)

    assert report.added == ["990000", "990100", "990101", "990101001", "990101002", "990101001002"]
    assert [(bad.index, bad.field) for bad in report.bad] == [(7, "parent")]
    assert "上级“990201”不存在" in report.bad[0].reason
    assert report.notes == ["第 9 行是合计行（合计），没有读取。"]
    parents = dict(Area.objects.values_list("code", "parent__code"))
    assert parents["990101"] == "990100"
    assert parents["990101001002"] == "990101001"
    assert report.imported.read == report.imported.taken == 7

    again = table(TREE)
    assert (again.added, len(again.unchanged), len(again.bad)) == ([], 6, 1)


def test_of_a_table_of_the_country_one_part_can_be_taken() -> None:
    report = table(TREE, within="990101", dry_run=True)
    assert report.added == ["990101", "990101001", "990101002", "990101001002"]
    assert report.notes[-1] == "3 行不在 990101 之内，没有导入。"
    assert table(TREE, within="990000", dry_run=True).added[0] == "990000"
    assert not Area.objects.exists()


def test_damaged_rows_of_a_table_are_told_with_their_number() -> None:
    report = table("编码,名称\n1E+05,澄汀区\n990101,\n990102,望槐区,多\n990103,东区\n")

    assert report.added == ["990103"]
    assert [(bad.index, bad.field) for bad in report.bad] == [
        (2, "编码"),
        (3, "name"),
        (4, "第 3 列"),
    ]
    assert report.imported.read == 4


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("99", "990000"), (9901, "990100"), ("990101001000", "990101001"), ("990101000000", "990101"),
        ("990101001002", "990101001002"), (" 990101 ", "990101"), ("甲", "甲"), (None, None), (True, True), (1.5, 1.5),
    ],
)  # fmt: skip
def test_a_code_gets_the_digits_of_its_level(value: object, code: object) -> None:
    assert full_code(value) == code


def test_properties_under_other_names_are_ours() -> None:
    found = as_ours({"区划代码": "990101", "名称": "澄汀区", "parentCode": 9901, "phone": "1"})
    assert (found["code"], found["name"], found["parent"], found["phone"]) == (
        "990101", "澄汀区", "990100", "1",
    )  # fmt: skip
    assert as_ours({"code": "990101", "adcode": "990102"})["code"] == "990101"
    with pytest.raises(CodeInvalid, match="没有属性"):
        as_ours({})

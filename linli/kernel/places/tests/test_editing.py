from __future__ import annotations

import pytest

from linli.kernel.acting import SYSTEM, Actor, Scope
from linli.kernel.audit.models import AuditLine
from linli.kernel.errors import NotAllowed
from linli.kernel.places.actions import (
    NewBuilding,
    add_buildings,
    import_areas,
    redraw_grid,
    rename_area,
    retire_area,
    set_grid_contacts,
)
from linli.kernel.places.coordinates import CoordSys
from linli.kernel.places.errors import AreaChangeRefused, AreaUnknown, CodeInvalid, GeometryInvalid
from linli.kernel.places.models import Area, Building, MapEdition
from linli.kernel.places.queries import area_by_code, check_places, grid_card
from linli.kernel.places.tests.world import (
    EAST,
    EAST_GRID,
    HUAISHULI,
    LATER,
    NOW,
    QINGHEWAN,
    RIVER_GRID,
    SUBDISTRICT,
    WEST_GRID,
    collection,
    feature,
    neighbourhood,
    square,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def place() -> None:
    import_areas(neighbourhood(), by=SYSTEM, now=NOW)


def _pk(code: str) -> int:
    return Area.objects.get(code=code).pk


def _edition() -> int:
    return MapEdition.objects.get(subdistrict__code=SUBDISTRICT).edition


def _clerk(community: str) -> Actor:
    scope = Scope(areas=frozenset({("community", _pk(community))}))
    return Actor("staff", "小褚", grants={"places.edit": scope})


def test_a_redrawn_grid_has_its_new_outline_box_and_edition() -> None:
    before = _edition()
    grid = redraw_grid(
        _pk(WEST_GRID), by=SYSTEM, geometry=square(120.0, 30.0, 120.008, 30.01), now=LATER
    )
    stored = Area.objects.get(pk=grid.pk)
    assert stored.east == 120.008
    assert stored.raw_geometry is None
    assert _edition() == before + 1
    line = AuditLine.objects.order_by("-id")[0]
    assert (line.action, line.subject) == (
        "kernel.places.areas.redraw_grid",
        f"places.area:{grid.pk}",
    )


def test_a_grid_redrawn_on_a_shifted_map_keeps_the_raw_outline() -> None:
    raw = square(120.0, 30.0, 120.01, 30.01)
    grid = redraw_grid(_pk(WEST_GRID), by=SYSTEM, geometry=raw, now=LATER, coord_sys=CoordSys.GCJ02)
    assert grid.raw_coord_sys == "gcj02"
    assert grid.raw_geometry == {"type": "Polygon", "coordinates": raw["coordinates"]}
    assert grid.west is not None
    assert grid.west < 119.999


def test_a_broken_outline_changes_nothing() -> None:
    before, edition = Area.objects.get(code=WEST_GRID).geometry, _edition()
    with pytest.raises(GeometryInvalid):
        redraw_grid(_pk(WEST_GRID), by=SYSTEM, geometry={"type": "Polygon"}, now=LATER)
    assert Area.objects.get(code=WEST_GRID).geometry == before
    assert _edition() == edition


def test_only_a_grid_in_use_within_the_scope_is_redrawn() -> None:
    with pytest.raises(AreaChangeRefused, match="不是网格"):
        redraw_grid(_pk(HUAISHULI), by=SYSTEM, geometry=EAST, now=LATER)
    with pytest.raises(NotAllowed):
        redraw_grid(_pk(RIVER_GRID), by=_clerk(HUAISHULI), geometry=EAST, now=LATER)
    with pytest.raises(AreaUnknown):
        redraw_grid(0, by=SYSTEM, geometry=EAST, now=LATER)
    retire_area(_pk(RIVER_GRID), by=SYSTEM, now=NOW)
    with pytest.raises(AreaChangeRefused, match="已停用"):
        redraw_grid(_pk(RIVER_GRID), by=SYSTEM, geometry=EAST, now=LATER)


def test_a_clerk_redraws_the_own_grid() -> None:
    grid = redraw_grid(_pk(RIVER_GRID), by=_clerk(QINGHEWAN), geometry=EAST, now=LATER)
    assert grid.east == 120.02


def test_houses_follow_the_border() -> None:
    house = NewBuilding(HUAISHULI, "3幢", 6, quarter="春晓苑", lon=120.009, lat=30.005)
    add_buildings([house], by=SYSTEM, now=NOW)
    assert Building.objects.get().grid_id == _pk(WEST_GRID)
    redraw_grid(_pk(WEST_GRID), by=SYSTEM, geometry=square(120, 30, 120.008, 30.01), now=LATER)
    assert Building.objects.get().grid_id is None
    redraw_grid(_pk(EAST_GRID), by=SYSTEM, geometry=square(120.008, 30, 120.02, 30.01), now=LATER)
    assert Building.objects.get().grid_id == _pk(EAST_GRID)
    assert Building.objects.get().community_id == _pk(HUAISHULI)


def test_a_border_that_would_make_two_houses_share_a_name_is_refused() -> None:
    rows = [
        NewBuilding(HUAISHULI, "3幢", 6, quarter="春晓苑", lon=120.019, lat=30.005),
        NewBuilding(QINGHEWAN, "3幢", 6, quarter="春晓苑", lon=120.021, lat=30.005),
    ]
    assert add_buildings(rows, by=SYSTEM, now=NOW).buildings_added == 2
    redraw_grid(_pk(EAST_GRID), by=SYSTEM, geometry=square(120.01, 30, 120.018, 30.01), now=LATER)
    with pytest.raises(AreaChangeRefused, match="春晓苑3幢"):
        redraw_grid(
            _pk(RIVER_GRID), by=SYSTEM, geometry=square(120.018, 30, 120.03, 30.01), now=LATER
        )
    assert Building.objects.filter(community__code=HUAISHULI).count() == 1


def test_gaps_and_overlaps_are_listed_for_community_and_street() -> None:
    assert check_places(_pk(SUBDISTRICT)) == []
    redraw_grid(_pk(EAST_GRID), by=SYSTEM, geometry=square(120.009, 30, 120.02, 30.01), now=LATER)
    (hit,) = check_places(_pk(HUAISHULI))
    assert (hit.kind, hit.codes) == ("overlap", (WEST_GRID, EAST_GRID))
    assert check_places(_pk(SUBDISTRICT)) == [hit]
    assert check_places(_pk(QINGHEWAN)) == []


def test_a_grid_beyond_the_outline_of_its_community_is_listed_for_the_street() -> None:
    outline = feature(HUAISHULI, "槐树里社区", square(120.0, 30.0, 120.019, 30.01))
    import_areas(collection(outline), by=SYSTEM, now=LATER)
    (hit,) = check_places(_pk(SUBDISTRICT))
    assert (hit.kind, hit.codes) == ("outside", (EAST_GRID,))
    assert "超出上级边界" in hit.sentence


def test_a_name_is_changed_and_never_empty() -> None:
    before = _edition()
    assert rename_area(_pk(WEST_GRID), by=SYSTEM, name=" 槐荫网格 ", now=LATER).name == "槐荫网格"
    assert _edition() == before + 1
    for wrong in ("", "  ", "长" * 61):
        with pytest.raises(CodeInvalid) as caught:
            rename_area(_pk(WEST_GRID), by=SYSTEM, name=wrong, now=LATER)
        assert caught.value.field == "name"
    with pytest.raises(NotAllowed):
        rename_area(_pk(RIVER_GRID), by=_clerk(HUAISHULI), name="新名", now=LATER)
    assert area_by_code(WEST_GRID).name == "槐荫网格"


def test_an_area_with_something_in_it_is_not_retired() -> None:
    with pytest.raises(AreaChangeRefused, match="2 个在用的区域"):
        retire_area(_pk(HUAISHULI), by=SYSTEM, now=LATER)
    house = NewBuilding(HUAISHULI, "3幢", 6, lon=120.005, lat=30.005)
    add_buildings([house], by=SYSTEM, now=NOW)
    with pytest.raises(AreaChangeRefused, match="1 栋楼"):
        retire_area(_pk(WEST_GRID), by=SYSTEM, now=LATER)
    retired = retire_area(_pk(EAST_GRID), by=SYSTEM, now=LATER)
    assert retired.retired_at == LATER
    assert Area.objects.get(code=EAST_GRID).retired_at == LATER


def test_the_card_of_a_grid_says_what_is_public() -> None:
    set_grid_contacts(
        _pk(WEST_GRID),
        by=SYSTEM,
        now=LATER,
        phone="19900000111",
        branch="槐树里第一网格支部",
        branch_office="党群服务中心",
        branch_phone="19900000150",
    )
    card = grid_card(WEST_GRID)
    assert (card.community, card.subdistrict, card.kind_name) == (
        "槐树里社区",
        "望槐街道",
        "基础网格",
    )
    assert (card.phone, card.grid_party_branch) == ("19900000111", "槐树里第一网格支部")
    assert card.area_m2 == pytest.approx(964.86 * 1108.52, rel=1e-3)
    with pytest.raises(CodeInvalid) as caught:
        set_grid_contacts(_pk(WEST_GRID), by=SYSTEM, now=LATER, phone="1" * 33)
    assert caught.value.field == "phone"
    with pytest.raises(AreaChangeRefused):
        set_grid_contacts(_pk(HUAISHULI), by=SYSTEM, now=LATER)
    with pytest.raises(AreaUnknown):
        grid_card(HUAISHULI)
    retire_area(_pk(EAST_GRID), by=SYSTEM, now=LATER)
    with pytest.raises(AreaUnknown):
        grid_card(EAST_GRID)

from __future__ import annotations

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from linli.kernel.acting import EVERYWHERE, NOWHERE, SYSTEM, Scope
from linli.kernel.places.actions import import_areas, retire_area
from linli.kernel.places.errors import AreaUnknown, CodeInvalid
from linli.kernel.places.models import AreaLevel
from linli.kernel.places.queries import (
    AreaNode,
    area_by_code,
    area_by_id,
    area_tree,
    areas_of_level,
    areas_within,
    children_of,
    lies_within,
    path_of,
)
from linli.kernel.places.tests.world import (
    DISTRICT,
    EAST_GRID,
    HUAISHULI,
    LATER,
    NOW,
    QINGHEWAN,
    RIVER_GRID,
    SUBDISTRICT,
    WEST_GRID,
    neighbourhood,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def place() -> None:
    import_areas(neighbourhood(), by=SYSTEM, now=NOW)


def _pk(code: str) -> int:
    return area_by_code(code).pk


def _codes(node: AreaNode) -> object:
    return (
        {node.area.code: [_codes(child) for child in node.children]}
        if node.children
        else node.area.code
    )


def test_the_tree_is_read_with_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        (root,) = area_tree()
    assert _codes(root) == {
        DISTRICT: [{SUBDISTRICT: [{HUAISHULI: [WEST_GRID, EAST_GRID]}, {QINGHEWAN: [RIVER_GRID]}]}]
    }
    (part,) = area_tree(_pk(HUAISHULI))
    assert _codes(part) == {HUAISHULI: [WEST_GRID, EAST_GRID]}


def test_a_path_costs_no_query_after_the_area(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(1):
        path = path_of(area_by_code(WEST_GRID))
        ids = (path.district_id, path.subdistrict_id, path.community_id, path.grid_id)
    assert ids == (_pk(DISTRICT), _pk(SUBDISTRICT), _pk(HUAISHULI), _pk(WEST_GRID))
    assert path_of(area_by_code(SUBDISTRICT)).community_id is None


def test_an_unknown_area_is_said_to_be_unknown() -> None:
    with pytest.raises(AreaUnknown) as caught:
        area_by_code("990101001009")
    assert (caught.value.status, caught.value.field) == (404, "code")
    with pytest.raises(CodeInvalid):
        area_by_code("九九")
    with pytest.raises(AreaUnknown):
        area_by_id(0)


def test_children_and_levels_leave_retired_areas_out() -> None:
    retire_area(_pk(EAST_GRID), by=SYSTEM, now=LATER)
    assert [area.code for area in children_of(_pk(HUAISHULI))] == [WEST_GRID]
    assert [area.code for area in children_of(_pk(HUAISHULI), retired=True)] == [
        WEST_GRID,
        EAST_GRID,
    ]
    assert [area.code for area in children_of(None)] == [DISTRICT]
    assert [a.code for a in areas_of_level(AreaLevel.GRID)] == [WEST_GRID, RIVER_GRID]
    assert [a.code for a in areas_of_level(AreaLevel.GRID, below=_pk(QINGHEWAN))] == [RIVER_GRID]
    assert [a.code for a in areas_of_level(AreaLevel.GRID, below=_pk(DISTRICT))] == [
        WEST_GRID,
        RIVER_GRID,
    ]


def test_a_scope_reaches_its_areas_and_what_lies_below() -> None:
    community = Scope(areas=frozenset({("community", _pk(HUAISHULI))}))
    assert [a.code for a in areas_within(community)] == [HUAISHULI, WEST_GRID, EAST_GRID]
    exactly = Scope(levels=frozenset({("community", _pk(HUAISHULI))}))
    assert [a.code for a in areas_within(exactly)] == [HUAISHULI]
    assert areas_within(EVERYWHERE).count() == 7
    assert not areas_within(NOWHERE).exists()
    for scope in (community, exactly, EVERYWHERE, NOWHERE):
        reached = {area.code for area in areas_within(scope)}
        for code in (DISTRICT, SUBDISTRICT, HUAISHULI, QINGHEWAN, WEST_GRID, RIVER_GRID):
            assert lies_within(area_by_code(code), scope) == (code in reached)

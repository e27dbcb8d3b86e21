"""Reads about places. Areas, their outlines and their cards are public facts (class C1).

Dwellings are read by whoever may read the building's area: `building_chart` asks for the actor.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from linli.kernel.acting import Actor, Scope
from linli.kernel.errors import NotFound
from linli.kernel.places.atlas import Located, Suggestion
from linli.kernel.places.codes import Level, parse_region_code
from linli.kernel.places.coordinates import check_lon_lat
from linli.kernel.places.errors import AreaUnknown
from linli.kernel.places.geojson import feature_collection
from linli.kernel.places.geometry import GeoJson, area_m2, surface_of
from linli.kernel.places.live_atlas import current_atlas
from linli.kernel.places.models import (
    TILING_KINDS,
    Area,
    AreaLevel,
    Building,
    BuildingUnit,
    Dwelling,
    GridKind,
)
from linli.kernel.places.topology import TOLERANCE_M2, Finding, Tile, check_tiling

SUGGEST_WITHIN_M = 200.0
"""How far away the nearest grid may be to be offered; metres, 10–2,000."""

_PATH = "parent__parent__parent__parent__parent"


@dataclass(frozen=True, slots=True)
class AreaPath:
    """The areas above and including one, by level; levels that do not exist are None."""

    areas: Mapping[str, Area]

    def id_of(self, level: AreaLevel) -> int | None:
        area = self.areas.get(level)
        return None if area is None else area.pk

    @property
    def district_id(self) -> int | None:
        """The district; a city that has none stands in for it."""
        return self.id_of(AreaLevel.DISTRICT) or self.id_of(AreaLevel.CITY)

    @property
    def subdistrict_id(self) -> int | None:
        return self.id_of(AreaLevel.SUBDISTRICT)

    @property
    def community_id(self) -> int | None:
        return self.id_of(AreaLevel.COMMUNITY)

    @property
    def grid_id(self) -> int | None:
        return self.id_of(AreaLevel.GRID)

    @property
    def name(self) -> str:
        """From the widest to the smallest, as it is written on an envelope."""
        return "".join(self.areas[level].name for level in AreaLevel.values if level in self.areas)


@dataclass(frozen=True, slots=True)
class AreaNode:
    """An area with what lies in it."""

    area: Area
    children: tuple[AreaNode, ...]


@dataclass(frozen=True, slots=True)
class GridCard:
    """What is posted in public about a grid (who works there is added by whoever knows the people)."""

    code: str
    name: str
    kind: str
    kind_name: str
    community: str
    subdistrict: str
    area_m2: float | None
    phone: str
    grid_party_branch: str
    grid_party_branch_office: str
    grid_party_branch_phone: str
    buildings: int
    dwellings: int
    geometry: GeoJson | None


@dataclass(frozen=True, slots=True)
class ChartRoom:
    """One door of the building chart (楼盘表)."""

    dwelling_id: int
    unit_no: int
    floor_no: int
    door_no: str
    area_m2: Decimal | None
    dwelling_use: str


def locate(lon: float, lat: float) -> Located | None:
    """The grid under a point in CGCS2000 degrees; None outside all grids.

    Raises `CoordinatesOutside`.
    """
    return current_atlas().locate(*check_lon_lat(lon, lat))


def suggest_grid(
    lon: float, lat: float, *, within_m: float = SUGGEST_WITHIN_M
) -> Suggestion | None:
    """The nearest grid to a point outside all grids, for a person to confirm."""
    return current_atlas().nearest(*check_lon_lat(lon, lat), within_m=within_m)


def area_by_id(area_id: int) -> Area:
    """Raises `AreaUnknown`."""
    area = Area.objects.select_related(_PATH).filter(pk=area_id).first()
    if area is None:
        raise AreaUnknown(
            "没有这个区域，它可能已被移走，请刷新后重选。", field="area", value=area_id
        )
    return area


def area_by_code(code: str) -> Area:
    """Raises `CodeInvalid` for what is no code, `AreaUnknown` for a code nobody has."""
    parsed = parse_region_code(code)
    area = Area.objects.select_related(_PATH).filter(code=parsed.code).first()
    if area is None:
        raise AreaUnknown(f"没有编码为“{code}”的区域，请核对编码。", field="code", value=code)
    return area


def path_of(area: Area) -> AreaPath:
    """Every area from this one up; no further query when it came from `area_by_id` or `area_by_code`."""
    found: dict[str, Area] = {}
    step: Area | None = area
    while step is not None:
        found[step.level] = step
        step = step.parent
    return AreaPath(found)


def children_of(area_id: int | None, *, retired: bool = False) -> QuerySet[Area]:
    """The areas directly below, in order of code; below None: the topmost ones."""
    children = Area.objects.filter(parent_id=area_id).order_by("code")
    return children if retired else children.filter(retired_at=None)


def areas_of_level(level: AreaLevel, *, below: int | None = None) -> QuerySet[Area]:
    """Areas of a level in use, in order of code; with `below`, only those under that area."""
    areas = Area.objects.filter(level=level, retired_at=None).order_by("code")
    return areas if below is None else areas.filter(_under(below))


def area_tree(root_id: int | None = None) -> tuple[AreaNode, ...]:
    """The areas in use as a tree, outlines left out; one query."""
    areas = Area.objects.filter(retired_at=None).defer("geometry", "raw_geometry").order_by("code")
    below: dict[int | None, list[Area]] = {}
    for area in areas:
        below.setdefault(area.parent_id, []).append(area)
    tops = below.get(None, [])
    if root_id is not None:
        tops = [area for siblings in below.values() for area in siblings if area.pk == root_id]
    return tuple(_node(area, below) for area in tops)


def areas_within(scope: Scope) -> QuerySet[Area]:
    """Areas in use that lie inside a data scope, the areas of the scope included."""
    areas = Area.objects.filter(retired_at=None).order_by("code")
    return areas if scope.everywhere else areas.filter(_in_scope(scope))


def lies_within(area: Area, scope: Scope) -> bool:
    """Whether an area lies inside a data scope."""
    if scope.everywhere:
        return True
    path = {(above.level, above.pk) for above in path_of(area).areas.values()}
    return bool(path & scope.areas) or (area.level, area.pk) in scope.levels


def grid_card(code: str) -> GridCard:
    """The public facts of a grid in use; raises `AreaUnknown`."""
    grid = area_by_code(code)
    if grid.level != AreaLevel.GRID or grid.retired_at is not None:
        raise AreaUnknown(f"没有编码为“{code}”的网格，请核对编码。", field="code", value=code)
    path = path_of(grid).areas
    return GridCard(
        code=grid.code,
        name=grid.name,
        kind=grid.kind,
        kind_name=GridKind(grid.kind).label,
        community=path[AreaLevel.COMMUNITY].name,
        subdistrict=path[AreaLevel.SUBDISTRICT].name,
        area_m2=None if grid.geometry is None else round(area_m2(surface_of(grid.geometry)), 1),
        phone=grid.phone,
        grid_party_branch=grid.grid_party_branch,
        grid_party_branch_office=grid.grid_party_branch_office,
        grid_party_branch_phone=grid.grid_party_branch_phone,
        buildings=Building.objects.filter(grid=grid).count(),
        dwellings=Dwelling.objects.filter(unit__building__grid=grid).count(),
        geometry=grid.geometry,
    )


def check_places(area_id: int, *, tolerance_m2: float = TOLERANCE_M2) -> list[Finding]:
    """Gaps and overlaps between the grids of a community or a sub-district, the largest first.

    The outline of the area, when drawn, is what the grids must fill. For a sub-district each
    community's outline is checked too.
    """
    area = area_by_id(area_id)
    grids = Area.objects.filter(
        _under(area_id),
        level=AreaLevel.GRID,
        kind__in=TILING_KINDS,
        retired_at=None,
        geometry__isnull=False,
    ).order_by("code")
    rows = list(grids)
    found = _check(area, rows, tolerance_m2)
    if area.level == AreaLevel.SUBDISTRICT:
        for community in children_of(area_id).filter(geometry__isnull=False):
            own = [row for row in rows if row.parent_id == community.pk]
            found += [hit for hit in _check(community, own, tolerance_m2) if hit.kind == "outside"]
    return sorted(found, key=lambda hit: (-hit.area_m2, hit.codes))


def export_areas(areas: Iterable[Area]) -> GeoJson:
    """A FeatureCollection that `import_areas` reads back without a change; CGCS2000."""
    rows = list(areas)
    parents = dict(
        Area.objects.filter(pk__in={row.parent_id for row in rows if row.parent_id}).values_list(
            "id", "code"
        )
    )
    return feature_collection((_properties(row, parents), row.geometry) for row in rows)


def buildings_of(area_id: int) -> QuerySet[Building]:
    """The buildings of a community or grid, in order of quarter and name."""
    within = Q(community_id=area_id) | Q(grid_id=area_id) | Q(community__parent_id=area_id)
    return Building.objects.filter(within).order_by("quarter", "name", "id")


def building_chart(building_id: int, *, by: Actor, may: str = "places.view") -> list[ChartRoom]:
    """The rooms of a building by storey (top first), unit and door; raises `NotFound` out of scope."""
    building = (
        Building.objects.select_related("grid", f"community__{_PATH}")
        .filter(pk=building_id)
        .first()
    )
    if building is None or not _may_see(building, by.scope(may)):
        raise NotFound("没有这栋楼，或不在您的工作范围内。", field="building")
    rooms = Dwelling.objects.filter(unit__building=building).order_by(
        "-floor_no", "unit__unit_no", "door_no"
    )
    columns = ("id", "unit__unit_no", "floor_no", "door_no", "area_m2", "dwelling_use")
    return [ChartRoom(*row) for row in rooms.values_list(*columns)]


def units_of(building_id: int) -> QuerySet[BuildingUnit]:
    """The staircases of a building in order."""
    return BuildingUnit.objects.filter(building_id=building_id).order_by("unit_no")


def _under(area_id: int) -> Q:
    condition = Q(parent_id=area_id)
    for depth in range(2, len(Level)):
        condition |= Q(**{f"{'__'.join(['parent'] * depth)}_id": area_id})
    return condition


def _in_scope(scope: Scope) -> Q:
    ids = {area_id for _, area_id in scope.areas}
    condition = Q(pk__in=ids | {area_id for _, area_id in scope.levels})
    for depth in range(1, len(Level)):
        condition |= Q(**{f"{'__'.join(['parent'] * depth)}_id__in": ids})
    return condition


def _may_see(building: Building, scope: Scope) -> bool:
    if building.grid_id is not None and {("grid", building.grid_id)} & (scope.areas | scope.levels):
        return True
    return lies_within(building.community, scope)


def _node(area: Area, below: Mapping[int | None, Sequence[Area]]) -> AreaNode:
    return AreaNode(area, tuple(_node(child, below) for child in below.get(area.pk, ())))


def _check(area: Area, grids: Sequence[Area], tolerance_m2: float) -> list[Finding]:
    tiles = [
        Tile(grid.code, grid.name, surface_of(grid.geometry))
        for grid in grids
        if grid.geometry is not None
    ]
    whole = None if area.geometry is None else surface_of(area.geometry)
    return check_tiling(tiles, whole=whole, tolerance_m2=tolerance_m2)


def _properties(area: Area, parents: Mapping[int, str]) -> dict[str, Any]:
    properties: dict[str, Any] = {"code": area.external_code or area.code, "name": area.name}
    if area.parent_id is not None:
        properties["parent"] = parents[area.parent_id]
    properties["valid_from"] = area.valid_from.isoformat()
    for name in ("kind", "phone"):
        if getattr(area, name):
            properties[name] = getattr(area, name)
    for name in ("grid_party_branch", "grid_party_branch_office", "grid_party_branch_phone"):
        if getattr(area, name):
            properties[name] = getattr(area, name)
    return properties

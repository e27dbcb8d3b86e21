"""Entering buildings with their staircases and flats, many at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation

from linli.kernel.acting import Actor, Scope, action
from linli.kernel.errors import NotAllowed
from linli.kernel.places.atlas import Atlas
from linli.kernel.places.coordinates import CoordSys, check_lon_lat, to_stored
from linli.kernel.places.entries import NewBuilding, NewDwelling, NewUnit
from linli.kernel.places.errors import AreaUnknown, CodeInvalid, GeometryInvalid, PlacesError
from linli.kernel.places.geometry import (
    Surface,
    parse_surface,
    refuse_foreign,
    stored_surface,
    to_geojson,
)
from linli.kernel.places.live_atlas import grid_shapes
from linli.kernel.places.models import (
    MAX_STOREYS,
    Area,
    AreaLevel,
    Building,
    BuildingUnit,
    Dwelling,
    DwellingUse,
)
from linli.kernel.places.queries import lies_within

BATCH = 500
"""Rows written by one statement; more does not get faster and meets SQLite's limit of variables."""

_MAX_TEXT = {"name": 60, "quarter": 60, "address": 120, "use": 24}


@dataclass(frozen=True, slots=True)
class BadBuilding:
    """A row that was left out; the first row is 1."""

    index: int
    label: str
    field: str
    reason: str


@dataclass(slots=True)
class BulkReport:
    """What was added, what was there already, what was left out; `without_grid` stand in no grid."""

    buildings_added: int = 0
    units_added: int = 0
    dwellings_added: int = 0
    unchanged: int = 0
    without_grid: int = 0
    bad: list[BadBuilding] = field(default_factory=list)


_Key = tuple[str, str, str]
_Checked = tuple[NewBuilding, Building]


@action(may="places.edit")
def add_buildings(
    rows: Sequence[NewBuilding],
    *,
    by: Actor,
    now: datetime,
    coord_sys: CoordSys = CoordSys.CGCS2000,
) -> BulkReport:
    """Store buildings with all below them; what is there already (by name) stays as it is.

    The grid of each comes from its position. Bad rows are listed, good rows are stored, and the
    whole can be run again: units and flats that are missing are added.
    """
    report = BulkReport()
    communities = _communities(rows)
    checked = list(_checked(rows, communities, by.scope(), coord_sys, report))
    _give_grids([building for _, building in checked], report)
    stored = _store_buildings(checked, report)
    units = _store_units(checked, stored, report)
    _store_dwellings(checked, stored, units, report)
    return report


def _communities(rows: Sequence[NewBuilding]) -> dict[str, Area]:
    codes = {row.community_code for row in rows}
    found = Area.objects.filter(code__in=codes, level=AreaLevel.COMMUNITY, retired_at=None)
    return {area.code: area for area in found.select_related("parent__parent__parent__parent")}


def _checked(
    rows: Sequence[NewBuilding],
    communities: Mapping[str, Area],
    scope: Scope,
    coord_sys: CoordSys,
    report: BulkReport,
) -> Iterable[_Checked]:
    seen: dict[_Key, int] = {}
    for index, row in enumerate(rows, start=1):
        try:
            building = _building(row, communities, scope, coord_sys)
            _refuse_repeated(row, seen)
        except (PlacesError, NotAllowed) as error:
            report.bad.append(BadBuilding(index, row.label, error.field, error.message))
        else:
            seen[_key(row)] = index
            yield row, building


def _building(
    row: NewBuilding, communities: Mapping[str, Area], scope: Scope, coord_sys: CoordSys
) -> Building:
    community = communities.get(row.community_code)
    if community is None:
        raise AreaUnknown(
            f"没有编码为“{row.community_code}”的社区，请先导入社区。",
            field="community_code",
            value=row.community_code,
        )
    if not lies_within(community, scope):
        raise NotAllowed(f"“{community.name}”不在您可以编辑的范围内。", field="community_code")
    _check_texts(row)
    for unit in row.units:
        _check_unit(unit)
    outline = None if row.geometry is None else stored_surface(row.geometry, coord_sys)
    raw = _raw_position(row, outline)
    lon, lat = _position(row, outline, coord_sys)
    kept = raw is not None and coord_sys in (CoordSys.GCJ02, CoordSys.BD09)
    return Building(
        community=community,
        quarter=row.quarter.strip(),
        name=row.name.strip(),
        address=row.address.strip(),
        use=row.use,
        storeys=row.storeys,
        lon=lon,
        lat=lat,
        geometry=None if outline is None else to_geojson(outline),
        raw_lon=raw[0] if kept and raw else None,
        raw_lat=raw[1] if kept and raw else None,
        raw_coord_sys=coord_sys.value if kept else "",
    )


def _check_texts(row: NewBuilding) -> None:
    if not row.name.strip():
        raise CodeInvalid("楼栋没有名称，请填写，例如“3幢”。", field="name", value=row.name)
    for name, limit in _MAX_TEXT.items():
        if len(getattr(row, name)) > limit:
            raise CodeInvalid(
                f"内容最多 {limit} 个字，请缩短。", field=name, value=getattr(row, name)
            )
    if not 1 <= row.storeys <= MAX_STOREYS:
        raise CodeInvalid(
            f"层数 {row.storeys} 应在 1 至 {MAX_STOREYS} 之间。", field="storeys", value=row.storeys
        )


def _check_unit(unit: NewUnit) -> None:
    if unit.unit_no < 1:
        raise CodeInvalid(f"单元号 {unit.unit_no} 应从 1 起。", field="unit_no", value=unit.unit_no)
    for dwelling in unit.dwellings:
        if dwelling.floor_no == 0 or not -9 <= dwelling.floor_no <= MAX_STOREYS:
            raise CodeInvalid(
                f"楼层 {dwelling.floor_no} 不对：地上从 1 起，地下为负数。",
                field="floor_no",
                value=dwelling.floor_no,
            )
        if not 0 < len(dwelling.door_no) <= 12:
            raise CodeInvalid("门牌号应为 1 至 12 个字。", field="door_no", value=dwelling.door_no)
        if dwelling.dwelling_use not in DwellingUse.values:
            raise CodeInvalid(
                f"不认识的房屋用途“{dwelling.dwelling_use}”。",
                field="dwelling_use",
                value=dwelling.dwelling_use,
            )
        _area(dwelling)


def _area(dwelling: NewDwelling) -> Decimal | None:
    if dwelling.area_m2 is None:
        return None
    try:
        area = Decimal(str(dwelling.area_m2)).quantize(Decimal("0.01"))
    except InvalidOperation:
        area = Decimal(0)
    if not 0 < area < 1_000_000:
        raise CodeInvalid(
            f"面积“{dwelling.area_m2}”应为大于 0 的平方米数。",
            field="area_m2",
            value=dwelling.area_m2,
        )
    return area


def _raw_position(row: NewBuilding, outline: Surface | None) -> tuple[float, float] | None:
    if row.lon is not None or row.lat is not None:
        return check_lon_lat(row.lon, row.lat)
    if outline is None or row.geometry is None:
        return None
    middle = parse_surface(row.geometry).representative_point()
    return float(middle.x), float(middle.y)


def _position(
    row: NewBuilding, outline: Surface | None, coord_sys: CoordSys
) -> tuple[float, float]:
    if row.lon is not None or row.lat is not None:
        return refuse_foreign(*to_stored(row.lon, row.lat, coord_sys))
    if outline is None:
        raise GeometryInvalid("楼栋既没有坐标也没有轮廓，请至少给出一项。", field="lon")
    middle = outline.representative_point()
    return float(middle.x), float(middle.y)


def _refuse_repeated(row: NewBuilding, seen: Mapping[_Key, int]) -> None:
    if _key(row) in seen:
        raise CodeInvalid(
            f"“{row.label}”与第 {seen[_key(row)]} 行重复，请删除其中一行。",
            field="name",
            value=row.label,
        )


def _key(row: NewBuilding) -> _Key:
    return row.community_code, row.quarter.strip(), row.name.strip()


def _give_grids(buildings: Sequence[Building], report: BulkReport) -> None:
    subdistricts = {building.community.parent_id for building in buildings}
    atlas = Atlas(grid_shapes(pk for pk in subdistricts if pk is not None))
    for building in buildings:
        found = atlas.locate(building.lon, building.lat)
        # The community is what the person entered; only a grid of that community may be given.
        if found is not None and found.community_id == building.community_id:
            building.grid_id = found.grid_id
        else:
            report.without_grid += 1


def _store_buildings(checked: Sequence[_Checked], report: BulkReport) -> dict[_Key, int]:
    communities = {building.community_id for _, building in checked}
    stored = _stored_buildings(communities)
    fresh = [building for row, building in checked if _key(row) not in stored]
    Building.objects.bulk_create(fresh, batch_size=BATCH)
    report.buildings_added = len(fresh)
    report.unchanged = len(checked) - len(fresh)
    return _stored_buildings(communities)


def _stored_buildings(communities: set[int]) -> dict[_Key, int]:
    rows = Building.objects.filter(community_id__in=communities)
    columns = ("community__code", "quarter", "name", "id")
    return {(code, quarter, name): pk for code, quarter, name, pk in rows.values_list(*columns)}


def _store_units(
    checked: Sequence[_Checked], stored: Mapping[_Key, int], report: BulkReport
) -> dict[tuple[int, int], int]:
    wanted = {(stored[_key(row)], unit.unit_no) for row, _ in checked for unit in row.units}
    present = _stored_units(wanted)
    fresh = [
        BuildingUnit(building_id=building_id, unit_no=unit_no)
        for building_id, unit_no in sorted(wanted - present.keys())
    ]
    BuildingUnit.objects.bulk_create(fresh, batch_size=BATCH)
    report.units_added = len(fresh)
    return _stored_units(wanted)


def _stored_units(wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], int]:
    buildings = sorted({building_id for building_id, _ in wanted})
    found: dict[tuple[int, int], int] = {}
    for start in range(0, len(buildings), BATCH):
        rows = BuildingUnit.objects.filter(building_id__in=buildings[start : start + BATCH])
        for building_id, unit_no, pk in rows.values_list("building_id", "unit_no", "id"):
            found[building_id, unit_no] = pk
    return found


def _store_dwellings(
    checked: Sequence[_Checked],
    stored: Mapping[_Key, int],
    units: Mapping[tuple[int, int], int],
    report: BulkReport,
) -> None:
    wanted: dict[tuple[int, str], Dwelling] = {}
    for row, _ in checked:
        for unit in row.units:
            unit_id = units[stored[_key(row)], unit.unit_no]
            for room in unit.dwellings:
                wanted[unit_id, room.door_no] = Dwelling(
                    unit_id=unit_id,
                    floor_no=room.floor_no,
                    door_no=room.door_no,
                    area_m2=_area(room),
                    dwelling_use=room.dwelling_use,
                )
    present = _stored_doors({unit_id for unit_id, _ in wanted})
    fresh = [dwelling for key, dwelling in wanted.items() if key not in present]
    Dwelling.objects.bulk_create(fresh, batch_size=BATCH)
    report.dwellings_added = len(fresh)


def _stored_doors(unit_ids: set[int]) -> set[tuple[int, str]]:
    found: set[tuple[int, str]] = set()
    ordered = sorted(unit_ids)
    for start in range(0, len(ordered), BATCH):
        rows = Dwelling.objects.filter(unit_id__in=ordered[start : start + BATCH])
        found.update(rows.values_list("unit_id", "door_no"))
    return found

"""Editing one area."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple
from datetime import datetime
from typing import Any

from linli.kernel.acting import Actor, action
from linli.kernel.errors import NotAllowed
from linli.kernel.places.actions.map_change import map_changed, subdistricts_of
from linli.kernel.places.coordinates import CoordSys
from linli.kernel.places.errors import AreaChangeRefused, CodeInvalid
from linli.kernel.places.geojson import MAX_NAME, TEXT_PROPERTIES
from linli.kernel.places.geometry import bounds_of, parse_surface, stored_surface, to_geojson
from linli.kernel.places.models import Area, AreaLevel, Building
from linli.kernel.places.queries import area_by_id, children_of, lies_within

SHAPE_FIELDS = ("geometry", "raw_geometry", "raw_coord_sys", "west", "south", "east", "north")


@action(may="places.edit")
def redraw_grid(
    grid_id: int,
    *,
    by: Actor,
    geometry: Mapping[str, Any],
    now: datetime,
    coord_sys: CoordSys = CoordSys.CGCS2000,
) -> Area:
    """Give a grid a new outline; every process sees it within seconds.

    Raises `GeometryInvalid`, `CoordinatesOutside`, `AreaUnknown`, `AreaChangeRefused` (retired).
    Gaps and overlaps are no error: `queries.check_places` lists them.
    """
    grid = _editable(grid_id, by)
    if grid.level != AreaLevel.GRID:
        raise AreaChangeRefused(
            f"“{grid.name}”不是网格，不能在这里改边界。", field="grid", value=grid_id
        )
    surface = stored_surface(geometry, coord_sys)
    converted = coord_sys in (CoordSys.GCJ02, CoordSys.BD09)
    grid.geometry = to_geojson(surface)
    grid.raw_geometry = to_geojson(parse_surface(geometry)) if converted else None
    grid.raw_coord_sys = coord_sys.value if converted else ""
    grid.west, grid.south, grid.east, grid.north = astuple(bounds_of(surface))
    grid.save(update_fields=list(SHAPE_FIELDS))
    map_changed(subdistricts_of(grid))
    return grid


@action(may="places.edit")
def rename_area(area_id: int, *, by: Actor, name: str, now: datetime) -> Area:
    """Give an area another name; its code stays."""
    area = _editable(area_id, by)
    wanted = name.strip()
    if not 0 < len(wanted) <= MAX_NAME:
        raise CodeInvalid(f"名称应为 1 至 {MAX_NAME} 个字，请修改。", field="name", value=name)
    area.name = wanted
    area.save(update_fields=["name"])
    map_changed(subdistricts_of(area))
    return area


@action(may="places.edit")
def set_grid_contacts(
    grid_id: int,
    *,
    by: Actor,
    now: datetime,
    phone: str = "",
    branch: str = "",
    branch_office: str = "",
    branch_phone: str = "",
) -> Area:
    """What the public card of a grid says beside its name: 监督电话 and 网格支部."""
    grid = _editable(grid_id, by)
    if grid.level != AreaLevel.GRID:
        raise AreaChangeRefused(f"“{grid.name}”不是网格。", field="grid", value=grid_id)
    texts = {
        "phone": phone.strip(),
        "grid_party_branch": branch.strip(),
        "grid_party_branch_office": branch_office.strip(),
        "grid_party_branch_phone": branch_phone.strip(),
    }
    for name, text in texts.items():
        if len(text) > TEXT_PROPERTIES[name]:
            raise CodeInvalid(
                f"内容最多 {TEXT_PROPERTIES[name]} 个字，请缩短。", field=name, value=text
            )
        setattr(grid, name, text)
    grid.save(update_fields=list(texts))
    return grid


@action(may="places.edit")
def retire_area(area_id: int, *, by: Actor, now: datetime) -> Area:
    """End an area; the row, its history and its code stay. Refused while something lies in it."""
    area = _editable(area_id, by)
    below = children_of(area_id).count()
    if below:
        raise AreaChangeRefused(
            f"“{area.name}”下面还有 {below} 个在用的区域，请先停用或移走它们。", field="area"
        )
    houses = Building.objects.filter(grid_id=area_id).count()
    if houses and area.tiles:
        raise AreaChangeRefused(
            f"“{area.name}”里还有 {houses} 栋楼，请先把它们所在的地块划给相邻网格。", field="area"
        )
    area.retired_at = now
    area.save(update_fields=["retired_at"])
    map_changed(subdistricts_of(area))
    return area


def _editable(area_id: int, by: Actor) -> Area:
    area = area_by_id(area_id)
    if not lies_within(area, by.scope()):
        raise NotAllowed(f"“{area.name}”不在您可以编辑的范围内，请联系管理员。", field="area")
    if area.retired_at is not None:
        raise AreaChangeRefused(f"“{area.name}”已停用，不能再修改。", field="area", value=area_id)
    return area

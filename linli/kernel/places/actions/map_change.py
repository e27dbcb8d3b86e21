"""What every change of a map brings with it: a new edition, and houses put into the grid they stand in."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models import F

from linli.kernel.places.atlas import NO_GRID, Atlas
from linli.kernel.places.errors import AreaChangeRefused
from linli.kernel.places.live_atlas import forget_atlas, grid_shapes
from linli.kernel.places.models import Area, Building, MapEdition
from linli.kernel.places.queries import path_of


def subdistricts_of(area: Area) -> set[int]:
    subdistrict_id = path_of(area).subdistrict_id
    return set() if subdistrict_id is None else {subdistrict_id}


def map_changed(subdistrict_ids: set[int]) -> None:
    for subdistrict_id in sorted(subdistrict_ids):
        stamp = uuid.uuid4().hex
        raised = MapEdition.objects.filter(subdistrict_id=subdistrict_id).update(
            edition=F("edition") + 1, stamp=stamp
        )
        if not raised:
            MapEdition.objects.create(subdistrict_id=subdistrict_id, stamp=stamp)
        _place_buildings(subdistrict_id)
    if subdistrict_ids:
        transaction.on_commit(forget_atlas)


def _place_buildings(subdistrict_id: int) -> None:
    buildings = list(Building.objects.filter(community__parent_id=subdistrict_id))
    if not buildings:
        return
    atlas = Atlas(grid_shapes([subdistrict_id]))
    positions = atlas.locate_many([row.lon for row in buildings], [row.lat for row in buildings])
    moved = []
    for building, position in zip(buildings, positions.tolist(), strict=True):
        shape = None if position == NO_GRID else atlas.shapes[position]
        grid_id = None if shape is None else shape.grid_id
        if building.grid_id != grid_id:
            building.grid_id = grid_id
            building.community_id = building.community_id if shape is None else shape.community_id
            moved.append(building)
    _refuse_same_names(buildings)
    Building.objects.bulk_update(moved, ["grid", "community"], batch_size=500)


def _refuse_same_names(buildings: list[Building]) -> None:
    seen: set[tuple[int, str, str]] = set()
    for building in buildings:
        key = (building.community_id, building.quarter, building.name)
        if key in seen:
            raise AreaChangeRefused(
                f"按新边界，“{building}”会与同一社区的另一栋楼重名，请先给其中一栋改名。",
                field="geometry",
            )
        seen.add(key)

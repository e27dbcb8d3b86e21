"""The atlas of this process, kept up to date with the database.

Every change of a polygon raises the sub-district's `MapEdition` in the same transaction. A process
looks at the editions at most once per `CHECK_SECONDS` and reloads only the sub-districts that
changed, so an edit is live everywhere well within five seconds and a look-up costs no query in
between.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from linli.kernel.places.atlas import Atlas, GridShape
from linli.kernel.places.geometry import surface_of
from linli.kernel.places.models import TILING_KINDS, Area, AreaLevel, MapEdition

CHECK_SECONDS = 1.0
"""Longest time this process trusts its map; seconds, 0–5. Edits must be live within five."""

_COLUMNS = (
    "id",
    "code",
    "name",
    "parent_id",
    "parent__name",
    "parent__parent_id",
    "parent__parent__name",
    "parent__parent__parent_id",
    "geometry",
)

_Editions = Mapping[int, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class _State:
    atlas: Atlas
    sheets: Mapping[int, tuple[GridShape, ...]]
    editions: _Editions
    checked_at: float


_state: _State | None = None
_rebuilding = threading.Lock()


def current_atlas() -> Atlas:
    """The map as of at most `CHECK_SECONDS` ago."""
    global _state
    state = _state
    if state is not None and time.monotonic() - state.checked_at < CHECK_SECONDS:
        return state.atlas
    # While one thread reloads, the others go on with the map they have.
    if not _rebuilding.acquire(blocking=state is None):
        assert state is not None, "only a process without a map waits"
        return state.atlas
    try:
        fresh = _renewed(_state)
        _state = fresh
    finally:
        _rebuilding.release()
    return fresh.atlas


def forget_atlas() -> None:
    """Drop the map of this process; the next look-up builds it again."""
    global _state
    _state = None


def grid_shapes(subdistrict_ids: Iterable[int] | None = None) -> list[GridShape]:
    """The tiling grids in use, of some sub-districts or of all, fresh from the database."""
    grids = Area.objects.filter(
        level=AreaLevel.GRID, kind__in=TILING_KINDS, retired_at=None, geometry__isnull=False
    )
    if subdistrict_ids is not None:
        grids = grids.filter(parent__parent_id__in=list(subdistrict_ids))
    return [_grid_shape(row) for row in grids.order_by("code").values(*_COLUMNS)]


def _grid_shape(row: Mapping[str, Any]) -> GridShape:
    return GridShape(
        grid_id=row["id"],
        code=row["code"],
        name=row["name"],
        community_id=row["parent_id"],
        community_name=row["parent__name"],
        subdistrict_id=row["parent__parent_id"],
        subdistrict_name=row["parent__parent__name"],
        district_id=row["parent__parent__parent_id"],
        surface=surface_of(row["geometry"]),
    )


def _renewed(old: _State | None) -> _State:
    now = time.monotonic()
    # The editions are read before the shapes: a change in between is seen again next time.
    editions = _editions()
    if old is None:
        sheets = _sheets(grid_shapes())
        return _State(Atlas(_all(sheets)), sheets, editions, now)
    if editions == old.editions:
        return _State(old.atlas, old.sheets, editions, now)
    changed = {
        key for key in {*editions, *old.editions} if editions.get(key) != old.editions.get(key)
    }
    kept = {key: sheet for key, sheet in old.sheets.items() if key not in changed}
    sheets = {**kept, **_sheets(grid_shapes(changed))}
    return _State(Atlas(_all(sheets)), sheets, editions, now)


def _editions() -> _Editions:
    rows = MapEdition.objects.values_list("subdistrict_id", "edition", "stamp")
    return {subdistrict_id: (edition, stamp) for subdistrict_id, edition, stamp in rows}


def _sheets(shapes: Iterable[GridShape]) -> dict[int, tuple[GridShape, ...]]:
    sheets: dict[int, list[GridShape]] = {}
    for shape in shapes:
        sheets.setdefault(shape.subdistrict_id, []).append(shape)
    return {key: tuple(sheet) for key, sheet in sheets.items()}


def _all(sheets: Mapping[int, tuple[GridShape, ...]]) -> list[GridShape]:
    return [shape for sheet in sheets.values() for shape in sheet]

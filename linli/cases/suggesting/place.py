"""Where is it? By coordinates if there are any, else by place names in the words, else the sub-district at large.

Example: 「清河湾社区春晓苑3幢的路灯坏了」 without coordinates names a building of春晓苑; the report gets the building's
community and grid and, since a building is small, its position too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from linli.kernel.acting import Actor
from linli.kernel.engine.remembered import Remembered
from linli.kernel.places.models import Area, AreaLevel, Building
from linli.kernel.places.queries import locate

SHORTEST_NAME = 2
LOOKED_AT = 2_000
"""Characters of a report searched for place names; a place is named early or not at all."""


@dataclass(frozen=True)
class Found:
    """Ids of the areas, a position if known, and the sentence that explains them. `sure` is False for a guess."""

    district_id: int
    subdistrict_id: int
    community_id: int | None
    grid_id: int | None
    lon: float | None
    lat: float | None
    sentence: str
    sure: bool


@dataclass(frozen=True)
class _Named:
    name: str
    kind: str
    district_id: int
    subdistrict_id: int
    community_id: int | None
    grid_id: int | None
    lon: float | None = None
    lat: float | None = None


def suggest_place(
    lon: float | None, lat: float | None, words: str, *, doubt: str = "", by: Actor
) -> Found | None:
    """Where a report belongs; None only while no sub-district exists.

    `doubt` says why a position that came with it was not taken.
    """
    found = _place_of(lon, lat, words, by=by)
    if found is None or not doubt:
        return found
    return replace(found, sentence=f"{doubt}，没有采用。{found.sentence}")


def _place_of(lon: float | None, lat: float | None, words: str, *, by: Actor) -> Found | None:
    if lon is not None and lat is not None:
        here = locate(lon, lat)
        if here is not None:
            return Found(
                here.district_id,
                here.subdistrict_id,
                here.community_id,
                here.grid_id,
                lon,
                lat,
                sentence=here.sentence,
                sure=True,
            )
    named = _by_name(words[:LOOKED_AT])
    outside = lon is not None
    if named is not None and not outside:
        return Found(
            named.district_id,
            named.subdistrict_id,
            named.community_id,
            named.grid_id,
            named.lon,
            named.lat,
            sentence=f"文字中提到{named.kind}“{named.name}”。",
            sure=True,
        )
    home = _home(by)
    if home is None:
        return None
    why = "坐标不在任何网格内" if outside else "没有坐标，文字中也没有辖区内的地名"
    return Found(
        home.district_id,
        home.subdistrict_id,
        named.community_id if named else None,
        None,
        lon,
        lat,
        sentence=f"{why}，先由{home.name}受理，请人工确认地点。",
        sure=False,
    )


def _by_name(words: str) -> _Named | None:
    """The narrowest place named; of two alike the one named first, since the address stands before the story."""
    hits = [entry for entry in _names() if entry.name in words]
    return max(
        hits,
        key=lambda entry: (entry.grid_id is not None, len(entry.name), -words.index(entry.name)),
        default=None,
    )


def _home(by: Actor) -> _Named | None:
    homes = [entry for entry in _names() if entry.kind == "街道"]
    reach = {area_id for level, area_id in by.scope("cases.report").areas if level == "subdistrict"}
    return next(
        (entry for entry in homes if entry.subdistrict_id in reach), homes[0] if homes else None
    )


def _read_names() -> list[_Named]:
    areas = {
        area.pk: area
        for area in Area.objects.filter(retired_at=None).exclude(level__in=("province", "city"))
    }
    named = [
        _named_area(area, areas) for area in sorted(areas.values(), key=lambda area: area.code)
    ]
    found = [entry for entry in named if entry is not None]
    by_grid = {entry.grid_id: entry for entry in found if entry.grid_id}
    for building in Building.objects.exclude(grid=None).iterator():
        home = by_grid.get(building.grid_id or 0)
        if home is None:
            continue
        for name in {f"{building.quarter}{building.name}", building.name}:
            if len(name) > 3:
                found.append(
                    _Named(
                        name,
                        "楼栋",
                        home.district_id,
                        home.subdistrict_id,
                        home.community_id,
                        home.grid_id,
                        building.lon,
                        building.lat,
                    )
                )
    return found


def _named_area(area: Area, areas: dict[int, Area]) -> _Named | None:
    chain: dict[str, int] = {}
    step: Area | None = area
    while step is not None:
        chain[step.level] = step.pk
        step = areas.get(step.parent_id) if step.parent_id else None
    if (
        AreaLevel.SUBDISTRICT not in chain
        or AreaLevel.DISTRICT not in chain
        or len(area.name) < SHORTEST_NAME
    ):
        return None
    return _Named(
        area.name,
        str(AreaLevel(area.level).label),
        chain[AreaLevel.DISTRICT],
        chain[AreaLevel.SUBDISTRICT],
        chain.get(AreaLevel.COMMUNITY),
        chain.get(AreaLevel.GRID),
    )


_names = Remembered(_read_names, seconds=30.0)
"""Place names change a few times a year; half a minute costs nobody anything."""

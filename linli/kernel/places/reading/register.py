"""The gazetteer of this installation, made from the register, and the reader with it at hand."""

from __future__ import annotations

from collections.abc import Iterator

from linli.kernel.engine.remembered import Remembered
from linli.kernel.places.models import Area, AreaLevel, Building
from linli.kernel.places.reading.gazetteer import Gazetteer, House, Kind, Spot, gazetteer
from linli.kernel.places.reading.rules import Near, Reading, read_place

KINDS = {
    AreaLevel.SUBDISTRICT: Kind.SUBDISTRICT,
    AreaLevel.COMMUNITY: Kind.COMMUNITY,
    AreaLevel.GRID: Kind.GRID,
}

NOWHERE = Near()


def place_in(text: str, *, near: Near = NOWHERE) -> Reading | None:
    """The place that a text names here; None where it names none of the register."""
    return read_place(text, _gazetteer(), near=near)


def subdistricts() -> list[Spot]:
    """The sub-districts in use, in order of code."""
    return [spot for kind, spot in _areas() if kind == Kind.SUBDISTRICT]


def _read_areas() -> list[tuple[Kind, Spot]]:
    rows = Area.objects.filter(retired_at=None).exclude(level__in=("province",))
    areas = {area.pk: area for area in rows.defer("geometry", "raw_geometry").order_by("code")}
    spots = ((area, _spot(area, areas)) for area in areas.values())
    return [
        (KINDS[AreaLevel(area.level)], spot)
        for area, spot in spots
        if spot is not None and area.level in KINDS
    ]


def _read() -> Gazetteer:
    areas = _areas()
    by_id: dict[int | None, Spot] = {
        spot.grid_id or spot.community_id: spot for _, spot in areas if spot.community_id
    }
    return gazetteer(areas, _houses(by_id))


def _houses(by_id: dict[int | None, Spot]) -> Iterator[House]:
    columns = ("pk", "community_id", "grid_id", "quarter", "name", "address", "lon", "lat")
    for pk, community, grid, *said in (
        Building.objects.order_by("pk").values_list(*columns).iterator()
    ):
        area = by_id.get(grid) or by_id.get(community)
        if area is not None:
            yield House(area, pk, *said)


def _spot(area: Area, areas: dict[int, Area]) -> Spot | None:
    chain: dict[str, int] = {}
    step: Area | None = area
    while step is not None:
        chain[step.level] = step.pk
        step = areas.get(step.parent_id) if step.parent_id else None
    district = chain.get(AreaLevel.DISTRICT) or chain.get(AreaLevel.CITY)
    if district is None or AreaLevel.SUBDISTRICT not in chain:
        return None
    return Spot(
        area.name,
        district,
        chain[AreaLevel.SUBDISTRICT],
        chain.get(AreaLevel.COMMUNITY),
        chain.get(AreaLevel.GRID),
        within=areas[community].name if (community := chain.get(AreaLevel.COMMUNITY)) else "",
    )


_areas = Remembered(_read_areas, seconds=30.0)
"""Names change a few times a year; half a minute costs nobody anything."""

_gazetteer = Remembered(_read, seconds=30.0)

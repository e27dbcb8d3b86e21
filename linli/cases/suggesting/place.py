"""Where is it? By coordinates in a grid, else by the place that the words name, else the sub-district at large.

Example: 「清河湾社区春晓苑３栋的路灯坏了」 without coordinates names 春晓苑3幢; the report gets the building's
community and grid and, since a building is small, its position too. What words mean says `kernel.places.reading`.
"""

from __future__ import annotations

from dataclasses import dataclass

from linli.kernel.acting import Actor
from linli.kernel.places.queries import locate
from linli.kernel.places.reading.gazetteer import Kind, Spot
from linli.kernel.places.reading.register import place_in, subdistricts
from linli.kernel.places.reading.rules import LOOKED_AT, Near, Reading

NARROW = frozenset({Kind.BUILDING, Kind.STREET_NUMBER, Kind.QUARTER})
"""What words must name to count for more than a position outside every grid; an area may only be told of."""


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


def suggest_place(
    lon: float | None, lat: float | None, words: str, *, doubt: str = "", by: Actor
) -> Found | None:
    """Where a report belongs; None only while no sub-district exists.

    `doubt` says why a position that came with it was not taken.
    """
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
        doubt = "坐标不在任何网格内"
    read = place_in(words[:LOOKED_AT], near=_near(by, lon, lat))
    if read is not None and read.sure and (lon is None or read.kind in NARROW):
        return _found(read.spot, f"{_not_taken(doubt)}{read.sentence}", sure=True)
    home = _home(by)
    if home is None:
        return None
    why = read.sentence if read else "文字中没有辖区内的地名。"
    if not doubt and lon is None:
        why = why if read else "没有坐标，文字中也没有辖区内的地名。"
    return Found(
        home.district_id,
        read.spot.subdistrict_id if read else home.subdistrict_id,
        read.spot.community_id if read else None,
        read.spot.grid_id if read and len(read.others) < 2 else None,
        lon,
        lat,
        sentence=f"{_not_taken(doubt)}{why}先由{home.name}受理，请人工确认地点。",
        sure=False,
    )


def _not_taken(doubt: str) -> str:
    return f"{doubt}，没有采用。" if doubt else ""


def _found(spot: Spot, sentence: str, *, sure: bool) -> Found:
    return Found(
        spot.district_id,
        spot.subdistrict_id,
        spot.community_id,
        spot.grid_id,
        spot.lon,
        spot.lat,
        sentence=sentence,
        sure=sure,
    )


def _near(by: Actor, lon: float | None, lat: float | None) -> Near:
    """Where the reporter is: the areas of whoever reports as staff, and a position outside every grid."""
    areas = frozenset(area_id for _, area_id in by.scope("cases.report").areas)
    return Near(areas, lon, lat)


def _home(by: Actor) -> Spot | None:
    homes = subdistricts()
    reach = {area_id for level, area_id in by.scope("cases.report").areas if level == "subdistrict"}
    return next(
        (home for home in homes if home.subdistrict_id in reach), homes[0] if homes else None
    )


def reading_of(words: str, *, by: Actor) -> Reading | None:
    """The place that words name to this person, for a page that shows how it was understood."""
    return place_in(words, near=_near(by, None, None))

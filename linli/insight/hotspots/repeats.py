"""Places where the same thing comes back: at least three cases of one class within sixty metres, or at one address.

    5 cases 「暴露垃圾」 around one rubbish room in two months, 1 unclassified 「又堆满垃圾」 beside it
    -> one repeat of 6: five by class, one because its words are alike

A repeat is a star: every case lies within `REACH_M` of its centre, so a street full of cases does not become one place.
The centre with the most cases around it is taken first. Cases without coordinates join by their address, or form a
repeat of their own when three share address, class and community. A case of another class, or of none yet, joins only
when its words are alike those of a case that is there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from linli.cases.duplicates.candidates import cell_of, neighbouring_cells
from linli.cases.duplicates.rules import TEXT_SUGGEST_AT
from linli.cases.duplicates.text import normalise, text_likeness
from linli.kernel.places.distance import distance_m

REACH_M = 60.0
"""Metres from the centre, 20–200: a phone's error on both sides of a building."""

LEAST_CASES = 3
"""Cases in a repeat; 2–10."""

MOST_COMPARED = 20
"""Cases of a repeat whose words a case of another class is compared with; 5–50."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A case as it matters here. Empty text means unknown; `lon` and `lat` are degrees or both None."""

    case_id: int
    category: str
    text: str
    day: date
    community: str = ""
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    reports: int = 1


@dataclass(frozen=True, slots=True)
class Repeat:
    """Cases that come back at one place, oldest first. `alike` are the ids of those that joined by their words."""

    category: str
    place: str
    spots: tuple[Spot, ...]
    alike: frozenset[int]
    sentence: str

    @property
    def key(self) -> int:
        """The id of its oldest case; finds the repeat again."""
        return self.spots[0].case_id

    @property
    def reports(self) -> int:
        return sum(spot.reports for spot in self.spots)


@dataclass(frozen=True, slots=True)
class _Site:
    """All cases of one class at the very same coordinates."""

    category: str
    lon: float
    lat: float
    spots: tuple[Spot, ...]


def find_repeats(spots: Sequence[Spot]) -> list[Repeat]:
    """Repeats, the one with most cases first; each case is in one at most."""
    taken: set[int] = set()
    groups = [*_stars(spots, taken), *_addresses(spots, taken)]
    nearby = _by_cell(
        [spot for spot in spots if spot.case_id not in taken and spot.lon is not None]
    )
    found = []
    for group in groups:
        alike = _joined_by_words(group, nearby, taken)
        found.append(_repeat(group, alike))
    return sorted(found, key=lambda one: (-len(one.spots), -one.reports, one.key))


def _stars(spots: Sequence[Spot], taken: set[int]) -> Iterator[list[Spot]]:
    """Cases around a centre, one of the centre's first."""
    sites = _sites(spots)
    around = _around(sites)
    order = sorted(
        range(len(sites)),
        key=lambda site: (
            -sum(len(sites[other].spots) for other in around[site]),
            _first(sites[site]),
        ),
    )
    by_address = _without_position(spots)
    used: set[int] = set()
    for site in order:
        free = sorted(set(around[site]) - used, key=lambda other: (other != site, other))
        group = [spot for other in free for spot in sites[other].spots]
        if site in used or not group:
            continue
        keys = _addresses_in(group, by_address)
        group += [spot for key in keys for spot in by_address[key]]
        if len(group) < LEAST_CASES:
            continue
        for key in keys:
            del by_address[key]
        used.update(free)
        taken.update(spot.case_id for spot in group)
        yield group


def _sites(spots: Sequence[Spot]) -> list[_Site]:
    at: dict[tuple[str, float, float], list[Spot]] = defaultdict(list)
    for spot in spots:
        if spot.category and spot.lon is not None and spot.lat is not None:
            at[spot.category, round(spot.lon, 5), round(spot.lat, 5)].append(spot)
    return [_Site(*where, tuple(here)) for where, here in sorted(at.items())]


def _around(sites: Sequence[_Site]) -> list[list[int]]:
    """For every site those of its class within reach, itself among them."""
    cells: dict[tuple[str, int], list[int]] = defaultdict(list)
    for number, site in enumerate(sites):
        cells[site.category, cell_of(site.lon, site.lat)].append(number)
    return [
        [
            other
            for cell in neighbouring_cells(site.lon, site.lat, REACH_M)
            for other in cells.get((site.category, cell), ())
            if distance_m(site.lon, site.lat, sites[other].lon, sites[other].lat) <= REACH_M
        ]
        for site in sites
    ]


def _first(site: _Site) -> int:
    return min(spot.case_id for spot in site.spots)


def _place_key(spot: Spot) -> tuple[str, str, str]:
    return spot.category, spot.community, normalise(spot.address)


def _without_position(spots: Sequence[Spot]) -> dict[tuple[str, str, str], list[Spot]]:
    found: dict[tuple[str, str, str], list[Spot]] = defaultdict(list)
    for spot in spots:
        if spot.lon is None and spot.category and normalise(spot.address):
            found[_place_key(spot)].append(spot)
    return found


def _addresses_in(
    group: Sequence[Spot], by_address: Mapping[tuple[str, str, str], list[Spot]]
) -> list[tuple[str, str, str]]:
    """The addresses of a group at which there are cases without coordinates."""
    return sorted({_place_key(spot) for spot in group if spot.address} & by_address.keys())


def _addresses(spots: Sequence[Spot], taken: set[int]) -> Iterator[list[Spot]]:
    left = [spot for spot in spots if spot.case_id not in taken]
    for group in _without_position(left).values():
        if len(group) >= LEAST_CASES:
            taken.update(spot.case_id for spot in group)
            yield group


def _by_cell(spots: Sequence[Spot]) -> dict[int, list[Spot]]:
    found: dict[int, list[Spot]] = defaultdict(list)
    for spot in sorted(spots, key=lambda one: one.case_id):
        found[cell_of(spot.lon or 0.0, spot.lat or 0.0)].append(spot)
    return found


def _joined_by_words(
    group: Sequence[Spot], nearby: dict[int, list[Spot]], taken: set[int]
) -> list[Spot]:
    """Cases of another class near the centre of a group, its first case, that say what one of the group says."""
    centre = group[0]
    if centre.lon is None or centre.lat is None:
        return []
    joined = []
    for cell in neighbouring_cells(centre.lon, centre.lat, REACH_M):
        for spot in nearby.get(cell, ()):
            if spot.case_id not in taken and _is_alike(spot, centre, group):
                taken.add(spot.case_id)
                joined.append(spot)
    return joined


def _is_alike(spot: Spot, centre: Spot, group: Sequence[Spot]) -> bool:
    away = distance_m(centre.lon or 0.0, centre.lat or 0.0, spot.lon or 0.0, spot.lat or 0.0)
    return away <= REACH_M and any(
        text_likeness(spot.text, one.text) >= TEXT_SUGGEST_AT for one in group[:MOST_COMPARED]
    )


def _repeat(group: Sequence[Spot], alike: Sequence[Spot]) -> Repeat:
    spots = tuple(sorted((*group, *alike), key=lambda one: (one.day, one.case_id)))
    addresses = Counter(spot.address or spot.community for spot in spots)
    del addresses[""]
    place = min(addresses, key=lambda name: (-addresses[name], name), default="")
    category = group[0].category
    return Repeat(
        category,
        place,
        spots,
        frozenset(spot.case_id for spot in alike),
        _sentence(category, spots, len(alike), placed=any(one.lon is not None for one in group)),
    )


def _sentence(category: str, spots: Sequence[Spot], alike: int, *, placed: bool) -> str:
    where = f"{REACH_M:.0f} 米内" if placed else "同一地址"
    first, last = spots[0].day, spots[-1].day
    words = [f"{where} {len(spots)} 件“{category}”"]
    if alike:
        words[0] += f"（其中 {alike} 件类别不同但文字相近）"
    if first == last:
        words.append(f"都在 {first:%Y-%m-%d} 这一天")
    else:
        every = (last - first).days / (len(spots) - 1)
        words.append(f"{first:%Y-%m-%d} 至 {last:%Y-%m-%d}，平均每 {every:.0f} 天一件")
    return "，".join(words) + "。"

"""The names of a sub-district in a form in which they are found in a text.

Made from the register: areas, quarters with their buildings, streets with their numbers. No place is in the code.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from linli.kernel.places.reading.spelling import (
    COMMUNITY_WORDS,
    NUMERAL,
    QUARTER_WORDS,
    SIGN,
    compact,
    house_key,
    number_in,
    stem,
)

SHORTEST_BARE = 3
"""Characters of a name that may stand without 社区 or 小区; 和平 and 阳光 are words like others."""

SHORTEST = 2
_NUMBERED = re.compile(rf"[0-9]|{SIGN}$")
"""A building of such a key says nothing without its quarter."""


class Kind(StrEnum):
    """What a name names, the narrowest first."""

    BUILDING = "building"
    STREET_NUMBER = "street_number"
    GRID = "grid"
    QUARTER = "quarter"
    CROSSING = "crossing"
    STREET = "street"
    COMMUNITY = "community"
    SUBDISTRICT = "subdistrict"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place with the ids of what it lies in; a position in CGCS2000 degrees where it is small enough to have one.

    `within` is the name of the area around it, which tells it from others of its name.
    """

    name: str
    district_id: int
    subdistrict_id: int
    community_id: int | None = None
    grid_id: int | None = None
    building_id: int | None = None
    lon: float | None = None
    lat: float | None = None
    within: str = ""


@dataclass(frozen=True, slots=True)
class House:
    """One building of the register. `area` is its grid, or its community where it has no grid."""

    area: Spot
    building_id: int
    quarter: str
    name: str
    address: str
    lon: float
    lat: float


@dataclass(slots=True)
class Entry:
    """What one name stands for: a place, and what is told apart inside it (keys of buildings, street numbers)."""

    kind: Kind
    spot: Spot
    full: bool = True
    houses: dict[str, Spot] = field(default_factory=dict)
    numbers: dict[int, Spot] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Named:
    """A name in a text: where it begins and ends, and what it may stand for."""

    start: int
    end: int
    name: str
    entries: tuple[Entry, ...]


class Gazetteer:
    """Names and what they stand for; `find` walks a text once."""

    def __init__(self) -> None:
        self.names: dict[str, list[Entry]] = defaultdict(list)
        self.houses: dict[tuple[str, int], dict[str, list[Spot]]] = {}
        self._begin: dict[str, list[str]] = defaultdict(list)

    def add(self, name: str, entry: Entry) -> None:
        """Let a name stand for one more place."""
        name = compact(name)
        if len(name) < SHORTEST:
            return
        if name not in self.names:
            self._begin[name[:SHORTEST]].append(name)
            self._begin[name[:SHORTEST]].sort(key=len, reverse=True)
        if all(known.spot != entry.spot or known.kind != entry.kind for known in self.names[name]):
            self.names[name].append(entry)

    def find(self, text: str) -> Iterator[Named]:
        """The names in a compact text, the longest at each place, none over another."""
        at = 0
        while at < len(text):
            name = next(
                (one for one in self._begin.get(text[at : at + SHORTEST], ()) if text.startswith(one, at)),
                "",
            )  # fmt: skip
            if name:
                yield Named(at, at + len(name), name, tuple(self.names[name]))
            at += len(name) or 1


def gazetteer(areas: Iterable[tuple[Kind, Spot]], houses: Iterable[House]) -> Gazetteer:
    """The names of areas and buildings, with the ways in which people shorten them."""
    book = Gazetteer()
    outer: set[str] = set()
    for kind, spot in areas:
        _add_area(book, kind, spot)
        outer.add(compact(spot.name))
    quarters: dict[tuple[str, int | None], list[House]] = defaultdict(list)
    streets: dict[str, list[tuple[int, House]]] = defaultdict(list)
    for house in houses:
        _add_house(book, house)
        if house.quarter:
            quarters[compact(house.quarter), house.area.community_id].append(house)
        street, number = street_number(house.address, outer)
        if street:
            streets[street].append((number, house))
    for (name, _), members in quarters.items():
        _add_quarter(book, name, members)
    for name, numbered in streets.items():
        numbers = {number: _spot(house) for number, house in numbered}
        entry = Entry(Kind.STREET, _around(name, [house for _, house in numbered]), numbers=numbers)
        book.add(name, entry)
    return book


_STREET = re.compile(
    rf"([\u3400-\u9fff]{{1,10}}?(?:大道|路|街|道|巷|弄|里|胡同))({NUMERAL})(?:号|弄)"
)


def street_number(address: str, outer: Iterable[str] = ()) -> tuple[str, int]:
    """(street, number) of an address without the areas in front; ("", 0) where there is none."""
    plain = compact(address)
    stripped = True
    while stripped:
        before = next((name for name in outer if name and plain.startswith(name)), "")
        plain, stripped = plain.removeprefix(before), bool(before)
    found = _STREET.search(plain)
    number = number_in(found[2]) if found else None
    return (found[1], number) if found and number is not None else ("", 0)


def _add_area(book: Gazetteer, kind: Kind, spot: Spot) -> None:
    entry = Entry(kind, spot)
    book.add(spot.name, entry)
    if kind == Kind.COMMUNITY:
        short = stem(compact(spot.name))
        for word in COMMUNITY_WORDS[:-1]:
            book.add(short + word, entry)
        if len(short) >= SHORTEST_BARE:
            book.add(short, Entry(kind, spot, full=False))
    if kind == Kind.GRID:
        for other in _other_numerals(compact(spot.name)):
            book.add(other, entry)


def _other_numerals(name: str) -> Iterator[str]:
    found = re.search(rf"第?({NUMERAL})(?=网格)", name)
    value = number_in(found[1]) if found else None
    if found and value is not None:
        head, tail = name[: found.start()], name[found.end() :]
        for number in (str(value), found[1]):
            yield f"{head}第{number}{tail}"
            if head:
                yield f"{head}{number}{tail}"


def _add_house(book: Gazetteer, house: House) -> None:
    spot, key = _spot(house), house_key(house.name)
    for level, area_id in (("grid", spot.grid_id), ("community", spot.community_id)):
        if area_id is not None:
            book.houses.setdefault((level, area_id), {}).setdefault(key, []).append(spot)
    if len(compact(house.name)) >= SHORTEST_BARE and not _NUMBERED.match(key):
        book.add(house.name, Entry(Kind.BUILDING, spot))


def _add_quarter(book: Gazetteer, name: str, members: list[House]) -> None:
    houses: dict[str, Spot] = {}
    for house in members:
        houses.setdefault(house_key(house.name), _spot(house))
    entry = Entry(Kind.QUARTER, _around(name, members), houses=houses)
    short = stem(name, QUARTER_WORDS)
    bare = (short,) if len(short) >= SHORTEST_BARE else ()
    for one in (name, *bare, *(short + word for word in QUARTER_WORDS)):
        book.add(one, entry)


def _spot(house: House) -> Spot:
    area = house.area
    return Spot(
        f"{house.quarter}{house.name}",
        area.district_id,
        area.subdistrict_id,
        area.community_id,
        area.grid_id,
        house.building_id,
        house.lon,
        house.lat,
        area.within or area.name,
    )


def _around(name: str, houses: list[House]) -> Spot:
    """The narrowest area that holds all the houses, under another name."""
    areas = [house.area for house in houses]
    return common(name, areas)


def common(name: str, spots: list[Spot]) -> Spot:
    """What all the places have in common, as a place with a name of its own."""

    def one(ids: set[int | None]) -> int | None:
        return ids.pop() if len(ids) == 1 else None

    communities, grids = {spot.community_id for spot in spots}, {spot.grid_id for spot in spots}
    first = spots[0]
    within = first.within if len({spot.within for spot in spots}) == 1 else ""
    return Spot(
        name,
        first.district_id,
        first.subdistrict_id,
        one(communities),
        one(grids),
        within=within,
    )

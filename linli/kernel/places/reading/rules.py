"""Where is it, in the words of whoever reports it? Free text becomes a place, how likely it is, and why.

    望舒庭１２幢2单元501      ->  望舒庭12幢, 0.97    文字中提到“望舒庭12幢”。
    望舒庭小区十二号楼        ->  望舒庭12幢, 0.97
    望舒庭                    ->  望舒庭, its community, 0.9    …没有写明楼号。
    麦浪街364号               ->  the building with this number, 0.95
    麦浪街370号               ->  near 麦浪街364号, 0.6          …登记中没有370号，最近的是364号。
    麦浪街与槐荫路交叉口      ->  where the two come nearest, 0.6

Staircase, storey and door do not change the place. Of two quarters with one name the one counts that has such a
building, that lies in the area named in the text, or that is near the reporter; else both are said and none is chosen.
A probability is how far the words themselves leave a doubt. They are set by hand, not learned: no set of Chinese
reports with coordinates is to be had. They put answers in order and say from where a person should look (`SURE_FROM`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

from linli.kernel.places.distance import distance_m
from linli.kernel.places.reading.gazetteer import (
    Entry,
    Gazetteer,
    Kind,
    Named,
    Spot,
    common,
)
from linli.kernel.places.reading.homes import split_home
from linli.kernel.places.reading.spelling import HOUSE_WORDS, NUMERAL, SIGN, compact, same_number

LOOKED_AT = 2_000
"""Characters of a text searched for names; a place is named early or not at all."""

SURE_FROM = 0.6
"""Probability (0.5–0.95) from which a place is taken over; below it a person is asked to look."""

MOST_SAID = 3
"""Places of one name that a sentence lists, 2–5."""

FAR_NUMBER = 40
"""Steps between two street numbers (10–200) beyond which the nearest known one tells the street only."""

WRITTEN = 0.97
NUMBERED = 0.95
NAMED = 0.9
ALONE = 0.7
SHORTENED = 0.75
OTHER_AREA = 0.5
"""Factor for a place that does not lie in the community that the same text names."""

_BY_WORD = {"楼": 0.5, "号": 0.8, "#": 0.93, "": 0.85}
"""How surely a number before this word is a building's; the other words mean nothing else. 一楼 is mostly a storey."""

_ROAD_GOES_ON = re.compile(rf"(?:路|街|大道|巷|弄)(?:{NUMERAL}号|与|和|至|到|[，。、；,;)）]|$)")
_HOUSE = re.compile(
    rf"(?P<gap>[，,、的(（]?(?:[一二三四五1-9]期|[东西南北]区|住宅小区|小区|社区)?[，,、的]?第?)"
    rf"(?P<number>{NUMERAL}|{SIGN})(?P<word>{'|'.join(map(re.escape, HOUSE_WORDS))}|(?=[-－—][0-9]))"
)
_ALONE = re.compile(rf"(?P<number>{NUMERAL}|{SIGN})(?P<word>号楼|号幢|幢|栋|座)")
_NUMBER = re.compile(rf"(?P<number>{NUMERAL})(?:[-－之][0-9]+)?(?=号|弄|#|[^0-9米路线]|$)")
_CROSSING = re.compile(r"(?:路口|交叉口|交叉路口|交汇处|交界处|口|[，。、]|$)")
_AND = re.compile(r"^(?:与|和|、|/|跟|同)$")

_RANKS = {kind: rank for rank, kind in enumerate(reversed(Kind))}


@dataclass(frozen=True, slots=True)
class Near:
    """Where whoever reports is: ids of areas, and a position if one is known and believed."""

    areas: frozenset[int] = frozenset()
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A place in the words of a text: what it is, how likely (0–1), one sentence, and the figures behind it.

    `home` is what was written below the building; `others` are places that the same words could mean.
    """

    kind: Kind
    spot: Spot
    probability: float
    sentence: str
    matched: str
    home: str = ""
    others: tuple[Spot, ...] = ()
    figures: dict[str, float] = field(default_factory=dict)
    start: int = 0

    @property
    def sure(self) -> bool:
        return self.probability >= SURE_FROM


def read_place(text: str, book: Gazetteer, *, near: Near = Near()) -> Reading | None:
    """The place that a text names; None where it names none that is known."""
    plain = compact(text[:LOOKED_AT])
    named = list(book.find(plain))
    found = [_within_what_is_said(one, named) for one in _readings(plain, named, near)]
    best = max(found, key=_weight, default=None) or _house_alone(plain, book, near)
    if best is None:
        return None
    return replace(best, home=split_home(plain[best.start :])[1])


def _weight(reading: Reading) -> tuple[bool, int, float, int]:
    """The narrowest place that is likely; of two alike the one named first: an address stands before the story."""
    return reading.sure, _RANKS[reading.kind], reading.probability, -reading.start


def _readings(plain: str, named: list[Named], near: Near) -> Iterator[Reading]:
    said = {
        spot_id
        for one in named
        for entry in one.entries
        if len(one.entries) == 1 and entry.kind in (Kind.COMMUNITY, Kind.GRID)
        for spot_id in (entry.spot.grid_id or entry.spot.community_id,)
        if spot_id is not None
    }
    for one in named:
        for kind in {entry.kind: None for entry in one.entries}:
            entries = [entry for entry in one.entries if entry.kind == kind]
            yield from _BY_KIND[kind](plain, one, entries, Chooser(near, frozenset(said)))
    yield from _crossings(plain, named)


@dataclass(frozen=True, slots=True)
class Chooser:
    """Decides between places of one name: by the area that is named beside it, else by where the reporter is."""

    near: Near
    said: frozenset[int]

    def choose(self, spots: list[Spot]) -> tuple[list[Spot], str]:
        """The places left, and why; all of them and no word where nothing tells them apart."""
        if len(spots) < 2:
            return spots, ""
        for ids, why in ((self.said, "按文中的区域"), (self.near.areas, "按上报人所在的区域")):
            left = [spot for spot in spots if {spot.grid_id, spot.community_id} & ids]
            if len(left) == 1:
                return left, why
        if self.near.lon is not None and all(spot.lon is not None for spot in spots):
            return [min(spots, key=self._metres)], "按离上报人的远近"
        return spots, ""

    def _metres(self, spot: Spot) -> float:
        here = (self.near.lon, self.near.lat, spot.lon, spot.lat)
        return distance_m(*(float(value or 0.0) for value in here))


def _in_quarter(plain: str, one: Named, entries: list[Entry], by: Chooser) -> Iterator[Reading]:
    if _ROAD_GOES_ON.match(plain, one.end):
        return
    house = _HOUSE.match(plain, one.end)
    key = same_number(house["number"]) if house else ""
    own = [spot for entry in entries for spot in _named_there(plain, one, entry)]
    numbered = [entry.houses[key] for entry in entries if key in entry.houses]
    spots, chosen = by.choose(own or numbered)
    if spots:
        surely = WRITTEN if own or house is None else WRITTEN * _BY_WORD.get(house["word"], 1.0)
        words = plain[one.start : house.end() if house else one.end]
        reading = _told(Kind.BUILDING, spots, surely, words, one, chosen)
        yield reading
        if reading.sure or len(spots) > 1:
            return
    spots, chosen = by.choose([entry.spot for entry in entries])
    lack = (
        f"登记中没有“{house[0]}”" if house and house["word"] not in ("楼", "号") else "没有写明楼号"
    )
    yield _told(Kind.QUARTER, spots, NAMED, one.name, one, chosen, lack)


def _named_there(plain: str, one: Named, entry: Entry) -> Iterable[Spot]:
    """The building of a quarter whose own name, more than a number, stands after the quarter's."""
    whole = plain[one.end : one.end + 12]
    own = [name for name in entry.houses if not name.isdigit() and _has(whole, name)]
    return [entry.houses[max(own, key=len)]] if own else []


def _has(whole: str, key: str) -> bool:
    """Whether a name such as 12商铺 is written here, with or without 号 after its number."""
    number = re.match(r"[0-9]+", key)
    if number is None:
        return len(key) > 1 and whole.startswith(key)
    return whole.startswith((key, f"{number[0]}号{key[number.end() :]}"))


def _on_street(plain: str, one: Named, entries: list[Entry], by: Chooser) -> Iterator[Reading]:
    found = _NUMBER.match(plain, one.end)
    number = int(same_number(found["number"])) if found and _is_number(found["number"]) else None
    numbers = {known: spot for entry in entries for known, spot in entry.numbers.items()}
    if number is None:
        spots, chosen = by.choose([entry.spot for entry in entries])
        yield _told(Kind.STREET, spots, 0.5, one.name, one, chosen, "没有写明门牌号")
    elif number in numbers:
        yield _told(
            Kind.STREET_NUMBER, [numbers[number]], NUMBERED, f"{one.name}{number}号", one, ""
        )
    else:
        yield _nearest_number(one, number, numbers)


def _is_number(numeral: str) -> bool:
    return same_number(numeral).isdigit()


def _nearest_number(one: Named, number: int, numbers: dict[int, Spot]) -> Reading:
    """The known number next to an unknown one, rather on its own side of the street."""
    known = min(numbers, key=lambda other: (abs(other - number) + (other - number) % 2, other))
    steps = abs(known - number)
    near = replace(
        numbers[known], name=f"{one.name}{number}号附近", building_id=None, lon=None, lat=None
    )
    surely = 0.7 - 0.3 * min(1.0, steps / FAR_NUMBER)
    lack = f"登记中没有{number}号，最近的是{known}号（{numbers[known].name}）"
    words = f"{one.name}{number}号"
    reading = _told(Kind.STREET_NUMBER, [near], surely, words, one, "", lack)
    return replace(reading, figures={**reading.figures, "numbers_apart": steps})


def _as_named(plain: str, one: Named, entries: list[Entry], by: Chooser) -> Iterator[Reading]:
    if not entries[0].full and _ROAD_GOES_ON.match(plain, one.end):
        return
    spots, chosen = by.choose([entry.spot for entry in entries])
    surely = NAMED if entries[0].full else SHORTENED
    yield _told(entries[0].kind, spots, surely, one.name, one, chosen)


_Reader = Callable[[str, Named, list[Entry], Chooser], Iterator[Reading]]
_BY_KIND: Mapping[Kind, _Reader] = {
    **dict.fromkeys(Kind, _as_named),
    Kind.QUARTER: _in_quarter,
    Kind.STREET: _on_street,
}


def _crossings(plain: str, named: list[Named]) -> Iterator[Reading]:
    for one, other in pairwise(named):
        streets = [
            entry for name in (one, other) for entry in name.entries if entry.kind == Kind.STREET
        ]
        between = plain[one.end : other.start]
        if len(streets) != 2 or not _AND.match(between) or not _CROSSING.match(plain, other.end):
            continue
        pairs = [
            (_apart(left, right), left)
            for left in streets[0].numbers.values()
            for right in streets[1].numbers.values()
        ]
        metres, spot = min(pairs, key=lambda pair: pair[0])
        words = plain[one.start : other.end]
        corner = replace(spot, name=f"{words}路口", building_id=None)
        told = _told(
            Kind.CROSSING, [corner], SURE_FROM, words, one, "", f"取两路最近处（{spot.name}）"
        )
        yield replace(told, figures={**told.figures, "metres_apart": round(metres, 1)})


def _apart(left: Spot, right: Spot) -> float:
    here = (left.lon, left.lat, right.lon, right.lat)
    degrees = [value for value in here if value is not None]
    assert len(degrees) == len(here), "a street number is a building's and has its position"
    return distance_m(*degrees)


def _house_alone(plain: str, book: Gazetteer, near: Near) -> Reading | None:
    """「3幢楼下」 without a quarter: the only building of this number where the reporter is."""
    found = _ALONE.search(plain)
    if found is None:
        return None
    key = same_number(found["number"])
    spots = {
        spot
        for level in ("grid", "community")
        for area_id in near.areas
        for spot in book.houses.get((level, area_id), {}).get(key, ())
    }
    if len(spots) != 1:
        return None
    one = Named(found.start(), found.end(), found[0], ())
    return _told(Kind.BUILDING, list(spots), ALONE, found[0], one, "按上报人所在的区域")


def _within_what_is_said(reading: Reading, named: list[Named]) -> Reading:
    """Doubt a place outside the community that is named in full in the same text."""
    said = {
        entry.spot.community_id
        for one in named
        for entry in one.entries
        if entry.kind == Kind.COMMUNITY and entry.full
    }
    if not said or reading.spot.community_id in said or reading.spot.community_id is None:
        return reading
    doubt = round(reading.probability * OTHER_AREA, 3)
    sentence = reading.sentence.removesuffix("。") + "，但与文中的社区不一致。"
    return replace(reading, probability=doubt, sentence=sentence)


def _told(
    kind: Kind,
    spots: list[Spot],
    surely: float,
    words: str,
    one: Named,
    chosen: str,
    lack: str = "",
) -> Reading:
    """One place, or what several have in common, with the sentence that says so."""
    distinct = list(dict.fromkeys(spots))
    figures: dict[str, float] = {"places_of_this_name": len(distinct)}
    if len(distinct) > 1:
        whole = common(one.name, distinct)
        share = round(surely / len(distinct), 3)
        where = "、".join(spot.within or spot.name for spot in distinct[:MOST_SAID])
        sentence = f"文字中的“{words}”有 {len(distinct)} 处（{where}），请人工确认是哪一处。"
        return Reading(
            kind, whole, share, sentence, words, others=tuple(distinct), figures=figures,
            start=one.start,
        )  # fmt: skip
    spot = distinct[0]
    called = "" if lack or compact(spot.name) == words else f"，即{spot.name}"
    reasons = "，".join(part for part in (f"文字中提到“{words}”{called}", chosen, lack) if part)
    surely = round(surely * (0.9 if chosen else 1.0), 3)
    return Reading(kind, spot, surely, f"{reasons}。", words, figures=figures, start=one.start)

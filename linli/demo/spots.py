"""Where things happen: spots with a name people would use, made once from the town.

A street lamp fails on a street, a heap of boxes stands in a staircase, a dead fish floats in the river: `kind_for`
says which kind of spot belongs to a class.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

import shapely
from shapely.geometry import Point

from linli.demo.geometry import Town
from linli.kernel.places.geometry import Surface

STEP_DEGREES = 0.0006
"""Distance of the spots along a street; degrees, about 60 m: two house fronts."""

CORNERS = ("东侧", "西侧", "南侧", "北侧", "门口", "楼下", "路边")
WATER_NAMES = ("清河步道", "清河岸边", "清河亲水平台")

_WATER = {"C0507", "C0506", "C0508", "E0125"}
_PARK = {"C0146", "C0407", "C0408", "E0117"}
_SHOP = {
    "E0128", "E0129", "E0130", "E0405", "E0401", "E0406", "E0404", "C0306", "C0307", "E0202", "E0207", "A06", "A11",
}  # fmt: skip
_HOME = {
    "E0101", "E0107", "E0108", "E0135", "E0136", "E0694", "E0695", "E0696", "E0697", "E0693", "E0699", "C0303", "C0154",
    "E0501", "E0503", "E0110", "C0305", "E0201", "E0410",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as people name it, its position and the codes of its areas."""

    name: str
    address: str
    lon: float
    lat: float
    community: str
    grid: str


def kind_for(code: str) -> str:
    """Which of `spots_of` a class happens at."""
    for kind, codes in (("water", _WATER), ("park", _PARK), ("shop", _SHOP), ("home", _HOME)):
        if code in codes:
            return kind
    return "home" if code.startswith("A") else "street"


def spots_of(town: Town) -> Mapping[str, Sequence[Spot]]:
    """Spots by kind; every kind has some, in an order that depends on the town alone."""
    grids = _Grids(town)
    found = {
        "home": list(_homes(town)),
        "shop": list(_shops(town)),
        "street": list(_streets(town, grids)),
        "water": list(_river(town, grids)),
    }
    found["park"] = list(_parks(town, grids)) or found["home"]
    assert all(found.values()), "a town has homes, shops, streets and water"
    return found


def around(spot: Spot, rng: Random) -> Spot:
    """The same place a few metres on, as the next phone measures it."""
    return Spot(
        spot.name,
        spot.address,
        round(spot.lon + rng.gauss(0.0, 0.00003), 7),
        round(spot.lat + rng.gauss(0.0, 0.00003), 7),
        spot.community,
        spot.grid,
    )


class _Grids:
    """Which grid of the town a point lies in."""

    def __init__(self, town: Town) -> None:
        drawn = [(grid, grid.surface) for grid in town.grids if grid.surface is not None]
        self._grids = [grid for grid, _ in drawn]
        self._tree = shapely.STRtree([surface for _, surface in drawn])

    def spot(self, name: str, address: str, lon: float, lat: float) -> Spot | None:
        hits = self._tree.query(Point(lon, lat), predicate="intersects")
        if not len(hits):
            return None
        grid = self._grids[min(hits)]
        return Spot(name, address, round(lon, 7), round(lat, 7), grid.parent, grid.code)


def _homes(town: Town) -> Iterator[Spot]:
    for house in town.buildings:
        entry = house.entry
        if house.use == "homes" and entry.lon is not None and entry.lat is not None:
            for name in [*CORNERS, *(f"{unit.unit_no}单元门口" for unit in entry.units)]:
                yield Spot(
                    f"{entry.label}{name}", f"{entry.address}{entry.label}", entry.lon, entry.lat,
                    entry.community_code, house.grid_code,
                )  # fmt: skip


def _shops(town: Town) -> Iterator[Spot]:
    for poi in town.pois:
        if poi.kind in ("merchant", "market", "shopping", "bus_stop"):
            for name in ("门口", "旁边", "对面"):
                yield Spot(
                    f"{poi.name}{name}",
                    poi.name,
                    poi.lon,
                    poi.lat,
                    poi.community_code,
                    poi.grid_code,
                )


def _streets(town: Town, grids: _Grids) -> Iterator[Spot]:
    for street in town.streets:
        for line in street.line.geoms:
            for number in range(1, int(line.length / STEP_DEGREES)):
                point = line.interpolate(number * STEP_DEGREES)
                name = f"{street.name}{_nearest(town, street.name, point)}"
                spot = grids.spot(name, street.name, point.x, point.y)
                if spot is not None:
                    yield spot


def _nearest(town: Town, street: str, point: Point) -> str:
    """How the spot is told from others on its street: the crossing it is at, else the block beside it."""
    for other in town.streets:
        if other.name != street and other.line.distance(point) < STEP_DEGREES / 2:
            return (
                f"与{other.name}路口"
                if other.name.endswith(("街", "巷", "岸"))
                else f"{other.name}口"
            )
    nearest = min(town.blocks, key=lambda block: block.surface.distance(point))
    return f"{nearest.name}旁"


def _river(town: Town, grids: _Grids) -> Iterator[Spot]:
    shore: Surface = town.river
    length = town.river_line.length
    for number in range(1, int(length / STEP_DEGREES)):
        point = town.river_line.interpolate(number * STEP_DEGREES)
        spot = grids.spot(f"{WATER_NAMES[number % 3]}{number}号段", "清河", point.x, point.y)
        if spot is not None and shore.intersects(point):
            yield spot


def _parks(town: Town, grids: _Grids) -> Iterator[Spot]:
    parks: Iterable[tuple[str, Surface]] = (
        (block.name, block.surface)
        for block in town.blocks
        if block.use in ("park", "community_center", "school")
    )
    for name, surface in parks:
        middle = surface.representative_point()
        for corner in ("东门", "西门", "小广场", "步道"):
            spot = grids.spot(f"{name}{corner}", name, middle.x, middle.y)
            if spot is not None:
                yield spot

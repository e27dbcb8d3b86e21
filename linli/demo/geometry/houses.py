"""Buildings in the blocks: slabs in rows facing south, towers, halls, shops along the street."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shapely import affinity
from shapely.geometry import Polygon, box

from linli.demo.geometry.mesh import Mesh
from linli.demo.geometry.plan import Cell
from linli.kernel.places.entries import NewDwelling, NewUnit
from linli.kernel.places.geometry import Surface

GAP_M = 6.0
"""Least distance between two buildings; metres."""
_SHRINK = (1.0, 0.85, 0.7, 0.58)
_DWELLING_USES = ("own_home", "rented_out", "vacant", "business")
_DWELLING_WEIGHTS = (70, 20, 7, 3)


@dataclass(frozen=True, slots=True)
class House:
    """A building in metres, before it has a name and a number."""

    cell: Cell
    use: str
    storeys: int
    units: int
    doors: int
    outline: Polygon


@dataclass(frozen=True, slots=True)
class HomeType:
    """How often, how high, how many staircases, doors per landing, ground plan in metres."""

    weight: int
    storeys: tuple[int, int]
    units: int
    doors: int
    length: float
    depth: float


# The mix of an ordinary district: walk-ups, mid-rise slabs, some towers.
HOME_TYPES = (
    HomeType(50, (6, 6), 2, 2, 46.0, 12.5),
    HomeType(14, (6, 6), 3, 2, 66.0, 12.5),
    HomeType(22, (9, 12), 1, 2, 27.0, 14.0),
    HomeType(9, (16, 20), 1, 2, 25.0, 16.0),
    HomeType(5, (24, 30), 1, 2, 24.0, 18.0),
)
# (along, across, length, depth, lowest, highest) for the cells of every other use.
_OTHERS: dict[str, tuple[tuple[float, float, float, float, int, int], ...]] = {
    "S": ((0.3, 0.72, 60, 14, 4, 5), (0.3, 0.42, 60, 14, 4, 5), (0.78, 0.68, 24, 30, 2, 3)),
    "M": ((0.5, 0.4, 84, 56, 4, 6), (0.5, 0.82, 32, 24, 16, 26)),
    "H": ((0.4, 0.68, 70, 20, 10, 14), (0.4, 0.3, 60, 18, 6, 8), (0.84, 0.3, 18, 18, 2, 3)),
    "I": ((0.3, 0.7, 46, 30, 6, 8), (0.3, 0.26, 46, 30, 4, 5), (0.76, 0.48, 26, 26, 9, 16)),
    "P": (),
    "o": ((0.28, 0.6, 34, 30, 12, 24), (0.72, 0.6, 34, 30, 9, 18), (0.5, 0.18, 70, 14, 2, 3)),
    "k": ((0.5, 0.7, 80, 32, 2, 3), (0.5, 0.26, 70, 16, 2, 4)),
    "c": ((0.3, 0.66, 44, 22, 3, 5), (0.74, 0.6, 24, 16, 3, 6), (0.4, 0.2, 60, 11, 2, 2)),
}
_OTHER_USES = {
    "S": "school",
    "M": "shopping",
    "H": "hospital",
    "I": "business_park",
    "o": "offices",
    "k": "market",
    "c": "community_center",
}


def houses_in(
    rng: random.Random, mesh: Mesh, ground: Surface, cells: Sequence[Cell], letter: str
) -> list[House]:
    """The buildings of one block, cell by cell."""
    inner = ground.buffer(-4.0)
    placed: list[House] = []
    for cell in cells:
        wanted = _homes(rng, cell) if letter == "r" else _others(rng, cell, letter)
        for house, along, across in wanted:
            outline = _fitted(mesh, inner, house, (along, across), placed)
            if outline is not None:
                placed.append(
                    House(cell, house.use, house.storeys, house.units, house.doors, outline)
                )
    return placed


def flats_of(rng: random.Random, house: House) -> list[NewUnit]:
    """Staircases and flats of a residential building; none for other uses."""
    if house.use != "homes":
        return []
    share = 0.82 * house.outline.area / (house.units * house.doors)
    return [
        NewUnit(
            unit_no=unit_no,
            dwellings=tuple(
                NewDwelling(
                    floor_no=floor,
                    door_no=f"{floor}{door:02d}",
                    area_m2=round(share * rng.uniform(0.92, 1.08), 2),
                    dwelling_use=rng.choices(_DWELLING_USES, _DWELLING_WEIGHTS)[0],
                )
                for floor in range(1, house.storeys + 1)
                for door in range(1, house.doors + 1)
            ),
        )
        for unit_no in range(1, house.units + 1)
    ]


def _homes(rng: random.Random, cell: Cell) -> Iterator[tuple[House, float, float]]:
    kind = rng.choices(HOME_TYPES, [home.weight for home in HOME_TYPES])[0]
    rows = rng.choices((1, 2), (28, 72))[0]
    for row in range(rows):
        house = House(
            cell,
            "homes",
            rng.randint(*kind.storeys),
            kind.units,
            kind.doors,
            box(-kind.length / 2, -kind.depth / 2, kind.length / 2, kind.depth / 2),
        )
        yield house, 0.5 + rng.uniform(-0.08, 0.08), (row + 0.75) / (rows + 0.5)
    if rng.random() < 0.55:
        # A strip of shops at the southern street.
        shops = House(cell, "shops", rng.randint(1, 2), 0, 0, box(-27.0, -5.0, 27.0, 5.0))
        yield shops, 0.5, 0.14


def _others(rng: random.Random, cell: Cell, letter: str) -> Iterator[tuple[House, float, float]]:
    for along, across, length, depth, lowest, highest in _OTHERS[letter]:
        outline = box(-length / 2, -depth / 2, length / 2, depth / 2)
        storeys = rng.randint(lowest, highest)
        yield House(cell, _OTHER_USES[letter], storeys, 0, 0, outline), along, across


def _fitted(
    mesh: Mesh,
    inner: Surface,
    house: House,
    spot: tuple[float, float],
    placed: Sequence[House],
) -> Polygon | None:
    x, y = mesh.at(house.cell, *spot)
    turned = affinity.rotate(house.outline, mesh.heading(house.cell), origin=(0.0, 0.0))
    for factor in _SHRINK:
        sized = affinity.scale(turned, factor, factor, origin=(0.0, 0.0))
        outline: Polygon = affinity.translate(sized, x, y)
        if not inner.contains(outline):
            continue
        if all(outline.distance(other.outline) >= GAP_M for other in placed):
            return outline
    return None

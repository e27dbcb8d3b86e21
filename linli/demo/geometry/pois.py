"""Points of interest (兴趣点) of the made-up town."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import shapely
from shapely.geometry import Point

from linli.demo.geometry.mesh import DIGITS
from linli.demo.geometry.plan import SHOPS
from linli.demo.geometry.shapes import Block, Poi, TownArea, TownBuilding

# What stands in a block of this use beside what it is named after.
_EXTRA = {
    "community_center": (
        ("residents_committee", "居委会"),
        ("clinic", "社区卫生服务站"),
        ("elder_canteen", "长者食堂"),
    ),
    "park": (("shelter", "望槐公园应急避难场所"), ("toilet", "望槐公园公共厕所")),
    "school": (("shelter", "望槐小学应急避难点"),),
    "market": (("waste_station", "垃圾分类驿站"),),
}


def points_of_interest(
    rng: random.Random,
    blocks: Sequence[Block],
    buildings: Sequence[TownBuilding],
    grids: Sequence[TownArea],
) -> Iterator[Poi]:
    """Public places, shops, a bus stop and a charging shed in every second grid."""
    for block in blocks:
        if block.use != "homes":
            yield _in_block(block, block.use, block.name, 0)
            short = block.name.removesuffix("党群服务中心")
            for number, (kind, name) in enumerate(_EXTRA.get(block.use, ()), start=1):
                plain = kind in ("residents_committee", "clinic", "elder_canteen")
                yield _in_block(block, kind, f"{short}{name}" if plain else name, number)
    shops = [building for building in buildings if building.use == "shops"]
    for building, name in zip(rng.sample(shops, min(len(shops), len(SHOPS))), SHOPS, strict=False):
        yield Poi(
            "merchant",
            name,
            building.entry.lon or 0.0,
            building.entry.lat or 0.0,
            building.entry.community_code,
            building.grid_code,
        )
    for number, grid in enumerate(grids):
        kind, label = (("bus_stop", "公交站"), ("charging_shed", "电动自行车充电棚"))[number % 2]
        yield _at_edge(rng, grid, kind, f"{grid.name.removesuffix('网格')}{label}")


def _in_block(block: Block, kind: str, name: str, number: int) -> Poi:
    middle = block.surface.representative_point()
    # Beside each other, so that four signs do not stand on one spot.
    spot = Point(middle.x + 0.00018 * number, middle.y - 0.00006 * number)
    if not block.surface.contains(spot):
        spot = middle
    return _poi(kind, name, spot, block.community_code, block.grid_code)


def _at_edge(rng: random.Random, grid: TownArea, kind: str, name: str) -> Poi:
    assert grid.surface is not None, "every grid of the town is drawn"
    ring = shapely.get_exterior_ring(grid.surface)
    corner = ring.interpolate(rng.uniform(0.1, 0.9), normalized=True)
    middle = grid.surface.representative_point()
    spot = Point(corner.x + (middle.x - corner.x) * 0.1, corner.y + (middle.y - corner.y) * 0.1)
    if not grid.surface.contains(spot):
        spot = middle
    return _poi(kind, name, spot, grid.parent, grid.code)


def _poi(kind: str, name: str, spot: Point, community_code: str, grid_code: str) -> Poi:
    return Poi(kind, name, round(spot.x, DIGITS), round(spot.y, DIGITS), community_code, grid_code)

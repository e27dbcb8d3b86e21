"""From a seed to a whole sub-district."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely import affinity
from shapely.geometry import LineString, MultiLineString, Point, Polygon

from linli.demo.geometry import plan
from linli.demo.geometry.blocks import StreetLine, block_grounds, river_ground, street_lines
from linli.demo.geometry.houses import House, flats_of, houses_in
from linli.demo.geometry.mesh import DIGITS, Mesh, make_mesh
from linli.demo.geometry.plan import Cell
from linli.demo.geometry.pois import points_of_interest
from linli.demo.geometry.shapes import (
    BLOCK_USES,
    Block,
    Street,
    Town,
    TownArea,
    TownBuilding,
)
from linli.kernel.places.entries import NewBuilding
from linli.kernel.places.geometry import LocalMetres, Surface, to_geojson

DISTRICT_CODE = "990101"
SUBDISTRICT_CODE = "990101001"
CENTRE = (120.10, 30.60)
SEED = 20260101


@dataclass(frozen=True, slots=True)
class _Lot:
    """A block on paper: which cells, which grid, what for."""

    key: str
    letter: str
    community_code: str
    grid_code: str
    name: str
    cells: tuple[Cell, ...]


def make_town(
    seed: int = SEED,
    *,
    lon: float = CENTRE[0],
    lat: float = CENTRE[1],
    district: str = DISTRICT_CODE,
) -> Town:
    """A fictional sub-district of 5 communities and 37 grids; equal seeds give equal towns.

    `lon` and `lat` (degrees) are where its middle is put, `district` the six digits its codes
    begin with.
    """
    rng = random.Random(seed)  # noqa: S311 - a town has to be repeatable, not secret
    mesh = make_mesh(rng, LocalMetres(lon, lat))
    community_of, letter_of = plan.drawn(plan.COMMUNITY_PLAN), plan.drawn(plan.GRID_PLAN)
    communities, grids, grid_of = _areas(mesh, f"{district}001", community_of, letter_of)
    lots = _lots(rng, grid_of)
    block_of = {cell: lot.key for lot in lots for cell in lot.cells}
    lines = street_lines(mesh, block_of)
    outline = shapely.union_all([mesh.quad(cell) for cell in community_of])
    river_line = mesh.river_line(community_of.keys())
    river = river_ground(river_line, outline)
    grounds = block_grounds(mesh, block_of, lines, river)
    blocks = tuple(_block(mesh, lot, grounds[lot.key]) for lot in lots)
    buildings = tuple(_buildings(rng, mesh, lots, grounds))
    whole = mesh.ground(community_of.keys())
    return Town(
        seed=seed,
        lon=lon,
        lat=lat,
        district=TownArea(district, plan.DISTRICT_NAME, "", "", None, {}),
        subdistrict=TownArea(
            f"{district}001", plan.SUBDISTRICT_NAME, district, "", whole, {"phone": "19900000000"}
        ),
        communities=communities,
        grids=grids,
        streets=tuple(_street(mesh, line) for line in lines),
        blocks=blocks,
        buildings=buildings,
        river=_degrees(mesh, river),
        river_line=_line_degrees(mesh, river_line),
        lake=_lake(mesh, next(grounds[lot.key] for lot in lots if lot.letter == "P")),
        pois=tuple(points_of_interest(rng, blocks, buildings, grids)),
    )


def _areas(
    mesh: Mesh, subdistrict: str, community_of: dict[Cell, str], letter_of: dict[Cell, str]
) -> tuple[tuple[TownArea, ...], tuple[TownArea, ...], dict[Cell, TownArea]]:
    communities: list[TownArea] = []
    grids: list[TownArea] = []
    grid_of: dict[Cell, TownArea] = {}
    for number, letter in enumerate(sorted(plan.COMMUNITY_NAMES), start=1):
        own = [cell for cell, owner in community_of.items() if owner == letter]
        community = TownArea(
            f"{subdistrict}{number:03d}",
            plan.COMMUNITY_NAMES[letter],
            subdistrict,
            "",
            mesh.ground(own),
            {"phone": f"1990000{number:02d}00"},
        )
        communities.append(community)
        for order, grid_letter in enumerate(_in_order(own, letter_of), start=1):
            cells = [cell for cell in own if letter_of[cell] == grid_letter]
            grid = _grid(mesh, community, (letter, grid_letter), order, cells)
            grids.append(grid)
            grid_of.update(dict.fromkeys(cells, grid))
    return tuple(communities), tuple(grids), grid_of


def _in_order(cells: Sequence[Cell], letter_of: dict[Cell, str]) -> list[str]:
    """Grid letters from the north-west: left to right, top to bottom (CJ/T 349)."""
    first: dict[str, tuple[int, int]] = {}
    for column, row in cells:
        letter = letter_of[column, row]
        first[letter] = min(first.get(letter, (0, 99)), (-row, column))
    return sorted(first, key=lambda letter: first[letter])


def _grid(
    mesh: Mesh, community: TownArea, letters: tuple[str, str], order: int, cells: Sequence[Cell]
) -> TownArea:
    short = community.name.removesuffix("社区")
    dedicated = plan.DEDICATED.get(letters)
    number = community.code[-2:]
    return TownArea(
        f"{community.code}{order:03d}",
        dedicated or f"{short}第{plan.ORDINALS[order - 1]}网格",
        community.code,
        "dedicated" if dedicated else "basic",
        mesh.ground(cells),
        {
            "phone": f"1990000{number}{order:02d}",
            "grid_party_branch": f"{short}第{plan.ORDINALS[order - 1]}网格支部",
            "grid_party_branch_office": f"{community.name}党群服务中心",
            "grid_party_branch_phone": f"1990000{number}50",
        },
    )


def _lots(rng: random.Random, grid_of: dict[Cell, TownArea]) -> list[_Lot]:
    uses = plan.drawn(plan.USE_PLAN)
    names = [
        f"{first}{last}"
        for last in plan.QUARTER_LAST.split()
        for first in plan.QUARTER_FIRST.split()
    ]
    names = names[:20] + rng.sample(names[20:], len(names) - 20)
    lots: list[_Lot] = []
    left = set(grid_of)
    for cell in sorted(grid_of, key=lambda cell: (grid_of[cell].code, -cell[1], cell[0])):
        if cell not in left:
            continue
        letter = uses[cell]
        limit = 2 if letter == "r" else 9
        cells = _together(cell, left, grid_of, uses, limit)
        left -= set(cells)
        grid = grid_of[cell]
        quarter = names.pop(0) if letter == "r" else _public_name(letter, grid, lots)
        lots.append(_Lot(f"{len(lots):03d}", letter, grid.parent, grid.code, quarter, cells))
    return lots


def _together(
    start: Cell, left: set[Cell], grid_of: dict[Cell, TownArea], uses: dict[Cell, str], limit: int
) -> tuple[Cell, ...]:
    """Neighbouring cells of the same grid and use, at most `limit`."""
    cells = [start]
    for column, row in cells:
        for near in ((column + 1, row), (column, row - 1), (column - 1, row), (column, row + 1)):
            fits = near in left and near not in cells and len(cells) < limit
            if fits and grid_of[near] is grid_of[start] and uses[near] == uses[start]:
                cells.append(near)
    return tuple(cells)


def _public_name(letter: str, grid: TownArea, lots: Sequence[_Lot]) -> str:
    short = grid.texts["grid_party_branch_office"].removesuffix("社区党群服务中心")
    names = {
        "S": "望槐小学",
        "M": "望槐商业中心",
        "H": "望槐医院",
        "I": "清河湾科创园",
        "P": plan.PARK_NAME,
        "k": f"{short}农贸市场",
        "c": f"{short}社区党群服务中心",
    }
    if letter in names:
        return names[letter]
    offices = sum(lot.letter == "o" for lot in lots)
    return f"长澄商务楼{plan.ORDINALS[offices]}区"


def _block(mesh: Mesh, lot: _Lot, ground: Surface) -> Block:
    return Block(
        lot.name, BLOCK_USES[lot.letter], lot.community_code, lot.grid_code, _degrees(mesh, ground)
    )


def _buildings(
    rng: random.Random, mesh: Mesh, lots: Sequence[_Lot], grounds: dict[str, Surface]
) -> list[TownBuilding]:
    found: list[TownBuilding] = []
    for lot in lots:
        houses = houses_in(rng, mesh, grounds[lot.key], lot.cells, lot.letter)
        for number, house in enumerate(_southwards(houses), start=1):
            found.append(_building(rng, mesh, lot, house, number))
    return found


def _southwards(houses: Sequence[House]) -> list[House]:
    return sorted(houses, key=lambda house: (-house.outline.centroid.y, house.outline.centroid.x))


def _building(rng: random.Random, mesh: Mesh, lot: _Lot, house: House, number: int) -> TownBuilding:
    surface = _degrees(mesh, house.outline)
    assert isinstance(surface, Polygon), "a building has one outline"
    street = plan.ROW_STREETS[house.cell[1]]
    middle = surface.representative_point()
    shop = "商铺" if house.use == "shops" else ""
    entry = NewBuilding(
        community_code=lot.community_code,
        name=f"{number}号{shop}楼" if shop else f"{number}幢",
        storeys=house.storeys,
        quarter=lot.name,
        address=f"{street}{2 * (house.cell[0] * 20 + number)}号",
        use=house.use,
        lon=round(middle.x, DIGITS),
        lat=round(middle.y, DIGITS),
        geometry=to_geojson(surface),
        units=tuple(flats_of(rng, house)),
    )
    return TownBuilding(entry, lot.grid_code, house.use, surface)


def _street(mesh: Mesh, line: StreetLine) -> Street:
    parts = [_line_degrees(mesh, part) for part in line.line.geoms]
    return Street(
        line.name, line.kind, line.width_m, MultiLineString(parts), _degrees(mesh, line.surface)
    )


def _lake(mesh: Mesh, park: Surface) -> Polygon:
    middle = park.representative_point()
    # North of the middle, where the signs of the park stand.
    lake = affinity.scale(Point(middle.x - 15.0, middle.y + 110.0).buffer(55.0), 1.4, 0.8)
    lake = affinity.rotate(lake, 60.0).intersection(park.buffer(-15.0))
    shape = _degrees(mesh, max(shapely.get_parts(lake).tolist(), key=lambda part: part.area))
    assert isinstance(shape, Polygon), "a lake is one water"
    return shape


def _degrees(mesh: Mesh, shape: Surface) -> Surface:
    placed = mesh.flat.unproject(shape)
    rounded: Surface = shapely.transform(placed, lambda points: points.round(DIGITS))
    turned: Surface = shapely.orient_polygons(rounded)
    return turned


def _line_degrees(mesh: Mesh, line: LineString) -> LineString:
    placed = mesh.flat.unproject(line)
    rounded: LineString = shapely.transform(placed, lambda points: points.round(DIGITS))
    return rounded

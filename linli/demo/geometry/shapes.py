"""What a made-up town consists of: plain values, shapes in CGCS2000 degrees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shapely.geometry import LineString, MultiLineString, Polygon

from linli.kernel.places.entries import NewBuilding
from linli.kernel.places.geojson import feature_collection
from linli.kernel.places.geometry import GeoJson, Surface, to_geojson


@dataclass(frozen=True, slots=True)
class TownArea:
    """A district, sub-district, community or grid. `kind` is empty but for grids."""

    code: str
    name: str
    parent: str
    kind: str
    surface: Surface | None
    texts: Mapping[str, str]

    @property
    def properties(self) -> dict[str, Any]:
        found: dict[str, Any] = {"code": self.code, "name": self.name, **self.texts}
        if self.parent:
            found["parent"] = self.parent
        if self.kind:
            found["kind"] = self.kind
        return found


@dataclass(frozen=True, slots=True)
class Street:
    """A named street: its middle line in pieces and its width. `kind` is `main`, `side` or `lane`."""

    name: str
    kind: str
    width_m: float
    line: MultiLineString
    surface: Surface


@dataclass(frozen=True, slots=True)
class Block:
    """Ground between streets: a 小区, a school yard, a park. `use` is a word of `BLOCK_USES`."""

    name: str
    use: str
    community_code: str
    grid_code: str
    surface: Surface


@dataclass(frozen=True, slots=True)
class TownBuilding:
    """A building: the entry to store it by, its grid, its use and its outline."""

    entry: NewBuilding
    grid_code: str
    use: str
    surface: Polygon

    @property
    def storeys(self) -> int:
        return self.entry.storeys

    @property
    def height_m(self) -> float:
        """For the extruded map: three metres a storey."""
        return 3.0 * self.entry.storeys

    @property
    def dwelling_count(self) -> int:
        return sum(len(unit.dwellings) for unit in self.entry.units)


@dataclass(frozen=True, slots=True)
class Poi:
    """A point of interest (兴趣点)."""

    kind: str
    name: str
    lon: float
    lat: float
    community_code: str
    grid_code: str


@dataclass(frozen=True, slots=True)
class Town:
    """A whole sub-district, the same for the same seed."""

    seed: int
    lon: float
    lat: float
    district: TownArea
    subdistrict: TownArea
    communities: tuple[TownArea, ...]
    grids: tuple[TownArea, ...]
    streets: tuple[Street, ...]
    blocks: tuple[Block, ...]
    buildings: tuple[TownBuilding, ...]
    river: Surface
    river_line: LineString
    lake: Polygon
    pois: tuple[Poi, ...]

    @property
    def areas(self) -> tuple[TownArea, ...]:
        """All areas from the widest level down."""
        return (self.district, self.subdistrict, *self.communities, *self.grids)

    @property
    def dwelling_count(self) -> int:
        return sum(building.dwelling_count for building in self.buildings)

    def feature_collection(self) -> GeoJson:
        """The areas, ready for `places.actions.import_areas`."""
        return feature_collection(
            (area.properties, None if area.surface is None else to_geojson(area.surface))
            for area in self.areas
        )

    def building_entries(self) -> list[NewBuilding]:
        """The buildings, ready for `places.actions.add_buildings`."""
        return [building.entry for building in self.buildings]

    def base_map(self) -> GeoJson:
        """Everything the map draws below the cases: `layer` says what a feature is."""
        return feature_collection(
            [
                *(
                    (
                        {"layer": "block", "name": block.name, "use": block.use},
                        to_geojson(block.surface),
                    )
                    for block in self.blocks
                ),
                ({"layer": "water", "name": "river"}, to_geojson(self.river)),
                ({"layer": "water", "name": "lake"}, to_geojson(self.lake)),
                *(
                    (
                        {
                            "layer": "street",
                            "name": street.name,
                            "kind": street.kind,
                            "width_m": street.width_m,
                        },
                        _line_geojson(street.line),
                    )
                    for street in self.streets
                ),
                *(
                    (_building_properties(house), to_geojson(house.surface))
                    for house in self.buildings
                ),
                *(
                    (
                        {"layer": "poi", "name": poi.name, "kind": poi.kind},
                        {"type": "Point", "coordinates": [poi.lon, poi.lat]},
                    )
                    for poi in self.pois
                ),
            ]
        )


BLOCK_USES = {
    "r": "homes",
    "S": "school",
    "M": "shopping",
    "H": "hospital",
    "I": "business_park",
    "P": "park",
    "o": "offices",
    "k": "market",
    "c": "community_center",
}


def _building_properties(house: TownBuilding) -> dict[str, Any]:
    return {
        "layer": "building",
        "name": house.entry.label,
        "use": house.use,
        "storeys": house.storeys,
        "height_m": house.height_m,
    }


def _line_geojson(line: MultiLineString) -> GeoJson:
    return {
        "type": "MultiLineString",
        "coordinates": [[[x, y] for x, y in part.coords] for part in line.geoms],
    }

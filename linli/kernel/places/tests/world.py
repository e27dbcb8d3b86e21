"""槐树里社区 and 清河湾社区 in a made-up sub-district: three grids side by side, one of them dedicated."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LATER = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)

DISTRICT, SUBDISTRICT = "990101", "990101001"
HUAISHULI, QINGHEWAN = "990101001001", "990101001002"
WEST_GRID, EAST_GRID, RIVER_GRID = f"{HUAISHULI}001", f"{HUAISHULI}002", f"{QINGHEWAN}001"


def square(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    return {
        "type": "Polygon",
        "coordinates": [
            [[west, south], [east, south], [east, north], [west, north], [west, south]]
        ],
    }


WEST = square(120.000, 30.000, 120.010, 30.010)
EAST = square(120.010, 30.000, 120.020, 30.010)
RIVER = square(120.020, 30.000, 120.030, 30.010)


def feature(code: str, name: str, geometry: Any = None, **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"code": code, "name": name, **properties},
        "geometry": geometry,
    }


def collection(*features: dict[str, Any]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": [deepcopy(one) for one in features]}


def neighbourhood() -> dict[str, Any]:
    """The whole made-up place, grids first, so that the order of a file cannot matter."""
    return collection(
        feature(WEST_GRID, "槐树里第一网格", WEST, kind="basic", phone="19900000101"),
        feature(EAST_GRID, "槐树里商圈网格", EAST, kind="专属网格"),
        feature(RIVER_GRID, "清河湾第一网格", RIVER),
        feature(HUAISHULI, "槐树里社区"),
        feature(QINGHEWAN, "清河湾社区"),
        feature(SUBDISTRICT, "望槐街道"),
        feature(DISTRICT, "澄汀区"),
    )

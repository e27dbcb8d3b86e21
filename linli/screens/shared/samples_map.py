"""A small drawn neighbourhood for the style guide: five by four blocks, a river, a park, buildings, grids, cases.

Made by rule, not from any place. Lengths are metres, turned into degrees around (120, 30).
"""

from __future__ import annotations

import math
from typing import Any

WEST, SOUTH = 120.0, 30.0
BLOCK_W, BLOCK_H, STREET = 220, 170, 24
COLUMNS, ROWS = 5, 4
LIGHTS = ("green", "green", "yellow", "red", "blue", "grey")

Feature = dict[str, Any]


def part(name: str) -> dict[str, Any] | None:
    """One GeoJSON FeatureCollection: land, buildings, areas or cases; None for any other name."""
    makers = {"land": _land, "buildings": _buildings, "areas": _areas, "cases": _cases}
    maker = makers.get(name)
    return {"type": "FeatureCollection", "features": maker()} if maker else None


def _degrees(x: float, y: float) -> list[float]:
    lat = SOUTH + y / 111_320
    return [round(WEST + x / (111_320 * math.cos(math.radians(SOUTH))), 7), round(lat, 7)]


def _polygon(ring: list[tuple[float, float]], **facts: Any) -> Feature:
    points = [_degrees(x, y) for x, y in [*ring, ring[0]]]
    return {
        "type": "Feature",
        "properties": facts,
        "geometry": {"type": "Polygon", "coordinates": [points]},
    }


def _box(x: float, y: float, w: float, h: float, **facts: Any) -> Feature:
    return _polygon([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], **facts)


def _line(points: list[tuple[float, float]], **facts: Any) -> Feature:
    geometry = {"type": "LineString", "coordinates": [_degrees(x, y) for x, y in points]}
    return {"type": "Feature", "properties": facts, "geometry": geometry}


def _corner(column: int, row: int) -> tuple[float, float]:
    return column * (BLOCK_W + STREET), row * (BLOCK_H + STREET)


def _land() -> list[Feature]:
    width, height = _corner(COLUMNS, ROWS)
    blocks = [
        _box(*_corner(c, r), BLOCK_W, BLOCK_H, kind="block")
        for c in range(COLUMNS)
        for r in range(ROWS)
    ]
    park = _box(*_corner(3, 1), BLOCK_W, BLOCK_H, kind="park", name="丁香公园")
    river = [
        (-60.0, height + 10),
        (width * 0.3, height + 40),
        (width * 0.7, height + 20),
        (width + 60, height + 60),
    ]
    roads = [
        _line(
            [(-40, y - STREET / 2), (width + 20, y - STREET / 2)],
            kind="road",
            width=14 if r == 2 else 8,
            name=name,
        )
        for r, name in enumerate(("槐树路", "丁香胡同", "春晓大街", "望河路", "北堤路"))
        for y in [_corner(0, r)[1]]
    ]
    roads += [
        _line([(x - STREET / 2, -40), (x - STREET / 2, height + 10)], kind="road", width=8)
        for c in range(COLUMNS + 1)
        for x in [_corner(c, 0)[0]]
    ]
    return [*blocks, park, _line(river, kind="water", width=60), *roads]


def _buildings() -> list[Feature]:
    found = []
    for c in range(COLUMNS):
        for r in range(ROWS):
            if (c, r) == (3, 1):
                continue
            x, y = _corner(c, r)
            for n in range(6):
                floors = 3 + (c * 7 + r * 5 + n * 3) % 14
                bx, by = x + 14 + (n % 3) * 68, y + 18 + (n // 3) * 78
                found.append(
                    _box(bx, by, 52, 22 + 10 * (n % 2), floors=floors, name=f"{c * 6 + n + 1}幢")
                )
    return found


def _areas() -> list[Feature]:
    width, height = BLOCK_W + STREET, BLOCK_H + STREET
    return [
        _box(
            c * width - 12,
            r * height * 2 - 12,
            width,
            height * 2,
            name=f"第{r * COLUMNS + c + 1}网格",
            level="grid",
        )
        for c in range(COLUMNS)
        for r in range(ROWS // 2)
    ]


def _cases() -> list[Feature]:
    width, height = _corner(COLUMNS, ROWS)
    found = []
    for n in range(60):
        spot = (
            _degrees((n * 397) % width, (n * 631) % height)
            if n % 3
            else _degrees(260 + n % 40, 230 + n % 30)
        )
        facts = {
            "id": n,
            "title": f"示例案件 {n}",
            "light": LIGHTS[n % len(LIGHTS)],
            "url": f"#case-{n}",
        }
        found.append(
            {
                "type": "Feature",
                "properties": facts,
                "geometry": {"type": "Point", "coordinates": spot},
            }
        )
    return found

"""Which open cases are worth comparing with a new report: by place (grid cells) or by text (keys).

Both searches read a bounded number of index rows, so they cost the same with ten thousand cases and with a million.
"""

import math
from collections.abc import Sequence

from linli.kernel.places.distance import EARTH_RADIUS_M

CELL_M = 50.0
"""Edge of a grid cell in metres: the radius of a suggestion, so nine cells hold every case that may be suggested."""

PLACE_LIMIT = 50
"""Open cases compared per report, newest first: scoring 50 takes a few milliseconds."""

TEXT_LIMIT = 20
"""Open cases compared per report without coordinates, most shared keys first."""

_METRES_PER_DEGREE = math.pi * EARTH_RADIUS_M / 180.0
_COLUMNS = 1 << 21
_ROW_DEGREES = CELL_M / _METRES_PER_DEGREE
_NEAR_POLE = 0.01


def cell_of(lon: float, lat: float) -> int:
    """The grid cell (about 50 m by 50 m) of a point in degrees, as a positive integer below 2**63.

    Rows are 50 m of latitude. The columns of a row are 50 m wide at its whole degree of latitude, so a cell is at
    most 2 % narrower in the latitudes of China.
    """
    row = _row(lat)
    return row * _COLUMNS + _column(lon, row)


def neighbouring_cells(lon: float, lat: float, radius_m: float = CELL_M) -> list[int]:
    """Every cell that holds a point within `radius_m` metres of the given one; nine or twelve cells for 50 m.

    Not for use across the 180th meridian.
    """
    reach_lat = radius_m / _METRES_PER_DEGREE
    widest = max(_NEAR_POLE, math.cos(math.radians(min(90.0, abs(lat) + reach_lat))))
    reach_lon = reach_lat / widest
    cells = []
    for row in range(_row(lat - reach_lat), _row(lat + reach_lat) + 1):
        for column in range(_column(lon - reach_lon, row), _column(lon + reach_lon, row) + 1):
            cells.append(row * _COLUMNS + column)
    return cells


def place_query(cells: Sequence[int]) -> tuple[str, list[int | bool]]:
    """SQL and parameters: ids of open cases in `cells`, newest first. Needs the index (cell, open, opened_at).

    `open` is compared with a parameter: as a bare condition SQLite would not use the index for it.
    """
    marks = ", ".join(["%s"] * len(cells))
    sql = (  # only marks and a constant are put into the text
        f"SELECT id FROM cases_case WHERE cell IN ({marks}) AND open = %s "  # noqa: S608
        f"ORDER BY opened_at DESC LIMIT {PLACE_LIMIT}"
    )
    return sql, [*cells, True]


def text_query(keys: Sequence[int]) -> tuple[str, list[int]]:
    """SQL and parameters: ids of cases that share text keys, most shared first, then newest.

    Needs the table cases_textkey(key BIGINT, case_id) with the index (key, case_id). It holds rows of open cases
    without coordinates only: written when a case opens, removed when it ends.
    """
    marks = ", ".join(["%s"] * len(keys))
    sql = (
        f"SELECT case_id FROM cases_textkey WHERE key IN ({marks}) "  # noqa: S608
        f"GROUP BY case_id ORDER BY COUNT(*) DESC, case_id DESC LIMIT {TEXT_LIMIT}"
    )
    return sql, list(keys)


def _row(lat: float) -> int:
    return math.floor((lat + 90.0) / _ROW_DEGREES)


def _column(lon: float, row: int) -> int:
    degree = math.floor(row * _ROW_DEGREES - 90.0)
    width = _ROW_DEGREES / max(_NEAR_POLE, math.cos(math.radians(degree)))
    return math.floor((lon + 180.0) / width)

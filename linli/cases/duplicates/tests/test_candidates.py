"""The grid and the two searches, against brute force."""

import math
import random
import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from linli.cases.duplicates.candidates import (
    CELL_M,
    PLACE_LIMIT,
    TEXT_LIMIT,
    cell_of,
    neighbouring_cells,
    place_query,
    text_query,
)
from linli.kernel.places.distance import distance_m

LONGITUDES = st.floats(min_value=-179.0, max_value=179.0)
LATITUDES = st.floats(min_value=-85.0, max_value=85.0)


def moved(lon: float, lat: float, *, bearing: float, metres: float) -> tuple[float, float]:
    """The point `metres` away on a flat map: exact enough for fifty metres."""
    degrees = metres / 111_195.08
    north = lat + degrees * math.cos(bearing)
    return lon + degrees * math.sin(bearing) / math.cos(math.radians(lat)), north


@given(LONGITUDES, LATITUDES, st.floats(0, 2 * math.pi), st.floats(0, 0.999))
def test_every_point_within_the_radius_lies_in_a_neighbouring_cell(
    lon: float, lat: float, bearing: float, share: float
) -> None:
    other = moved(lon, lat, bearing=bearing, metres=CELL_M * share)
    assert cell_of(*other) in neighbouring_cells(lon, lat)


@given(LONGITUDES, LATITUDES)
def test_the_neighbourhood_is_small_and_cells_fit_a_bigint(lon: float, lat: float) -> None:
    cells = neighbouring_cells(lon, lat)
    assert cell_of(lon, lat) in cells
    assert 4 <= len(set(cells)) == len(cells) <= 20
    assert all(0 <= cell < 2**63 for cell in cells)


@given(LONGITUDES, LATITUDES, st.floats(0, 2 * math.pi), st.floats(1, 50))
def test_distance_agrees_with_the_flat_map_over_a_few_metres(
    lon: float, lat: float, bearing: float, metres: float
) -> None:
    other = moved(lon, lat, bearing=bearing, metres=metres)
    assert math.isclose(distance_m(lon, lat, *other), metres, rel_tol=0.001, abs_tol=0.001)


def run(
    connection: sqlite3.Connection, query: tuple[str, list[int | bool]] | tuple[str, list[int]]
) -> list[int]:
    sql, parameters = query
    return [row[0] for row in connection.execute(sql.replace("%s", "?"), parameters)]


def test_the_place_search_gives_the_newest_open_cases_around_and_no_other() -> None:
    chance = random.Random(5)
    rows = [
        (n, 120.1 + chance.uniform(-0.003, 0.003), 30.2 + chance.uniform(-0.003, 0.003), n % 3 != 0)
        for n in range(500)
    ]
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE cases_case (id, cell, open, opened_at)")
    connection.executemany(
        "INSERT INTO cases_case VALUES (?, ?, ?, ?)",
        [(n, cell_of(lon, lat), is_open, n) for n, lon, lat, is_open in rows],
    )
    found = run(connection, place_query(neighbouring_cells(120.1, 30.2)))
    near = {
        n
        for n, lon, lat, is_open in rows
        if is_open and distance_m(120.1, 30.2, lon, lat) <= CELL_M
    }
    assert near
    assert near <= set(found)
    assert found == sorted(found, reverse=True)
    assert all(rows[n][3] for n in found)
    assert len(found) <= PLACE_LIMIT


def test_the_text_search_gives_the_most_shared_keys_first_and_stops() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE cases_textkey (key, case_id)")
    connection.executemany(
        "INSERT INTO cases_textkey VALUES (?, ?)",
        [(1, n) for n in range(100)] + [(2, 7), (3, 7), (2, 9), (4, 50)],
    )
    found = run(connection, text_query([1, 2, 3]))
    assert found[:3] == [7, 9, 99]
    assert len(found) == TEXT_LIMIT

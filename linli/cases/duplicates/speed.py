"""How long finding, comparing and deciding takes with a million cases, on SQLite with made-up rows.

The rows are less friendly than real ones: every case keeps its text keys although closed ones lose them, one case in
a hundred lies in a hot spot, and the commonest phrase stands in 3 % of all texts.
"""

import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from linli.cases.duplicates.candidates import cell_of, neighbouring_cells, place_query, text_query
from linli.cases.duplicates.rules import Candidate, Filing, decide, likenesses
from linli.cases.duplicates.text import KEY_COUNT

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WEST, SOUTH, SPAN = 120.0, 30.0, 0.1
"""A square of about 10 km, in degrees: one city district."""

HOT_SPOTS = 20
"""Places that share one case in a hundred: a market, a station."""

OPEN_SHARE = 0.2
PHRASES = 200
"""Common phrases; the n-th stands in 3 % / n of the texts."""

_TABLES = """
CREATE TABLE cases_case (id INTEGER PRIMARY KEY, lon REAL, lat REAL, cell BIGINT, category_id INTEGER,
                         opened_at INTEGER, open BOOL, body TEXT);
CREATE TABLE cases_textkey (key BIGINT, case_id INTEGER);
"""
_INDEXES = """
CREATE INDEX case_cell ON cases_case (cell, open, opened_at);
CREATE INDEX textkey_key ON cases_textkey (key, case_id);
ANALYZE;
"""
_WORDS = "路灯井盖垃圾楼道电梯漏水噪音停车树木积水消防通道施工油烟占用破损小区街道门口夜间长期无人处理希望尽快"


def measure(cases: int, *, questions: int = 400, seed: int = 7) -> dict[str, float | int]:
    """Milliseconds (p50 and p95) per report, by place and by text, over `cases` made-up rows in a temporary file."""
    chance = random.Random(seed)  # noqa: S311 - made-up rows, nothing secret
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "cases.sqlite3")
        try:
            _fill(connection, cases, chance)
            asked = [chance.randrange(1, cases + 1) for _ in range(questions)]
            place = _time_each(lambda case_id: _ask_by_place(connection, case_id), asked)
            keys = _keys_of(connection, asked)
            text = _time_each(
                lambda case_id: _ask_by_text(connection, case_id, keys[case_id]), asked
            )
        finally:
            connection.close()
    return {
        "cases": cases,
        "place_p50_ms": _quantile(place, 0.50),
        "place_p95_ms": _quantile(place, 0.95),
        "text_p50_ms": _quantile(text, 0.50),
        "text_p95_ms": _quantile(text, 0.95),
    }


def _fill(connection: sqlite3.Connection, cases: int, chance: random.Random) -> None:
    connection.executescript(_TABLES)
    spots = [_anywhere(chance) for _ in range(HOT_SPOTS)]
    with connection:
        connection.executemany(
            "INSERT INTO cases_case VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (_case(number, spots, chance) for number in range(1, cases + 1)),
        )
        connection.executemany("INSERT INTO cases_textkey VALUES (?, ?)", _keys(cases, chance))
    connection.executescript(_INDEXES)


def _case(
    number: int, spots: Sequence[tuple[float, float]], chance: random.Random
) -> tuple[object, ...]:
    lon, lat = chance.choice(spots) if chance.random() < 0.01 else _anywhere(chance)
    minute = chance.randrange(60 * 24 * 365)
    is_open = chance.random() < OPEN_SHARE
    body = "".join(chance.choices(_WORDS, k=120))
    return number, lon, lat, cell_of(lon, lat), chance.randrange(100), minute, is_open, body


def _keys(cases: int, chance: random.Random) -> Iterator[tuple[int, int]]:
    for case_id in range(1, cases + 1):
        phrases = [
            n for n in (chance.randrange(1, PHRASES + 1),) if chance.random() < 0.03 * PHRASES / n
        ]
        yield from ((phrase, case_id) for phrase in phrases)
        yield from ((chance.getrandbits(63), case_id) for _ in range(KEY_COUNT - len(phrases)))


def _ask_by_place(connection: sqlite3.Connection, case_id: int) -> None:
    lon, lat, category = connection.execute(
        "SELECT lon, lat, category_id FROM cases_case WHERE id = ?", (case_id,)
    ).fetchone()
    sql, parameters = place_query(neighbouring_cells(lon, lat))
    new = Filing(opened_at=NOW, category=str(category), lon=lon, lat=lat, text=f"{_WORDS}{case_id}")
    decide(likenesses(new, _load(connection, sql, parameters)))


def _keys_of(connection: sqlite3.Connection, asked: Sequence[int]) -> dict[int, list[int]]:
    keys: dict[int, list[int]] = {case_id: [] for case_id in asked}
    for key, case_id in connection.execute("SELECT key, case_id FROM cases_textkey"):
        if case_id in keys:
            keys[case_id].append(key)
    return keys


def _ask_by_text(connection: sqlite3.Connection, case_id: int, keys: Sequence[int]) -> None:
    sql, parameters = text_query(keys)
    new = Filing(opened_at=NOW, category="1", text=f"{_WORDS}{case_id}")
    decide(likenesses(new, _load(connection, sql, parameters)))


def _load(
    connection: sqlite3.Connection, sql: str, parameters: Sequence[int | bool]
) -> list[Candidate]:
    chosen = sql.replace("%s", "?")
    columns = "id, lon, lat, category_id, opened_at, body"
    rows = connection.execute(
        f"SELECT {columns} FROM cases_case WHERE id IN ({chosen})",  # noqa: S608
        parameters,
    )
    return [_candidate(*row) for row in rows]


def _candidate(
    case_id: int, lon: float, lat: float, category: int, minute: int, body: str
) -> Candidate:
    opened_at = NOW - timedelta(minutes=minute)
    return Candidate(
        case_id=case_id,
        opened_at=opened_at,
        last_reported_at=opened_at,
        category=str(category),
        lon=lon,
        lat=lat,
        text=body,
    )


def _time_each(ask: Callable[[int], None], asked: Sequence[int]) -> list[float]:
    taken = []
    for case_id in asked:
        started = time.perf_counter()
        ask(case_id)
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def _anywhere(chance: random.Random) -> tuple[float, float]:
    return WEST + SPAN * chance.random(), SOUTH + SPAN * chance.random()


def _quantile(taken: Sequence[float], share: float) -> float:
    return round(sorted(taken)[min(len(taken) - 1, int(len(taken) * share))], 2)

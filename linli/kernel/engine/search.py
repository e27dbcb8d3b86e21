"""Full-text search over Chinese, letters and numbers, on either engine; what a text is cut into says `pieces`.

SQLite keeps the pieces in FTS5, PostgreSQL in a `tsvector` under GIN. A row is found when it has every piece of one
reading of the query. Labels such as `s12` (sub-district 12) are stored beside the pieces, so that a search is cut
down to a data scope inside the index and not afterwards.

Rare words are looked up, common ones are asked row by row: whoever lists the newest fifty rows with 「路」 meets them
among the first hundred, and to gather half a million of them first would take seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, BooleanField, F, Func, Q, Value

from linli.kernel.engine.pieces import BEGINS, pieces, readings
from linli.kernel.engine.rows import together, write

COMMON = 100_001
"""Rows with the words of a query from which the words are common, 10,000–200,000. Fewer are gathered at once; of a
million cases every tenth has them, and ten thousand are met before a hundred thousand are asked."""

NOTHING = Q(pk__in=[])


def create_index(name: str, using: str = "default") -> None:
    """Make the search table `name`; called from a migration."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for statement in _dialect(connection)["create"]:
            cursor.execute(statement.format(name=name))


def put(name: str, row_id: int, text: str, labels: Iterable[str]) -> None:
    """Store or replace the searchable text of one row."""
    put_many(name, [(row_id, text, tuple(labels))])


def put_many(name: str, rows: Sequence[tuple[int, str, tuple[str, ...]]]) -> None:
    """Store or replace the searchable text of many rows: (id, text, labels)."""
    connection = connections["default"]
    dialect = _dialect(connection)
    with together():
        for row_id, text, labels in rows:
            if dialect["delete"]:
                write(dialect["delete"].format(name=name), [row_id])
            document = dialect["document"]([*pieces(text), *labels])
            write(dialect["put"].format(name=name), [row_id, document])


def find(name: str, query: str, *, labels: Sequence[str] = (), limit: int = 2_000) -> list[int]:
    """Ids of the newest rows that answer `query` and, if any are given, have one of `labels`.

    A query without a searchable character finds nothing.
    """
    dialect = _dialect(connections["default"])
    match = _match(dialect, query, labels)
    if not match:
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute(dialect["find"].format(name=name), (match, limit))
        return [row[0] for row in cursor.fetchall()]


def indexes() -> list[str]:
    """The search tables of this database, by name."""
    with connections["default"].cursor() as cursor:
        cursor.execute(_dialect(connections["default"])["indexes"])
        return sorted(row[0] for row in cursor.fetchall())


def size(name: str) -> int:
    """How many texts a search table holds."""
    with connections["default"].cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {name}")  # noqa: S608 - a name of our own
        return int(cursor.fetchone()[0])


def documents(name: str) -> Iterator[tuple[int, list[str]]]:
    """What a search table holds: (row id, its pieces and labels), by id."""
    dialect = _dialect(connections["default"])
    last = -1
    while True:
        with connections["default"].cursor() as cursor:
            cursor.execute(dialect["read"].format(name=name), (last, READ_AT_ONCE))
            found = cursor.fetchall()
        if not found:
            return
        for row_id, held in found:
            yield row_id, held if isinstance(held, list) else held.split()
        last = found[-1][0]


READ_AT_ONCE = 2_000
"""Texts read by one statement of `documents`."""


def put_documents(name: str, found: Iterable[Sequence[Any]]) -> None:
    """Put back what `documents` gave, into a table that holds none of it."""
    dialect = _dialect(connections["default"])
    with connections["default"].cursor() as cursor:
        cursor.executemany(
            dialect["put"].format(name=name),
            [(row_id, dialect["document"](held)) for row_id, held in found],
        )


def answering(name: str, query: str, *, labels: Sequence[str] = ()) -> Q:
    """The condition that a row answers `query`, for all of them and however many they are; see `find`."""
    dialect = _dialect(connections["default"])
    match = _match(dialect, query, labels)
    if not match:
        return NOTHING
    if _is_common(name, match, dialect):
        return Q(_ask(name, match, dialect))
    return Q(pk__in=_gathered(name, match, dialect))


def _ask(name: str, match: str, dialect: dict[str, Any]) -> Func:
    template, between = (part.format(name=name) for part in dialect["ask"])
    return Func(
        Value(match),
        F("pk"),
        template=f"({template})",
        arg_joiner=between,
        output_field=BooleanField(),
    )


def _gathered(name: str, match: str, dialect: dict[str, Any]) -> Func:
    template = dialect["gather"].format(name=name)
    return Func(Value(match), template=f"({template})", output_field=BigIntegerField())


def _is_common(name: str, match: str, dialect: dict[str, Any]) -> bool:
    with connections["default"].cursor() as cursor:
        cursor.execute(dialect["count"].format(name=name), (match, COMMON))
        return bool(cursor.fetchone()[0] >= COMMON)


def _match(dialect: dict[str, Any], query: str, labels: Sequence[str]) -> str:
    """The query in the words of the engine; empty when there is nothing to search for."""
    every, either, quoted = dialect["every"], dialect["either"], dialect["quoted"]
    meant = [every.join(quoted(piece) for piece in reading) for reading in readings(query)]
    if not meant:
        return ""
    words = either.join(f"({one})" for one in meant)
    anyone = either.join(quoted(label) for label in labels)
    return f"({words}){every}({anyone})" if anyone else words


def _for_fts(piece: str) -> str:
    return f'"{piece.removesuffix(BEGINS)}"{"*" if piece.endswith(BEGINS) else ""}'


def _for_tsquery(piece: str) -> str:
    return f"'{piece.removesuffix(BEGINS)}'{':*' if piece.endswith(BEGINS) else ''}"


_FTS5: dict[str, Any] = {
    # A two-character piece of Han text is one token only if no tokenizer splits it: unicode61 keeps letters together.
    "create": (
        "CREATE VIRTUAL TABLE {name} USING fts5(pieces, detail=none, tokenize='unicode61')",
    ),
    "delete": "DELETE FROM {name} WHERE rowid = %s",
    "put": "INSERT INTO {name}(rowid, pieces) VALUES (%s, %s)",
    "document": " ".join,
    "read": "SELECT rowid, pieces FROM {name} WHERE rowid > %s ORDER BY rowid LIMIT %s",
    "indexes": "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE % USING fts5%'",
    "every": " AND ",
    "either": " OR ",
    "quoted": _for_fts,
    "find": "SELECT rowid FROM {name} WHERE {name} MATCH %s ORDER BY rowid DESC LIMIT %s",
    "count": "SELECT count(*) FROM (SELECT 1 FROM {name} WHERE {name} MATCH %s LIMIT %s)",
    "gather": "SELECT rowid FROM {name} WHERE {name} MATCH %(expressions)s",
    "ask": (
        "SELECT count(*) FROM {name} WHERE {name} MATCH %(expressions)s",
        " AND {name}.rowid = ",
    ),
}
_TSVECTOR: dict[str, Any] = {
    "create": (
        "CREATE TABLE {name} (id bigint PRIMARY KEY, pieces tsvector NOT NULL)",
        "CREATE INDEX {name}_pieces ON {name} USING gin (pieces)",
    ),
    "delete": "",
    "put": "INSERT INTO {name}(id, pieces) VALUES (%s, array_to_tsvector(%s::text[]))"
    " ON CONFLICT (id) DO UPDATE SET pieces = excluded.pieces",
    "document": list,
    "read": "SELECT id, tsvector_to_array(pieces) FROM {name} WHERE id > %s ORDER BY id LIMIT %s",
    "indexes": "SELECT table_name FROM information_schema.columns"
    " WHERE table_schema = current_schema() AND data_type = 'tsvector'",
    "every": " & ",
    "either": " | ",
    "quoted": _for_tsquery,
    # The inner query is fenced, or the planner walks the primary key backwards hoping for an early match.
    "find": "WITH hit AS MATERIALIZED (SELECT id FROM {name} WHERE pieces @@ %s::tsquery)"
    " SELECT id FROM hit ORDER BY id DESC LIMIT %s",
    "count": "SELECT count(*) FROM (SELECT 1 FROM {name} WHERE pieces @@ %s::tsquery LIMIT %s) hit",
    "gather": "SELECT id FROM {name} WHERE pieces @@ (%(expressions)s)::tsquery",
    # A scalar, which no planner turns into a join.
    "ask": (
        "SELECT hit.pieces @@ %(expressions)s",
        "::tsquery FROM {name} hit WHERE hit.id = ",
    ),
}


def _dialect(connection: BaseDatabaseWrapper) -> dict[str, Any]:
    return _TSVECTOR if connection.vendor == "postgresql" else _FTS5

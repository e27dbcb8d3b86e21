"""Full-text search over Chinese by character bigrams, on either engine.

A text becomes the set of its two-character pieces (路灯不亮 → 路灯 灯不 不亮) plus its whole Latin words and
numbers. SQLite keeps them in FTS5, PostgreSQL in a `tsvector` under GIN. A query matches when every one of its
pieces is there. Labels such as `s12` (sub-district 12) are stored beside the pieces, so that a search is cut
down to a data scope inside the index and not afterwards.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from linli.kernel.engine.rows import together, write

DOCUMENT_PIECES = 2_000
"""Pieces kept of one text; a 100 kB message would otherwise outweigh a thousand ordinary ones."""

_RUN = re.compile(r"[a-z0-9]+|[\u3400-\u9fff\uf900-\ufaff]+")


def pieces(text: str) -> list[str]:
    """The distinct search pieces of a text, in order of appearance: bigrams of Han runs, whole Latin words."""
    found: dict[str, None] = {}
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).lower()):
        if run[0] < "\u3400" or len(run) == 1:
            found[run] = None
        else:
            found.update(dict.fromkeys(run[i : i + 2] for i in range(len(run) - 1)))
        if len(found) >= DOCUMENT_PIECES:
            break
    return list(found)[:DOCUMENT_PIECES]


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
    """Ids of the newest rows that contain every piece of `query` and, if any are given, one of `labels`.

    A query without a searchable character finds nothing.
    """
    wanted = pieces(query)
    if not wanted:
        return []
    connection = connections["default"]
    dialect = _dialect(connection)
    with connection.cursor() as cursor:
        cursor.execute(dialect["find"].format(name=name), (dialect["match"](wanted, labels), limit))
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


def _quoted(term: str, quote: str) -> str:
    return quote + term.replace(quote, quote * 2) + quote


def _fts_match(wanted: Sequence[str], labels: Sequence[str]) -> str:
    every = " AND ".join(_quoted(term, '"') for term in wanted)
    anyone = " OR ".join(_quoted(label, '"') for label in labels)
    return f"{every} AND ({anyone})" if anyone else every


def _tsquery(wanted: Sequence[str], labels: Sequence[str]) -> str:
    every = " & ".join(_quoted(term, "'") for term in wanted)
    anyone = " | ".join(_quoted(label, "'") for label in labels)
    return f"{every} & ({anyone})" if anyone else every


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
    "match": _fts_match,
    "find": "SELECT rowid FROM {name} WHERE {name} MATCH %s ORDER BY rowid DESC LIMIT %s",
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
    "match": _tsquery,
    # The inner query is fenced, or the planner walks the primary key backwards hoping for an early match.
    "find": "WITH hit AS MATERIALIZED (SELECT id FROM {name} WHERE pieces @@ %s::tsquery)"
    " SELECT id FROM hit ORDER BY id DESC LIMIT %s",
}


def _dialect(connection: BaseDatabaseWrapper) -> dict[str, Any]:
    return _TSVECTOR if connection.vendor == "postgresql" else _FTS5

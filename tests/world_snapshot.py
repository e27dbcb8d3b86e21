"""The world of the tests, made once and written down; every test is given a copy of its rows.

`make_world` goes through the real actions and asks the database more than 200 times. A snapshot is made of it once a
session, in a transaction that is undone, and put back with one statement a table: the same rows, the same ids, and
sequences that go on behind them. `test_world_snapshot.py` holds the copy against a world freshly made.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.core.management.color import no_style
from django.db import connection, transaction

from tests.world import World, make_world

Row = tuple[Any, ...]
Tables = dict[str, list[Row]]

NOT_THE_TESTS = {"django_migrations"}


@dataclass(frozen=True)
class Snapshot:
    """What a world adds to an empty database, and the Python objects that belong to it."""

    inserts: tuple[tuple[str, list[Row]], ...]
    sequences: str
    """One statement that lets the ids of PostgreSQL go on behind the rows; empty on SQLite, which sees them itself."""
    objects: bytes

    def restore(self) -> World:
        """Write the rows; objects of one's own, which a test may change."""
        with transaction.atomic(), connection.cursor() as cursor:
            for statement, rows in self.inserts:
                cursor.executemany(statement, rows)
            if self.sequences:
                cursor.execute(self.sequences)
        world: World = pickle.loads(self.objects)
        return world


class _Undo(Exception):
    """Ends the transaction in which the world was made."""


def take_snapshot(make: Callable[[], World] = make_world) -> Snapshot:
    """Make a world in a transaction, write down what it added, and leave the database as it was."""
    taken: list[Snapshot] = []
    try:
        with transaction.atomic():
            before = contents()
            begin_ids_anew(before)
            world = make()
            added = _added(before, contents())
            taken.append(Snapshot(tuple(_inserts(added)), _sequences(added), pickle.dumps(world)))
            raise _Undo
    except _Undo:
        return taken[0]


def contents() -> Tables:
    """Every row of every table, as the engine gives it."""
    with connection.cursor() as cursor:
        names = set(connection.introspection.table_names(cursor)) - NOT_THE_TESTS
        found: Tables = {}
        for name in sorted(names):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
            found[name] = sorted(cursor.fetchall(), key=repr)
    return found


def begin_ids_anew(before: Tables) -> None:
    """Let the ids of empty tables begin at 1, whatever ran before: PostgreSQL does not undo a sequence."""
    with connection.cursor() as cursor:
        empty = [
            sequence
            for table, rows in before.items()
            if not rows
            for sequence in connection.introspection.get_sequences(cursor, table)
        ]
        for statement in connection.ops.sequence_reset_by_name_sql(no_style(), empty):
            cursor.execute(statement)


def _added(before: Tables, after: Tables) -> Tables:
    known = {name: set(rows) for name, rows in before.items()}
    assert all(known[name] <= set(after[name]) for name in known), "a world only adds rows"
    new = {name: [row for row in rows if row not in known[name]] for name, rows in after.items()}
    return {name: rows for name, rows in new.items() if rows}


def _inserts(added: Tables) -> Iterator[tuple[str, list[Row]]]:
    quote = connection.ops.quote_name
    for name, rows in added.items():
        columns = _columns(name)
        places = ", ".join(["%s"] * len(columns))
        names = ", ".join(map(quote, columns))
        stored = [tuple(map(_as_stored, row)) for row in rows]
        yield f"INSERT INTO {quote(name)} ({names}) VALUES ({places})", stored


def _as_stored(value: Any) -> Any:
    """SQLite keeps days and times as text, and its driver takes them as nothing else."""
    if connection.vendor == "sqlite" and isinstance(value, date | time):
        return str(value)
    return value


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [
            column.name for column in connection.introspection.get_table_description(cursor, table)
        ]


def _sequences(added: Tables) -> str:
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        found = [
            (sequence["name"], max(row[_columns(table).index(sequence["column"])] for row in rows))
            for table, rows in added.items()
            for sequence in connection.introspection.get_sequences(cursor, table)
        ]
    return "SELECT " + ", ".join(f"setval('{name}', {last})" for name, last in found)

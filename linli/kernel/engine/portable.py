"""All rows of a database in a form that goes into either engine.

    with snapshot() as connection:              nobody's writes are waited for, none is seen half
        for table in tables(): rows_of(table)

A row is a list of JSON values in the order of the table's columns. What is read and written is what the models of the
applied migrations say, so a copy of an older version is read into its own tables and brought up to date afterwards.
A search index has no model; its rows are `[id, [piece, ...]]`.
"""

from __future__ import annotations

import base64
import itertools
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.color import no_style
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import DateTimeField, DurationField, JSONField, Model

from linli.kernel.engine import search
from linli.kernel.engine.exchanging import Damaged, check_whole, connected_to, save_file

AT_ONCE = 2_000
"""Rows read or written in one go."""

Row = list[Any]
Migration = tuple[str, str]


@dataclass(frozen=True)
class Table:
    """One table: its name, and the model of the applied migrations; None for a search index."""

    name: str
    model: type[Model] | None

    @cached_property
    def fields(self) -> list[Any]:
        return list(self.model._meta.concrete_fields) if self.model else []

    @property
    def columns(self) -> list[str]:
        return [str(field.column) for field in self.fields] or ["id", "pieces"]


@contextmanager
def snapshot(beside: Path) -> Iterator[None]:
    """Read the database as it is at this moment, however long it takes.

    SQLite is copied by its own online backup into the folder `beside`, so that a long reading holds up no checkpoint;
    PostgreSQL gives a transaction that sees one moment.

    Raises:
        Damaged: the copy does not pass the engine's own check.
    """
    if connection.in_atomic_block:  # whoever asks inside a transaction means what that sees
        yield
        return
    if connection.vendor == "sqlite":
        copy = beside / "copy.sqlite3"
        _copy_whole(copy, beside)
        try:
            with connected_to(f"sqlite://{copy}", beside):
                yield
        finally:
            for file in beside.glob("copy.sqlite3*"):
                file.unlink(missing_ok=True)
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _copy_whole(copy: Path, beside: Path) -> None:
    try:
        save_file(copy)
    except (sqlite3.DatabaseError, DatabaseError) as problem:
        raise Damaged(str(problem)) from problem
    with connected_to(f"sqlite://{copy}", beside):
        check_whole()


def engine_name() -> str:
    """The running engine with its version, for people and for the manifest."""
    with connection.cursor() as cursor:
        asked = "sqlite_version()" if connection.vendor == "sqlite" else "version()"
        cursor.execute(f"SELECT {asked}")
        version = str(cursor.fetchone()[0])
    return f"SQLite {version}" if connection.vendor == "sqlite" else " ".join(version.split()[:2])


def applied_migrations() -> list[Migration]:
    """(app, name) of every migration the database has, in order."""
    executor = MigrationExecutor(connection)
    return sorted(executor.loader.applied_migrations)


def unknown_migrations(applied: Iterable[Migration]) -> list[str]:
    """Those this code does not have: the copy was made by a newer version."""
    known = MigrationExecutor(connection).loader.disk_migrations
    return [".".join(one) for one in applied if tuple(one) not in known]


def tables(applied: Iterable[Migration]) -> list[Table]:
    """Every table that those migrations made, search indexes last."""
    loader = MigrationExecutor(connection).loader
    state = loader.project_state(_ends(loader.graph, applied))
    found = [
        Table(str(model._meta.db_table), model)
        for model in state.apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]
    indexes = [Table(name, None) for name in search.indexes()]
    return [*sorted(found, key=lambda one: one.name), *indexes]


def _ends(graph: Any, applied: Iterable[Migration]) -> list[Migration]:
    """The last of the applied migrations of each app: those no other applied one of the app follows."""
    wanted = {(app, name) for app, name in applied} & set(graph.nodes)
    return [
        node
        for node in sorted(wanted)
        if not any(
            child.key in wanted and child.key[0] == node[0]
            for child in graph.node_map[node].children
        )
    ]


def build(applied: Iterable[Migration]) -> None:
    """Make empty tables as those migrations leave them; what they put in themselves is taken out again."""
    executor = MigrationExecutor(connection)
    executor.migrate(_ends(executor.loader.graph, applied))
    made = tables(applied)
    with transaction.atomic(), connection.cursor() as cursor:
        for table in made:
            cursor.execute(f'DELETE FROM "{table.name}"')  # noqa: S608 - names of our own


def rows_of(table: Table) -> Iterator[Row]:
    """The rows of a table by primary key."""
    if table.model is None:
        yield from ([row_id, found] for row_id, found in search.documents(table.name))
        return
    rows = table.model._base_manager.order_by("pk").values_list(
        *(field.attname for field in table.fields)
    )
    plain = [field.get_internal_type() in PLAIN for field in table.fields]
    for row in rows.iterator(chunk_size=AT_ONCE):
        yield [cell if same else _out(cell) for cell, same in zip(row, plain, strict=True)]


PLAIN = {
    "BigAutoField", "AutoField", "BigIntegerField", "IntegerField", "SmallIntegerField",
    "PositiveIntegerField", "PositiveSmallIntegerField", "PositiveBigIntegerField", "ForeignKey",
    "OneToOneField", "BooleanField", "CharField", "TextField", "SlugField", "FloatField",
}  # fmt: skip
"""Columns whose values JSON holds as they are."""


def _out(cell: Any) -> Any:
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat()
    if isinstance(cell, (Decimal, UUID)):
        return str(cell)
    if isinstance(cell, timedelta):
        return cell // timedelta(microseconds=1)
    if isinstance(cell, (bytes, memoryview)):
        return base64.b64encode(bytes(cell)).decode()
    return cell


def _into(field: Any) -> Callable[[Any], Any]:
    """The way of one column back from JSON into what the engine stores."""
    if isinstance(field, JSONField):
        return lambda cell: field.get_db_prep_save(cell, connection)
    if isinstance(field, DurationField):
        return lambda cell: field.get_db_prep_save(
            None if cell is None else timedelta(microseconds=cell), connection
        )
    if isinstance(field, DateTimeField):
        return lambda cell: (
            connection.ops.adapt_datetimefield_value(datetime.fromisoformat(cell)) if cell else None
        )
    if field.get_internal_type() == "BinaryField":
        return lambda cell: None if cell is None else base64.b64decode(cell)
    return lambda cell: field.get_db_prep_save(field.to_python(cell), connection)


def put_rows(table: Table, rows: Iterable[Row]) -> int:
    """Write rows into an empty table, in the caller's transaction; how many."""
    if table.model is None:
        written = 0
        for some in _parts(rows):
            search.put_documents(table.name, some)
            written += len(some)
        return written
    ways = [None if f.get_internal_type() in PLAIN else _into(f) for f in table.fields]
    written = 0
    for some in _parts(rows):
        _write(
            table,
            [
                [cell if way is None else way(cell) for cell, way in zip(row, ways, strict=True)]
                for row in some
            ],
        )
        written += len(some)
    return written


def _parts(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while some := list(itertools.islice(left, AT_ONCE)):
        yield some


def _write(table: Table, rows: list[Row]) -> None:
    names = ", ".join(f'"{name}"' for name in table.columns)
    if connection.vendor == "sqlite":
        places = ", ".join(["%s"] * len(table.columns))
        with connection.cursor() as cursor:
            cursor.executemany(
                f'INSERT INTO "{table.name}" ({names}) VALUES ({places})',  # noqa: S608
                rows,
            )
        return
    connection.ensure_connection()
    with (
        connection.connection.cursor() as cursor,
        cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy,
    ):
        for row in rows:
            copy.write_row(row)


def finish(loaded: Iterable[Table]) -> None:
    """Let new rows get numbers after the largest one there is."""
    models = [table.model for table in loaded if table.model]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def count(table: Table) -> int:
    """The number of rows."""
    if table.model is None:
        return search.size(table.name)
    return table.model._base_manager.count()


def encoded(row: Row) -> bytes:
    """One line of a table's file."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

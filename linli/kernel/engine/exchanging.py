"""Speaking to another database for a while, and putting a new one in the place of an old one.

What is replaced is never deleted: a SQLite file is renamed together with what lies beside it (a write-ahead log that is
left would be played over the next file of that name and ruin it), and in PostgreSQL the schema is renamed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection, connections
from django.db.utils import ConnectionHandler

from linli.kernel.engine.database import database

BESIDE = ("", "-wal", "-shm")
"""Endings of the files that are one SQLite database."""


class Damaged(Exception):
    """The database cannot be read as a whole; the message is the engine's own."""


@contextmanager
def connected_to(url: str, home: Path) -> Iterator[None]:
    """Let the process speak to another database for the length of the block."""
    before: Any = connections["default"]
    if not before.in_atomic_block:
        before.close()
    connections["default"] = ConnectionHandler({"default": database(url, home)})["default"]
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = before


def check_whole() -> None:
    """Let the engine look whether it can read every page.

    Raises:
        Damaged: it cannot.
    """
    asked = "PRAGMA quick_check(1)" if connection.vendor == "sqlite" else "SELECT 'ok'"
    try:
        with connection.cursor() as cursor:
            cursor.execute(asked)
            found = str(cursor.fetchone()[0])
    except DatabaseError as problem:
        raise Damaged(str(problem)) from problem
    if found != "ok":
        raise Damaged(found)


def check_readable() -> None:
    """`check_whole` where there is a reason to: a write-ahead log that a good end would have folded in. Else a look.

    Raises:
        Damaged: the database cannot be read, or its server not be reached.
    """
    if connection.vendor == "sqlite":
        file = _file()
        if not file.exists():
            return
        log = file.with_name(file.name + "-wal")
        if log.exists() and log.stat().st_size:
            check_whole()
            return
    try:
        connection.introspection.table_names()
    except DatabaseError as problem:
        raise Damaged(str(problem)) from problem


def check_reached() -> None:
    """Raises `Damaged` when a server does not answer; a file that is not there yet is no reason."""
    if connection.vendor == "sqlite":
        return
    try:
        connection.ensure_connection()
    except DatabaseError as problem:
        raise Damaged(str(problem).strip()) from problem


def place() -> tuple[str, ...]:
    """Where the database is, to tell two apart."""
    settings = connection.settings_dict
    return tuple(str(settings.get(name, "")) for name in ("ENGINE", "HOST", "PORT", "NAME"))


def is_empty() -> bool:
    """Whether the database has no table yet; one that cannot be read is not empty."""
    if connection.vendor == "sqlite" and not _file().exists():
        return True
    try:
        return not connection.introspection.table_names()
    except DatabaseError:
        return False


def others_connected() -> int:
    """How many others speak to the same database of a server; an embedded one has none that we would not see."""
    if connection.vendor == "sqlite":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])


def row_counts() -> dict[str, int]:
    """Rows by table; nothing of a database that cannot be read."""
    found: dict[str, int] = {}
    if is_empty():
        return found
    try:
        with connection.cursor() as cursor:
            for name in connection.introspection.table_names():
                cursor.execute(f'SELECT count(*) FROM "{name}"')  # noqa: S608 - names of the database
                found[name] = int(cursor.fetchone()[0])
    except DatabaseError:
        return {}
    return found


@contextmanager
def exchanged(url: str, home: Path, mark: str) -> Iterator[Callable[[], str]]:
    """Fill a new, empty database inside the block; it takes the place of the one at `url` when the block ends well.

    Yields a function that says afterwards where the old one is, "" if there was none. If the block fails, the old
    one is in its place as before.
    """
    aside: list[str] = []

    def where() -> str:
        return "".join(aside)

    with connected_to(url, home):
        ways = _exchanged_file if connection.vendor == "sqlite" else _exchanged_schema
        with ways(home, mark, aside):
            yield where


@contextmanager
def _exchanged_file(home: Path, mark: str, aside: list[str]) -> Iterator[None]:
    file = _file()
    connection.close()
    new = file.with_name("restoring.sqlite3")
    _remove(new)
    try:
        with connected_to(f"sqlite://{new}", home):
            yield
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if file.exists():
            aside.append(str(_moved(file, file.with_name(f"{mark}-{file.name}"))))
        _moved(new, file)
        file.chmod(0o600)
    finally:
        _remove(new)


@contextmanager
def _exchanged_schema(home: Path, mark: str, aside: list[str]) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        schema = str(cursor.fetchone()[0])
    filled = not is_empty()
    old = mark.replace("-", "_")
    if filled:
        _rename_schema(schema, old)
    try:
        yield
    except BaseException:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP SCHEMA "{schema}" CASCADE')
            cursor.execute(
                f'ALTER SCHEMA "{old}" RENAME TO "{schema}"'
                if filled
                else f'CREATE SCHEMA "{schema}"'
            )
        raise
    if filled:
        aside.append(f"PostgreSQL schema {old}")


def _rename_schema(schema: str, old: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER SCHEMA "{schema}" RENAME TO "{old}"')
        cursor.execute(f'CREATE SCHEMA "{schema}"')


def _file() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def _moved(file: Path, to: Path) -> Path:
    for ending in BESIDE:
        with suppress(FileNotFoundError):
            file.with_name(file.name + ending).replace(to.with_name(to.name + ending))
    return to


def _remove(file: Path) -> None:
    for ending in (*BESIDE, ".turn", ".next"):
        file.with_name(file.name + ending).unlink(missing_ok=True)


def save_file(copy: Path) -> None:
    """Write the embedded database into a file of its own."""
    connection.ensure_connection()
    with closing(sqlite3.connect(copy)) as target:
        connection.connection.backup(target)


def load_file(copy: Path) -> None:
    """Make the embedded database what such a file says."""
    connection.ensure_connection()
    with closing(sqlite3.connect(copy)) as source:
        source.backup(connection.connection)

"""Django database settings from one URL.

`""` is the embedded default, a SQLite file in the data folder; `postgresql://user:password@host:port/name`
is PostgreSQL 15 or later. What follows a question mark goes to the driver; `?prepare_threshold=off` is for a pooler
that does not keep prepared statements (PgBouncer before 1.21 in transaction mode).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

LOCK_WAIT_SECONDS = 20
"""How long a writer waits for its turn before it is refused; seconds, 1–60. Longer only hides a stuck writer."""

CONNECTION_LIFE_SECONDS = 300
"""How long a connection is reused; seconds. Connecting, or folding the WAL when the last one closes, costs more than
a whole intake."""


PREPARE_THRESHOLD = "2"
"""After so many times a statement is prepared; times, 0–100, or off."""


class NoDatabase(Exception):
    """There is no database file where one was expected; the message says where."""


_files = {"may_be_made": True}


def expect_a_file() -> None:
    """From now on this process makes no embedded database: a command in the wrong folder must begin no office."""
    _files["may_be_made"] = False


def let_files_be_made() -> None:
    """The opposite, for a command whose work it is."""
    _files["may_be_made"] = True


def check_file(name: str) -> None:
    """Raises `NoDatabase` where a file would be made that nobody asked for."""
    if not _files["may_be_made"] and not name.startswith("file:") and not Path(name).exists():
        raise NoDatabase(name)


class UnknownEngine(ValueError):
    """The database URL names an engine Linli does not run on."""


def url_of(word: str) -> str:
    """The URL a person means: `sqlite` is the embedded default."""
    return "" if word == "sqlite" else word


def database(url: str, home: Path) -> dict[str, Any]:
    """Settings of the default database.

    Raises:
        UnknownEngine: the scheme is neither empty, `sqlite` nor `postgresql`.
    """
    parts = urlsplit(url)
    if parts.scheme in ("", "sqlite"):
        return _sqlite(Path(unquote(parts.path)) if parts.path else home / "linli.sqlite3")
    if parts.scheme in ("postgres", "postgresql"):
        return {
            "ENGINE": "linli.kernel.engine.postgresql",
            "NAME": unquote(parts.path.lstrip("/")) or "linli",
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": CONNECTION_LIFE_SECONDS,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": _driver_options(dict(parse_qsl(parts.query))),
        }
    raise UnknownEngine(
        f"LINLI_DATABASE_URL begins with {parts.scheme!r}; expected nothing, sqlite:// or postgresql://"
    )


def _driver_options(given: dict[str, str]) -> dict[str, Any]:
    """Statements go out with their values apart, and are planned once for each connection that repeats them."""
    threshold = given.pop("prepare_threshold", PREPARE_THRESHOLD)
    return {
        "server_side_binding": True,
        "prepare_threshold": None if threshold == "off" else int(threshold),
        **given,
    }


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "linli.kernel.engine.sqlite",
        "NAME": str(path),
        "CONN_MAX_AGE": CONNECTION_LIFE_SECONDS,
        "OPTIONS": {
            "timeout": LOCK_WAIT_SECONDS,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-64000",
        },
    }

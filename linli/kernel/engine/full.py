"""Recognising a database that could not write because its disk is full, whichever engine it is."""

from __future__ import annotations

import sqlite3

from django.db import DatabaseError
from psycopg.errors import DiskFull

from linli.kernel.errors import LinliError


class DatabaseFull(LinliError):
    """Nothing of what was asked for is stored; the transaction was taken back."""

    status = 507
    code = "disk_full"


def disk_full(error: BaseException) -> DatabaseFull | None:
    """The plain error for a failure of the database that means its disk is full; None for any other."""
    cause = error.__cause__ if isinstance(error, DatabaseError) else None
    full = isinstance(cause, DiskFull) or (
        isinstance(cause, sqlite3.Error)
        and getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    )
    if not full:
        return None
    return DatabaseFull(
        "服务器磁盘已满，刚才的内容没有保存。请稍后再试，并请管理员尽快清理磁盘空间。"
    )

"""Whether rows are the same as before, asked in a few milliseconds for thousands of them.

    fingerprint(Shift.objects.order_by("id").values_list("staff_id", "weekdays"))

Two answers are equal as long as every cell of every row is. Nothing is written for it, so nobody who writes can forget
it, and it says the same in every process. PostgreSQL makes it beside the rows; from SQLite, which lies in the process,
the rows are taken as they are.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import QuerySet


def fingerprint(rows: QuerySet[Any, Any]) -> str | int:
    """A short value that changes with any cell of the rows; their order must be fixed."""
    statement, cells = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"SELECT md5(string_agg(line::text, chr(10))) FROM ({statement}) AS line",  # noqa: S608
                cells,
            )
            return str(cursor.fetchone()[0])
        cursor.execute(statement, cells)
        return hash(tuple(cursor.fetchall()))

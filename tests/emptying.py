"""After a test with real transactions: empties the tables it wrote to, and no others.

Django empties all of them and then writes its content types and permissions anew, a quarter of a second of CPU each
time. Here they stay, since no test changes them.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management.color import no_style
from django.db import connection
from django.test import TransactionTestCase

KEPT = {"django_migrations", "django_content_type", "auth_permission"}


@pytest.fixture(autouse=True, scope="session")
def only_what_was_written_is_emptied() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: empty_written_tables())
        yield


def empty_written_tables() -> None:
    written = sorted(
        _written(set(connection.introspection.django_table_names(only_existing=True)) - KEPT)
    )
    if written:
        statements = connection.ops.sql_flush(no_style(), written, allow_cascade=True)
        connection.ops.execute_sql_flush(statements)


def _written(tables: set[str]) -> set[str]:
    quote = connection.ops.quote_name
    asked = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {quote(table)})" for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return {table for (table,) in cursor.fetchall()}

"""PostgreSQL with statements that are prepared, and a connection that is asked whether it lives only after a pause.

The server plans a statement that a connection has sent twice only once more. It knows a statement by its text and the
types of its values, so every whole number goes out as one type, not as the smallest that holds it.

Django asks every reused connection at every request whether it lives, one message to the server each. A connection
that answered a moment ago is trusted; after a longer pause, or after any error, it is asked.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from django.db.backends.postgresql import base
from psycopg.types.numeric import Int8Dumper

TRUSTED_SECONDS = 2.0
"""How long after its last answer a connection is trusted; seconds, 0–10. A restart of the server takes longer."""

FLASH_COST = "1.1"
"""What reading a row here and there costs against reading on: a disk without a head. PostgreSQL takes 4 for a turning
one, and walks over a million rows rather than look up ten thousand. A server that was told otherwise is left alone."""

PREPARED_AT_MOST = 300
"""Statements a connection keeps prepared, the ones used last; 0–1,000. The way of a case takes about a hundred."""


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's PostgreSQL connection, trusted for a moment after each commit."""

    _answered: float = float("-inf")

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.adapters.register_dumper(int, Int8Dumper)
        connection.prepared_max = PREPARED_AT_MOST
        return connection

    def init_connection_state(self) -> None:
        super().init_connection_state()
        with self.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('random_page_cost', %s, false)"
                " WHERE current_setting('random_page_cost') = '4'",
                [FLASH_COST],
            )

    def send_together(self, statements: Sequence[tuple[str, Sequence[Any]]]) -> Any:
        """Carry out the statements in order without waiting for each answer; the cursor of the last one."""
        self.ensure_connection()
        last = None
        with self.wrap_database_errors, self.connection.pipeline():
            for statement, cells in statements:
                last = self.cursor()
                last.execute(statement, cells)
        return last

    def _commit(self) -> Any:
        done = super()._commit()  # type: ignore[misc]  # not in the stubs
        self._answered = time.monotonic()
        return done

    def close_if_health_check_failed(self) -> None:
        if self.errors_occurred or time.monotonic() - self._answered > TRUSTED_SECONDS:
            super().close_if_health_check_failed()

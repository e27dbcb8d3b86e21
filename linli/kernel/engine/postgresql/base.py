"""PostgreSQL with a connection that is asked whether it lives only after a pause.

Django asks every reused connection at every request, one message to the server each. A connection that answered a
moment ago is trusted; after a longer pause, or after any error, it is asked.
"""

from __future__ import annotations

import time
from typing import Any

from django.db.backends.postgresql import base

TRUSTED_SECONDS = 2.0
"""How long after its last answer a connection is trusted; seconds, 0–10. A restart of the server takes longer."""


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's PostgreSQL connection, trusted for a moment after each commit."""

    _answered: float = float("-inf")

    def _commit(self) -> Any:
        done = super()._commit()  # type: ignore[misc]  # not in the stubs
        self._answered = time.monotonic()
        return done

    def close_if_health_check_failed(self) -> None:
        if self.errors_occurred or time.monotonic() - self._answered > TRUSTED_SECONDS:
            super().close_if_health_check_failed()

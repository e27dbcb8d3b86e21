"""What leaves the house leaves outside of any transaction.

While a transaction is open others wait: on SQLite everybody who writes. A provider that takes five seconds to answer
would take them from all of them, and one that answers after we gave up would have done what we rolled back.
"""

from __future__ import annotations

from django.db import connection


class InsideTransaction(RuntimeError):
    """Something would have left the house while a transaction was open: a mistake in our code."""


def must_be_outside(what: str) -> None:
    """Raise InsideTransaction when a transaction is open; the one around a test does not count."""
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise InsideTransaction(f"{what} was called inside a transaction")

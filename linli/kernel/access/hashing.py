"""Passwords are hashed one at a time: each takes a hundred megabytes and a tenth of a second of every core.

Who comes while one is hashed waits in line; when the line is full, or has not moved for PATIENCE, the answer is to
try again in a moment (Busy). Nothing is said about the password then.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher

from linli.kernel.errors import Busy

AT_ONCE = 1
"""Passwords hashed at once in one process, 1–4."""
LINE = 64
"""How many may wait."""
PATIENCE = 20.0
"""How long one of them waits; seconds."""

FULL = "现在登录的人很多，这一次没有处理。请稍后再试一次。"


class QueuedArgon2(Argon2PasswordHasher):
    """Argon2 as Django configures it, in line."""

    def encode(self, password: str, salt: str) -> Any:
        with _turn():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with _turn():
            return super().verify(password, encoded)


_room = threading.BoundedSemaphore(AT_ONCE)
_lock = threading.Lock()
_waiting = 0


@contextmanager
def _turn() -> Iterator[None]:
    global _waiting
    with _lock:
        if _waiting >= LINE:
            raise Busy(FULL)
        _waiting += 1
    try:
        if not _room.acquire(timeout=PATIENCE):
            raise Busy(FULL)
    finally:
        with _lock:
            _waiting -= 1
    try:
        yield
    finally:
        _room.release()

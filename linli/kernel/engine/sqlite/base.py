"""SQLite with a queue in front of the write lock.

Thirty writers that each call BEGIN IMMEDIATE sleep and poll inside SQLite, and the unlucky ones wait for
seconds. Taking a thread lock and then a file lock before BEGIN makes them queue instead: the same throughput,
a tenth of the 99th percentile. Both locks have a time limit, so a stuck writer is an error and not a hang.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from linli.kernel.engine.database import check_file

POLL_SECONDS = 0.001
"""How often a waiting process asks for the file lock; seconds. A short transaction lasts about this long."""

_turns: dict[str, threading.Lock] = {}


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's SQLite connection, with the two locks taken before BEGIN and given back after COMMIT."""

    _turn: threading.Lock | None = None
    _lock_file: int | None = None

    def get_new_connection(self, conn_params: Any) -> Any:
        if not self.is_in_memory_db():
            check_file(str(self.settings_dict["NAME"]))
        return super().get_new_connection(conn_params)

    def _start_transaction_under_autocommit(self) -> None:
        self._wait_for_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # not in the stubs
        except BaseException:
            self._give_turn_back()
            raise

    def _commit(self) -> Any:
        try:
            return super()._commit()  # type: ignore[misc]  # not in the stubs
        finally:
            self._give_turn_back()

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]  # not in the stubs
        finally:
            self._give_turn_back()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]  # not in the stubs
        finally:
            self._give_turn_back()

    def _wait_for_turn(self) -> None:
        if self._turn is not None or self.is_in_memory_db():
            return
        path = str(self.settings_dict["NAME"])
        seconds = float(self.settings_dict["OPTIONS"].get("timeout", 20))
        turn = _turns.setdefault(path, threading.Lock())
        until = time.monotonic() + seconds
        if not turn.acquire(timeout=seconds):
            raise OperationalError(
                "database is locked: another thread held the write turn too long"
            )
        try:
            self._lock_file = _lock_in_line(path, until)
        except BaseException:
            turn.release()
            raise
        self._turn = turn

    def _give_turn_back(self) -> None:
        turn, self._turn = self._turn, None
        handle, self._lock_file = self._lock_file, None
        if handle is not None:
            os.close(handle)
        if turn is not None:
            turn.release()


def _lock_in_line(path: str, until: float) -> int:
    """The turn of a process. Whoever waits holds the place behind the turn, so nobody who has just finished a long
    piece of work can begin the next before them: a busy worker would starve the web process for as long as it is busy.
    """
    place = _lock_file(path + ".next", until)
    try:
        return _lock_file(path + ".turn", until)
    finally:
        os.close(place)


def _lock_file(path: str, until: float) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                os.close(handle)
                raise OperationalError(
                    "database is locked: another process held the write turn too long"
                ) from None
            time.sleep(POLL_SECONDS)
        else:
            return handle

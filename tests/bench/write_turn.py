"""Does queueing in front of BEGIN help the unlucky writer on SQLite, and what does it cost?"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from django.db.utils import ConnectionHandler

from linli.kernel.engine.database import database
from tests.bench.harness import Bench, Figures

WRITERS = 24
TRANSACTIONS = 25


def writers(engine: str) -> Callable[[], Figures]:
    """A round: WRITERS threads, each TRANSACTIONS times read-then-write in one transaction."""

    def round_() -> Figures:
        with tempfile.TemporaryDirectory() as folder:
            handler = ConnectionHandler(
                {"default": {**database("", Path(folder)), "ENGINE": engine}}
            )
            with handler["default"].cursor() as cursor:
                cursor.execute("CREATE TABLE counter (id integer PRIMARY KEY, value integer)")
                cursor.execute("INSERT INTO counter VALUES (1, 0)")
            taken: list[float] = []
            crowd = [threading.Thread(target=_write, args=(handler, taken)) for _ in range(WRITERS)]
            started = time.perf_counter()
            for thread in crowd:
                thread.start()
            for thread in crowd:
                thread.join()
            seconds = time.perf_counter() - started
            with handler["default"].cursor() as cursor:
                cursor.execute("SELECT value FROM counter")
                assert cursor.fetchone()[0] == len(taken) == WRITERS * TRANSACTIONS, (
                    "a write was lost"
                )
            handler["default"].close()
        taken.sort()
        return {"p99 ms": 1000 * taken[int(len(taken) * 0.99)], "per second": len(taken) / seconds}

    return round_


def _write(handler: ConnectionHandler, taken: list[float]) -> None:
    connection = handler["default"]
    for _ in range(TRANSACTIONS):
        started = time.perf_counter()
        connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT value FROM counter WHERE id = 1")
            value = cursor.fetchone()[0]
            cursor.execute("UPDATE counter SET value = %s WHERE id = 1", [value + 1])
        connection.commit()
        connection.set_autocommit(True)
        taken.append(time.perf_counter() - started)
    connection.close()


BENCHES = [
    Bench(
        name="write_turn",
        question=f"{WRITERS} writers at once on SQLite: wait in a queue, or poll inside BEGIN?",
        sides={
            "queue before BEGIN": writers("linli.kernel.engine.sqlite"),
            "BEGIN IMMEDIATE alone": writers("django.db.backends.sqlite3"),
        },
    ),
]

"""Thirty-two writers at once over HTTP, on both engines; and an alarm that cries ten thousand times.

A round starts a fresh site. `intake`: every writer hands in REPORTS reports on a connection of its own; then the
database is asked whether each acknowledged one is there. `alarms`: the writers send ALARMS identical alarms as
fast as they are answered, which must make one case with that count.
"""

from __future__ import annotations

import functools
import os
import random
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from tests.bench.harness import Bench, Figures
from tests.load.site import made, postgres_server, running
from tests.load.talker import Talker
from tests.load.walk import report_words
from tests.trials.checking import ask

WRITERS = 32
REPORTS = int(os.environ.get("LINLI_BENCH_REPORTS", "40"))
ALARMS = int(os.environ.get("LINLI_BENCH_ALARMS", "10000"))
WEB, THREADS = 1, 4


def intake(engine: str) -> Callable[[], Figures]:
    """A round: WRITERS × REPORTS different reports."""
    return functools.partial(_round, engine, WRITERS * REPORTS, _report)


def alarms(engine: str) -> Callable[[], Figures]:
    """A round: ALARMS times the same alarm."""
    return functools.partial(_round, engine, ALARMS, _alarm)


def _report(number: int) -> dict[str, Any]:
    return report_words(f"w{number}", random.Random(number))


def _alarm(number: int) -> dict[str, Any]:
    words = report_words("smoke", random.Random(1))
    key = {
        "client_key": f"a{number}",
        "external_no": f"a{number}",
        "body": f"烟感报警 第{number}次",
    }
    return {**words, **key, "channel": "iot_alarm", "alarm_key": "smoke-sensor-7"}


def _round(engine: str, count: int, words: Callable[[int], dict[str, Any]]) -> Figures:
    with ExitStack() as kept:
        server = kept.enter_context(postgres_server()) if engine == "postgresql" else None
        site = made(server.database("intake") if server else "")
        processes = kept.enter_context(running(site, web=WEB, threads=THREADS))
        started = time.perf_counter()
        taken, receipts, errors = _write(
            processes.port, site.facts["key:grid_worker"], count, words
        )
        seconds = time.perf_counter() - started
        found = ask(site, "state", receipts=receipts)
        cases = ask(site, "largest_case")
    assert not errors, f"{len(errors)} of {count} were not taken in: {errors[:3]}"
    taken.sort()
    return {
        "per second": count / seconds,
        "p50 ms": 1000 * taken[len(taken) // 2],
        "p95 ms": 1000 * taken[int(len(taken) * 0.95)],
        "p99 ms": 1000 * taken[int(len(taken) * 0.99)],
        "errors": len(errors),
        "lost": found["lost"] + count - len(receipts),
        "reports of the largest case": cases["report_count"],
    }


def _write(
    port: int, key: str, count: int, words: Callable[[int], dict[str, Any]]
) -> tuple[list[float], list[str], list[str]]:
    """(seconds of every answer, receipts, errors)."""
    numbers, turn = iter(range(count)), threading.Lock()
    taken: list[float] = []
    receipts: list[str] = []
    errors: list[str] = []

    def work() -> None:
        with Talker(port) as talker:
            while True:
                with turn:
                    number = next(numbers, None)
                if number is None:
                    return
                began = time.perf_counter()
                try:
                    status, answer = talker.post("/api/reports", key, words(number))
                except OSError as problem:
                    errors.append(str(problem))
                    continue
                taken.append(time.perf_counter() - began)
                if status == 201:
                    receipts.append(answer["receipt"])
                else:
                    errors.append(f"{status} {answer}")

    crowd = [threading.Thread(target=work) for _ in range(WRITERS)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    return taken, receipts, errors


BENCHES = [
    Bench(
        name="intake",
        question=f"{WRITERS} writers at once: errors, losses and p99 on either engine?",
        sides={"SQLite": intake("sqlite"), "PostgreSQL": intake("postgresql")},
        rounds=3,
    ),
    Bench(
        name="alarms",
        question=f"{ALARMS:,} identical alarms: one case with that count, and how fast?",
        sides={"SQLite": alarms("sqlite"), "PostgreSQL": alarms("postgresql")},
        rounds=1,
    ),
]

"""How many matters a minute go from report to search over HTTP, in an empty house and over a million old cases?

PostgreSQL with full durability, granian with WEB processes of THREADS each, one background worker, PEOPLE clients
with keep-alive. `bin/bench lifecycle --cases 0,1000000` chooses the sizes. Each side runs on its own database of
one server; its processes are started for each round and stopped after it. The CPU figures add up what each part
used per lifecycle, which a busy neighbour on the machine disturbs less than the rate.
"""

from __future__ import annotations

import atexit
import functools
import os
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack

from tests.bench.harness import Bench, Figures
from tests.load.site import Server, Site, cpu_seconds, made, postgres_server, running
from tests.load.walk import crowd

PEOPLE = 40
MATTERS = int(os.environ.get("LINLI_BENCH_MATTERS", "400"))
WARM_UP = 40
WEB, THREADS = 2, 2
SIZES = [int(size) for size in os.environ.get("LINLI_BENCH_CASES", "0").split(",")]

_kept = ExitStack()
atexit.register(_kept.close)


def lifecycles(cases: int) -> Callable[[], Figures]:
    """A round: MATTERS lifecycles over `cases` old cases."""

    def round_() -> Figures:
        site = _site(cases)
        with running(site, web=WEB, threads=THREADS) as processes:
            pids = {
                "web": processes.web.pid,
                "worker": processes.workers[0].pid,
                "client": os.getpid(),
            }
            name = f"n{time.time_ns():x}"
            crowd(processes.port, site.facts, people=PEOPLE, matters=WARM_UP, name=f"{name}w")
            before = {part: cpu_seconds(pid) for part, pid in pids.items() if part != "client"}
            before |= {"database": _server().cpu_seconds(), "client": time.process_time()}
            started = time.perf_counter()
            done = crowd(processes.port, site.facts, people=PEOPLE, matters=MATTERS, name=name)
            seconds = time.perf_counter() - started
            after = {part: cpu_seconds(pid) for part, pid in pids.items() if part != "client"}
            after |= {"database": _server().cpu_seconds(), "client": time.process_time()}
        assert not done.errors, f"{len(done.errors)} lifecycles failed: {done.errors[:3]}"
        used = {part: 1000 * (after[part] - before[part]) / MATTERS for part in before}
        return {
            "lifecycles per second": MATTERS / seconds,
            "CPU ms per lifecycle": sum(used.values()),
            **{f"CPU ms {part}": value for part, value in used.items()},
            "requests per lifecycle": done.requests / MATTERS,
            "median s to a case": statistics.median(done.opening),
        }

    return round_


@functools.cache
def _server() -> Server:
    return _kept.enter_context(postgres_server())


@functools.cache
def _site(cases: int) -> Site:
    return made(_server().database(f"old_{cases}"), cases=cases)


BENCHES = [
    Bench(
        name="lifecycle",
        question="From report to search over HTTP on PostgreSQL: how many a second, empty and full?",
        sides={f"{size:,} cases": lifecycles(size) for size in SIZES},
        rounds=3,
    ),
]

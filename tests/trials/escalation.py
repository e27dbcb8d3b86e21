"""python -m tests.trials.escalation [--cases 10000] [--engine sqlite|postgresql]

So many deadlines run out within one minute while two workers run; one is killed on the way. Each of the two levels
of each deadline must be told exactly once, within 60 s after the last one ran out.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import time

from tests.load.site import WORKER, Site, made, running, start, stop
from tests.load.talker import Talker
from tests.load.walk import report_words
from tests.trials.checking import ask, chosen_server, verdict

LEVELS = 2
MINUTE = 60.0
ALLOWED_SECONDS = 60.0
GIVE_UP_SECONDS = 600.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.trials.escalation")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="postgresql")
    options = parser.parse_args()
    with chosen_server(options.engine) as server:
        site = made(server.database("due") if server else "")
        _report_one(site)
        made_at = time.monotonic()
        ask(site, "make_due", count=options.cases, seconds=MINUTE)
        started = max(time.monotonic(), made_at)
        workers = [start(site, WORKER) for _ in range(2)]
        try:
            time.sleep(MINUTE / 2)
            stop(workers[0], signal.SIGKILL)
            seconds = _until_told(site, options.cases * LEVELS) - started
        finally:
            for worker in workers:
                stop(worker)
        found = ask(site, "escalations")
    late = max(0.0, seconds - MINUTE)
    return verdict(
        "escalation",
        {
            "engine": options.engine,
            "cases": options.cases,
            "seconds_after_the_last": round(late, 1),
            **found,
        },
        {
            "a level was told twice": found["escalated_twice"] > 0,
            "a level was not told": found["escalated"] < options.cases * LEVELS,
            "told later than 60 s": late > ALLOWED_SECONDS,
        },
    )


def _report_one(site: Site) -> None:
    with running(site, web=1) as processes, Talker(processes.port) as talker:
        chance = random.Random(1)
        words = report_words("first", chance)
        _, answer = talker.post("/api/reports", site.facts["key:grid_worker"], words)
        for _ in range(200):
            time.sleep(0.2)
            _, seen = talker.get(f"/api/reports/{answer['receipt']}", site.facts["key:acceptor"])
            if seen["case"]:
                return
    raise RuntimeError("the first report has no case")


def _until_told(site: Site, wanted: int) -> float:
    until = time.monotonic() + GIVE_UP_SECONDS
    while time.monotonic() < until:
        if ask(site, "escalations")["escalated"] >= wanted:
            break
        time.sleep(0.5)
    return time.monotonic()


if __name__ == "__main__":
    sys.exit(main())

"""python -m tests.trials.kill [--rounds 50] [--engine sqlite|postgresql]

PEOPLE clients report without pause while the web processes and the worker are killed (SIGKILL) at random moments
and started again. Every client sends a report until it is acknowledged, with one `client_key`. Afterwards: every
acknowledged receipt is stored and has a case, no `client_key` is stored twice, no level of a deadline was told
twice, and the audit chain is whole.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import threading
import time

from tests.load.site import WORKER, Processes, made, running, start, start_web, stop
from tests.load.talker import Talker
from tests.load.walk import report_words
from tests.trials.checking import ask, chosen_server, verdict

PEOPLE = 6
PAUSE_SECONDS = 0.05
SETTLE_SECONDS = 180.0


class Storm:
    """Clients that report until told to stop; `receipts` are the acknowledged ones."""

    def __init__(self, processes: Processes) -> None:
        self.processes = processes
        self.receipts: list[str] = []
        self.refused: list[str] = []
        self.retries = 0
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(n,)) for n in range(PEOPLE)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _work(self, number: int) -> None:
        chance = random.Random(number)
        key = self.processes.site.facts["key:grid_worker"]
        with Talker(self.processes.port) as talker:
            matter = 0
            while not self._stop.is_set():
                matter += 1
                self._send(talker, key, report_words(f"k{number}x{matter}", chance))
                time.sleep(PAUSE_SECONDS)

    def _send(self, talker: Talker, key: str, words: dict[str, object]) -> None:
        while not self._stop.is_set():
            try:
                status, answer = talker.post("/api/reports", key, words)
            except OSError:
                self.retries += 1
                time.sleep(0.1)
                continue
            if status in (200, 201):
                self.receipts.append(answer["receipt"])
            else:
                self.refused.append(f"{status} {answer}")
            return


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.trials.kill")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    options = parser.parse_args()
    with chosen_server(options.engine) as server:
        site = made(server.database("storm") if server else "")
        with running(site, web=1, threads=4) as processes:
            storm = Storm(processes)
            storm.start()
            try:
                kills = _kill_at_random(processes, storm, options.rounds)
            finally:
                storm.stop()
            found = _settled(processes, storm)
    figures = {
        "engine": options.engine,
        **kills,
        "acknowledged": len(storm.receipts),
        "retries": storm.retries,
    }
    return verdict(
        "kill",
        {**figures, "refused": storm.refused[:3], **found},
        {
            "an acknowledged report is lost": found["lost"] > 0,
            "a report has no case": found["without_case"] > 0,
            "a report is stored twice": found["reports_twice"] > 0,
            "a case has no beginning": found["cases_without_first_line"] > 0,
            "a level was told twice": found["escalated_twice"] > 0,
            "the audit chain is broken": found["chain_broken_at"] is not None,
            "a report was refused": bool(storm.refused),
        },
    )


def _kill_at_random(processes: Processes, storm: Storm, rounds: int) -> dict[str, int]:
    chance = random.Random(11)
    killed = {"web": 0, "worker": 0}
    for _ in range(rounds):
        _wait_for_reports(storm, 3)
        time.sleep(chance.random())
        which = chance.choice(("web", "worker", "both"))
        if which != "worker":
            stop(processes.web, signal.SIGKILL)
            killed["web"] += 1
            processes.web = start_web(processes.site, processes.port, 1, 4)
        if which != "web":
            stop(processes.workers[0], signal.SIGKILL)
            killed["worker"] += 1
            processes.workers[0] = start(processes.site, WORKER)
    return {"rounds": rounds, "web_killed": killed["web"], "worker_killed": killed["worker"]}


def _wait_for_reports(storm: Storm, count: int) -> None:
    """Until that many more were acknowledged, so that every kill hits work and not a start."""
    wanted, until = len(storm.receipts) + count, time.monotonic() + 60
    while len(storm.receipts) < wanted and time.monotonic() < until:
        time.sleep(0.02)


def _settled(processes: Processes, storm: Storm) -> dict[str, int]:
    until = time.monotonic() + SETTLE_SECONDS
    while True:
        found: dict[str, int] = ask(processes.site, "state", receipts=storm.receipts)
        waiting = found["jobs_waiting"] + found["events_waiting"]
        if not waiting or time.monotonic() > until:
            return found
        time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())

"""python -m tests.trials.races [--races 1000] [--engine sqlite|postgresql]

One case; RUNNERS clients send the same move with the same version at once, again and again. In every race exactly
one wins (200); the others are refused with 409 and the field `version`. The case's version and its timeline must
have grown by one per race. The case goes back and forth between dispatch and signing by `reassign`.
"""

from __future__ import annotations

import argparse
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from tests.load.site import made, running
from tests.load.talker import Talker
from tests.load.walk import STEPS, report_words
from tests.trials.checking import ask, chosen_server, verdict

RUNNERS = 4


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.trials.races")
    parser.add_argument("--races", type=int, default=1_000)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="postgresql")
    options = parser.parse_args()
    with chosen_server(options.engine) as server:
        site = made(server.database("race") if server else "")
        with running(site, web=2, threads=2) as processes:
            number = _dispatched(processes.port, site.facts)
            before = ask(site, "one_case")
            answers, odd = _race(
                processes.port, site.facts, number, before["version"], options.races
            )
            after = ask(site, "one_case")
    grown = after["version"] - before["version"]
    return verdict(
        "races",
        {"engine": options.engine, "races": options.races, "answers": dict(answers), "odd": odd[:3],
         "version_grew": grown, "timeline_grew": after["lines"] - before["lines"]},
        {
            "a race had not one winner": answers["200"] != options.races,
            "a loser was not told 409 with version": answers["409 version"]
            != options.races * (RUNNERS - 1),
            "an update was lost": grown != options.races,
            "the timeline is not whole": after["lines"] - before["lines"] != options.races,
        },
    )  # fmt: skip


def _dispatched(port: int, facts: Mapping[str, str]) -> str:
    with Talker(port) as talker:
        words = report_words("race", random.Random(1))
        _, answer = talker.post("/api/reports", facts["key:grid_worker"], words)
        number = ""
        while not number:
            time.sleep(0.2)
            _, seen = talker.get(f"/api/reports/{answer['receipt']}", facts["key:acceptor"])
            number = seen["case"] or ""
        for move, who, given in STEPS[:3]:
            wanted = {"move": move, **given, "standard": int(facts["standard"])}
            status, answer = talker.post(f"/api/cases/{number}/moves", facts[f"key:{who}"], wanted)
            assert status == 200, answer
    return number


def _race(
    port: int, facts: Mapping[str, str], number: str, version: int, races: int
) -> tuple[Counter[str], list[Any]]:
    answers: Counter[str] = Counter()
    odd: list[Any] = []
    line = threading.Barrier(RUNNERS)

    def run() -> None:
        with Talker(port) as talker:
            for race in range(races):
                words = {
                    "move": "reassign",
                    "organization": "CG",
                    "note": "换人",
                    "version": version + race,
                }
                line.wait(60)
                try:
                    status, answer = talker.post(
                        f"/api/cases/{number}/moves", facts["key:dispatcher"], words
                    )
                    field = answer["error"]["field"] if "error" in answer else ""
                    answers[f"{status} {field}".strip()] += 1
                    if status not in (200, 409):
                        odd.append(answer)
                except OSError as problem:
                    answers["no answer"] += 1
                    odd.append(str(problem))

    runners = [threading.Thread(target=run) for _ in range(RUNNERS)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    return answers, odd


if __name__ == "__main__":
    sys.exit(main())

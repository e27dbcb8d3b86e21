"""One matter from report to search over HTTP, and a crowd of people who each walk such matters."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tests.load.talker import Talker

POLL_SECONDS = 0.25
OPENED_WITHIN_SECONDS = 60.0
BODY = "第一网格楼下的垃圾堆了三天没人清，味道很大，路过的老人都绕着走，希望尽快处理。"

STEPS: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("accept", "acceptor", {"category": "E0111"}),
    ("register", "supervisor", {}),
    ("dispatch", "dispatcher", {"organization": "CG"}),
    ("sign_for", "handler", {}),
    (
        "feedback",
        "handler",
        {"outcome": "solved", "note": "清走两车", "public_reply": "垃圾已清走"},
    ),
    ("pass_check", "checker", {"note": "现场干净"}),
    ("close", "supervisor", {"closing_condition_met": True}),
)


class WrongAnswer(AssertionError):
    """The site answered something else than the walk expects."""


@dataclass
class Walked:
    """What a crowd did: seconds of every lifecycle, requests made, errors as text."""

    seconds: list[float] = field(default_factory=list)
    opening: list[float] = field(default_factory=list)
    requests: int = 0
    errors: list[str] = field(default_factory=list)


def report_words(token: str, chance: random.Random) -> dict[str, Any]:
    """A patrol report somewhere in the three grids of the world; `token` makes it findable."""
    return {
        "title": f"积存垃圾 {token}",
        "body": f"{BODY}{token}",
        "channel": "patrol",
        "category": "E0111",
        "lon": round(120.0005 + chance.random() * 0.029, 6),
        "lat": round(30.0005 + chance.random() * 0.009, 6),
        "client_key": token,
        "source_system": "bench",
    }


def walk(
    talker: Talker, facts: Mapping[str, str], token: str, chance: random.Random, done: Walked
) -> str:
    """Create → accept → register → dispatch → sign → feed back → check → close → search; the number."""
    started = time.perf_counter()
    status, answer = talker.post(
        "/api/reports", facts["key:grid_worker"], report_words(token, chance)
    )
    done.requests += 1
    if status != 201:
        raise WrongAnswer(f"report: {status} {answer}")
    number = _opened(talker, facts, answer["receipt"], done)
    done.opening.append(time.perf_counter() - started)
    for move, who, words in STEPS:
        wanted = {"move": move, **words}
        if move == "register":
            wanted["standard"] = int(facts["standard"])
        status, answer = talker.post(f"/api/cases/{number}/moves", facts[f"key:{who}"], wanted)
        done.requests += 1
        if status != 200:
            raise WrongAnswer(f"{move}: {status} {answer}")
    query = quote(f"垃圾 {token}")
    status, answer = talker.get(f"/api/cases?q={query}", facts["key:supervisor"])
    done.requests += 1
    if status != 200 or [case["number"] for case in answer["cases"]] != [number]:
        raise WrongAnswer(f"search: {status} {answer}")
    done.seconds.append(time.perf_counter() - started)
    return number


def crowd(port: int, facts: Mapping[str, str], *, people: int, matters: int, name: str) -> Walked:
    """`people` threads walk `matters` matters together; `name` keeps the tokens of two crowds apart."""
    left = iter(range(matters))
    turn = threading.Lock()
    parts = [Walked() for _ in range(people)]

    def work(part: Walked) -> None:
        with Talker(port) as talker:
            while True:
                with turn:
                    number = next(left, None)
                if number is None:
                    return
                chance = random.Random(f"{name}{number}")
                try:
                    walk(talker, facts, f"{name}x{number}", chance, part)
                except (OSError, AssertionError) as problem:
                    part.errors.append(str(problem)[:300])

    threads = [threading.Thread(target=work, args=(part,)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Walked(
        [second for part in parts for second in part.seconds],
        [second for part in parts for second in part.opening],
        sum(part.requests for part in parts),
        [error for part in parts for error in part.errors],
    )


def _opened(talker: Talker, facts: Mapping[str, str], receipt: str, done: Walked) -> str:
    until = time.perf_counter() + OPENED_WITHIN_SECONDS
    while time.perf_counter() < until:
        time.sleep(POLL_SECONDS)
        status, answer = talker.get(f"/api/reports/{receipt}", facts["key:acceptor"])
        done.requests += 1
        if status == 200 and answer["case"]:
            return str(answer["case"])
    raise WrongAnswer(f"report {receipt} has no case after {OPENED_WITHIN_SECONDS:.0f} s")

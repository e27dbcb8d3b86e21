"""A small hotline platform to try the exchange with: a real HTTP server with orders of its own in memory.

It speaks what README.md says a platform speaks, verifies every signature and nonce, and can be told to misbehave:
`fail(3)` answers 503 three times, `slow(2)` waits two seconds before each answer, `lose(1)` does what was asked and
then hangs up without an answer, `twice()` lists and pushes everything two times. Over HTTP, without a signature and
from this machine only: `POST /stand-in/orders` makes an order and pushes it, `POST /stand-in/behaviour` with
{"fail": 3, "slow": 0.5, "lose": 1, "twice": true}, `GET /stand-in` shows everything.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from linli.hotline.errors import BadSignature
from linli.hotline.signing import (
    NONCE,
    SIGNATURE,
    TIMESTAMP,
    Signable,
    check_signature,
    signed_headers,
)
from linli.kernel.calendar.local import local_day

PREFIX = "/api"
DEFAULT_LIMIT = timedelta(days=5)

STOP_SECONDS = 0.02
"""How long stopping may go unnoticed; seconds. The usual half second is most of what a test with a platform takes."""

Made = tuple[int, dict[str, Any]]


@dataclass
class StandIn:
    """The platform. `ours` is the address under which Linli takes orders, empty if nothing is pushed.

    Start it with `with StandIn(...) as platform:`; `platform.address` is where it listens.
    """

    code: str
    secret: str
    clock: Callable[[], datetime]
    ours: str = ""
    digest: str = "sha256"
    port: int = 0
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)
    failing: int = 0
    losing: int = 0
    seconds: float = 0.0
    doubled: bool = False
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __enter__(self) -> StandIn:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        platform = self

        class Here(_Handler):
            standing = platform

        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Here)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(
            target=self.server.serve_forever, args=(STOP_SECONDS,), daemon=True
        )
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}{PREFIX}"

    def fail(self, times: int) -> None:
        """Answer 503 so many times."""
        self.failing = times

    def lose(self, times: int) -> None:
        """Do what is asked so many times and hang up instead of answering."""
        self.losing = times

    def slow(self, seconds: float) -> None:
        """Wait before every answer."""
        self.seconds = seconds

    def twice(self, *, doubled: bool = True) -> None:
        """List and push everything two times."""
        self.doubled = doubled

    def order(self, number: str, **facts: Any) -> dict[str, Any]:
        """Make an order, or the next version of one; it is not pushed."""
        with self.lock:
            now = self.clock()
            known = self.orders.get(number)
            made = {
                "external_no": number,
                "version": 1,
                "title": "",
                "received_at": now.isoformat(),
                "due_at": (now + DEFAULT_LIMIT).isoformat(),
                "status": "sent",
            }
            version = {"version": known["version"] + 1} if known else {}
            self.orders[number] = {**made, **(known or {}), **version, **facts}
            return self.orders[number]

    def push(self, number: str) -> list[tuple[int, dict[str, Any]]]:
        """Send an order to Linli, signed; (status, answer) of each try."""
        body = json.dumps(self.orders[number], ensure_ascii=False).encode()
        return [self.send("POST", body) for _ in range(2 if self.doubled else 1)]

    def send(self, method: str, body: bytes, *, path: str = "", **headers: str) -> Made:
        """One signed request to Linli; `headers` replace those that were signed."""
        parts = urlsplit(self.ours + path)
        signed = signed_headers(
            Signable(method, parts.path, body),
            system=self.code,
            secret=self.secret,
            nonce=secrets.token_hex(12),
            now=self.clock(),
            digest=self.digest,
        )
        request = urllib.request.Request(  # noqa: S310 - an address given by whoever started it
            self.ours + path, data=body or None, method=method, headers={**signed, **headers}
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:  # noqa: S310
                return reply.status, json.loads(reply.read())
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, json.loads(refusal.read() or b"{}")
        except OSError as problem:  # Linli does not run; the order stays and can be pulled
            return 0, _refusal("address", str(problem))

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Made:
        """What the platform does with a request."""
        parts = urlsplit(path)
        if parts.path.startswith("/stand-in"):
            return self._by_hand(method, parts.path, body)
        with self.lock:
            self.requests.append(f"{method} {path}")
            if self.failing:
                self.failing -= 1
                return 503, _refusal("busy", "上游平台繁忙，请稍后再试。")
            try:
                nonce = check_signature(
                    Signable(method, path, body),
                    headers,
                    secret=self.secret,
                    now=self.clock(),
                    digest=self.digest,
                )
            except BadSignature as wrong:
                return 401, _refusal(wrong.field, wrong.message)
            if nonce in self.nonces:
                return 409, _refusal("nonce", "随机数重复。")
            self.nonces.add(nonce)
            return self._work(method, parts.path.removeprefix(PREFIX), parts.query, body)

    def _work(self, method: str, path: str, query: str, body: bytes) -> Made:
        steps = [unquote(step) for step in path.strip("/").split("/")]
        if method == "GET" and steps == ["orders"]:
            asked = {name: values[0] for name, values in parse_qs(query).items()}
            return self._list(asked)
        order = self.orders.get(steps[1]) if len(steps) > 1 else None
        if order is None:
            return 404, _refusal("external_no", "没有这件工单。")
        if method == "GET":
            return 200, {"order": order}
        return self._event(order, json.loads(body))

    def _list(self, asked: Mapping[str, str]) -> Made:
        rows = list(self.orders.values())
        if "day" in asked:
            day = asked["day"]
            rows = [row for row in rows if _day(row["received_at"]) == day]
            return 200, {"orders": [*rows, *(rows if self.doubled else ())]}
        after = int(asked.get("after") or 0)
        rows = rows[after : after + int(asked.get("limit", 100))]
        found = [*rows, *(rows if self.doubled else ())]
        return 200, {"orders": found, "cursor": str(after + len(rows))}

    def _event(self, order: dict[str, Any], event: dict[str, Any]) -> Made:
        if any(one["key"] == event["key"] for one in self.events):
            return 200, {"known": True}
        self.events.append({"external_no": order["external_no"], **event})
        order["status"] = event["status"]
        if event["event"] == "extend":
            order["due_at"] = event["due_at"]
        return 201, {"known": False}

    def _by_hand(self, method: str, path: str, body: bytes) -> Made:
        given = json.loads(body or b"{}")
        if method == "POST" and path == "/stand-in/orders":
            number = str(given.pop("external_no", "")) or f"T{len(self.orders) + 1:06d}"
            self.order(number, **given)
            pushed = self.push(number) if self.ours else []
            return 201, {"external_no": number, "pushed": pushed}
        if method == "POST" and path == "/stand-in/behaviour":
            self.failing, self.losing = int(given.get("fail", 0)), int(given.get("lose", 0))
            self.seconds, self.doubled = float(given.get("slow", 0)), bool(given.get("twice"))
            return 200, {}
        return 200, {"orders": list(self.orders.values()), "events": self.events}


class _Handler(BaseHTTPRequestHandler):
    standing: StandIn

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        names = (TIMESTAMP, NONCE, SIGNATURE)
        headers = {name: self.headers.get(name, "") for name in names}
        status, answer = self.standing.answer(self.command, self.path, headers, body)
        by_hand = self.path.startswith("/stand-in")
        if self.standing.seconds and not by_hand:
            time.sleep(self.standing.seconds)
        if self.standing.losing and status < 400 and not by_hand:
            self.standing.losing -= 1
            self.close_connection = True
            return
        words = json.dumps(answer, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        self.wfile.write(words)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet; everything is in `requests`."""


def _day(moment: str) -> str:
    return local_day(datetime.fromisoformat(moment)).isoformat()


def _refusal(field_: str, message: str) -> dict[str, Any]:
    return {"error": {"field": field_, "message": message}}

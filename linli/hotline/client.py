"""Calling a platform: one signed HTTP request, its JSON answer, and nothing kept.

Never called while a transaction is open: a slow platform would hold up everybody who writes.
"""

from __future__ import annotations

import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from linli.hotline.errors import NotReached, UpstreamRefused
from linli.hotline.signing import Signable, signed_headers
from linli.hotline.upstreams import Upstream, secret_of
from linli.kernel.engine.leaving import must_be_outside

TIMEOUT_SECONDS = 5.0
"""How long a platform may take to answer; seconds, 1–30. The worker waits meanwhile."""

MOST_BYTES = 8 * 1024 * 1024
"""Largest answer that is read; bytes. Ten thousand orders of a day fit many times."""

PAGE = 100
"""Orders asked for at once."""


@dataclass(frozen=True)
class Answer:
    """`data` is the JSON object of the answer, empty when it was none."""

    status: int
    data: Mapping[str, Any]

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300

    @property
    def words(self) -> str:
        """What the platform says, for a person."""
        error = self.data.get("error")
        said = error.get("message") if isinstance(error, Mapping) else error
        return f"上游返回 {self.status}：{said or '没有说明'}"[:300]


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirected request would carry a signature of another path."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_opener = urllib.request.build_opener(_Stay)


def call(
    to: Upstream, method: str, path: str, *, body: Mapping[str, Any] | None = None, now: datetime
) -> Answer:
    """Raises `NotReached` when no answer came, `BadSettings` without a secret."""
    must_be_outside(f"the hotline platform {to.code}")
    url = f"{to.address}{path}"
    parts = urlsplit(url)
    sent = json.dumps(body, ensure_ascii=False).encode() if body is not None else b""
    whole = parts.path + (f"?{parts.query}" if parts.query else "")
    headers = signed_headers(
        Signable(method, whole, sent),
        system=to.code,
        secret=secret_of(to.code),
        nonce=secrets.token_hex(16),
        now=now,
        digest=to.digest,
    )
    request = urllib.request.Request(  # noqa: S310 - the settings allow http and https only
        url,
        data=sent or None,
        method=method,
        headers={**headers, "Content-Type": "application/json; charset=utf-8"},
    )
    try:
        with _opener.open(request, timeout=TIMEOUT_SECONDS) as reply:
            return Answer(reply.status, _json(reply.read(MOST_BYTES)))
    except urllib.error.HTTPError as refusal:
        with refusal:
            return Answer(refusal.code, _json(refusal.read(MOST_BYTES)))
    except (OSError, HTTPException) as problem:
        why = f"连接不上上游平台“{to.name}”：{problem}"
        raise NotReached(why[:300], field="upstream") from problem


def event(to: Upstream, number: str, body: Mapping[str, Any], *, now: datetime) -> Answer:
    """Tell a platform one thing about an order."""
    return call(to, "POST", f"/orders/{quote(number, safe='')}/events", body=body, now=now)


def new_orders(to: Upstream, cursor: str, *, now: datetime) -> tuple[list[Any], str]:
    """(orders after a place in the platform's own list, the place to go on from)."""
    query = urlencode({"after": cursor, "limit": PAGE})
    data = _asked(call(to, "GET", f"/orders?{query}", now=now))
    return _rows(data), str(data.get("cursor") or cursor)[:200]


def one_order(to: Upstream, number: str, *, now: datetime) -> Any:
    """One order as the platform has it."""
    return _asked(call(to, "GET", f"/orders/{quote(number, safe='')}", now=now)).get("order")


def orders_of_day(to: Upstream, day: str, *, now: datetime) -> list[Any]:
    """The platform's list of a day: number, status and limit of each order."""
    return _rows(_asked(call(to, "GET", f"/orders?{urlencode({'day': day})}", now=now)))


def _asked(answer: Answer) -> Mapping[str, Any]:
    if not answer.good:
        raise UpstreamRefused(answer.words, field="upstream")
    return answer.data


def _rows(data: Mapping[str, Any]) -> list[Any]:
    rows = data.get("orders")
    if not isinstance(rows, list):
        raise UpstreamRefused("上游的回答里没有 orders 列表，请与上游核对接口。", field="upstream")
    return rows


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        data = json.loads(body)
    except ValueError:
        return {}
    return data if isinstance(data, Mapping) else {}

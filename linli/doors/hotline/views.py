"""What an upstream hotline platform asks of us. Every request is signed; see `linli/hotline/README.md`.

The guard of these views is the signature: without a good one nothing is read, stored or said about any order.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from linli.hotline.actions import client_of, note_refusal, take_order, use_nonce
from linli.hotline.errors import BadOrder, BadSignature, UnknownUpstream
from linli.hotline.orders import number_in, parse_order
from linli.hotline.queries import order_by_number
from linli.hotline.signing import NONCE, SIGNATURE, SYSTEM, TIMESTAMP, Signable, check_signature
from linli.hotline.telling import case_of, last_told
from linli.hotline.upstreams import Upstream, secret_of, upstream
from linli.kernel.acting import SYSTEM as OURSELVES
from linli.kernel.acting import Request
from linli.kernel.errors import LinliError

Made = tuple[int, dict[str, Any]]
View = Callable[..., Made]


def signed(method: str) -> Callable[[View], Callable[..., HttpResponse]]:
    """Let only the platform named in the address in; answer in JSON, refusals too."""

    def dress(view: View) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @functools.wraps(view)
        def dressed(request: HttpRequest, system: str, **parts: str) -> HttpResponse:
            if request.method != method:
                return _json(405, _error("wrong_method", f"这个地址只接受 {method}。", "method"))
            try:
                source = _let_in(request, system)
                status, answer = view(request, source, **parts)
            except LinliError as error:
                return _json(error.status, _error(error.code, error.message, error.field))
            return _json(status, answer)

        dressed.guarded_by = ()  # type: ignore[attr-defined]
        return dressed

    return dress


@signed("POST")
def orders(request: HttpRequest, source: Upstream) -> Made:
    """Take one work order. 201 when it is new, 200 when it was known; an older version changes nothing."""
    try:
        data = json.loads(request.body)
    except (ValueError, RecursionError) as wrong:
        raise BadOrder("正文应为 UTF-8 编码的 JSON。", field="body") from wrong
    by, now = client_of(source), _now(request)
    try:
        order = parse_order(data)
        taken = take_order(order, system=source.code, by=by, now=now)
    except BadOrder as wrong:
        words = {"field": wrong.field, "reason": wrong.message}
        note_refusal(source.code, number=number_in(data), **words, by=by, now=now)
        raise
    return 201 if taken.result == "new" else 200, {
        "external_no": taken.external_no,
        "receipt": taken.receipt,
        "result": taken.result,
        "not_kept": list(order.not_kept),
    }


@signed("GET")
def one_order(request: HttpRequest, source: Upstream, external_no: str) -> Made:
    """How an order of this platform stands with us: our number and the last thing said of it."""
    order = order_by_number(OURSELVES, source.code, external_no)
    case, last = case_of(order), last_told(order)
    return 200, {
        "external_no": order.external_no,
        "version": order.version,
        "receipt": order.report.receipt,
        "case": case.number if case else None,
        "status": last.status if last else None,
        "due_at": order.due_at.isoformat() if order.due_at else None,
    }


def _let_in(request: HttpRequest, system: str) -> Upstream:
    """The platform, if the request is its own, fresh, and for the first time here."""
    now = _now(request)
    if request.headers.get(SYSTEM, "") != system:
        raise BadSignature(f"请求头 {SYSTEM} 应与地址里的平台编码相同。", field="system")
    try:
        source = upstream(system)
    except UnknownUpstream as unknown:
        raise BadSignature(
            "没有登记这个平台编码，请与本平台管理员核对。", field="system"
        ) from unknown
    headers = {name: request.headers.get(name, "") for name in (TIMESTAMP, NONCE, SIGNATURE)}
    whole = Signable(request.method or "", request.get_full_path(), _body(request))
    nonce = check_signature(whole, headers, secret=secret_of(system), now=now, digest=source.digest)
    use_nonce(system, nonce, by=client_of(source), now=now)
    return source


def _body(request: HttpRequest) -> bytes:
    try:
        return request.body
    except (RequestDataTooBig, UnreadablePostError) as wrong:
        raise BadOrder("请求正文过大或没有传完，请缩小后重发。", field="body") from wrong


def _error(code: str, message: str, field: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "field": field}}


def _json(status: int, answer: dict[str, Any]) -> HttpResponse:
    return JsonResponse(answer, status=status, json_dumps_params={"ensure_ascii": False})


def _now(request: HttpRequest) -> datetime:
    return cast("Request", request).now

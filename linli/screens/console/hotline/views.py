"""12345 对接: how the exchange with each platform stands, what has not been said yet, and both lists of a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.hotline.actions import leave_out, push_again, retry_message
from linli.hotline.errors import BadSettings, HotlineError
from linli.hotline.exchange import pull, pull_order, send_waiting
from linli.hotline.models import OutboundMessage, Reconciliation, UpstreamOrder
from linli.hotline.orders import NUMBER
from linli.hotline.queries import (
    EXCHANGE,
    VIEW,
    counts_by_system,
    numbers_known,
    order_by_number,
    orders_by_number,
    reconciliation_of,
    refused_orders,
    states,
    unfinished,
)
from linli.hotline.reconciling import found_in, reconcile
from linli.hotline.rules import Difference
from linli.hotline.upstreams import TAKEN, Status, Upstream, upstream, upstreams
from linli.kernel.calendar.local import local_day
from linli.screens.console.hotline import words
from linli.screens.console.hotline.forms import DayForm
from linli.screens.console.labels import words_of
from linli.screens.console.menu import page
from linli.screens.shared.guard import PageRequest, needs

SHOWN = 100
"""Messages on the page; the first ones hold up the rest anyway."""


@require_GET
@needs(VIEW)
def hotline_page(request: PageRequest) -> HttpResponse:
    """Platforms, what waits to be said, and the orders that could not be taken."""
    platforms, problem = _platforms()
    queue = unfinished(request.actor)
    return page(
        request,
        "console/hotline/exchange.html",
        title=_("12345 对接"),
        here="console:hotline",
        platforms=_cards(request, platforms),
        problem=problem,
        rows=[_message(row, request) for row in queue[:SHOWN]],
        total=queue.count(),
        refused=refused_orders(request.actor)[:SHOWN],
        tables=[_table(one) for one in platforms.values()],
        may_exchange=request.actor.may(EXCHANGE),
    )


@require_POST
@needs(EXCHANGE)
def hotline_pull(request: PageRequest, code: str) -> HttpResponse:
    """Send what waits and ask for new orders, now."""
    source = upstream(code)

    def ask() -> str:
        send_waiting(source, now=request.now)
        found = pull(source, now=request.now)
        facts = {"new": found.new, "newer": found.newer, "refused": found.refused}
        return _("已拉取：新工单 %(new)s 件，更新 %(newer)s 件，收不了 %(refused)s 件。") % facts

    return _tried(request, ask, back="console:hotline")


@require_POST
@needs(EXCHANGE)
def message_retry(request: PageRequest, message_id: int) -> HttpResponse:
    """Put a message to the front of the queue, whatever it failed of."""

    def retry() -> str:
        retry_message(message_id, by=request.actor, now=request.now)
        return _("已重新排队，几秒后由后台再发一次。")

    return _tried(request, retry, back="console:hotline")


@require_POST
@needs(EXCHANGE)
def message_omission(request: PageRequest, message_id: int) -> HttpResponse:
    """Never send a message; the reason stays with it."""

    def omit() -> str:
        reason = request.POST.get("reason", "")
        leave_out(message_id, reason=reason, by=request.actor, now=request.now)
        return _("这条消息不再发送，后面的消息会接着发。")

    return _tried(request, omit, back="console:hotline")


@require_http_methods(["GET", "POST"])
@needs(VIEW)
def reconciliation(request: PageRequest) -> HttpResponse:
    """The last comparison of a day; a POST compares anew, which needs the right to exchange."""
    platforms, problem = _platforms()
    choices = [(one.code, one.name) for one in platforms.values()]
    today = local_day(request.now).isoformat()
    first = {"upstream": choices[0][0] if choices else "", "day": today}
    given = request.POST if request.method == "POST" else {**first, **request.GET.dict()}
    form = DayForm(given, platforms=choices)
    row, status = None, 200
    if choices and form.is_valid():
        source, day = platforms[form.cleaned_data["upstream"]], form.cleaned_data["day"]
        if request.method == "POST":
            try:
                reconcile(source, day, by=request.actor, now=request.now)
            except HotlineError as refused:
                form.add_error(None, refused.message)
                status = refused.status
        row = reconciliation_of(request.actor, source.code, day)
    elif choices:
        status = 422
    return page(
        request,
        "console/hotline/reconciliation.html",
        title=_("对账"),
        here="console:hotline",
        trail=[],
        status=status,
        form=form,
        problem=problem,
        platforms=platforms,
        row=row,
        differences=_differences(request, row) if row else [],
        may_exchange=request.actor.may(EXCHANGE),
    )


@require_POST
@needs(EXCHANGE)
def order_arrival(request: PageRequest, code: str, external_no: str) -> HttpResponse:
    """Ask the platform for one order, the settling of 本平台缺单 and 时限不一致."""

    def ask() -> str:
        pull_order(upstream(code), external_no, now=request.now)
        return _("已拉取工单 %(number)s。") % {"number": external_no}

    return _tried(request, ask, back="console:reconciliation", query=_query(request, code))


@require_POST
@needs(EXCHANGE)
def order_telling(request: PageRequest, code: str, external_no: str) -> HttpResponse:
    """Tell the platform once more how an order stands, the settling of 状态不一致 and 上游缺单."""
    order = order_by_number(request.actor, code, external_no)

    def tell() -> str:
        push_again(order.pk, by=request.actor, now=request.now)
        return _("工单 %(number)s 已排队重报。") % {"number": external_no}

    return _tried(request, tell, back="console:reconciliation", query=_query(request, code))


def _tried(
    request: PageRequest, do: Callable[[], str], *, back: str, query: str = ""
) -> HttpResponse:
    """Do it and say so, or say why not, back on the page one came from."""
    try:
        messages.success(request, do())
    except HotlineError as refused:
        messages.error(request, refused.message)
    return redirect(reverse(back) + query)


def _query(request: PageRequest, code: str) -> str:
    return "?" + urlencode({"upstream": code, "day": request.POST.get("day", "")})


def _platforms() -> tuple[dict[str, Upstream], str]:
    """(platforms, what is wrong with their file)."""
    try:
        return upstreams(), ""
    except BadSettings as problem:
        return {}, problem.message


def _cards(request: PageRequest, platforms: Mapping[str, Upstream]) -> list[dict[str, Any]]:
    counts, known = counts_by_system(request.actor), states(request.actor)
    cards = []
    for code, one in platforms.items():
        waiting = counts.get(code, {})
        cards.append(
            {
                "one": one,
                "state": known.get(code),
                "waiting": waiting.get("waiting", 0),
                "stuck": waiting.get("unmapped", 0) + waiting.get("refused", 0),
            }
        )
    return cards


def _message(row: OutboundMessage, request: PageRequest) -> dict[str, Any]:
    case = row.order.case or row.order.report.case
    return {
        "row": row,
        "case": case if case and request.actor.may("cases.view") else None,
        "step": words_of(words.STEPS, row.event),
        "state": words_of(words.STATES, row.state),
        "tone": words_of(words.TONES, row.state),
    }


def _table(one: Upstream) -> dict[str, Any]:
    """What each step is called over there, for people to compare with what the platform says."""
    told = [
        (words_of(words.STEPS, step), status)
        for step, status in one.statuses.items()
        if status is not None
    ]
    silent = [
        words_of(words.STEPS, step)
        for step, status in one.statuses.items()
        if status is None and step != TAKEN
    ]
    missing = [words_of(words.STEPS, step) for step in one.unmapped]
    return {"one": one, "told": told, "silent": silent, "missing": missing}


def _differences(request: PageRequest, row: Reconciliation) -> list[dict[str, Any]]:
    """Those whose order lies in the person's scope, and those nobody here has."""
    found = found_in(row)
    numbers = [one.number for one in found]
    seen = orders_by_number(request.actor, row.system, numbers)
    hidden = numbers_known(row.system, numbers) - set(seen)
    return [
        _difference(one, seen.get(one.number), row, request)
        for one in found
        if one.number not in hidden
    ]


def _difference(
    one: Difference, order: UpstreamOrder | None, row: Reconciliation, request: PageRequest
) -> dict[str, Any]:
    is_due = one.kind == "due"
    names = {status.status: status.name for status in _statuses(row.system) if status}
    case = (order.case or order.report.case) if order else None
    return {
        "number": one.number,
        "kind": words_of(words.DIFFERENCES, one.kind),
        "ours": _moment(one.ours) if is_due else one.ours,
        "theirs": _moment(one.theirs) if is_due else one.theirs,
        "ours_name": names.get(one.ours, ""),
        "theirs_name": names.get(one.theirs, ""),
        "is_due": is_due,
        "case": case if case and request.actor.may("cases.view") else None,
        "pull_url": reverse("console:order_arrival", args=[row.system, one.number])
        if one.kind in ("missing_here", "due") and NUMBER.fullmatch(one.number)
        else "",
        "push_url": reverse("console:order_telling", args=[row.system, one.number])
        if one.kind != "missing_here"
        else "",
    }


def _statuses(system: str) -> list[Status | None]:
    """What the steps are called at a platform; nothing when it is no longer set up."""
    one = upstreams().get(system)
    return list(one.statuses.values()) if one else []


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None

"""The worker's part: sending what waits, asking for what is new.

A message is claimed in one short transaction, sent outside of any, and its fate written in another: a slow platform
holds nobody up, a crash in between sends it again, and the platform knows it by its key. A platform that does not
answer at all rests for a while with everything that is meant for it, so that it costs one waiting time and not one per
message. Nothing is ever given up for want of an answer; what the platform refuses waits for a person.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from linli.hotline import client
from linli.hotline.actions import client_of, note_refusal, take_order
from linli.hotline.errors import BadOrder, BadSettings, HotlineError, NotReached
from linli.hotline.models import OutboundMessage, UpstreamOrder, UpstreamState
from linli.hotline.orders import moment, number_in, parse_order
from linli.hotline.queries import due_messages
from linli.hotline.rules import pause_after
from linli.hotline.upstreams import EXTEND, Upstream, upstreams

ROUND_SECONDS = 2.0
"""After so long the round leaves the rest to the next one; seconds. The worker has other things to do."""

LEASE = timedelta(minutes=2)
"""How long a claimed message is left alone; longer than a platform may take to answer."""

AGAIN_LATER = frozenset({408, 425, 429})
"""Refusals that mean: not now. Every 5xx does, too."""

State = OutboundMessage.State
log = logging.getLogger(__name__)


@dataclass
class Pulled:
    """How many of the orders that were asked for were new, changed, known already, refused."""

    new: int = 0
    newer: int = 0
    known: int = 0
    refused: int = 0


def exchange(*, now: datetime) -> int:
    """One round with every platform: send, and pull when it is time; the number of things done."""
    try:
        known = upstreams()
    except BadSettings:  # the page of the exchange shows why; the next round reads the file anew
        log.warning("the file of hotline platforms cannot be read")
        return 0
    return sum(_with(one, now=now) for one in known.values())


def send_waiting(to: Upstream, *, now: datetime, most: int = 200) -> int:
    """Send what is due for a platform, each order in its own order; the number tried."""
    until = time.monotonic() + ROUND_SECONDS
    tried = 0
    while tried < most and time.monotonic() < until and not _rests(to.code, now=now):
        message = _claim(to.code, now=now)
        if message is None:
            break
        tried += 1
        _send(to, message, now=now)
    return tried


def pull(source: Upstream, *, now: datetime) -> Pulled:
    """Ask a platform for everything after the place reached last time.

    Raises:
        NotReached, UpstreamRefused: the place stays where it was.
    """
    pulled = Pulled()
    cursor = _state(source.code).cursor
    while True:
        try:
            rows, onwards = client.new_orders(source, cursor, now=now)
        except HotlineError as problem:
            _note_failure(source.code, problem, now=now)
            raise
        for row in rows:
            _take(source, row, pulled, now=now)
        _reached(source.code, now=now, pulled_at=now, cursor=onwards)
        if not rows or onwards == cursor:
            return pulled
        cursor = onwards


def pull_order(source: Upstream, number: str, *, now: datetime) -> Pulled:
    """Ask for one order by its number, for the clerk who found it missing.

    Raises:
        NotReached, UpstreamRefused, BadOrder.
    """
    row = client.one_order(source, number, now=now)
    pulled = Pulled()
    _count(pulled, source, row, now=now)
    return pulled


def _with(one: Upstream, *, now: datetime) -> int:
    if _rests(one.code, now=now):
        return 0
    done = send_waiting(one, now=now)
    pulled_at = _state(one.code).pulled_at
    every = timedelta(minutes=one.pull_minutes)
    if every and (pulled_at is None or now - pulled_at >= every) and not _rests(one.code, now=now):
        try:
            found = pull(one, now=now)
        except HotlineError:  # written down; the next round asks again
            return done
        done += found.new + found.newer
    return done


def _claim(system: str, *, now: datetime) -> OutboundMessage | None:
    with transaction.atomic():
        message = (
            due_messages(system, now=now).select_for_update(skip_locked=True, of=("self",)).first()
        )
        if message is not None:
            message.claimed_until = now + LEASE
            message.save(update_fields=["claimed_until"])
        return message


def _send(to: Upstream, message: OutboundMessage, *, now: datetime) -> None:
    order = UpstreamOrder.objects.get(pk=message.order_id)
    body = {
        "key": message.key,
        "seq": message.seq,
        "event": message.event,
        "status": message.status,
        **message.facts,
    }
    try:
        answer = client.event(to, order.external_no, body, now=now)
    except (NotReached, BadSettings) as problem:
        _note_failure(to.code, problem, now=now)
        _put_off(message, problem.message, now=now)
        return
    _reached(to.code, now=now)
    if answer.good:
        _sent(message, order, now=now)
    elif answer.status >= 500 or answer.status in AGAIN_LATER:
        _put_off(message, answer.words, now=now)
    else:
        _change(message, state=State.REFUSED, error=answer.words, tries=message.tries + 1)


def _sent(message: OutboundMessage, order: UpstreamOrder, *, now: datetime) -> None:
    with transaction.atomic():
        _change(message, state=State.SENT, sent_at=now, error="", tries=message.tries + 1)
        due = message.facts.get("due_at")
        if message.event == EXTEND and due:
            UpstreamOrder.objects.filter(pk=order.pk).update(due_at=moment(due, "due_at"))


def _put_off(message: OutboundMessage, why: str, *, now: datetime) -> None:
    tries = message.tries + 1
    _change(message, tries=tries, error=why[:500], next_try_at=now + pause_after(tries))


def _change(message: OutboundMessage, **values: object) -> None:
    """Write the fate of a message, unless a person has decided otherwise meanwhile."""
    rows = OutboundMessage.objects.filter(pk=message.pk, state=State.WAITING)
    rows.update(claimed_until=None, **values)


def _rests(system: str, *, now: datetime) -> bool:
    until = _state(system).resting_until
    return until is not None and now < until


def _state(system: str) -> UpstreamState:
    return UpstreamState.objects.filter(system=system).first() or UpstreamState(system=system)


def _reached(system: str, *, now: datetime, **values: object) -> None:
    facts = {"failures": 0, "error": "", "resting_until": None, "reached_at": now, **values}
    UpstreamState.objects.update_or_create(system=system, defaults=facts)


def _note_failure(system: str, problem: HotlineError, *, now: datetime) -> None:
    failures = _state(system).failures + 1
    facts = {
        "failures": failures,
        "error": problem.message[:300],
        "resting_until": now + pause_after(failures),
    }
    UpstreamState.objects.update_or_create(system=system, defaults=facts)


def _take(source: Upstream, row: object, pulled: Pulled, *, now: datetime) -> None:
    try:
        _count(pulled, source, row, now=now)
    except BadOrder as wrong:
        pulled.refused += 1
        note_refusal(
            source.code,
            number=number_in(row),
            field=wrong.field,
            reason=wrong.message,
            by=client_of(source),
            now=now,
        )


def _count(pulled: Pulled, source: Upstream, row: object, *, now: datetime) -> None:
    taken = take_order(parse_order(row), system=source.code, by=client_of(source), now=now)
    if taken.result == "new":
        pulled.new += 1
    elif taken.result == "newer":
        pulled.newer += 1
    else:
        pulled.known += 1

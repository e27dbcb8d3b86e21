"""Every write of the exchange: taking an order, keeping a nonce, and what staff decide about messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from linli.cases.actions.intake import receive_report
from linli.cases.actions.secrecy import hide
from linli.hotline.errors import BadOrder, NothingToDo, Replayed
from linli.hotline.models import Nonce, OutboundMessage, RefusedOrder, UpstreamOrder, UpstreamState
from linli.hotline.orders import REPORT_FIELDS, Order
from linli.hotline.queries import EXCHANGE, message_for, order_for
from linli.hotline.telling import UNNAMED, put_again, status_of
from linli.hotline.upstreams import Upstream
from linli.kernel.acting import EVERYWHERE, Actor, action
from linli.kernel.engine import rows
from linli.kernel.errors import LinliError
from linli.kernel.jobs.queue import enqueue

State = OutboundMessage.State

SETTLE = "hotline.settle"
NOTE = "hotline.note"

NONCES_KEPT = timedelta(days=1)
"""How long a used nonce is remembered; twice the allowed skew of the clocks would do."""

CHANGE_NAMES = {"title": "标题", "body": "内容", "address": "地址"}


@dataclass(frozen=True)
class Taken:
    """What became of an order that came in: `result` is new, known, newer or older."""

    order_id: int
    external_no: str
    receipt: str
    result: str


def client_of(upstream: Upstream) -> Actor:
    """The platform as an actor: it may hand in reports and nothing else."""
    return Actor(kind="client", name=upstream.name[:40], grants={"cases.report": EVERYWHERE})


@action(may="cases.report")
def use_nonce(system: str, nonce: str, *, by: Actor, now: datetime) -> None:
    """Remember a nonce. Raises `Replayed` when it was used before."""
    if not rows.insert_new(Nonce(system=system, nonce=nonce, at=now)):
        raise Replayed(
            "这个请求已经收到过（随机数重复）。重发请换新的随机数并重新签名。", field="nonce"
        )


@action(may="cases.report")
def take_order(order: Order, *, system: str, by: Actor, now: datetime) -> Taken:
    """Take an order in through the ordinary intake; the same one again finds what is there.

    A higher version amends it, an older or equal one overwrites nothing.

    Raises:
        BadOrder: a field cannot be taken; nothing is stored.
    """
    found = _locked(system, order.external_no)
    if found is not None:
        return _again(found, order, by=by, now=now)
    try:
        receipt = receive_report(order.draft(system), by=by, now=now)
    except LinliError as wrong:  # whichever field it was, the intake has named it
        field = REPORT_FIELDS.get(wrong.field, wrong.field)
        raise BadOrder(wrong.message, field=field) from wrong
    row = UpstreamOrder(
        system=system,
        external_no=order.external_no,
        report_id=receipt.report_id,
        first_seen_at=now,
        **_facts(order, now=now),
    )
    if not rows.insert_new(row):  # pushed and pulled in the same moment
        found = _locked(system, order.external_no)
        assert found is not None, "the number was taken a moment ago"
        return _again(found, order, by=by, now=now)
    enqueue(SETTLE, {"order_id": row.pk}, due_at=now, now=now, key=f"hotline-settle:{row.pk}")
    RefusedOrder.objects.filter(system=system, external_no=order.external_no).delete()
    return Taken(row.pk, order.external_no, receipt.receipt, "new")


def _again(found: UpstreamOrder, order: Order, *, by: Actor, now: datetime) -> Taken:
    # A wish for secrecy counts in every version, also in one that comes late.
    withdrawn = found.report.publish_consent and not order.publish_consent
    hide(found.report, confidential=order.confidential, withdrawn=withdrawn)
    older = order.version < found.version
    newer = order.version > found.version
    if not older:
        changes = _changes(found, order)
        for name, value in _facts(order, now=now).items():
            setattr(found, name, value)
        if newer or changes:
            found.save()
        if newer:
            _note(found, order, changes, by=by, now=now)
    result = "older" if older else "newer" if newer else "known"
    return Taken(found.pk, found.external_no, found.report.receipt, result)


def _changes(found: UpstreamOrder, order: Order) -> list[str]:
    """Sentences for staff; the caller's data are not among them."""
    new = order.digests()
    changes = [
        f"{label}：{getattr(order, name) or '（空）'}"
        for name, label in CHANGE_NAMES.items()
        if found.digests.get(name) != new[name]
    ]
    if found.digests.get("caller") != new["caller"]:
        changes.append("来电人信息有更新，请向上游平台核对。")
    if found.due_at != order.due_at:
        changes.append(f"办结时限：{order.due_at.isoformat() if order.due_at else '（空）'}")
    return changes


def _note(
    found: UpstreamOrder, order: Order, changes: list[str], *, by: Actor, now: datetime
) -> None:
    words = "\n".join([f"上游更新了工单（第 {order.version} 版）。", *changes])
    payload = {"order_id": found.pk, "note": words, "by_name": by.name}
    key = f"hotline-note:{found.pk}:{order.version}"
    enqueue(NOTE, payload, due_at=now, now=now, key=key)


def _facts(order: Order, *, now: datetime) -> dict[str, object]:
    return {
        "version": order.version,
        "kind": order.kind,
        "assessment_scope": order.assessment_scope,
        "tags": list(order.tags),
        "digests": order.digests(),
        "ordered_at": order.received_at,
        "due_at": order.due_at,
        "changed_at": now,
    }


def _locked(system: str, number: str) -> UpstreamOrder | None:
    found = UpstreamOrder.objects.select_for_update(of=("self",)).select_related("report")
    return found.filter(system=system, external_no=number).first()


@action(may="cases.report")
def note_refusal(
    system: str, *, number: str, field: str, reason: str, by: Actor, now: datetime
) -> None:
    """Keep that an order could not be taken, so that staff see it; its words are not kept."""
    if not number:
        return
    values = {"field": field[:60], "reason": reason[:300], "at": now}
    row, made = RefusedOrder.objects.select_for_update().get_or_create(
        system=system, external_no=number, defaults=values
    )
    if not made:
        row.times += 1
        row.field, row.reason, row.at = field[:60], reason[:300], now
        row.save(update_fields=["times", "field", "reason", "at"])


@action(may=EXCHANGE)
def retry_message(message_id: int, *, by: Actor, now: datetime) -> OutboundMessage:
    """Send a message at the next round, whatever it failed of; its step is looked up anew.

    Raises:
        NothingToDo: it was sent or left out meanwhile, or its step is still not in the table.
    """
    message = _unfinished(message_id, by=by)
    status = status_of(message.order.system, message.event)
    if status is False:
        raise NothingToDo(UNNAMED.format(step=message.event), field="message")
    if status is None:
        message.state, message.left_out_because = State.LEFT_OUT, "对照表规定此环节不报送"
    else:
        message.state, message.status = State.WAITING, status.status
    message.next_try_at, message.claimed_until = now, None
    message.save(
        update_fields=["state", "status", "next_try_at", "claimed_until", "left_out_because"]
    )
    UpstreamState.objects.filter(system=message.order.system).update(resting_until=None)
    return message


@action(may=EXCHANGE)
def leave_out(message_id: int, *, reason: str, by: Actor, now: datetime) -> OutboundMessage:
    """Never send a message, so that the later ones of its order may go; the reason stays with it."""
    message = _unfinished(message_id, by=by)
    if not reason.strip():
        raise NothingToDo("请写明为什么不再发送。", field="reason")
    message.state, message.left_out_because = State.LEFT_OUT, reason.strip()[:200]
    message.save(update_fields=["state", "left_out_because"])
    return message


@action(may=EXCHANGE)
def push_again(order_id: int, *, by: Actor, now: datetime) -> OutboundMessage:
    """Tell the platform once more how an order stands.

    Raises:
        NothingToDo: nothing is to be told of it yet.
    """
    seen = order_for(by, order_id)
    order = UpstreamOrder.objects.select_for_update(of=("self",)).get(pk=seen.pk)
    message = put_again(order, now=now)
    if message is None:
        raise NothingToDo("这件工单还没有可以报送的进展。", field="order")
    return message


def _unfinished(message_id: int, *, by: Actor) -> OutboundMessage:
    seen = message_for(by, message_id)
    rows_ = OutboundMessage.objects.select_for_update(of=("self",)).select_related("order")
    message = rows_.get(pk=seen.pk)
    if not message.unfinished:
        raise NothingToDo("这条消息已经送达或已不再发送，请刷新页面。", field="message")
    return message

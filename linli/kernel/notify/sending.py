"""Putting notices and messages down, and sending what waits."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from linli.kernel.engine import rows
from linli.kernel.engine.leaving import must_be_outside
from linli.kernel.notify.adapters import NotSent
from linli.kernel.notify.models import Message, Notice

TRIES = 6
"""How often a message is tried before a person is needed; times, 1–20."""

FIRST_PAUSE = timedelta(seconds=20)
"""Pause before the second try; it grows threefold each time."""


BUDGET_OF = timedelta(days=1)
"""The stretch of time over which SMS are counted against their budgets."""


LEASE = timedelta(minutes=2)
"""How long a claimed message is left alone; longer than any provider may take to answer."""


def tell(
    staff_id: int | None, text: str, *, link: str, about: str, now: datetime, level: str = "info"
) -> None:
    """Put a line into somebody's inbox, once per `about`; nobody (None) is told nothing."""
    if staff_id is None:
        return
    notice = Notice(
        staff_id=staff_id, text=text[:300], link=link, level=level, about=about, made_at=now
    )
    rows.put_new(notice)


def send_sms(phone: str, text: str, *, about: str, now: datetime) -> bool:
    """Put an SMS down for sending, once per `about`; without a phone nothing is sent.

    False when the day's budget of this number or of the whole office is used up: nobody can make the office ring
    somebody up without end, nor spend its money. What is said stands on the page of the matter in any case. The text
    must hold no words of whoever asked for it.
    """
    if not phone:
        return False
    since = now - BUDGET_OF
    sent = Message.objects.filter(channel=Message.Channel.SMS, made_at__gt=since)
    if _as_many(sent.filter(to=phone), settings.LINLI_SMS_PER_NUMBER):
        return False
    if _as_many(sent, settings.LINLI_SMS_PER_DAY):
        return False
    _put(Message.Channel.SMS, phone, text, about=about, now=now)
    return True


def call_webhook(address: str, text: str, *, about: str, now: datetime) -> None:
    """Put a call to a webhook down for sending, once per `about`."""
    _put(Message.Channel.WEBHOOK, address, text, about=about, now=now)


def send_waiting(*, now: datetime, most: int = 100) -> int:
    """Send what waits; the number of messages tried. A message may go out twice after a crash, never zero times.

    Each is claimed in one short transaction, sent outside of any, and its fate written in another.
    """
    tried = 0
    while tried < most and (message := _claimed(now=now)) is not None:
        tried += 1
        _send(message, now=now)
    return tried


@transaction.atomic
def _claimed(*, now: datetime) -> Message | None:
    waiting = Message.objects.select_for_update(skip_locked=True).filter(
        send_at__lte=now, sent_at=None, given_up_at=None
    )
    message = waiting.order_by("send_at", "id").first()
    if message is not None:
        message.tries += 1
        message.send_at = now + LEASE
        message.save(update_fields=["tries", "send_at"])
    return message


def _send(message: Message, *, now: datetime) -> None:
    path = (
        settings.LINLI_SMS_ADAPTER
        if message.channel == Message.Channel.SMS
        else settings.LINLI_WEBHOOK_ADAPTER
    )
    must_be_outside(path)
    try:
        import_string(path)(message.to, message.text)
        message.sent_at = now
    except NotSent as problem:
        message.error = str(problem)[:500]
        message.send_at = now + FIRST_PAUSE * 3 ** (message.tries - 1)
        message.given_up_at = now if message.tries >= TRIES else None
    message.save(update_fields=["sent_at", "error", "send_at", "given_up_at"])


def _as_many(messages: QuerySet[Message], most: int) -> bool:
    """Whether there are `most` of them; counts no further."""
    return messages.order_by()[:most].count() >= most


def _put(channel: Message.Channel, to: str, text: str, *, about: str, now: datetime) -> None:
    message = Message(channel=channel, to=to, text=text, about=about, made_at=now, send_at=now)
    rows.put_new(message)

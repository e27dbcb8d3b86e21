"""Somebody's inbox of notices, and the messages that did not leave."""

from __future__ import annotations

from django.db.models import F, QuerySet

from linli.kernel.acting import Actor
from linli.kernel.notify.models import Message, Notice


def notices_for(actor: Actor) -> QuerySet[Notice]:
    """The actor's own notices, newest first."""
    if actor.staff_id is None:
        return Notice.objects.none()
    return Notice.objects.filter(staff_id=actor.staff_id).order_by("-id")


def unread_count(actor: Actor, *, most: int = 100) -> int:
    """How many of them are unread, counted to at most `most`."""
    return notices_for(actor).filter(read_at=None)[:most].count()


def failed_messages(actor: Actor) -> QuerySet[Message]:
    """Messages that could not be sent, those given up first; none without `failures.view`."""
    if not actor.may("failures.view"):
        return Message.objects.none()
    rows = Message.objects.filter(sent_at=None, tries__gt=0)
    return rows.order_by(F("given_up_at").desc(nulls_last=True), "-id")

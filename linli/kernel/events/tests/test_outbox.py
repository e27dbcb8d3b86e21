"""Announced in the transaction, delivered after it, once; what fails is kept, tried again and shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from linli.kernel.events.models import FailedDelivery, OutboxEntry
from linli.kernel.events.outbox import TRIES, announce, deliver_waiting
from tests.world import MONDAY

pytestmark = pytest.mark.django_db
HERE = "linli.kernel.events.tests.test_outbox"


@dataclass(frozen=True)
class PipeLeaks:
    """The leaking pipe."""

    place: str


broken = False


def heard() -> list[str]:
    """What the handlers wrote; rows, since only what is written to the database happens once."""
    rows = OutboxEntry.objects.filter(name="heard").order_by("id")
    return [row.payload["what"] for row in rows]


def hear(what: str, now: datetime) -> None:
    OutboxEntry.objects.create(name="heard", payload={"what": what}, made_at=now, delivered_at=now)


def listen(event: PipeLeaks, *, now: datetime) -> None:
    hear(event.place, now)


def fail(event: PipeLeaks, *, now: datetime) -> None:
    if broken:
        raise RuntimeError("水管工不在")
    hear(f"mended {event.place}", now)


SUBSCRIPTIONS = {PipeLeaks: (f"{HERE}.listen", f"{HERE}.fail")}


@pytest.fixture(autouse=True)
def _subscribed(settings: Any) -> None:
    global broken
    settings.LINLI_SUBSCRIPTIONS = f"{HERE}.SUBSCRIPTIONS"
    broken = False


def test_every_handler_hears_an_event_once() -> None:
    announce(PipeLeaks("3幢"), now=MONDAY)
    assert deliver_waiting(now=MONDAY) == 1
    assert deliver_waiting(now=MONDAY) == 0
    assert heard() == ["3幢", "mended 3幢"]


def test_what_was_rolled_back_is_never_delivered() -> None:
    def change_of_mind() -> None:
        with transaction.atomic():
            announce(PipeLeaks("3幢"), now=MONDAY)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_of_mind()
    assert deliver_waiting(now=MONDAY) == 0
    assert heard() == []


def test_a_failing_handler_does_not_hold_up_the_others_and_is_tried_again() -> None:
    global broken
    broken = True
    announce(PipeLeaks("3幢"), now=MONDAY)
    deliver_waiting(now=MONDAY)
    failed = FailedDelivery.objects.get()
    assert heard() == ["3幢"]
    assert "水管工不在" in failed.error
    assert deliver_waiting(now=MONDAY + timedelta(seconds=4)) == 0
    broken = False
    assert deliver_waiting(now=MONDAY + timedelta(seconds=5)) == 1
    failed.refresh_from_db()
    assert heard() == ["3幢", "mended 3幢"]
    assert failed.settled_at == MONDAY + timedelta(seconds=5)


def test_after_its_tries_a_failure_waits_for_a_person() -> None:
    global broken
    broken = True
    announce(PipeLeaks("3幢"), now=MONDAY)
    for day in range(TRIES + 3):
        deliver_waiting(now=MONDAY + timedelta(days=day))
    failed = FailedDelivery.objects.get()
    assert (failed.tries, failed.next_try_at, failed.settled_at) == (TRIES, None, None)
    assert OutboxEntry.objects.filter(delivered_at=None).count() == 0

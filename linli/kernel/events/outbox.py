"""Announcing and delivering events.

An event is a frozen dataclass of plain values. Its name in the outbox is its module and class, so renaming one
needs a data migration. Handlers are functions `handler(event, *, now)`; because the mark of delivery is written
in the handler's own transaction, what a handler writes to the database happens exactly once, and only what it
sends elsewhere may happen twice.
"""

from __future__ import annotations

import dataclasses
import logging
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from linli.kernel.engine import rows
from linli.kernel.events.models import FailedDelivery, OutboxEntry

TRIES = 6
"""How often a failing handler is tried before a person is needed; times, 1–20. Six spans about an hour."""

FIRST_PAUSE = timedelta(seconds=5)
"""Pause before the second try; it grows fourfold each time."""

BATCH = 25
"""Entries delivered in one transaction: they share the price of a commit and hold nobody up. When a handler fails the
batch starts again, each handler behind a savepoint of its own."""

log = logging.getLogger(__name__)


def announce(event: Any, *, now: datetime) -> None:
    """Store an event in the outbox of the transaction that is open; it is delivered only if that commits."""
    rows.put(OutboxEntry(name=_name(type(event)), payload=dataclasses.asdict(event), made_at=now))


def deliver_waiting(*, now: datetime, most: int = 200) -> int:
    """Deliver the oldest waiting events and the retries that are due; the number of entries worked on."""
    return _deliver_new(now=now, most=most) + _deliver_again(now=now, most=most)


def _deliver_new(*, now: datetime, most: int) -> int:
    done = 0
    while done < most:
        size = min(BATCH, most - done)
        try:
            batch = _deliver_batch(_handle, now=now, most=size)
        except Exception:  # whichever handler it was, it is found and kept by the careful way
            batch = _deliver_batch(_handle_or_note, now=now, most=size)
        if not batch:
            break
        done += batch
    return done


def _deliver_batch(handle: Callable[..., None], *, now: datetime, most: int) -> int:
    subscriptions = _subscriptions()
    with transaction.atomic():
        waiting = OutboxEntry.objects.select_for_update(skip_locked=True).filter(delivered_at=None)
        entries = list(waiting.order_by("id")[:most])
        for entry in entries:
            event_class, handlers = subscriptions.get(entry.name, (None, ()))
            for path in handlers:
                handle(path, event_class, entry, now=now)
        ids = [entry.pk for entry in entries]
        if ids:
            OutboxEntry.objects.filter(pk__in=ids).update(delivered_at=now)
    return len(entries)


def _handle(path: str, event_class: Any, entry: OutboxEntry, *, now: datetime) -> None:
    import_string(path)(event_class(**entry.payload), now=now)


def _handle_or_note(path: str, event_class: Any, entry: OutboxEntry, *, now: datetime) -> None:
    error = _try(path, event_class, entry, now=now)
    if error:
        FailedDelivery.objects.create(
            entry=entry,
            handler=path,
            error=error,
            failed_at=now,
            next_try_at=now + FIRST_PAUSE,
        )


def _deliver_again(*, now: datetime, most: int) -> int:
    subscriptions = _subscriptions()
    for done in range(most):
        with transaction.atomic():
            failed = (
                FailedDelivery.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("entry")
                .filter(next_try_at__lte=now)
                .order_by("next_try_at", "id")
                .first()
            )
            if failed is None:
                return done
            event_class, _ = subscriptions.get(failed.entry.name, (None, ()))
            error = _try(failed.handler, event_class, failed.entry, now=now)
            failed.tries += 1
            failed.settled_at = None if error else now
            failed.error = error or failed.error
            pause = FIRST_PAUSE * 4 ** (failed.tries - 1)
            failed.next_try_at = now + pause if error and failed.tries < TRIES else None
            failed.save(update_fields=["tries", "settled_at", "error", "next_try_at"])
    return most


def _try(path: str, event_class: Any, entry: OutboxEntry, *, now: datetime) -> str:
    try:
        with transaction.atomic():
            _handle(path, event_class, entry, now=now)
    except (
        Exception
    ):  # a handler may fail in any way; the failure is stored and shown, not swallowed
        log.exception("handler %s failed on outbox entry %s", path, entry.pk)
        return traceback.format_exc()[-4000:]
    return ""


def _name(event_class: type) -> str:
    return f"{event_class.__module__}.{event_class.__name__}"


def _subscriptions() -> dict[str, tuple[type, tuple[str, ...]]]:
    table: dict[type, tuple[str, ...]] = import_string(settings.LINLI_SUBSCRIPTIONS)
    return {_name(event_class): (event_class, handlers) for event_class, handlers in table.items()}

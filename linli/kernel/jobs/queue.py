"""Putting a job down and picking it up again. See README.md for the promise."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from linli.kernel.engine import rows
from linli.kernel.jobs.models import Job

TRIES = 8
"""How often a failing job is tried before a person is needed; times, 1–20. Eight spans about a day."""

FIRST_PAUSE = timedelta(seconds=10)
"""Pause before the second try; it grows threefold each time."""

BATCH = 25
"""Jobs run in one transaction: enough to share the price of a commit, few enough not to hold others up. When one of
them fails the batch starts again, each job behind a savepoint of its own."""

BATCH_SECONDS = 0.1
"""After so long a batch is committed as far as it got; seconds. On SQLite everybody who writes waits for it."""

log = logging.getLogger(__name__)


def enqueue(
    kind: str,
    payload: Mapping[str, Any],
    *,
    due_at: datetime,
    now: datetime,
    key: str | None = None,
) -> None:
    """Put a job down in the open transaction. With a `key` that is already there, nothing is added."""
    job = Job(kind=kind, payload=dict(payload), due_at=due_at, made_at=now, key=key)
    if key is None:
        rows.put(job)
    else:
        rows.put_new(job)


def withdraw(*, key_prefix: str) -> None:
    """Take back the waiting jobs whose key begins so."""
    Job.objects.filter(key__startswith=key_prefix, done_at=None).delete()


def run_due(*, now: datetime, most: int = 500, kinds: tuple[str, ...] = ()) -> int:
    """Run jobs that are due, the oldest first; the number run. Safe with any number of workers."""
    table: dict[str, str] = import_string(settings.LINLI_JOBS)
    done = 0
    while done < most:
        size = min(BATCH, most - done)
        try:
            batch = _run_batch(table, _just_run, now=now, most=size, kinds=kinds)
        except Exception:  # whichever it was, it is found and kept by the careful way
            batch = _run_batch(table, _run_or_note, now=now, most=size, kinds=kinds)
        done += batch
        if not batch:
            break
    return done


def _run_batch(
    table: Mapping[str, str],
    run: Callable[..., None],
    *,
    now: datetime,
    most: int,
    kinds: tuple[str, ...],
) -> int:
    with transaction.atomic():
        waiting = Job.objects.select_for_update(skip_locked=True).filter(
            due_at__lte=now, done_at=None, given_up_at=None
        )
        if kinds:
            waiting = waiting.filter(kind__in=kinds)
        jobs = list(waiting.order_by("due_at", "id")[:most])
        until = time.monotonic() + BATCH_SECONDS
        tried = []
        for job in jobs:
            run(job, table, now=now)
            tried.append(job)
            if time.monotonic() > until:
                break
        Job.objects.filter(pk__in=[job.pk for job in tried if job.done_at]).update(done_at=now)
        for failed in (job for job in tried if not job.done_at):
            failed.save(update_fields=["tries", "error", "due_at", "given_up_at"])
    return len(tried)


def _just_run(job: Job, table: Mapping[str, str], *, now: datetime) -> None:
    body: Callable[..., None] = import_string(table[job.kind])
    body(**job.payload, now=now)
    job.done_at = now


def _run_or_note(job: Job, table: Mapping[str, str], *, now: datetime) -> None:
    try:
        with transaction.atomic():
            _just_run(job, table, now=now)
    except Exception:  # any failure is kept on the row and shown to staff
        log.exception("job %s (%s) failed", job.pk, job.kind)
        job.tries += 1
        job.error = traceback.format_exc()[-4000:]
        job.due_at = now + FIRST_PAUSE * 3 ** (job.tries - 1)
        job.given_up_at = now if job.tries >= TRIES else None

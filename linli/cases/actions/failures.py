"""Trying again what the system gave up: a delivery of an event, a job, a message."""

from __future__ import annotations

from datetime import datetime

from linli.kernel.acting import Actor, action
from linli.kernel.errors import NotFound
from linli.kernel.events.models import FailedDelivery
from linli.kernel.jobs.models import Job
from linli.kernel.notify.models import Message

GONE = "这一条已经处理好了，请刷新页面。"


@action(may="failures.retry")
def retry_delivery(delivery_id: int, *, by: Actor, now: datetime) -> FailedDelivery:
    """Let the worker deliver an event to its handler once more, with all its tries."""
    rows = FailedDelivery.objects.select_for_update(of=("self",))
    failed = rows.filter(pk=delivery_id, settled_at=None).first()
    if failed is None:
        raise NotFound(GONE)
    failed.tries, failed.next_try_at = 0, now
    failed.save(update_fields=["tries", "next_try_at"])
    return failed


@action(may="failures.retry")
def retry_job(job_id: int, *, by: Actor, now: datetime) -> Job:
    """Let the worker run a job once more, with all its tries."""
    job = Job.objects.select_for_update().filter(pk=job_id, done_at=None).first()
    if job is None:
        raise NotFound(GONE)
    job.tries, job.due_at, job.given_up_at = 0, now, None
    job.save(update_fields=["tries", "due_at", "given_up_at"])
    return job


@action(may="failures.retry")
def retry_message(message_id: int, *, by: Actor, now: datetime) -> Message:
    """Let the worker send a message once more, with all its tries."""
    message = Message.objects.select_for_update().filter(pk=message_id, sent_at=None).first()
    if message is None:
        raise NotFound(GONE)
    message.tries, message.send_at, message.given_up_at = 0, now, None
    message.save(update_fields=["tries", "send_at", "given_up_at"])
    return message

"""Jobs that went wrong."""

from __future__ import annotations

from django.db.models import F, QuerySet

from linli.kernel.acting import Actor
from linli.kernel.jobs.models import Job


def failed_jobs(actor: Actor) -> QuerySet[Job]:
    """Unfinished jobs that failed at least once, those given up first; none without `failures.view`."""
    if not actor.may("failures.view"):
        return Job.objects.none()
    rows = Job.objects.filter(done_at=None).exclude(error="")
    return rows.order_by(F("given_up_at").desc(nulls_last=True), "-id")

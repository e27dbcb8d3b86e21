"""Work of every day: each job named in the settings is put down once a local day, whoever notices first."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from linli.kernel.calendar.local import local_day
from linli.kernel.jobs.queue import enqueue

_seen: set[date] = set()


def put_down(*, now: datetime) -> int:
    """Put today's jobs down unless they are there; 0, since the jobs are counted when they run."""
    day = local_day(now)
    if day in _seen:
        return 0
    kinds: tuple[str, ...] = import_string(settings.LINLI_DAILY)
    with transaction.atomic():
        for kind in kinds:
            enqueue(kind, {}, due_at=now, now=now, key=f"{kind}:{day}")
    _seen.clear()
    _seen.add(day)
    return 0

"""The background worker: `python -m linli.config.worker`. Any number may run; kill one at any moment.

Each round it runs due jobs, tells of deadlines, delivers events, sends messages and seals the audit chain; when a
round found nothing to do it waits a fraction of a second. It keeps nothing in memory between rounds.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import django
from django.db import DatabaseError

if TYPE_CHECKING:
    from linli.kernel.jobs.rounds import Failing

IDLE_SECONDS = 0.3
"""Pause after a round without work; seconds, 0.05–2. Cases appear within this time plus a round."""

ROUND_SECONDS = 0.15
"""A round that was quicker is followed by a pause up to this; seconds, 0–1. Looking costs the same for one or ten."""


def main() -> None:
    """Work until told to stop by SIGTERM or SIGINT."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.config.settings")
    django.setup()
    from linli.cases.suggesting.category import load_model
    from linli.kernel.jobs.heartbeats import BEAT_SECONDS
    from linli.kernel.jobs.rounds import Failing

    load_model()
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    failing, beaten = Failing(), 0.0
    while not stop.is_set():
        began = time.monotonic()
        if began - beaten > BEAT_SECONDS:
            _beat()
            beaten = began
        done = work_once(failing)
        left = ROUND_SECONDS - (time.monotonic() - began)
        stop.wait(max(left, 0) if done else IDLE_SECONDS)


def _beat() -> None:
    """Say that the worker lives; a database that is away for a moment is told of by what it makes fail."""
    from linli.config.clock import now
    from linli.kernel.jobs.heartbeats import beat

    with suppress(DatabaseError):
        beat("worker", now=now())


def work_once(failing: Failing | None = None) -> int:
    """One round; the number of things done."""
    from django.conf import settings

    from linli.config.clock import now
    from linli.config.subscriptions import ticks
    from linli.kernel.jobs.rounds import work_through

    return work_through(ticks(demo=settings.LINLI_DEMO_STREAM), clock=now, failing=failing)


if __name__ == "__main__":
    main()

"""The background worker: `python -m linli.config.worker`. Any number may run; kill one at any moment.

Each round it runs due jobs, tells of deadlines, delivers events, sends messages and seals the audit chain; when a
round found nothing to do it waits a fraction of a second. It keeps nothing in memory between rounds.
"""

from __future__ import annotations

import os
import signal
import threading
import time

import django

IDLE_SECONDS = 0.3
"""Pause after a round without work; seconds, 0.05–2. Cases appear within this time plus a round."""

ROUND_SECONDS = 0.15
"""A round that was quicker is followed by a pause up to this; seconds, 0–1. Looking costs the same for one or ten."""


def main() -> None:
    """Work until told to stop by SIGTERM or SIGINT."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.config.settings")
    django.setup()
    from linli.cases.suggesting.category import load_model

    load_model()
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    while not stop.is_set():
        began = time.monotonic()
        done = work_once()
        left = ROUND_SECONDS - (time.monotonic() - began)
        stop.wait(max(left, 0) if done else IDLE_SECONDS)


def work_once() -> int:
    """One round; the number of things done."""
    from django.conf import settings

    from linli.config.clock import now
    from linli.config.subscriptions import ticks
    from linli.kernel.jobs.rounds import work_through

    return work_through(ticks(demo=settings.LINLI_DEMO_STREAM), clock=now)


if __name__ == "__main__":
    main()

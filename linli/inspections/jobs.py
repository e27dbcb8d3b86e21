"""Daily work of inspections; the names are in `linli/config/subscriptions.py`."""

from __future__ import annotations

from datetime import datetime

from linli.inspections.actions import plan_visits
from linli.kernel.acting import SYSTEM


def plan(*, now: datetime) -> None:
    """Plan the visits that are due."""
    plan_visits(by=SYSTEM, now=now)

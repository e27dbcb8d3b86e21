"""Background work of cases; the names are in `linli/config/subscriptions.py`."""

from __future__ import annotations

from datetime import datetime

from linli.cases.actions.opening import triage_report
from linli.cases.actions.timing import resume as resume_clock
from linli.kernel.acting import SYSTEM


def triage(report_id: int, *, now: datetime) -> None:
    """Give a stored report its case."""
    triage_report(report_id, by=SYSTEM, now=now)


def resume(suspension_id: int, *, now: datetime) -> None:
    """Say that the clock of a suspended case runs again."""
    resume_clock(suspension_id, by=SYSTEM, now=now)

"""Who listens to what, which job runs which function, and what the worker does every second: one list each."""

from __future__ import annotations

from linli.cases.events import CaseMoved, CaseRated, ReportStored

SUBSCRIPTIONS: dict[type, tuple[str, ...]] = {
    ReportStored: ("linli.cases.handlers.confirm_receipt",),
    CaseMoved: ("linli.cases.handlers.tell_reporters",),
    CaseRated: ("linli.cases.handlers.thank_or_alert",),
}

JOBS: dict[str, str] = {
    "cases.triage": "linli.cases.jobs.triage",
}

TICKS: tuple[str, ...] = (
    "linli.kernel.jobs.queue.run_due",
    "linli.cases.clocks.tell_due",
    "linli.kernel.events.outbox.deliver_waiting",
    "linli.kernel.notify.sending.send_waiting",
    "linli.demo.stream.live",
)
"""Functions `(now) -> int` the worker calls in turn; the number is how much they did."""

"""Which kinds of matter there are, who listens to what, which job runs what, and what the worker does every second.

One list each.
"""

from __future__ import annotations

from linli.cases.events import CaseExtended, CaseRated, ReportStored
from linli.kernel.calendar.events import YearEntered
from linli.kernel.imports.kinds import ImportKind
from linli.kernel.jobs.rounds import Tick
from linli.kernel.matters.events import MatterMoved, MatterRetimed
from linli.kernel.people.events import StaffLeft

SUBSCRIPTIONS: dict[type, tuple[str, ...]] = {
    ReportStored: ("linli.cases.handlers.confirm_receipt",),
    MatterMoved: ("linli.cases.handlers.tell_reporters", "linli.hotline.handlers.tell_upstream"),
    MatterRetimed: ("linli.cases.handlers.tell_new_promise",),
    YearEntered: ("linli.kernel.matters.handlers.recompute_dues",),
    CaseExtended: ("linli.hotline.handlers.tell_extension",),
    StaffLeft: ("linli.kernel.matters.handlers.give_away",),
    CaseRated: ("linli.cases.handlers.thank_or_alert",),
}

MATTERS: tuple[str, ...] = (
    "linli.cases.actions.effects.CASES",
    "linli.whistles.effects.LEGS",
    "linli.whistles.raised.RAISED_WHISTLES",
    "linli.inspections.effects.INSPECTIONS",
)
"""Every kind of matter. What serves all matters walks this list; a new kind is one more line."""

JOBS: dict[str, str] = {
    "cases.triage": "linli.cases.jobs.triage",
    "matters.recompute_year": "linli.kernel.matters.recomputing.recompute_year",
    "cases.resume": "linli.cases.jobs.resume",
    "inspections.plan": "linli.inspections.jobs.plan",
    "matters.hand_on": "linli.kernel.matters.jobs.hand_on",
    "hotline.settle": "linli.hotline.jobs.settle",
    "hotline.note": "linli.hotline.jobs.note",
    "hotline.forget_nonces": "linli.hotline.jobs.forget_nonces",
    "imports.take_part": "linli.kernel.imports.actions.take_part",
    "files.clear_unused": "linli.kernel.files.jobs.clear_unused",
    "upkeep.publish_head": "linli.kernel.upkeep.jobs.publish_head",
    "engine.refresh_statistics": "linli.kernel.engine.upkeep.refresh_statistics",
}

IMPORTS: tuple[ImportKind, ...] = (
    ImportKind(
        "reports",
        "cases.import",
        "linli.cases.importing.REPORTS",
        "linli.cases.importing.take_reports",
    ),
    ImportKind(
        "staff",
        "people.edit",
        "linli.kernel.people.importing.STAFF",
        "linli.kernel.people.importing.take_staff",
    ),
    ImportKind(
        "posts",
        "access.manage",
        "linli.kernel.access.importing.POSTS",
        "linli.kernel.access.importing.take_posts",
        part=4,
    ),
)
"""Tables that may be so long that a job takes them in parts. A new login costs the hashing of its password."""

DAILY: tuple[str, ...] = (
    "files.clear_unused",
    "engine.refresh_statistics",
    "hotline.forget_nonces",
    "inspections.plan",
    "upkeep.publish_head",
    "matters.hand_on",
)
"""Jobs put down once a local day, the first ones when the worker starts."""

TICKS: tuple[Tick, ...] = (
    Tick("linli.kernel.jobs.daily.put_down"),
    Tick(
        "linli.kernel.jobs.queue.run_due",
        "SELECT 1 FROM jobs_job WHERE due_at <= {now} AND done_at IS NULL AND given_up_at IS NULL",
    ),
    Tick("linli.kernel.matters.clocks.notify_due", "linli.kernel.matters.clocks.runs_due"),
    Tick(
        "linli.kernel.events.outbox.deliver_waiting",
        "SELECT 1 FROM events_outboxentry WHERE delivered_at IS NULL"
        " UNION ALL SELECT 1 FROM events_faileddelivery WHERE next_try_at <= {now}",
    ),
    Tick(
        "linli.kernel.notify.sending.send_waiting",
        "SELECT 1 FROM notify_message"
        " WHERE send_at <= {now} AND sent_at IS NULL AND given_up_at IS NULL",
    ),
    Tick("linli.hotline.exchange.exchange"),
    Tick(
        "linli.kernel.audit.chain.seal_waiting",
        "SELECT 1 FROM audit_auditline WHERE sequence IS NULL",
    ),
)
"""What the worker does in turn, and what has to wait in the database for it to do something."""

OUTSIDE: tuple[Tick, ...] = (Tick("linli.config.scheduled.back_up_when_due"),)
"""What the worker lets a process of its own do; no part of a round, which ends when its work is done."""

DEMO_TICKS: tuple[Tick, ...] = (Tick("linli.demo.stream.live"),)
"""The same for a worker that plays the demo (`LINLI_DEMO_STREAM`)."""


def ticks(*, demo: bool) -> tuple[Tick, ...]:
    """What a worker does in turn; the demo only where it is asked for."""
    return (*OUTSIDE, *TICKS, *DEMO_TICKS) if demo else (*OUTSIDE, *TICKS)

"""A round of the worker: one question when there is nothing to do, and nothing later than without the question."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.cases.actions.intake import receive_report
from linli.cases.drafts import ReportDraft
from linli.cases.flow import Stage
from linli.cases.models import Case, Deadline, Report
from linli.config.subscriptions import TICKS
from linli.kernel.access.queries import RESIDENT
from linli.kernel.audit import chain
from linli.kernel.audit.models import AuditLine
from linli.kernel.events.models import FailedDelivery, OutboxEntry
from linli.kernel.jobs.models import Job
from linli.kernel.jobs.queue import enqueue
from linli.kernel.jobs.rounds import Tick, waiting, work_through
from linli.kernel.notify.models import Message
from linli.kernel.notify.sending import send_sms
from linli.whistles.models import LegDeadline
from tests.walks import opened, walk_to
from tests.world import MONDAY, World

NEVER = timedelta(days=400)
SOON = timedelta(seconds=1)


def paths(now: datetime) -> set[str]:
    """The functions that have something to do."""
    return {tick.path.removeprefix("linli.") for tick in waiting(TICKS, now=now)}


@pytest.fixture
def resting(world: World) -> World:
    """A house where everything is done."""
    work_through(TICKS, clock=lambda: MONDAY)
    assert paths(MONDAY) == set()
    return world


def a_job(world: World) -> None:
    enqueue("files.clear_unused", {}, due_at=MONDAY + SOON, now=MONDAY)


def a_deadline(world: World) -> None:
    case = walk_to(world, opened(world), Stage.HANDLING)
    work_through(TICKS, clock=lambda: MONDAY)
    Deadline.objects.exclude(case=case, clock="handle").delete()
    Deadline.objects.update(next_at=MONDAY + SOON)


def an_event(world: World) -> None:
    OutboxEntry.objects.create(name="nobody.listens", payload={}, made_at=MONDAY)


def a_failure(world: World) -> None:
    entry = OutboxEntry.objects.create(name="x", payload={}, made_at=MONDAY, delivered_at=MONDAY)
    FailedDelivery.objects.create(
        entry=entry, handler="x", error="x", failed_at=MONDAY, next_try_at=MONDAY + SOON
    )


def a_message(world: World) -> None:
    send_sms("19900001234", "路灯修好了", about="lamp", now=MONDAY + SOON)


def a_line(world: World) -> None:
    chain.write(
        at=MONDAY, actor_kind="system", account_id=None, actor_name="系统", action="x", subject="",
        detail={},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("make", "path", "timed"),
    [
        (a_job, "kernel.jobs.queue.run_due", True),
        (a_deadline, "kernel.matters.clocks.notify_due", True),
        (an_event, "kernel.events.outbox.deliver_waiting", False),
        (a_failure, "kernel.events.outbox.deliver_waiting", True),
        (a_message, "kernel.notify.sending.send_waiting", True),
        (a_line, "kernel.audit.chain.seal_waiting", False),
    ],
)
def test_a_part_is_called_when_there_is_something_for_it_and_not_before(
    resting: World, make: Callable[[World], None], path: str, *, timed: bool
) -> None:
    make(resting)
    assert paths(MONDAY) == (set() if timed else {path})
    assert paths(MONDAY + SOON) == {path}


@pytest.mark.parametrize("model", [Job, Message, Deadline, LegDeadline, OutboxEntry, AuditLine])
def test_what_may_wait_is_named_as_the_tables_name_it(resting: World, model: Any) -> None:
    asked = " ".join(tick.condition for tick in TICKS if tick.waiting).replace('"', "")
    assert f" {model._meta.db_table} " in asked


def test_a_round_at_rest_asks_one_question_and_writes_nothing(resting: World) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert work_through(TICKS, clock=lambda: MONDAY) == 0
    assert len(asked) == 1
    assert asked[0]["sql"].startswith("SELECT EXISTS")


def test_what_a_part_makes_for_a_later_one_is_done_in_the_same_round(resting: World) -> None:
    """A report becomes a case, its receipt is confirmed and sent, and every line is sealed, all at once."""
    draft = ReportDraft(
        body="楼下的水管漏水，已经两天了", lon=120.003, lat=30.002, category_code="E0111",
        contact_name="王奶奶", contact_phone="19900001234",
    )  # fmt: skip
    stored = receive_report(draft, by=RESIDENT, now=MONDAY)
    work_through(TICKS, clock=lambda: MONDAY)
    assert Report.objects.get(pk=stored.report_id).case is not None
    assert not OutboxEntry.objects.filter(delivered_at=None).exists()
    assert Message.objects.exclude(sent_at=None).exists()
    assert not AuditLine.objects.filter(sequence=None).exists()


def breaks(*, now: datetime) -> int:
    raise RuntimeError("坏了")


def test_a_part_that_fails_does_not_hold_up_the_others(
    resting: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linli.kernel.jobs.rounds.close_old_connections", lambda: None)
    a_line(resting)
    ticks = (Tick(f"{__name__}.breaks"), *TICKS)
    assert work_through(ticks, clock=lambda: MONDAY) == 1
    assert not AuditLine.objects.filter(sequence=None).exists()
    assert Case.objects.count() == 0

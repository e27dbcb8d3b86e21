"""A job runs when it is due, once, with its own changes or none of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from linli.kernel.jobs.models import Job
from linli.kernel.jobs.queue import TRIES, enqueue, run_due, withdraw
from linli.kernel.organisations.models import Organization
from tests.world import MONDAY

pytestmark = pytest.mark.django_db
HERE = "linli.kernel.jobs.tests.test_queue"
JOBS = {"found": f"{HERE}.found", "fail": f"{HERE}.fail"}


def found(code: str, *, now: datetime) -> None:
    Organization.objects.create(kind="department", code=code, name=code)


def fail(code: str, *, now: datetime) -> None:
    found(code, now=now)
    raise RuntimeError("没有墨了")


@pytest.fixture(autouse=True)
def _jobs(settings: Any) -> None:
    settings.LINLI_JOBS = f"{HERE}.JOBS"


def test_a_job_waits_until_it_is_due_and_runs_once() -> None:
    later = MONDAY + timedelta(hours=1)
    enqueue("found", {"code": "A"}, due_at=later, now=MONDAY)
    assert run_due(now=later - timedelta(seconds=1)) == 0
    assert run_due(now=later) == 1
    assert run_due(now=later) == 0
    assert Organization.objects.count() == 1


def test_the_same_key_is_put_down_once() -> None:
    for _ in range(100):
        enqueue("found", {"code": "A"}, due_at=MONDAY, now=MONDAY, key="once")
    assert Job.objects.count() == 1


def test_the_oldest_comes_first() -> None:
    for hour, code in ((3, "C"), (1, "A"), (2, "B")):
        enqueue("found", {"code": code}, due_at=MONDAY + timedelta(hours=hour), now=MONDAY)
    run_due(now=MONDAY + timedelta(hours=9))
    assert list(Organization.objects.order_by("id").values_list("code", flat=True)) == [
        "A",
        "B",
        "C",
    ]


def test_a_failing_job_leaves_nothing_behind_is_put_off_and_given_up_in_the_end() -> None:
    enqueue("fail", {"code": "A"}, due_at=MONDAY, now=MONDAY)
    enqueue("found", {"code": "B"}, due_at=MONDAY, now=MONDAY)
    run_due(now=MONDAY)
    assert list(Organization.objects.values_list("code", flat=True)) == ["B"]
    job = Job.objects.get(kind="fail")
    assert job.due_at == MONDAY + timedelta(seconds=10)
    for day in range(1, TRIES + 2):
        run_due(now=MONDAY + timedelta(days=day))
    job.refresh_from_db()
    assert job.tries == TRIES
    assert job.given_up_at is not None
    assert "没有墨了" in job.error


def test_a_withdrawn_job_does_not_run() -> None:
    enqueue("found", {"code": "A"}, due_at=MONDAY, now=MONDAY, key="case:1:due")
    withdraw(key_prefix="case:1:")
    assert run_due(now=MONDAY) == 0

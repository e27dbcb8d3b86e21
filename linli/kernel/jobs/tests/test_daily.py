"""The jobs of a day are put down once that day, by however many workers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from linli.kernel.jobs import daily
from linli.kernel.jobs.models import Job
from linli.kernel.jobs.queue import run_due
from tests.world import MONDAY

pytestmark = pytest.mark.django_db
DAILY = import_string(settings.LINLI_DAILY)


@pytest.fixture(autouse=True)
def _new_process() -> None:
    daily._seen.clear()


def test_each_is_put_down_once_a_day() -> None:
    for hours in (0, 1, 5):
        daily._seen.clear()  # another worker, or the same after a restart
        daily.put_down(now=MONDAY + timedelta(hours=hours))
    assert Job.objects.count() == len(DAILY)
    daily.put_down(now=MONDAY + timedelta(days=1))
    assert Job.objects.count() == 2 * len(DAILY)


def test_the_day_is_the_local_one() -> None:
    daily.put_down(now=MONDAY.replace(hour=0, minute=30))
    before_dawn_in_utc_of_the_day_before = MONDAY.replace(hour=7, minute=30)
    daily.put_down(now=before_dawn_in_utc_of_the_day_before)
    assert {job.key.rpartition(":")[2] for job in Job.objects.all() if job.key} == {
        MONDAY.date().isoformat()
    }


def test_every_daily_job_is_a_job_and_runs() -> None:
    assert set(DAILY) <= set(import_string(settings.LINLI_JOBS))
    daily.put_down(now=MONDAY)
    assert run_due(now=MONDAY) == len(DAILY)
    assert not Job.objects.exclude(done_at=MONDAY).exists()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM sqlite_stat1")
            assert cursor.fetchone()[0] > 0

"""A disk that is full under the database: nothing is stored, and everybody is told so plainly."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import DatabaseError, OperationalError, connection
from django.test import Client
from psycopg.errors import DiskFull, UniqueViolation

from linli.cases.models import Report
from linli.kernel.access.models import Account
from linli.kernel.engine.full import disk_full
from linli.kernel.jobs.models import Job
from tests.world import World


@pytest.fixture
def full(transactional_db: None, world: World) -> Iterator[None]:
    """The database may not grow by a single page."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no way to pretend; its error is told below")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count")
        most = cursor.fetchone()[0]
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
        yield
        cursor.execute(f"PRAGMA max_page_count = {most}")


def sent_until_refused(send: Callable[[dict[str, str]], int]) -> set[int]:
    """The statuses of different reports sent one after the other; the free pages are used up first."""
    return {
        send({"body": f"第{number}处垃圾没人清，{'又脏又臭' * 300}", "address": "槐树里"})
        for number in range(60)
    }


def test_a_machine_is_told_507_and_nothing_is_half_stored(world: World, full: None) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(Account.objects.get(username="acceptor"))

    def send(words: dict[str, str]) -> int:
        return client.post("/api/reports", words, content_type="application/json").status_code

    assert sent_until_refused(send) == {201, 507}
    stored = Report.objects.count()
    words = {"body": "最后一处" * 300, "address": "槐树里"}
    answer = client.post("/api/reports", words, content_type="application/json")
    assert answer.json()["error"]["code"] == "disk_full"
    assert Report.objects.count() == stored
    assert Job.objects.filter(kind="cases.triage").count() == stored


def test_a_person_sees_a_page_that_says_what_to_do(full: None) -> None:
    client = Client(raise_request_exception=False)

    def send(words: dict[str, str]) -> int:
        words |= {"contact_phone": "19900001234", "idempotency_key": words["body"][:20]}
        return client.post("/home/report", words).status_code

    assert sent_until_refused(send) == {302, 507}
    last = {"body": "最后一处" * 300, "address": "槐树里", "idempotency_key": "last"}
    answer = client.post("/home/report", last)
    assert "磁盘已满" in answer.content.decode()


def test_the_errors_of_both_engines_are_told_apart_from_others() -> None:
    def raised(cause: Exception) -> DatabaseError:
        try:
            raise OperationalError("x") from cause
        except OperationalError as error:
            return error

    assert disk_full(raised(DiskFull())) is not None
    assert disk_full(raised(UniqueViolation())) is None
    assert disk_full(OperationalError("database is locked")) is None
    assert disk_full(DiskFull()) is None

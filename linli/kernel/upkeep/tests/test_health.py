"""A part that does not work is red, and so is the whole; what only somebody should look at is not."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest
from django.db import DatabaseError
from pytest_django import Settings

from linli.kernel.audit import chain
from linli.kernel.audit.heads import read_heads
from linli.kernel.events.models import OutboxEntry
from linli.kernel.jobs.heartbeats import beat, note_failure
from linli.kernel.jobs.models import Job
from linli.kernel.notify.models import Message
from linli.kernel.upkeep import health
from linli.kernel.upkeep.jobs import heads_folder, publish_head
from linli.kernel.upkeep.keys import note_key
from tests.world import MONDAY

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LONG_AGO = MONDAY - timedelta(minutes=6)


class Disk(NamedTuple):
    total: int
    used: int
    free: int


def state(name: str, *, now: datetime = MONDAY) -> tuple[str, int | None]:
    (part,) = health.health(now=now, only=[name])
    return part.status, part.age


def write(at: datetime = MONDAY) -> None:
    chain.write(
        at=at,
        actor_kind="system",
        account_id=None,
        actor_name="系统",
        action="x",
        subject="",
        detail={},
    )


@pytest.mark.parametrize("name", ["worker", "live"])
def test_a_process_is_red_until_it_speaks_and_again_when_it_falls_silent(
    name: str, settings: Settings
) -> None:
    settings.LINLI_LIVE_URL = "http://127.0.0.1:8001"
    assert state(name) == ("fail", None)
    beat(name, now=MONDAY)
    assert state(name, now=MONDAY + timedelta(seconds=60)) == ("ok", 60)
    assert state(name, now=MONDAY + timedelta(seconds=61)) == ("fail", 61)
    settings.LINLI_CLOCK_SPEED = 60.0
    assert state(name, now=MONDAY + timedelta(seconds=61)) == ("ok", 61)


def test_without_a_live_process_pages_poll_and_nothing_is_missing(settings: Settings) -> None:
    settings.LINLI_LIVE_URL = ""
    assert state("live") == ("ok", None)


def an_event() -> None:
    OutboxEntry.objects.create(name="x", payload={}, made_at=LONG_AGO)


def a_job() -> None:
    Job.objects.create(kind="x", due_at=LONG_AGO, made_at=LONG_AGO)


def an_audit_line() -> None:
    write(LONG_AGO)


@pytest.mark.parametrize(
    ("name", "make"), [("outbox", an_event), ("jobs", a_job), ("audit", an_audit_line)]
)
def test_what_waits_too_long_is_red(name: str, make: Callable[[], None]) -> None:
    assert state(name) == ("ok", None)
    make()
    assert state(name) == ("fail", 360)
    assert state(name, now=LONG_AGO + timedelta(minutes=5)) == ("ok", 300)


def test_what_was_given_up_waits_for_a_person_and_takes_nobody_off_the_air() -> None:
    Job.objects.create(kind="x", due_at=LONG_AGO, made_at=LONG_AGO, given_up_at=MONDAY)
    Message.objects.create(
        channel="sms",
        to="1",
        text="x",
        about="x",
        made_at=MONDAY,
        send_at=MONDAY,
        given_up_at=MONDAY,
    )
    assert state("jobs") == ("warn", None)
    assert state("messages") == ("warn", None)


def test_a_part_of_the_worker_that_fails_is_named_until_it_is_well() -> None:
    note_failure("linli.kernel.notify.sending.send_waiting", "no module", now=MONDAY)
    note_failure("linli.kernel.notify.sending.send_waiting", "no module", now=MONDAY + DAY)
    (part,) = health.health(now=MONDAY + DAY, only=["ticks"])
    assert (part.status, part.age, part.detail) == ("fail", 86_400, "sending")
    beat("linli.kernel.notify.sending.send_waiting", now=MONDAY)
    assert state("ticks") == ("ok", None)


def test_less_than_a_twentieth_of_the_disk_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    for free, wanted in ((5, "ok"), (4, "fail")):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: Disk(100, 100 - free, free))
        assert state("disk")[0] == wanted


def test_an_adapter_that_is_not_there_is_red(settings: Settings) -> None:
    assert state("adapters") == ("ok", None)
    settings.LINLI_SMS_ADAPTER = "office.sms.send"
    assert state("adapters") == ("fail", None)


def test_another_key_than_the_database_knows_is_red(settings: Settings) -> None:
    note_key(settings.SECRET_KEY, now=MONDAY)
    assert state("keys") == ("ok", None)
    settings.SECRET_KEY = "another"
    assert state("keys") == ("fail", None)
    note_key(settings.SECRET_KEY, now=MONDAY)
    assert state("keys") == ("fail", None)
    note_key(settings.SECRET_KEY, now=MONDAY, replace=True)
    assert state("keys") == ("ok", None)


def test_a_backup_is_missed_at_once_and_red_when_it_fails_or_is_old() -> None:
    assert state("backup") == ("warn", None)
    beat("backup", now=MONDAY)
    assert state("backup", now=MONDAY + 2 * DAY) == ("ok", 172_800)
    assert state("backup", now=MONDAY + 3 * DAY)[0] == "fail"
    note_failure("backup", "no space", now=MONDAY)
    assert state("backup") == ("fail", 0)


def test_the_end_of_the_chain_is_published_and_its_age_watched() -> None:
    assert publish_head(now=MONDAY) is None
    write()
    chain.seal()
    assert state("audit_head") == ("warn", None)
    one = publish_head(now=MONDAY)
    assert one is not None
    assert read_heads(heads_folder()) == [one]
    assert state("audit_head") == ("ok", 0)
    assert state("audit_head", now=MONDAY + 3 * DAY)[0] == "fail"


def test_a_head_goes_to_the_address_of_the_settings(settings: Settings) -> None:
    settings.LINLI_AUDIT_HEADS_TO = "https://elsewhere.example/heads"
    write()
    chain.seal()
    one = publish_head(now=MONDAY)
    assert one is not None
    (message,) = Message.objects.filter(channel="webhook")
    assert (message.to, one.code in message.text) == ("https://elsewhere.example/heads", True)


def test_a_database_that_does_not_answer_is_red_and_not_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def malformed(*_: object, **__: object) -> None:
        raise DatabaseError("database disk image is malformed")

    monkeypatch.setattr("linli.kernel.upkeep.health.AuditLine._base_manager.order_by", malformed)
    assert state("database")[0] == "fail"


def test_the_whole_is_as_bad_as_its_worst_part() -> None:
    def of(*states: str) -> str:
        return health.overall(health.Part(str(n), one) for n, one in enumerate(states))

    assert of("ok", "ok") == "ok"
    assert of("ok", "warn") == "warn"
    assert of("warn", "fail", "ok") == "fail"

"""Failures with their retry, and the audit log."""

from __future__ import annotations

from datetime import timedelta

import pytest

from linli.kernel.audit.chain import seal
from linli.kernel.audit.models import AuditLine
from linli.kernel.events.models import FailedDelivery, OutboxEntry
from linli.kernel.jobs.models import Job
from linli.kernel.notify.models import Message
from linli.screens.console.tests.office import Enter, opened
from tests.world import MONDAY, World


def failed_things() -> tuple[FailedDelivery, Job, Message]:
    entry = OutboxEntry.objects.create(
        name="linli.cases.events.ReportStored",
        payload={"report_id": 1},
        made_at=MONDAY,
        delivered_at=MONDAY,
    )
    delivery = FailedDelivery.objects.create(
        entry=entry,
        handler="linli.cases.handlers.confirm_receipt",
        error="Traceback\nValueError: 短信网关没有应答",
        tries=6,
        failed_at=MONDAY,
    )
    job = Job.objects.create(
        kind="cases.triage",
        key="triage:1",
        due_at=MONDAY,
        made_at=MONDAY,
        tries=8,
        error="Traceback\nKeyError: 'grid'",
        given_up_at=MONDAY,
    )
    message = Message.objects.create(
        channel="sms",
        to="19900001234",
        text="您反映的事已受理",
        about="receipt:1",
        made_at=MONDAY,
        send_at=MONDAY,
        tries=6,
        error="接收方返回 503",
        given_up_at=MONDAY,
    )
    return delivery, job, message


def test_everything_that_failed_is_listed_with_its_reason(world: World, enter: Enter) -> None:
    failed_things()

    words = enter("system_admin").get("/console/failures").content.decode()

    for expected in (
        "发送受理回执",
        "ValueError: 短信网关没有应答",
        "上报分派",
        "KeyError",
        "接收方返回 503",
    ):
        assert expected in words
    assert "199****1234" in words
    assert "19900001234" not in words
    assert "您反映的事已受理" not in words


def test_without_failures_the_page_says_so(world: World, enter: Enter) -> None:
    assert "一切正常" in enter("system_admin").get("/console/failures").content.decode()


def test_a_retry_puts_each_kind_back_into_its_queue(world: World, enter: Enter) -> None:
    delivery, job, message = failed_things()
    client = enter("system_admin")

    for kind, row in (("delivery", delivery), ("job", job), ("message", message)):
        assert client.post(f"/console/failures/{kind}/{row.pk}/retry").status_code == 302

    delivery.refresh_from_db()
    job.refresh_from_db()
    message.refresh_from_db()
    assert (delivery.tries, delivery.next_try_at) == (0, MONDAY)
    assert (job.tries, job.due_at, job.given_up_at) == (0, MONDAY, None)
    assert (message.tries, message.send_at, message.given_up_at) == (0, MONDAY, None)
    done = AuditLine.objects.filter(action__startswith="cases.failures.", result="done")
    assert done.count() == 3


def test_a_retry_of_what_is_settled_is_refused(world: World, enter: Enter) -> None:
    delivery, job, message = failed_things()
    FailedDelivery.objects.update(settled_at=MONDAY)
    Job.objects.update(done_at=MONDAY)
    Message.objects.update(sent_at=MONDAY)
    client = enter("system_admin")

    for kind, row in (("delivery", delivery), ("job", job), ("message", message)):
        assert client.post(f"/console/failures/{kind}/{row.pk}/retry").status_code == 404
    assert client.post("/console/failures/case/1/retry").status_code == 404
    job.refresh_from_db()
    assert job.tries == 8


def test_nobody_else_can_retry(world: World, enter: Enter) -> None:
    _delivery, job, _message = failed_things()

    assert enter("acceptor").post(f"/console/failures/job/{job.pk}/retry").status_code == 403
    job.refresh_from_db()
    assert job.given_up_at == MONDAY


def test_the_audit_log_is_filtered_by_action_and_person(world: World, enter: Enter) -> None:
    opened()
    client = enter("audit_admin")

    everything = client.get("/console/audit").context["lines"]
    triage = client.get("/console/audit?action=cases.opening").context["lines"]
    resident = client.get("/console/audit?name=居民").context["lines"]

    assert [line["row"].action for line in triage] == ["cases.opening.triage_report"]
    assert [line["word"] for line in resident] == ["收到上报"]
    found = {line["row"].pk for line in triage + resident}
    assert found < {line["row"].pk for line in everything}


def test_the_verdict_says_whether_the_chain_holds(world: World, enter: Enter) -> None:
    opened()
    seal()
    client = enter("audit_admin")

    good = client.get("/console/audit?verdict=1")
    AuditLine.objects.filter(sequence=2).update(actor_name="别人")
    bad = client.get("/console/audit?verdict=1")

    assert "哈希链完好" in good.content.decode()
    assert bad.context["verdict"].broken_at == 2
    assert "哈希链在第 2 行断开" in bad.content.decode()
    assert "这一行被改过" in bad.content.decode()


def test_older_lines_are_reached_page_by_page(
    world: World, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linli.screens.console.admin.audit.LINES", 2)
    for n in range(5):
        opened(
            body=f"第一网格第 {n} 处",
            lon=120.0005 + n * 0.0008,
            occurred_at=MONDAY - timedelta(days=n),
        )
    client = enter("audit_admin")

    first = client.get("/console/audit?action=cases.intake")
    second = client.get("/console/audit" + first.context["pager"]["next_url"])

    ids = [[line["row"].pk for line in page.context["lines"]] for page in (first, second)]
    assert [len(one) for one in ids] == [2, 2]
    assert min(ids[0]) > max(ids[1])
    assert {line["row"].action for line in second.context["lines"]} == {
        "cases.intake.receive_report"
    }


def test_no_address_deletes_an_audit_line(world: World, enter: Enter) -> None:
    opened()
    count = AuditLine.objects.count()
    client = enter("audit_admin")

    assert client.delete("/console/audit").status_code == 405
    assert client.post("/console/audit").status_code == 405
    assert AuditLine.objects.count() == count

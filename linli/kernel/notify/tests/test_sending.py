"""Messages are rows until they are sent; a failure stays visible."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from linli.kernel.engine.leaving import InsideTransaction, must_be_outside
from linli.kernel.notify.adapters import NotSent
from linli.kernel.notify.models import Message, Notice
from linli.kernel.notify.sending import LEASE, TRIES, call_webhook, send_sms, send_waiting, tell
from tests.world import MONDAY, World


def refuse(to: str, text: str) -> None:
    raise NotSent("短信余额不足")


def test_an_sms_goes_to_the_file_of_the_default_adapter_once(db: None, tmp_path: Path) -> None:
    for _ in range(3):
        send_sms("19900001234", "已收到", about="receipt:1", now=MONDAY)
    assert send_waiting(now=MONDAY) == 1
    assert send_waiting(now=MONDAY) == 0
    lines = (tmp_path / "outgoing" / "sms.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [{"to": "19900001234", "text": "已收到"}]


def test_nothing_is_sent_to_nobody(db: None) -> None:
    send_sms("", "已收到", about="receipt:1", now=MONDAY)
    assert Message.objects.count() == 0


def test_a_refused_message_is_tried_again_and_then_shown_with_its_reason(
    db: None, settings: Any
) -> None:
    settings.LINLI_SMS_ADAPTER = f"{__name__}.refuse"
    send_sms("19900001234", "已收到", about="receipt:1", now=MONDAY)
    at: datetime = MONDAY
    for _ in range(TRIES):
        assert send_waiting(now=at) == 1
        assert send_waiting(now=at) == 0
        at += timedelta(days=1)
    message = Message.objects.get()
    assert (message.error, message.sent_at) == ("短信余额不足", None)
    assert message.given_up_at is not None


def test_a_webhook_that_nobody_answers_is_a_visible_failure(db: None, settings: Any) -> None:
    settings.LINLI_WEBHOOK_ADAPTER = "linli.kernel.notify.adapters.webhook_over_http"
    call_webhook("http://127.0.0.1:9/none", "{}", about="w:1", now=MONDAY)
    call_webhook("file:///etc/passwd", "{}", about="w:2", now=MONDAY)
    assert send_waiting(now=MONDAY) == 2
    reasons = list(Message.objects.order_by("id").values_list("error", flat=True))
    assert "无法连接" in reasons[0]
    assert "不是 http" in reasons[1]


def test_the_same_notice_arrives_once(world: World) -> None:
    for _ in range(2):
        tell(world.staff["acceptor"].pk, "待受理", link="/", about="case:1:1", now=MONDAY)
    tell(None, "待受理", link="/", about="case:1:1", now=MONDAY)
    assert Notice.objects.count() == 1


def test_one_number_and_the_whole_office_have_a_budget_for_the_day(db: None, settings: Any) -> None:
    settings.LINLI_SMS_PER_NUMBER, settings.LINLI_SMS_PER_DAY = 3, 5
    sent = [send_sms("19900001234", "x", about=f"a{n}", now=MONDAY) for n in range(5)]
    others = [send_sms(f"1990000{n:04d}", "x", about=f"b{n}", now=MONDAY) for n in range(5)]
    assert sent == [True] * 3 + [False] * 2
    assert others == [True] * 2 + [False] * 3
    assert Message.objects.count() == 5
    assert send_sms("19900001234", "x", about="c", now=MONDAY + timedelta(days=1, seconds=1))


def crash(to: str, text: str) -> None:
    raise ZeroDivisionError("a mistake in the adapter")


def test_a_provider_is_called_outside_of_any_transaction(db: None, settings: Any) -> None:
    send_sms("19900001234", "已收到", about="receipt:1", now=MONDAY)

    with transaction.atomic(), pytest.raises(InsideTransaction):
        send_waiting(now=MONDAY)

    must_be_outside("anything")


def test_a_message_whose_sending_broke_off_goes_again_when_its_lease_is_over(
    db: None, settings: Any
) -> None:
    settings.LINLI_SMS_ADAPTER = f"{__name__}.crash"
    send_sms("19900001234", "已收到", about="receipt:1", now=MONDAY)
    with pytest.raises(ZeroDivisionError):
        send_waiting(now=MONDAY)
    settings.LINLI_SMS_ADAPTER = "linli.kernel.notify.adapters.sms_to_file"

    assert send_waiting(now=MONDAY) == 0, "others need not wait behind it"
    assert send_waiting(now=MONDAY + LEASE) == 1
    assert Message.objects.get().sent_at == MONDAY + LEASE

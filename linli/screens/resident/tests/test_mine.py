"""Whoever proves a number sees what was reported with it; whoever does not learns nothing."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from linli.cases.models import Report
from linli.kernel.notify.models import Message, NumberProof
from tests.walks import RUBBISH, opened
from tests.world import MONDAY, World

PHONE = RUBBISH.contact_phone
at: list[datetime] = []


@pytest.fixture(autouse=True)
def _clock(settings: Settings) -> None:
    settings.LINLI_CLOCK = f"{__name__}.now"
    at[:] = [MONDAY]


def now() -> datetime:
    return at[0]


def asked(client: Client, phone: str) -> str:
    answer = client.post("/home/mine", {"phone": phone})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def sent_code() -> str:
    text = Message.objects.latest("id").text
    found = re.search(r"验证码 (\d{6})", text)
    assert found, text
    return found.group(1)


def test_a_code_opens_the_list_of_the_number_and_of_no_other(world: World, client: Client) -> None:
    opened(world)
    opened(world, RUBBISH.__class__(body="别人家的事", contact_phone="19900009999"))
    page = client.get(asked(client, " １９９-0000 1234 "))
    assert "1234" in page.content.decode()
    answer = client.post(page.request["PATH_INFO"], {"code": sent_code()}, follow=True)
    words = answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    assert "垃圾没人清" in words
    assert "别人家的事" not in words
    assert Report.objects.count() == 2


def test_a_number_that_reported_nothing_gets_the_same_answer_and_no_sms(
    world: World, client: Client
) -> None:
    opened(world)
    known = client.get(asked(client, PHONE)).content.decode()
    messages = Message.objects.count()
    unknown = client.get(asked(client, "19900008888")).content.decode()
    hidden = re.compile(r"(csrf[^>]*>|CSRFToken[^}]*}|1234|8888)")
    assert hidden.sub("", known) == hidden.sub("", unknown)
    assert Message.objects.count() == messages


def test_a_code_is_good_once_for_ten_minutes_and_only_the_latest(
    world: World, client: Client
) -> None:
    opened(world)
    asked(client, PHONE)
    old = sent_code()
    address = asked(client, PHONE)
    code = sent_code()
    if old != code:
        assert client.post(address, {"code": old}).status_code == 422
    kept = client.cookies["linli_mine"].value
    assert client.post(address, {"code": code}).status_code == 302
    client.cookies["linli_mine"] = kept
    assert client.post(address, {"code": code}).status_code == 422
    address = asked(client, PHONE)
    at[0] = MONDAY + timedelta(minutes=10)
    assert client.post(address, {"code": sent_code()}).status_code == 422


def test_five_wrong_codes_end_the_guessing_even_of_the_right_one(
    world: World, client: Client
) -> None:
    opened(world)
    address = asked(client, PHONE)
    code = sent_code()
    wrong = "000000" if code != "000000" else "000001"
    for _ in range(5):
        assert client.post(address, {"code": wrong}).status_code == 422
    page = client.post(address, {"code": code})
    assert page.status_code == 422
    assert "请重新获取验证码" in page.content.decode()


@pytest.mark.parametrize("phone", [PHONE, "19900008888"])
def test_no_number_gets_codes_without_end(world: World, client: Client, phone: str) -> None:
    opened(world)
    answers = [client.post("/home/mine", {"phone": phone}).status_code for _ in range(7)]
    assert answers == [302] * 5 + [429] * 2


def test_neither_number_nor_code_can_be_read_from_the_row(world: World, client: Client) -> None:
    opened(world)
    asked(client, PHONE)
    row = NumberProof.objects.get()
    assert PHONE not in row.number
    assert sent_code() not in row.code


@pytest.mark.parametrize("phone", ["", "1990000123", "199000012345", "王奶奶", "+8613"])
def test_what_is_no_mobile_number_is_refused(world: World, client: Client, phone: str) -> None:
    assert client.post("/home/mine", {"phone": phone}).status_code in (200, 422)
    assert not NumberProof.objects.exists()


def test_the_list_opens_only_for_a_number_that_was_proved(world: World, client: Client) -> None:
    opened(world)
    assert client.get("/home/mine/list").status_code == 400
    asked(client, PHONE)
    assert client.get("/home/mine/list").status_code == 400
    asking = client.cookies["linli_mine"].value
    client.cookies["linli_mine"] = asking.replace("0", "1", 1)
    assert client.get("/home/mine/code").status_code == 400

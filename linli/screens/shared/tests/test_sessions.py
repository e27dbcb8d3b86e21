"""How somebody gets in, how long they stay in, and how they get out everywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from linli.kernel.access.models import Account
from linli.kernel.audit.models import AuditLine
from linli.screens.shared.middleware import BEGAN, SEEN, UNASKED
from tests.world import World

WORDS = "春风又绿江南岸-7281"
PAGE = "/console/"


@pytest.fixture
def acceptor(world: World) -> Account:
    account = Account.objects.get(username="acceptor")
    account.set_password(WORDS)
    account.save(update_fields=["password"])
    return account


def entered(**more: Any) -> Client:
    client = Client(**more)
    answer = client.post("/login", {"username": "acceptor", "password": WORDS})
    assert answer.status_code == 302, answer.content.decode()
    return client


def is_in(client: Client, **headers: str) -> bool:
    return client.get(PAGE, headers=headers).status_code == 200


def turned_back(client: Client, name: str, by: timedelta) -> None:
    session = client.session
    session[name] = (datetime.now(UTC) - by).isoformat()
    session.save()


def test_a_name_is_read_as_people_type_it(acceptor: Account) -> None:
    for typed in ("ａｃｃｅｐｔｏｒ", " acceptor ", "\u200eaccep\u200btor"):
        answer = Client().post("/login", {"username": typed, "password": WORDS})
        assert answer.status_code == 302, typed


def test_forty_names_from_one_address_meet_a_pause(acceptor: Account) -> None:
    answers = [
        Client().post("/login", {"username": f"name{number}", "password": "x"}).status_code
        for number in range(40)
    ]
    assert answers == [422] * 30 + [429] * 10
    elsewhere = {"username": "acceptor", "password": WORDS}
    assert Client(REMOTE_ADDR="203.0.113.1").post("/login", elsewhere).status_code == 302


def test_the_old_password_is_not_guessed_on_its_page(acceptor: Account) -> None:
    client = entered()
    wrong = {"old_password": "x", "new_password1": "y", "new_password2": "y"}
    answers = [client.post("/password", wrong).status_code for _ in range(8)]
    assert answers == [422] * 7 + [429]
    acceptor.refresh_from_db()
    assert acceptor.check_password(WORDS)


@pytest.mark.parametrize(
    "easy", ["aaaaaaaaab", "abcdefghijk", "xx1234567yy", "qwertyuiop[]", "my-acceptor-1x", WORDS]
)
def test_an_easy_password_and_the_old_one_are_refused(acceptor: Account, easy: str) -> None:
    client = entered()
    given = {"old_password": WORDS, "new_password1": easy, "new_password2": easy}
    assert client.post("/password", given).status_code == 422
    good = "北窗高卧-羲皇上人-44"
    given = {"old_password": WORDS, "new_password1": good, "new_password2": good}
    assert client.post("/password", given).status_code == 302


def test_a_session_ends_after_a_shift_however_busy(acceptor: Account) -> None:
    client = entered()
    turned_back(client, BEGAN, timedelta(hours=11, minutes=59))
    assert is_in(client)
    turned_back(client, BEGAN, timedelta(hours=12, minutes=1))
    assert not is_in(client)


def test_a_page_that_asks_by_itself_keeps_no_session_alive(acceptor: Account) -> None:
    client = entered()
    is_in(client)
    turned_back(client, SEEN, timedelta(minutes=29))
    assert is_in(client, **{UNASKED: "1"})
    turned_back(client, SEEN, timedelta(minutes=31))
    assert not is_in(client, **{UNASKED: "1"})


def test_somebody_who_works_stays_in(acceptor: Account) -> None:
    client = entered()
    is_in(client)
    turned_back(client, SEEN, timedelta(minutes=29))
    assert is_in(client)
    seen = datetime.fromisoformat(client.session[SEEN])
    assert datetime.now(UTC) - seen < timedelta(minutes=1)


def test_all_other_devices_can_be_logged_out(acceptor: Account) -> None:
    lost, here = entered(), entered()
    answer = here.post("/logout/everywhere", follow=True)
    assert "其他设备上的登录都已退出" in answer.content.decode()
    assert is_in(here)
    assert not is_in(lost)


def test_going_out_is_written_down(acceptor: Account) -> None:
    client = entered()
    client.post("/logout")
    client.post("/logout")
    lines = AuditLine.objects.filter(action="access.log_out")
    assert [line.account_id for line in lines] == [acceptor.pk]


def test_no_browser_keeps_what_staff_saw(acceptor: Account) -> None:
    assert entered().get(PAGE).headers["Cache-Control"] == "no-store"
    assert "no-store" not in Client().get("/home/").headers.get("Cache-Control", "")

"""What a platform hears of its order, over HTTP: every step, in order, once, and nothing that is not its business."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from linli.cases.actions.timing import ask_extension, endorse_extension, grant_extension
from linli.cases.models import Case, CaseMove
from linli.hotline import client
from linli.hotline.actions import leave_out, push_again, retry_message
from linli.hotline.errors import NothingToDo
from linli.hotline.exchange import exchange, send_waiting
from linli.hotline.models import OutboundMessage, UpstreamOrder, UpstreamState
from linli.hotline.queries import unfinished
from linli.hotline.stand_in import StandIn
from linli.hotline.telling import orders_on, tell_on
from linli.hotline.tests.conftest import Clock, Write
from linli.hotline.tests.street import LAMP, NOTE, move, pulled, walk
from linli.hotline.upstreams import SHIPPED, Upstream
from linli.kernel.events.outbox import deliver_waiting
from linli.kernel.jobs.queue import run_due
from tests.world import MONDAY, World

State = OutboundMessage.State

LONG = (
    "槐树里社区第一网格三幢楼下的路灯从上个星期开始就一直不亮，晚上老人下楼散步看不清台阶，"
    "已经有两位老人在门口绊了一下，希望尽快安排人来把灯修好，最好把旁边的台阶也补一补。"
)
"""Long enough to be known again word for word."""


def heard(platform: StandIn, number: str = "A1") -> list[str]:
    return [one["event"] for one in platform.events if one["external_no"] == number]


def test_the_platform_hears_every_step_of_its_order_in_order(
    world: World, platform: StandIn, city: Upstream
) -> None:
    order = pulled(platform, city)
    assert order.case is not None
    walk(world, order.case)

    send_waiting(city, now=MONDAY)

    assert heard(platform) == ["taken", "accept", "dispatch", "sign_for", "feedback", "close"]
    assert [one["status"] for one in platform.events] == [
        "received",
        "accepted",
        "dispatched",
        "signed",
        "handled",
        "closed",
    ]
    assert [one["seq"] for one in platform.events] == [1, 2, 3, 4, 5, 6]
    assert platform.orders["A1"]["status"] == "closed"
    assert platform.events[2]["unit"] == "城管队"


def test_only_the_public_reply_leaves_and_no_number_or_name_in_it(
    world: World, platform: StandIn, city: Upstream
) -> None:
    order = pulled(platform, city)
    assert order.case is not None
    walk(world, order.case)
    send_waiting(city, now=MONDAY)

    told = json.dumps(platform.events, ensure_ascii=False)
    (reply,) = [one["public_reply"] for one in platform.events if one["event"] == "feedback"]
    assert reply == "路灯已修好，感谢王**，经办电话 139****5678。"
    for secret in (NOTE, "亮了", "19900001234", "王奶奶", "13900005678", "城管小冯"):
        assert secret not in told
    allowed = {"external_no", "key", "seq", "event", "status", "at", "unit", "public_reply"}
    assert {name for one in platform.events for name in one} == allowed


def test_a_returned_extended_and_redone_order_is_told_too(
    world: World, platform: StandIn, city: Upstream
) -> None:
    order = pulled(platform, city)
    assert order.case is not None
    case = walk(world, order.case, until="dispatch")
    case = move(world, case, "return_back", "handler", note="不归我们")
    case = move(world, case, "dispatch", "dispatcher", organization=world.organizations["CG"].pk)
    case = move(world, case, "sign_for", "handler")
    asked = ask_extension(case.pk, reason="缺配件", by=world.actors["handler"], now=MONDAY)
    words: dict[str, Any] = {"agree": True, "opinion": "同意"}
    endorse_extension(asked.pk, **words, by=world.actors["unit_leader"], now=MONDAY)
    grant_extension(asked.pk, **words, by=world.actors["dispatcher"], now=MONDAY)
    deliver_waiting(now=MONDAY)
    done = {"outcome": "solved", "note": "x", "public_reply": "修好了"}
    case = move(world, case, "feedback", "handler", **done)
    case = move(world, case, "pass_check", "checker", note="好")
    move(world, case, "redo", "follow_up", note="又坏了")
    again = Case.objects.get(redo_of=case)
    move(world, again, "dispatch", "dispatcher", organization=world.organizations["CG"].pk)
    send_waiting(city, now=MONDAY)

    assert heard(platform)[2:] == [
        "dispatch",
        "return_back",
        "dispatch",
        "sign_for",
        "extend",
        "feedback",
        "redo",
        "dispatch",
    ]
    extended = next(one for one in platform.events if one["event"] == "extend")
    assert extended["due_at"] == platform.orders["A1"]["due_at"]
    assert UpstreamOrder.objects.get().due_at == asked.__class__.objects.get().due_after
    assert "不归我们" not in json.dumps(platform.events, ensure_ascii=False)
    assert UpstreamOrder.objects.get().case == again


def test_an_order_that_joins_a_matter_under_way_hears_its_last_step_and_the_rest(
    world: World, platform: StandIn, city: Upstream, at_nine: Clock
) -> None:
    words: dict[str, Any] = {"lon": None, "lat": None, "body": LONG}
    first = pulled(platform, city, **words)
    assert first.case is not None
    case = walk(world, first.case, until="sign_for")
    at_nine.pass_(hours=1)
    caller = {"name": "李爷爷", "phone": "19900004321"}
    second = pulled(platform, city, "A2", **words, caller=caller)
    assert second.case == case, "the same words at the same place are the same matter"
    done = {"outcome": "solved", "note": "x", "public_reply": "已修好，李爷爷放心。"}
    move(world, case, "feedback", "handler", **done)
    send_waiting(city, now=at_nine())

    assert heard(platform, "A2") == ["taken", "sign_for", "feedback"]
    assert heard(platform, "A1")[-1] == "feedback"
    replies = {one.get("public_reply") for one in platform.events} - {None}
    assert replies == {"已修好，李**放心。"}


def test_an_order_goes_with_its_matter_into_another_case(
    world: World, platform: StandIn, city: Upstream
) -> None:
    first = pulled(platform, city)
    other = {"title": "栏杆倒了", "body": "河边的栏杆倒了一段，行人危险。", "lon": 120.025}
    second = pulled(platform, city, "A2", **other)
    assert first.case is not None
    assert second.case is not None
    assert first.case != second.case
    move(world, first.case, "accept", "acceptor", category=world.category.pk)
    move(world, second.case, "accept", "acceptor", category=world.category.pk)
    move(world, second.case, "merge", "acceptor", survivor=first.case.pk, note="一件事")
    move(world, first.case, "register", "supervisor", standard=world.standard.pk)
    unit = world.organizations["CG"].pk
    move(world, first.case, "dispatch", "dispatcher", organization=unit)
    send_waiting(city, now=MONDAY)

    assert heard(platform, "A2") == ["taken", "accept", "dispatch"]
    assert heard(platform, "A1") == ["taken", "accept", "dispatch"]


def test_telling_twice_or_late_adds_nothing(
    world: World, platform: StandIn, city: Upstream
) -> None:
    order = pulled(platform, city)
    assert order.case is not None
    walk(world, order.case, until="sign_for")
    before = list(OutboundMessage.objects.values_list("event", flat=True))

    for row in orders_on(order.case.pk):
        assert tell_on(row, now=MONDAY) == 0

    assert list(OutboundMessage.objects.values_list("event", flat=True)) == before


def test_a_case_without_an_order_tells_nobody(
    world: World, platform: StandIn, city: Upstream
) -> None:
    pulled(platform, city)
    from tests.walks import opened

    walk(world, opened(world))

    assert set(OutboundMessage.objects.values_list("event", flat=True)) == {"taken"}


def test_a_failing_platform_is_tried_again_later_and_each_thing_is_heard_once(
    world: World, platform: StandIn, city: Upstream, at_nine: Clock
) -> None:
    order = pulled(platform, city)
    assert order.case is not None
    walk(world, order.case, until="sign_for")
    platform.fail(2)

    assert send_waiting(city, now=at_nine()) == 1
    message = OutboundMessage.objects.get(seq=1)
    assert (message.state, message.tries) == (State.WAITING, 1)
    assert "503" in message.error
    assert message.next_try_at == MONDAY + timedelta(seconds=10)
    assert send_waiting(city, now=at_nine.pass_(seconds=9)) == 0
    assert send_waiting(city, now=at_nine.pass_(seconds=1)) == 1
    assert send_waiting(city, now=at_nine.pass_(seconds=29)) == 0
    assert send_waiting(city, now=at_nine.pass_(seconds=1)) == 4

    assert heard(platform) == ["taken", "accept", "dispatch", "sign_for"]
    assert OutboundMessage.objects.exclude(state=State.SENT).count() == 0


def test_a_lost_answer_is_asked_for_again_and_the_platform_knows_the_key(
    world: World, platform: StandIn, city: Upstream, at_nine: Clock
) -> None:
    pulled(platform, city)
    platform.lose(1)

    assert send_waiting(city, now=at_nine()) == 1
    assert OutboundMessage.objects.get().state == State.WAITING
    send_waiting(city, now=at_nine.pass_(minutes=1))

    assert OutboundMessage.objects.get().state == State.SENT
    assert heard(platform) == ["taken"]
    assert sum("/events" in one for one in platform.requests) == 2


def test_a_platform_that_is_down_rests_with_everything_and_nothing_is_given_up(
    world: World, platform: StandIn, city: Upstream, written: Write, at_nine: Clock
) -> None:
    for number, lon in (("A1", 120.005), ("A2", 120.015), ("A3", 120.025)):
        pulled(platform, city, number, lon=lon, body=f"{number} 号路灯不亮", title=number)
    down = written("http://127.0.0.1:9/api")

    assert send_waiting(down, now=at_nine()) == 1, "one waiting time, not one per message"
    state = UpstreamState.objects.get()
    assert (state.failures, state.resting_until) == (1, MONDAY + timedelta(seconds=10))
    assert "连接不上" in state.error
    for _ in range(12):
        send_waiting(down, now=at_nine.pass_(minutes=31))
    assert OutboundMessage.objects.filter(state=State.WAITING).count() == 3

    back = written(platform.address)
    send_waiting(back, now=at_nine.pass_(minutes=31))

    assert {one["external_no"] for one in platform.events} == {"A1", "A2", "A3"}
    assert UpstreamState.objects.get().failures == 0


def test_a_message_that_fails_holds_up_its_own_order_only(
    world: World, platform: StandIn, city: Upstream
) -> None:
    first = pulled(platform, city)
    pulled(platform, city, "A2", title="栏杆倒了", body="河边的栏杆倒了。", lon=120.025)
    assert first.case is not None
    walk(world, first.case, until="dispatch")
    del platform.orders["A1"]

    send_waiting(city, now=MONDAY)

    assert heard(platform, "A2") == ["taken"]
    states = OutboundMessage.objects.filter(order=first).order_by("seq")
    assert list(states.values_list("state", flat=True)) == ["refused", "waiting", "waiting"]
    assert "没有这件工单" in states[0].error


def test_a_step_the_table_does_not_name_waits_for_a_person_and_holds_the_later_ones(
    world: World, platform: StandIn, written: Write
) -> None:
    table = json.loads(SHIPPED.read_text(encoding="utf-8"))
    short = {name: value for name, value in table.items() if name != "dispatch"}
    city = written(platform.address, statuses=short)
    assert city.unmapped == ["dispatch"]
    order = pulled(platform, city)
    assert order.case is not None
    walk(world, order.case, until="sign_for")
    send_waiting(city, now=MONDAY)
    boss = world.actors["supervisor"]

    assert heard(platform) == ["taken", "accept"]
    queue = list(unfinished(boss).order_by("seq"))
    assert [(one.event, one.state) for one in queue] == [
        ("dispatch", "unmapped"),
        ("sign_for", "waiting"),
    ]
    assert "dispatch" in queue[0].error
    with pytest.raises(NothingToDo, match="statuses"):
        retry_message(queue[0].pk, by=boss, now=MONDAY)

    city = written(platform.address, statuses={**short, "dispatch": {"status": "30"}})
    retry_message(queue[0].pk, by=boss, now=MONDAY)
    send_waiting(city, now=MONDAY)

    assert [(one["event"], one["status"]) for one in platform.events[2:]] == [
        ("dispatch", "30"),
        ("sign_for", "signed"),
    ]


def test_a_step_that_is_named_as_untold_after_all_is_left_out_on_retry(
    world: World, platform: StandIn, written: Write
) -> None:
    table = json.loads(SHIPPED.read_text(encoding="utf-8"))
    del table["accept"]
    order = pulled(platform, written(platform.address, statuses=table))
    assert order.case is not None
    walk(world, order.case, until="accept")
    written(platform.address, statuses={**table, "accept": None})
    message = OutboundMessage.objects.get(event="accept")

    retried = retry_message(message.pk, by=world.actors["supervisor"], now=MONDAY)

    assert retried.state == State.LEFT_OUT


def test_a_platform_that_is_no_longer_set_up_leaves_its_messages_visible(
    world: World, platform: StandIn, city: Upstream, written: Write
) -> None:
    order = pulled(platform, city)
    assert order.case is not None
    written(platform.address, code="region")
    walk(world, order.case, until="accept")

    message = OutboundMessage.objects.get(event="accept")
    assert (message.state, "没有配置" in message.error) == (State.UNMAPPED, True)


def test_a_message_left_out_lets_the_later_ones_go_and_keeps_its_reason(
    world: World, platform: StandIn, city: Upstream
) -> None:
    order = pulled(platform, city)
    assert order.case is not None
    walk(world, order.case, until="accept")
    boss = world.actors["supervisor"]
    first = OutboundMessage.objects.get(seq=1)
    with pytest.raises(NothingToDo):
        leave_out(first.pk, reason=" ", by=boss, now=MONDAY)

    leave_out(first.pk, reason="上游已电话确认", by=boss, now=MONDAY)
    send_waiting(city, now=MONDAY)

    assert heard(platform) == ["accept"]
    with pytest.raises(NothingToDo):
        retry_message(first.pk, by=boss, now=MONDAY)
    assert OutboundMessage.objects.get(seq=1).left_out_because == "上游已电话确认"


def test_an_order_can_be_told_again_as_it_stands(
    world: World, platform: StandIn, city: Upstream
) -> None:
    order = pulled(platform, city)
    assert order.case is not None
    walk(world, order.case)
    send_waiting(city, now=MONDAY)
    platform.orders["A1"]["status"] = "lost"

    push_again(order.pk, by=world.actors["supervisor"], now=MONDAY)
    send_waiting(city, now=MONDAY)

    assert platform.orders["A1"]["status"] == "closed"
    assert heard(platform)[-2:] == ["close", "close"]
    assert "王奶奶" not in platform.events[-1]["public_reply"]


def test_a_wrong_secret_is_refused_by_the_platform_and_waits_for_a_person(
    world: World, platform: StandIn, city: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulled(platform, city)
    monkeypatch.setenv("LINLI_HOTLINE_SECRET_CITY", "another-secret-altogether")

    send_waiting(city, now=MONDAY)

    message = OutboundMessage.objects.get()
    assert (message.state, "签名不对" in message.error) == (State.REFUSED, True)


def test_the_round_of_the_worker_sends_and_pulls_when_it_is_time(
    world: World, platform: StandIn, city: Upstream, at_nine: Clock
) -> None:
    platform.order("A1", **LAMP)

    assert exchange(now=at_nine()) == 1
    run_due(now=at_nine())
    platform.order("A2", title="栏杆倒了", body="河边的栏杆倒了。", lon=120.025, lat=30.005)
    assert exchange(now=at_nine.pass_(minutes=4)) == 1, "only the message is sent"
    assert UpstreamOrder.objects.count() == 1
    assert exchange(now=at_nine.pass_(minutes=1)) == 1
    assert UpstreamOrder.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_a_platform_is_called(
    world: World, platform: StandIn, city: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    real = client.call

    def watched(*args: Any, **kwargs: Any) -> client.Answer:
        seen.append(connection.in_atomic_block)
        return real(*args, **kwargs)

    monkeypatch.setattr(client, "call", watched)
    pulled(platform, city)
    send_waiting(city, now=MONDAY)

    assert len(seen) == 3
    assert not any(seen)
    assert CaseMove.objects.count() == 1

"""12345 对接: queue, retry, reconciliation, with a platform on this machine."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from linli.hotline.exchange import send_waiting
from linli.hotline.models import OutboundMessage, RefusedOrder, UpstreamOrder
from linli.hotline.stand_in import StandIn
from linli.hotline.tests.conftest import at_nine, city, platform, written
from linli.hotline.tests.street import LAMP, pulled, walk
from linli.hotline.upstreams import Upstream
from linli.kernel.access.models import PostHolding
from linli.kernel.jobs.queue import run_due
from linli.screens.console.tests.office import Enter
from tests.world import MONDAY, POSTS, World

__all__ = ["at_nine", "city", "platform", "written"]

SEES = {"acceptor", "supervisor", "dispatcher", "system_admin"}
EXCHANGES = SEES - {"dispatcher"}
State = OutboundMessage.State


def words(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def said(answer: Any) -> list[str]:
    return [str(one) for one in answer.context["messages"]]


@pytest.mark.parametrize("who", POSTS)
def test_each_page_opens_for_its_posts_and_for_no_other(enter: Enter, who: str) -> None:
    client = enter(who)

    for address in ("/console/hotline", "/console/hotline/reconciliation"):
        assert client.get(address).status_code == (200 if who in SEES else 403)
    expected = 404 if who in EXCHANGES else 403
    for address in (
        "city/pull",
        "messages/1/retry",
        "messages/1/omission",
        "city/orders/1/telling",
    ):
        assert client.post(f"/console/hotline/{address}").status_code == expected


def test_without_a_platform_the_page_says_how_to_begin(world: World, enter: Enter) -> None:
    assert "还没有登记上游平台" in words(enter("acceptor"), "/console/hotline")
    assert "还没有登记上游平台" in words(enter("acceptor"), "/console/hotline/reconciliation")


def test_a_file_that_cannot_be_read_is_said_on_the_page(
    world: World, enter: Enter, settings: Any
) -> None:
    (settings.LINLI_HOME / "hotline.json").write_text("{", encoding="utf-8")

    assert "读不出来" in words(enter("acceptor"), "/console/hotline")
    assert "读不出来" in words(enter("acceptor"), "/console/hotline/reconciliation")


def test_a_refused_message_is_seen_with_its_reason_and_sent_again(
    world: World, enter: Enter, platform: StandIn, city: Upstream
) -> None:
    order = pulled(platform, city)
    kept = platform.orders.pop("A1")
    send_waiting(city, now=MONDAY)
    client = enter("acceptor")
    page = words(client, "/console/hotline")
    assert "上游拒收" in page
    assert "没有这件工单" in page
    message = OutboundMessage.objects.get(order=order)
    platform.orders["A1"] = kept

    answer = client.post(f"/console/hotline/messages/{message.pk}/retry", follow=True)
    send_waiting(city, now=MONDAY)

    assert said(answer) == ["已重新排队，几秒后由后台再发一次。"]
    assert OutboundMessage.objects.get().state == State.SENT
    assert "都已送达" in words(client, "/console/hotline")


def test_leaving_out_needs_a_reason(
    world: World, enter: Enter, platform: StandIn, city: Upstream
) -> None:
    pulled(platform, city)
    message = OutboundMessage.objects.get()
    client, address = enter("supervisor"), f"/console/hotline/messages/{message.pk}/omission"

    assert "为什么" in said(client.post(address, follow=True))[0]
    assert OutboundMessage.objects.get().state == State.WAITING
    client.post(address, {"reason": "已电话告知"})

    assert OutboundMessage.objects.get().state == State.LEFT_OUT


def test_the_dispatcher_looks_and_presses_nothing(
    world: World, enter: Enter, platform: StandIn, city: Upstream
) -> None:
    order = pulled(platform, city)
    page = words(enter("dispatcher"), "/console/hotline")

    assert order.case is not None
    assert f"/console/cases/{order.case.number}" in page
    assert "立即重发" not in page
    assert "立即收发" not in page


def test_who_sees_no_case_gets_no_link_to_one(
    world: World, enter: Enter, platform: StandIn, city: Upstream
) -> None:
    pulled(platform, city)
    page = words(enter("system_admin"), "/console/hotline")

    assert "立即重发" in page
    assert "路灯不亮" not in page


def test_pulling_by_hand_takes_and_tells(
    world: World, enter: Enter, platform: StandIn, city: Upstream
) -> None:
    platform.order("A1", **LAMP)
    platform.order("A2", kind="wish")
    client = enter("acceptor")

    answer = client.post("/console/hotline/city/pull", follow=True)

    assert said(answer) == ["已拉取：新工单 1 件，更新 0 件，收不了 1 件。"]
    assert RefusedOrder.objects.get().external_no == "A2"
    assert "收不了的工单" in words(client, "/console/hotline")
    platform.fail(1)
    assert "503" in said(client.post("/console/hotline/city/pull", follow=True))[0]


def test_the_day_is_compared_and_each_difference_has_what_settles_it(
    world: World, enter: Enter, platform: StandIn, city: Upstream
) -> None:
    pulled(platform, city)
    send_waiting(city, now=MONDAY)
    platform.orders["A1"]["status"] = "sent"
    platform.order("A2", title="栏杆倒了", body="河边的栏杆倒了", lon=120.025, lat=30.005)
    client, address = enter("supervisor"), "/console/hotline/reconciliation"
    given = {"upstream": "city", "day": "2026-03-09"}
    assert "还没有对过账" in words(client, address)

    answer = client.post(address, given)
    rows = answer.context["differences"]

    assert [(row["number"], row["kind"]) for row in rows] == [
        ("A1", "状态不一致"),
        ("A2", "本平台缺单"),
    ]
    assert (rows[0]["pull_url"], rows[1]["push_url"]) == ("", "")
    back = client.post(rows[0]["push_url"], {"day": "2026-03-09"})
    assert back.headers["Location"] == f"{address}?upstream=city&day=2026-03-09"
    client.post(rows[1]["pull_url"], {"day": "2026-03-09"})
    run_due(now=MONDAY)
    send_waiting(city, now=MONDAY)
    assert "双方一致" in client.post(address, given).content.decode()
    assert UpstreamOrder.objects.count() == 2


def test_a_day_or_platform_that_is_none_is_named(
    world: World, enter: Enter, city: Upstream
) -> None:
    client, address = enter("supervisor"), "/console/hotline/reconciliation"

    for given in ({"upstream": "city", "day": "gestern"}, {"upstream": "x", "day": "2026-03-09"}):
        assert client.post(address, given).status_code == 422
        assert client.get(address, given).status_code == 422


def test_a_platform_that_is_down_keeps_the_last_result_and_says_why(
    world: World, enter: Enter, platform: StandIn, city: Upstream
) -> None:
    client, address = enter("supervisor"), "/console/hotline/reconciliation"
    given = {"upstream": "city", "day": "2026-03-09"}
    client.post(address, given)
    platform.fail(1)

    answer = client.post(address, given)

    assert answer.status_code == 502
    assert "双方一致" in answer.content.decode()
    assert "繁忙" in answer.content.decode()


def test_the_dispatcher_sees_a_result_and_starts_none(
    world: World, enter: Enter, city: Upstream, platform: StandIn
) -> None:
    address, given = "/console/hotline/reconciliation", {"upstream": "city", "day": "2026-03-09"}

    assert enter("dispatcher").post(address, given).status_code == 403
    assert platform.requests == []


def test_the_page_of_the_case_shows_the_order_and_the_limit_of_the_platform(
    world: World, enter: Enter, platform: StandIn, city: Upstream
) -> None:
    order = pulled(platform, city)
    assert order.case is not None
    walk(world, order.case, until="accept")

    page = words(enter("acceptor"), f"/console/cases/{order.case.number}")

    assert "上游时限" in page
    assert "A1" in page


def test_a_longer_queue_asks_the_database_no_more_often(
    world: World,
    enter: Enter,
    platform: StandIn,
    city: Upstream,
    django_assert_max_num_queries: Any,
) -> None:
    client = enter("acceptor")
    for number in range(12):
        pulled(
            platform, city, f"B{number:02d}", title=f"第 {number} 处", body=f"第 {number} 处路灯"
        )
    assert OutboundMessage.objects.count() == 12

    with django_assert_max_num_queries(24):
        client.get("/console/hotline")


def test_a_number_that_fits_no_address_is_listed_without_a_button(
    world: World, enter: Enter, platform: StandIn, city: Upstream
) -> None:
    platform.order("甲/17 号", title="栏杆倒了")

    given = {"upstream": "city", "day": "2026-03-09"}
    answer = enter("supervisor").post("/console/hotline/reconciliation", given)

    assert [(row["number"], row["pull_url"]) for row in answer.context["differences"]] == [
        ("甲/17 号", "")
    ]


def test_differences_of_orders_elsewhere_are_not_shown(
    world: World, enter: Enter, platform: StandIn, city: Upstream
) -> None:
    pulled(platform, city)
    platform.order("A2", title="栏杆倒了")
    given = {"upstream": "city", "day": "2026-03-09"}
    enter("supervisor").post("/console/hotline/reconciliation", given)
    PostHolding.objects.filter(account__username="acceptor").update(area_id=world.areas["C2"])

    answer = enter("acceptor").get("/console/hotline/reconciliation", given)

    assert [row["number"] for row in answer.context["differences"]] == ["A2"]

"""Asking a platform for its orders, and comparing a day with it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from linli.cases.models import Case, Report
from linli.hotline.errors import BadOrder, NotReached, UpstreamRefused
from linli.hotline.exchange import exchange, pull, pull_order, send_waiting
from linli.hotline.models import OutboundMessage, RefusedOrder, UpstreamOrder, UpstreamState
from linli.hotline.reconciling import found_in, reconcile
from linli.hotline.stand_in import StandIn
from linli.hotline.tests.conftest import Clock, Write
from linli.hotline.tests.street import LAMP, pulled, walk
from linli.hotline.upstreams import Upstream
from linli.kernel.errors import NotAllowed
from tests.world import MONDAY, World

DAY = date(2026, 3, 9)


def test_orders_are_taken_page_by_page_and_the_place_is_remembered(
    world: World, platform: StandIn, city: Upstream
) -> None:
    for number in range(230):
        platform.order(f"A{number:03d}", title=f"{number} 号井盖松动", body=f"第 {number} 处")

    assert pull(city, now=MONDAY).new == 230
    assert pull(city, now=MONDAY).new == 0
    assert Report.objects.count() == 230
    assert UpstreamState.objects.get().cursor == "230"
    assert len([one for one in platform.requests if "after=" in one]) == 5


def test_an_order_that_is_listed_twice_is_one(
    world: World, platform: StandIn, city: Upstream
) -> None:
    platform.twice()
    platform.order("A1", **LAMP)

    found = pull(city, now=MONDAY)

    assert (found.new, found.known) == (1, 1)
    assert Report.objects.count() == UpstreamOrder.objects.count() == 1


def test_a_bad_order_is_set_aside_by_number_and_the_good_ones_are_taken(
    world: World, platform: StandIn, city: Upstream
) -> None:
    platform.order("A1", **LAMP)
    platform.order("A2", **{**LAMP, "kind": "wish"})
    platform.order("A3", title="栏杆倒了", body="河边的栏杆倒了。")

    found = pull(city, now=MONDAY)

    assert (found.new, found.refused) == (2, 1)
    refused = RefusedOrder.objects.get()
    assert (refused.external_no, refused.field) == ("A2", "kind")


def test_a_failing_platform_keeps_the_place_and_rests(
    world: World, platform: StandIn, city: Upstream, at_nine: Clock
) -> None:
    platform.order("A1", **LAMP)
    platform.fail(1)

    with pytest.raises(UpstreamRefused):
        pull(city, now=at_nine())
    assert UpstreamState.objects.get().cursor == ""
    assert exchange(now=at_nine.pass_(seconds=9)) == 0
    assert exchange(now=at_nine.pass_(seconds=1)) == 1


def test_what_is_not_there_is_said(world: World, written: Write) -> None:
    with pytest.raises(NotReached, match="连接不上"):
        pull(written("http://127.0.0.1:9"), now=MONDAY)


def test_a_day_on_which_both_lists_agree(world: World, platform: StandIn, city: Upstream) -> None:
    order = pulled(platform, city)
    assert order.case is not None
    walk(world, order.case)
    send_waiting(city, now=MONDAY)

    found = reconcile(city, DAY, by=world.actors["supervisor"], now=MONDAY)

    assert (found.ours, found.theirs, found.differences) == (1, 1, [])


def test_every_kind_of_difference_is_found_by_number(
    world: World, platform: StandIn, city: Upstream
) -> None:
    pulled(platform, city, "STATUS")
    pulled(platform, city, "DUE", lon=120.015, title="井盖松", body="东边井盖松了")
    pulled(platform, city, "THERE", lon=120.025, title="栏杆倒", body="河边栏杆倒了")
    pulled(platform, city, "SAME", lon=120.028, title="树枝断", body="树枝断在路上")
    send_waiting(city, now=MONDAY)
    platform.orders["STATUS"]["status"] = "sent"
    platform.orders["DUE"]["due_at"] = "2026-03-12T18:00:00+08:00"
    del platform.orders["THERE"]
    platform.order("HERE", **LAMP)
    before = (MONDAY - timedelta(days=1)).isoformat()
    platform.order("YESTERDAY", **LAMP, received_at=before)

    found = found_in(reconcile(city, DAY, by=world.actors["supervisor"], now=MONDAY))

    assert [(one.number, one.kind) for one in found] == [
        ("DUE", "due"),
        ("HERE", "missing_here"),
        ("STATUS", "status"),
        ("THERE", "missing_there"),
    ]
    assert (found[2].ours, found[2].theirs) == ("received", "sent")


def test_each_difference_is_settled_by_pulling_or_telling_again(
    world: World, platform: StandIn, city: Upstream
) -> None:
    order = pulled(platform, city)
    send_waiting(city, now=MONDAY)
    platform.orders["A1"] |= {"status": "sent", "due_at": "2026-03-12T18:00:00+08:00"}
    platform.order("A2", title="栏杆倒", body="河边栏杆倒了", lon=120.025, lat=30.005)

    assert pull_order(city, "A2", now=MONDAY).new == 1
    assert pull_order(city, "A1", now=MONDAY).known == 1
    from linli.hotline.actions import push_again
    from linli.kernel.jobs.queue import run_due

    push_again(order.pk, by=world.actors["supervisor"], now=MONDAY)
    run_due(now=MONDAY)
    send_waiting(city, now=MONDAY)

    assert reconcile(city, DAY, by=world.actors["supervisor"], now=MONDAY).differences == []
    assert Case.objects.count() == 2


def test_a_lost_answer_shows_in_the_comparison_until_it_was_told_again(
    world: World, platform: StandIn, city: Upstream, at_nine: Clock
) -> None:
    pulled(platform, city)
    platform.fail(1)
    send_waiting(city, now=at_nine())
    boss = world.actors["supervisor"]

    assert len(reconcile(city, DAY, by=boss, now=at_nine()).differences) == 1
    send_waiting(city, now=at_nine.pass_(minutes=1))
    assert reconcile(city, DAY, by=boss, now=at_nine()).differences == []


def test_who_has_no_right_calls_nobody(world: World, platform: StandIn, city: Upstream) -> None:
    with pytest.raises(NotAllowed):
        reconcile(city, DAY, by=world.actors["handler"], now=MONDAY)
    assert platform.requests == []


def test_an_order_that_is_no_order_is_refused_to_whoever_asked(
    world: World, platform: StandIn, city: Upstream
) -> None:
    platform.order("A1", version=True)
    with pytest.raises(BadOrder):
        pull_order(city, "A1", now=MONDAY)
    with pytest.raises(UpstreamRefused, match="没有这件工单"):
        pull_order(city, "A9", now=MONDAY)
    assert OutboundMessage.objects.count() == 0

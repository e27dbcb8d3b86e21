"""Nobody sees or touches the exchange of cases outside their scope."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from linli.hotline.actions import leave_out, push_again, retry_message
from linli.hotline.errors import NothingToDo
from linli.hotline.exchange import pull
from linli.hotline.models import OutboundMessage, UpstreamOrder
from linli.hotline.queries import (
    EXCHANGE,
    VIEW,
    counts_by_system,
    orders_by_number,
    orders_seen,
    reconciliation_of,
    refused_orders,
    states,
    unfinished,
)
from linli.hotline.stand_in import StandIn
from linli.hotline.tests.street import LAMP, pulled
from linli.hotline.upstreams import Upstream
from linli.kernel.access.queries import RESIDENT
from linli.kernel.acting import SYSTEM, Actor, Scope
from linli.kernel.errors import NotAllowed, NotFound
from tests.world import MONDAY, World


def neighbour(world: World) -> Actor:
    """Somebody with both rights over 清河湾社区 only."""
    scope = Scope(areas=frozenset({("community", world.areas["C2"])}))
    grants = {VIEW: scope, EXCHANGE: scope}
    return Actor(kind="staff", name="邻居", staff_id=999, grants=grants)


def test_an_order_of_another_community_is_neither_seen_nor_touched(
    world: World, platform: StandIn, city: Upstream
) -> None:
    order = pulled(platform, city)
    other = neighbour(world)
    message = OutboundMessage.objects.get()

    assert not orders_seen(other).exists()
    assert not unfinished(other).exists()
    assert counts_by_system(other) == {}
    assert orders_by_number(other, "city", ["A1"]) == {}
    tried: tuple[Callable[[], object], ...] = (
        lambda: retry_message(message.pk, by=other, now=MONDAY),
        lambda: leave_out(message.pk, reason="x", by=other, now=MONDAY),
        lambda: push_again(order.pk, by=other, now=MONDAY),
    )
    for touch in tried:
        with pytest.raises(NotFound):
            touch()
    assert OutboundMessage.objects.get().state == message.state
    own = world.actors["acceptor"]
    assert (orders_seen(own).count(), unfinished(own).count()) == (1, 1)
    assert counts_by_system(own) == {"city": {"waiting": 1}}


def test_an_order_that_has_no_case_yet_is_seen_by_whoever_sees_everything(
    world: World, platform: StandIn, city: Upstream
) -> None:
    platform.order("A1", **LAMP)
    pull(city, now=MONDAY)

    assert UpstreamOrder.objects.get().case is None
    assert orders_seen(SYSTEM).exists()
    assert not orders_seen(world.actors["acceptor"]).exists()


def test_without_the_right_there_is_nothing(
    world: World, platform: StandIn, city: Upstream
) -> None:
    order = pulled(platform, city)
    for actor in (RESIDENT, world.actors["handler"]):
        assert not orders_seen(actor).exists()
        assert not refused_orders(actor).exists()
        assert states(actor) == {}
        assert reconciliation_of(actor, "city", date(2026, 3, 9)) is None
        with pytest.raises(NotAllowed):
            push_again(order.pk, by=actor, now=MONDAY)


def test_a_look_is_no_right_to_press(world: World, platform: StandIn, city: Upstream) -> None:
    pulled(platform, city)
    message = OutboundMessage.objects.get()

    assert unfinished(world.actors["dispatcher"]).count() == 1
    with pytest.raises(NotAllowed):
        retry_message(message.pk, by=world.actors["dispatcher"], now=MONDAY)


def test_where_there_is_nothing_to_tell_one_is_told_so(
    world: World, platform: StandIn, city: Upstream
) -> None:
    pull(city, now=MONDAY)
    order = pulled(platform, city)
    OutboundMessage.objects.all().delete()
    UpstreamOrder.objects.filter(pk=order.pk).update(case=None)
    with pytest.raises(NothingToDo):
        push_again(order.pk, by=SYSTEM, now=MONDAY)

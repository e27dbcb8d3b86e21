"""What waits for the case of a report, and what is forgotten after a day."""

from __future__ import annotations

from datetime import timedelta

from linli.cases.actions.intake import TRIAGE
from linli.cases.models import CaseMove, WorkOrder
from linli.hotline.actions import client_of, use_nonce
from linli.hotline.exchange import pull
from linli.hotline.jobs import forget_nonces, note, settle
from linli.hotline.models import Nonce, OutboundMessage, UpstreamOrder
from linli.hotline.stand_in import StandIn
from linli.hotline.tests.conftest import Clock
from linli.hotline.tests.street import LAMP, pulled
from linli.hotline.upstreams import Upstream
from linli.kernel.jobs.models import Job
from linli.kernel.jobs.queue import run_due
from linli.kernel.notify.models import Notice
from tests.world import MONDAY, World


def test_an_order_waits_until_its_report_has_a_case(
    world: World, platform: StandIn, city: Upstream, at_nine: Clock
) -> None:
    platform.order("A1", **LAMP)
    pull(city, now=MONDAY)
    platform.order("A1", body="两盏都不亮")
    pull(city, now=MONDAY)
    order = UpstreamOrder.objects.get()
    note(order.pk, "先到的备注", "市民热线", now=MONDAY)
    settle(order.pk, now=MONDAY)
    assert OutboundMessage.objects.count() == 0
    assert Job.objects.filter(kind__startswith="hotline.", due_at__gt=MONDAY).count() == 2

    run_due(now=MONDAY, kinds=(TRIAGE,))
    run_due(now=at_nine.pass_(seconds=10))

    order.refresh_from_db()
    assert order.case is not None
    assert OutboundMessage.objects.get().event == "taken"
    assert CaseMove.objects.filter(code="remark", note="先到的备注").count() == 1
    assert "上游更新了工单" in Notice.objects.filter(level="yellow").latest("pk").text


def test_settling_twice_adds_nothing(world: World, platform: StandIn, city: Upstream) -> None:
    order = pulled(platform, city)

    settle(order.pk, now=MONDAY)

    assert OutboundMessage.objects.count() == WorkOrder.objects.count() == 1


def test_a_nonce_is_forgotten_after_a_day(world: World, city: Upstream) -> None:
    use_nonce("city", "n0123456789abcdef", by=client_of(city), now=MONDAY)

    forget_nonces(now=MONDAY + timedelta(days=1))
    assert Nonce.objects.count() == 1
    forget_nonces(now=MONDAY + timedelta(days=1, seconds=1))
    assert Nonce.objects.count() == 0

"""Every read of the exchange. Rows belong to the case of the order; one without a case is seen by whoever sees all."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from linli.cases.models import Case
from linli.cases.queries import cases_seen
from linli.hotline.models import (
    UNFINISHED,
    OutboundMessage,
    Reconciliation,
    RefusedOrder,
    UpstreamOrder,
    UpstreamState,
)
from linli.kernel.acting import Actor
from linli.kernel.calendar.local import local_midnight
from linli.kernel.errors import NotFound

VIEW = "hotline.view"
EXCHANGE = "hotline.exchange"

State = OutboundMessage.State


def orders_seen(actor: Actor, permission: str = VIEW) -> QuerySet[UpstreamOrder]:
    """Orders whose case lies in the actor's scope for a permission."""
    if not actor.may(permission):
        return UpstreamOrder.objects.none()
    if actor.scope(permission).everywhere:
        return UpstreamOrder.objects.all()
    seen = cases_seen(actor, permission).values("pk")
    return UpstreamOrder.objects.filter(report__case_id__in=seen)


def order_for(actor: Actor, order_id: int) -> UpstreamOrder:
    """Raises `NotFound` for an order the actor may not do anything with."""
    found = orders_seen(actor, EXCHANGE).select_related("report").filter(pk=order_id).first()
    if found is None:
        raise NotFound("没有这件上游工单，或不在您的管辖范围内。", field="order")
    return found


def order_by_number(actor: Actor, system: str, number: str) -> UpstreamOrder:
    """Raises `NotFound`."""
    rows = orders_seen(actor, EXCHANGE).filter(system=system, external_no=number)
    found = rows.select_related("report").first()
    if found is None:
        raise NotFound("没有这件上游工单，或不在您的管辖范围内。", field="order")
    return found


def order_of_case(actor: Actor, case: Case) -> UpstreamOrder | None:
    """The order behind a case the actor has in front of them, the first when several were joined."""
    rows = UpstreamOrder.objects.filter(Q(report__case=case) | Q(case=case)).order_by("pk")
    return rows.first() if actor.may("cases.view") else None


def messages_for(actor: Actor, permission: str = VIEW) -> QuerySet[OutboundMessage]:
    """Messages of the orders the actor sees."""
    orders = orders_seen(actor, permission).values("pk")
    rows = OutboundMessage.objects.filter(order_id__in=orders)
    return rows.select_related("order__report__case", "order__case")


def message_for(actor: Actor, message_id: int) -> OutboundMessage:
    """Raises `NotFound` for a message the actor may not do anything with."""
    found = messages_for(actor, EXCHANGE).filter(pk=message_id).first()
    if found is None:
        raise NotFound("没有这条消息，或不在您的管辖范围内。", field="message")
    return found


def unfinished(actor: Actor) -> QuerySet[OutboundMessage]:
    """The queue: what is still to be said, those that need a person first, then by age."""
    rows = messages_for(actor).filter(state__in=UNFINISHED)
    return rows.order_by("state", "pk")


def messages_of(order: UpstreamOrder) -> list[OutboundMessage]:
    return list(OutboundMessage.objects.filter(order=order).order_by("seq"))


def due_messages(system: str, *, now: datetime) -> QuerySet[OutboundMessage]:
    """What may be sent now: the first unfinished message of each order, when its time has come."""
    earlier = OutboundMessage.objects.filter(
        order_id=OuterRef("order_id"), seq__lt=OuterRef("seq"), state__in=UNFINISHED
    )
    rows = OutboundMessage.objects.filter(
        Q(claimed_until=None) | Q(claimed_until__lte=now),
        state=State.WAITING,
        next_try_at__lte=now,
        order__system=system,
    )
    return rows.exclude(Exists(earlier)).order_by("next_try_at", "pk")


def counts_by_system(actor: Actor) -> dict[str, dict[str, int]]:
    """Messages by platform and state, the sent ones left out."""
    rows = unfinished(actor).order_by().values("order__system", "state").annotate(n=Count("pk"))
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row["order__system"], {})[row["state"]] = row["n"]
    return found


def states(actor: Actor) -> dict[str, UpstreamState]:
    """How the exchange stands, by platform."""
    if not actor.may(VIEW):
        return {}
    return {row.system: row for row in UpstreamState.objects.all()}


def refused_orders(actor: Actor) -> QuerySet[RefusedOrder]:
    """Orders that could not be taken, the latest first. They have no place yet, and no words."""
    if not actor.may(VIEW):
        return RefusedOrder.objects.none()
    return RefusedOrder.objects.order_by("-at")


def reconciliation_of(actor: Actor, system: str, day: date) -> Reconciliation | None:
    """The last comparison of a day."""
    if not actor.may(VIEW):
        return None
    return Reconciliation.objects.filter(system=system, day=day).order_by("-pk").first()


def orders_by_number(actor: Actor, system: str, numbers: list[str]) -> dict[str, UpstreamOrder]:
    """Those of some orders that the actor sees, by number."""
    rows = orders_seen(actor).filter(system=system, external_no__in=numbers)
    return {row.external_no: row for row in rows.select_related("report__case", "case")}


def numbers_known(system: str, numbers: list[str]) -> frozenset[str]:
    """Those of some numbers that we have at all."""
    rows = UpstreamOrder.objects.filter(system=system, external_no__in=numbers)
    return frozenset(rows.values_list("external_no", flat=True))


def orders_of_day(system: str, day: date, also: list[str]) -> list[UpstreamOrder]:
    """Our orders that the platform sent on a local day, and those of the numbers `also`."""
    begins = local_midnight(day)
    sent = Q(ordered_at__gte=begins, ordered_at__lt=begins + timedelta(days=1))
    return list(UpstreamOrder.objects.filter(sent | Q(external_no__in=also), system=system))


def last_statuses(orders: list[UpstreamOrder]) -> dict[int, str]:
    """What was last said, or waits to be said, of each order; by order id."""
    rows = OutboundMessage.objects.filter(order__in=orders).exclude(state=State.LEFT_OUT)
    return dict(rows.order_by("order_id", "seq").values_list("order_id", "status"))

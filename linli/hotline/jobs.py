"""Background work of the exchange; the names are in `linli/config/subscriptions.py`."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max

from linli.cases.actions.moving import add_line
from linli.cases.models import Case, CaseMove, WorkOrder
from linli.hotline.actions import NONCES_KEPT, NOTE, SETTLE
from linli.hotline.models import Nonce, UpstreamOrder
from linli.hotline.telling import case_of, put_line, put_taken, tell_on
from linli.hotline.upstreams import STEPS
from linli.kernel.acting import Actor
from linli.kernel.jobs.queue import enqueue
from linli.kernel.notify.sending import tell

LATER = timedelta(seconds=10)
"""How long to wait for a report that has no case yet."""


def settle(order_id: int, *, now: datetime) -> None:
    """Once the report has its case: fill the work order, say that the order arrived, and how the matter stands."""
    rows = UpstreamOrder.objects.select_for_update(of=("self",)).select_related("report__case")
    order = rows.get(pk=order_id)
    if order.case_id is not None:
        return
    case = case_of(order)
    if case is None:
        enqueue(SETTLE, {"order_id": order_id}, due_at=now + LATER, now=now)
        return
    _fill(order, case.pk)
    order.case = case
    put_taken(order, now=now)
    if order.report.joined_because:
        _join(order, case, now=now)
    order.save(update_fields=["case", "told_line", "next_seq"])
    tell_on(order, now=now)


def _fill(order: UpstreamOrder, case_id: int) -> None:
    """The hotline's side of the case, with what the platform said of it; a joined order leaves the first one's."""
    facts = {
        "kind": order.kind,
        "assessment_scope": order.assessment_scope,
        "tags": order.tags,
    }
    number = order.external_no
    own = WorkOrder.objects.filter(case_id=case_id)
    if own.filter(order_no=number).update(**facts) or own.exists():
        return
    if WorkOrder.objects.filter(order_no=number).exists():  # another platform counts alike
        number = f"{order.system}:{number}"[:32]
    received = order.report.received_at
    WorkOrder.objects.create(case_id=case_id, order_no=number, received_at=received, **facts)


def _join(order: UpstreamOrder, case: Case, *, now: datetime) -> None:
    """An order that came to a matter under way: the platform hears the last step, not the whole way."""
    lines = CaseMove.objects.filter(case=case, code__in=STEPS).select_related("case")
    last = lines.order_by("-pk").first()
    if last is not None:
        put_line(order, last, now=now)
    everything = CaseMove.objects.filter(case=case).aggregate(last=Max("pk"))
    order.told_line = everything["last"] or 0


def note(order_id: int, note: str, by_name: str, *, now: datetime) -> None:
    """Write what a platform changed in an order into the timeline of its case, and tell whoever is on it."""
    order = UpstreamOrder.objects.select_related("report__case").get(pk=order_id)
    case = case_of(order)
    if case is None:
        again = {"order_id": order_id, "note": note, "by_name": by_name}
        enqueue(NOTE, again, due_at=now + LATER, now=now)
        return
    line = add_line(case, "remark", by=Actor(kind="client", name=by_name), now=now, note=note)
    tell(
        case.owner_id,
        f"上游更新了工单 {order.external_no}：{case.number} {case.title}",
        link=f"/cases/{case.number}",
        about=f"order:{line.pk}",
        now=now,
        level="yellow",
    )


def forget_nonces(*, now: datetime) -> None:
    """Remove nonces that could not be replayed any more."""
    Nonce.objects.filter(at__lt=now - NONCES_KEPT).delete()

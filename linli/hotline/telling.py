"""Putting into words for a platform what has become of its order.

The timeline is read on from the last line that was told, under a lock on the order: whichever event of a case is
delivered first, the messages stand in the order of the timeline, and an event that comes twice adds nothing. A step
that the platform's table does not name becomes a message that waits for a person; one that it names as null is not
told. An order goes with its matter: into the case it was merged into, and on to the new order of a redone one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.db.models import QuerySet

from linli.cases.flow import AT_THE_UNIT, Clock, Stage
from linli.cases.models import Case, CaseMove, Deadline
from linli.cases.queries import reports_of, survivor_of
from linli.hotline.errors import UnknownUpstream
from linli.hotline.models import OutboundMessage, UpstreamOrder
from linli.hotline.rules import public_words
from linli.hotline.upstreams import STEPS, TAKEN, Status, upstream
from linli.kernel.organisations.models import Organization

State = OutboundMessage.State

REPLIES = frozenset({"feedback", "self_handle", "force_close", "decline", "refute"})
"""Steps whose public text is an answer to the caller; of the others it is a standing phrase."""

UNNAMED = (
    "上游平台的状态对照表里没有“{step}”，请在 hotline.json 的 statuses 里补上，再点“立即重发”。"
)


def orders_on(case_id: int) -> QuerySet[UpstreamOrder]:
    """Orders whose matter may have come to this case: by its own reports, a merge, or an earlier round."""
    found: set[int] = set()
    layer = {case_id}
    while layer:
        found |= layer
        merged = Case.objects.filter(merged_into_id__in=layer).values_list("pk", flat=True)
        earlier = Case.objects.filter(pk__in=layer, redo_of__isnull=False)
        layer = {*merged, *(pk for pk in earlier.values_list("redo_of_id", flat=True) if pk)}
        layer -= found
    return UpstreamOrder.objects.filter(report__case_id__in=found)


def case_of(order: UpstreamOrder) -> Case | None:
    """Where the matter of an order lives now; None until its report has a case."""
    case = order.report.case
    while case is not None:
        case = survivor_of(case)
        again = Case.objects.filter(redo_of=case).order_by("-pk").first()
        if again is None:
            break
        case = again
    return case


def tell_on(order: UpstreamOrder, *, now: datetime) -> int:
    """Put down what has happened since the last time; the number of messages. The order is locked by the caller."""
    here = case_of(order)
    if here is None or order.case_id is None:
        return 0
    cases = [order.case_id] if order.case_id == here.pk else [order.case_id, here.pk]
    told = 0
    for case_id in cases:
        lines = CaseMove.objects.filter(case_id=case_id, pk__gt=order.told_line, code__in=STEPS)
        for line in lines.select_related("case").order_by("pk"):
            told += put_line(order, line, now=now)
            order.told_line = line.pk
    order.case = here
    order.save(update_fields=["case", "told_line", "next_seq"])
    return told


def put_line(order: UpstreamOrder, line: CaseMove, *, now: datetime) -> bool:
    """Put one line of the timeline down for the platform; whether anything is to be told of it."""
    facts = {"at": line.at.isoformat(), **_facts(order, line.case, now=now)}
    if line.code in REPLIES:
        facts["public_reply"] = _public(order, line.case, line.public_text.plain)
    if line.facts.get("due"):
        facts["due_at"] = line.facts["due"]
    return put(order, line.code, about=f"line:{line.pk}", facts=facts, now=now)


def put_taken(order: UpstreamOrder, *, now: datetime) -> bool:
    """Say that the order has arrived."""
    return put(order, TAKEN, about=TAKEN, facts={"at": now.isoformat()}, now=now)


def put_again(order: UpstreamOrder, *, now: datetime) -> OutboundMessage | None:
    """Say once more how the order stands now; None when nothing was ever to be told of it."""
    last = last_told(order)
    case = case_of(order)
    if last is None or case is None:
        return None
    facts = {"at": now.isoformat(), **_facts(order, case, now=now)}
    if case.public_reply:
        facts["public_reply"] = _public(order, case, case.public_reply.plain)
    put(order, last.event, about=f"again:{order.next_seq}", facts=facts, now=now)
    order.save(update_fields=["next_seq"])
    return OutboundMessage.objects.filter(order=order).order_by("-seq").first()


def last_told(order: UpstreamOrder) -> OutboundMessage | None:
    """The last thing said, or waiting to be said, of an order."""
    rows = OutboundMessage.objects.filter(order=order).exclude(state=State.LEFT_OUT)
    return rows.order_by("-seq").first()


def put(
    order: UpstreamOrder, step: str, *, about: str, facts: dict[str, Any], now: datetime
) -> bool:
    """One message at the end of the order's queue. `order.next_seq` is changed, the caller saves it."""
    try:
        status = status_of(order.system, step)
    except UnknownUpstream as gone:
        found, error = "", gone.message
    else:
        if status is None:
            return False
        found, error = (status.status, "") if status else ("", UNNAMED.format(step=step))
    message = OutboundMessage(
        order=order,
        seq=order.next_seq,
        about=about,
        key=f"{order.system}:{order.external_no}:{order.next_seq}",
        event=step,
        status=found,
        facts=facts,
        state=State.WAITING if found else State.UNMAPPED,
        error=error,
        made_at=now,
        next_try_at=now,
    )
    message.save(force_insert=True)
    order.next_seq += 1
    return True


def status_of(system: str, step: str) -> Status | Literal[False] | None:
    """What a platform calls a step; None when it is not to be told, False when its table does not say.

    Raises:
        UnknownUpstream: the platform is no longer set up.
    """
    return upstream(system).statuses.get(step, False)


def _facts(order: UpstreamOrder, case: Case, *, now: datetime) -> dict[str, Any]:
    """What a platform may know of a case beside the step: its unit and its limit. Never a note, never a person."""
    facts: dict[str, Any] = {}
    if case.handling_org_id:
        facts["unit"] = Organization.objects.get(pk=case.handling_org_id).name
    if Stage(case.stage) in AT_THE_UNIT:
        running = Deadline.objects.filter(case=case, clock=Clock.HANDLE, stopped_at=None).first()
        if running is not None and running.extensions:
            facts["due_at"] = running.due_at.isoformat()
    return facts


def _public(order: UpstreamOrder, case: Case, text: str) -> str:
    """A public reply, without names of those who reported the same matter by another way."""
    others = (
        report.contact.name for report in reports_of(case) if report.contact and report.contact.name
    )
    return public_words(text, names=others)

"""What the exchange does when something was announced. Each may be called twice, and in any order."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from linli.cases.events import CaseExtended
from linli.cases.flow import CASE
from linli.hotline.telling import orders_on, tell_on
from linli.kernel.matters.events import MatterMoved


def tell_upstream(event: MatterMoved, *, now: datetime) -> None:
    """Put down for the platforms what has happened to their orders."""
    if event.kind == CASE.code:
        _tell(event.matter_id, now=now)


def tell_extension(event: CaseExtended, *, now: datetime) -> None:
    """The same for another limit, which is no move."""
    _tell(event.case_id, now=now)


def _tell(case_id: int, *, now: datetime) -> None:
    if not _any_orders():
        return
    locked = orders_on(case_id).select_for_update(of=("self",)).order_by("pk")
    for order in locked.select_related("report__case"):
        tell_on(order, now=now)


def _any_orders() -> bool:
    """Most offices have no such platform, and every move of every case asks: in plain SQL."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM hotline_upstreamorder LIMIT 1")
        return cursor.fetchone() is not None

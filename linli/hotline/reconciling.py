"""对账: our list of a day against the platform's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime

from linli.hotline import client
from linli.hotline.errors import UpstreamRefused
from linli.hotline.models import Reconciliation
from linli.hotline.orders import moment
from linli.hotline.queries import EXCHANGE, last_statuses, orders_of_day
from linli.hotline.rules import Difference, Listed, differences
from linli.hotline.upstreams import Upstream
from linli.kernel.acting import Actor, action
from linli.kernel.errors import NotAllowed


def reconcile(source: Upstream, day: date, *, by: Actor, now: datetime) -> Reconciliation:
    """Fetch the platform's list of a day, compare, and keep what differs.

    Raises:
        NotAllowed, NotReached, UpstreamRefused.
    """
    if not by.may(EXCHANGE):  # before anybody is called
        raise NotAllowed("您的岗位不能与上游平台对账，请联系管理员。")
    theirs = _listed(client.orders_of_day(source, day.isoformat(), now=now))
    return keep(source.code, day, theirs, by=by, now=now)


@action(may=EXCHANGE)
def keep(
    system: str, day: date, theirs: dict[str, Listed], *, by: Actor, now: datetime
) -> Reconciliation:
    """Compare with what we have and store the result."""
    orders = orders_of_day(system, day, list(theirs))
    said = last_statuses(orders)
    ours = {row.external_no: Listed(said.get(row.pk, ""), row.due_at) for row in orders}
    found = differences(ours, theirs)
    return Reconciliation.objects.create(
        system=system,
        day=day,
        at=now,
        by_name=by.name[:40],
        ours=len(ours),
        theirs=len(theirs),
        differences=[asdict(one) for one in found],
    )


def found_in(row: Reconciliation) -> list[Difference]:
    """The differences of a stored comparison."""
    return [Difference(**one) for one in row.differences]


def _listed(rows: list[object]) -> dict[str, Listed]:
    found: dict[str, Listed] = {}
    for row in rows:
        if not isinstance(row, Mapping) or not isinstance(row.get("external_no"), str):
            raise UpstreamRefused(
                "上游清单里有一行没有 external_no，请与上游核对。", field="orders"
            )
        due = moment(row["due_at"], "due_at") if row.get("due_at") else None
        found[row["external_no"]] = Listed(str(row.get("status") or ""), due)
    return found

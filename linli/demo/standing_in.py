"""A grid worker who is away this week, and the leader of the grid who stands in."""

from __future__ import annotations

from datetime import datetime, timedelta

from linli.kernel.access.models import Account
from linli.kernel.access.queries import actor_for
from linli.kernel.calendar.local import local_day
from linli.kernel.matters.deputies import name_deputy
from linli.kernel.matters.models import Deputy
from linli.kernel.people.queries import postings_of, workers_of_grid

LEADER = "gezhang1"
"""One of the logins a visitor is told: there the colleague's matters are seen."""

AWAY = timedelta(days=6)


def name_demo_deputy(*, now: datetime) -> None:
    """Let the first 网格长 stand in for a worker of the own grid from today on; once."""
    account = Account.objects.select_related("staff").filter(username=LEADER, demo=True).first()
    if (
        account is None
        or account.staff is None
        or Deputy.objects.filter(deputy=account.staff).exists()
    ):
        return
    today, leader = local_day(now), account.staff
    led = [one.grid_id for one in postings_of([leader.pk]).get(leader.pk, [])]
    workers = [one for grid in led for one, _duty in workers_of_grid(grid, today)]
    same = (one for one in workers if one.organization_id == leader.organization_id)
    away = next((one for one in same if one.pk != leader.pk), None)
    login = Account.objects.filter(staff=away).first() if away else None
    if away is None or login is None:
        return
    by = actor_for(login, on=today)
    name_deputy(
        away.pk, deputy_id=leader.pk, valid_from=today, valid_until=today + AWAY, reason="年休假",
        by=by, now=now,
    )  # fmt: skip

"""Somebody leaves: everything that let them in ends with it, in one transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from linli.kernel.access.holding import keep_a_manager, lasting, one_at_a_time
from linli.kernel.access.models import Account, ApiKey
from linli.kernel.acting import Actor, action
from linli.kernel.calendar.local import local_day
from linli.kernel.people.actions import mark_left
from linli.kernel.people.models import Staff
from linli.kernel.people.rules import last_day


@action(may="people.edit")
def end_employment(staff_id: int, *, by: Actor, now: datetime) -> Staff:
    """Mark somebody as left, close their login the same moment, end their posts and withdraw their keys.

    The right is that of people, not of access: closing is the one thing about logins that must not wait for the other
    administrator. Opening again is theirs alone. Raises `HasLeft`, `OwnPosting`, `LastAdministrator`.
    """
    one_at_a_time()
    today = local_day(now)
    account = Account.objects.select_for_update(of=("self",)).filter(staff_id=staff_id).first()
    if account is not None:
        keep_a_manager(on=today, without=account)
    staff = mark_left(staff_id, by=by, now=now)
    if account is None:
        return staff
    for post in lasting(account, on=today):
        post.valid_until = last_day(post.valid_from, today - timedelta(days=1))
        post.save(update_fields=["valid_until"])
    account.is_active = False
    account.save(update_fields=["is_active"])
    ApiKey.objects.filter(account=account, withdrawn_at=None).update(withdrawn_at=now)
    return staff

"""A way back in for an office that lost its last security administrator; only from the machine itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from axes.utils import reset
from django.db import transaction

from linli.kernel.access.models import Account, DataScope, PostHolding, Role
from linli.kernel.access.passwords import one_time_password
from linli.kernel.access.rules import MANAGE
from linli.kernel.acting import SYSTEM
from linli.kernel.audit import chain
from linli.kernel.calendar.local import local_day

ROLE = "security_admin"
NAME = "admin"


@dataclass(frozen=True)
class Recovered:
    """A login that gives others their posts; the password can be used once and is stored nowhere."""

    username: str
    password: str
    role: str


def administrators_left(*, now: datetime, besides: frozenset[int] = frozenset()) -> int:
    """Logins that people can use and that manage access everywhere today."""
    day = local_day(now)
    held = PostHolding.objects.filter(
        account__is_active=True,
        account__staff__left_at=None,
        data_scope=DataScope.ALL,
        valid_from__lte=day,
    ).exclude(valid_until__lt=day)
    found = {
        post.account_id
        for post in held.select_related("role", "account")
        if MANAGE in post.role.permissions and post.account.has_usable_password()
    }
    return len(found - besides)


def recover_administrator(*, now: datetime, username: str = NAME) -> Recovered:
    """Open a security administrator's login with a new one-time password, making what is missing.

    Nobody asks for a right here: whoever runs it can read the database anyway. That is why it is audited, by a name
    that no page gives: the audit administrator sees it.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update().filter(username=username).first()
        password = one_time_password()
        account = account or Account.objects.create_account(username, password)
        account.is_active, account.must_change_password = True, True
        account.set_password(password)
        account.save(update_fields=["is_active", "must_change_password", "password"])
        role = Role.objects.get(code=ROLE)
        if not administrators_left(now=now):
            PostHolding.objects.create(
                account=account, role=role, data_scope=DataScope.ALL, valid_from=local_day(now)
            )
        reset(username=username)
        chain.write(
            at=now,
            actor_kind=SYSTEM.kind,
            account_id=None,
            actor_name=SYSTEM.name,
            action="access.recover_administrator",
            subject=f"access.account:{account.pk}",
            detail={},
        )
    return Recovered(username, password, role.name)

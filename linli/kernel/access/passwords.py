"""Choosing a new password, and making one up that is good for one time."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from linli.kernel.access.models import Account
from linli.kernel.acting import Actor
from linli.kernel.audit import chain

LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters that look alike: it is read from paper and typed once."""

GROUPS, GROUP = 4, 4
"""79 bits: out of reach for guessing, and short enough to be typed."""


def one_time_password() -> str:
    """Random and legible, like k7mf-p2wx-9rta-h4cn."""
    return "-".join("".join(secrets.choice(LEGIBLE) for _ in range(GROUP)) for _ in range(GROUPS))


def choose_password(account: Account, password: str, *, by: Actor, now: datetime) -> None:
    """Set somebody's own new password; checked by the form, kept as a hash, noted in the audit."""
    assert account.pk == by.account_id, "everybody chooses only the own password"
    with transaction.atomic():
        account.set_password(password)
        account.must_change_password = False
        account.save(update_fields=["password", "must_change_password"])
        chain.write(
            at=now,
            actor_kind=by.kind,
            account_id=by.account_id,
            actor_name=by.name,
            action="access.choose_password",
            subject=f"access.account:{account.pk}",
            detail={},
        )

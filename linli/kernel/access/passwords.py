"""Choosing a new password."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from linli.kernel.access.models import Account
from linli.kernel.acting import Actor
from linli.kernel.audit import chain


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

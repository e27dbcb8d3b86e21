"""Choosing a new password, making one up that is good for one time, and ending sessions.

A password has at least ten characters, at least five of them different, and is no row of neighbours (abcdefghij,
1234567890, qwertyuiop); nor is it one of the passwords that everybody knows, nor the one before, which somebody else
may have read on a slip.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from linli.kernel.access.models import Account
from linli.kernel.acting import Actor
from linli.kernel.audit import chain

LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters that look alike: it is read from paper and typed once."""

GROUPS, GROUP = 4, 4
"""79 bits: out of reach for guessing, and short enough to be typed."""


DIFFERENT_LEAST = 5

ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
"""Neighbours in the alphabet, among the digits and on a keyboard."""

ROW_LONGEST = 5
"""Characters in a row that may be neighbours; six of them are a habit and not a password."""


class Varied:
    """Refuses what is long and easy all the same: one character many times, neighbours in a row, the user name."""

    def validate(self, password: str, user: Account | None = None) -> None:
        if len(set(password.casefold())) < DIFFERENT_LEAST:
            raise ValidationError(f"密码里至少要有 {DIFFERENT_LEAST} 种不同的字符。", code="same")
        if _has_a_row(password.casefold()):
            raise ValidationError("密码里有连续的字母、数字或键盘排列，太容易猜到。", code="row")
        if user is not None and user.username and user.username.casefold() in password.casefold():
            raise ValidationError("密码里不要包含用户名。", code="name")
        if user is not None and user.check_password(password):
            raise ValidationError("新密码不能和原来的一样。", code="kept")

    def get_help_text(self) -> str:
        return f"至少 {DIFFERENT_LEAST} 种不同的字符，不用连续的字母、数字，不含用户名。"


def _has_a_row(password: str) -> bool:
    pieces = {
        password[start : start + ROW_LONGEST + 1] for start in range(len(password) - ROW_LONGEST)
    }
    rows = (*ROWS, *(row[::-1] for row in ROWS))
    return any(piece in row for piece in pieces for row in rows)


def end_all_sessions(account: Account, *, by: Actor, now: datetime) -> None:
    """Log somebody out everywhere, at once."""
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(sessions_ended=F("sessions_ended") + 1)
        account.refresh_from_db(fields=["sessions_ended"])
        _note(account, "access.end_all_sessions", by=by, now=now)


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
        _note(account, "access.choose_password", by=by, now=now)


def _note(account: Account, action: str, *, by: Actor, now: datetime) -> None:
    chain.write(
        at=now,
        actor_kind=by.kind,
        account_id=by.account_id,
        actor_name=by.name,
        action=action,
        subject=f"access.account:{account.pk}",
        detail={},
        origin=by.origin,
    )

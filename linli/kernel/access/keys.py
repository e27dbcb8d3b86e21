"""Making and withdrawing the keys that machines use."""

from __future__ import annotations

import secrets
from datetime import datetime

from linli.kernel.access.errors import AccountInvalid, NameTaken
from linli.kernel.access.holding import account_in_reach
from linli.kernel.access.models import ApiKey
from linli.kernel.access.queries import hash_of_key
from linli.kernel.acting import SYSTEM, Actor, action
from linli.kernel.calendar.local import local_day
from linli.kernel.errors import NotFound
from linli.kernel.organisations.texts import checked

LONGEST_NAME = 60


@action(may="access.manage")
def make_key(account_id: int, *, name: str, by: Actor, now: datetime) -> str:
    """A new key for an account; shown once, only its hash is kept. It acts as the account does.

    Raises `AccountInvalid`: closed, or a person's own login (a key would act in their name), `NameTaken`.
    """
    account = account_in_reach(account_id, by, on=local_day(now))
    label = checked(name, error=AccountInvalid, field="name", label="用途", most=LONGEST_NAME)
    if not account.is_active:
        raise AccountInvalid(f"“{account.username}”已停用，请先启用账号。", field="account")
    if account.staff is not None and by.kind != SYSTEM.kind:
        raise AccountInvalid(
            f"“{account.username}”是{account.staff.name}的个人账号。密钥会以他的名义办事，请另建接口账号。",
            field="account",
        )
    if ApiKey.objects.filter(account=account, name=label, withdrawn_at=None).exists():
        raise NameTaken(
            f"这个账号已有用途为“{label}”的密钥。请换个用途，或先停用旧的。", field="name"
        )
    key = secrets.token_urlsafe(24)
    ApiKey.objects.create(name=label, key_hash=hash_of_key(key), account=account, made_at=now)
    return key


@action(may="access.manage")
def withdraw_key(key_id: int, *, by: Actor, now: datetime) -> ApiKey:
    """From this moment the key opens nothing; the row stays. Raises `NotFound`, `AccountInvalid`."""
    key = ApiKey.objects.select_for_update().filter(pk=key_id).first()
    if key is None:
        raise NotFound("没有这个密钥，请刷新密钥列表。")
    account_in_reach(key.account_id, by, on=local_day(now))
    if key.withdrawn_at is not None:
        raise AccountInvalid(f"密钥“{key.name}”已经停用。")
    key.withdrawn_at = now
    key.save(update_fields=["withdrawn_at"])
    return key

"""Making and withdrawing the keys that machines use."""

from __future__ import annotations

import secrets
from datetime import datetime

from linli.kernel.access.models import Account, ApiKey
from linli.kernel.access.queries import hash_of_key
from linli.kernel.acting import Actor, action


@action(may="access.manage")
def make_key(account_id: int, *, name: str, by: Actor, now: datetime) -> str:
    """A new key for an account; shown once, only its hash is kept."""
    key = secrets.token_urlsafe(24)
    account = Account.objects.get(pk=account_id)
    ApiKey.objects.create(name=name, key_hash=hash_of_key(key), account=account, made_at=now)
    return key

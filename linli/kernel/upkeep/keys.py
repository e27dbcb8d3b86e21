"""The key of sessions and links is one for all machines of an installation; the database knows its fingerprint."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import DatabaseError, transaction

from linli.kernel.upkeep.models import KeyMark

SECRET_KEY = "secret_key"  # noqa: S105 - its name


def fingerprint(key: str) -> str:
    """Half a SHA-256: a key of 50 random characters is not found from it."""
    return hashlib.sha256(b"linli key " + key.encode()).hexdigest()[:32]


def key_differs(key: str) -> bool:
    """Whether the database knows another key; a new or old database knows none."""
    try:
        with transaction.atomic():
            known = KeyMark.objects.filter(name=SECRET_KEY).first()
    except DatabaseError:  # no table yet
        return False
    return known is not None and known.fingerprint != fingerprint(key)


def note_key(key: str, *, now: datetime, replace: bool = False) -> None:
    """Remember the key's fingerprint; the one that is there stays unless `replace`."""
    facts = {"fingerprint": fingerprint(key), "noted_at": now}
    if replace:
        KeyMark.objects.update_or_create(name=SECRET_KEY, defaults=facts)
    else:
        KeyMark.objects.get_or_create(name=SECRET_KEY, defaults=facts)

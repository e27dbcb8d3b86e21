"""The key of the audit chain. It lies outside the database, so whoever can change the rows cannot seal them again.

`LINLI_HOME/audit_key` holds the key and the sequence number of the first line sealed with it; that number too has to be
where the rows are not, or all lines could be rewritten as old ones that need no key. On several machines the setting
`audit_key` gives the key to each.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

NAME = "audit_key"


class AuditKeyMissing(RuntimeError):
    """The chain was sealed with a key that this machine does not have."""


@dataclass(frozen=True)
class AuditKey:
    """A key, and from which line on it must have been used; 0 where only the database knows."""

    secret: bytes
    since: int = 0

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(b"linli audit " + self.secret).hexdigest()[:32]


def audit_key() -> AuditKey | None:
    """The key of this machine; None where there is none yet."""
    given = getattr(settings, "LINLI_AUDIT_KEY", "")
    if given:
        return AuditKey(given.encode())
    file = Path(settings.LINLI_HOME) / NAME
    return parsed(file.read_text()) if file.exists() else None


def parsed(text: str) -> AuditKey:
    """The content of the file."""
    secret, _, since = text.strip().partition(" ")
    return AuditKey(secret.encode(), int(since or 0))


def make_key(*, since: int) -> AuditKey:
    """Make the key and write it down, whole and readable by its owner only; the one that another process made wins."""
    home = Path(settings.LINLI_HOME)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = home / f"{NAME}.{os.getpid()}"
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(f"{secrets.token_urlsafe(48)} {since}\n")
    try:
        os.link(part, home / NAME)
    except FileExistsError:
        pass
    finally:
        part.unlink()
    made = audit_key()
    assert made is not None, "it was written just now"
    return made

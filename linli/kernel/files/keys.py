"""What stands for a stored file until it is used: its digest, signed for one account, one purpose and one day.

A row number can be guessed and a digest stands in every address of a picture, so either would let somebody hand in
another's photo, or the picture of the hazard as that of the hazard put right. A key is good on its day and the next.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.crypto import constant_time_compare, salted_hmac

from linli.kernel.files.models import StoredFile
from linli.kernel.files.queries import stored_file

DIGEST = 64
"""Hexadecimal digits of SHA-256."""


def key_of(file: StoredFile, purpose: str, *, account_id: int | None, on: date) -> str:
    """The key: hexadecimal digits. Give it only to the account that brought the file."""
    return file.sha256 + _signature(file.sha256, purpose, account_id, on)


def file_of(key: str, purpose: str, *, account_id: int | None, on: date) -> StoredFile | None:
    """The file a key stands for; None unless this account was given it for this purpose today or yesterday."""
    digest, signature = key[:DIGEST], key[DIGEST:]
    for day in (on, on - timedelta(days=1)):
        if constant_time_compare(signature, _signature(digest, purpose, account_id, day)):
            return stored_file(digest)
    return None


def _signature(digest: str, purpose: str, account_id: int | None, day: date) -> str:
    words = f"{account_id}:{purpose}:{digest}:{day}"
    return salted_hmac(__name__, words, algorithm="sha256").hexdigest()

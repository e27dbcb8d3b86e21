"""Slowing down guesses: ten wrong tries in ten minutes, per receipt and per address, in every process.

Example: whoever tries the ten thousand phone tails of a receipt they found gets ten tries, then a pause.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from linli.kernel.access.models import FailedLookup
from linli.kernel.errors import LinliError

TRIES = 10
WINDOW = timedelta(minutes=10)
KEPT = timedelta(days=1)


class TooManyTries(LinliError):
    status = 429
    code = "too_many_tries"


def refuse_if_too_many(receipt: str, address: str, *, now: datetime) -> None:
    """Raises TooManyTries when this receipt or this address has used up its tries."""
    for what in _keys(receipt, address):
        if FailedLookup.objects.filter(what=what, at__gt=now - WINDOW).count() >= TRIES:
            raise TooManyTries(
                "查询次数太多了，请十分钟后再试，或拨打社区电话由工作人员帮您查。", field="receipt"
            )


def remember_failure(receipt: str, address: str, *, now: datetime) -> None:
    """Count one wrong try; nothing readable about the person is kept."""
    FailedLookup.objects.filter(at__lt=now - KEPT).delete()
    FailedLookup.objects.bulk_create(
        [FailedLookup(what=what, at=now) for what in _keys(receipt, address)]
    )


def _keys(receipt: str, address: str) -> list[str]:
    pairs = (("receipt", receipt), ("address", address))
    return [
        hashlib.sha256(f"{kind}:{value}".encode()).hexdigest() for kind, value in pairs if value
    ]

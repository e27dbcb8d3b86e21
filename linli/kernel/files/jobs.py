"""Background work of files; the names are in `linli/config/subscriptions.py`."""

from __future__ import annotations

from datetime import datetime

from linli.kernel.acting import SYSTEM
from linli.kernel.files.actions import clear_unused_files


def clear_unused(*, now: datetime) -> None:
    """Remove what nobody took up for a day."""
    clear_unused_files(by=SYSTEM, now=now)

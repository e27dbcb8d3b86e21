"""Daily work of matters; the names are in `linli/config/subscriptions.py`."""

from __future__ import annotations

from datetime import datetime

from linli.kernel.matters.handing import hand_on_unheld


def hand_on(*, now: datetime) -> None:
    """Hand on what lies with somebody whose post for it has ended."""
    hand_on_unheld(now=now)

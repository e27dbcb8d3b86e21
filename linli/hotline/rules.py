"""What may leave the house, how long to wait before the next try, and how two lists differ. Pure.

Two lists of a day are compared by number: an order may be missing here, missing there, stand at another status or
have another limit. Example: ours {"A": ("signed", None)}, theirs {"A": ("received", None), "B": ("received", None)}
→ B missing_here, A status (ours signed, theirs received).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from linli.kernel.privacy.free_text import masked_words

FIRST_PAUSE = timedelta(seconds=10)
"""Pause before the second try; it grows threefold each time."""

LONGEST_PAUSE = timedelta(minutes=30)
"""Pause at most; a platform that comes back after a weekend is found again within it."""


@dataclass(frozen=True)
class Listed:
    """An order in a list of a day."""

    status: str
    due_at: datetime | None


@dataclass(frozen=True)
class Difference:
    """`kind` is missing_here, missing_there, status or due; what is not known is empty."""

    number: str
    kind: str
    ours: str = ""
    theirs: str = ""


def pause_after(tries: int) -> timedelta:
    """How long to wait after so many failed tries (1 or more)."""
    grown: timedelta = FIRST_PAUSE * 3 ** min(tries - 1, 8)
    return min(grown, LONGEST_PAUSE)


def public_words(text: str, *, names: Iterable[str] = ()) -> str:
    """A public reply without numbers and homes of people and without the `names` of those who reported."""
    return masked_words(text, names=names)


def differences(ours: Mapping[str, Listed], theirs: Mapping[str, Listed]) -> list[Difference]:
    """In the order of the numbers."""
    found: list[Difference] = []
    for number in sorted(set(ours) | set(theirs)):
        here, there = ours.get(number), theirs.get(number)
        if there is None:
            found.append(Difference(number, "missing_there"))
        elif here is None:
            found.append(Difference(number, "missing_here", theirs=there.status))
        else:
            found += _unlike(number, here, there)
    return found


def _unlike(number: str, here: Listed, there: Listed) -> list[Difference]:
    found = []
    if here.status != there.status:
        found.append(Difference(number, "status", here.status, there.status))
    if here.due_at != there.due_at:
        found.append(Difference(number, "due", _iso(here.due_at), _iso(there.due_at)))
    return found


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""

"""What the requests on a case have in common: words that must be there, and somebody of the staff who asks."""

from __future__ import annotations

from linli.cases import errors
from linli.kernel.acting import Actor


def required(text: str, label: str, field: str = "reason", *, most: int = 300) -> str:
    """The words without spaces around them, cut to `most` characters.

    Raises:
        MissingFact: nothing was written; the sentence names `label`.
    """
    if not text.strip():
        raise errors.MissingFact(f"请写明{label}。", field=field)
    return text.strip()[:most]


def staff_id_of(by: Actor) -> int:
    """The person behind an actor whose permission only staff are given."""
    assert by.staff_id is not None, "the permission is given to staff only"
    return by.staff_id

"""What requests on a matter have in common: words that must be there, and somebody of the staff who asks."""

from __future__ import annotations

from datetime import datetime

from linli.kernel.acting import Actor
from linli.kernel.matters.errors import MissingFact
from linli.kernel.matters.models import Matter
from linli.kernel.matters.roster import pick_decider
from linli.kernel.notify.sending import tell


def required(text: str, label: str, field: str = "reason", *, most: int = 300) -> str:
    """The words without spaces around them, cut to `most` characters.

    Raises:
        MissingFact: nothing was written; the sentence names `label`.
    """
    if not text.strip():
        raise MissingFact(f"请写明{label}。", field=field)
    return text.strip()[:most]


def staff_id_of(by: Actor) -> int:
    """The person behind an actor whose permission only staff are given."""
    assert by.staff_id is not None, "the permission is given to staff only"
    return by.staff_id


def ask_to_decide(
    matter: Matter, permission: str, what: str, *, about: str, by: Actor, now: datetime
) -> None:
    """Tell somebody with this right that a request waits for them; the desk of approvals shows it to all."""
    asker = frozenset({by.staff_id} if by.staff_id else ())
    tell(
        pick_decider(matter, permission, now=now, barred=asker),
        f"{what}：{matter.headline}",
        link=matter.link,
        about=about,
        now=now,
        level="yellow",
    )

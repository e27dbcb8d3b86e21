"""Whose sending it is: what makes a report the same one sent again, and what makes it another one.

A line breaks, a button is pressed twice, a queue is replayed: the same sending must find the row that is there. Two
people who say the same words are two reports. And whoever sends somebody else's key must learn nothing by it. So a key
counts only within its *sender*, which is not said but known: the account that is signed in, the platform that signed,
the browser in which nobody is signed in.

    dispatcher's script sends key 2026-17          -> sender staff:12, key city:2026-17
    the hotline sends its order 2026-17            -> sender client:city, the same key: another report
    a neighbour says the same in another browser   -> sender visit:…, another report

Without a key of its own a sending is told by its content: the same words about the same place by the same person on the
same day. Where nobody can tell whether it is the same person (no phone, no name, no browser), a key that differs says
that it is another one.

`said_key` ties together what one person says through several doors: the same phone and the same words, whatever their
width and their blanks. It joins nothing; it only carries a wish for secrecy from one to the other.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from linli.cases.drafts import ReportDraft

SAID_KEY_LENGTH = 32


@dataclass(frozen=True)
class Keys:
    """What a sending is known by. `client_key` is None when the sender gave none."""

    sender: str
    client_key: str | None
    content_key: str
    said_key: str


def keys_of(
    draft: ReportDraft, *, kind: str, staff_id: int | None, account_id: int | None, day: date
) -> Keys:
    """The keys of a draft that somebody sends on that local day."""
    sender = _sender(draft, kind=kind, staff_id=staff_id, account_id=account_id)
    given = f"{draft.source_system}:{draft.client_key}" if draft.client_key else None
    return Keys(sender, given, _content_key(draft, sender, day=day), _said_key(draft))


def known_sender(*, staff_id: int | None, account_id: int | None) -> str:
    """The sender that a login or a machine's key stands for; empty for whoever is not known."""
    if staff_id is not None:
        return f"staff:{staff_id}"
    return "" if account_id is None else f"account:{account_id}"


def differing(sent: Mapping[str, object], stored: Mapping[str, object]) -> list[str]:
    """Names of the fields in which a sending differs from what is stored under its key.

    Pictures and wishes for secrecy are no difference: they are added to what is there.
    """
    return [name for name in stored if _comparable(sent[name]) != _comparable(stored[name])]


def _sender(draft: ReportDraft, *, kind: str, staff_id: int | None, account_id: int | None) -> str:
    if draft.from_file:
        return "file"  # any clerk may import the same file again
    known = known_sender(staff_id=staff_id, account_id=account_id)
    if known:
        return known
    if kind == "resident":
        return f"visit:{draft.visit}" if draft.visit else ""
    return f"{kind}:{draft.source_system}"


def _content_key(draft: ReportDraft, sender: str, *, day: date) -> str:
    """Hash of what was said, by whom, where, and when: the sender's own time, else the local day of receipt."""
    when = draft.occurred_at.isoformat() if draft.occurred_at else day.isoformat()
    person = draft.contact_phone or draft.said_by or draft.visit
    # An alarm or a record with a number of its own is told apart by that number, not by its words.
    own_key = draft.client_key if draft.alarm_key or not person else ""
    parts = (
        sender,
        draft.source_system,
        draft.external_no,
        own_key,
        draft.said_by,
        draft.contact_phone,
        draft.title,
        draft.body,
        draft.address,
        _place(draft.lon),
        _place(draft.lat),
        when,
    )
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _said_key(draft: ReportDraft) -> str:
    """Empty without a phone: then nobody knows whether two are one person."""
    if not draft.contact_phone:
        return ""
    words = unicodedata.normalize("NFKC", draft.body or draft.title).casefold()
    letters = "".join(c for c in words if c.isalnum())
    digest = hashlib.sha256(f"{draft.contact_phone}\x1f{letters}".encode()).hexdigest()
    return digest[:SAID_KEY_LENGTH]


def _comparable(value: object) -> object:
    return _place(value) if isinstance(value, float) else value


def _place(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}"

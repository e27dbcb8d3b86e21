"""The sheet of a hotline order: what the unit wrote down and the papers, as far as somebody may see them.

Three kinds of papers, each with a reading right of its own. A caller's identity papers are for those who may see the
caller; the proof that the caller was contacted for those who work on the case or see the caller; the papers of the work
itself for everybody who sees the case. Where the caller asked for secrecy (保密), whoever handled the case sees neither
of the first two, nor the number under which the caller was reached, except what they brought in themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

from linli.cases.models import Case
from linli.cases.queries import reaches, reports_of, roles_of
from linli.hotline.models import OrderFile, OrderFileKind, OrderHandling
from linli.kernel.acting import Actor
from linli.kernel.privacy.masks import mask_phone

READERS: dict[str, tuple[str, ...]] = {
    OrderFileKind.IDENTITY: ("cases.view_contact",),
    OrderFileKind.CONTACT: (
        "cases.view_contact",
        "cases.handle",
        "cases.check",
        "cases.follow_up",
    ),
    OrderFileKind.HANDLING: ("cases.view",),
}
"""Rights of which one, reaching the case, opens a kind of paper."""

OF_THE_CALLER = frozenset({OrderFileKind.IDENTITY, OrderFileKind.CONTACT})


@dataclass(frozen=True)
class Paper:
    """One paper on the page; `readable` is whether this person may open it."""

    row: OrderFile
    readable: bool


@dataclass(frozen=True)
class Sheet:
    """`contact_number` is masked; `hidden` says that the caller asked for secrecy and this person handles the case."""

    handling: OrderHandling | None
    contact_number: str
    hidden: bool
    papers: tuple[Paper, ...]


def sheet_of(actor: Actor, case: Case) -> Sheet:
    """What this person may see of the sheet of a case they may see."""
    handling = OrderHandling.objects.select_related("by").filter(case=case).first()
    hidden = kept_from(actor, case)
    number = handling.contact_number if handling else ""
    rows = OrderFile.objects.filter(case=case).select_related("file", "by").order_by("kind", "pk")
    return Sheet(
        handling,
        "" if hidden else mask_phone(number),
        hidden,
        tuple(Paper(row, readable(actor, row, case, hidden=hidden)) for row in rows),
    )


def kept_from(actor: Actor, case: Case) -> bool:
    """Whether the caller's side is kept from this person: secrecy was asked for, and they handle the case."""
    if not any(report.confidential for report in reports_of(case)):
        return False
    return actor.staff_id in roles_of(case).handlers or not reaches(
        actor, case, "cases.view_contact"
    )


def readable(actor: Actor, row: OrderFile, case: Case, *, hidden: bool) -> bool:
    """Whether this person may open a paper of a case they may see."""
    if row.kind in OF_THE_CALLER and hidden:
        own = row.by_id == actor.staff_id
        return own and row.kind == OrderFileKind.CONTACT
    return any(reaches(actor, case, right) for right in READERS[row.kind])

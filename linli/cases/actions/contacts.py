"""Looking at who reported something, in full. Everywhere else a name and a phone are masked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from linli.cases import errors
from linli.cases.models import Report
from linli.cases.queries import roles_of
from linli.kernel.acting import Actor, action, within
from linli.kernel.audit import chain
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.privacy.free_text import personal_in


@dataclass(frozen=True)
class RevealedContact:
    """Name and phone as they were given, and the words as they were said; each may be empty."""

    report_id: int
    name: str
    phone: str
    title: str = ""
    body: str = ""
    address: str = ""


@action(may="cases.view_contact")
def reveal_contact(report_id: int, *, purpose: str, by: Actor, now: datetime) -> RevealedContact:
    """Show the contact and the words of a report in the actor's scope; the purpose goes into the audit log.

    Raises:
        MissingFact: no purpose was given.
        NotFound: no such report, or nobody left a contact.
        NotAllowed: the reporter asked for secrecy and the actor handles this case.
    """
    if not purpose.strip():
        raise errors.MissingFact("请选择查看联系方式的用途。", field="purpose")
    report = (
        Report.objects.select_related("contact", "case")
        .filter(within(by.scope(), prefix="case__", staff=("case__owner", "case__handler")))
        .filter(pk=report_id)
        .first()
    )
    words = [report.title.plain, report.body.plain, report.address.plain] if report else []
    if (
        report is None
        or report.case is None
        or not (report.contact or any(map(personal_in, words)))
    ):
        raise NotFound("没有这条上报，或上报人没有留下联系方式。", field="report")
    if report.confidential and by.staff_id in roles_of(report.case).handlers:
        raise NotAllowed("上报人要求保密，经办此案的人不能查看联系方式，请由受理或回访人员联系。")
    chain.write(
        at=now,
        actor_kind=by.kind,
        account_id=by.account_id,
        actor_name=by.name,
        action="cases.contact_seen",
        subject=f"cases.report:{report.pk}",
        detail={"purpose": purpose.strip()[:100]},
        origin=by.origin,
    )
    contact = report.contact
    return RevealedContact(
        report.pk, contact.name if contact else "", contact.phone if contact else "", *words
    )

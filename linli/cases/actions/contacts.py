"""Looking at who reported something, in full. Everywhere else a name and a phone are masked.

A telephone or a home is searched for whole or not at all: 19900001111, 望舒庭12幢2单元501. A name never is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from linli.cases import errors
from linli.cases.index import condition
from linli.cases.models import Case, Report
from linli.cases.queries import roles_of
from linli.kernel.acting import Actor, action, within
from linli.kernel.audit import chain
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.places.reading.homes import split_home
from linli.kernel.places.reading.spelling import NUMERAL, compact, ending_house, same_number
from linli.kernel.privacy.free_text import personal_in
from linli.kernel.privacy.words import plain
from linli.kernel.typed import typed_digits

MOST_FOUND = 200
"""Cases found by one contact, the newest, 50–1,000; they become a condition of the list."""

MOST_HOMES = 2_000
"""Cases of one quarter that are compared with a home, the newest."""

PHONE = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9}|0[0-9]{9,11})")


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


def names_a_contact(words: str) -> bool:
    """Whether words typed into a search are a whole telephone or home. Names are none: nobody is searched for."""
    return bool(PHONE.fullmatch(typed_digits(words)) or _home(words))


@action(may="cases.view_contact")
def find_by_contact(*, whole: str, by: Actor, now: datetime) -> list[int]:
    """Ids of the newest cases whose reporter has this telephone, or that lie in this home, within the scope.

    What was typed is not written into the audit log, that somebody searched is. A reporter who asked for secrecy is
    found by nobody.
    """
    phone = PHONE.fullmatch(typed_digits(whole))
    if phone:
        return _reported(Q(contact__phone__in=(phone[1], typed_digits(whole))), by)
    return _at_home(whole, by)


def _reported(who: Q, by: Actor) -> list[int]:
    seen = within(by.scope(), prefix="case__", staff=("case__owner", "case__handler"))
    rows = Report.objects.filter(who, seen, confidential=False, case__confidential=False)
    ids = rows.order_by("-case_id").values_list("case_id", flat=True).distinct()
    return list(ids[:MOST_FOUND])


def _at_home(whole: str, by: Actor) -> list[int]:
    home = _home(whole)
    if home is None:
        return []
    rows = Case.objects.filter(
        condition(home[0], by.scope()), within(by.scope()), confidential=False
    )
    near = rows.order_by("-pk").values_list("pk", "address")[:MOST_HOMES]
    return [pk for pk, address in near if _home(plain(address)) == home][:MOST_FOUND]


def _home(text: str) -> tuple[str, str, tuple[str, ...]] | None:
    """(quarter, building, numbers below it), written one way; None for what names no home as a whole."""
    before, below, _ = split_home(compact(text))
    quarter, building = ending_house(before)
    if not quarter or not building or not below:
        return None
    return quarter, building, tuple(same_number(one) for one in re.findall(NUMERAL, below))

"""Secrecy only tightens (保密只紧不松).

Whoever asks that nobody may know of them is kept secret from then on, whichever door the wish came through, in whatever
order, and however their words reached the case: sent again, joined to it, merged into it. Consent to publish that is
withdrawn is withdrawn for the case as well. Nothing here ever shows what was hidden.
"""

from __future__ import annotations

from datetime import timedelta

from linli.cases.models import Case, Report
from linli.cases.queries import survivor_of
from linli.kernel.engine import rows

SAID_AGAIN_WITHIN = timedelta(days=1)
"""How long the same words of the same person through another door are taken for the same matter."""


def hide(report: Report, *, confidential: bool, withdrawn: bool) -> tuple[str, ...]:
    """Take up a wish for secrecy that came later than the report; names of what has changed."""
    changed = []
    if confidential and not report.confidential:
        report.confidential = True
        changed.append("confidential")
    if (confidential or withdrawn) and report.publish_consent:
        report.publish_consent = False
        changed.append("publish_consent")
    if changed:
        rows.save(report, ("confidential", "publish_consent"))
        if report.case_id:
            hide_case(report.case_id, confidential=report.confidential)
    return tuple(changed)


def hide_case(case_id: int, *, confidential: bool) -> None:
    """Take a case out of public sight, with the one it lives on in; with `confidential` hide its reporters too."""
    case = Case.objects.get(pk=case_id)
    for pk in {case.pk, survivor_of(case).pk}:
        values = {"public": False, "confidential": True} if confidential else {"public": False}
        rows.change(Case, values, id=pk)


def hide_what_was_said_elsewhere(report: Report) -> None:
    """One person, the same words, two doors: one wish for secrecy holds for both."""
    if not report.said_key:
        return
    same = [
        one
        for one in rows.find(Report, said_key=report.said_key)
        if abs(one.received_at - report.received_at) <= SAID_AGAIN_WITHIN
    ]
    if not any(one.confidential for one in same):
        return
    for one in same:
        hide(one, confidential=True, withdrawn=False)
    report.confidential, report.publish_consent = True, False

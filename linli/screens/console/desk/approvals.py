"""审批台: what waits for this person's decision or answer, the oldest first."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.cases.flow import CASE
from linli.cases.overlays import waiting_for
from linli.insight.scorecards.actions import CARD_APPEAL
from linli.insight.scorecards.models import CardAppeal
from linli.insight.scorecards.queries import appeals_waiting
from linli.kernel.matters.asking import Waiting
from linli.screens.console import labels
from linli.screens.console.menu import page
from linli.screens.shared.guard import PageRequest, needs
from linli.screens.shared.light import light_of


@require_GET
@needs("cases.view")
def approvals(request: PageRequest) -> HttpResponse:
    """Extensions, disputes, objections, appeals, supervisions and help that this person deals with."""
    rows: list[dict[str, Any]] = [
        {
            "code": one.code,
            "name": labels.words_of(labels.LINES, one.code),
            "matter": one.matter,
            "title": one.matter.headline.removeprefix(one.matter.number).strip(),
            "matter_url": _page_url(one),
            "form_url": form_url(one.kind, one.matter.number, one.code),
            "refuse_url": form_url(one.kind, one.matter.number, one.refuse),
            "refuse_name": labels.words_of(labels.LINES, one.refuse) if one.refuse else "",
            "light": light_of(one.matter, request),
            "asked_by": one.asked_by,
            "asked_at": one.asked_at,
            "reason": one.reason,
        }
        for one in waiting_for(request.actor)
    ]
    rows += [_card_appeal(one, request) for one in appeals_waiting(request.actor)]
    rows.sort(key=lambda row: row["asked_at"])
    return page(
        request,
        "console/desk/approvals.html",
        title=_("审批台"),
        here="console:approvals",
        rows=rows,
        here_url=reverse("console:approvals"),
    )


def _page_url(one: Waiting) -> str:
    """The page of the matter in the console."""
    if one.kind != CASE.code:
        return str(one.matter.link)
    return reverse("console:case", args=[one.matter.number])


def form_url(kind: str, number: str, code: str) -> str:
    """The form of a step; empty without one, and for a kind whose forms stand on the page of the matter only."""
    if kind != CASE.code or not code:
        return ""
    return reverse("console:move", args=[number, code])


def _card_appeal(appeal: CardAppeal, request: PageRequest) -> dict[str, Any]:
    """An appeal of a card is about a case and decided beside its card."""
    return {
        "code": CARD_APPEAL.code,
        "name": _("裁定申诉"),
        "matter": appeal.case,
        "title": appeal.case.title,
        "matter_url": reverse("console:case", args=[appeal.case.number]),
        "form_url": "",
        "answer_url": appeal_url(appeal),
        "light": "grey",
        "asked_by": appeal.asked_by_name,
        "asked_at": appeal.asked_at,
        "reason": appeal.reason,
    }


def appeal_url(appeal: CardAppeal) -> str:
    """The page on which an appeal of a card is granted or refused."""
    return reverse("console:appeal_decision", args=[appeal.pk])

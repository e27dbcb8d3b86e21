"""审批台: what waits for this person's decision or answer, the oldest first."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.cases.flow import CASE
from linli.cases.overlays import waiting_for
from linli.kernel.matters.asking import Waiting
from linli.screens.console import labels
from linli.screens.console.menu import page
from linli.screens.shared.guard import PageRequest, needs
from linli.screens.shared.light import light_of


@require_GET
@needs("cases.view")
def approvals(request: PageRequest) -> HttpResponse:
    """Extensions, disputes, objections, appeals, supervisions and help that this person deals with."""
    rows = [
        {
            "code": one.code,
            "name": labels.words_of(labels.LINES, one.code),
            "matter": one.matter,
            "title": one.matter.headline.removeprefix(one.matter.number).strip(),
            "matter_url": _page_url(one),
            "form_url": _form_url(one),
            "light": light_of(one.matter, request),
            "asked_by": one.asked_by,
            "asked_at": one.asked_at,
            "reason": one.reason,
        }
        for one in waiting_for(request.actor)
    ]
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


def _form_url(one: Waiting) -> str:
    """The form of the step; empty for a kind whose forms stand on the page of the matter only."""
    if one.kind != CASE.code:
        return ""
    return reverse("console:move", args=[one.matter.number, one.code])

"""审批台: what waits for this person's decision or answer, the oldest first."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.cases.overlays import waiting_for
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
            "case": one.case,
            "light": light_of(one.case, request),
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

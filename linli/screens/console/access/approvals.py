"""What one administrator asks and another agrees to: the list, and the two buttons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.kernel.access.approving import (
    approvals_to_decide,
    ask_approval,
    decide_approval,
    recent_approvals,
    waiting_approvals,
)
from linli.kernel.access.errors import NeedsApproval
from linli.screens.console.menu import page
from linli.screens.shared.guard import PageRequest, needs

HERE = "console:access_approvals"
R = TypeVar("R")


@require_GET
@needs("access.approve")
def approvals(request: PageRequest) -> HttpResponse:
    """What waits for me, what of mine waits for others, and what was decided lately."""
    actor, now = request.actor, request.now
    return page(
        request,
        "console/access/approvals.html",
        title=_("双人审批"),
        here=HERE,
        to_decide=approvals_to_decide(actor, now=now),
        mine=list(waiting_approvals(now=now).filter(asked_by_id=actor.account_id)),
        decided=list(recent_approvals(now=now)),
    )


@require_POST
@needs("access.approve")
def decision(request: PageRequest, approval_id: int) -> HttpResponse:
    """Agree or refuse."""
    agree = request.POST.get("agree") == "yes"
    row = decide_approval(approval_id, agree=agree, by=request.actor, now=request.now)
    said = _("已同意：%(what)s。对方一天之内可以办理。") if agree else _("没有同意：%(what)s。")
    messages.success(request, said % {"what": row.words})
    return redirect(HERE)


def asking_first(
    request: PageRequest, do: Callable[[dict[str, Any]], R]
) -> Callable[[dict[str, Any]], R]:
    """The same act; where it needs another administrator, it is asked for at once and the refusal says so."""

    def run(given: dict[str, Any]) -> R:
        try:
            return do(given)
        except NeedsApproval as needed:
            ask_approval(needed.subject, needed.words, by=request.actor, now=request.now)
            needed.message = _(
                "“%(what)s”要另一位管理员同意，已替您提出。同意之后一天之内，在这里再办一次即可。"
            ) % {"what": needed.words}
            raise

    return run

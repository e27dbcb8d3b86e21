"""Following a report: by receipt number and phone tail, or by the signed link; urging and rating."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.cases.actions.rating import RATEABLE, rate_case
from linli.cases.actions.remarks import urge as urge_case
from linli.cases.flow import DECLINE_REASONS, OUTCOME_NAMES, RESIDENT_REACHED, Outcome, Stage
from linli.cases.models import Case, CaseMove, Rating, Report
from linli.cases.queries import report_by_receipt, survivor_of, timeline
from linli.kernel.access.attempts import refuse_if_too_many, remember_failure
from linli.kernel.errors import LinliError, NotFound
from linli.screens.resident.forms import ProgressForm
from linli.screens.resident.views import report_of, token_of
from linli.screens.shared.guard import PageRequest, anybody

SENTENCES: dict[str, str] = {
    Outcome.SOLVED: "这件事已经办好。",
    Outcome.NOT_OURS: "这件事不属于本街道的职责，已告诉您该找哪个单位。",
    Outcome.CANNOT_BE_SOLVED: "这件事目前还解决不了，原因写在下面。",
    Outcome.NOT_SOLVED: "这件事没有办好，已重新派单。",
}


@require_http_methods(["GET", "HEAD", "POST"])
@anybody
def find(request: PageRequest) -> HttpResponse:
    """Ask with the receipt number. Guessing is slowed down for everybody alike."""
    form = ProgressForm(request.POST or None)
    if form.is_valid():
        receipt = form.cleaned_data["receipt"]
        where = request.META.get("REMOTE_ADDR", "")
        refuse_if_too_many(receipt, where, now=request.now)
        try:
            row = report_by_receipt(receipt, form.cleaned_data["phone_tail"])
        except NotFound as problem:
            remember_failure(receipt, where, now=request.now)
            form.add_error("receipt", problem.message)
        else:
            return redirect("resident:progress", token_of(row.pk))
    context = {"page_title": _("查进度"), "back_url": "/home/", "form": form}
    return render(request, "resident/find.html", context, status=422 if form.errors else 200)


@require_safe
@anybody
def progress(request: PageRequest, token: str) -> HttpResponse:
    return _page(request, token, report_of(token))


@require_POST
@anybody
def rate(request: PageRequest, token: str) -> HttpResponse:
    """Rate the result; "not solved" sends the matter back to work in the same moment."""
    row = report_of(token)
    given = {name: request.POST.get(name, "")[:500] for name in ("satisfaction", "solved", "words")}
    try:
        rate_case(row.pk, **given, channel="web", by=request.actor, now=request.now)
    except LinliError as problem:
        return _page(request, token, row, given=given, error=problem.message)
    return redirect("resident:progress", token)


@require_POST
@anybody
def urge(request: PageRequest, token: str) -> HttpResponse:
    row = report_of(token)
    try:
        urge_case(row.pk, by=request.actor, now=request.now)
    except LinliError as problem:
        return _page(request, token, row, notice=problem.message)
    return redirect("resident:progress", token)


def _page(
    request: PageRequest,
    token: str,
    row: Report,
    *,
    given: dict[str, str] | None = None,
    error: str = "",
    notice: str = "",
) -> HttpResponse:
    case = survivor_of(row.case) if row.case else None
    context: dict[str, Any] = {
        "page_title": _("办理进度"),
        "back_url": "/home/progress",
        "report": row,
        "token": token,
        "case": case,
        "given": given or {},
        "error": error,
        "notice": notice,
    }
    if case is not None and row.case is not None:
        context |= _facts(case, row)
    return render(request, "resident/progress.html", context, status=422 if error else 200)


def _facts(case: Case, row: Report) -> dict[str, Any]:
    stage = Stage(case.stage)
    ratings = list(Rating.objects.filter(report=row).order_by("-id"))
    rated = any(rating.round == case.reopened for rating in ratings)
    reached = RESIDENT_REACHED.get(stage)
    return {
        "reached": 5 if reached == 4 and rated else reached,
        "moves": [_line(move) for move in reversed(timeline(case)) if move.public_text],
        "outcome": _outcome(case),
        "reason": _declined(case) if stage is Stage.NOT_ACCEPTED else "",
        "rateable": stage in RATEABLE and not rated,
        "rating": ratings[0] if ratings else None,
        "merged": case.pk != row.case_id or bool(row.joined_because),
        "open": case.open,
    }


def _line(move: CaseMove) -> dict[str, Any]:
    return {"what": move.public_text, "at": move.at}


def _outcome(case: Case) -> str:
    if case.open or not case.outcome:
        return ""
    return _(SENTENCES.get(case.outcome) or OUTCOME_NAMES[Outcome(case.outcome)])


def _declined(case: Case) -> str:
    move = CaseMove.objects.filter(case=case, to_stage=Stage.NOT_ACCEPTED).order_by("-id").first()
    return DECLINE_REASONS.get(move.facts.get("reason_code", ""), "") if move else ""

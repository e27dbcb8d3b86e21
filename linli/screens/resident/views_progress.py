"""Following a report: by receipt number and phone tail, or by the signed link; urging and rating."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.cases.actions.rating import RATEABLE, rate_case
from linli.cases.actions.remarks import urge as urge_case
from linli.cases.flow import RESIDENT_REACHED, Stage
from linli.cases.models import Case, CaseMove, Rating, Report
from linli.cases.queries import report_by_receipt, survivor_of, timeline
from linli.kernel.access.attempts import refuse_if_too_many, remember_tries
from linli.kernel.errors import LinliError, NotFound
from linli.screens.resident.forms import ProgressForm
from linli.screens.resident.page import page
from linli.screens.resident.views_report import report_of, token_of
from linli.screens.resident.words import DECLINED, OUTCOMES, step_of
from linli.screens.shared.guard import PageRequest, anybody


@require_http_methods(["GET", "HEAD", "POST"])
@anybody
def find(request: PageRequest) -> HttpResponse:
    """Ask with the receipt number. Guessing is slowed down for everybody alike."""
    form = ProgressForm(request.POST or None)
    if form.is_valid():
        receipt = form.cleaned_data["receipt"]
        tries = {"receipt": receipt, "receipt.address": request.META.get("REMOTE_ADDR", "")}
        refuse_if_too_many(tries, now=request.now)
        try:
            row = report_by_receipt(receipt, form.cleaned_data["phone_tail"])
        except NotFound as problem:
            remember_tries(tries, now=request.now)
            form.add_error("receipt", problem.message)
        else:
            return redirect("resident:progress", token_of(row.pk))
    status = 422 if form.errors else 200
    return page(request, "resident/find.html", title=_("查进度"), status=status, form=form)


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
    facts = _facts(case, row) if case is not None else {}
    return page(
        request,
        "resident/progress.html",
        title=_("办理进度"),
        back="/home/progress",
        status=422 if error else 200,
        report=row,
        token=token,
        case=case,
        given=given or {},
        error=error,
        notice=notice,
        **facts,
    )


def _facts(case: Case, row: Report) -> dict[str, Any]:
    stage = Stage(case.stage)
    ratings = list(Rating.objects.filter(report=row).order_by("-id"))
    rated = any(rating.round == case.reopened for rating in ratings)
    reached = RESIDENT_REACHED.get(stage)
    moves = timeline(case)
    redo = _redo(case)
    return {
        "reached": 5 if reached == 4 and rated else reached,
        "moves": [_line(move) for move in reversed(moves) if move.public_text],
        "outcome": str(OUTCOMES.get(case.outcome, "")) if stage in RATEABLE else "",
        "reason": _declined(moves) if stage is Stage.NOT_ACCEPTED else "",
        "promised_at": _promised(case, reached),
        "reply": case.public_reply if stage in RATEABLE or not case.open else "",
        "rateable": stage in RATEABLE and not rated and redo is None,
        "rating": ratings[0] if ratings else None,
        "merged": case.pk != row.case_id or bool(row.joined_because),
        "redo": redo,
        "redo_step": step_of(Stage(redo.stage)) if redo else "",
        "may_urge": case.pk == row.case_id and case.open and stage not in RATEABLE,
        "urged": any(_urged(move, case, row) for move in moves),
    }


def _promised(case: Case, reached: int | None) -> datetime | None:
    """The handler's deadline once the work is given out, before that what was promised on receipt."""
    if not case.open or Stage(case.stage) in RATEABLE:
        return None
    return case.due_at if reached and reached > 1 else case.promised_at


def _redo(case: Case) -> Case | None:
    """The order in which an unsolved matter is done again, the last of them."""
    newest = None
    while (
        following := Case.objects.filter(redo_of=newest or case).order_by("-id").first()
    ) is not None:
        newest = following
    return newest


def _urged(move: CaseMove, case: Case, row: Report) -> bool:
    return (
        move.code == "urge" and move.to_stage == case.stage and move.facts.get("report") == row.pk
    )


def _line(move: CaseMove) -> dict[str, Any]:
    return {"what": move.public_text, "at": move.at}


def _declined(moves: list[CaseMove]) -> str:
    codes = [
        move.facts.get("reason_code", "") for move in moves if move.to_stage == Stage.NOT_ACCEPTED
    ]
    return str(DECLINED.get(codes[-1], "")) if codes else ""

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
from linli.cases.promise import newly_promised
from linli.cases.queries import (
    photos_of,
    promise_why,
    report_by_receipt,
    survivor_of,
    timeline,
)
from linli.kernel.access.attempts import refuse_if_too_many, remember_tries
from linli.kernel.errors import LinliError, NotFound
from linli.kernel.files.queries import signed_path
from linli.kernel.files.rules import Size
from linli.screens.resident.forms import ProgressForm
from linli.screens.resident.page import page
from linli.screens.resident.views_report import report_of, token_of
from linli.screens.resident.words import DECLINED, OUTCOMES, PHOTOS, step_of
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
    facts = _facts(case, row, now=request.now) if case is not None else {}
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


def _facts(case: Case, row: Report, *, now: datetime) -> dict[str, Any]:
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
        "promise": case.promise,
        "promise_why": promise_why(case),
        "unit": case.handling_org.name if case.handling_org and reached else "",
        "place": " · ".join(area.name for area in (case.community, case.grid) if area),
        "photos": _photos(case, now=now) if stage in RATEABLE else [],
        "reply": case.public_reply if stage in RATEABLE or not case.open else "",
        "rateable": stage in RATEABLE and not rated and redo is None,
        "rating": ratings[0] if ratings else None,
        "merged": case.pk != row.case_id or bool(row.joined_because),
        "redo": redo,
        "redo_step": step_of(Stage(redo.stage)) if redo else "",
        "may_urge": case.pk == row.case_id and case.open and stage not in RATEABLE,
        "urged": any(_urged(move, case, row) for move in moves),
    }


def _photos(case: Case, *, now: datetime) -> list[dict[str, Any]]:
    """What it looked like before and after; seen by whoever checked the work, who passed it on."""
    return [
        {
            "url": signed_path(photo.file, now=now),
            "thumb": signed_path(photo.file, now=now, size=Size.SMALL),
            "label": str(PHOTOS[photo.kind]),
        }
        for photo in photos_of(case)
        if photo.kind in PHOTOS
    ]


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
    """What outsiders read of a step: its words, another time it promised, and the reason that was given to them."""
    promise = newly_promised(move.facts)
    words = [
        *([_("新的时间：%(promise)s。") % {"promise": promise.sentence}] if promise else []),
        *filter(None, [move.facts.get("told", "")]),
    ]
    return {"what": move.public_text, "at": move.at, "words": "".join(words)}


def _declined(moves: list[CaseMove]) -> str:
    codes = [
        move.facts.get("reason_code", "") for move in moves if move.to_stage == Stage.NOT_ACCEPTED
    ]
    return str(DECLINED.get(codes[-1], "")) if codes else ""

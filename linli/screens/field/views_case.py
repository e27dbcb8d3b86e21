"""One case on the phone: what it is, where it is, what can be done now; and the forms of the moves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.cases.actions.moving import make_move
from linli.cases.actions.remarks import remark
from linli.cases.errors import Conflict, WrongStage
from linli.cases.facts import Facts
from linli.cases.models import Case, CaseMove, CasePhoto, PhotoKind
from linli.cases.queries import case_for, cases_seen, deadlines, photos_of, roles_of, timeline
from linli.kernel.calendar.local import LOCAL
from linli.kernel.errors import LinliError, NotFound
from linli.kernel.files.queries import signed_path
from linli.kernel.files.rules import Size
from linli.kernel.files.watermark import Line
from linli.screens.field.forms import PHOTO_LABELS, MoveForm, move_form, photo_names
from linli.screens.field.moves import Choice, choice, choices_for
from linli.screens.field.page import FIELD, page
from linli.screens.field.words import LINES, PHOTO_KINDS, WARNINGS, words_of
from linli.screens.shared.guard import PageRequest, needs
from linli.screens.shared.light import light_of
from linli.screens.shared.numbers import whole_number
from linli.screens.shared.uploads import Photos, photo_field, take_photos

MAP_MARGIN = 0.0025
"""Degrees around the case that its map shows; about 250 m."""


@require_safe
@needs(*FIELD)
def case_page(request: PageRequest, number: str) -> HttpResponse:
    case = case_for(request.actor, number)
    photos = photos_of(case)
    lines = timeline(case)
    clock = next((row for row in reversed(deadlines(case)) if row.stopped_at is None), None)
    return page(
        request,
        "field/case.html",
        title=str(case.title),
        here="field:home",
        back="/field/",
        case=case,
        choices=choices_for(request.actor, case, roles_of(case)),
        photos=_shown([one for one in photos if one.kind == PhotoKind.REPORT], request),
        moves=[_line(line, photos, request) for line in reversed(lines)],
        light=light_of(case, request),
        clock=clock,
        why=clock.derivation.get("sentence", "") if clock else "",
        place=_place(case),
        bounds=_bounds(case),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*FIELD)
def move(request: PageRequest, number: str, code: str) -> HttpResponse:
    """Ask for what a move needs; on sending, make it. A refusal brings the form back with everything given."""
    case = case_for(request.actor, number)
    chosen = choice(code)
    if chosen.direct:
        return _at_once(request, case, chosen)
    if request.method != "POST":
        form = move_form(code, case, now=request.now)
        photos = {name: Photos(name) for name in photo_names(code)}
        return _form_page(request, case, chosen, form, photos)
    form = move_form(code, case, now=request.now, data=request.POST)
    photos = take_move_photos(request, case, code)
    if not form.is_valid() or any(one.error for one in photos.values()):
        return _form_page(request, case, chosen, form, photos, status=422)
    try:
        _make(request, case, code, form.facts(photos))
    except NotFound:
        raise
    except LinliError as refusal:
        return _refused(request, case, chosen, form, photos, refusal)
    return _onwards(request, case, chosen)


def take_move_photos(request: PageRequest, case: Case, code: str) -> dict[str, Photos]:
    """Pictures of every field of the move; what must be there and is not, is said."""
    line = watermark_of(request, str(case.address), case.grid.name if case.grid else "")
    wanted = photo_names(code)
    photos = {name: take_photos(request, name, line=line) for name in wanted}
    words = _("请至少拍一张。")
    return {
        name: one.refused(words) if wanted[name] and not one.files and not one.error else one
        for name, one in photos.items()
    }


def watermark_of(request: PageRequest, address: str, grid: str) -> Line:
    """The line burned into a worker's pictures: time, place, grid, name."""
    return Line(
        request.now.astimezone(LOCAL), place=address, grid=grid, reporter=request.actor.name
    )


def _at_once(request: PageRequest, case: Case, chosen: Choice) -> HttpResponse:
    if request.method == "POST":
        seen = whole_number(request.POST.get("version"))
        try:
            _make(request, case, chosen.code, Facts(version=seen))
        except LinliError as refusal:
            messages.error(request, refusal.message)
        else:
            return _onwards(request, case, chosen)
    return redirect("field:case", case.number)


def _make(request: PageRequest, case: Case, code: str, facts: Facts) -> None:
    if code == "remark":
        remark(case.pk, note=facts.note, by=request.actor, now=request.now)
    else:
        make_move(case.pk, code, by=request.actor, facts=facts, now=request.now)


def _refused(
    request: PageRequest,
    case: Case,
    chosen: Choice,
    form: MoveForm,
    photos: dict[str, Photos],
    refusal: LinliError,
) -> HttpResponse:
    """The form again with the reason; after a conflict also what has changed meanwhile."""
    news: list[dict[str, Any]] = []
    if refusal.field in photos:
        photos = {**photos, refusal.field: photos[refusal.field].refused(refusal.message)}
    else:
        named = refusal.field in form.fields and refusal.field != "version"
        form.add_error(refusal.field if named else None, refusal.message)
    if isinstance(refusal, (Conflict, WrongStage)):
        changes = max(0, case.version - form.cleaned_data.get("version", case.version))
        moves = [line for line in timeline(case) if line.code in LINES and line.code != "remark"]
        news = [_line(line, [], request) for line in moves[::-1][:changes]]
        form.see_version(case.version)
    return _form_page(request, case, chosen, form, photos, status=refusal.status, news=news)


def _form_page(
    request: PageRequest,
    case: Case,
    chosen: Choice,
    form: MoveForm,
    photos: dict[str, Photos],
    *,
    status: int = 200,
    news: list[dict[str, Any]] | None = None,
) -> HttpResponse:
    wanted = photo_names(chosen.code)
    fields = [
        photo_field(one, PHOTO_LABELS[name], now=request.now, required=wanted[name])
        for name, one in photos.items()
    ]
    possible = chosen.code in {one.code for one in choices_for(request.actor, case, roles_of(case))}
    return page(
        request,
        "field/move.html",
        title=chosen.name,
        here="field:home",
        back=f"/field/cases/{case.number}",
        status=status if possible or status != 200 else 409,
        case=case,
        move=chosen,
        form=form,
        photos=fields,
        possible=possible,
        news=news or [],
    )


def _onwards(request: PageRequest, case: Case, chosen: Choice) -> HttpResponse:
    """Back to the case, or home when it is out of reach after the move."""
    facts = {"move": chosen.name, "number": case.number}
    messages.success(request, _("已办理“%(move)s”：%(number)s") % facts)
    if cases_seen(request.actor).filter(pk=case.pk).exists():
        return redirect("field:case", case.number)
    return redirect("field:home")


def _line(line: CaseMove, photos: list[CasePhoto], request: PageRequest) -> dict[str, Any]:
    own = [one for one in photos if one.kind != PhotoKind.REPORT and one.at == line.at]
    public = _("公开内容：%(words)s") % {"words": line.public_text} if line.public_text else ""
    return {
        "what": words_of(LINES, line.code),
        "who": line.by_name,
        "at": line.at,
        "words": "\n".join(filter(None, [str(line.note), public])),
        "warning": line.code in WARNINGS,
        "photos": _shown(own, request),
    }


def _shown(photos: list[CasePhoto], request: PageRequest) -> list[dict[str, str]]:
    return [
        {
            "url": signed_path(one.file, now=request.now),
            "thumb": signed_path(one.file, now=request.now, size=Size.SMALL),
            "label": words_of(PHOTO_KINDS, one.kind),
        }
        for one in photos
    ]


def _place(case: Case) -> str:
    areas = [area.name for area in (case.community, case.grid) if area is not None]
    return " · ".join(filter(None, [*areas, str(case.address)]))


def _bounds(case: Case) -> str:
    if case.lon is None or case.lat is None:
        return ""
    corners = (
        case.lon - MAP_MARGIN,
        case.lat - MAP_MARGIN,
        case.lon + MAP_MARGIN,
        case.lat + MAP_MARGIN,
    )
    return ",".join(f"{degrees:.6f}" for degrees in corners)

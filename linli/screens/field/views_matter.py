"""A matter that is no case on the phone: what it is, what can be done now, and the form of each move."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.kernel.errors import LinliError, NotFound
from linli.kernel.files.queries import signed_path
from linli.kernel.files.rules import Size
from linli.kernel.matters.flow import Move
from linli.kernel.matters.kinds import Kind
from linli.kernel.matters.moving import make_move
from linli.kernel.matters.offering import moves_for
from linli.screens.field.matters import (
    ABOUT,
    MatterForm,
    matter_for,
    name_of,
    phone_move,
    take_matter_photos,
)
from linli.screens.field.page import FIELD, page
from linli.screens.shared.guard import PageRequest, needs
from linli.screens.shared.matter_forms import photo_names
from linli.screens.shared.uploads import Photos, photo_field


@require_safe
@needs(*FIELD)
def matter_page(request: PageRequest, kind: str, matter_id: int) -> HttpResponse:
    of, matter = matter_for(request.actor, kind, matter_id)
    return page(
        request,
        "field/matter.html",
        title=name_of(of.flow),
        here="field:home",
        back="/field/",
        kind=of,
        matter=matter,
        stage=_(of.flow.stage[matter.stage].name),
        about=[(name, text) for name, text in ABOUT[of.code](matter) if text],
        choices=[
            (move.code, _(move.name), move.tone)
            for move in moves_for(of, request.actor, matter)
            if move.phone_form is not None
        ],
        moves=_timeline(of, matter, request),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*FIELD)
def move(request: PageRequest, kind: str, matter_id: int, code: str) -> HttpResponse:
    """Ask for what a move needs; on sending, make it. A refusal brings the form back with everything given."""
    of, matter = matter_for(request.actor, kind, matter_id)
    chosen = phone_move(of, code)
    names = photo_names(chosen.phone_form or "")
    if request.method != "POST":
        form = MatterForm(kind=of, move=chosen, matter=matter)
        empty = {name: Photos(name) for name in names}
        return _form_page(request, of, matter, chosen, form, empty)
    form = MatterForm(request.POST, kind=of, move=chosen, matter=matter)
    photos = take_matter_photos(request, matter, chosen)
    if not form.is_valid() or any(one.error for one in photos.values()):
        return _form_page(request, of, matter, chosen, form, photos, status=422)
    try:
        facts = form.facts(photos)
        make_move(of, matter.pk, code, by=request.actor, facts=facts, now=request.now)
    except NotFound:
        raise
    except LinliError as refusal:
        if refusal.field in photos:
            photos[refusal.field] = photos[refusal.field].refused(refusal.message)
        else:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _form_page(request, of, matter, chosen, form, photos, status=refusal.status)
    facts_shown = {"move": _(chosen.name), "number": matter.number}
    messages.success(request, _("已办理“%(move)s”：%(number)s") % facts_shown)
    return redirect("field:home")


def _form_page(
    request: PageRequest,
    kind: Kind,
    matter: Any,
    move: Move,
    form: MatterForm,
    photos: dict[str, Photos],
    *,
    status: int = 200,
) -> HttpResponse:
    wanted = photo_names(move.phone_form or "")
    possible = move in moves_for(kind, request.actor, matter)
    return page(
        request,
        "field/matter_move.html",
        title=_(move.name),
        here="field:home",
        back=f"/field/matters/{kind.code}/{matter.pk}",
        status=status if possible or status != 200 else 409,
        kind=kind,
        matter=matter,
        stage=_(kind.flow.stage[matter.stage].name),
        move=move,
        name=_(move.name),
        advice=_(move.advice) if move.advice else "",
        form=form,
        place_asked="lon" in form.fields,
        photos=[
            photo_field(one, _photo_word(kind, name), now=request.now, required=wanted[name])
            for name, one in photos.items()
        ],
        possible=possible,
    )


def _photo_word(kind: Kind, name: str) -> str:
    return _(kind.flow.fact_names.get(name, "现场照片"))


def _timeline(kind: Kind, matter: Any, request: PageRequest) -> list[dict[str, Any]]:
    """The lines, the newest first, each with its pictures."""
    lines = list(
        kind.entry._default_manager.filter(**{f"{kind.key}_id": matter.pk}).order_by("-id")
    )
    photos: dict[int, list[dict[str, str]]] = {line.pk: [] for line in lines}
    for one in _photos_of(kind, list(photos)):
        shown = {
            "url": signed_path(one.file, now=request.now),
            "thumb": signed_path(one.file, now=request.now, size=Size.SMALL),
            "label": _photo_word(kind, one.kind),
        }
        photos[one.entry_id].append(shown)
    return [
        {
            "what": _(kind.flow.word(line.code)),
            "who": line.by_name,
            "at": line.at,
            "words": line.note,
            "warning": kind.flow.warns(line.code),
            "photos": photos[line.pk],
        }
        for line in lines
    ]


def _photos_of(kind: Kind, line_ids: list[int]) -> list[Any]:
    if kind.photo is None:
        return []
    of_lines = Q(entry__in=line_ids)
    return list(kind.photo._default_manager.select_related("file").filter(of_lines))

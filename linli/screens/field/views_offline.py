"""What makes the pages work without signal: the manifest, the service worker, and the door for late commands."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.cases.actions.commands import (
    Command,
    MatterCommand,
    MoveCommand,
    RefusedCommand,
    ReportCommand,
    carry_out,
    command_known,
)
from linli.cases.flow import CASE
from linli.cases.models import FieldCommand
from linli.cases.queries import case_for
from linli.kernel.errors import LinliError
from linli.screens.field.errors import BadCommand
from linli.screens.field.forms import ReportForm, move_form
from linli.screens.field.matters import (
    MatterForm,
    matter_for,
    phone_move,
    take_matter_photos,
)
from linli.screens.field.moves import choice
from linli.screens.field.page import FIELD, page
from linli.screens.field.views_case import take_move_photos
from linli.screens.field.views_report import draft_of, handled_of, take_report_photos
from linli.screens.shared.guard import PageRequest, anybody, needs
from linli.screens.shared.uploads import Photos

SHELL = (
    "css/tokens.css", "css/base.css", "css/controls.css", "css/components.css", "css/phone.css", "css/elder.css",
    "css/print.css", "field/pages.css", "field/linli-offline.js", "field/queue.js", "elements/shell.js",
    "elements/words.js", "elements/linli-confirm.js", "elements/linli-once.js", "elements/linli-time-left.js",
    "elements/linli-toggle.js", "elements/linli-photo-input.js", "elements/linli-here.js", "vendor/htmx/htmx.min.js",
    "icons.svg", "favicon.svg",
)  # fmt: skip
"""What every page needs; kept on the phone from the first visit."""

ACTION_MOST = 24
"""Characters kept of what a command is called; no move has a longer code."""

FIRST_YEAR, LAST_YEAR = 2000, 2200
"""A phone whose battery was empty says 1970 or worse. Its work counts, its time does not."""


@require_safe
@anybody
def manifest(request: PageRequest) -> HttpResponse:
    """Makes the pages installable. Names no place: it is read before the login."""
    words = {
        "name": _("邻里 · 网格"),
        "short_name": _("邻里网格"),
        "lang": request.LANGUAGE_CODE,
        "start_url": reverse("field:home"),
        "scope": reverse("field:home"),
        "display": "standalone",
        "background_color": "#f3f5f6",
        "theme_color": "#0b5f6f",
        "icons": [{"src": static("favicon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JsonResponse(words, content_type="application/manifest+json")


@require_safe
@anybody
def service_worker(request: PageRequest) -> HttpResponse:
    context = {"shell": json.dumps([*map(static, SHELL), reverse("field:offline")])}
    answer = render(request, "field/sw.js", context, content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer


@require_safe
@needs(*FIELD)
def offline(request: PageRequest) -> HttpResponse:
    """Shown by the service worker for a page that is not kept on the phone."""
    return page(request, "field/offline.html", title=_("没有信号"), back="/field/")


@require_POST
@needs(*FIELD)
def commands(request: PageRequest) -> HttpResponse:
    """Take one command of a phone: `id`, `made_at`, `action` (move or report), `kind`, `number`, `code`, its form.

    `kind` is the code of a flow; without one it is a case, known by its number. Any other matter is known by its id.

    Answers JSON `{id, done, message, link}`. Only such an answer with the right id lets the phone forget the command.
    """
    try:
        command_id, made_at = (
            UUID(request.POST["id"]),
            datetime.fromisoformat(request.POST["made_at"]),
        )
    except (KeyError, ValueError) as problem:
        raise BadCommand(_("这条操作不完整，请在页面上重新办理。"), field="id") from problem
    if made_at.tzinfo is None:
        raise BadCommand(_("这条操作没有写明时区，请在页面上重新办理。"), field="made_at")
    if not FIRST_YEAR <= made_at.year < LAST_YEAR:
        made_at = request.now
    try:
        row = command_known(command_id, by=request.actor) or carry_out(
            command_id, _asked(request), made_at=made_at, by=request.actor, now=request.now
        )
    except LinliError as refusal:
        return JsonResponse(
            {"id": str(command_id), "done": False, "message": refusal.message, "link": ""}
        )
    return JsonResponse({"id": str(row.pk), **_result(row)})


def _result(row: FieldCommand) -> dict[str, Any]:
    return {name: row.result.get(name) for name in ("done", "message", "link")}


def _asked(request: PageRequest) -> Command:
    """What the phone wants; a form that is not in order is refused, and the refusal kept like any other answer."""
    try:
        return _command(request)
    except LinliError as refusal:
        code = request.POST.get("code") or request.POST.get("action", "")
        return RefusedCommand(code[:ACTION_MOST], refusal.message)


def _command(request: PageRequest) -> Command:
    """What the phone wants, read by the same forms as on the pages."""
    if request.POST.get("action") == "report":
        report = ReportForm(request.POST, actor=request.actor)
        _check(report)
        photos = take_report_photos(request, report)
        _check(report, photos)
        return ReportCommand(draft_of(report, photos["photos"]), handled_of(report, photos))
    kind = request.POST.get("kind", "")
    if kind not in ("", CASE.code):
        return _matter_command(request, kind)
    case = case_for(request.actor, request.POST.get("number", ""))
    code = choice(request.POST.get("code", "")).code
    form = move_form(code, case, now=request.now, data=request.POST)
    _check(form)
    photos = take_move_photos(request, case, code)
    _check(form, photos)
    return MoveCommand(case.number, code, form.facts(photos))


def _matter_command(request: PageRequest, code: str) -> MatterCommand:
    kind, matter = matter_for(request.actor, code, request.POST.get("number", ""))
    move = phone_move(kind, request.POST.get("code", ""))
    form = MatterForm(request.POST, kind=kind, move=move, matter=matter)
    _check(form)
    photos = take_matter_photos(request, matter, move)
    _check(form, photos)
    return MatterCommand(kind.code, matter.pk, move.code, form.facts(photos))


def _check(form: forms.Form, photos: dict[str, Photos] | None = None) -> None:
    wrong = [str(error) for errors in form.errors.values() for error in errors]
    wrong += [one.error for one in (photos or {}).values() if one.error]
    if wrong:
        raise BadCommand("；".join(wrong), field="form")

"""A move on a case: its form (a dialog, or a page of its own without scripts) and what comes back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.cases.actions.moving import make_move
from linli.cases.errors import Conflict, WrongStage
from linli.cases.models import Case
from linli.cases.queries import case_for, cases_seen, timeline
from linli.kernel.errors import LinliError, NotFound
from linli.screens.console.cases.beside import BESIDE, Standing
from linli.screens.console.cases.forms import (
    PHOTO_NAMES,
    MoveForm,
    Subject,
    likely_survivors,
    move_form,
    reasons,
    standard_cards,
)
from linli.screens.console.cases.moves import Choice, choice, choices_for
from linli.screens.console.cases.page import line_of
from linli.screens.console.menu import page
from linli.screens.console.uploads import Photos, shown, take_photos
from linli.screens.shared.guard import PageRequest, needs
from linli.screens.shared.numbers import whole_number


@require_http_methods(["GET", "POST"])
@needs("cases.view")
def move(request: PageRequest, number: str, code: str) -> HttpResponse:
    """Ask for what a move needs; on sending, make it. A refusal brings the form back with everything typed."""
    case = case_for(request.actor, number)
    chosen = choice(code)
    subject = _subject(request, case)
    if request.method == "POST":
        return _send(request, chosen, subject)
    form = move_form(code, subject)
    form.fields["next"].initial = request.GET.get("next", "")
    if not _possible(chosen, subject):
        return _answer(request, chosen, subject, form, {}, status=409, possible=False)
    return _answer(request, chosen, subject, form, {})


def _send(request: PageRequest, chosen: Choice, subject: Subject) -> HttpResponse:
    form = move_form(chosen.code, subject, request.POST)
    form.is_valid()
    photos = take_photos(request, form, [name for name in PHOTO_NAMES if name in form.fields])
    if not form.is_valid():
        return _answer(request, chosen, subject, form, photos, status=422)
    try:
        _make(request, chosen.code, subject.case, form, photos)
    except NotFound:
        raise
    except LinliError as refused:
        return _refused(request, chosen, subject, form, photos, refused)
    words = _("已办理“%(move)s”：%(number)s %(title)s")
    facts = {"move": chosen.name, "number": subject.case.number, "title": str(subject.case.title)}
    messages.success(request, words % facts)
    return _onwards(request, subject.case, form.cleaned_data["next"])


def _make(request: PageRequest, code: str, case: Case, form: MoveForm, photos: Photos) -> None:
    given = form.cleaned_data
    by, now = request.actor, request.now
    if code in BESIDE:
        BESIDE[code].act(Standing(case, by, now), given)
    else:
        make_move(case.pk, code, by=by, facts=form.facts(photos), now=now)


def _refused(
    request: PageRequest,
    chosen: Choice,
    subject: Subject,
    form: MoveForm,
    photos: Photos,
    refused: LinliError,
) -> HttpResponse:
    """The form again, with the reason beside the field it names and, after a conflict, what has changed."""
    shown_fields = {field.name for field in form.visible_fields()}
    form.add_error(refused.field if refused.field in shown_fields else None, refused.message)
    news: list[dict[str, Any]] = []
    possible = True
    if isinstance(refused, (Conflict, WrongStage)):
        seen = form.cleaned_data["version"]
        subject = _subject(request, case_for(request.actor, subject.case.number))
        changes = max(0, subject.case.version - seen)
        news = [line_of(line) for line in timeline(subject.case)[::-1] if line.code != "remark"][
            :changes
        ]
        possible = _possible(chosen, subject)
        form.see_version(subject.case.version)
    return _answer(
        request, chosen, subject, form, photos, status=refused.status, possible=possible, news=news
    )


def _answer(
    request: PageRequest,
    chosen: Choice,
    subject: Subject,
    form: MoveForm,
    photos: Photos,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    case = subject.case
    context = {
        "case": case,
        "move": chosen,
        "form": form,
        "address": reverse("console:move", args=[case.number, chosen.code]),
        "reasons": reasons(chosen.code, subject),
        "cards": standard_cards(subject) if "standard" in form.fields else [],
        "survivors": likely_survivors(subject) if "survivor" in form.fields else [],
        "kept": shown(photos, request),
        "possible": True,
        "now": request.now,
        **more,
    }
    if request.headers.get("HX-Request"):
        return render(request, "console/cases/move_dialog.html", context, status=status)
    back = reverse("console:case", args=[case.number])
    return page(
        request,
        "console/cases/move.html",
        title=f"{chosen.name} · {case.title}",
        here="console:cases",
        trail=[(case.number, back)],
        status=status,
        **context,
    )


def _onwards(request: PageRequest, case: Case, wanted: str) -> HttpResponse:
    """Back to where the person came from; the case itself may be out of reach after the move."""
    here = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, {request.get_host()})
    if not here:
        visible = cases_seen(request.actor).filter(pk=case.pk).exists()
        wanted = reverse("console:case", args=[case.number]) if visible else reverse("console:home")
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": wanted})
    return redirect(wanted)


def _subject(request: PageRequest, case: Case) -> Subject:
    wanted = request.POST.get("organization") or request.GET.get("organization") or ""
    return Subject(case, request.actor, request.now, whole_number(wanted))


def _possible(chosen: Choice, subject: Subject) -> bool:
    standing = Standing(subject.case, subject.actor, subject.now)
    return chosen.code in {one.code for one in choices_for(standing)}

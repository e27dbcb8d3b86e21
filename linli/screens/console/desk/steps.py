"""The desks without proposals (核实、立案、核查、回访、结案): one page, drawn from the table of `cases/desks.py`.

Left what waits, in the own hand or beside it; right the case one stands on, with the form of the step.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.cases.desks import DESKS, Desk, last_photos, mine_at, pool_at, waiting_at_desks
from linli.cases.models import Case
from linli.cases.queries import case_for, photos_of, timeline
from linli.kernel.calendar.local import local_day
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.files.queries import signed_path
from linli.kernel.files.rules import Size
from linli.kernel.matters.inbox import capped_count, matters_of
from linli.screens.console.cases.beside import Standing
from linli.screens.console.cases.forms import Subject, move_form, reasons, standard_cards
from linli.screens.console.cases.moves import choice, choices_for
from linli.screens.console.cases.page import line_of, photos_shown
from linli.screens.console.desk.tabs import OWN_PAGES, desk_context, desk_url, tabs_of
from linli.screens.console.menu import page
from linli.screens.shared.guard import PageRequest, needs
from linli.screens.shared.light import light_of

SHOWN = 50
"""Rows of a desk at once: more than anybody takes without a pause."""

LINES_SHOWN = 4
"""Newest lines of the timeline beside the form; the rest stands on the page of the case."""

RIGHTS = tuple(desk.may for desk in DESKS)
BY_CODE = {desk.code: desk for desk in DESKS}


@require_GET
@needs(*RIGHTS)
def desks(request: PageRequest) -> HttpResponse:
    """To the first desk of one's posts at which something waits, or to the first of all."""
    tabs = tabs_of(request)
    busy = [tab for tab in tabs if tab["mine"]] or [tab for tab in tabs if tab["pool"]] or tabs
    return redirect(busy[0]["url"])


@require_GET
@needs(*RIGHTS)
def counts(request: PageRequest) -> JsonResponse:
    """The numbers of the tabs, asked for again and again where no stream reaches the page."""
    waiting = waiting_at_desks(request.actor, now=request.now)
    numbers = {f"desk-{code}": one.mine + one.pool for code, one in waiting.items()}
    return JsonResponse({"counts": numbers, "events": ["cases-changed"]})


@require_GET
@needs(*RIGHTS)
def step(request: PageRequest, code: str) -> HttpResponse:
    """What waits for one step: in the own hand, or (`?tab=pool`) beside it; `at` is the case on the right."""
    desk = _desk(request, code)
    mine, pool = (at(desk, request.actor, now=request.now) for at in (mine_at, pool_at))
    numbers = {"mine": capped_count(mine), "pool": capped_count(pool)}
    tab = request.GET.get("tab", "")
    tab = tab if tab in numbers else ("mine" if numbers["mine"] or not numbers["pool"] else "pool")
    rows = _rows(request, desk, tab, list((mine if tab == "mine" else pool)[:SHOWN]))
    wanted = request.GET.get("at", "")
    at = next((row for row in rows if row["case"].number == wanted), rows[0] if rows else None)
    return page(
        request,
        "console/desk/step.html",
        title=_("%(step)s台") % {"step": _(desk.name)},
        here="console:desks",
        step_name=choice(desk.step).name,
        rows=rows,
        tab=tab,
        numbers=numbers,
        **(_pane(request, desk, at["case"].number, tab) if at else {"desk": desk}),
        **desk_context(request, desk.code),
    )


@require_GET
@needs(*RIGHTS)
def pane(request: PageRequest, code: str, number: str) -> HttpResponse:
    """The right side of a desk: one case with the form of the step."""
    desk = _desk(request, code)
    tab = request.GET.get("tab", "mine")
    context = _pane(request, desk, number, tab if tab == "pool" else "mine")
    return render(request, "console/desk/_pane.html", {"now": request.now, **context})


def _desk(request: PageRequest, code: str) -> Desk:
    desk = BY_CODE.get(code)
    if desk is None or desk.code in OWN_PAGES:
        raise NotFound("没有这个办理台，请从菜单里打开。", field="code")
    if not request.actor.may(desk.may):
        raise NotAllowed("您的岗位没有这个环节。如工作需要，请联系本单位管理员开通。")
    return desk


def _rows(request: PageRequest, desk: Desk, tab: str, entries: list[Any]) -> list[dict[str, Any]]:
    found = matters_of(request.actor, entries, on=local_day(request.now))
    photos = last_photos([one.matter.pk for one in found])
    return [
        {
            "case": one.matter,
            "light": light_of(one.matter, request),
            "for_whom": one.for_whom,
            "thumb": signed_path(photos[one.matter.pk], now=request.now, size=Size.SMALL)
            if one.matter.pk in photos
            else "",
            "url": f"?{urlencode({'tab': tab, 'at': one.matter.number})}",
        }
        for one in found
    ]


def _pane(request: PageRequest, desk: Desk, number: str, tab: str) -> dict[str, Any]:
    """The case, what was done last, its pictures and the form; without the form where the step cannot be taken."""
    case = case_for(request.actor, number)
    subject = Subject(case, request.actor, request.now)
    choices = choices_for(Standing(case, request.actor, request.now))
    offered = {one.code: one for one in choices}
    form = move_form(desk.step, subject, ids="desk-%s") if desk.step in offered else None
    if form is not None:
        form.fields["next"].initial = f"{desk_url(desk)}?{urlencode({'tab': tab})}"
    return {
        "desk": desk,
        "case": case,
        "light": light_of(case, request),
        "photos": photos_shown(photos_of(case), request),
        "moves": _last_lines(case),
        "form": form,
        "move": choice(desk.step),
        "address": _address(case, desk.step),
        "reasons": reasons(desk.step, subject) if form else [],
        "cards": standard_cards(subject) if form and "standard" in form.fields else [],
        "kept": {},
        "possible": True,
        "others": [
            {"choice": offered[one], "address": _address(case, one)}
            for one in desk.others
            if one in offered
        ],
        "back": f"{desk_url(desk)}?{urlencode({'tab': tab})}",
    }


def _address(case: Case, code: str) -> str:
    return reverse("console:move", args=[case.number, code])


def _last_lines(case: Case) -> list[dict[str, Any]]:
    lines = [line for line in timeline(case) if line.code != "report"]
    return [line_of(line) for line in lines[::-1][:LINES_SHOWN]]

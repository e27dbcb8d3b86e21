"""Reference pages: communities and grids with their cards, the due-date calculator."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import segno
from django import forms
from django.http import HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from linli.kernel.calendar.errors import CalendarError
from linli.kernel.calendar.local import LOCAL, local_day
from linli.kernel.calendar.queries import working_time_for
from linli.kernel.calendar.rules import due_at, parse_limit
from linli.kernel.errors import NotFound
from linli.kernel.people.queries import workers_by_grid, workers_of_grid
from linli.kernel.places.models import Area, AreaLevel
from linli.kernel.places.queries import area_by_code, areas_within, grid_card
from linli.kernel.public_address import public_address
from linli.screens.console.menu import page
from linli.screens.shared.guard import PageRequest, needs

MAP_MARGIN = 0.15
"""Share of a grid's size that its map shows around it."""


class DueForm(forms.Form):
    """When would it be due?"""

    start = forms.DateTimeField(
        label=gettext_lazy("开始时间"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    limit = forms.CharField(
        label=gettext_lazy("时限"),
        max_length=20,
        help_text=gettext_lazy("例如 3工作日、4工作时、2紧急工作时、7自然日、30分钟"),
    )


@require_GET
@needs("places.view")
def places(request: PageRequest) -> HttpResponse:
    """Communities of the scope with their grids and who looks after them."""
    areas = list(
        areas_within(request.actor.scope("places.view"))
        .filter(level__in=(AreaLevel.COMMUNITY, AreaLevel.GRID))
        .defer("geometry", "raw_geometry")
        .select_related("parent")
    )
    grids = [area for area in areas if area.level == AreaLevel.GRID]
    workers = workers_by_grid([grid.pk for grid in grids], local_day(request.now))
    groups: dict[int, dict[str, Any]] = {}
    for area in areas:
        community = area if area.level == AreaLevel.COMMUNITY else area.parent
        assert community is not None, "a grid lies in a community"
        groups.setdefault(community.pk, {"community": community, "grids": []})
    for grid in grids:
        row = {"area": grid, "kind": grid.get_kind_display(), "workers": workers.get(grid.pk, [])}
        groups[grid.parent_id or 0]["grids"].append(row)
    return page(
        request,
        "console/places/list.html",
        title=_("社区与网格"),
        here="console:places",
        groups=list(groups.values()),
        count=len(grids),
    )


@require_GET
@needs("places.view")
def grid_page(request: PageRequest, code: str) -> HttpResponse:
    """The card of a grid that is hung up in the staircase: who, where, and the code to report with."""
    area = area_by_code(code)
    if not areas_within(request.actor.scope("places.view")).filter(pk=area.pk).exists():
        raise NotFound("没有这个网格，或不在您的管辖范围内。", field="code")
    address = public_address(request, f"/home/report?grid={area.code}")
    return page(
        request,
        "console/places/grid.html",
        title=f"{area.name}",
        here="console:places",
        card=grid_card(area.code),
        workers=workers_of_grid(area.pk, local_day(request.now)),
        address=address,
        code_drawing=_drawing(address),
        bounds=_bounds(area),
    )


@require_GET
@needs("cases.view", "cases.settings")
def due(request: PageRequest) -> HttpResponse:
    """From a start and a limit to the due, and every day on the way."""
    first = {"start": request.now.astimezone(LOCAL).strftime("%Y-%m-%dT%H:%M"), "limit": "3工作日"}
    form = DueForm(request.GET if "limit" in request.GET else None, initial=first)
    found = None
    if form.is_bound and form.is_valid():
        try:
            found = _due(form.cleaned_data["start"], form.cleaned_data["limit"])
        except CalendarError as problem:
            field = problem.field if problem.field in form.fields else "limit"
            form.add_error(field, problem.message)
    return page(
        request,
        "console/places/due.html",
        title=_("时限计算"),
        here="console:due",
        form=form,
        found=found,
    )


def _due(start: datetime, limit: str) -> dict[str, Any]:
    working_time = working_time_for(None, on=local_day(start))
    result = due_at(start, parse_limit(limit), working_time=working_time)
    return {"at": result.at, "sentence": result.sentence, **result.derivation}


def _drawing(address: str) -> SafeString:
    """The QR code as an inline SVG: it prints sharply and needs no file."""
    code = segno.make(address, error="m", micro=False)
    # Made by the library from modules alone; the address does not appear in it.
    return SafeString(code.svg_inline(omitsize=True, border=2, dark="#17232a", light="#ffffff"))


def _bounds(area: Area) -> str:
    if area.west is None or area.south is None or area.east is None or area.north is None:
        return ""
    wide, high = (area.east - area.west) * MAP_MARGIN, (area.north - area.south) * MAP_MARGIN
    return f"{area.west - wide:.6f},{area.south - high:.6f},{area.east + wide:.6f},{area.north + high:.6f}"

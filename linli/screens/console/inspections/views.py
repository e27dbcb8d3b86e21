"""隐患检查: what waits and the list, one inspection, and the plan with its sites."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.inspections.effects import INSPECTIONS
from linli.inspections.flow import INSPECTION, PLAN, SEE
from linli.inspections.models import (
    Inspection,
    InspectionDeadline,
    InspectionLine,
    InspectionPhoto,
    SiteKind,
)
from linli.inspections.queries import (
    case_of,
    exits_seen,
    findings_of,
    inspection_for,
    inspections_seen,
    sites_seen,
)
from linli.kernel.calendar.local import local_day
from linli.kernel.files.queries import signed_path
from linli.kernel.files.rules import Size
from linli.kernel.matters.offering import moves_for
from linli.screens.console.inspections import words
from linli.screens.console.inspections.forms import kind_options
from linli.screens.console.labels import words_of
from linli.screens.console.menu import page
from linli.screens.shared.guard import PageRequest, needs

SHOWN = 200
"""Rows of a list; whoever looks for more narrows it by the conditions above."""


@require_GET
@needs(SEE)
def inspections(request: PageRequest) -> HttpResponse:
    """The inspections of the area by stage, kind of place and lateness; the open ones first."""
    given = {name: request.GET.get(name, "") for name in ("stage", "kind", "late")}
    rows = inspections_seen(request.actor)
    if given["stage"] in INSPECTION.stage:
        rows = rows.filter(stage=given["stage"])
    if given["kind"]:
        rows = rows.filter(site__kind__code=given["kind"])
    if given["late"]:
        rows = rows.filter(open=True, due_at__lt=request.now)
    found = list(rows.order_by("-open", F("due_at").asc(nulls_last=True), "-id")[: SHOWN + 1])
    return page(
        request,
        "console/inspections/list.html",
        title=_("隐患检查"),
        here="console:inspections",
        given=given,
        rows=[row_of(one, request) for one in found[:SHOWN]],
        more=len(found) > SHOWN,
        most=SHOWN,
        stages=list(words.STAGES.items()),
        kinds=kind_options(),
    )


@require_GET
@needs(SEE)
def inspection(request: PageRequest, number: str) -> HttpResponse:
    """One inspection: the place, what was found, what can be done, the clocks and the timeline."""
    one = inspection_for(request.actor, number)
    clocks = InspectionDeadline.objects.filter(inspection=one).order_by("id")
    return page(
        request,
        "console/inspections/inspection.html",
        title=one.site.name,
        here="console:inspections",
        trail=[(one.number, "")],
        row=row_of(one, request),
        one=one,
        findings=findings_of(one),
        case=case_of(request.actor, one),
        buttons=[
            (move.code, words_of(words.LINES, move.code), move.tone)
            for move in moves_for(INSPECTIONS, request.actor, one)
        ],
        clocks=[
            {
                "name": words_of(words.CLOCKS, row.clock),
                "row": row,
                "late": row.stopped_at is not None and row.stopped_at > row.due_at,
            }
            for row in clocks
        ],
        moves=_timeline(one, request),
    )


@require_GET
@needs(SEE)
def sites(request: PageRequest) -> HttpResponse:
    """The plan: every place with its last visit and the next one, the longest unvisited first."""
    kind = request.GET.get("kind", "")
    rows = sites_seen(request.actor)
    if kind:
        rows = rows.filter(kind__code=kind)
    found = list(rows.order_by(F("last_visit").asc(nulls_first=True), "id")[: SHOWN + 1])
    plans = SiteKind.objects.filter(retired_at=None).order_by("id")
    return page(
        request,
        "console/inspections/sites.html",
        title=_("检查计划"),
        here="console:inspections",
        plans=[(_(one.name), one.every_days) for one in plans],
        kind=kind,
        kinds=kind_options(),
        rows=[_site_row(site, request) for site in found[:SHOWN]],
        more=len(found) > SHOWN,
        most=SHOWN,
        may_plan=request.actor.may(PLAN),
        exits=exits_seen(request.actor)[:SHOWN],
    )


def row_of(one: Inspection, request: PageRequest) -> dict[str, Any]:
    """An inspection in a list, with its words."""
    return {
        "one": one,
        "kind": _(one.site.kind.name),
        "stage": words_of(words.STAGES, one.stage),
        "tone": words.TONES.get(one.stage, "grey"),
        "place": "".join(area.name for area in (one.community, one.grid) if area),
    }


def _site_row(site: Any, request: PageRequest) -> dict[str, Any]:
    last, stage = site.last_visit, site.open_stage
    due = local_day(last + timedelta(days=site.kind.every_days)) if last else None
    return {
        "site": site,
        "kind": _(site.kind.name),
        "place": "".join(area.name for area in (site.community, site.grid) if area),
        "last": last,
        "due": due,
        "late": due is None or due < local_day(request.now),
        "stage": words_of(words.STAGES, stage) if stage else "",
    }


def _timeline(one: Inspection, request: PageRequest) -> list[dict[str, Any]]:
    """The lines, the newest first, each with its pictures."""
    lines = list(InspectionLine.objects.filter(inspection=one).order_by("-id"))
    photos = defaultdict(list)
    for photo in InspectionPhoto.objects.select_related("file").filter(entry__in=lines):
        photos[photo.entry_id].append(photo)
    return [
        {
            "what": words_of(words.LINES, line.code),
            "who": line.by_name,
            "at": line.at,
            "words": "\n".join(
                filter(None, ["；".join(line.facts.get("items", [])), str(line.note)])
            ),
            "warning": INSPECTION.warns(line.code),
            "photos": [
                {
                    "url": signed_path(photo.file, now=request.now),
                    "thumb": signed_path(photo.file, now=request.now, size=Size.SMALL),
                    "label": _(INSPECTION.fact_names[photo.kind]),
                }
                for photo in photos[line.pk]
            ],
        }
        for line in lines
    ]

"""The big screen: the whole board, its alarms (值守模式), and what its map and its chart ask for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.cases.models import Case
from linli.demo.presence import demo_present
from linli.kernel.calendar.local import LOCAL
from linli.kernel.privacy.masks import rough_position
from linli.screens.board import panels
from linli.screens.board.drill import Drill
from linli.screens.board.snapshot import (
    DAYS,
    Ground,
    class_name,
    map_for,
    place_of,
    snapshot_for,
    watch_for,
)
from linli.screens.shared.guard import PageRequest, needs
from linli.screens.shared.labels import STAGES
from linli.screens.shared.light import light_of


@require_safe
@needs("board.view")
def board(request: PageRequest) -> HttpResponse:
    """The board; `?watch=1` shows alarms only, `?days=7` a shorter trend."""
    watching = request.GET.get("watch") == "1"
    context = _watch(request) if watching else _board(request)
    return render(request, "board/watch.html" if watching else "board/board.html", context)


@require_safe
@needs("board.view")
def counts(request: PageRequest) -> HttpResponse:
    """The numbers alone; a changed `mark` tells a screen to read its panels, its chart and its map again."""
    found = snapshot_for(request.actor, now=request.now)
    drill = Drill(request.actor, asof=found.asof)
    shown = [*panels.headline(found, drill), *panels.in_hand(found, drill)]
    numbers = {one.key: one.value for one in shown}
    return _json({"counts": numbers, "mark": found.mark, "events": ["cases-changed"]})


@require_safe
@needs("board.view")
def trend(request: PageRequest) -> HttpResponse:
    """The trend as the chart wants it."""
    found = snapshot_for(request.actor, now=request.now)
    drill = Drill(request.actor, asof=found.asof)
    return _json(panels.trend(found, drill, days=_days(request))["chart"])


@require_safe
@needs("board.view")
def cases(request: PageRequest) -> HttpResponse:
    """Open cases for the map: class, stage and light; a confidential one stands in the middle of its grid."""
    found = map_for(request.actor, now=request.now)
    drill = Drill(request.actor, asof=found.asof)
    features = [
        _point(case, request, drill)
        for case in found.cases
        if not case.confidential or case.grid is not None
    ]
    return _json({"type": "FeatureCollection", "features": features})


def _board(request: PageRequest) -> dict[str, Any]:
    found = snapshot_for(request.actor, now=request.now)
    drill = Drill(request.actor, asof=found.asof)
    days = _days(request)
    return {
        **_frame(request, found.ground, drill, mark=found.mark),
        "headline": panels.headline(found, drill),
        "ground": panels.ground(found, drill),
        "in_hand": panels.in_hand(found, drill),
        "channels": panels.channels(found, drill),
        "classes": panels.classes(found, drill),
        "shares": panels.shares(found, drill),
        "voices": panels.voices(found, drill),
        "trend": panels.trend(found, drill, days=days),
        "days": days,
        "day_choices": DAYS,
        "events": panels.lines(found.events, drill, asof=found.asof),
    }


def _watch(request: PageRequest) -> dict[str, Any]:
    found = watch_for(request.actor, now=request.now)
    drill = Drill(request.actor, asof=found.asof)
    overdue = drill.cases(overdue_at=drill.asof)
    blocks = (
        ("overdue", _("已超时"), found.open.overdue, overdue, found.overdue),
        ("urgent", _("急件"), found.open.urgent, drill.cases(open=1, urgent=1), found.urgent),
        ("unowned", _("无人负责"), found.open.unowned, drill.cases(unowned=1), found.unowned),
    )
    return {
        **_frame(request, found.ground, drill),
        "watch_mode": True,
        "blocks": [
            {
                "key": key,
                "label": label,
                "n": n,
                "url": url,
                "lines": panels.lines(rows, drill, asof=found.asof),
            }
            for key, label, n, url, rows in blocks
        ],
    }


def _frame(request: PageRequest, ground: Ground, drill: Drill, *, mark: str = "") -> dict[str, Any]:
    return {
        "now": request.now,
        "local_now": request.now.astimezone(LOCAL),
        "clock_speed": settings.LINLI_CLOCK_SPEED,
        "page_title": _("%(place)s基层治理一屏统览") % {"place": ground.place_name},
        "demo_data": demo_present(),
        "mark": mark,
        "live_url": f"{settings.LINLI_LIVE_URL}/events" if settings.LINLI_LIVE_URL else "",
        "console_url": "/" if drill.cases() else "",
        "map_bounds": panels.map_bounds(ground),
        "all_cases_url": drill.cases(open=1),
    }


def _days(request: PageRequest) -> int:
    wanted = request.GET.get("days", "")
    return int(wanted) if wanted in {str(n) for n in DAYS} else max(DAYS)


def _point(case: Case, request: PageRequest, drill: Drill) -> dict[str, Any]:
    name = class_name(case) or _("待分类")
    properties: dict[str, Any] = {"light": light_of(case, request)}
    if case.confidential:
        properties["title"] = f"{name} · {place_of(case)}"
    else:
        stage = STAGES[case.stage].label
        properties |= {"id": case.pk, "title": f"{name} · {place_of(case)} · {stage}"}
        properties |= {"stage": case.stage, "url": drill.case(case.number)}
    position = {"type": "Point", "coordinates": _position(case)}
    return {"type": "Feature", "geometry": position, "properties": properties}


def _position(case: Case) -> list[float | None]:
    grid = case.grid
    if not case.confidential or grid is None or grid.west is None:
        return list(rough_position(case.lon, case.lat))
    assert None not in (grid.south, grid.east, grid.north), "an outline has all four bounds"
    return [(grid.west + (grid.east or 0)) / 2, ((grid.south or 0) + (grid.north or 0)) / 2]


def _json(content: dict[str, Any]) -> HttpResponse:
    answer = JsonResponse(content, json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "no-store"
    return answer

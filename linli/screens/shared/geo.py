"""GeoJSON for the maps: areas, buildings, cases. Each obeys the scope of whoever asks; residents get outlines only."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from linli.cases.models import Case
from linli.cases.queries import cases_seen, id_in
from linli.kernel.acting import Scope
from linli.kernel.engine.remembered import Remembered
from linli.kernel.places.models import AreaLevel, Building
from linli.kernel.places.queries import areas_within
from linli.screens.shared.guard import PageRequest, anybody, needs
from linli.screens.shared.light import light_of

MOST_CASES = 2_000
"""Points on a map at once; more hide each other."""


@require_safe
@anybody
def public_areas(request: PageRequest) -> HttpResponse:
    """Outlines and names of the grids; a public fact."""
    return _answer(_grids(Scope(everywhere=True)), seconds=300)


@require_safe
@needs("places.view", "board.view", "cases.view")
def areas(request: PageRequest) -> HttpResponse:
    """Grids of the actor's scope."""
    return _answer(_grids(_scope(request)), seconds=30)


@require_safe
@anybody
def buildings(request: PageRequest) -> HttpResponse:
    """Outlines and heights of buildings; seen from the street by everybody."""
    return _answer(_buildings(), seconds=3600)


@require_safe
@needs("cases.view")
def cases(request: PageRequest) -> HttpResponse:
    """Open cases with a position, newest first: number, class, stage and the colour of the clock, no names.

    `?number=` gives that one case, open or not.
    """
    wanted = request.GET.get("number", "")
    which = {"pk": id_in(wanted)} if wanted else {"open": True}
    rows = cases_seen(request.actor).filter(lon__isnull=False, **which)
    listed = rows.select_related("category").order_by("-pk")[:MOST_CASES]
    features = [_case(case, request) for case in listed]
    return _answer({"type": "FeatureCollection", "features": features}, seconds=0)


def _case(case: Case, request: PageRequest) -> dict[str, Any]:
    name = case.category.name if case.category else "待分类"
    properties = {
        "id": case.pk,
        "number": case.number,
        "name": name,
        "title": f"{name} · {case.stage_name}",
        "stage": case.stage_name,
        "light": light_of(case, request),
        "url": f"/cases/{case.number}",
    }
    return _point(case.lon, case.lat, properties)


def _scope(request: PageRequest) -> Scope:
    scope = Scope()
    for permission in ("places.view", "board.view", "cases.view"):
        scope |= request.actor.scope(permission)
    return scope


def _grids(scope: Scope) -> dict[str, Any]:
    rows = areas_within(scope).filter(level=AreaLevel.GRID, geometry__isnull=False)
    features = [
        {
            "type": "Feature",
            "id": area.pk,
            "geometry": area.geometry,
            "properties": {
                "code": area.code,
                "name": area.name,
                "kind": area.kind,
                "community": area.parent.name,
            },
        }
        for area in rows.select_related("parent").order_by("code")
        if area.parent is not None
    ]
    return {"type": "FeatureCollection", "features": features}


def _read_buildings() -> dict[str, Any]:
    rows = Building.objects.exclude(geometry=None).order_by("pk")
    features = [
        {
            "type": "Feature",
            "id": building.pk,
            "geometry": building.geometry,
            "properties": {
                "name": str(building),
                "storeys": building.storeys,
                "height": building.storeys * 3,
            },
        }
        for building in rows
    ]
    return {"type": "FeatureCollection", "features": features}


_buildings = Remembered(_read_buildings, seconds=60.0)


def _point(lon: float | None, lat: float | None, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": properties,
    }


def _answer(collection: dict[str, Any], *, seconds: int) -> HttpResponse:
    answer = JsonResponse(
        collection, content_type="application/geo+json", json_dumps_params={"ensure_ascii": False}
    )
    answer["Cache-Control"] = f"private, max-age={seconds}"
    return answer

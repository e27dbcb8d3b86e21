"""The frame of a resident's page: whose place this is, whom to call, the mark of demo data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from linli.demo.presence import demo_present
from linli.kernel.engine.remembered import Remembered
from linli.kernel.organisations.models import Organization, OrganizationKind
from linli.kernel.places.models import AreaLevel
from linli.kernel.places.queries import areas_of_level
from linli.screens.shared.guard import PageRequest


@dataclass(frozen=True)
class Office:
    """The sub-district: its name, the office that answers for it, and the telephone on duty (may be empty)."""

    place: str = ""
    name: str = ""
    phone: str = ""


def page(
    request: PageRequest,
    template: str,
    *,
    title: str,
    back: str = "/home/",
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """A page for residents; 长辈版 can be switched on each of them."""
    frame = {
        "page_title": title,
        "back_url": back,
        "elder_switch": True,
        "now": request.now,
        "demo_data": demo_present(),
        "office": office(),
    }
    return render(request, template, {**frame, **context}, status=status)


def _read_office() -> Office:
    place = areas_of_level(AreaLevel.SUBDISTRICT).first()
    bodies = Organization.objects.filter(
        kind=OrganizationKind.SUBDISTRICT_OFFICE, retired_at=None
    ).order_by("id")
    body = bodies.first()
    return Office(
        place=place.name if place else "",
        name=body.name if body else (place.name if place else ""),
        phone=(place.phone if place else "") or (body.phone if body else ""),
    )


office = Remembered(_read_office, seconds=30.0)
"""Names and telephones change a few times a year."""

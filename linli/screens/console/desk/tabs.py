"""The tabs above every desk: the steps of one's posts, each with what waits in the own hand and beside it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.cases.desks import Desk, desks_of, waiting_at_desks
from linli.screens.shared.guard import PageRequest

OWN_PAGES = {"acceptance": "console:desk", "dispatch": "console:dispatch"}
"""Desks whose page shows more than a list: what the system proposes, with one key for each decision."""


def desk_url(desk: Desk) -> str:
    if desk.code in OWN_PAGES:
        return reverse(OWN_PAGES[desk.code])
    return reverse("console:step", args=[desk.code])


def tabs_of(request: PageRequest, here: str = "") -> list[dict[str, Any]]:
    """One tab a desk of this person, in the order of the loop; `here` is the code of the open one."""
    waiting = waiting_at_desks(request.actor, now=request.now)
    return [
        {
            "code": desk.code,
            "label": _(desk.name),
            "url": desk_url(desk),
            "current": desk.code == here,
            "mine": waiting[desk.code].mine,
            "pool": waiting[desk.code].pool,
            "total": waiting[desk.code].mine + waiting[desk.code].pool,
        }
        for desk in desks_of(request.actor)
    ]


def desk_context(request: PageRequest, here: str) -> dict[str, Any]:
    """What every desk asks for: its tabs, and where it hears that something changed."""
    return {
        "desk_tabs": tabs_of(request, here),
        "live_url": f"{settings.LINLI_LIVE_URL}/events" if settings.LINLI_LIVE_URL else "",
        "here_url": request.get_full_path(),
    }

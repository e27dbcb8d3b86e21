"""The frame of a page on a worker's phone: tabs at the bottom, unread notices, the mark of demo data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from linli.cases.models import Case
from linli.demo.presence import demo_present
from linli.kernel.notify.queries import unread_count
from linli.screens.shared.guard import PageRequest
from linli.screens.shared.light import light_of

FIELD = ("cases.self_handle", "cases.handle")
"""Whoever works outside: grid workers, handlers of the departments, community clerks."""

TABS = (
    ("field:home", gettext_lazy("首页"), "home"),
    ("field:report", gettext_lazy("上报"), "camera"),
    ("field:map", gettext_lazy("地图"), "map"),
    ("field:me", gettext_lazy("我的"), "user"),
)


def page(
    request: PageRequest,
    template: str,
    *,
    title: str,
    here: str = "",
    back: str = "",
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """A page of the field. `here` names the current tab, `back` the page the arrow leads to."""
    frame = {
        "page_title": title,
        "back_url": back,
        "now": request.now,
        "demo_data": demo_present(),
        "tabs": _tabs(request, here),
    }
    return render(request, template, {**frame, **context}, status=status)


def _tabs(request: PageRequest, here: str) -> list[dict[str, Any]]:
    unread = unread_count(request.actor)
    badge = "99+" if unread > 99 else unread
    return [
        {
            "label": label,
            "url": reverse(address),
            "icon": icon,
            "current": address == here,
            "badge": badge if address == "field:me" else 0,
        }
        for address, label, icon in TABS
    ]


def items(cases: Iterable[Case], request: PageRequest) -> list[dict[str, Any]]:
    """What `field/_item.html` shows of each case, with the colour of its clock."""
    return [{"case": case, "light": light_of(case, request)} for case in cases]

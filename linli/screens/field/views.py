"""A worker's own pages: what waits, where it is, what was done this month."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.cases.queries import cases_seen
from linli.kernel.calendar.local import local_day
from linli.kernel.matters.handing import INBOX_LINK
from linli.kernel.matters.inbox import matters_of, waiting_outside
from linli.kernel.notify.actions import read_all_notices
from linli.kernel.notify.models import Notice
from linli.kernel.notify.queries import notices_for
from linli.kernel.people.queries import on_duty
from linli.kernel.places.models import AreaLevel
from linli.kernel.places.queries import areas_within
from linli.screens.field.page import FIELD, items, page
from linli.screens.field.tasks import LISTS, MOST_TASKS, counters, done_this_month, tasks_on
from linli.screens.shared.guard import PageRequest, needs
from linli.screens.shared.waiting import Line, lines_of

MOST_NOTICES = 50
MOST_GRIDS = 3
"""Names of grids in the head of the page; whoever has more reads how many."""


@require_safe
@needs(*FIELD)
def home(request: PageRequest) -> HttpResponse:
    """Counters, and every kind of task in one list, most urgent first; `?list=` opens the cases of one counter."""
    wanted = request.GET.get("list", "")
    chosen = next((one for one in LISTS if one.code == wanted), None)
    lines = [] if chosen else _lines(request)
    rows = (
        list(tasks_on(request.actor, wanted, now=request.now)[: MOST_TASKS + 1]) if chosen else []
    )
    return page(
        request,
        "field/home.html",
        title=_("我的任务"),
        here="field:home",
        where=_where(request),
        on_duty=request.actor.staff_id in on_duty(request.now, among=[request.actor.staff_id or 0]),
        counters=counters(request.actor, now=request.now),
        chosen=chosen,
        tasks=items(rows[:MOST_TASKS], request),
        lines=lines[:MOST_TASKS],
        more=max(len(rows), len(lines)) > MOST_TASKS,
        most=MOST_TASKS,
    )


@require_safe
@needs(*FIELD)
def area_map(request: PageRequest) -> HttpResponse:
    """My grids and the open cases in them: as a map, and as a list for whoever cannot use one."""
    rows = (
        cases_seen(request.actor)
        .filter(open=True)
        .select_related("category", "grid", "community", "handling_org")
    )
    cases = list(rows.order_by("due_at", "id")[: MOST_TASKS + 1])
    return page(
        request,
        "field/map.html",
        title=_("地图"),
        here="field:map",
        where=_where(request),
        tasks=items(cases[:MOST_TASKS], request),
        more=len(cases) > MOST_TASKS,
        most=MOST_TASKS,
    )


@require_safe
@needs(*FIELD)
def me(request: PageRequest) -> HttpResponse:
    """My figures of this month, notices, letter size, leaving."""
    rows = done_this_month(request.actor, now=request.now)
    return page(
        request,
        "field/me.html",
        title=_("我的"),
        here="field:me",
        elder_switch=True,
        where=_where(request),
        handled=len(rows),
        on_time=sum(1 for row in rows if not row.late),
        late=sum(1 for row in rows if row.late),
        notices=_shown(notices_for(request.actor)[:3]),
    )


@require_safe
@needs(*FIELD)
def done(request: PageRequest) -> HttpResponse:
    """The cases behind the figures of the month; `?only=late` or `on_time` those behind one of them."""
    rows = done_this_month(request.actor, now=request.now)
    wanted = request.GET.get("only", "")
    if wanted == "late":
        title, rows = _("本月超时的"), [row for row in rows if row.late]
    elif wanted == "on_time":
        title, rows = _("本月按时的"), [row for row in rows if not row.late]
    else:
        title = _("本月办理的")
    return page(
        request,
        "field/done.html",
        title=title,
        here="field:me",
        back="/field/me",
        rows=rows,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*FIELD)
def notices(request: PageRequest) -> HttpResponse:
    """The newest notices; a POST marks all of them as read."""
    if request.method == "POST":
        read_all_notices(by=request.actor, now=request.now)
        return redirect("field:notices")
    rows = list(notices_for(request.actor)[:MOST_NOTICES])
    return page(
        request,
        "field/notices.html",
        title=_("消息"),
        here="field:me",
        back="/field/me",
        rows=_shown(rows),
        unread=any(row.read_at is None for row in rows),
    )


def _lines(request: PageRequest) -> list[Line]:
    """What waits for this person and for the own unit, with addresses that open on the phone."""
    today = local_day(request.now)
    entries = list(waiting_outside(request.actor, now=request.now)[: MOST_TASKS + 1])
    return lines_of(matters_of(request.actor, entries, on=today), request, phone=True)


def _shown(rows: Iterable[Notice]) -> list[dict[str, Any]]:
    """Notices whose links to a case open it on the phone."""
    return [
        {
            "text": row.text,
            "made_at": row.made_at,
            "read_at": row.read_at,
            "link": _on_the_phone(row.link),
        }
        for row in rows
    ]


def _on_the_phone(link: str) -> str:
    if link == INBOX_LINK:
        return "/field/"
    return f"/field{link}" if link.startswith("/cases/") else link


def _where(request: PageRequest) -> str:
    """The grids somebody looks after, in words; empty for people of a department."""
    scope = request.actor.scope("cases.view")
    if scope.everywhere or not scope.areas | scope.levels:
        return ""
    grids = areas_within(scope).filter(level=AreaLevel.GRID).values_list("name", flat=True)
    names = list(grids[: MOST_GRIDS + 1])
    if len(names) > MOST_GRIDS:
        return _("%(n)d 个网格") % {"n": grids.count()}
    return "、".join(names)

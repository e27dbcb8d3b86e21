"""The workbench where a day begins, and the notices."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.cases.flow import OPEN, Stage
from linli.cases.queries import open_counts
from linli.kernel.calendar.local import local_day
from linli.kernel.matters.inbox import MOST_COUNTED, capped_count, lit, matters_of, waiting_for
from linli.kernel.matters.kinds import kinds
from linli.kernel.notify.actions import read_all_notices, read_notice
from linli.kernel.notify.queries import notices_for
from linli.screens.console import labels
from linli.screens.console.desk.tabs import tabs_of
from linli.screens.console.menu import ANY_STAFF, page
from linli.screens.shared.guard import PageRequest, needs
from linli.screens.shared.labels import LIGHT_WORDS, STAGES
from linli.screens.shared.waiting import lines_of, look_of

INBOX_SHOWN = 15
INBOX_PAGE = 50
NOTICES_SHOWN = 6
NOTICES_PAGE = 50


@require_GET
@needs("cases.view")
def workbench(request: PageRequest) -> HttpResponse:
    """What waits for this person, of every kind, and how the cases of the scope stand; figures open their lists."""
    today = local_day(request.now)
    mine = waiting_for(request.actor, now=request.now)
    shown, total = list(mine[:INBOX_SHOWN]), capped_count(mine)
    counts = open_counts(request.actor, now=request.now)
    desks = tabs_of(request)
    return page(
        request,
        "console/home/workbench.html",
        title=_("工作台"),
        here="console:home",
        lines=lines_of(matters_of(request.actor, shown, on=today), request),
        total=_capped(total),
        figures=_figures(counts),
        desks=desks,
        pool=sum(one["pool"] for one in desks),
        notices=notices_for(request.actor)[:NOTICES_SHOWN],
        looks=labels.NOTICE_LOOKS,
    )


@require_GET
@needs("cases.view")
def inbox(request: PageRequest) -> HttpResponse:
    """Everything that waits for this person, most urgent first, by kind and light."""
    today = local_day(request.now)
    kind, light = request.GET.get("kind", ""), request.GET.get("light", "")
    rows = lit(waiting_for(request.actor, now=request.now), light, now=request.now)
    looks = {one.code: look_of(one) for one in kinds()}
    if kind in looks:
        rows = rows.filter(kind=kind)
    number = request.GET.get("page", "")
    at = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 1
    start = max(at - 1, 0) * INBOX_PAGE
    found, total = list(rows[start : start + INBOX_PAGE + 1]), capped_count(rows)
    conditions = {name: value for name, value in (("kind", kind), ("light", light)) if value}
    return page(
        request,
        "console/home/inbox.html",
        title=_("等我办理"),
        here="console:home",
        trail=[],
        lines=lines_of(matters_of(request.actor, found[:INBOX_PAGE], on=today), request),
        kinds=[(code, look.label) for code, look in looks.items()],
        lights=[(code, word) for code, word in LIGHT_WORDS.items() if code != "grey"],
        kind=kind,
        light=light,
        pager={
            "previous_url": f"?{urlencode({**conditions, 'page': at - 1})}" if at > 1 else "",
            "next_url": f"?{urlencode({**conditions, 'page': at + 1})}"
            if len(found) > INBOX_PAGE
            else "",
            "total": min(total, MOST_COUNTED - 1),
            "capped": total >= MOST_COUNTED,
        },
    )


@require_GET
@needs(*ANY_STAFF)
def notices(request: PageRequest) -> HttpResponse:
    """The person's own notices, newest first."""
    rows = notices_for(request.actor)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 18:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: NOTICES_PAGE + 1])
    older = f"?before={found[NOTICES_PAGE - 1].pk}" if len(found) > NOTICES_PAGE else ""
    return page(
        request,
        "console/home/notices.html",
        title=_("消息"),
        here="console:notices",
        notices=found[:NOTICES_PAGE],
        looks=labels.NOTICE_LOOKS,
        pager={"previous_url": "", "next_url": older, "total": None},
    )


@require_POST
@needs(*ANY_STAFF)
def notice_reading(request: PageRequest, notice_id: int) -> HttpResponse:
    """Mark one notice as read and go to what it is about."""
    notice = read_notice(notice_id, by=request.actor, now=request.now)
    inside = notice.link.startswith("/") and not notice.link.startswith("//")
    return redirect(notice.link if inside else reverse("console:notices"))


@require_POST
@needs(*ANY_STAFF)
def notices_reading(request: PageRequest) -> HttpResponse:
    """Mark all notices as read."""
    read_all_notices(by=request.actor, now=request.now)
    return redirect("console:notices")


def _capped(total: int) -> str:
    return f"{MOST_COUNTED - 1}+" if total >= MOST_COUNTED else str(total)


def _figures(counts: dict[str, int]) -> list[dict[str, Any]]:
    found = [
        {"label": _("已超时"), "n": counts["overdue"], "url": _list(light="red"), "alert": True},
        {"label": _("将超时"), "n": counts["near_due"], "url": _list(light="yellow")},
        {"label": _("紧急"), "n": counts["urgent_open"], "url": _list(open=1, urgent=1)},
    ]
    stages = [stage for stage in Stage if stage in OPEN]
    found += [
        {"label": STAGES[stage].label, "n": counts[stage], "url": _list(stage=stage.value)}
        for stage in stages
    ]
    return found


def _list(**conditions: Any) -> str:
    return f"{reverse('console:cases')}?{urlencode(conditions)}"

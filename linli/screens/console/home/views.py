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
from linli.cases.models import Case
from linli.cases.queries import capped_count, inbox, open_counts
from linli.kernel.notify.actions import read_all_notices, read_notice
from linli.kernel.notify.queries import notices_for
from linli.screens.console import labels
from linli.screens.console.menu import ANY_STAFF, page
from linli.screens.console.whistles.views import leg_line
from linli.screens.shared.guard import PageRequest, needs
from linli.screens.shared.labels import STAGES
from linli.screens.shared.light import light_of
from linli.whistles.queries import legs_waiting_for

INBOX_SHOWN = 15
NOTICES_SHOWN = 6
NOTICES_PAGE = 50


@require_GET
@needs("cases.view")
def workbench(request: PageRequest) -> HttpResponse:
    """What waits for this person, and how the cases of the scope stand; every figure opens its list."""
    mine = inbox(request.actor)
    total, legs = capped_count(mine), legs_waiting_for(request.actor)
    counts = open_counts(request.actor, now=request.now)
    return page(
        request,
        "console/home/workbench.html",
        title=_("工作台"),
        here="console:home",
        inbox=[_waiting(case, request) for case in mine[:INBOX_SHOWN]],
        inbox_total=total,
        waiting_total=total + len(legs),
        legs=[leg_line(leg) for leg in legs[:INBOX_SHOWN]],
        inbox_url=_list(owner=request.actor.staff_id, open=1),
        figures=_figures(counts),
        notices=notices_for(request.actor)[:NOTICES_SHOWN],
        looks=labels.NOTICE_LOOKS,
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


def _waiting(case: Case, request: PageRequest) -> dict[str, Any]:
    return {"case": case, "light": light_of(case, request)}


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

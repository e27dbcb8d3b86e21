"""联席会议: the list, calling one, its minutes, and resolutions that become cases."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.screens.console.form_page import Asking, fill_in, sent
from linli.screens.console.menu import page
from linli.screens.console.whistles.forms import AttendanceForm, MeetingForm, ResolutionForm
from linli.screens.shared.choosing import choice_field
from linli.screens.shared.guard import PageRequest, needs
from linli.whistles.actions import meetings as verbs
from linli.whistles.models import JointMeeting
from linli.whistles.queries import (
    meeting_for,
    meetings_seen,
    resolutions_of,
    units_of,
    whistle_id_in,
)

SEE, MEET = "whistle.view", "whistle.meet"
SHOWN = 100


@require_GET
@needs(SEE)
def meetings(request: PageRequest) -> HttpResponse:
    """Meetings to come and past ones, the latest first."""
    rows = meetings_seen(request.actor).select_related("subdistrict", "community")
    return page(
        request,
        "console/whistles/meetings.html",
        title=_("联席会议"),
        here="console:whistles",
        rows=list(rows.order_by("-held_at", "-id")[:SHOWN]),
        may_call=request.actor.may(MEET),
    )


@require_http_methods(["GET", "POST"])
@needs(MEET)
def meeting_new(request: PageRequest) -> HttpResponse:
    """Call a meeting, perhaps about a whistle."""
    number = request.GET.get("whistle", "")
    form = MeetingForm(
        sent(request), scope=request.actor.scope(MEET), initial={"chair": request.actor.name}
    )
    asking = Asking(
        title=_("召开联席会议"),
        here="console:whistles",
        button=_("发出通知"),
        back=reverse("console:meetings"),
        done="",
        icon="send",
        words=_("参会单位的工作人员会收到通知。"),
    )

    def do(given: dict[str, Any]) -> JointMeeting:
        whistle = whistle_id_in(number) if number else None
        return verbs.call_meeting(**given, whistle=whistle, by=request.actor, now=request.now)

    return fill_in(request, form, asking, do=do, then=lambda one: _back(one))


@require_GET
@needs(SEE)
def meeting(request: PageRequest, meeting_id: int) -> HttpResponse:
    """One meeting: agenda, who came, resolutions and what became of them."""
    one = meeting_for(request.actor, meeting_id)
    resolutions = resolutions_of(one)
    points = [
        (number, text, [row for row in resolutions if row.point == number])
        for number, text in enumerate(one.agenda, start=1)
    ]
    return page(
        request,
        "console/whistles/meeting.html",
        title=one.title,
        here="console:whistles",
        trail=[(_("联席会议"), reverse("console:meetings")), (str(one.held_at.date()), "")],
        meeting=one,
        points=points,
        units=units_of(one),
        may_change=request.actor.may(MEET),
    )


@require_http_methods(["GET", "POST"])
@needs(MEET)
def meeting_resolution(request: PageRequest, meeting_id: int) -> HttpResponse:
    """Write a resolution down."""
    one = meeting_for(request.actor, meeting_id)
    form = ResolutionForm(sent(request), agenda=one.agenda)
    return fill_in(
        request,
        form,
        _asking(one, _("记录决议"), _("已记录。")),
        do=lambda given: verbs.resolve(one.pk, **given, by=request.actor, now=request.now),
    )


@require_http_methods(["GET", "POST"])
@needs(MEET)
def meeting_attendance(request: PageRequest, meeting_id: int) -> HttpResponse:
    """Write down who came."""
    one = meeting_for(request.actor, meeting_id)
    units = units_of(one)
    came = [unit.organization_id for unit in units if unit.came is not False]
    form = AttendanceForm(sent(request), initial={"came": came})
    choices = [(unit.organization_id, unit.organization.name) for unit in units]
    choice_field(form, "came").choices = choices
    return fill_in(
        request,
        form,
        _asking(one, _("登记到会"), _("已登记。")),
        do=lambda given: verbs.note_attendance(one.pk, **given, by=request.actor, now=request.now),
    )


@require_POST
@needs(MEET)
def meeting_task(request: PageRequest, meeting_id: int, resolution_id: int) -> HttpResponse:
    """Make a case of a resolution."""
    one = meeting_for(request.actor, meeting_id)
    report = verbs.make_task(resolution_id, by=request.actor, now=request.now)
    words = _("已转为任务，回执号 %(receipt)s；几秒后生成案件。")
    messages.success(request, words % {"receipt": report.receipt})
    return _back(one)


@require_POST
@needs(MEET)
def meeting_end(request: PageRequest, meeting_id: int) -> HttpResponse:
    """Close the minutes."""
    one = meeting_for(request.actor, meeting_id)
    verbs.end_meeting(one.pk, by=request.actor, now=request.now)
    messages.success(request, _("会议记录已结束。"))
    return _back(one)


def _back(one: JointMeeting) -> HttpResponse:
    return redirect("console:meeting", meeting_id=one.pk)


def _asking(one: JointMeeting, title: str, done: str) -> Asking:
    back = reverse("console:meeting", args=[one.pk])
    return Asking(
        title=title,
        here="console:whistles",
        button=title,
        back=back,
        done=done,
        icon="edit",
        trail=((_("联席会议"), reverse("console:meetings")), (one.title, back)),
    )

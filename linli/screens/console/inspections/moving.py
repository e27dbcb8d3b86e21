"""隐患检查: a place taken in, a visit planned, and the form of every move."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from linli.inspections.actions import (
    add_site,
    move_inspection,
    plan_inspection,
    put_back,
    take_out,
)
from linli.inspections.effects import INSPECTIONS
from linli.inspections.flow import INSPECTION, PLAN, SEE
from linli.inspections.queries import inspection_for, sites_seen
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.matters.errors import WrongStage
from linli.kernel.matters.offering import moves_for
from linli.screens.console.form_page import Asking, fill_in, sent
from linli.screens.console.inspections.forms import ExitForm, InspectionForm, SiteForm
from linli.screens.console.inspections.words import LINES
from linli.screens.console.labels import words_of
from linli.screens.console.uploads import shown, take_photos
from linli.screens.shared.guard import PageRequest, needs
from linli.screens.shared.inspection_forms import given_facts
from linli.screens.shared.matter_forms import photo_names

HERE, FORM = "console:inspections", "console/inspections/form.html"


@require_http_methods(["GET", "POST"])
@needs(SEE)
def inspection_move(request: PageRequest, number: str, code: str) -> HttpResponse:
    """Ask for what a move needs; on sending, make it."""
    one = inspection_for(request.actor, number)
    move = INSPECTION.move.get(code)
    if move is None:
        raise NotFound("没有这个操作，请回到检查页面重新选择。", field="move")
    if request.method == "GET" and move not in moves_for(INSPECTIONS, request.actor, one):
        raise NotAllowed("这次检查已到别的环节，或不由您办理。请回到检查页面查看。")
    form = InspectionForm(sent(request), move=move, inspection=one)
    photos = {}
    if request.method == "POST":
        photos = take_photos(request, form, photo_names(move.form))
    name, back = words_of(LINES, code), reverse("console:inspection", args=[one.number])
    asking = Asking(
        title=f"{name} · {one.site.name}",
        here=HERE,
        button=name,
        back=back,
        done=_("已办理“%(what)s”。") % {"what": name},
        words=_(move.advice) if move.advice else "",
        danger=move.tone == "danger",
        trail=((one.site.name, back),),
        template=FORM,
    )

    def do(given: dict[str, Any]) -> object:
        pictures = {name: tuple(file.pk for file in files) for name, files in photos.items()}
        facts = {**given_facts(given), **pictures}
        return move_inspection(one.pk, code, **facts, by=request.actor, now=request.now)

    return fill_in(request, form, asking, do=do, kept=shown(photos, request))


@require_http_methods(["GET", "POST"])
@needs(PLAN)
def site_new(request: PageRequest) -> HttpResponse:
    """Take a place in."""
    back = reverse("console:sites")
    asking = Asking(
        title=_("登记场所"),
        here=HERE,
        button=_("登记"),
        back=back,
        done=_("已登记。第一次检查会自动安排，也可以现在就安排。"),
        trail=((_("检查计划"), back),),
        template=FORM,
    )
    return fill_in(
        request,
        SiteForm(sent(request), scope=request.actor.scope(PLAN)),
        asking,
        do=lambda given: add_site(given.pop("name"), **given, by=request.actor, now=request.now),
    )


@require_POST
@needs(PLAN)
def visit_new(request: PageRequest, site_id: int) -> HttpResponse:
    """Plan a visit of a place now."""
    try:
        one = plan_inspection(site_id, by=request.actor, now=request.now)
    except WrongStage as refused:
        messages.error(request, refused.message)
        return redirect("console:sites")
    messages.success(request, _("已安排检查 %(number)s。") % {"number": one.number})
    return redirect("console:inspection", one.number)


@require_http_methods(["GET", "POST"])
@needs(PLAN)
def site_exit(request: PageRequest, site_id: int) -> HttpResponse:
    """Take a place that is gone out of the plan."""
    site = sites_seen(request.actor, PLAN).filter(pk=site_id).first()
    if site is None:
        raise NotFound("没有找到这个场所，或不在您的管辖范围内。", field="site")
    back = reverse("console:sites")
    asking = Asking(
        title=f"{_('退出检查')} · {site.name}",
        here=HERE,
        button=_("退出检查"),
        back=back,
        done=_("已退出检查计划，在页面下方可以恢复。"),
        words=_("以后不再安排检查；已安排还没去的一并取消。"),
        trail=((_("检查计划"), back),),
        template=FORM,
    )
    return fill_in(
        request,
        ExitForm(sent(request)),
        asking,
        do=lambda given: take_out(site_id, **given, by=request.actor, now=request.now),
    )


@require_POST
@needs(PLAN)
def site_back(request: PageRequest, exit_id: int) -> HttpResponse:
    """Put a place back into the plan."""
    put_back(exit_id, by=request.actor, now=request.now)
    messages.success(request, _("已恢复检查，到期会自动安排。"))
    return redirect("console:sites")

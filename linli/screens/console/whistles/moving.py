"""吹哨报到: raising and blowing a whistle, and every move on it and on its legs; one form each."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.cases.queries import case_for
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.matters.offering import moves_for
from linli.screens.console.form_page import Asking, fill_in, sent
from linli.screens.console.labels import words_of
from linli.screens.console.uploads import shown, take_photos
from linli.screens.console.whistles.forms import (
    DepartmentsForm,
    LegForm,
    PlanForm,
    ReasonForm,
    ReplyForm,
    ResultForm,
    WhistleForm,
)
from linli.screens.console.whistles.words import LINES
from linli.screens.shared.guard import PageRequest, needs
from linli.screens.shared.matter_forms import photo_names
from linli.whistles.actions import whistling
from linli.whistles.actions.legs import move_leg, reply_to_score
from linli.whistles.actions.whistling import WhistleDraft
from linli.whistles.effects import LEGS
from linli.whistles.flow import LEG
from linli.whistles.models import Whistle, WhistleLeg
from linli.whistles.queries import legs_of, whistle_for

REPLY = "reply"
FORM = "console/whistles/form.html"
SEE, RAISE, BLOW = "whistle.view", "whistle.raise", "whistle.blow"


@require_http_methods(["GET", "POST"])
@needs(RAISE, BLOW)
def whistle_new(request: PageRequest) -> HttpResponse:
    """Blow a whistle as the street, or raise one as a community; a case may be brought along in the address."""
    street = request.actor.may(BLOW)
    verb = whistling.blow_whistle if street else whistling.raise_whistle
    form = WhistleForm(
        sent(request), scope=request.actor.scope(BLOW if street else RAISE), initial=_about(request)
    )
    title = _("街道吹哨") if street else _("社区吹哨")
    asking = Asking(
        title=title,
        here="console:whistles",
        button=title,
        back=reverse("console:whistles"),
        done="",
        icon="send",
        words="" if street else _("街道会看到您希望请哪些部门，由街道决定并吹哨。"),
        template=FORM,
    )

    def do(given: dict[str, Any]) -> Whistle:
        names = ("kind", "title", "background", "area", "address", "cases")
        draft = WhistleDraft(**{name: given[name] for name in names}, called=form.called())
        return verb(draft, by=request.actor, now=request.now)

    return fill_in(request, form, asking, do=do, then=_to_whistle)


@require_http_methods(["GET", "POST"])
@needs(SEE)
def whistle_move(request: PageRequest, number: str, code: str) -> HttpResponse:
    """A move on the whistle itself."""
    one = whistle_for(request.actor, number)
    makers = {"blow": _blow, "turn_down": _turn_down, "plan": _plan, "add": _add, "close": _close}
    if code not in makers:
        raise NotFound("没有这个操作，请回到吹哨页面重新选择。", field="move")
    return makers[code](request, one)


@require_http_methods(["GET", "POST"])
@needs(SEE)
def leg_move(request: PageRequest, number: str, leg_id: int, code: str) -> HttpResponse:
    """A move on one department's leg."""
    one = whistle_for(request.actor, number)
    leg = next((leg for leg in legs_of(one) if leg.pk == leg_id), None)
    if leg is None or (code not in LEG.move and code != REPLY):
        raise NotFound("没有这项任务或这个操作，请回到吹哨页面重新选择。", field="leg")
    leg.whistle = one
    if code == REPLY:
        return _reply(request, one, leg)
    move = LEG.move[code]
    if request.method == "GET" and move not in moves_for(LEGS, request.actor, leg):
        raise NotAllowed("这项任务已到别的环节，或不由您办理。请回到吹哨页面查看。")
    form = LegForm(sent(request), move=move, leg=leg)
    names = tuple(photo_names(move.form))
    photos = take_photos(request, form, names) if request.method == "POST" else {}
    return fill_in(
        request,
        form,
        _asking_leg(one, leg, code, words=leg.task or _(move.advice), danger=move.tone == "danger"),
        do=lambda given: _make(request, leg, code, given, photos),
        kept=shown(photos, request),
        here_button="lon" in form.fields,
    )


def _make(
    request: PageRequest, leg: WhistleLeg, code: str, given: dict[str, Any], photos: Any
) -> WhistleLeg:
    pictures = {name: tuple(file.pk for file in files) for name, files in photos.items()}
    facts = {name: value for name, value in given.items() if value not in (None, "")}
    return move_leg(leg.pk, code, **{**facts, **pictures}, by=request.actor, now=request.now)


def _reply(request: PageRequest, one: Whistle, leg: WhistleLeg) -> HttpResponse:
    return fill_in(
        request,
        ReplyForm(sent(request)),
        _asking_leg(one, leg, REPLY, words=leg.score_words),
        do=lambda given: reply_to_score(leg.pk, **given, by=request.actor, now=request.now),
    )


def _asking_leg(
    one: Whistle, leg: WhistleLeg, code: str, *, words: str, danger: bool = False
) -> Asking:
    name, unit = words_of(LINES, code), leg.handling_org.name if leg.handling_org else ""
    return _asking(one, f"{name} · {unit}", name, danger=danger, words=words)


def _blow(request: PageRequest, one: Whistle) -> HttpResponse:
    form = DepartmentsForm(sent(request), wanted=one.wanted)
    return fill_in(
        request,
        form,
        _asking(one, _("街道吹哨"), _("街道吹哨"), words=one.background),
        do=lambda given: whistling.take_up(
            one.pk, called=form.called(), by=request.actor, now=request.now
        ),
    )


def _add(request: PageRequest, one: Whistle) -> HttpResponse:
    there = [leg.handling_org_id for leg in legs_of(one) if leg.open]
    form = DepartmentsForm(sent(request), barred=there)
    return fill_in(
        request,
        form,
        _asking(one, _("加派部门"), _("加派")),
        do=lambda given: whistling.add_legs(
            one.pk, called=form.called(), by=request.actor, now=request.now
        ),
    )


def _turn_down(request: PageRequest, one: Whistle) -> HttpResponse:
    return fill_in(
        request,
        ReasonForm(sent(request)),
        _asking(one, _("不采纳"), _("不采纳"), words=_("社区会看到您写的理由。")),
        do=lambda given: whistling.turn_down(one.pk, **given, by=request.actor, now=request.now),
    )


def _plan(request: PageRequest, one: Whistle) -> HttpResponse:
    initial = {"meet_at": one.meet_at, "meet_place": one.meet_place, "plan": one.plan}
    form = PlanForm(sent(request), legs=[leg for leg in legs_of(one) if leg.open], initial=initial)

    def do(given: dict[str, Any]) -> Whistle:
        facts = {name: given[name] for name in initial}
        return whistling.plan_whistle(
            one.pk, **facts, tasks=form.tasks(), by=request.actor, now=request.now
        )

    return fill_in(request, form, _asking(one, _("会商与分工"), _("保存并通知各部门")), do=do)


def _close(request: PageRequest, one: Whistle) -> HttpResponse:
    waiting = [leg.handling_org.name for leg in legs_of(one) if leg.open and leg.handling_org]
    warning = _("还有部门没有办完：%(units)s。") % {"units": "、".join(waiting)} if waiting else ""
    return fill_in(
        request,
        ResultForm(sent(request)),
        _asking(one, _("结束吹哨"), _("结束吹哨"), warning=warning),
        do=lambda given: whistling.close_whistle(
            one.pk, **given, by=request.actor, now=request.now
        ),
    )


def _asking(
    one: Whistle,
    title: str,
    button: str,
    *,
    words: str = "",
    warning: str = "",
    danger: bool = False,
) -> Asking:
    back = reverse("console:whistle", args=[one.number])
    return Asking(
        title=title,
        here="console:whistles",
        button=button,
        back=back,
        done=_("已办理“%(what)s”。") % {"what": title},
        words=words,
        warning=warning,
        danger=danger,
        trail=((one.title, back),),
        template=FORM,
    )


def _about(request: PageRequest) -> dict[str, Any]:
    """What is known already when the whistle starts from a case."""
    number = request.GET.get("case", "")
    if not number:
        return {}
    case = case_for(request.actor, number)
    return {
        "title": str(case.title),
        "background": case.body[:2_000],
        "area": case.grid_id or case.community_id or case.subdistrict_id,
        "address": str(case.address),
        "cases": case.number,
    }


def _to_whistle(one: Whistle) -> HttpResponse:
    return redirect("console:whistle", number=one.number)

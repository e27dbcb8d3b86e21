"""吹哨报到: raising and blowing a whistle, and every move on it and on its legs; one form each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.cases.actions import legs, whistling
from linli.cases.actions.legs import SignIn
from linli.cases.actions.whistling import WhistleDraft
from linli.cases.models import Whistle, WhistleLeg
from linli.cases.queries import case_for
from linli.cases.whistle.queries import legs_of, moves_on, parts_of, whistle_for
from linli.kernel.errors import NotAllowed, NotFound
from linli.screens.console.form_page import Asking, fill_in, sent
from linli.screens.console.forms_whistle import (
    ArriveForm,
    DepartmentsForm,
    FeedbackForm,
    NoteForm,
    PlanForm,
    ReasonForm,
    ReplyForm,
    ResultForm,
    ScoreForm,
    UnitForm,
    WhistleForm,
)
from linli.screens.console.labels import words_of
from linli.screens.console.labels_whistle import LINES
from linli.screens.console.uploads import shown, take_photos
from linli.screens.shared.guard import PageRequest, needs

FORM = "console/whistle_form.html"
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
    step = STEPS.get(code)
    if leg is None or step is None:
        raise NotFound("没有这项任务或这个操作，请回到吹哨页面重新选择。", field="leg")
    if request.method == "GET" and code != "reply":
        offered = {move.code for move in moves_on(request.actor, one, leg, parts_of(one))}
        if code not in offered:
            raise NotAllowed("这项任务已到别的环节，或不由您办理。请回到吹哨页面查看。")
    form = step.form(request, leg)
    photos = take_photos(request, form, step.photos) if request.method == "POST" else {}
    name = words_of(LINES, code)
    asking = _asking(
        one, f"{name} · {leg.organization.name}", name, danger=code == "waive", words=leg.task
    )
    return fill_in(
        request,
        form,
        asking,
        do=lambda given: step.act(
            leg.pk, given, {key: tuple(file.pk for file in files) for key, files in photos.items()},
            by=request.actor, now=request.now,
        ),
        kept=shown(photos, request),
        here_button="lon" in form.fields,
    )  # fmt: skip


@dataclass(frozen=True)
class Step:
    """The form of a move on a leg, what it does with what was given, and its fields for pictures."""

    form: Callable[[PageRequest, WhistleLeg], forms.Form]
    act: Callable[..., object]
    photos: tuple[str, ...] = ()


def _plain(kind: Callable[..., forms.Form]) -> Callable[[PageRequest, WhistleLeg], forms.Form]:
    return lambda request, leg: kind(sent(request))


def _simple(verb: Callable[..., object]) -> Callable[..., object]:
    return lambda leg_id, given, photos, **who: verb(leg_id, **given, **who)


def _arrive(leg_id: int, given: dict[str, Any], photos: dict[str, Any], **who: Any) -> object:
    place = SignIn(
        given["place"], given["lon"], given["lat"], photo_ids=photos.get("photo_arrival", ())
    )
    return legs.arrive(leg_id, sign_in=place, **who)


def _feedback(leg_id: int, given: dict[str, Any], photos: dict[str, Any], **who: Any) -> object:
    pictures = photos.get("photo_result", ())
    return legs.feedback(leg_id, result=given["result"], photo_ids=pictures, **who)


def _score(leg_id: int, given: dict[str, Any], photos: dict[str, Any], **who: Any) -> object:
    return legs.score_leg(
        leg_id,
        arrival=given["arrival_score"],
        cooperation=given["cooperation_score"],
        effect=given["effect_score"],
        words=given["words"],
        **who,
    )


STEPS: dict[str, Step] = {
    "respond": Step(_plain(NoteForm), _simple(legs.respond)),
    "decline": Step(_plain(ReasonForm), _simple(legs.decline)),
    "transfer": Step(
        lambda request, leg: UnitForm(sent(request), leg=leg, same=False), _simple(legs.transfer)
    ),
    "designate": Step(
        lambda request, leg: UnitForm(sent(request), leg=leg, same=True), _simple(legs.designate)
    ),
    "arrive": Step(_plain(ArriveForm), _arrive, ("photo_arrival",)),
    "feedback": Step(_plain(FeedbackForm), _feedback, ("photo_result",)),
    "pass_check": Step(_plain(NoteForm), _simple(legs.pass_leg)),
    "rework": Step(_plain(ReasonForm), _simple(legs.rework_leg)),
    "score": Step(_plain(ScoreForm), _score),
    "waive": Step(_plain(ReasonForm), _simple(legs.waive_leg)),
    "reply": Step(_plain(ReplyForm), _simple(legs.reply_to_score)),
}


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
    there = [leg.organization_id for leg in legs_of(one) if leg.open]
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
    waiting = [leg.organization.name for leg in legs_of(one) if leg.open]
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
        "title": case.title,
        "background": case.body[:2_000],
        "area": case.grid_id or case.community_id or case.subdistrict_id,
        "address": case.address,
        "cases": case.number,
    }


def _to_whistle(one: Whistle) -> HttpResponse:
    return redirect("console:whistle", number=one.number)

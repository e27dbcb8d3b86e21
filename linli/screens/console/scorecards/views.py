"""计分卡: the own card first; units with the parts of their score; workers by name; appeals and their decisions."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from linli.insight.indicators.comparing import read_all
from linli.insight.periods.rules import Kind
from linli.insight.periods.wording import RATE, SCORE, value_words
from linli.insight.scorecards.actions import appeal_own_card, appeal_unit_card, decide_appeal
from linli.insight.scorecards.models import CardAppeal
from linli.insight.scorecards.queries import (
    DECIDING,
    MEASURES,
    STEPS,
    UNIT_HEAD,
    Card,
    WorkerCard,
    appeal_for,
    appeals_seen,
    cases_with,
    staff_for,
    staff_with_cards,
    unit_cards,
    worker_card,
    worker_cards,
)
from linli.insight.scorecards.rules import Part
from linli.kernel.errors import LinliError, NotFound
from linli.screens.console import labels
from linli.screens.console.assessment.forms import AppealForm, DecisionForm
from linli.screens.console.figures.periods import Asked, asked, change_cell, choices
from linli.screens.console.figures.views import case_list
from linli.screens.console.form_page import Asking, fill_in, sent
from linli.screens.console.menu import page
from linli.screens.shared.guard import PageRequest, needs

HERE = "console:scorecards"
KINDS = (Kind.MONTH, Kind.ASSESSMENT)
MOST_WORKERS, MOST_APPEALS = 200, 50
NAMES: labels.Words = {
    "handled": gettext_lazy("办理"),
    "on_time": gettext_lazy("其中按期"),
    "reworked": gettext_lazy("被退回返工"),
    "waiting": gettext_lazy("手上在办"),
}
PARTS: labels.Words = {
    "done": gettext_lazy("处置率"),
    "on_time": gettext_lazy("按期处置率"),
    "no_rework": gettext_lazy("1 − 返工率"),
    "none_waiting": gettext_lazy("1 − 超期待处置率"),
    "no_extension": gettext_lazy("1 − 延期率"),
}


@require_GET
@needs("cases.view")
def scorecards(request: PageRequest) -> HttpResponse:
    """The own card, then units in two lists, then the workers somebody is responsible for."""
    found = asked(request, kinds=KINDS)
    window = found.windows.now
    cards = _unit_cards(request, found)
    staff = list(staff_with_cards(request.actor, window=window)[:MOST_WORKERS])
    own = next((one for one in staff if one.pk == request.actor.staff_id), None)
    people = worker_cards(request.actor, staff, window=window)
    return page(
        request,
        "console/scorecards/list.html",
        title=_("计分卡"),
        here=HERE,
        own=next((_worker(one, found) for one in people if one.staff == own), None),
        names=NAMES,
        parts=PARTS,
        lists=[
            (_("职能部门"), [_unit(one, found) for one in cards if not one.street]),
            (_("街道和社区"), [_unit(one, found) for one in cards if one.street]),
        ],
        workers=[_worker(one, found) for one in people if one.staff != own],
        appeals=[_appeal(one) for one in appeals_seen(request.actor)[:MOST_APPEALS]],
        may_decide=request.actor.may(DECIDING),
        own_appeal_url=found.link("console:appeal_new", subject="own"),
        **choices(request, found, kinds=KINDS),
    )


@require_GET
@needs("cases.view")
def unit_page(request: PageRequest, unit_id: int) -> HttpResponse:
    """One unit: every part of its score with its lists, and its appeals."""
    found = asked(request, kinds=KINDS)
    card = _unit_card(request, found, unit_id)
    may_appeal = request.actor.may(UNIT_HEAD) and request.actor.organization_id == unit_id
    appeals = appeals_seen(request.actor).filter(
        organization_id=unit_id,
        period_kind=found.stretch.kind,
        period_name=found.stretch.name,
    )
    return page(
        request,
        "console/scorecards/unit.html",
        title=card.name,
        here=HERE,
        trail=[(found.stretch.name, "")],
        card=card,
        shown=_unit(card, found),
        raw=value_words(card.raw, SCORE) if card.raw != card.score else "",
        lines=[_part(one, found, card.organization_id) for one in card.parts],
        appeals=[_appeal(one) for one in appeals],
        may_decide=request.actor.may(DECIDING),
        appeal_url=found.link("console:appeal_new", subject="unit") if may_appeal else "",
        **choices(request, found, kinds=KINDS),
    )


@require_GET
@needs("cases.view")
def unit_cases(request: PageRequest, unit_id: int) -> HttpResponse:
    """The cases behind one side of a part of a unit's score; what appeals took out is not among them."""
    found = asked(request, kinds=KINDS)
    card = _unit_card(request, found, unit_id)
    part = next((one for one in card.parts if one.code == request.GET.get("code")), None)
    if part is None:
        raise LinliError(_("没有这个数字，请从计分卡中点击打开。"), field="code")
    ids = part.whole if request.GET.get("side") == "whole" else part.part
    title = f"{found.stretch.name} {card.name} {PARTS[part.code]}"
    return case_list(request, cases_with(request.actor, ids), title, back=HERE, found=found)


@require_GET
@needs("cases.view")
def worker_cases(request: PageRequest, staff_id: int) -> HttpResponse:
    """The cases behind one number of a worker's card."""
    found = asked(request, kinds=KINDS)
    window = found.windows.now
    staff = staff_for(request.actor, staff_id, window=window)
    card = worker_card(request.actor, staff, window=window)
    figure = request.GET.get("figure", "")
    if figure in MEASURES:
        ids, name = card.measures[figure], str(NAMES[figure])
    elif figure in STEPS:
        ids, name = card.steps.get(figure, frozenset()), labels.words_of(labels.LINES, figure)
    else:
        raise LinliError(_("没有这个数字，请从计分卡中点击打开。"), field="figure")
    title = f"{window.stretch.name} {staff.name} {name}"
    return case_list(request, cases_with(request.actor, ids), title, back=HERE, found=found)


@require_http_methods(["GET", "POST"])
@needs("cases.view")
def appeal_new(request: PageRequest) -> HttpResponse:
    """Appeal the own card, or that of the unit one leads."""
    found = asked(request, kinds=KINDS)
    of_unit = request.GET.get("subject") == "unit"
    appeal = appeal_unit_card if of_unit else appeal_own_card
    title = _("单位计分卡申诉") if of_unit else _("我的计分卡申诉")
    return fill_in(
        request,
        AppealForm(sent(request)),
        Asking(
            title=f"{title} · {found.stretch.name}",
            here=HERE,
            button=_("提交申诉"),
            back=reverse(HERE),
            done=_("已提交，由不负责评分的人裁定，结果会显示在计分卡下面。"),
            words=_("写明哪一件、为什么不该这样计。申诉和结果都会保留。"),
        ),
        do=lambda given: appeal(
            given["case"],
            stretch=found.stretch,
            reason=given["reason"],
            by=request.actor,
            now=request.now,
        ),
    )


@require_http_methods(["GET", "POST"])
@needs(DECIDING)
def appeal_decision(request: PageRequest, appeal_id: int) -> HttpResponse:
    """Grant or refuse an appeal."""
    appeal = appeal_for(request.actor, appeal_id)
    return fill_in(
        request,
        DecisionForm(sent(request)),
        Asking(
            title=_("裁定申诉"),
            here=HERE,
            button=_("裁定"),
            back=reverse(HERE),
            done=_("已裁定，结果显示在计分卡下面。"),
            words=_("%(who)s：%(case)s，%(reason)s")
            % {"who": _subject(appeal), "case": appeal.case.number, "reason": appeal.reason},
        ),
        do=lambda given: decide_appeal(
            appeal_id,
            agree=given["agree"],
            opinion=given["opinion"],
            by=request.actor,
            now=request.now,
        ),
    )


def _unit_card(request: PageRequest, found: Asked, unit_id: int) -> Card:
    for card in _unit_cards(request, found):
        if card.organization_id == unit_id:
            return card
    raise NotFound(_("这个单位在这个时段没有计分卡，或不在您的管辖范围内。"), field="unit")


def _unit_cards(request: PageRequest, found: Asked) -> list[Card]:
    readings = read_all(request.actor, windows=found.windows, among=found.among)
    return unit_cards(request.actor, readings, found.windows)


def _unit(card: Card, found: Asked) -> dict[str, Any]:
    return {
        "card": card,
        "score": value_words(card.score, SCORE),
        "parts": ["—" if one.got is None else f"{float(one.got):.2f}" for one in card.parts],
        "change": change_cell(card.change, SCORE, good=1),
        "url": f"{reverse('console:scorecard', args=[card.organization_id])}?{found.query()}",
    }


def _part(part: Part, found: Asked, unit_id: int) -> dict[str, Any]:
    address = reverse("console:unit_cases", args=[unit_id])
    return {
        "name": PARTS[part.code],
        "numbers": [
            (len(ids), f"{address}?{found.query(code=part.code, side=side)}")
            for side, ids in (("part", part.part), ("whole", part.whole))
        ],
        "share": value_words(part.share, RATE),
        "points": part.points,
        "got": "—" if part.got is None else f"{float(part.got):.2f}",
    }


def _worker(card: WorkerCard, found: Asked) -> dict[str, Any]:
    def link(figure: str) -> str:
        address = reverse("console:worker_cases", args=[card.staff.pk])
        return f"{address}?{found.query(figure=figure)}"

    return {
        "staff": card.staff,
        "numbers": [(NAMES[code], len(ids), link(code)) for code, ids in card.measures.items()],
        "steps": [
            (labels.words_of(labels.LINES, code), len(ids), link(code))
            for code, ids in card.steps.items()
        ],
        "left_out": len(card.left_out),
    }


def _appeal(appeal: CardAppeal) -> dict[str, Any]:
    return {
        "appeal": appeal,
        "subject": _subject(appeal),
        "decision_url": reverse("console:appeal_decision", args=[appeal.pk]),
    }


def _subject(appeal: CardAppeal) -> str:
    subject = appeal.organization or appeal.staff
    return subject.name if subject is not None else ""

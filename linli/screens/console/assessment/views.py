"""考核设置: the dated weights of the three rates and the dated points of a score; past periods keep theirs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from linli.cases.actions.weights import set_weights
from linli.cases.models import AssessmentRule
from linli.insight.scorecards.actions import set_formula
from linli.insight.scorecards.queries import formulas
from linli.insight.scorecards.rules import USUAL, formula_on
from linli.kernel.calendar.local import local_day
from linli.screens.console.assessment.forms import REWORK_OVER, FormulaForm, WeightsForm
from linli.screens.console.form_page import Asking, fill_in, sent
from linli.screens.console.menu import page
from linli.screens.shared.guard import PageRequest, needs

HERE = "console:assessment"


@require_GET
@needs("cases.settings")
def assessment(request: PageRequest) -> HttpResponse:
    """Every version of both, the latest first, and which of them is in force."""
    today = local_day(request.now)
    rules = list(AssessmentRule.objects.order_by("-valid_from"))
    points = sorted(formulas() or [USUAL], key=lambda one: one.valid_from, reverse=True)
    return page(
        request,
        "console/assessment/assessment.html",
        title=_("考核设置"),
        here=HERE,
        weights=[
            (_state(one.valid_from, [rule.valid_from for rule in rules], today), _shown(one))
            for one in rules
        ],
        formulas=[
            (_state(one.valid_from, [formula.valid_from for formula in points], today), one)
            for one in points
        ],
        rework_over=dict(REWORK_OVER),
    )


@require_http_methods(["GET", "POST"])
@needs("cases.settings")
def weights_new(request: PageRequest) -> HttpResponse:
    """New weights of the three rates from a coming day on."""
    today = local_day(request.now)
    current = AssessmentRule.objects.filter(valid_from__lte=today).order_by("valid_from").last()
    form = WeightsForm(sent(request), tomorrow=today + timedelta(days=1), now=current)
    return fill_in(
        request,
        form,
        _asking(_("三率权重"), _("响应率、解决率、满意率的权重合计为 1。")),
        do=lambda _given: set_weights(form.draft(), by=request.actor, now=request.now),
    )


@require_http_methods(["GET", "POST"])
@needs("cases.settings")
def formula_new(request: PageRequest) -> HttpResponse:
    """New points of a unit's score from a coming day on."""
    today = local_day(request.now)
    form = FormulaForm(
        sent(request), tomorrow=today + timedelta(days=1), now=formula_on(today, formulas())
    )
    return fill_in(
        request,
        form,
        _asking(_("计分卡分值"), _("各项分值合计为 100；每一项最少 0 分，没有倒扣。")),
        do=lambda _given: set_formula(form.draft(), by=request.actor, now=request.now),
    )


def _asking(title: str, words: str) -> Asking:
    return Asking(
        title=title,
        here=HERE,
        button=_("保存"),
        back=reverse(HERE),
        done=_("已保存。到生效那天起的时段按新的算，以前的不变。"),
        words=words,
    )


def _shown(rule: AssessmentRule) -> dict[str, Any]:
    names = ("response", "solution", "satisfaction", "basic")
    return {
        "valid_from": rule.valid_from,
        "period_day": rule.period_day,
        "shares": [f"{getattr(rule, name) / 1_000:g}" for name in names],
    }


def _state(day: date, days: Iterable[date], today: date) -> str:
    """now (in force), coming or past."""
    if day > today:
        return "coming"
    return "now" if day == max(one for one in days if one <= today) else "past"

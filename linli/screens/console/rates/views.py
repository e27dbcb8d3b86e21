"""三率: the three rates of a period with 环比 and 同比, departments and streets ranked apart, and the lists behind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from linli.insight.periods.rules import Kind
from linli.insight.periods.wording import value_words
from linli.insight.rates import queries as rates
from linli.insight.rates.comparing import Ranked, Ranking, ranking
from linli.insight.rates.queries import ALL_UNITS
from linli.kernel.errors import LinliError
from linli.screens.console import labels
from linli.screens.console.figures.periods import BASES, Asked, asked, change_cell, choices
from linli.screens.console.figures.views import case_list
from linli.screens.console.menu import page
from linli.screens.shared.guard import PageRequest, needs

RATES: labels.Words = {
    "response": gettext_lazy("响应率"),
    "solution": gettext_lazy("解决率"),
    "satisfaction": gettext_lazy("满意率"),
    "score": gettext_lazy("综合成绩"),
}
COUNTS: labels.Words = {
    "taken_in": gettext_lazy("受理量"),
    "finished": gettext_lazy("办结量"),
    "calls": gettext_lazy("有效回访"),
    "contacted": gettext_lazy("联系"),
    "assessed": gettext_lazy("全部考核"),
    "solved": gettext_lazy("解决"),
    "satisfied": gettext_lazy("满意"),
    "basically": gettext_lazy("基本满意"),
}
PARTS = {
    "response": ("contacted", "calls"),
    "solution": ("solved", "assessed"),
    "satisfaction": ("satisfied", "assessed"),
}
"""(numerator, denominator) of each rate; what 基本满意 adds is told beside."""

EVERY_UNIT = "all"
KINDS = (Kind.ASSESSMENT, Kind.HOTLINE_DAY, Kind.WEEK, Kind.MONTH)


@require_GET
@needs("cases.view")
def three_rates(request: PageRequest) -> HttpResponse:
    """响应率, 解决率, 满意率 and the score of a period; departments and streets apart."""
    found = asked(request, usual=Kind.ASSESSMENT, kinds=KINDS)
    table = ranking(request.actor, windows=found.windows, among=found.among)
    of = request.GET.get("of", "")
    of = of if of in RATES else "score"
    weights = table.weights
    return page(
        request,
        "console/rates/rates.html",
        title=_("三率"),
        here="console:rates",
        start=found.stretch.start,
        last=found.stretch.end - timedelta(seconds=1),
        weights={
            name: f"{float(getattr(weights, name)):g}"
            for name in ("response", "solution", "satisfaction", "basic")
        },
        bases=BASES,
        rates=RATES,
        of=of,
        of_name=RATES[of],
        departments=[_unit(one, found, of) for one in table.departments],
        streets=[_unit(one, found, of) for one in table.streets],
        summary=_summary(table, found),
        **choices(request, found, kinds=KINDS),
    )


@require_GET
@needs("cases.view")
def rate_cases(request: PageRequest) -> HttpResponse:
    """The cases behind one figure of a unit, or of all of them."""
    found = asked(request, usual=Kind.ASSESSMENT, kinds=KINDS)
    figure, unit = request.GET.get("figure", "calls"), request.GET.get("unit", EVERY_UNIT)
    if figure not in COUNTS:
        raise LinliError(_("没有这个指标，请从三率表中点击数字打开。"), field="figure")
    window = found.window(request.GET.get("base", ""))
    rows = rates.cases_behind(
        request.actor,
        figure=figure,
        start=window.start,
        end=window.until,
        unit=ALL_UNITS if unit == EVERY_UNIT else int(unit[:18]) if unit.isdecimal() else None,
        everything=request.GET.get("everything") == "1",
        among=found.among,
    )
    title = f"{window.stretch.name} {COUNTS[figure]}"
    return case_list(request, rows, title, back="console:rates", found=found)


def _unit(ranked: Ranked, found: Asked, of: str) -> dict[str, Any]:
    unit = ranked.unit
    key = str(unit.organization_id or "")
    counts = {"taken_in": unit.taken_in, "finished": unit.finished}
    numbers = [
        (counts.get(name, getattr(unit.rates, name, 0)), _list(found, name, unit=key))
        for name in COUNTS
        if name != "assessed"
    ]
    return {
        "name": unit.name,
        "place": ranked.place,
        "few": unit.rates.few,
        "numbers": numbers,
        "rates": [value_words(getattr(unit.rates, name), _unit_of(name)) for name in RATES],
        "with_excluded": value_words(unit.everything.score, "score"),
        "changes": [
            change_cell(
                ranked.change(of, base), _unit_of(of), good=1, url=_base(found, of, base, unit=key)
            )
            for base in BASES
        ],
    }


def _summary(table: Ranking, found: Asked) -> list[dict[str, Any]]:
    lines = []
    for name, label in RATES.items():
        line: dict[str, Any] = {
            "label": label,
            "value": value_words(getattr(table.assessed, name), _unit_of(name)),
            "parts": [],
            "changes": [
                (
                    words,
                    change_cell(
                        table.change(name, base),
                        _unit_of(name),
                        good=1,
                        url=_base(found, name, base),
                    ),
                )
                for base, words in BASES.items()
            ],
        }
        if name in PARTS:
            line["parts"] = [
                (getattr(table.assessed, part), _list(found, part)) for part in PARTS[name]
            ]
        if name == "satisfaction" and table.assessed.basically:
            line["more"] = (table.assessed.basically, _list(found, "basically"))
        if name == "score":
            line["with_excluded"] = value_words(table.everything.score, "score")
        lines.append(line)
    return lines


def _base(found: Asked, rate: str, base: str, *, unit: str = EVERY_UNIT) -> str:
    """The list of what a rate is counted from in the period it is compared with; none for the score."""
    if rate not in PARTS or getattr(found.windows, base) is None:
        return ""
    return found.link("console:rate_cases", figure=PARTS[rate][0], unit=unit, base=base)


def _list(found: Asked, figure: str, *, unit: str = EVERY_UNIT) -> str:
    return found.link("console:rate_cases", figure=figure, unit=unit)


def _unit_of(rate: str) -> str:
    return "score" if rate == "score" else "rate"

"""指标 and 三率: figures of a period by group, and the list behind every one of them."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from linli.cases.models import Case
from linli.cases.queries import page_of
from linli.insight.indicators import queries as indicators
from linli.insight.indicators.queries import DIMENSIONS, Group, Period
from linli.insight.indicators.rules import share
from linli.insight.rates import queries as rates
from linli.insight.rates.rules import SHANGHAI, Rates, period, period_of, weights_on
from linli.kernel.errors import LinliError
from linli.screens.console import labels
from linli.screens.console.case_page import light_of
from linli.screens.console.menu import page
from linli.screens.shared.guard import PageRequest, needs

MONTHS_OFFERED = 13
SHOWN = {"handle": gettext_lazy("处置"), "close": gettext_lazy("结案")}


@require_GET
@needs("cases.view")
def figures(request: PageRequest) -> HttpResponse:
    """应处置, 处置, 按期处置, 应结案, 结案, 按期结案, 返工 of a calendar month, by a chosen dimension."""
    month, by = _month(request), _dimension(request)
    asked = _calendar_month(month, asof=request.now)
    lines = indicators.groups(request.actor, by=by, period=asked, whats=SHOWN)
    everything = indicators.total(request.actor, period=asked, whats=SHOWN)
    return page(
        request,
        "console/figures.html",
        title=_("指标"),
        here="console:figures",
        months=_months(request.now),
        month=month,
        by=by,
        dimensions=[(code, labels.words_of(labels.DIMENSIONS, code)) for code in DIMENSIONS],
        asof=min(request.now, asked.end),
        rows=[
            _line(group, month, by, key=group.key)
            for group in lines
            if group.tallies or group.flows.get("rework")
        ],
        total=_line(everything, month, by, key=None),
    )


@require_GET
@needs("cases.view")
def figure_cases(request: PageRequest) -> HttpResponse:
    """The cases behind one figure: as many as it says."""
    month, by = _month(request), _dimension(request)
    what, figure = request.GET.get("what", ""), request.GET.get("figure", "")
    known = {**indicators.WHATS, **indicators.FLOWS}
    if what not in known or figure not in {*indicators.FIGURES, "flow"}:
        raise LinliError(_("没有这个指标，请从指标表中点击数字打开。"), field="figure")
    rows = indicators.cases_behind(
        request.actor,
        what=what,
        figure=figure,
        by=by,
        key=request.GET.get("key"),
        period=_calendar_month(month, asof=request.now),
    )
    title = f"{labels.words_of(labels.WHATS, what)} · {labels.words_of(labels.FIGURES, figure)}"
    return _list(request, rows, f"{month} {title}", back="console:figures")


@require_GET
@needs("cases.view")
def three_rates(request: PageRequest) -> HttpResponse:
    """响应率, 解决率, 满意率 and the score of an assessment period; departments and streets apart."""
    name = request.GET.get("period") or period_of(request.now)
    start, end, weights = _assessment(name)
    units = rates.rates_by_unit(request.actor, start=start, end=end, weights=weights)
    assessed, everything = rates.overall(request.actor, start=start, end=end, weights=weights)
    return page(
        request,
        "console/rates.html",
        title=_("三率"),
        here="console:rates",
        names=[period_of(request.now - timedelta(days=30 * n)) for n in range(MONTHS_OFFERED)],
        name=name,
        start=start,
        last=end - timedelta(seconds=1),
        weights={
            name: f"{float(getattr(weights, name)):g}"
            for name in ("response", "solution", "satisfaction", "basic")
        },
        departments=[_unit(one, name) for one in units if not one.street],
        streets=[_unit(one, name) for one in units if one.street],
        summary=_summary(assessed, everything),
    )


@require_GET
@needs("cases.view")
def rate_cases(request: PageRequest) -> HttpResponse:
    """The cases behind 有效回访 of a unit."""
    name, unit = request.GET.get("period", ""), request.GET.get("unit", "")
    start, end, _weights = _assessment(name)
    rows = rates.called_back(
        request.actor,
        organization_id=int(unit) if unit.isdecimal() else None,
        start=start,
        end=end,
    )
    return _list(request, rows, _("%(name)s 有效回访") % {"name": name}, back="console:rates")


def _list(request: PageRequest, rows: Any, title: str, *, back: str) -> HttpResponse:
    before = request.GET.get("before", "")
    cases, following = page_of(rows, before=int(before) if before.isdecimal() else None)
    onwards = request.GET.copy()
    onwards["before"] = str(following)
    return page(
        request,
        "console/figure_cases.html",
        title=title,
        here=back,
        number=rows.count(),
        rows=[_case(case, request) for case in cases],
        following=f"?{onwards.urlencode()}" if following else "",
        back=reverse(back),
    )


def _case(case: Case, request: PageRequest) -> dict[str, Any]:
    return {"case": case, "light": light_of(case, request)}


def _line(group: Group, month: str, by: str, *, key: str | None) -> dict[str, Any]:
    def cell(what: str, figure: str, ids: frozenset[int]) -> dict[str, Any]:
        asked = {"month": month, "by": by, "what": what, "figure": figure}
        if key is not None:
            asked["key"] = key
        return {"n": len(ids), "url": f"{reverse('console:figure_cases')}?{urlencode(asked)}"}

    line: dict[str, Any] = {"name": group.name or _("其他")}
    for what in SHOWN:
        found = group.tallies.get(what)
        for figure in ("due", "done", "on_time", "late", "waiting"):
            ids = getattr(found, figure) if found else frozenset()
            line[f"{what}_{figure}"] = cell(what, figure, ids)
        line[f"{what}_rate"] = _percent(found.done_rate if found else None)
        line[f"{what}_on_time_rate"] = _percent(found.on_time_rate if found else None)
    closing = group.tallies.get("close")
    reworked = group.flows.get("rework", frozenset())
    line["rework"] = cell("rework", "flow", reworked)
    line["rework_rate"] = _percent(share(len(reworked), len(closing.due)) if closing else None)
    return line


def _unit(unit: rates.UnitRates, name: str) -> dict[str, Any]:
    asked = urlencode({"period": name, "unit": unit.organization_id or ""})
    return {
        "name": unit.name,
        "taken_in": unit.taken_in,
        "finished": unit.finished,
        "few": unit.rates.few,
        "url": f"{reverse('console:rate_cases')}?{asked}",
        **_shown(unit.rates),
        "with_excluded": _score(unit.everything.score),
    }


def _summary(assessed: Rates, everything: Rates) -> list[dict[str, Any]]:
    part = _("%(part)d / %(whole)d 件")
    liked = assessed.satisfied + assessed.basically
    return [
        {
            "label": _("响应率"),
            "value": _percent(assessed.response),
            "part": part % {"part": assessed.contacted, "whole": assessed.calls},
        },
        {
            "label": _("解决率"),
            "value": _percent(assessed.solution),
            "part": part % {"part": assessed.solved, "whole": assessed.assessed},
        },
        {
            "label": _("满意率"),
            "value": _percent(assessed.satisfaction),
            "part": part % {"part": liked, "whole": assessed.assessed},
        },
        {
            "label": _("综合成绩"),
            "value": _score(assessed.score),
            "part": _("全口径（含剔除） %(score)s") % {"score": _score(everything.score)},
        },
    ]


def _shown(found: Rates) -> dict[str, Any]:
    return {
        "calls": found.calls,
        "assessed": found.assessed,
        "contacted": found.contacted,
        "solved": found.solved,
        "satisfied": found.satisfied,
        "basically": found.basically,
        "response": _percent(found.response),
        "solution": _percent(found.solution),
        "satisfaction": _percent(found.satisfaction),
        "score": _score(found.score),
    }


def _percent(rate: Fraction | None) -> str:
    return "—" if rate is None else f"{float(100 * rate):.2f}%"


def _score(score: Fraction | None) -> str:
    return "—" if score is None else f"{float(score):.2f}"


def _dimension(request: PageRequest) -> str:
    wanted = request.GET.get("by", "organization")
    return wanted if wanted in DIMENSIONS else "organization"


def _month(request: PageRequest) -> str:
    wanted = request.GET.get("month", "")
    return wanted if wanted in _months(request.now) else _months(request.now)[0]


def _months(now: datetime) -> list[str]:
    """The present month and those before it, the latest first."""
    day = now.astimezone(SHANGHAI).date().replace(day=1)
    found = []
    for _n in range(MONTHS_OFFERED):
        found.append(f"{day:%Y-%m}")
        day = (day - timedelta(days=1)).replace(day=1)
    return found


def _calendar_month(name: str, *, asof: datetime) -> Period:
    first = datetime.strptime(f"{name}-01", "%Y-%m-%d").date()  # noqa: DTZ007 - a day, not an instant
    following = (first + timedelta(days=32)).replace(day=1)
    start, end = (datetime.combine(day, time(), SHANGHAI) for day in (first, following))
    return Period(start, end, asof)


def _assessment(name: str) -> tuple[datetime, datetime, Any]:
    """Bounds and weights of a period.

    Raises:
        LinliError: no such period, or no weights were in force.
    """
    try:
        start, _end = period(name)
        weights = weights_on(start.date(), rates.weights())
        return (*period(name, first_day=weights.period_day), weights)
    except ValueError as problem:
        raise LinliError(
            _("没有“%(name)s”这个考核期，请写成例如 2026-03。") % {"name": name}, field="period"
        ) from problem

"""指标: figures of a period by group, beside those they are compared with, and the list behind every one of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from linli.cases.models import Case
from linli.cases.queries import page_of
from linli.insight.indicators import queries as indicators
from linli.insight.indicators.comparing import (
    Compared,
    compared,
    compared_total,
    period_of,
    read_all,
)
from linli.insight.indicators.queries import DIMENSIONS, FIGURES, FLOWS, WHATS
from linli.insight.indicators.rules import FLOW, INDICATORS, Indicator, Source
from linli.insight.periods.wording import value_words
from linli.kernel.errors import LinliError
from linli.screens.console import labels
from linli.screens.console.figures.periods import (
    BASES,
    Asked,
    asked,
    change_cell,
    choices,
)
from linli.screens.console.menu import page
from linli.screens.shared.guard import PageRequest, needs
from linli.screens.shared.light import light_of
from linli.screens.shared.numbers import whole_number

NAMES: labels.Words = {
    "opened": gettext_lazy("新增案件"),
    "registered": gettext_lazy("立案"),
    "handle_due": gettext_lazy("应处置"),
    "handle_done": gettext_lazy("处置"),
    "handle_rate": gettext_lazy("处置率"),
    "handle_on_time": gettext_lazy("按期处置"),
    "handle_on_time_rate": gettext_lazy("按期处置率"),
    "handle_late": gettext_lazy("超期处置"),
    "handle_waiting": gettext_lazy("超期未处置"),
    "handle_waiting_rate": gettext_lazy("超期待处置率"),
    "close_due": gettext_lazy("应结案"),
    "close_done": gettext_lazy("结案"),
    "close_rate": gettext_lazy("结案率"),
    "close_on_time": gettext_lazy("按期结案"),
    "close_on_time_rate": gettext_lazy("按期结案率"),
    "close_late": gettext_lazy("超期结案"),
    "close_late_rate": gettext_lazy("超期结案率"),
    "rework": gettext_lazy("返工"),
    "rework_rate": gettext_lazy("返工率"),
    "returned": gettext_lazy("退回"),
    "extended": gettext_lazy("延期"),
    "extension_rate": gettext_lazy("延期率"),
}
IN_TABLE = (
    "handle_due", "handle_done", "handle_rate", "handle_on_time", "handle_on_time_rate", "handle_late",
    "handle_waiting", "close_due", "close_done", "close_rate", "close_on_time", "close_on_time_rate", "rework",
    "rework_rate",
)  # fmt: skip
"""Columns of the table by group."""

FIRST_COMPARED = "handle_on_time_rate"


@require_GET
@needs("cases.view")
def figures(request: PageRequest) -> HttpResponse:
    """Every indicator of a period with 环比 and 同比; by group, and one indicator compared for every group."""
    found, by = asked(request), _dimension(request)
    chosen = INDICATORS.get(request.GET.get("of", ""), INDICATORS[FIRST_COMPARED])
    readings = read_all(request.actor, windows=found.windows, among=found.among)
    total, groups = compared_total(readings), compared(readings, by=by)
    return page(
        request,
        "console/figures/figures.html",
        title=_("指标"),
        here="console:figures",
        by=by,
        dimensions=[(code, labels.words_of(labels.DIMENSIONS, code)) for code in DIMENSIONS],
        of=chosen.code,
        of_name=NAMES[chosen.code],
        names=NAMES,
        bases=BASES,
        columns=[NAMES[code] for code in IN_TABLE],
        summary=[_compared(total, one, found, by, key=None) for one in INDICATORS.values()],
        rows=[
            _line(group, found, by, key=group.key) for group in groups if _has_any(group, IN_TABLE)
        ],
        total=_line(total, found, by, key=None),
        compared_rows=[
            _compared(group, chosen, found, by, key=group.key)
            for group in groups
            if _has_any(group, (chosen.code,))
        ],
        **choices(request, found),
    )


@require_GET
@needs("cases.view")
def figure_cases(request: PageRequest) -> HttpResponse:
    """The cases behind one figure: as many as it says, by the same period, place and instant."""
    found, by = asked(request), _dimension(request)
    what, figure = request.GET.get("what", ""), request.GET.get("figure", "")
    if what not in (FLOWS if figure == FLOW else WHATS) or figure not in {*FIGURES, FLOW}:
        raise LinliError(_("没有这个指标，请从指标表中点击数字打开。"), field="figure")
    window = found.window(request.GET.get("base", ""))
    rows = indicators.cases_behind(
        request.actor,
        what=what,
        figure=figure,
        by=by,
        key=request.GET.get("key"),
        period=period_of(window),
        among=found.among,
    )
    name = labels.words_of(labels.WHATS, what)
    if figure != FLOW:
        name = f"{name} · {labels.words_of(labels.FIGURES, figure)}"
    return case_list(
        request, rows, f"{window.stretch.name} {name}", back="console:figures", found=found
    )


def case_list(
    request: PageRequest, rows: Any, title: str, *, back: str, found: Asked
) -> HttpResponse:
    """A page of cases behind a figure, newest first; its number is the figure's."""
    before = request.GET.get("before", "")
    cases, following = page_of(rows, before=whole_number(before))
    onwards = request.GET.copy()
    onwards["before"] = str(following)
    return page(
        request,
        "console/figures/cases.html",
        title=title,
        here=back,
        number=rows.count(),
        asof=found.asof,
        rows=[_case(case, request) for case in cases],
        following=f"?{onwards.urlencode()}" if following else "",
        back=reverse(back),
    )


def unit_of(indicator: Indicator) -> str:
    return "count" if indicator.whole is None else "rate"


def _has_any(group: Compared, codes: Iterable[str]) -> bool:
    """Whether a line would show anything but noughts."""
    sources = {
        source for code in codes for source in (INDICATORS[code].part, INDICATORS[code].whole)
    }
    sides = [one for one in (group.now, group.before, group.year) if one is not None]
    return any(one.ids(source) for one in sides for source in sources if source is not None)


def _case(case: Case, request: PageRequest) -> dict[str, Any]:
    return {"case": case, "light": light_of(case, request)}


def _line(group: Compared, found: Asked, by: str, *, key: str | None) -> dict[str, Any]:
    cells = [_cell(group, INDICATORS[code], found, by, key=key) for code in IN_TABLE]
    return {"name": group.name or _("其他"), "cells": cells}


def _cell(
    group: Compared, indicator: Indicator, found: Asked, by: str, *, key: str | None
) -> dict[str, Any]:
    cell: dict[str, Any] = {"value": value_words(group.now.value(indicator), unit_of(indicator))}
    if indicator.whole is None:
        cell["url"] = _list(indicator.part, found, by, key=key)
    return cell


def _compared(
    group: Compared, indicator: Indicator, found: Asked, by: str, *, key: str | None
) -> dict[str, Any]:
    """One indicator with its parts, its bases and the lists of all of them."""
    unit = unit_of(indicator)
    line = {**_cell(group, indicator, found, by, key=key), "code": indicator.code}
    line["name"] = NAMES[indicator.code] if key is None else group.name or _("其他")
    if indicator.whole is not None:
        line["parts"] = [
            (len(group.now.ids(source)), _list(source, found, by, key=key))
            for source in (indicator.part, indicator.whole)
        ]
    line["changes"] = [
        change_cell(
            group.change(indicator, base),
            unit,
            good=indicator.good,
            url=_list(indicator.part, found, by, key=key, base=base)
            if getattr(found.windows, base)
            else "",
        )
        for base in BASES
    ]
    return line


def _list(source: Source, found: Asked, by: str, *, key: str | None, base: str = "") -> str:
    what, figure = source
    more = {"by": by, "what": what, "figure": figure}
    if key is not None:
        more["key"] = key
    if base:
        more["base"] = base
    return found.link("console:figure_cases", **more)


def _dimension(request: PageRequest) -> str:
    wanted = request.GET.get("by", "organization")
    return wanted if wanted in DIMENSIONS else "organization"

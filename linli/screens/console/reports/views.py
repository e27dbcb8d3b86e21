"""报告: a daily, weekly or monthly report on the page, as a workbook, a document and a picture safe to share."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from linli.demo.presence import demo_present
from linli.insight.periods.queries import stretch_called
from linli.insight.periods.rules import recent
from linli.insight.reports.card import share_card
from linli.insight.reports.excel import workbook
from linli.insight.reports.findings import findings
from linli.insight.reports.queries import Report, make_report
from linli.insight.reports.rules import DEFINITIONS, REPORT_KINDS
from linli.insight.reports.tables import FIGURES, Cell, Table, tables_of
from linli.insight.reports.word import document
from linli.kernel.errors import NotFound
from linli.screens.console import labels
from linli.screens.console.figures.periods import Asked, areas_of, asked, words_for
from linli.screens.console.menu import page, place_of
from linli.screens.shared.guard import PageRequest, needs

NAMES: labels.Words = {
    "daily": gettext_lazy("日报"),
    "weekly": gettext_lazy("周报"),
    "monthly": gettext_lazy("月报"),
}
OFFERED = {"daily": 31, "weekly": 12, "monthly": 13}
FIRST = "monthly"
FILES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "svg": "image/svg+xml",
}


@require_GET
@needs("cases.view")
def reports(request: PageRequest) -> HttpResponse:
    """Choose a report, look at it, take it along."""
    report, found = _report(request)
    kind = report.kind.code
    address = {**found.address, "kind": kind, "asof": found.asof.isoformat()}
    return page(
        request,
        "console/reports/report.html",
        title=f"{NAMES[kind]} {report.name}",
        here="console:reports",
        report=report,
        kinds=[(code, NAMES[code], _other(code, found)) for code in NAMES],
        kind=kind,
        asked=found,
        options=[
            (f"{one.kind}:{one.name}", words_for(one))
            for one in recent(report.kind.figures, request.now, most=OFFERED[kind])
        ],
        areas=[(area.pk, area.name) for area in areas_of(request)],
        findings=findings(report),
        tables=[_shown(table, report, found) for table in tables_of(report)],
        definitions=DEFINITIONS,
        files={
            ending: f"{reverse('console:report_file', args=[ending])}?{urlencode(address)}"
            for ending in FILES
        },
        name=f"linli-{kind}-{report.name}",
    )


@require_GET
@needs("cases.view")
def report_file(request: PageRequest, ending: str) -> HttpResponse:
    """The report as xlsx, docx, or the picture as svg (the browser makes the PNG)."""
    if ending not in FILES:
        raise NotFound(_("报告只有 Excel、Word 和图片三种文件。"), field="ending")
    report, _found = _report(request)
    if ending == "svg":
        return HttpResponse(share_card(report), content_type=FILES[ending])
    content = workbook(report) if ending == "xlsx" else document(report)
    answer = HttpResponse(content, content_type=FILES[ending])
    name = f"linli-{report.kind.code}-{report.name}.{ending}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _report(request: PageRequest) -> tuple[Report, Asked]:
    kind = request.GET.get("kind", FIRST)
    kind = kind if kind in REPORT_KINDS else FIRST
    usual = REPORT_KINDS[kind].figures
    found = asked(request, usual=usual, kinds=(usual,))
    place = found.area.name if found.area else place_of(request.actor) or _("全部管辖范围")
    report = make_report(
        request.actor,
        kind,
        found.stretch.name,
        asof=found.asof,
        place=place,
        demo=demo_present(),
        among=found.among,
    )
    return report, found


def _other(kind: str, found: Asked) -> str:
    """The address of another kind of report, of the period in which this one ends."""
    area = {"area": str(found.area.pk)} if found.area else {}
    last = min(found.asof, found.windows.now.end)
    other = stretch_called(REPORT_KINDS[kind].figures, "", now=last)
    address = {"kind": kind, "at": f"{other.kind}:{other.name}", **area}
    return f"?{urlencode(address)}"


def _shown(table: Table, report: Report, found: Asked) -> dict[str, Any]:
    last = len(table.rows) - 1 if table.total else -1
    return {
        "code": table.code,
        "title": table.title,
        "note": table.note,
        "columns": [(name, number == table.names) for number, name in enumerate(table.columns)],
        "rows": [
            {
                "total": number == last,
                "cells": [
                    (cell.text, _url(cell, report, found), column == table.names)
                    for column, cell in enumerate(row)
                ],
            }
            for number, row in enumerate(table.rows)
        ],
    }


def _url(cell: Cell, report: Report, found: Asked) -> str:
    if cell.opens is None:
        return ""
    which, asks = cell.opens
    if which == FIGURES:
        return found.link("console:figure_cases", **asks)
    stretch = report.rates_windows.now.stretch
    return found.link("console:rate_cases", **{**asks, "at": f"{stretch.kind}:{stretch.name}"})

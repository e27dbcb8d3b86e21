"""Cases: the list with its conditions, the files made of it, one case, and the contact of a report."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.cases.actions.contacts import find_by_contact, names_a_contact, reveal_contact
from linli.cases.actions.exports import export_cases
from linli.cases.actions.remarks import split_report
from linli.cases.models import Case, Report
from linli.cases.queries import Page, capped_count, case_for, filtered, page_around, reports_of
from linli.kernel.calendar.local import LOCAL
from linli.kernel.errors import NotFound
from linli.screens.console import labels
from linli.screens.console.cases import exporting
from linli.screens.console.cases.conditions import ConditionForm, Wanted, wanted_of
from linli.screens.console.cases.page import case_context
from linli.screens.console.menu import page
from linli.screens.shared.guard import PageRequest, needs
from linli.screens.shared.light import light_of

SIZES = (10, 20, 50, 100)
SIZE = 20
MOST_SHOWN = 10_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@needs("cases.view")
def case_list(request: PageRequest) -> HttpResponse:
    """The cases of the actor's scope under the conditions of the address line, newest first."""
    wanted = wanted_of(request.GET, now=request.now)
    rows = filtered(request.actor, wanted.conditions, also=_by_contact(request, wanted))
    size = _number(request, "size", SIZE)
    size = size if size in SIZES else SIZE
    keys = {name: _number(request, name, None) for name in ("before", "after")}
    found = page_around(rows, **keys, size=size)
    return page(
        request,
        "console/cases/list.html",
        title=_("案件列表"),
        here="console:cases",
        form=ConditionForm(request.GET, actor=request.actor),
        wanted=wanted,
        rows=[{"case": case, "light": light_of(case, request)} for case in found.cases],
        pager=_pager(request, found, capped_count(rows), size),
        channels=labels.CHANNELS,
        search_words=wanted.conditions.get("q", ""),
        query=_query(request),
        hidden=[(one, _without(request, one.name)) for one in wanted.hidden],
        may_export=request.actor.may("cases.export"),
    )


@require_GET
@needs("cases.export")
def case_file(request: PageRequest, kind: str) -> HttpResponse:
    """The same list as a file, `kind` is xlsx or csv."""
    if kind not in ("xlsx", "csv"):
        raise NotFound(_("清单只有 Excel 和 CSV 两种文件。"), field="kind")
    wanted = wanted_of(request.GET, now=request.now)
    cases, cut = export_cases(wanted.conditions, by=request.actor, now=request.now)
    if kind == "xlsx":
        answer = HttpResponse(exporting.workbook(cases, cut=cut), content_type=XLSX)
    else:
        answer = HttpResponse(
            exporting.csv_text(cases, cut=cut), content_type="text/csv; charset=utf-8"
        )
    name = f"cases-{request.now.astimezone(LOCAL):%Y%m%d-%H%M}.{kind}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_GET
@needs("cases.view")
def case_detail(request: PageRequest, number: str) -> HttpResponse:
    """One case with everything about it that the person may see."""
    case = case_for(request.actor, number)
    return _detail(request, case)


@require_http_methods(["POST"])
@needs("cases.view_contact")
def contact(request: PageRequest, number: str, receipt: str) -> HttpResponse:
    """Show who reported, in full, once; audited with the purpose. Nothing of it stays in a cache."""
    case = case_for(request.actor, number)
    report = _report_of(case, receipt)
    purpose = request.POST.get("purpose", "")
    purpose = purpose if purpose in labels.PURPOSES else ""
    seen = reveal_contact(report.pk, purpose=purpose, by=request.actor, now=request.now)
    if request.headers.get("HX-Request"):
        answer = render(request, "console/cases/_contact.html", {"seen": seen})
    else:
        answer = _detail(request, case, seen=seen)
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@needs("cases.merge")
def report_case(request: PageRequest, number: str, receipt: str) -> HttpResponse:
    """Give a report that was joined to this case a case of its own."""
    case = case_for(request.actor, number)
    made = split_report(_report_of(case, receipt).pk, by=request.actor, now=request.now)
    messages.success(request, _("已拆出，单独办理：%(number)s") % {"number": made.number})
    return redirect("console:case", number=case.number)


@require_GET
@needs("cases.view")
def position(request: PageRequest, number: str) -> HttpResponse:
    """The case as one point for its map."""
    case = case_for(request.actor, number)
    features: list[dict[str, Any]] = []
    if case.lon is not None and case.lat is not None:
        facts = {"id": case.pk, "title": str(case.title), "light": light_of(case, request)}
        point = {"type": "Point", "coordinates": [case.lon, case.lat]}
        features.append({"type": "Feature", "properties": facts, "geometry": point})
    return JsonResponse({"type": "FeatureCollection", "features": features})


def _by_contact(request: PageRequest, wanted: Wanted) -> list[int]:
    """Cases that a whole telephone, home or name finds, for those who may see who reported."""
    words = wanted.conditions.get("q", "")
    if not request.actor.may("cases.view_contact") or not names_a_contact(words):
        return []
    return find_by_contact(whole=words, by=request.actor, now=request.now)


def _detail(request: PageRequest, case: Case, **more: Any) -> HttpResponse:
    return page(
        request,
        "console/cases/case.html",
        title=str(case.title),
        here="console:cases",
        trail=[],
        **case_context(request, case),
        **more,
    )


def _report_of(case: Case, receipt: str) -> Report:
    report = next((one for one in reports_of(case) if one.receipt == receipt), None)
    if report is None:
        raise NotFound("这件案件没有这条上报。", field="receipt")
    return report


def _pager(request: PageRequest, found: Page, total: int, size: int) -> dict[str, Any]:
    return {
        "newer": found.newer,
        "previous_url": _url(request, after=found.newer) if found.newer else "",
        "next_url": _url(request, before=found.older) if found.older else "",
        "total": min(total, MOST_SHOWN),
        "capped": total > MOST_SHOWN,
        "size": size,
        "sizes": [{"n": n, "url": _url(request, size=n)} for n in SIZES],
    }


def _url(request: PageRequest, **changes: int) -> str:
    """The present conditions with another page or size."""
    kept = {name: value for name, value in request.GET.items() if name not in ("before", "after")}
    return "?" + urlencode({**kept, **changes})


def _without(request: PageRequest, condition: str) -> str:
    """The present conditions less one, from the first page."""
    gone = (condition, "before", "after")
    return "?" + urlencode({name: value for name, value in request.GET.items() if name not in gone})


def _query(request: PageRequest) -> str:
    return urlencode({name: value for name, value in request.GET.items() if value})


def _number(request: PageRequest, name: str, default: int | None) -> Any:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else default

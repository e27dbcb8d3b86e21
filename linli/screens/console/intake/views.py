"""Taking reports in for others: at the counter, on the phone, from a file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.cases.actions.intake import receive_report
from linli.cases.errors import BadReport, KeyReused
from linli.cases.importing import CHANNEL, REPORTS, SOURCE, import_reports
from linli.cases.models import Case, Category
from linli.cases.queries import cases_by_id, report_entered
from linli.cases.suggesting.category import major_of, suggest_category
from linli.cases.suggesting.likeness import suggest_duplicates
from linli.cases.suggesting.place import reading_of, suggest_place
from linli.kernel.errors import LinliError
from linli.kernel.imports.actions import start_import
from linli.kernel.imports.models import FileImport
from linli.kernel.tables.reading import read_table
from linli.kernel.tables.results import Imported
from linli.screens.console.cases import exporting
from linli.screens.console.imports.showing import shown_as
from linli.screens.console.intake.forms import FIELDS_OF_DRAFT, ImportForm, IntakeForm
from linli.screens.console.intake.forms import SOURCE as SOURCE_HERE
from linli.screens.console.menu import page
from linli.screens.console.uploads import Photos, shown, take_photos
from linli.screens.shared.guard import PageRequest, needs
from linli.screens.shared.sent_again import ask_whether_another, known_again

MOST_ROWS = 20_000
"""Rows of one file taken through the page; a larger one is for the terminal."""

AT_ONCE = 300
"""Rows that are taken while the browser waits; more of them become a job."""

MOST_BYTES = 20 * 1024 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "POST"])
@needs("cases.view")
def intake(request: PageRequest) -> HttpResponse:
    """One form; `look` shows similar open cases before anything is stored, `send` stores the report."""
    if request.method != "POST":
        return _intake(request, IntakeForm(), {})
    form = IntakeForm(request.POST)
    form.is_valid()
    photos = take_photos(request, form, ["photos"])
    if request.POST.get("step") == "look":
        return _intake(request, form, photos, similar=_similar(request, request.POST), looked=True)
    if not form.is_valid():
        return _intake(request, form, photos, status=422)
    try:
        receipt = receive_report(form.draft(photos["photos"]), by=request.actor, now=request.now)
    except KeyReused as refused:
        ask_whether_another(form)
        return _intake(request, form, photos, status=refused.status)
    except LinliError as refused:
        field = FIELDS_OF_DRAFT.get(refused.field, refused.field)
        form.add_error(field if field in form.fields else None, refused.message)
        return _intake(request, form, photos, status=refused.status)
    if receipt.already_known:
        messages.info(request, known_again(receipt.added))
    return redirect("console:receipt", receipt=receipt.receipt)


@require_POST
@needs("cases.view")
def similar(request: PageRequest) -> HttpResponse:
    """Open cases near the place or with near words, while somebody is still typing.

    A POST although nothing is written: what a caller says does not belong into an address line and its logs.
    """
    return render(
        request,
        "console/intake/_similar.html",
        {
            "similar": _similar(request, request.POST),
            "place": _place_read(request, request.POST),
            "looked": True,
            "now": request.now,
        },
    )


@require_GET
@needs("cases.view")
def receipt_page(request: PageRequest, receipt: str) -> HttpResponse:
    """The number to read out to the caller, and what happens next; can be printed."""
    report = report_entered(request.actor, receipt)
    case = report.case
    seen = case is not None and case.pk in cases_by_id(request.actor, [case.pk])
    context: dict[str, Any] = {"report": report, "case": case, "case_seen": seen}
    if request.headers.get("HX-Request"):
        return render(
            request, "console/intake/_receipt_state.html", {**context, "now": request.now}
        )
    return page(
        request,
        "console/intake/receipt.html",
        title=_("登记成功"),
        here="console:intake",
        trail=[],
        **context,
    )


@require_http_methods(["GET", "POST"])
@needs("cases.import")
def import_page(request: PageRequest) -> HttpResponse:
    """Hand in a whole file; every good row is stored, every bad one listed with its reason."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return _import(request, form, status=422 if request.method == "POST" else 200)
    try:
        result = _import_file(request, form)
    except LinliError as refused:
        form.add_error("file", refused.message)
        return _import(request, form, status=refused.status)
    if isinstance(result, FileImport):
        return redirect("console:file_import", import_id=result.pk)
    return _import(request, form, result=result)


@require_GET
@needs("cases.import")
def import_template(request: PageRequest) -> HttpResponse:
    """The workbook to fill in."""
    answer = HttpResponse(exporting.template(), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="linli-import.xlsx"'
    return answer


def _intake(
    request: PageRequest, form: IntakeForm, photos: Photos, *, status: int = 200, **more: Any
) -> HttpResponse:
    return page(
        request,
        "console/intake/form.html",
        title=_("登记上报"),
        here="console:intake",
        status=status,
        form=form,
        kept=shown(photos, request),
        may_import=request.actor.may("cases.import"),
        **more,
    )


def _similar(request: PageRequest, given: Any) -> list[tuple[Case, str]]:
    """(case, why) of open cases that may be the same matter, as far as the person may see them."""
    words = f"{given.get('title', '')} {given.get('body', '')}".strip()
    lon, lat = _degrees(given.get("lon")), _degrees(given.get("lat"))
    measured = lon is not None and lat is not None
    if not measured:
        # People say where it is; a building or grid they name is looked around as well.
        named = suggest_place(None, None, f"{given.get('address', '')} {words}", by=request.actor)
        lon, lat = (named.lon, named.lat) if named and named.sure else (None, None)
    if not words and lon is None:
        return []
    wanted = given.get("category", "")
    category = Category.objects.filter(pk=wanted).first() if wanted.isdecimal() else None
    title, body = given.get("title", ""), given.get("body", "")
    guess = suggest_category(title, body)
    decision = suggest_duplicates(
        title=title,
        body=body,
        lon=lon,
        lat=lat,
        code=category.code if category else guess.code,
        major=major_of(category) if category else guess.major,
        certainty=1.0 if category else guess.probability,
        measured=measured,
        now=request.now,
    )
    seen = cases_by_id(request.actor, [one.case_id for one in decision.likenesses])
    return [(seen[one.case_id], one.sentence) for one in decision.likenesses if one.case_id in seen]


def _place_read(request: PageRequest, given: Any) -> str:
    """How the place was understood; empty where a point on the map says it."""
    if _degrees(given.get("lon")) is not None:
        return ""
    words = " ".join(given.get(name, "") for name in ("address", "title", "body"))
    read = reading_of(words, by=request.actor)
    return read.sentence if read else ""


def _degrees(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if -180 <= value <= 180 else None


def _import(
    request: PageRequest, form: ImportForm, *, status: int = 200, result: Imported | None = None
) -> HttpResponse:
    return page(
        request,
        "console/intake/import.html",
        title=_("批量导入"),
        here="console:intake",
        status=status,
        form=form,
        shown=shown_as("reports", result) if result else None,
    )


def _import_file(request: PageRequest, form: ImportForm) -> Imported | FileImport:
    """What became of the rows, or the import that goes on in the background."""
    upload = form.cleaned_data["file"]
    if upload.size > MOST_BYTES:
        raise BadReport(_("文件超过 20 MB，请分成几个文件导入。"), field="file")
    table = read_table(upload.name, upload.read(), REPORTS)
    if table.size > MOST_ROWS:
        words = _(
            "文件有 %(n)d 行，页面一次最多 %(most)d 行。请分成几个文件，或请管理员用命令行导入。"
        )
        raise BadReport(words % {"n": table.size, "most": MOST_ROWS}, field="file")
    options = {
        CHANNEL: form.cleaned_data["channel"],
        SOURCE: form.cleaned_data["source"] or SOURCE_HERE,
    }
    if table.size > AT_ONCE:
        return start_import(
            "reports", upload.name, table, options=options, by=request.actor, now=request.now
        )
    result, _ids = import_reports(
        table,
        channel=options[CHANNEL],
        source=options[SOURCE],
        by=request.actor,
        now=request.now,
    )
    return result

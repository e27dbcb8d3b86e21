"""A matter seen on the round: reported, or put right on the spot (自办自结) and left to somebody else to check."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.cases.actions.commands import report_on_site
from linli.cases.drafts import ReportDraft
from linli.cases.errors import KeyReused
from linli.cases.facts import Facts
from linli.cases.queries import cases_seen, report_entered
from linli.kernel.errors import LinliError
from linli.kernel.places.queries import locate
from linli.screens.field.forms import PHOTO_LABELS, ReportForm
from linli.screens.field.page import FIELD, page
from linli.screens.field.views_case import watermark_of
from linli.screens.shared.guard import PageRequest, needs
from linli.screens.shared.sent_again import ask_whether_another
from linli.screens.shared.uploads import Photos, photo_field, take_photos

PHOTOS = ("photos", "photo_after")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*FIELD)
def report(request: PageRequest) -> HttpResponse:
    """One page for both; what was typed and the pictures that were sent survive every error."""
    if request.method != "POST":
        form = ReportForm(actor=request.actor)
        return _form_page(request, form, {name: Photos(name) for name in PHOTOS})
    form = ReportForm(request.POST, actor=request.actor)
    form.is_valid()
    photos = take_report_photos(request, form)
    if not form.is_valid() or any(one.error for one in photos.values()):
        return _form_page(request, form, photos)
    try:
        found = report_on_site(
            draft_of(form, photos["photos"]),
            handled=handled_of(form, photos),
            by=request.actor,
            now=request.now,
        )
    except KeyReused:
        ask_whether_another(form)
        return _form_page(request, form, photos)
    except LinliError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _form_page(request, form, photos)
    if found.problem:
        messages.warning(request, _("已上报，但没有记为办结：%(why)s") % {"why": found.problem})
    return redirect("field:received", found.receipt.receipt)


@require_safe
@needs(*FIELD)
def received(request: PageRequest, receipt: str) -> HttpResponse:
    """The receipt of something reported here, and where it went."""
    row = report_entered(request.actor, receipt)
    seen = row.case is not None and cases_seen(request.actor).filter(pk=row.case.pk).exists()
    return page(
        request,
        "field/received.html",
        title=_("已上报"),
        here="field:report",
        back="/field/",
        report=row,
        case=row.case,
        seen=seen,
    )


def draft_of(form: ReportForm, photos: Photos) -> ReportDraft:
    """What is reported, from a valid form."""
    given = form.cleaned_data
    return ReportDraft(
        body=given["body"],
        address=given["address"],
        lon=given["lon"],
        lat=given["lat"],
        category_code=given["category"],
        intake_channel="patrol",
        client_key=given["idempotency_key"],
        source_system="field",
        photo_ids=photos.ids,
    )


def handled_of(form: ReportForm, photos: dict[str, Photos]) -> Facts | None:
    """What was done about it on the spot; None for a plain report. The first pictures are those before the work."""
    if not form.cleaned_data.get("handled"):
        return None
    return Facts(
        note=form.cleaned_data["note"],
        photo_before=photos["photos"].ids,
        photo_after=photos["photo_after"].ids,
    )


def take_report_photos(request: PageRequest, form: ReportForm) -> dict[str, Photos]:
    """Pictures of both fields; what must be there and is not, is said."""
    line = watermark_of(request, form.cleaned_data.get("address", "")[:100], _grid_name(form))
    photos = {name: take_photos(request, name, line=line) for name in PHOTOS}
    if not form.cleaned_data.get("handled"):
        return photos
    words = _("自办自结要有处置前和处置后的照片。")
    return {
        name: one if one.files or one.error else one.refused(words) for name, one in photos.items()
    }


def _grid_name(form: ReportForm) -> str:
    """The grid under the position, for the line in the pictures."""
    lon, lat = form.cleaned_data.get("lon"), form.cleaned_data.get("lat")
    if lon is None or lat is None:
        return ""
    try:
        found = locate(lon, lat)
    except LinliError:
        return ""  # the position is refused with the report, in its own words
    return found.grid.name if found else ""


def _form_page(request: PageRequest, form: ReportForm, photos: dict[str, Photos]) -> HttpResponse:
    wrong = bool(form.errors) or any(one.error for one in photos.values())
    return page(
        request,
        "field/report.html",
        title=_("事件上报"),
        here="field:report",
        back="/field/",
        status=422 if wrong else 200,
        form=form,
        where=bool(request.actor.scope("cases.view").areas),
        photo=photo_field(photos["photos"], _("照片"), now=request.now),
        photo_after=photo_field(
            photos["photo_after"], PHOTO_LABELS["photo_after"], now=request.now
        ),
    )

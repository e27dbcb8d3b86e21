"""The residents' first pages: what can be done here, reporting, who looks after my grid."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.cases.actions.intake import receive_report
from linli.cases.drafts import ReportDraft
from linli.cases.models import Report
from linli.cases.queries import survivor_of
from linli.cases.suggesting.likeness import suggest_duplicates
from linli.kernel.errors import LinliError
from linli.kernel.files.actions import store_file
from linli.kernel.files.rules import Kind
from linli.kernel.people.queries import workers_of_grid
from linli.kernel.places.models import Area, AreaLevel
from linli.kernel.places.queries import area_by_code, areas_of_level, grid_card
from linli.screens.resident.forms import PHOTOS_MOST, ReportForm
from linli.screens.shared.guard import PageRequest, anybody

TOKEN_SALT = "resident.report"


def token_of(report_id: int) -> str:
    """The signed address part with which a reporter follows a report without a login."""
    return signing.dumps(report_id, salt=TOKEN_SALT)


def place_name() -> str:
    """The sub-district's name, for the head of the page."""
    found = areas_of_level(AreaLevel.SUBDISTRICT).order_by("code").first()
    return found.name if found else ""


@require_safe
@anybody
def home(request: PageRequest) -> HttpResponse:
    context = {"page_title": place_name() or _("邻里"), "elder_switch": True}
    return render(request, "resident/home.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@anybody
def report(request: PageRequest) -> HttpResponse:
    """One page; what was typed and the pictures that were sent survive every error."""
    initial = _from_link(request)
    form = ReportForm(request.POST or None, initial=initial)
    photo_error = ""
    kept: tuple[int, ...] = ()
    if request.method == "POST":
        form.is_valid()
        kept, photo_error = _keep_photos(request, form.cleaned_data.get("kept_photos", ()))
        if form.is_valid() and not photo_error:
            try:
                receipt = receive_report(_draft(form.cleaned_data, kept), by=request.actor, now=request.now)
            except LinliError as problem:
                form.add_error(problem.field if problem.field in form.fields else None, problem.message)
            else:
                return redirect("resident:received", token_of(receipt.report_id))
    context = {
        "page_title": _("说事"),
        "back_url": "/home/",
        "form": form,
        "kept": ",".join(map(str, kept)),
        "kept_count": len(kept),
        "photo_error": photo_error,
        "photos_most": PHOTOS_MOST,
    }
    return render(request, "resident/report.html", context, status=422 if form.errors or photo_error else 200)


@require_safe
@anybody
def similar(request: PageRequest) -> HttpResponse:
    """Open public matters like the one being written: class and stage only, nothing of other people's words."""
    body = request.GET.get("body", "")[:2_000]
    lon, lat = _position(request.GET.get("lon", ""), request.GET.get("lat", ""))
    found = []
    if len(body) > 5 or lon is not None:
        decision = suggest_duplicates(title="", body=body, lon=lon, lat=lat, code="", major="", now=request.now)
        found = [one.sentence for one in decision.likenesses if one.score >= 0.5][:3]
    return render(request, "resident/_similar.html", {"found": found})


@require_safe
@anybody
def received(request: PageRequest, token: str) -> HttpResponse:
    """The receipt: the number, what happens next, and the promised time as soon as it is known."""
    row = report_of(token)
    case = survivor_of(row.case) if row.case else None
    context = {
        "page_title": _("已收到"),
        "back_url": "/home/",
        "report": row,
        "groups": [row.receipt[start : start + 4] for start in range(0, len(row.receipt), 4)],
        "case": case,
        "promise": case.suggestion.get("deadline", {}).get("sentence", "") if case else "",
        "token": token,
    }
    return render(request, "resident/received.html", context)


@require_safe
@anybody
def workers(request: PageRequest) -> HttpResponse:
    """Communities with their grids; two taps to a person."""
    communities: dict[int, dict[str, Any]] = {
        row.pk: {"name": row.name, "grids": []} for row in areas_of_level(AreaLevel.COMMUNITY).order_by("code")
    }
    for row in areas_of_level(AreaLevel.GRID).order_by("code"):
        if row.parent_id in communities:
            communities[row.parent_id]["grids"].append(row)
    context = {"page_title": _("找网格员"), "back_url": "/home/", "communities": list(communities.values())}
    return render(request, "resident/workers.html", context)


@require_safe
@anybody
def grid(request: PageRequest, code: str) -> HttpResponse:
    """The public card of a grid: who looks after it and how to reach them."""
    card = grid_card(code)
    people = [
        {"name": staff.name, "phone": staff.phone, "duty": _("网格长") if duty == "grid_leader" else _("网格员")}
        for staff, duty in workers_of_grid(area_by_code(code).pk, request.now.date())
    ]
    context = {"page_title": card.name, "back_url": "/home/workers", "card": card, "people": people}
    return render(request, "resident/grid.html", context)


@require_safe
@anybody
def privacy(request: PageRequest) -> HttpResponse:
    context = {"page_title": _("个人信息怎么用"), "back_url": "/home/", "office": place_name()}
    return render(request, "resident/privacy.html", context)


def report_of(token: str) -> Report:
    try:
        report_id = signing.loads(token, salt=TOKEN_SALT)
    except signing.BadSignature:
        report_id = 0
    found = Report.objects.select_related("case", "contact").filter(pk=report_id).first()
    if found is None:
        raise LinliError(_("这个链接不完整或已失效，请用回执号查询。"), field="token")
    return found


def _from_link(request: PageRequest) -> dict[str, Any]:
    """A QR code on a door, a bin or a pole fills in the place: `?grid=<code>` or `?at=lon,lat&label=words`."""
    code, label = request.GET.get("grid", ""), request.GET.get("label", "")[:100]
    initial: dict[str, Any] = {"address": label}
    lon, lat = _position(*(request.GET.get("at", ",").split(",") + [""])[:2])
    if lon is not None:
        initial |= {"lon": lon, "lat": lat}
    if code:
        found = Area.objects.filter(code=code, level=AreaLevel.GRID, retired_at=None).select_related("parent").first()
        if found and found.parent:
            initial["address"] = f"{found.parent.name}{found.name} {label}".strip()
    return initial


def _position(lon: str, lat: str) -> tuple[float | None, float | None]:
    try:
        return float(lon), float(lat)
    except ValueError:
        return None, None


def _keep_photos(request: PageRequest, kept: tuple[int, ...]) -> tuple[tuple[int, ...], str]:
    """Store the pictures at once, so that an error elsewhere on the page does not cost them."""
    ids, error = list(kept), ""
    for upload in request.FILES.getlist("photos")[: max(0, PHOTOS_MOST - len(ids))]:
        try:
            stored = store_file(
                upload.name or "photo", upload, by=request.actor, now=request.now, field="photos", kinds=(Kind.PHOTO,)
            )
        except LinliError as problem:
            error = problem.message
        else:
            ids.append(stored.pk)
    return tuple(dict.fromkeys(ids)), error


def _draft(data: dict[str, Any], photos: tuple[int, ...]) -> ReportDraft:
    return ReportDraft(
        body=data["body"],
        address=data["address"],
        lon=data["lon"],
        lat=data["lat"],
        category_code=data["category"],
        contact_name=data["contact_name"],
        contact_phone=data["contact_phone"],
        confidential=data["confidential"],
        publish_consent=data["publish_consent"],
        client_key=data["idempotency_key"],
        source_system="page",
        photo_ids=photos,
    )

"""Reporting: one page for the words, the pictures and the place; then the receipt."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.cases.actions.intake import receive_report
from linli.cases.drafts import ReportDraft
from linli.cases.errors import KeyReused
from linli.cases.flow import Stage
from linli.cases.models import Case, Report
from linli.cases.queries import promise_why, survivor_of
from linli.cases.suggesting.likeness import suggest_duplicates
from linli.kernel.access.attempts import remember_tries, used_up
from linli.kernel.errors import LinliError
from linli.kernel.places.models import Area, AreaLevel
from linli.screens.resident.forms import ReportForm
from linli.screens.resident.page import page
from linli.screens.resident.words import step_of
from linli.screens.shared.guard import PageRequest, anybody
from linli.screens.shared.sent_again import ask_whether_another, known_again
from linli.screens.shared.uploads import Photos, photo_field, take_photos

TOKEN_SALT = "resident.report"  # noqa: S105 - the name of a purpose, no secret

VISIT_LENGTH = 32

LIKELY = 0.5
"""Score (0–1) from which an open matter is shown as perhaps the same; below it most are other matters."""

MOST_SIMILAR = 3


def token_of(report_id: int) -> str:
    """The signed address part with which a reporter follows a report without a login."""
    return signing.dumps(report_id, salt=TOKEN_SALT)


def report_of(token: str) -> Report:
    """The report behind a signed address part; an error in plain words for any other."""
    try:
        report_id = signing.loads(token, salt=TOKEN_SALT)
    except signing.BadSignature:
        report_id = 0
    found = Report.objects.select_related("case", "contact").filter(pk=report_id).first()
    if found is None:
        raise LinliError(_("这个链接不完整或已失效，请用回执号查询。"), field="token")
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@anybody
def report(request: PageRequest) -> HttpResponse:
    """One page; what was typed and the pictures that were sent survive every error."""
    if request.method != "POST":
        return _form_page(request, ReportForm(initial=_from_link(request)), Photos("photos"))
    form = ReportForm(request.POST)
    form.is_valid()
    photos = take_photos(request, "photos")
    if form.is_valid() and not photos.error:
        try:
            draft = _draft(form.cleaned_data, photos, visit=visit_of(request))
            draft = replace(draft, sms_consent=_may_name_numbers(request, draft.contact_phone))
            receipt = receive_report(draft, by=request.actor, now=request.now)
        except KeyReused:
            ask_whether_another(form)
        except LinliError as problem:
            form.add_error(problem.field if problem.field in form.fields else None, problem.message)
        else:
            if receipt.already_known:
                messages.info(request, known_again(receipt.added))
            return redirect("resident:received", token_of(receipt.report_id))
    return _form_page(request, form, photos)


@require_safe
@anybody
def similar(request: PageRequest) -> HttpResponse:
    """Open matters like the one being written: class, rough place and step, nothing of other people's words."""
    body = request.GET.get("body", "")[:2_000]
    lon, lat = _position(request.GET.get("lon", ""), request.GET.get("lat", ""))
    found: list[dict[str, Any]] = []
    if len(body) > 5 or lon is not None:
        decision = suggest_duplicates(
            title="", body=body, lon=lon, lat=lat, code="", major="", certainty=0.0, now=request.now
        )
        likely = [one.case_id for one in decision.likenesses if one.score >= LIKELY]
        rows = Case.objects.filter(pk__in=likely, open=True, confidential=False)
        found = [_outline(case) for case in rows.select_related("category", "community", "grid")]
    context = {"found": found[:MOST_SIMILAR], "now": request.now}
    return render(request, "resident/_similar.html", context)


@require_safe
@anybody
def received(request: PageRequest, token: str) -> HttpResponse:
    """The receipt: the number, what happens next, and the promised time as soon as it is known."""
    row = report_of(token)
    case = survivor_of(row.case) if row.case else None
    return page(
        request,
        "resident/received.html",
        title=_("已收到"),
        report=row,
        groups=[row.receipt[start : start + 4] for start in range(0, len(row.receipt), 4)],
        case=case,
        promise_why=promise_why(case) if case else "",
        token=token,
    )


def _form_page(request: PageRequest, form: ReportForm, photos: Photos) -> HttpResponse:
    wrong = bool(form.errors or photos.error)
    return page(
        request,
        "resident/report.html",
        title=_("说事"),
        status=422 if wrong else 200,
        form=form,
        photo=photo_field(photos, _("照片"), now=request.now),
    )


def _outline(case: Case) -> dict[str, Any]:
    """What anybody may know of a matter."""
    places = [area.name for area in (case.community, case.grid) if area is not None]
    return {
        "what": case.category.name if case.category else _("相近的事"),
        "where": " · ".join(places),
        "step": step_of(Stage(case.stage)),
        "at": case.opened_at,
    }


def _from_link(request: PageRequest) -> dict[str, Any]:
    """A QR code on a door, a bin or a pole fills in the place: `?grid=<code>` or `?at=lon,lat&label=words`."""
    code, label = request.GET.get("grid", ""), request.GET.get("label", "")[:100]
    initial: dict[str, Any] = {"address": label}
    lon, lat = _position(*[*request.GET.get("at", ",").split(","), ""][:2])
    if lon is not None:
        initial |= {"lon": lon, "lat": lat}
    if code:
        grids = Area.objects.filter(code=code, level=AreaLevel.GRID, retired_at=None)
        found = grids.select_related("parent").first()
        if found and found.parent:
            initial["address"] = f"{found.parent.name}{found.name} {label}".strip()
    return initial


def _position(lon: str, lat: str) -> tuple[float | None, float | None]:
    """Degrees on the globe, or nothing: whatever else somebody put into the address is left out."""
    try:
        place = float(lon), float(lat)
    except ValueError:
        return None, None
    on_the_globe = abs(place[0]) <= 180 and abs(place[1]) <= 90  # false for "nan" and "inf" too
    return place if on_the_globe else (None, None)


def visit_of(request: PageRequest) -> str:
    """Tells browsers apart in which nobody is signed in; empty where there is none (a form sent by a program).

    Every browser that sends a form has a secret of its own against forged forms; what is kept is a keyed hash of it,
    from which neither the secret nor the browser can be found.
    """
    secret = request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")
    return salted_hmac(TOKEN_SALT, secret).hexdigest()[:VISIT_LENGTH] if secret else ""


def _may_name_numbers(request: PageRequest, phone: str) -> bool:
    """Whether SMS go to the number that was typed: one address does not name one number after the other."""
    tries = {"number.address": request.META.get("REMOTE_ADDR", "") if phone else ""}
    if any(value and used_up(kind, value, now=request.now) for kind, value in tries.items()):
        return False
    remember_tries(tries, now=request.now)
    return True


def _draft(data: dict[str, Any], photos: Photos, *, visit: str) -> ReportDraft:
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
        visit=visit,
        source_system="page",
        photo_ids=photos.ids,
    )

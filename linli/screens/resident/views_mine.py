"""What I have said, without a receipt: with a code by SMS that proves the number."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.cases.flow import Stage
from linli.cases.models import Report
from linli.cases.queries import reports_by_phone, survivor_of
from linli.kernel.errors import LinliError
from linli.kernel.notify.proving import prove_number, send_code
from linli.screens.resident.forms import CodeForm, PhoneForm
from linli.screens.resident.page import page
from linli.screens.resident.views_report import token_of
from linli.screens.resident.words import step_of
from linli.screens.shared.guard import PageRequest, anybody

COOKIE = "linli_mine"
SALT = "resident.mine"
ASKED, PROVED = f"{SALT}.asked", f"{SALT}.proved"
ASKED_FOR, PROVED_FOR = 15 * 60, 30 * 60
"""How long the page for the code and the list stay open; seconds."""

MOST = 50


@require_http_methods(["GET", "HEAD", "POST"])
@anybody
def ask(request: PageRequest) -> HttpResponse:
    """The number; a code goes to it if something was reported with it. The answer is the same for every number."""
    form = PhoneForm(request.POST or None)
    if form.is_valid():
        phone = form.cleaned_data["phone"]
        where, known = request.META.get("REMOTE_ADDR", ""), bool(reports_by_phone(phone, most=1))
        send_code(phone, known=known, address=where, now=request.now)
        return _keep(redirect("resident:mine_code"), phone, salt=ASKED, seconds=ASKED_FOR)
    status = 422 if form.errors else 200
    return page(request, "resident/mine.html", title=_("我说过的事"), status=status, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@anybody
def enter_code(request: PageRequest) -> HttpResponse:
    """The code from the SMS; then the list."""
    phone = _phone_of(request, salt=ASKED, seconds=ASKED_FOR)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            prove_number(phone, form.cleaned_data["code"], now=request.now)
        except LinliError as refused:
            form.add_error("code", refused.message)
        else:
            return _keep(redirect("resident:mine_list"), phone, salt=PROVED, seconds=PROVED_FOR)
    return page(
        request,
        "resident/mine_code.html",
        title=_("输入验证码"),
        status=422 if form.errors else 200,
        form=form,
        tail=phone[-4:],
    )


@require_safe
@anybody
def mine(request: PageRequest) -> HttpResponse:
    """Everything reported with the number, each with how far it is."""
    phone = _phone_of(request, salt=PROVED, seconds=PROVED_FOR)
    rows = [_outline(report) for report in reports_by_phone(phone, most=MOST)]
    answer = page(request, "resident/mine_list.html", title=_("我说过的事"), rows=rows)
    answer["Cache-Control"] = "no-store"
    return answer


def _outline(report: Report) -> dict[str, Any]:
    case = survivor_of(report.case) if report.case else None
    return {
        "what": report.title,
        "at": report.received_at,
        "step": step_of(Stage(case.stage)) if case else _("已收到"),
        "open": case is None or case.open,
        "token": token_of(report.pk),
    }


def _keep(answer: HttpResponse, phone: str, *, salt: str, seconds: int) -> HttpResponse:
    """The number stays in the browser it was typed in, signed for this one step; no address and no log carries it."""
    answer.set_signed_cookie(
        COOKIE,
        phone,
        salt=salt,
        max_age=seconds,
        path="/home/mine",
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return answer


def _phone_of(request: PageRequest, *, salt: str, seconds: int) -> str:
    try:
        return str(request.get_signed_cookie(COOKIE, salt=salt, max_age=seconds))
    except (KeyError, signing.BadSignature):
        raise LinliError(_("这一页已经过期，请重新填手机号。"), field="phone") from None

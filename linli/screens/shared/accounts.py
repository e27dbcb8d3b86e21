"""Logging in and out, changing the password, and where a login begins its day."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from linli.cases.queries import case_for
from linli.kernel.access.models import Account
from linli.kernel.access.passwords import choose_password
from linli.kernel.audit import chain
from linli.screens.shared.guard import PageRequest, anybody, needs
from linli.screens.shared.views import error_page

PHONE_ROLES = ("cases.self_handle",)


class LoginForm(forms.Form):
    """User name and password; a wrong pair says so without telling which of the two."""

    username = forms.CharField(label=_("用户名"), max_length=40)
    password = forms.CharField(label=_("密码"), widget=forms.PasswordInput, max_length=128)


@require_http_methods(["GET", "POST"])
@anybody
def log_in(request: PageRequest) -> HttpResponse:
    form = LoginForm(request.POST or None)
    if form.is_valid():
        account = authenticate(request, **form.cleaned_data)
        _note(request, form.cleaned_data["username"], account)
        if isinstance(account, Account):
            login(request, account)
            return redirect(_next(request))
        form.add_error(None, _("用户名或密码不对。连续输错 7 次会锁定半小时。"))
    context = {"form": form, "next": request.GET.get("next", request.POST.get("next", ""))}
    return render(request, "shared/login.html", context, status=422 if form.errors else 200)


@require_POST
@anybody
def log_out(request: PageRequest) -> HttpResponse:
    logout(request)
    return redirect("/login")


@require_http_methods(["GET", "POST"])
@needs("cases.view", "access.manage", "audit.view", "failures.view", "board.view")
def change_password(request: PageRequest) -> HttpResponse:
    assert isinstance(request.user, Account), "the guard lets only accounts in"
    form = PasswordChangeForm(request.user, request.POST or None)
    if form.is_valid():
        words = form.cleaned_data["new_password1"]
        choose_password(request.user, words, by=request.actor, now=request.now)
        update_session_auth_hash(request, request.user)
        messages.success(request, _("密码已修改。"))
        return redirect(start_page(request))
    return render(
        request, "shared/password.html", {"form": form}, status=422 if form.errors else 200
    )


def locked_out(
    request: HttpRequest, credentials: dict[str, Any], *args: Any, **kwargs: Any
) -> HttpResponse:
    """After seven wrong passwords: half an hour's pause, in plain words."""
    words = "密码连续输错 7 次，账号已锁定半小时。请稍后再试，或联系管理员解锁。"
    return error_page(request, 429, message=words)


@require_http_methods(["GET"])
@anybody
def start(request: PageRequest) -> HttpResponse:
    """`/`: residents see their page, staff the place where their work waits."""
    return redirect(start_page(request))


@require_http_methods(["GET"])
@needs("cases.view")
def go_to_case(request: PageRequest, number: str) -> HttpResponse:
    """The address used in notices: opens a case where this person works."""
    case = case_for(request.actor, number)
    on_phone = any(request.actor.may(permission) for permission in PHONE_ROLES)
    return redirect(f"/field/cases/{case.number}" if on_phone else f"/console/cases/{case.number}")


def start_page(request: PageRequest) -> str:
    """Where somebody begins: the phone for grid workers, the console for staff, the home page for residents."""
    may = request.actor.may
    if may("cases.self_handle"):
        return "/field/"
    if may("cases.view"):
        return "/console/"
    if may("access.manage") or may("people.edit"):
        return "/console/start"
    if may("failures.view") or may("audit.view"):
        return "/console/failures" if may("failures.view") else "/console/audit"
    return "/board/" if may("board.view") else "/home/"


def _next(request: PageRequest) -> str:
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted.startswith("/") and safe else "/"


def _note(request: PageRequest, username: str, account: object) -> None:
    """Log-ins are audited, the refused ones too."""
    found = account if isinstance(account, Account) else None
    chain.write(
        at=request.now,
        actor_kind="staff" if found else "unknown",
        account_id=found.pk if found else None,
        actor_name=username,
        action="access.log_in",
        subject="",
        detail={},
        result="done" if found else "refused",
    )

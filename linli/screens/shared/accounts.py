"""Logging in and out, changing the password, and where a login begins its day."""

from __future__ import annotations

from datetime import UTC, datetime
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
from linli.kernel.access.attempts import (
    refuse_if_too_many,
    refuse_login,
    remember_known,
    remember_login_failure,
    remember_tries,
)
from linli.kernel.access.models import Account
from linli.kernel.access.passwords import choose_password, end_all_sessions
from linli.kernel.audit import chain
from linli.kernel.typed import typed_code
from linli.screens.shared.guard import PageRequest, anybody, needs
from linli.screens.shared.middleware import BEGAN
from linli.screens.shared.views import error_page

CHANGES_PASSWORD = ("cases.view", "access.manage", "audit.view", "failures.view", "board.view")
"""Whoever has work here has a password to look after."""

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
        account = _authenticated(request, **form.cleaned_data)
        if account is not None:
            login(request, account)
            request.session[BEGAN] = datetime.now(UTC).isoformat()
            return redirect(_next(request))
        form.add_error(None, _("用户名或密码不对。连续输错 7 次会锁定半小时。"))
    context = {"form": form, "next": request.GET.get("next", request.POST.get("next", ""))}
    return render(request, "shared/login.html", context, status=422 if form.errors else 200)


@require_POST
@anybody
def log_out(request: PageRequest) -> HttpResponse:
    if isinstance(request.user, Account):
        _note(request, request.user.username, request.user, action="access.log_out")
    logout(request)
    return redirect("/login")


@require_POST
@needs(*CHANGES_PASSWORD)
def log_out_everywhere(request: PageRequest) -> HttpResponse:
    """End every session of this person; this one goes on."""
    assert isinstance(request.user, Account), "the guard lets only accounts in"
    end_all_sessions(request.user, by=request.actor, now=request.now)
    update_session_auth_hash(request, request.user)
    messages.success(request, _("其他设备上的登录都已退出。"))
    return redirect("/password")


@require_http_methods(["GET", "POST"])
@needs(*CHANGES_PASSWORD)
def change_password(request: PageRequest) -> HttpResponse:
    assert isinstance(request.user, Account), "the guard lets only accounts in"
    tries = {"password.account": str(request.user.pk)}
    form = PasswordChangeForm(request.user, request.POST or None)
    if request.method == "POST":
        refuse_if_too_many(tries, now=request.now)
    if form.is_bound and not form.is_valid() and "old_password" in form.errors:
        remember_tries(tries, now=request.now)
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


def _authenticated(request: PageRequest, *, username: str, password: str) -> Account | None:
    """Whoever logs in; every try is counted and audited. Raises TooManyTries before anything is looked up."""
    where, name = request.META.get("REMOTE_ADDR", ""), typed_code(username)
    refuse_login(name, where, now=request.now)
    account = authenticate(request, username=name, password=password)
    found = account if isinstance(account, Account) else None
    _note(request, name, found)
    if found is None:
        remember_login_failure(name, where, now=request.now)
    else:
        remember_known(name, where, now=request.now)
    return found


def _note(
    request: PageRequest, username: str, found: Account | None, action: str = "access.log_in"
) -> None:
    """Log-ins are audited, the refused ones too."""
    chain.write(
        at=request.now,
        actor_kind="staff" if found else "unknown",
        account_id=found.pk if found else None,
        actor_name=username,
        action=action,
        subject="",
        detail={},
        result="done" if found else "refused",
        origin=request.actor.origin,
    )

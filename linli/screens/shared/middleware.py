"""What every request passes: the time and the actor, plain errors, the content policy."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import cast
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from linli.kernel.access.models import Account
from linli.kernel.access.queries import RESIDENT, actor_for
from linli.kernel.acting import Actor, Request, coming_from
from linli.kernel.calendar.local import local_day
from linli.kernel.engine.full import disk_full
from linli.kernel.engine.remembered import Remembered
from linli.kernel.errors import LinliError
from linli.screens.shared.views import error_page

Answer = Callable[[HttpRequest], HttpResponse]

BEGAN = "began_at"
SEEN = "seen_at"
UNASKED = "X-Linli-Unasked"
"""Header of requests that a page sends by itself, to stay fresh; they are no sign that somebody sits there."""

SEEN_EVERY = timedelta(minutes=2)
"""How often the time of the last request is written into the session; every request would be a write each."""

MACHINE_PATHS = ("/api/", "/open311/", "/live/")
POLICY = (
    "default-src 'self'; img-src 'self' blob:; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'; connect-src 'self'"
)


def content_policy(live_url: str) -> str:
    """The policy of a page; it may listen to the live process, which has an origin of its own."""
    parts = urlsplit(live_url)
    return f"{POLICY} {parts.scheme}://{parts.netloc}" if parts.netloc else POLICY


class WhoAndWhen:
    """Gives a request its `now` and its `actor`, and ends sessions that are too old or that nobody uses."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.clock: Callable[[], datetime] = import_string(settings.LINLI_CLOCK)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        known = cast("Request", request)
        known.now = self.clock()
        _end_if_over(request)
        known.actor = coming_from(
            _actor(known),
            client=str(request.META.get("REMOTE_ADDR", "")),
            request_id=secrets.token_hex(8),
        )
        if _has_a_nul(request):
            return _answer(request, LinliError(_("地址里有不能使用的字符，请从页面上重新打开。")))
        if _must_change_password(request):
            return redirect("/password")
        return self.get_response(request)


class PlainErrors:
    """Turns an error of ours into a sentence: JSON for machines, a page for people."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, LinliError):
            full = disk_full(error)
            if full is None:
                return None
            error = full
        answer = _answer(request, error)
        if error.retry_after:
            answer.headers["Retry-After"] = str(error.retry_after)
        return answer


def _answer(request: HttpRequest, error: LinliError) -> HttpResponse:
    if request.path.startswith(MACHINE_PATHS):
        words = {"code": error.code, "message": error.message, "field": error.field}
        return JsonResponse(
            {"error": words}, status=error.status, json_dumps_params={"ensure_ascii": False}
        )
    if error.status == 403 and not request.user.is_authenticated:
        asked = quote(request.get_full_path(), safe="/")
        login = f"{settings.LOGIN_URL}?next={asked}"
        if request.headers.get("HX-Request"):
            # A redirect would land inside the dialog that asked.
            return HttpResponse(status=204, headers={"HX-Redirect": login})
        return redirect(login)
    return error_page(request, error.status, message=error.message)


def _has_a_nul(request: HttpRequest) -> bool:
    """PostgreSQL takes no text with one, and nobody types it. Open311 refuses it in words of its own."""
    if request.path_info.startswith("/open311/"):
        return False
    return "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.path_info


class ContentPolicy:
    """Pages load nothing from elsewhere and run no script that is not a file of ours."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.policy = content_policy(settings.LINLI_LIVE_URL)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        answer.headers.setdefault("Content-Security-Policy", self.policy)
        if settings.SESSION_COOKIE_NAME in request.COOKIES or "Authorization" in request.headers:
            # What is shown to somebody who is known is not for the next one at this computer.
            answer.headers.setdefault("Cache-Control", "no-store")
        answer.headers.setdefault(
            "Permissions-Policy", "geolocation=(self), camera=(self), microphone=(self)"
        )
        return answer


def _read_actor(account_id: int, day: date) -> Actor:
    account = Account.objects.select_related("staff").filter(pk=account_id).first()
    return actor_for(account, on=day) if account else RESIDENT


_actors = Remembered(_read_actor, seconds=3.0)
"""Posts of a login; a withdrawn right is gone within three seconds."""


def _actor(request: Request) -> Actor:
    if not request.user.is_authenticated:
        return RESIDENT
    return _actors(request.user.pk, local_day(request.now))


def _must_change_password(request: HttpRequest) -> bool:
    """A password that somebody else made up is good for one thing: choosing one's own."""
    if request.path.startswith(("/password", "/logout", "/static/", "/i18n/", "/reading")):
        return False
    return isinstance(request.user, Account) and request.user.must_change_password


def _end_if_over(request: HttpRequest) -> None:
    """End a session that nobody has used for half an hour, and one that has lasted a whole shift in any case."""
    if not request.session.session_key:
        return
    # Wall time, not the demo clock: a fast clock must not throw people out.
    now = datetime.now(UTC)
    began, seen = _moment(request, BEGAN), _moment(request, SEEN)
    idle = seen and now - seen > timedelta(minutes=settings.LINLI_IDLE_MINUTES)
    old = began and now - began > timedelta(seconds=settings.SESSION_COOKIE_AGE)
    if idle or old:
        logout(request)
        return
    if began is None:
        request.session[BEGAN] = now.isoformat()
    if seen is None or (now - seen > SEEN_EVERY and UNASKED not in request.headers):
        request.session[SEEN] = now.isoformat()


def _moment(request: HttpRequest, name: str) -> datetime | None:
    kept = request.session.get(name)
    return datetime.fromisoformat(kept) if kept else None

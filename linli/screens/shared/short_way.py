"""The short way of machines: what a request with a key needs of the middleware, and nothing else.

A key stands for itself: such a request has no session, no login, no messages and no form to protect, and it asks for
no file. It keeps the checks and headers that every answer has, the language, the time and plain errors. A session
cookie beside the key sends it the long way, where the same answer is given.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.locale import LocaleMiddleware
from django.utils.cache import patch_vary_headers

from linli.screens.shared.middleware import Answer, ContentPolicy, PlainErrors, WhoAndWhen

PATH = "/api/"
KEY = "Bearer "


class ShortWay:
    """Leads requests with a key past the middleware that follows in the list."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        answer: Any = _views()
        for kept in (WhoAndWhen, ContentPolicy, XFrameOptionsMiddleware, LocaleMiddleware):
            answer = convert_exception_to_response(kept(answer))
        self.short: Answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _has_only_a_key(request):
            return self.get_response(request)
        request.get_host()  # refuses a host that is not ours
        request.user = AnonymousUser()
        request.session = SessionStore()
        answer = self.short(request)
        patch_vary_headers(answer, ("Cookie",))
        if not answer.streaming and not answer.has_header("Content-Length"):
            answer.headers["Content-Length"] = str(len(answer.content))
        return answer


def _views() -> Any:
    """Finds the view and calls it; errors of ours become sentences."""
    handler: Any = BaseHandler()
    handler._view_middleware = []
    handler._template_response_middleware = []
    handler._exception_middleware = [PlainErrors(handler.get_response).process_exception]
    return convert_exception_to_response(handler._get_response)


def _has_only_a_key(request: HttpRequest) -> bool:
    return (
        request.path_info.startswith(PATH)
        and request.META.get("HTTP_AUTHORIZATION", "").startswith(KEY)
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
    )

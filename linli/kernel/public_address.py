"""Addresses that leave the screen: on QR codes, on printed slips, in answers to machines."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def public_address(request: HttpRequest, path: str) -> str:
    """The whole address of a path, under the name that people reach the site by.

    Whoever prints a slip inside the office may use another name than the residents who read it, and behind a proxy the
    request does not tell; without a setting it is the best that is known.
    """
    if settings.LINLI_PUBLIC_URL:
        return f"{settings.LINLI_PUBLIC_URL}{path}"
    return request.build_absolute_uri(path)

"""Context processors: what the frame needs on every page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from .reading import COOKIE, SIZES, read_cookie


def page(request: HttpRequest) -> dict[str, Any]:
    """`elder_mode` (bool), `font_size` (points) and `font_sizes` from the reader's cookie."""
    now = read_cookie(request.COOKIES.get(COOKIE))
    return {"elder_mode": now.elder, "font_size": now.size, "font_sizes": SIZES}

"""One answer, two formats: XML, and JSON by the Spark convention of the spec.

An answer is a plain value under the name of its root. In XML a list becomes one element per entry, named in `ENTRY`;
in JSON the root disappears: `("services", [a, b])` is `<services><service>a…` and `[a, b]`.
"""

from __future__ import annotations

import json
import re
from typing import Any
from xml.sax.saxutils import escape

from django.http import HttpResponse

XML, JSON = "xml", "json"
MIME = {XML: "text/xml", JSON: "application/json"}

ENTRY = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
    "notes": "note",
    "media_urls": "media_url",
}

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot carry in any spelling: controls, lone surrogates, U+FFFE and U+FFFF."""


def respond(
    root: str, value: Any, form: str, *, status: int = 200, charset: bool = True
) -> HttpResponse:
    """The answer in `form`. Without `charset` the content type is the bare MIME type, as discovery needs it."""
    kind = f"{MIME[form]}; charset=utf-8" if charset else MIME[form]
    return HttpResponse(body_of(root, value, form), status=status, content_type=kind)


def body_of(root: str, value: Any, form: str) -> bytes:
    if form == JSON:
        return json.dumps(_clean(value), ensure_ascii=False, allow_nan=False).encode()
    return f'<?xml version="1.0" encoding="utf-8"?>\n{_element(root, value)}\n'.encode()


def clean_text(text: str) -> str:
    """The text without characters that one of the formats could not carry."""
    return _NO_XML.sub("", text)


def _element(name: str, value: Any) -> str:
    if value is None:
        return f"<{name}/>"
    if isinstance(value, dict):
        inner = "".join(_element(key, part) for key, part in value.items())
    elif isinstance(value, list):
        inner = "".join(_element(ENTRY[name], part) for part in value)
    elif isinstance(value, bool):
        inner = "true" if value else "false"
    else:
        inner = escape(clean_text(str(value)), {"\r": "&#13;"})
    return f"<{name}>{inner}</{name}>"


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _clean(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_clean(part) for part in value]
    return clean_text(value) if isinstance(value, str) else value

"""Sends a stored file to whoever holds its signed, short-lived address.

The right to see the file was checked by the page that made the address (`kernel.files.queries.signed_path`). Files are
other people's content: they are sent so that a browser neither guesses their type nor runs anything in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, cast

from django.http import HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from linli.kernel.files.queries import Served, open_stored, read_token
from linli.kernel.files.rules import Kind
from linli.screens.shared.guard import PageRequest, anybody

POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
SHOWN_IN_PLACE = frozenset({Kind.PHOTO, Kind.VIDEO})
"""Shown by the browser; the rest is downloaded, since a sandboxed page cannot start a PDF viewer."""
IN_PARTS = frozenset({Kind.VIDEO, Kind.DOCUMENT})
_PART = 256 * 1024

Span = tuple[int, int]


@anybody  # the address itself is the right; it was given to somebody who may see the file
@require_safe
def serve(request: PageRequest, token: str) -> HttpResponse:
    """The file, or the asked part of it. LinkExpired (403) and FileGone (410) come as plain error pages."""
    ticket = read_token(token, now=request.now)
    served = open_stored(ticket.sha256, size=ticket.size)
    if served.etag in request.headers.get("If-None-Match", ""):
        served.body.close()
        return _labelled(HttpResponseNotModified(), served, seconds=ticket.seconds)
    try:
        span = _span(request, served)
    except ValueError:
        served.body.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{served.size}"})
    first, last = span or (0, served.size - 1)
    answer = StreamingHttpResponse(
        _parts(served.body, first, last),
        status=206 if span else 200,
        content_type=served.content_type,
    )
    answer["Content-Length"] = str(last - first + 1)
    if span:
        answer["Content-Range"] = f"bytes {first}-{last}/{served.size}"
    # The guards and middlewares know one kind of answer; a streamed one has all they use.
    return _labelled(cast(HttpResponse, answer), served, seconds=ticket.seconds)


def _labelled(answer: HttpResponse, served: Served, *, seconds: int) -> HttpResponse:
    attached = served.kind not in SHOWN_IN_PLACE
    answer["Content-Disposition"] = content_disposition_header(attached, served.name) or "inline"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = POLICY
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Cache-Control"] = f"private, max-age={seconds}, immutable"
    answer["ETag"] = served.etag
    if served.kind in IN_PARTS:
        answer["Accept-Ranges"] = "bytes"
    return answer


def _span(request: PageRequest, served: Served) -> Span | None:
    """First and last byte asked for (RFC 9110 §14.1.2), None for the whole; ValueError when it lies outside.

    Several ranges at once, and a range of another version of the file, get the whole file.
    """
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers.get("Range", "").replace(" ", ""))
    wanted = request.headers.get("If-Range", served.etag)
    if not found or found[0] == "bytes=-" or served.kind not in IN_PARTS or wanted != served.etag:
        return None
    last = served.size - 1
    if not found[1]:
        first = max(0, served.size - int(found[2]))
    else:
        first, last = int(found[1]), min(int(found[2] or last), last)
    if first > last:
        raise ValueError("range outside the file")
    return first, last


def _parts(body: IO[bytes], first: int, last: int) -> Iterator[bytes]:
    with body:
        body.seek(first)
        left = last - first + 1
        while left > 0 and (part := body.read(min(_PART, left))):
            left -= len(part)
            yield part

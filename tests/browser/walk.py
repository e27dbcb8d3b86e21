"""Every page a person can reach: walked from where their day begins, along the links they see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.test import Client
from django.urls import Resolver404, resolve

from tests.browser.street import client_of, same_site

EVERYBODYS = ("/", "/login", "/home/report", "/home/progress", "/no/such/page")
STAFF = ("/password",)
NO_PAGES = ("/static/", "/files/", "/i18n/", "/api/", "/style-guide")
MOST_OF_A_KIND = 3
"""Pages of one view that are opened for one person; a hundred cases look like three."""

_LINK = re.compile(r'<a\b[^>]*?\shref="([^"]*)"')
_TAG = re.compile(r"<([a-z][a-z0-9-]*)((?:\s[^<>]*)?)>")
_CLASS = re.compile(r'\sclass="([^"]*)"')


@dataclass(frozen=True)
class Page:
    """A page as somebody gets it. `build` are the kinds of elements it is made of, whatever words they hold."""

    who: str
    url: str
    view: str
    status: int
    html: str

    @property
    def build(self) -> frozenset[str]:
        html = self.html
        return frozenset(
            f"{tag}.{' '.join(_CLASS.findall(rest))}" for tag, rest in _TAG.findall(html)
        )


def pages_of(who: str) -> Iterator[Page]:
    """Pages reached by links from `/`; an empty name is a resident."""
    client = client_of(who)
    waiting = [*EVERYBODYS, *(STAFF if who else ())]
    seen: set[str] = set()
    times: dict[str, int] = {}
    while waiting:
        url = waiting.pop(0)
        view = _view(url)
        if url in seen or url.startswith(NO_PAGES) or times.get(view, 0) >= MOST_OF_A_KIND:
            continue
        seen.add(url)
        answer, url = _get(client, url)
        seen.add(url)
        if "text/html" not in answer.headers.get("Content-Type", ""):
            continue
        times[view] = times.get(view, 0) + 1
        html = answer.content.decode()
        yield Page(who, url, _view(url), answer.status_code, html)
        waiting += same_site([unescape(link) for link in _LINK.findall(html)])


def _get(client: Client, url: str) -> tuple[Any, str]:
    """The answer in the end, and the address it came from."""
    answer = client.get(url, follow=True)
    chain = getattr(answer, "redirect_chain", [])
    return answer, chain[-1][0] if chain else url


def _view(url: str) -> str:
    try:
        return resolve(url.split("?")[0]).view_name
    except Resolver404:
        return "nothing"

"""Every address of the site says who may open it, in rights that somebody can be given."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, path

from linli.cases.seed import ROLES
from linli.doors.reports.api import api
from linli.screens.shared.guard import anybody

OF_THE_FRAMEWORK = {"django.views.i18n.set_language"}
"""Views we do not write: the language of a reader is no secret. The pages of the reports door: see below."""


def test_every_view_says_who_may_open_it() -> None:
    assert unguarded(get_resolver().url_patterns) == []


def test_every_operation_of_the_reports_door_asks_who_is_there() -> None:
    operations = [
        operation
        for _prefix, router in api._routers
        for view in router.path_operations.values()
        for operation in view.operations
    ]
    assert len(operations) >= 7
    assert [one.path for one in operations if not one.auth_callbacks] == []


def test_a_page_asks_only_for_rights_of_the_catalogue() -> None:
    roles = json.loads(ROLES.read_text(encoding="utf-8"))
    catalogue = {right for role in roles for right in role["permissions"]}
    asked = {
        right
        for _route, view in views(get_resolver().url_patterns)
        for right in getattr(view, "guarded_by", ())
    }
    assert asked
    assert asked - catalogue == set()


def test_a_view_without_a_guard_is_found() -> None:
    def bare(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    @anybody
    def open_to_all(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    assert unguarded([path("bare", bare), path("open", open_to_all)]) == ["bare"]


def unguarded(patterns: list[Any]) -> list[str]:
    """Routes of our own whose view does not carry the mark of a guard."""
    return [
        route
        for route, view in views(patterns)
        if not hasattr(view, "guarded_by") and not _foreign(view)
    ]


def _foreign(view: Callable[..., Any]) -> bool:
    whose = getattr(view, "func", view)  # the pages of the reports door are partials
    if whose.__module__.startswith("ninja."):
        return True
    return f"{whose.__module__}.{whose.__qualname__}" in OF_THE_FRAMEWORK


def views(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    """(route, view) of every address."""
    for entry in patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from views(entry.url_patterns, route)
        elif isinstance(entry, URLPattern):
            yield route, entry.callback

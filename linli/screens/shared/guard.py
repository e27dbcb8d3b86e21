"""The first line of every view: who may open it.

    @needs("cases.view")
    def case_list(request: PageRequest) -> HttpResponse: ...

A view without `needs` or `anybody` is refused by `tests/architecture/test_guards.py`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, cast

from django.http import HttpResponse

from linli.kernel.acting import Request
from linli.kernel.errors import NotAllowed

P = ParamSpec("P")


class PageRequest(Request):
    """A request as our views get it."""


View = Callable[Concatenate[PageRequest, P], HttpResponse]


def needs(*permissions: str) -> Callable[[View[P]], View[P]]:
    """Refuse whoever has none of these permissions; without a login they are sent to log in."""

    def guard(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def guarded(request: PageRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not any(request.actor.may(permission) for permission in permissions):
                raise NotAllowed("您的账号不能打开这一页。如工作需要，请联系本单位管理员开通。")
            return view(request, *args, **kwargs)

        _mark(guarded, permissions)
        return cast("View[P]", guarded)

    return guard


def anybody(view: View[P]) -> View[P]:
    """Say that a page is open to everybody, on purpose."""
    _mark(view, ())
    return view


def _mark(view: Any, permissions: tuple[str, ...]) -> None:
    view.guarded_by = permissions

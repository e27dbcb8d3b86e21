"""An import that goes on in the background: how far it is, what became of it, and the slips of its new logins."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.kernel.access.actions.accounts import renew_first_passwords
from linli.kernel.access.queries import unused_logins
from linli.kernel.imports.models import FileImport
from linli.kernel.imports.queries import import_of
from linli.kernel.public_address import public_address
from linli.screens.console.imports.showing import shown_as
from linli.screens.console.menu import page
from linli.screens.shared.guard import PageRequest, needs

BACK = {
    "reports": "console:import",
    "staff": "console:staff_import",
    "posts": "console:post_import",
}
"""Where each kind is handed in."""

HERE = {"reports": "console:intake", "staff": "console:people", "posts": "console:accounts"}
"""What is marked in the menu."""


SLIPS_AT_ONCE = 30
"""Slips of one page: each costs the hashing of a password, and a browser waits for all of them."""


@require_GET
@needs("cases.import", "people.edit", "access.manage")
def file_import(request: PageRequest, import_id: int) -> HttpResponse:
    """How far it is; the part of the page with the figures asks again by itself until it is done."""
    run = import_of(request.actor, import_id)
    facts = _facts(request, run)
    if request.headers.get("HX-Request"):
        return render(request, "console/imports/_state.html", facts)
    return _page(request, facts)


@require_POST
@needs("access.manage")
def file_import_slips(request: PageRequest, import_id: int) -> HttpResponse:
    """New one-time passwords for the next logins that nobody has used yet; they are on this answer only."""
    run = import_of(request.actor, import_id)
    first = _from(request)
    chosen = run.made[first : first + SLIPS_AT_ONCE]
    logins = renew_first_passwords(chosen, by=request.actor, now=request.now)
    answer = _page(
        request,
        _facts(request, run),
        logins=logins,
        login_url=public_address(request, "/login"),
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _page(request: PageRequest, facts: dict[str, Any], **more: Any) -> HttpResponse:
    kind = facts["run"].kind
    back = reverse(BACK[kind])
    return page(
        request,
        "console/imports/import.html",
        title=_("导入进度"),
        here=HERE[kind],
        trail=[(_("导入"), back)],
        back=back,
        **facts,
        **more,
    )


def _facts(request: PageRequest, run: FileImport) -> dict[str, Any]:
    made = run.made if request.actor.may("access.manage") else []
    unused = unused_logins(made)
    # The parts are those of the file: a slip handed over is not made void because others have logged in meanwhile.
    parts = [(at, made[at : at + SLIPS_AT_ONCE]) for at in range(0, len(made), SLIPS_AT_ONCE)]
    return {
        "run": run,
        "shown": shown_as(run.kind, run.imported),
        "taken": run.taken,
        "read": run.imported.read,
        "unused": len(unused),
        "parts": [(at, at + 1, at + len(ids)) for at, ids in parts if unused & set(ids)],
        "now": request.now,
    }


def _from(request: PageRequest) -> int:
    given = request.POST.get("from", "")
    return int(given) if given.isdecimal() and len(given) < 6 else 0

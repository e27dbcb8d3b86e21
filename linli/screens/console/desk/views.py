"""The two desks: receiving (受理台) and dispatching (派遣台). One key per decision, and plain buttons for the same."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from linli.cases.actions.moving import make_move
from linli.cases.facts import Facts
from linli.cases.flow import Stage
from linli.cases.models import Case
from linli.cases.proposal import LikelySame
from linli.cases.queries import capped_count, cases_by_id, waiting_at
from linli.cases.suggesting.duty import Suggested, suggest_units
from linli.kernel.errors import LinliError
from linli.screens.console.desk.tabs import desk_context
from linli.screens.console.menu import page
from linli.screens.shared.guard import PageRequest, needs
from linli.screens.shared.light import light_of
from linli.screens.shared.numbers import whole_number

SHOWN = 50
"""Cases on a desk at once: more than anybody decides without a pause."""

MOST_TWINS = 3
"""Cases that may be the same matter, shown with each, 1–5."""


@require_GET
@needs("cases.accept")
def desk(request: PageRequest) -> HttpResponse:
    """What waits to be accepted, urgent first, with what the system proposes for each."""
    rows = waiting_at(request.actor, Stage.RECEIVED, "cases.accept")
    cases = list(rows[:SHOWN])
    seen = cases_by_id(request.actor, [one.id for case in cases for one in _likely(case)])
    return page(
        request,
        "console/desk/acceptance.html",
        title=_("受理台"),
        here="console:desks",
        rows=[_received(case, seen, request) for case in cases],
        total=capped_count(rows),
        may_decline=request.actor.may("cases.decline"),
        may_merge=request.actor.may("cases.merge"),
        **desk_context(request, "acceptance"),
    )


@require_http_methods(["GET", "POST"])
@needs("cases.dispatch")
def dispatch(request: PageRequest) -> HttpResponse:
    """What waits to be sent to somebody; POST sends the ticked ones as proposed."""
    if request.method == "POST":
        return _dispatch_ticked(request)
    rows = waiting_at(request.actor, Stage.TO_DISPATCH, "cases.dispatch")
    cases = list(rows[:SHOWN])
    proposed = suggest_units(cases, now=request.now)
    return page(
        request,
        "console/desk/dispatch.html",
        title=_("派遣台"),
        here="console:desks",
        rows=[_to_dispatch(case, proposed[case.pk], request) for case in cases],
        total=capped_count(rows),
        **desk_context(request, "dispatch"),
    )


def _received(case: Case, seen: dict[int, Case], request: PageRequest) -> dict[str, Any]:
    proposal = case.proposal
    open_ones = [(seen.get(one.id), one.sentence) for one in _likely(case)]
    twins = [(twin, why) for twin, why in open_ones if twin is not None and twin.open]
    return {
        "case": case,
        "light": light_of(case, request),
        "category_id": case.category_id or proposal.category.id,
        "category": case.category.name if case.category else "",
        "category_why": proposal.category.sentence,
        "place": proposal.place,
        "duplicates": proposal.duplicates.sentence,
        "twins": twins,
        "twin": twins[0][0] if twins else None,
    }


def _likely(case: Case) -> tuple[LikelySame, ...]:
    """What may be the same matter, the likeliest first."""
    return case.proposal.duplicates.cases[:MOST_TWINS]


def _to_dispatch(case: Case, unit: Suggested, request: PageRequest) -> dict[str, Any]:
    earlier = case.proposal.organization
    same = unit.organization is not None and earlier.id == unit.organization.pk
    known_worker = same and unit.worker_id is None
    return {
        "case": case,
        "light": light_of(case, request),
        "organization": unit.organization,
        "why": unit.sentence,
        "tag": unit.rule.tag if unit.rule else "",
        "worker_why": earlier.worker_sentence if known_worker else "",
    }


def _dispatch_ticked(request: PageRequest) -> HttpResponse:
    """Each case is a transaction of its own: one that somebody else just dispatched does not hold up the rest."""
    done = 0
    only = request.GET.get("only", "")
    ticked = [only] if only else request.POST.getlist("case")
    wanted = [number for text in ticked if (number := whole_number(text)) is not None][:SHOWN]
    cases = cases_by_id(request.actor, wanted)
    proposed = suggest_units(list(cases.values()), now=request.now)
    for case in cases.values():
        try:
            _dispatch_one(request, case, proposed[case.pk])
        except LinliError as refused:
            messages.error(request, f"{case.number} {case.title}：{refused.message}")
        else:
            done += 1
    if not wanted:
        messages.warning(request, _("请先勾选要派遣的案件。"))
    if done:
        messages.success(request, _("已按建议派遣 %(n)d 件。") % {"n": done})
    return redirect("console:dispatch")


def _dispatch_one(request: PageRequest, case: Case, unit: Suggested) -> None:
    """Sent to the unit that was on the screen; another one proposed meanwhile is for a person to look at."""
    shown = request.POST.get(f"organization-{case.pk}", "")
    version = request.POST.get(f"version-{case.pk}", "")
    organization = unit.organization
    if organization is None or shown != str(organization.pk):
        raise LinliError(_("建议的承办单位已变化，请打开后人工选择。"), field="organization")
    facts = Facts(
        organization=organization.pk,
        worker=unit.worker_id,
        version=whole_number(version),
    )
    make_move(case.pk, "dispatch", by=request.actor, facts=facts, now=request.now)

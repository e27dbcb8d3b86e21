"""批量派遣: who should take which of the waiting cases, looked over by a person, then carried out a few at a time.

What was looked at travels in the form, signed: the orders are those that were on the screen, with the versions they
were made for, and nobody can slip another sentence under the timeline. Each request carries out a few orders and
answers with what became of them and a form for the rest, which sends itself; without scripts one presses 继续.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from linli.cases.actions.assigning import (
    DispatchPlan,
    Order,
    Proposal,
    carry_out,
    plan_dispatch,
)
from linli.cases.assigning.rules import BALANCE_M
from linli.cases.flow import Stage
from linli.cases.queries import capped_count, waiting_at
from linli.screens.console.menu import page
from linli.screens.shared.guard import PageRequest, needs
from linli.screens.shared.light import light_of

SHOWN = 200
"""Cases of one plan on the page, 1-400: more than anybody looks through, and two fields each in a form of 1,000."""

AT_ONCE = 20
"""Orders carried out in one request, 1-50: half a second, so that the page keeps showing how far it is."""

PLAN_SECONDS = 1_800
"""How long a plan may be confirmed after it was made; seconds, 60-7,200. Later, other people are on duty."""

SALT = "console.dispatch_plan"

BALANCES = (
    (0, gettext_lazy("只看远近")),
    (BALANCE_M // 2, gettext_lazy("略作均衡")),
    (BALANCE_M, gettext_lazy("远近与忙闲兼顾")),
    (BALANCE_M * 2, gettext_lazy("以均衡为主")),
)


@dataclass(frozen=True)
class Line:
    """An order with the words that stand beside it on the page. `refusal` says why it was not carried out."""

    case: int
    version: int
    unit: int
    worker: int
    note: str
    number: str
    title: str
    unit_name: str
    worker_name: str = ""
    refusal: str = ""

    @property
    def order(self) -> Order:
        return Order(self.case, self.version, self.unit, self.worker, self.note)


@require_GET
@needs("cases.dispatch")
def dispatch_plan(request: PageRequest) -> HttpResponse:
    """The plan for what waits, the most urgent first: who goes where and why, what stays and why, and the loads."""
    balance_m = _balance(request.GET.get("balance", ""))
    found = plan_dispatch(balance_m=balance_m, most=SHOWN, by=request.actor, now=request.now)
    waiting = waiting_at(request.actor, Stage.TO_DISPATCH, "cases.dispatch")
    lines = [_line(one) for one in found.proposals]
    return page(
        request,
        "console/batch/plan.html",
        title=_("批量派遣"),
        here="console:desks",
        proposals=[_proposal(one, found, request) for one in found.proposals],
        left=[
            {"case": one.case, "why": one.sentence, "unit": one.organization} for one in found.left
        ],
        loads=_loads(found),
        figures=found.plan,
        deviations=_deviations(found),
        kilometres=found.plan.figures.metres / 1_000,
        nearest_kilometres=found.plan.nearest_first.metres / 1_000,
        balances=BALANCES,
        balance=balance_m,
        shown=len(found.proposals) + len(found.left),
        total=capped_count(waiting),
        token=_signed(request, lines) if lines else "",
    )


@require_POST
@needs("cases.dispatch")
def dispatch_orders(request: PageRequest) -> HttpResponse:
    """Carry out the next few confirmed orders and show what became of all so far."""
    try:
        waiting, ended = _confirmed(request)
    except signing.BadSignature:
        messages.warning(request, _("这份方案已失效，没有派遣。请按现在的情况重新查看。"))
        return redirect("console:dispatch_plan")
    if not waiting:
        messages.warning(request, _("请先勾选要派遣的案件。"))
        return redirect("console:dispatch_plan")
    part, rest = waiting[:AT_ONCE], waiting[AT_ONCE:]
    outcomes = carry_out([one.order for one in part], by=request.actor, now=request.now)
    ended += [
        replace(line, note="", worker_name=outcome.worker, refusal=outcome.refusal)
        for line, outcome in zip(part, outcomes, strict=True)
    ]
    return page(
        request,
        "console/batch/result.html",
        title=_("批量派遣结果"),
        here="console:desks",
        trail=[(_("批量派遣"), reverse("console:dispatch_plan"))],
        done=[one for one in ended if not one.refusal],
        refused=[one for one in ended if one.refusal],
        all=len(ended) + len(rest),
        ended=len(ended),
        rest=len(rest),
        token=_signed(request, rest, ended) if rest else "",
    )


def _balance(text: str) -> int:
    known = {str(metres): metres for metres, _words in BALANCES}
    return known.get(text, BALANCE_M)


def _line(proposal: Proposal) -> Line:
    case, unit, chosen = proposal.case, proposal.organization, proposal.assignment
    return Line(
        case.pk,
        case.version,
        unit.pk,
        chosen.worker_id,
        chosen.sentence,
        case.number,
        str(case.title),
        unit.name,
    )


def _proposal(one: Proposal, found: DispatchPlan, request: PageRequest) -> dict[str, Any]:
    return {
        "case": one.case,
        "light": light_of(one.case, request),
        "unit": one.organization,
        "metres": one.assignment.metres,
        "why": one.assignment.sentence,
        "worker": one.assignment.worker_id,
        "choices": [
            {"worker": worker, "metres": metres, "load": found.plan.loads[worker.id][0]}
            for worker, metres in found.choices(one)
        ],
    }


def _deviations(found: DispatchPlan) -> dict[str, str]:
    """Standard deviations of load by capacity: now, then, and if each went to the nearest."""
    plan = found.plan
    shares = {
        "now": plan.deviation_before,
        "then": plan.figures.deviation,
        "nearest": plan.nearest_first.deviation,
    }
    return {name: f"{share:.0%}" for name, share in shares.items()}


def _loads(found: DispatchPlan) -> dict[str, list[dict[str, Any]]]:
    """Everybody on duty in the units concerned: first those who get something, the fullest first."""
    units = {one.organization.pk: one.organization.name for one in found.proposals}
    units |= {one.organization.pk: one.organization.name for one in found.left if one.organization}
    rows: list[dict[str, Any]] = []
    for worker_id, (now, then) in found.plan.loads.items():
        worker = found.workers[worker_id]
        full = max(worker.capacity, then, 1)
        rows.append(
            {
                "name": worker.name,
                "unit": units[worker.unit],
                "now": now,
                "then": then,
                "capacity": worker.capacity,
                "full": full,
                "share": then / full,
            }
        )
    rows.sort(key=lambda row: -row["share"])
    return {
        "changed": [row for row in rows if row["then"] > row["now"]],
        "same": [row for row in rows if row["then"] == row["now"]],
    }


def _signed(request: PageRequest, waiting: list[Line], ended: list[Line] | None = None) -> str:
    content = {
        "account": request.actor.account_id,
        "waiting": [list(asdict(one).values()) for one in waiting],
        "ended": [list(asdict(one).values()) for one in ended] if ended is not None else None,
    }
    return signing.dumps(content, salt=SALT, compress=True)


def _confirmed(request: PageRequest) -> tuple[list[Line], list[Line]]:
    """(orders to carry out, those that were). The plan's own form says which are ticked and for whom.

    Raises:
        BadSignature: not ours, another person's, or too old.
    """
    content = signing.loads(request.POST.get("plan", ""), salt=SALT, max_age=PLAN_SECONDS)
    if content["account"] != request.actor.account_id:
        raise signing.BadSignature("somebody else's plan")
    waiting = [Line(*row) for row in content["waiting"]]
    if content["ended"] is not None:
        return waiting, [Line(*row) for row in content["ended"]]
    ticked = set(request.POST.getlist("case"))
    return [_as_chosen(request, one) for one in waiting if str(one.case) in ticked], []


def _as_chosen(request: PageRequest, line: Line) -> Line:
    """The line for the worker in the list beside it; when a person chose another one, the timeline says so."""
    chosen = request.POST.get(f"worker-{line.case}", "")
    if not chosen.isdecimal() or int(chosen) == line.worker:
        return replace(line, note=f"批量派遣。{line.note}")
    note = f"批量派遣，人员由{request.actor.name}改选。系统建议：{line.note}"
    return replace(line, worker=int(chosen), note=note)

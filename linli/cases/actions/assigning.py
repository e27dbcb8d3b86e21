"""Dispatching many cases at once: a plan that writes nothing, and carrying it out case by case.

The plan is for looking at; what is carried out is an order per case with the version it was made for. Every order is
an ordinary `dispatch` move in a transaction of its own, so a case that has changed meanwhile is named and left alone
and the others go. Example: of three orders the second was dispatched by a colleague a minute ago; the first and the
third are done, the second says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from linli.cases.actions.moving import make_move
from linli.cases.assigning.candidates import matter_of, workers_of
from linli.cases.assigning.rules import (
    BALANCE_M,
    Assignment,
    Plan,
    Worker,
    able_workers,
    plan_assignments,
)
from linli.cases.catalogue.community_list import refused_by_list
from linli.cases.facts import Facts
from linli.cases.flow import Stage
from linli.cases.models import Case
from linli.cases.queries import cases_seen, waiting_at
from linli.cases.suggesting.duty import suggest_organizations
from linli.kernel.acting import Actor
from linli.kernel.calendar.local import local_day
from linli.kernel.errors import LinliError, NotAllowed
from linli.kernel.organisations.models import Organization

MAY = "cases.dispatch"

MOST_CASES = 2_000
"""Cases of one plan, 1-5,000; the most urgent ones. So many take a second, and nobody looks through more."""

RETURNED = "此案被退回过，按派单目录再派可能又被退回，请人工选择承办单位。"

MOST_CHOICES = 20
"""Workers offered for one case, 1-50; the nearest. Whoever is wanted beyond them is chosen in the case itself."""


@dataclass(frozen=True)
class Proposal:
    """A case, the unit, and who is to go."""

    case: Case
    organization: Organization
    assignment: Assignment


@dataclass(frozen=True)
class Left:
    """A case that stays, and why; `organization` where one is known."""

    case: Case
    organization: Organization | None
    sentence: str


@dataclass(frozen=True)
class DispatchPlan:
    """Proposals and cases left, the most urgent first; figures and loads of `plan` are of `workers`, by id."""

    proposals: tuple[Proposal, ...]
    left: tuple[Left, ...]
    plan: Plan
    workers: Mapping[int, Worker]

    def choices(self, proposal: Proposal) -> list[tuple[Worker, int | None]]:
        """(worker, metres) of those a person may choose, the proposed one among them; nearest first."""
        matter = matter_of(proposal.case, proposal.organization.pk)
        able = able_workers(matter, self.workers.values())
        proposed = proposal.assignment.worker_id
        return [pair for at, pair in enumerate(able) if at < MOST_CHOICES or pair[0].id == proposed]


@dataclass(frozen=True)
class Order:
    """What a person has confirmed. `version` is the one they saw; `note` goes into the timeline."""

    case_id: int
    version: int
    organization_id: int
    worker_id: int
    note: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of an order: the name of whoever has the case now, or why it was not carried out."""

    case_id: int
    worker: str = ""
    refusal: str = ""


def plan_dispatch(
    case_ids: Iterable[int] | None = None,
    *,
    balance_m: int = BALANCE_M,
    most: int = MOST_CASES,
    by: Actor,
    now: datetime,
) -> DispatchPlan:
    """Who should take which of the cases that wait for dispatch; of all of them when no ids are given.

    The `most` urgent ones are planned. Nothing is written, and no transaction is open while it is computed. Cases
    that do not wait for dispatch or lie out of the actor's scope are not in it.

    Raises:
        NotAllowed: the actor may not dispatch.
    """
    if not by.may(MAY):
        raise NotAllowed("您的岗位不能派遣案件，请交给派遣员。")
    rows = waiting_at(by, Stage.TO_DISPATCH, MAY)
    if case_ids is not None:
        rows = rows.filter(pk__in=list(case_ids))
    cases = list(rows[: min(most, MOST_CASES)])
    units, refused = _units(cases, now=now)
    workers = workers_of({unit.pk for unit in units.values()}, now=now)
    matters = [matter_of(case, units[case.pk].pk) for case in cases if case.pk in units]
    plan = plan_assignments(matters, workers, balance_m=balance_m)
    found = {one.matter_id: one for one in plan.assignments}
    why = refused | {one.matter_id: one.sentence for one in plan.unassigned}
    return DispatchPlan(
        tuple(Proposal(case, units[case.pk], found[case.pk]) for case in cases if case.pk in found),
        tuple(Left(one, units.get(one.pk), why[one.pk]) for one in cases if one.pk not in found),
        plan,
        {worker.id: worker for worker in workers},
    )


def carry_out(orders: Iterable[Order], *, by: Actor, now: datetime) -> list[Outcome]:
    """Make the moves, one transaction each, in the order given. Carrying out the same orders again changes nothing."""
    return [_carry_out(order, by=by, now=now) for order in orders]


def _units(cases: list[Case], *, now: datetime) -> tuple[dict[int, Organization], dict[int, str]]:
    """(unit of each case that may be sent there, why not for the others), by case id."""
    units: dict[int, Organization] = {}
    refused: dict[int, str] = {}
    suggested = suggest_organizations(cases, now=now)
    for case in cases:
        unit, why = suggested[case.pk]
        if unit is not None:
            why = RETURNED if case.returned else refused_by_list(case, unit, on=local_day(now))
        if unit is None or why:
            refused[case.pk] = why
        else:
            units[case.pk] = unit
    return units, refused


def _carry_out(order: Order, *, by: Actor, now: datetime) -> Outcome:
    facts = Facts(
        organization=order.organization_id,
        worker=order.worker_id,
        version=order.version,
        note=order.note,
    )
    try:
        case = make_move(order.case_id, "dispatch", by=by, facts=facts, now=now)
    except LinliError as refusal:
        before = _carried_out_before(order, by=by)
        if before is None:
            return Outcome(order.case_id, refusal=refusal.message)
        case = before
    assert case.owner is not None, "an order names somebody"
    return Outcome(order.case_id, worker=case.owner.name)


def _carried_out_before(order: Order, *, by: Actor) -> Case | None:
    """The case, if this very order has arrived already: its next version is with that worker."""
    rows = cases_seen(by, MAY).filter(
        pk=order.case_id,
        version=order.version + 1,
        stage=Stage.TO_SIGN,
        handling_org_id=order.organization_id,
        owner_id=order.worker_id,
    )
    return rows.select_related("owner").first()

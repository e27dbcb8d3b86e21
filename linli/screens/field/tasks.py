"""What waits for a person outside: own tasks, what the own unit has to sign for, and the figures of the month."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.cases.flow import Clock, Stage
from linli.cases.models import Case, CaseMove, Deadline
from linli.cases.queries import cases_seen
from linli.kernel.acting import Actor
from linli.kernel.calendar.local import LOCAL

MOST_TASKS = 200
"""Tasks on one page; a phone keeps as many for when there is no signal."""

WORK_DONE = ("feedback", "self_handle")
"""Moves with which somebody finishes work outside."""

MOST_DONE = 500

Condition = Callable[[datetime], Q]


def _at(stage: Stage) -> Condition:
    return lambda now: Q(stage=stage)


@dataclass(frozen=True)
class TaskList:
    """A counter on the first page; tapped, it opens its list. `permission` says who has such tasks."""

    code: str
    label: str | Promise
    permission: str
    condition: Condition
    alert: bool = False


LISTS: tuple[TaskList, ...] = (
    TaskList("to_sign", _("待签收"), "cases.handle", _at(Stage.TO_SIGN)),
    TaskList("handling", _("处置中"), "cases.handle", _at(Stage.HANDLING)),
    TaskList("verifying", _("待核实"), "cases.verify", _at(Stage.VERIFYING)),
    TaskList("to_check", _("待核查"), "cases.check", _at(Stage.TO_CHECK)),
    TaskList("self_handle", _("可自办"), "cases.self_handle", _at(Stage.RECEIVED)),
    TaskList(
        "near_due", _("快到或已超时"), "cases.handle", lambda now: Q(yellow_at__lte=now), alert=True
    ),
)


@dataclass(frozen=True)
class Counter:
    code: str
    label: str | Promise
    count: int
    alert: bool


@dataclass(frozen=True)
class Done:
    """A piece of work finished this month. Where no handling clock ran, nothing can be late."""

    case: Case
    at: datetime
    late: bool


def tasks_of(actor: Actor) -> QuerySet[Case]:
    """Open cases the actor must act on: the own ones, and those the own unit has not signed for; most urgent first."""
    mine = Q(owner_id=actor.staff_id)
    if actor.may("cases.handle") and actor.organization_id is not None:
        mine |= Q(stage=Stage.TO_SIGN, handling_org_id=actor.organization_id)
    return _listed(cases_seen(actor).filter(mine, open=True))


def tasks_on(actor: Actor, code: str, *, now: datetime) -> QuerySet[Case]:
    """The list behind a counter; all tasks for a code nobody knows."""
    if code == "self_handle":
        return _listed(_self_handled(actor))
    found = next((one for one in LISTS if one.code == code), None)
    return tasks_of(actor).filter(found.condition(now)) if found else tasks_of(actor)


def counters(actor: Actor, *, now: datetime) -> list[Counter]:
    """The counters this person has, in the order of the day; two queries."""
    shown = [one for one in LISTS if actor.may(one.permission)]
    wanted = {
        one.code: Count("pk", filter=one.condition(now))
        for one in shown
        if one.code != "self_handle"
    }
    counts = tasks_of(actor).order_by().aggregate(**wanted)
    if actor.may("cases.self_handle"):
        counts["self_handle"] = _self_handled(actor).count()
    return [Counter(one.code, one.label, counts[one.code], one.alert) for one in shown]


def done_this_month(actor: Actor, *, now: datetime) -> list[Done]:
    """What the actor finished since the first of the local month, newest first, each case once."""
    local = now.astimezone(LOCAL)
    begin = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if actor.staff_id is None:
        return []
    moves = CaseMove.objects.filter(by_staff_id=actor.staff_id, code__in=WORK_DONE, at__gte=begin)
    last: dict[int, CaseMove] = {}
    for move in moves.select_related("case__category").order_by("-id")[:MOST_DONE]:
        last.setdefault(move.case_id, move)
    rows = Deadline.objects.filter(case_id__in=list(last), clock=Clock.HANDLE).order_by("id")
    clocks = {row.case_id: row for row in rows}
    return [_done(move, clocks.get(move.case_id)) for move in last.values()]


def _done(move: CaseMove, clock: Deadline | None) -> Done:
    late = clock is not None and (clock.stopped_at or move.at) > clock.due_at
    return Done(move.case, move.at, late)


def _self_handled(actor: Actor) -> QuerySet[Case]:
    return cases_seen(actor, "cases.self_handle").filter(
        stage=Stage.RECEIVED, category__isnull=False
    )


def _listed(rows: QuerySet[Case]) -> QuerySet[Case]:
    listed = rows.select_related("category", "grid", "community", "handling_org")
    return listed.order_by("due_at", "id")

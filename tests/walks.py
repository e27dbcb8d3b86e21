"""One matter and its way round the loop, for every test that needs a case somewhere on it.

case = walk_to(world, opened(world), Stage.TO_CHECK)
case = walk_until(world, case, "close", at=MONDAY + HOUR)
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.http.response import HttpResponseBase

from linli.cases.actions.intake import receive_report
from linli.cases.actions.moving import make_move
from linli.cases.drafts import ReportDraft
from linli.cases.facts import Facts
from linli.cases.flow import MOVES, Stage
from linli.cases.models import Case, Report
from linli.kernel.access.queries import RESIDENT
from linli.kernel.jobs.queue import run_due
from tests.world import MONDAY, World

RUBBISH = ReportDraft(
    title="垃圾没人清",
    body="第一网格楼下的垃圾堆了三天没人清。",
    lon=120.005,
    lat=30.005,
    category_code="E0111",
    contact_name="王奶奶",
    contact_phone="19900001234",
)

STEPS: tuple[tuple[str, str], ...] = (
    ("accept", "acceptor"),
    ("register", "supervisor"),
    ("dispatch", "dispatcher"),
    ("sign_for", "handler"),
    ("feedback", "handler"),
    ("pass_check", "checker"),
    ("close", "supervisor"),
)
"""Every move of the loop with the person of the world who makes it."""


def opened(world: World, draft: ReportDraft = RUBBISH) -> Case:
    """The case of the heap of rubbish; the world has to be there."""
    return reported(draft)


def reported(draft: ReportDraft, *, at: datetime = MONDAY) -> Case:
    """The case that the worker found or opened for a report."""
    receipt = receive_report(draft, by=RESIDENT, now=at)
    run_due(now=at)
    case = Report.objects.get(pk=receipt.report_id).case
    assert case is not None, "the job has given the report its case"
    return case


def walk_to(world: World, case: Case, stage: Stage, *, at: datetime = MONDAY) -> Case:
    """The case, taken along the loop from wherever it is to a stage by the right people."""
    for move, who in STEPS:
        if case.stage == stage:
            return case
        if Stage(case.stage) in MOVES[move].sources:
            case = step(world, case, move, who, at=at)
    assert case.stage == stage, f"no way along the loop leads to {stage}"
    return case


def walk_until(world: World, case: Case, last: str, *, at: datetime = MONDAY) -> Case:
    """The case after all moves of the loop up to and including one, all at the same instant."""
    for move, who in up_to(last):
        case = step(world, case, move, who, at=at)
    return case


def step(world: World, case: Case, move: str, who: str, *, at: datetime = MONDAY) -> Case:
    """One move with the usual facts."""
    facts = facts_for(world, move)
    return make_move(case.pk, move, by=world.actors[who], facts=facts, now=at)


def facts_for(world: World, move: str) -> Facts:
    """What a move must be told, as everybody of the small world would say it."""
    return {
        "accept": Facts(category=world.category.pk),
        "register": Facts(standard=world.standard.pk),
        "dispatch": Facts(organization=world.organizations["CG"].pk),
        "feedback": Facts(outcome="solved", note="清走两车", public_reply="垃圾已清走"),
        "pass_check": Facts(note="现场干净"),
        "rework": Facts(note="还有残留"),
        "close": Facts(closing_condition_met=True),
    }.get(move, Facts())


def up_to(last: str) -> Iterator[tuple[str, str]]:
    """(move, who makes it) of the loop up to and including one."""
    for move, who in STEPS:
        yield move, who
        if move == last:
            return
    raise AssertionError(f"{last} is no move of the loop")


def holds(answer: HttpResponseBase, address: str) -> bool:
    """Whether an address answered and did not break; 503 is an answer of `/healthz` where no worker runs."""
    return answer.status_code < 500 or (
        address.startswith("/healthz") and answer.status_code == 503
    )

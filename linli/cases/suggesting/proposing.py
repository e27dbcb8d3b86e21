"""Triage (研判) in one go: from what the steps found to the proposal that a new case keeps.

Each step leaves a sentence; the figures behind it are kept, so that a person can see why and overrule it.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import datetime

from linli.cases.catalogue.ruling.rules import Rule
from linli.cases.duplicates.rules import Decision
from linli.cases.flow import CASE, Clock
from linli.cases.models import Case, Category
from linli.cases.proposal import (
    LikelySame,
    Proposal,
    ProposedClass,
    ProposedDeadline,
    ProposedLikeness,
    ProposedPlace,
    ProposedUnit,
    ProposedUrgency,
    RuleThatDecided,
)
from linli.cases.queries import current_standards
from linli.cases.suggesting.category import Guess
from linli.cases.suggesting.duty import Suggested, suggest_units
from linli.cases.suggesting.place import Found
from linli.cases.suggesting.worker import suggest_worker
from linli.kernel.calendar.errors import CalendarError
from linli.kernel.engine import rows
from linli.kernel.matters.clocks import compute

URGENT_WORDS = (
    "燃气泄漏",
    "着火",
    "起火",
    "触电",
    "塌陷",
    "被困",
    "爆裂",
    "坠落",
    "井盖缺失",
    "漏电",
    "电梯困人",
)
"""Words of danger to life; with one of them a matter is urgent whatever its class."""


@dataclass(frozen=True)
class Triage:
    """The proposal, and the unit with the rules that failed on the way."""

    proposal: Proposal
    unit: Suggested


def propose(
    case: Case,
    guess: Guess,
    found: Found,
    decision: Decision,
    *,
    danger: bool,
    source: str,
    now: datetime,
) -> Triage:
    """Everything that can be said of a case that is about to be opened; a rule may make it urgent."""
    classed = _classed(case, guess)
    unit = suggest_units([classed], now=now, sources={None: source})[None]
    by_rule = raise_urgency(case, unit.rule)
    sentence = urgency_by(unit.rule) if by_rule else urgency_of(case)
    proposal = Proposal(
        category=ProposedClass(
            guess.category_id, guess.code, guess.major, round(guess.probability, 4), guess.sentence
        ),
        place=ProposedPlace(found.sentence, found.sure),
        duplicates=ProposedLikeness(
            decision.sentence,
            tuple(
                LikelySame(one.case_id, round(one.score, 3), one.sentence)
                for one in decision.likenesses
            ),
        ),
        urgent=ProposedUrgency(sentence, danger, by_rule),
        deadline=_deadline(classed.category, now=now),
        organization=_unit(classed, unit, now=now),
        rule=decided_by(unit.rule),
    )
    return Triage(proposal, unit)


def raise_urgency(case: Case, rule: Rule | None) -> bool:
    """Make a case urgent if the rule says so; whether it would not be without the rule."""
    raised = rule is not None and rule.urgent and not case.urgent
    case.urgent = case.urgent or raised
    return raised


def decided_by(rule: Rule | None) -> RuleThatDecided | None:
    """The rule that decided, as a proposal keeps it."""
    if rule is None:
        return None
    words = f"派遣规则“{rule.name}”" + (f"：{rule.tag}" if rule.tag else "。")
    return RuleThatDecided(rule.id, rule.name, rule.tag, words)


def urgency_by(rule: Rule | None) -> str:
    return f"紧急：派遣规则“{rule.name}”。" if rule else ""


def _classed(case: Case, guess: Guess) -> Case:
    """The case as it would be if the class guessed is the right one."""
    classed = copy.copy(case)
    if classed.category is None:
        classed.category = rows.known(Category, guess.category_id)
    return classed


def urgency_of(case: Case) -> str:
    """Why a case is urgent or not, by its own words and class."""
    word = next((word for word in URGENT_WORDS if word in case.title or word in case.body), "")
    if word:
        return f"紧急：文字中有“{word}”。"
    return (
        "紧急：上报人说现场有危险，或此类别按紧急事项办理。"
        if case.urgent
        else "一般：没有危及安全的情况。"
    )


def _deadline(category: Category | None, *, now: datetime) -> ProposedDeadline:
    """When it would be due if it went out now as what it is taken for; a proposal for the office, no promise."""
    standards = current_standards(category, now) if category else []
    limit = standards[0].time_limit if standards else ""
    try:
        run = compute(CASE, Clock.HANDLE, limit, organization_id=None, starts_at=now)
    except CalendarError as problem:
        return ProposedDeadline(problem.message)
    source = f"立案标准“{standards[0].filing_condition}”" if standards else "默认时限"
    sentence = f"按{source}（{run.limit}）：{run.due.sentence}"
    return ProposedDeadline(sentence, standards[0].pk if standards else None)


def _unit(classed: Case, unit: Suggested, *, now: datetime) -> ProposedUnit:
    organization = unit.organization
    if organization is None:
        return ProposedUnit(sentence=unit.sentence)
    worker_id, why = unit.worker_id, unit.sentence if unit.worker_id else ""
    if worker_id is None:
        given = copy.copy(classed)
        given.handling_org = organization
        worker_id, why = suggest_worker(given, now=now)
    return ProposedUnit(organization.pk, organization.name, unit.sentence, worker_id, why)

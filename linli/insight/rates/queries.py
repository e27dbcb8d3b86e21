"""The three rates over the calls back of a period, by the unit that handled the matter.

The last call back of a case inside the period counts. A case assessed not at all is left out; one that was excluded
(剔除) is left out of the assessment and stays in the line that counts everything (全口径).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from django.db.models import QuerySet

from linli.cases.models import AssessmentRule, Case, Exclusion, FollowUp, Solved, WorkOrder
from linli.cases.queries import cases_seen
from linli.insight.rates.rules import USUAL, Rates, Voice, Weights, three_rates
from linli.kernel.acting import Actor
from linli.kernel.organisations.models import Organization, OrganizationKind

STREETS = frozenset({OrganizationKind.SUBDISTRICT_OFFICE, OrganizationKind.RESIDENTS_COMMITTEE})
"""Sub-districts and committees are ranked in a list of their own, apart from the departments."""


@dataclass(frozen=True)
class UnitRates:
    """The rates of one unit; `everything` counts excluded matters as well."""

    organization_id: int | None
    name: str
    street: bool
    taken_in: int
    finished: int
    rates: Rates
    everything: Rates


def weights() -> list[Weights]:
    """Every dated setting, or the usual one where none was made."""
    found = [
        Weights(
            rule.valid_from,
            Fraction(rule.response, 1_000),
            Fraction(rule.solution, 1_000),
            Fraction(rule.satisfaction, 1_000),
            Fraction(rule.basic, 1_000),
            rule.period_day,
        )
        for rule in AssessmentRule.objects.order_by("valid_from")
    ]
    return found or [USUAL]


def rates_by_unit(
    actor: Actor, *, start: datetime, end: datetime, weights: Weights
) -> list[UnitRates]:
    """Units with a matter taken in, finished or called back in [start, end), the best score first."""
    voices: dict[int | None, list[Voice]] = defaultdict(list)
    every: dict[int | None, list[Voice]] = defaultdict(list)
    for unit, voice, excluded in _voices(actor, start, end):
        every[unit].append(voice)
        if not excluded:
            voices[unit].append(voice)
    orders = cases_seen(actor).filter(pk__in=_assessed().values("case_id"))
    taken = _count(orders.filter(opened_at__gte=start, opened_at__lt=end))
    finished = _count(orders.filter(closed_at__gte=start, closed_at__lt=end))
    units = set(every) | set(taken) | set(finished)
    ids = [unit for unit in units if unit is not None]
    known: dict[int | None, Organization] = {
        one.pk: one for one in Organization.objects.filter(pk__in=ids)
    }
    found = [
        UnitRates(
            unit,
            known[unit].name if unit in known else "未派单",
            unit in known and known[unit].kind in STREETS,
            taken.get(unit, 0),
            finished.get(unit, 0),
            three_rates(voices[unit], weights=weights),
            three_rates(every[unit], weights=weights),
        )
        for unit in units
    ]
    return sorted(found, key=_rank)


def overall(
    actor: Actor, *, start: datetime, end: datetime, weights: Weights
) -> tuple[Rates, Rates]:
    """(assessed, everything) over all units together."""
    heard = list(_voices(actor, start, end))
    return (
        three_rates((voice for _, voice, excluded in heard if not excluded), weights=weights),
        three_rates((voice for _, voice, _ in heard), weights=weights),
    )


def called_back(
    actor: Actor, *, organization_id: int | None, start: datetime, end: datetime
) -> QuerySet[Case]:
    """The cases behind 有效回访 of a unit, excluded ones too."""
    ids = [call.case_id for call in _calls(actor, start, end)]
    return cases_seen(actor).filter(pk__in=ids, handling_org_id=organization_id)


def _rank(unit: UnitRates) -> tuple[bool, Fraction, str]:
    """The best score first; a score of nothing at all stands behind a score of 0."""
    score = unit.rates.score
    return score is None, -(score or Fraction(0)), unit.name


def _voices(actor: Actor, start: datetime, end: datetime) -> list[tuple[int | None, Voice, bool]]:
    calls = _calls(actor, start, end)
    ids = [call.case_id for call in calls]
    scopes = dict(
        WorkOrder.objects.filter(case_id__in=ids).values_list("case_id", "assessment_scope")
    )
    left_out = set(
        Exclusion.objects.filter(case_id__in=ids, granted=True).values_list("case_id", flat=True)
    )
    return [
        (
            call.case.handling_org_id,
            Voice(
                bool(call.contacted),
                call.solved == Solved.SOLVED,
                call.satisfaction,
                scopes[call.case_id] == WorkOrder.Scope.RESPONSE_ONLY,
            ),
            call.case_id in left_out,
        )
        for call in calls
    ]


def _calls(actor: Actor, start: datetime, end: datetime) -> list[FollowUp]:
    rows = FollowUp.objects.filter(
        at__gte=start,
        at__lt=end,
        effective=True,
        case__in=cases_seen(actor),
        case_id__in=_assessed().values("case_id"),
    )
    last = {call.case_id: call for call in rows.select_related("case").order_by("id")}
    return list(last.values())


def _assessed() -> QuerySet[WorkOrder]:
    return WorkOrder.objects.exclude(assessment_scope=WorkOrder.Scope.NONE)


def _count(cases: QuerySet[Case]) -> dict[int | None, int]:
    found: dict[int | None, int] = defaultdict(int)
    for unit in cases.order_by().values_list("handling_org_id", flat=True):
        found[unit] += 1
    return found

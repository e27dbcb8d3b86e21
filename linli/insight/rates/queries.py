"""The three rates over the calls back of a period, by the unit that handled the matter.

The last call back of a case inside the period counts. A case assessed not at all is left out; one that was excluded
(剔除) is left out of the assessment and stays in the line that counts everything (全口径).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from django.db.models import Q, QuerySet

from linli.cases.models import AssessmentRule, Case, Exclusion, FollowUp, Solved, WorkOrder
from linli.cases.queries import cases_seen
from linli.insight.rates.rules import COUNTED, USUAL, Rates, Voice, Weights, three_rates
from linli.kernel.acting import Actor
from linli.kernel.organisations.models import Organization, OrganizationKind

STREETS = frozenset({OrganizationKind.SUBDISTRICT_OFFICE, OrganizationKind.RESIDENTS_COMMITTEE})
"""Sub-districts and committees are ranked in a list of their own, apart from the departments."""

EVERY = Q()
"""Everything the actor sees."""

ALL_UNITS = -1
"""No unit has this id; None are matters given to nobody yet."""

BY_TIME = {"taken_in": "opened_at", "finished": "closed_at"}
FIGURES: dict[str, str] = {
    "taken_in": "受理量",
    "finished": "办结量",
    "calls": "有效回访",
    "contacted": "联系",
    "assessed": "全部考核",
    "solved": "解决",
    "satisfied": "满意",
    "basically": "基本满意",
}


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
    actor: Actor, *, start: datetime, end: datetime, weights: Weights, among: Q = EVERY
) -> list[UnitRates]:
    """Units with a matter taken in, finished or called back in [start, end), the best score first.

    Those with too few calls for a place stand behind those that have one. `among` narrows what the actor sees.
    """
    seen = cases_seen(actor).filter(among)
    voices: dict[int | None, list[Voice]] = defaultdict(list)
    every: dict[int | None, list[Voice]] = defaultdict(list)
    for unit, voice, excluded in _voices(seen, start, end):
        every[unit].append(voice)
        if not excluded:
            voices[unit].append(voice)
    taken = _count(_orders(seen, "opened_at", start, end))
    finished = _count(_orders(seen, "closed_at", start, end))
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
    actor: Actor, *, start: datetime, end: datetime, weights: Weights, among: Q = EVERY
) -> tuple[Rates, Rates]:
    """(assessed, everything) over all units together."""
    heard = _voices(cases_seen(actor).filter(among), start, end)
    return (
        three_rates((voice for _, voice, excluded in heard if not excluded), weights=weights),
        three_rates((voice for _, voice, _ in heard), weights=weights),
    )


def sees_every_unit(actor: Actor) -> bool:
    """Whether what the actor sees is cut by place only. Whoever sees the own unit alone cannot tell its place."""
    scope = actor.scope("cases.view")
    return scope.everywhere or bool(scope.areas or scope.levels)


def cases_behind(
    actor: Actor,
    *,
    figure: str,
    start: datetime,
    end: datetime,
    unit: int | None = ALL_UNITS,
    everything: bool = False,
    among: Q = EVERY,
) -> QuerySet[Case]:
    """The list behind a figure of `FIGURES`, as many as it says."""
    seen = cases_seen(actor).filter(among)
    if figure in BY_TIME:
        rows = _orders(seen, BY_TIME[figure], start, end)
    else:
        counts = COUNTED[figure]
        ids = [
            voice.case_id
            for _unit, voice, excluded in _voices(seen, start, end)
            if counts(voice) and (everything or not excluded)
        ]
        rows = seen.filter(pk__in=ids)
    return rows if unit == ALL_UNITS else rows.filter(handling_org_id=unit)


def _rank(unit: UnitRates) -> tuple[bool, bool, Fraction, str]:
    """The best score first; too few calls behind enough, a score of nothing at all behind a score of 0."""
    score = unit.rates.score
    return unit.rates.few, score is None, -(score or Fraction(0)), unit.name


def _orders(seen: QuerySet[Case], at: str, start: datetime, end: datetime) -> QuerySet[Case]:
    wanted = {f"{at}__gte": start, f"{at}__lt": end}
    return seen.filter(pk__in=_assessed().values("case_id"), **wanted)


def _voices(
    seen: QuerySet[Case], start: datetime, end: datetime
) -> list[tuple[int | None, Voice, bool]]:
    calls = _calls(seen, start, end)
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
                call.case_id,
            ),
            call.case_id in left_out,
        )
        for call in calls
    ]


def _calls(seen: QuerySet[Case], start: datetime, end: datetime) -> list[FollowUp]:
    rows = FollowUp.objects.filter(
        at__gte=start,
        at__lt=end,
        effective=True,
        case__in=seen,
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

"""The figures of 吹哨报到 read from the timeline; what they mean is in `rules.py`."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from linli.cases.models import CaseMove
from linli.cases.queries import cases_seen
from linli.kernel.acting import Actor
from linli.whistles.flow import SCORES, LegClock
from linli.whistles.models import LegDeadline, WhistleLeg, WhistleLine
from linli.whistles.queries import whistles_seen
from linli.whistles.rules import Band, LegFacts, WhistleFigures, band_of, figures_of

ANSWERS = ("respond", "decline", "transfer")


@dataclass(frozen=True)
class UnitRow:
    """One department, or all of them together."""

    name: str
    organization_id: int | None
    figures: WhistleFigures
    scores: tuple[float, float, float] | None
    scored: int


def figures(
    actor: Actor, *, start: datetime, end: datetime, as_of: datetime
) -> tuple[UnitRow, list[UnitRow]]:
    """(all departments, each one by name) for the whistles the actor may see."""
    legs = _facts(actor)
    of_unit = defaultdict(list)
    for leg in legs:
        of_unit[leg.organization_id].append(leg)
    period = {"start": start, "end": end, "as_of": as_of}
    marks = _marks(actor, start, min(end, as_of))
    rows = [
        UnitRow(name, unit, figures_of(of_unit[unit], **period), *_mean(marks.get(unit, [])))
        for unit, name in sorted(_names(of_unit).items(), key=lambda one: one[1])
    ]
    rows = [
        row for row in rows if row.figures.response.due or row.figures.arrival.due or row.scored
    ]
    together = [mark for found in marks.values() for mark in found]
    return UnitRow("", None, figures_of(legs, **period), *_mean(together)), rows


def band(actor: Actor, *, start: datetime, end: datetime, as_of: datetime) -> Band:
    """Whistles blown for a hundred cases filed in the period."""
    until = min(end, as_of)
    blown = whistles_seen(actor).filter(blown_at__gte=start, blown_at__lt=until).count()
    filed = CaseMove.objects.filter(
        code="register", at__gte=start, at__lt=until, case__in=cases_seen(actor)
    )
    return band_of(blown, filed.values("case_id").distinct().count())


def legs_behind(actor: Actor, ids: frozenset[int]) -> list[WhistleLeg]:
    """The legs of a figure, as far as the actor may see their whistles."""
    rows = WhistleLeg.objects.select_related("whistle", "handling_org", "owner")
    return list(rows.filter(pk__in=ids, whistle__in=whistles_seen(actor)).order_by("id"))


def _facts(actor: Actor) -> list[LegFacts]:
    legs = WhistleLeg.objects.filter(whistle__in=whistles_seen(actor))
    dues: dict[tuple[int, str], datetime] = {}
    clocks = LegDeadline.objects.filter(
        leg__in=legs, clock__in=[LegClock.RESPOND, LegClock.ARRIVE]
    ).order_by("id")
    for leg_id, clock, due_at in clocks.values_list("leg_id", "clock", "due_at"):
        dues.setdefault((leg_id, clock), due_at)
    first: dict[tuple[int, str], tuple[str, datetime]] = {}
    lines = WhistleLine.objects.filter(leg__in=legs, code__in=[*ANSWERS, "arrive"]).order_by("id")
    for leg_id, code, at in lines.values_list("leg_id", "code", "at"):
        first.setdefault((leg_id or 0, "answer" if code in ANSWERS else code), (code, at))
    found = []
    for leg in legs:
        answer, answered_at = first.get((leg.pk, "answer"), ("", None))
        arrived_at = first.get((leg.pk, "arrive"), ("", None))[1]
        found.append(
            LegFacts(
                leg.pk,
                leg.handling_org_id or 0,
                leg.opened_at,
                dues.get((leg.pk, LegClock.RESPOND)),
                answered_at,
                answer,
                dues.get((leg.pk, LegClock.ARRIVE)),
                arrived_at,
                leg.closed_at,
            )
        )
    return found


def _names(of_unit: dict[int, list[LegFacts]]) -> dict[int, str]:
    rows = WhistleLeg.objects.filter(handling_org_id__in=list(of_unit))
    return dict(rows.values_list("handling_org_id", "handling_org__name").distinct())


def _marks(actor: Actor, start: datetime, end: datetime) -> dict[int, list[tuple[int, int, int]]]:
    """Scores given in the period, by department."""
    found = defaultdict(list)
    lines = WhistleLine.objects.filter(
        code="score", at__gte=start, at__lt=end, whistle__in=whistles_seen(actor)
    )
    for unit, facts in lines.values_list("leg__handling_org_id", "facts"):
        arrival, cooperation, effect = (facts[name] for name in SCORES)
        found[unit or 0].append((arrival, cooperation, effect))
    return found


def _mean(marks: list[tuple[int, int, int]]) -> tuple[tuple[float, float, float] | None, int]:
    if not marks:
        return None, 0
    arrival, cooperation, effect = (sum(column) / len(marks) for column in zip(*marks, strict=True))
    return (arrival, cooperation, effect), len(marks)

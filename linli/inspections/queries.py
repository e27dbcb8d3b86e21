"""Reading sites and inspections; who may see which is in here: everybody those of the own area, a unit its own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery

from linli.cases.models import Case
from linli.cases.queries import cases_seen, id_in
from linli.inspections.flow import INSPECTION, PLAN, SEE
from linli.inspections.models import ChecklistItem, Finding, Inspection, Site, SiteExit, SiteKind
from linli.kernel.acting import Actor, within
from linli.kernel.calendar.limits import TimeLimit
from linli.kernel.calendar.local import local_day
from linli.kernel.errors import NotFound
from linli.kernel.matters.models import Link
from linli.kernel.typed import typed_digits

DAY_MINUTES = 480
"""What a working day is worth beside hours, minutes; eight hours."""

NIGHTS_AND_WEEKENDS = 7 * 24 / (5 * 8)
"""How many minutes pass on average while one of working time does."""


def inspections_seen(actor: Actor, right: str = SEE) -> QuerySet[Inspection]:
    """Inspections a right reaches; none without it."""
    if not actor.may(right):
        return Inspection.objects.none()
    rows = Inspection.objects.filter(within(actor.scope(right)))
    return rows.select_related("site__kind", "grid", "community", "handling_org", "owner")


def inspection_for(actor: Actor, number: str) -> Inspection:
    """The inspection with this number, if the actor may see it.

    Raises:
        NotFound: no such inspection, or out of the actor's scope.
    """
    number = typed_digits(number).upper()
    found = inspections_seen(actor).filter(pk=id_in(number.removeprefix("JC"))).first()
    if found is None or found.number != number:
        raise NotFound("没有找到这次检查，或不在您的管辖范围内。请核对编号。", field="number")
    return found


def sites_seen(actor: Actor, right: str = SEE) -> QuerySet[Any]:
    """Sites in use within a right, with `last_visit` and the stage of the open inspection as `open_stage`."""
    if not actor.may(right):
        return Site.objects.none()
    visits = Inspection.objects.filter(site=OuterRef("pk"))
    last = visits.order_by().values("site").annotate(at=Max("visited_at")).values("at")
    return (
        Site.objects.filter(within(actor.scope(right), organization="unit", staff=()))
        .filter(retired_at=None)
        .exclude(pk__in=SiteExit.objects.filter(back_at=None).values("site"))
        .select_related("kind", "unit", "community", "grid")
        .annotate(
            last_visit=Subquery(last),
            open_stage=Subquery(visits.filter(open=True).values("stage")[:1]),
        )
    )


def exits_seen(actor: Actor) -> QuerySet[SiteExit]:
    """Places out of the plan within the right to plan, the last one first."""
    if not actor.may(PLAN):
        return SiteExit.objects.none()
    reach = within(actor.scope(PLAN), organization="site__unit", staff=(), prefix="site__")
    rows = SiteExit.objects.filter(reach, back_at=None)
    return rows.select_related("site__community", "site__grid", "by").order_by("-at", "-pk")


def sites_due(kind: SiteKind, sites: QuerySet[Any], *, now: datetime) -> QuerySet[Any]:
    """Of some sites those of a kind to plan a visit of: none is open, and the last one is longer ago than planned.

    A visit that was cancelled counts as one: the next comes with the next round, not the next day.
    """
    since = now - timedelta(days=kind.every_days)
    called_off = Inspection.objects.filter(stage="cancelled", closed_at__gt=since)
    long_ago = Q(last_visit=None) | Q(last_visit__lte=since)
    due = sites.filter(long_ago, Q(open_stage=None), kind=kind)
    due = due.exclude(pk__in=called_off.values("site"))
    return due.order_by(F("last_visit").asc(nulls_first=True), "id")


def items_for(kind: SiteKind, *, now: datetime) -> list[ChecklistItem]:
    """The checklist of a kind of place on that day."""
    rows = ChecklistItem.objects.filter(kind=kind, valid_from__lte=local_day(now))
    return list(rows.exclude(valid_until__lt=local_day(now)).order_by("code"))


def length_of(limit: TimeLimit) -> float:
    """About how many minutes it lasts, to tell which of two is longer: 15工作日 is longer than 16自然日."""
    minutes = limit.minutes(day_minutes=DAY_MINUTES)
    return minutes * NIGHTS_AND_WEEKENDS if limit.unit.is_working else float(minutes)


def findings_of(one: Inspection) -> list[ChecklistItem]:
    """What was not in order, in the order of the checklist."""
    found = Finding.objects.filter(inspection=one).values("item")
    return list(ChecklistItem.objects.filter(pk__in=found).order_by("code"))


def case_of(actor: Actor, one: Inspection) -> Case | None:
    """The case that came of an inspection, if the actor may see it."""
    came = Link.objects.filter(from_kind=INSPECTION.code, from_id=one.pk, to_kind="case")
    return cases_seen(actor).filter(pk__in=came.values("to_id")).first()

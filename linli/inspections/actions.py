"""Writing inspections: a site taken in, a visit planned, and every move; the table is in `flow.py`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from linli.inspections.effects import INSPECTIONS, InspectionFacts
from linli.inspections.flow import PLAN
from linli.inspections.models import Inspection, Site, SiteKind
from linli.inspections.queries import sites_due, sites_seen
from linli.kernel.acting import AREA_COLUMNS, Actor, action, lies_at
from linli.kernel.errors import NotFound
from linli.kernel.matters import moving
from linli.kernel.matters.asking import required
from linli.kernel.matters.errors import MissingFact, WrongStage
from linli.kernel.organisations.models import Organization
from linli.kernel.places.queries import area_by_id, path_of

MOST_A_DAY = 5_000
"""Visits planned by one run of the daily job; what is left comes the next day."""


@action(may=PLAN)
def add_site(
    name: str, *, kind: str, area: int, address: str, unit: int | None, by: Actor, now: datetime
) -> Site:
    """Take a place in; its first visit is planned with the next day.

    Raises:
        MissingFact: it has no name or no kind; NotFound: the area is out of reach.
    """
    of = SiteKind.objects.filter(code=kind, retired_at=None).first()
    if of is None:
        raise MissingFact("没有这类场所，请重新选择。", field="kind")
    site = Site(
        kind=of,
        name=required(name, "名称", "name", most=60),
        address=address.strip()[:200],
        unit=Organization.objects.filter(pk=unit or 0, retired_at=None).first(),
    )
    path = path_of(area_by_id(area))
    for column in AREA_COLUMNS:
        setattr(site, f"{column}_id", getattr(path, f"{column}_id"))
    if not lies_at(by.scope(), site):
        raise NotFound("没有找到所选区域，或不在您的管辖范围内。", field="area")
    site.save()
    return site


@action(may=PLAN)
def plan_inspection(site_id: int, *, by: Actor, now: datetime) -> Inspection:
    """Plan a visit of a site.

    Raises:
        NotFound: no such site, or out of reach; WrongStage: its last inspection has not ended.
    """
    site = sites_seen(by, PLAN).filter(pk=site_id).first()
    if site is None:
        raise NotFound("没有找到这个场所，或不在您的管辖范围内。", field="site")
    if site.open_stage:
        raise WrongStage("这个场所还有一次检查没有办完，请先办完它。", field="site")
    return _plan(site, by=by, now=now)


@action(may=PLAN)
def plan_visits(*, by: Actor, now: datetime) -> int:
    """Plan every visit that is due; how many."""
    due = [
        site
        for kind in SiteKind.objects.filter(retired_at=None)
        for site in sites_due(kind, sites_seen(by, PLAN), now=now)[:MOST_A_DAY]
    ]
    for site in due:
        _plan(site, by=by, now=now)
    return len(due)


def move_inspection(
    inspection_id: int, code: str, *, by: Actor, now: datetime, **facts: Any
) -> Inspection:
    """Make one move of the flow; `facts` are fields of `InspectionFacts`.

    Raises:
        NotAllowed, NotFound, WrongStage, MissingFact, SamePerson.
    """
    given = InspectionFacts(**facts)
    made: Inspection = moving.make_move(
        INSPECTIONS, inspection_id, code, by=by, facts=given, now=now
    )
    return made


def _plan(site: Site, *, by: Actor, now: datetime) -> Inspection:
    places = {f"{column}_id": getattr(site, f"{column}_id") for column in AREA_COLUMNS}
    one = Inspection(site=site, lon=site.lon, lat=site.lat, opened_at=now, changed_at=now, **places)
    moving.open_matter(INSPECTIONS, one, code="plan", by=by, now=now)
    return one

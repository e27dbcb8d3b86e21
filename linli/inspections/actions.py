"""Writing inspections: a site taken in, a visit planned, and every move; the table is in `flow.py`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from linli.inspections.effects import INSPECTIONS, InspectionFacts
from linli.inspections.flow import INSPECTION, PLAN
from linli.inspections.models import Inspection, Site, SiteExit, SiteKind
from linli.inspections.queries import exits_seen, sites_due, sites_seen
from linli.kernel.acting import AREA_COLUMNS, Actor, action, lies_at
from linli.kernel.errors import NotFound
from linli.kernel.matters import moving
from linli.kernel.matters.asking import required, staff_id_of
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
def take_out(site_id: int, *, reason: str, by: Actor, now: datetime) -> SiteExit:
    """Take a place that is gone out of the plan; a visit that is planned is cancelled with it, for the same reason.

    Raises:
        NotFound: no such site in the plan, or out of reach. MissingFact: no reason.
        WrongStage: a hazard found there is still open; nobody gets rid of one by leaving the plan.
    """
    site = sites_seen(by, PLAN).filter(pk=site_id).first()
    if site is None:
        raise NotFound("没有找到这个场所，或不在您的管辖范围内。", field="site")
    why = required(reason, "退出检查的原因", most=200)
    last = Inspection.objects.filter(site=site, open=True).first()
    if last is not None and last.stage != INSPECTION.first:
        raise WrongStage("这个场所还有隐患没有销号，请先整改、复查，再退出检查。", field="reason")
    if last is not None:
        move_inspection(last.pk, "cancel", note=why, by=by, now=now)
    return SiteExit.objects.create(site_id=site.pk, reason=why, by_id=staff_id_of(by), at=now)


@action(may=PLAN)
def put_back(exit_id: int, *, by: Actor, now: datetime) -> SiteExit:
    """Put a place back into the plan.

    Raises:
        NotFound: it did not leave, or is out of reach.
    """
    found = exits_seen(by).select_for_update(of=("self",)).filter(pk=exit_id).first()
    if found is None:
        raise NotFound("没有这次退出，或已恢复检查，请刷新后查看。", field="site")
    found.back_by_id, found.back_at = staff_id_of(by), now
    found.save(update_fields=["back_by", "back_at"])
    return found


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

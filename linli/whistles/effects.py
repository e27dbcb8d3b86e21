"""The kind of matter a leg is: what each move does beside going to the next stage, and what it refuses.

A department acts on its own legs only and never checks or scores one; the street checks and scores, and whoever
called the departments does neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linli.kernel.acting import Actor, lies_at
from linli.kernel.engine import rows
from linli.kernel.matters.errors import MissingFact, WrongStage
from linli.kernel.matters.facts import Facts
from linli.kernel.matters.flow import Move
from linli.kernel.matters.kinds import Kind, kind_of
from linli.kernel.matters.moving import open_matter
from linli.kernel.organisations.models import Organization, OrganizationKind
from linli.kernel.places.coordinates import parse_coord_sys, to_stored
from linli.kernel.places.plausible import doubt_about
from linli.whistles.flow import ANSWER, LEG, SCORES, LegStage, WhistleStage
from linli.whistles.models import (
    LegDeadline,
    LegReminder,
    Whistle,
    WhistleLeg,
    WhistleLine,
    WhistlePhoto,
)
from linli.whistles.queries import SEE, legs_seen, roles_of

CALLED_KINDS = (OrganizationKind.DEPARTMENT, OrganizationKind.RESIDENT_ORGANIZATION)
"""Departments, and the water, power and gas works of the area; a committee of residents is never called."""

MARKS = range(1, 6)
"""到场, 配合 and 效果 are each scored 1–5."""


@dataclass(frozen=True)
class LegFacts(Facts):
    """`organization` is a row id; the position is in degrees of `coord_sys`; photos are ids of stored files."""

    organization: int | None = None
    place: str = ""
    lon: float | None = None
    lat: float | None = None
    coord_sys: str = "wgs84"
    arrival_score: int | None = None
    cooperation_score: int | None = None
    effect_score: int | None = None
    photo_arrival: tuple[int, ...] = ()
    photo_done: tuple[int, ...] = ()

    def given(self, name: str) -> bool:
        """Whether a fact was given; a mark of 0 was, and is then found wrong."""
        return getattr(self, name) is not None if name in SCORES else super().given(name)


def _respond(leg: WhistleLeg, *, by: Actor, facts: LegFacts, now: datetime) -> dict[str, Any]:
    """Whoever answers for the department has it in hand from then on."""
    leg.responded_at = now
    leg.owner_id = by.staff_id or leg.owner_id
    return {}


def _decline(leg: WhistleLeg, *, by: Actor, facts: LegFacts, now: datetime) -> dict[str, Any]:
    _not_named(leg)
    return {}


def _transfer(leg: WhistleLeg, *, by: Actor, facts: LegFacts, now: datetime) -> dict[str, Any]:
    """Hand the leg on to the department whose matter it is; what was handed on once is not handed on again."""
    _not_named(leg)
    if leg.came_from_id is not None:
        raise WrongStage(
            "这一任务已转过一次，不能再转；有异议请“说明不应哨”，由区里指定。", field="organization"
        )
    return {"to": _unit(leg, facts.organization).name}


def _designate(leg: WhistleLeg, *, by: Actor, facts: LegFacts, now: datetime) -> dict[str, Any]:
    """The district names who has to go: the same department after all, or another; neither may refuse again."""
    leg.owner_id = None
    if facts.organization == leg.handling_org_id:
        leg.designated = True
        return {}
    unit = _unit(leg, facts.organization)
    leg.stage = LegStage.REPLACED
    return {"to": unit.name}


def _arrive(leg: WhistleLeg, *, by: Actor, facts: LegFacts, now: datetime) -> dict[str, Any]:
    """Sign in at the place (报到签到): who, when, where, with a picture."""
    noted: dict[str, Any] = {"place": facts.place.strip()[:200]}
    position = _position(facts)
    if not noted["place"] and ("doubt" in position or not position):
        doubt = f"{position['doubt']}，不能作为到场地点。" if position else ""
        raise MissingFact(f"{doubt}请用手机定位，或写明到场地点。", field="place")
    noted |= position
    if not facts.photo_arrival:
        raise MissingFact("请拍一张到场照片。", field="photo_arrival")
    leg.arrived_at, leg.handler_id = now, by.staff_id
    return noted


def _position(facts: LegFacts) -> dict[str, Any]:
    """`lon` and `lat` to note; `doubt` instead where they cannot be right, nothing where none came."""
    if facts.lon is None or facts.lat is None:
        return {}
    lon, lat = to_stored(facts.lon, facts.lat, parse_coord_sys(facts.coord_sys))
    doubt = doubt_about(lon, lat)
    return {"doubt": doubt} if doubt else {"lon": lon, "lat": lat}


def _feedback(leg: WhistleLeg, *, by: Actor, facts: LegFacts, now: datetime) -> dict[str, Any]:
    leg.result = facts.note.strip()[:500]
    leg.handled_at, leg.handler_id = now, by.staff_id
    return {}


def _rework(leg: WhistleLeg, *, by: Actor, facts: LegFacts, now: datetime) -> dict[str, Any]:
    leg.owner_id = leg.handler_id
    return {}


def _score(leg: WhistleLeg, *, by: Actor, facts: LegFacts, now: datetime) -> dict[str, Any]:
    marks = {name: getattr(facts, name) for name in SCORES}
    for name, mark in marks.items():
        if mark not in MARKS:
            raise MissingFact("请给出 1 到 5 分。", field=name)
        setattr(leg, name, mark)
    if min(marks.values()) <= 2 and not facts.note.strip():
        raise MissingFact("给 1 分或 2 分时，请写明原因。", field="note")
    leg.score_words = facts.note.strip()[:300]
    return marks


def _lock(leg_id: int) -> WhistleLeg | None:
    """The leg with its whistle, both locked, the whistle first."""
    found = WhistleLeg.objects.filter(pk=leg_id).values_list("whistle_id", flat=True).first()
    whistle = rows.get(Whistle, found or 0, lock=True)
    leg = rows.get(WhistleLeg, leg_id, lock=True)
    if whistle is not None and leg is not None:
        leg.whistle = whistle
    return leg


def reaches_leg(actor: Actor, leg: WhistleLeg, right: str) -> bool:
    """Whether a right covers a leg: a department's reaches its own legs, the others the place of the whistle."""
    scope = actor.scope(right)
    if right == ANSWER:
        return leg.handling_org_id in scope.organizations
    return lies_at(scope, leg)


def _running(leg: WhistleLeg, move: Move, *, by: Actor, facts: LegFacts) -> None:
    if leg.whistle.stage != WhistleStage.RUNNING:
        raise WrongStage(
            f"这次吹哨现在是“{leg.whistle.stage_name}”，不能“{move.name}”，请刷新后查看。",
            field="move",
        )


def _fits(leg: WhistleLeg, move: Move, actor: Actor) -> bool:
    if leg.whistle.stage != WhistleStage.RUNNING:
        return False
    if move.code in ("decline", "transfer") and leg.designated:
        return False
    return move.code != "transfer" or leg.came_from_id is None


def _barred(leg: WhistleLeg) -> frozenset[int]:
    """Who may not be given a leg at its stage: whoever worked on the whistle, and for judging whoever called."""
    if LEG.stage[leg.stage].of_the_unit:
        return frozenset()
    roles = roles_of(leg.whistle)
    judging = leg.stage in (LegStage.HANDLED, LegStage.CHECKED)
    return roles.handlers | (roles.commanders if judging else frozenset())


def _followed(
    leg: WhistleLeg, move: Move, entry: WhistleLine, *, by: Actor, facts: LegFacts, now: datetime
) -> None:
    """A leg that went to another department goes on as a new one."""
    if move.code not in ("transfer", "designate") or leg.open or facts.organization is None:
        return
    designated = move.code == "designate"
    follower = WhistleLeg(
        handling_org_id=facts.organization,
        part=leg.part,
        task=leg.task,
        designated=designated,
        came_from=leg,
    )
    code = "designated" if designated else "handed_on"
    start_leg(leg.whistle, follower, code, note=facts.note.strip(), by=by, now=now)


def start_leg(
    whistle: Whistle, leg: WhistleLeg, code: str, *, note: str, by: Actor, now: datetime
) -> None:
    """Start a new leg at the place of its whistle: stored, clocked, and its department told."""
    leg.whistle = whistle
    leg.district_id, leg.subdistrict_id = whistle.district_id, whistle.subdistrict_id
    leg.community_id, leg.grid_id = whistle.community_id, whistle.grid_id
    leg.stage, leg.opened_at, leg.changed_at = LegStage.WAITING, now, now
    open_matter(kind_of(LEG.code), leg, code=code, note=note, by=by, now=now)


def _not_named(leg: WhistleLeg) -> None:
    if leg.designated:
        raise WrongStage("这项任务已由区里指定贵部门承担，不能再退或转。", field="note")


def _unit(leg: WhistleLeg, organization: int | None) -> Organization:
    """Another department of those that may be called at all, and that has no part in this whistle yet."""
    callable_ones = Organization.objects.filter(retired_at=None, kind__in=CALLED_KINDS)
    unit = callable_ones.filter(pk=organization or 0).first()
    if unit is None:
        raise MissingFact("请选择由哪个职能部门承担；居委会不承担吹哨任务。", field="organization")
    there = WhistleLeg.objects.filter(whistle_id=leg.whistle_id, handling_org=unit, open=True)
    if there.exists():
        raise MissingFact(f"{unit.name}已在这次吹哨中，请选择其他部门。", field="organization")
    return unit


LEGS = Kind(
    flow=LEG,
    matter=WhistleLeg,
    run=LegDeadline,
    entry=WhistleLine,
    reminder=LegReminder,
    photo=WhistlePhoto,
    key="leg",
    facts=LegFacts,
    columns=(
        "designated", "responded_at", "arrived_at", "handled_at", "result", *SCORES, "score_words",
    ),
    effects={
        "respond": _respond,
        "decline": _decline,
        "transfer": _transfer,
        "designate": _designate,
        "arrive": _arrive,
        "feedback": _feedback,
        "rework": _rework,
        "score": _score,
    },
    checks=(_running,),
    fits=_fits,
    related=("whistle", "handling_org"),
    lock=_lock,
    reaches=reaches_leg,
    view=SEE,
    seen=legs_seen,
    roles=lambda leg: roles_of(leg.whistle),
    barred=_barred,
    around=lambda leg: {"whistle_id": leg.whistle_id},
    followed=_followed,
)  # fmt: skip

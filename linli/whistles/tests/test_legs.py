"""The table of a leg and its clocks: every move from every stage, dues, escalation, and telling them again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from linli.cases.actions import legs
from linli.cases.actions.legs import SignIn
from linli.cases.actions.whistle_limits import set_whistle_limits
from linli.cases.errors import MissingFact, WrongStage
from linli.cases.models import (
    LegDeadline,
    LegTelling,
    WhistleLeg,
    WhistleRule,
)
from linli.cases.tests.test_whistle import HOUR, blown, leg_of, photo
from linli.cases.whistle.clocks import tell_due
from linli.cases.whistle.replaying import leg_mismatches, legs_with_clocks
from linli.cases.whistle_flow import (
    LEG_CLOCK,
    LEG_ENDED,
    LEG_MOVES,
    LEG_OPEN,
    LEG_RIGHT,
    USUAL_LIMITS,
    LegStage,
    WhistleKind,
)
from linli.kernel.calendar.limits import parse_limit
from linli.kernel.errors import NotAllowed
from linli.kernel.organisations.models import Organization, OrganizationKind
from tests.world import DAY, MONDAY, World

__all__ = ["photo"]


def test_every_open_stage_of_a_leg_has_a_clock_a_right_and_a_way_out() -> None:
    for stage in LEG_OPEN:
        assert stage in LEG_CLOCK
        assert stage in LEG_RIGHT
        assert any(stage in move.sources for move in LEG_MOVES.values() if move.code != "waive")
    reached = {LegStage.WAITING, LegStage.REPLACED}
    for _ in LegStage:
        reached |= {move.target for move in LEG_MOVES.values() if move.sources & reached}
    assert reached == set(LegStage)
    assert not any(move.sources & LEG_ENDED for move in LEG_MOVES.values())


def test_every_usual_limit_can_be_read() -> None:
    for limits in USUAL_LIMITS.values():
        assert set(limits) == set(LEG_CLOCK.values())
        assert all(parse_limit(limit).amount for limit in limits.values())


def test_each_stage_of_a_leg_has_its_own_due_with_a_derivation(world: World, photo: int) -> None:
    whistle = blown(world)
    leg = leg_of(world, whistle, "CG")
    assert leg.due_at == MONDAY + HOUR
    legs.respond(leg.pk, by=world.actors["handler"], now=MONDAY + timedelta(minutes=20))
    clocks = list(LegDeadline.objects.filter(leg=leg).order_by("id"))
    assert [(one.clock, one.limit) for one in clocks] == [
        ("respond", "1工作时"),
        ("arrive", "3工作日"),
    ]
    assert clocks[0].stopped_at == MONDAY + timedelta(minutes=20)
    assert clocks[1].due_at == MONDAY + timedelta(days=3, minutes=20)
    assert "3工作日" in clocks[1].derivation["sentence"]


def test_the_limits_of_a_kind_change_with_a_day_and_touch_no_leg_that_runs(world: World) -> None:
    early = leg_of(world, blown(world), "CG")
    WhistleRule.objects.create(
        kind=WhistleKind.ENFORCEMENT, valid_from=MONDAY.date(), respond_limit="2工作时"
    )
    late = leg_of(world, blown(world, title="又一处"), "CG")
    early.refresh_from_db()
    assert (early.due_at, late.due_at) == (MONDAY + HOUR, MONDAY + 2 * HOUR)


@pytest.mark.parametrize(
    ("kind", "change", "field"),
    [
        ("party", {}, "kind"),
        ("enforcement", {"valid_from": DAY - timedelta(days=1)}, "valid_from"),
        ("enforcement", {"limits": {"arrive": "两天"}}, "arrive"),
    ],
)
def test_a_wrong_limit_is_named(
    world: World, kind: str, change: dict[str, Any], field: str
) -> None:
    given = {"limits": {"respond": "2工作时"}, "valid_from": DAY, **change}
    with pytest.raises(MissingFact) as refused:
        set_whistle_limits(kind, **given, by=world.actors["system_admin"], now=MONDAY)
    assert refused.value.field == field
    assert not WhistleRule.objects.exists()


def test_work_sent_back_keeps_its_clock(world: World, photo: int) -> None:
    leg = leg_of(world, blown(world), "CG")
    unit = world.actors["handler"]
    legs.respond(leg.pk, by=unit, now=MONDAY)
    legs.arrive(leg.pk, sign_in=SignIn("路口", photo_ids=(photo,)), by=unit, now=MONDAY)
    leg.refresh_from_db()
    due = leg.due_at
    legs.feedback(leg.pk, result="已清走", by=unit, now=MONDAY + HOUR)
    legs.rework_leg(leg.pk, reason="路面还湿", by=world.actors["checker"], now=MONDAY + 2 * HOUR)
    leg.refresh_from_db()
    assert (leg.stage, leg.due_at) == (LegStage.WORKING, due)
    assert leg.owner_id == world.staff["handler"].pk
    assert LegDeadline.objects.filter(leg=leg, clock="handle").count() == 1


def test_a_leg_escalates_once_a_level_however_often_one_looks(world: World) -> None:
    leg = leg_of(world, blown(world), "CG")
    for minutes in (47, 49, 59, 61, 89, 91, 200, 300):
        tell_due(now=MONDAY + timedelta(minutes=minutes))
    told = LegTelling.objects.filter(deadline__leg=leg).order_by("level")
    when = [(one.at - MONDAY) // timedelta(minutes=1) for one in told]
    people = [one.told_id for one in told]
    handler, leader = world.staff["handler"].pk, world.staff["leader"].pk
    assert when == [49, 61, 91]
    assert people == [handler, handler, leader]
    assert tell_due(now=MONDAY + timedelta(days=30)) == 0


@pytest.mark.parametrize("stage", sorted(LegStage))
@pytest.mark.parametrize("code", sorted(LEG_MOVES))
def test_every_move_from_every_stage_is_allowed_or_refused_as_the_table_says(
    world: World, photo: int, stage: LegStage, code: str
) -> None:
    leg = leg_of(world, blown(world), "CG")
    WhistleLeg.objects.filter(pk=leg.pk).update(stage=stage)
    who = {
        "whistle.answer": "handler", "whistle.check": "checker", "whistle.score": "evaluator",
        "whistle.waive": "leader", "whistle.designate": "district",
    }  # fmt: skip
    given_facts: dict[str, dict[str, Any]] = {
        "decline": {"reason": "不归"},
        "transfer": {"reason": "归别家", "organization": new_unit().pk},
        "designate": {"reason": "就你", "organization": leg.organization_id},
        "arrive": {"sign_in": SignIn("路口", photo_ids=(photo,))},
        "feedback": {"result": "清了"},
        "rework": {"reason": "没清"},
        "score": {"arrival": 3, "cooperation": 3, "effect": 3},
        "waive": {"reason": "不用了"},
    }
    names = {
        "pass_check": "pass_leg",
        "rework": "rework_leg",
        "score": "score_leg",
        "waive": "waive_leg",
    }
    verb: Callable[..., WhistleLeg] = getattr(legs, names.get(code, code))
    move = LEG_MOVES[code]

    def act(key: str) -> WhistleLeg:
        return verb(leg.pk, **given_facts.get(code, {}), by=world.actors[key], now=MONDAY)

    for key in set(who.values()) - {who[move.may]}:
        with pytest.raises(NotAllowed):
            act(key)
    if stage not in move.sources:
        with pytest.raises(WrongStage):
            act(who[move.may])
        return
    act(who[move.may])
    leg.refresh_from_db()
    assert leg.stage == move.target
    assert (leg.ended_at is None) == (leg.stage in LEG_OPEN)


def test_the_clocks_of_a_leg_are_told_again_from_its_timeline(world: World, photo: int) -> None:
    leg = leg_of(world, blown(world), "CG")
    unit, checker = world.actors["handler"], world.actors["checker"]
    legs.decline(leg.pk, reason="不归", by=unit, now=MONDAY + HOUR / 2)
    own = leg.organization_id
    legs.designate(
        leg.pk, organization=own, reason="就你", by=world.actors["district"], now=MONDAY + HOUR
    )
    legs.respond(leg.pk, by=unit, now=MONDAY + 2 * HOUR)
    there = SignIn("路口", photo_ids=(photo,))
    legs.arrive(leg.pk, sign_in=there, by=unit, now=MONDAY + 3 * HOUR)
    legs.feedback(leg.pk, result="清了", by=unit, now=MONDAY + 4 * HOUR)
    legs.rework_leg(leg.pk, reason="没清", by=checker, now=MONDAY + 5 * HOUR)
    legs.feedback(leg.pk, result="又清了", by=unit, now=MONDAY + 6 * HOUR)
    found = {one.pk: (lines, rows) for one, lines, rows in legs_with_clocks()}
    leg.refresh_from_db()
    lines, rows = found[leg.pk]
    assert len(rows) == 7
    assert leg_mismatches(leg, lines, rows) == []
    rows[3].due_at += timedelta(minutes=1)
    assert len(leg_mismatches(leg, lines, rows)) == 1
    assert leg_mismatches(leg, lines[:-1], rows)


def new_unit() -> Organization:
    return Organization.objects.create(code="ZJ", name="住建局", kind=OrganizationKind.DEPARTMENT)

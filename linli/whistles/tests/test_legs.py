"""The table of a leg and its clocks: every move from every stage, dues, escalation, and telling them again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from linli.kernel.access.actions.leaving import end_employment
from linli.kernel.calendar.limits import parse_limit
from linli.kernel.errors import NotAllowed
from linli.kernel.matters.clocks import forget_limits, notify_due
from linli.kernel.matters.errors import MissingFact, WrongStage
from linli.kernel.matters.models import Limit
from linli.kernel.matters.replaying import replayed
from linli.kernel.organisations.models import Organization, OrganizationKind
from linli.whistles.actions.legs import move_leg
from linli.whistles.actions.limits import set_whistle_limits
from linli.whistles.effects import LEGS
from linli.whistles.flow import LEG, LEG_MOVES, LEG_OPEN, LegStage
from linli.whistles.models import LegDeadline, LegReminder, WhistleLeg, WhistleLine
from linli.whistles.tests.test_whistle import HOUR, blown, leg_of, photo
from tests.world import DAY, MONDAY, World

__all__ = ["photo"]


def test_every_open_stage_of_a_leg_has_a_clock_a_right_and_a_way_out() -> None:
    for stage in LEG_OPEN:
        assert LEG.stage[stage].clock
        assert LEG.stage[stage].may
        assert any(stage in move.sources for move in LEG_MOVES.values() if move.code != "waive")
    assert not any(set(move.sources) - LEG_OPEN for move in LEG_MOVES.values())


@pytest.mark.parametrize("kind", ["", "prominent", "key_work", "enforcement", "emergency"])
def test_every_usual_limit_can_be_read(kind: str) -> None:
    assert all(parse_limit(clock.usual_limit(kind)).amount for clock in LEG.clocks)


def test_each_stage_of_a_leg_has_its_own_due_with_a_derivation(world: World, photo: int) -> None:
    whistle = blown(world)
    leg = leg_of(world, whistle, "CG")
    assert leg.due_at == MONDAY + HOUR
    move_leg(leg.pk, "respond", by=world.actors["handler"], now=MONDAY + timedelta(minutes=20))
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
    set_whistle_limits(
        "enforcement", limits={"respond": "2工作时"}, valid_from=DAY,
        by=world.actors["system_admin"], now=MONDAY,
    )  # fmt: skip
    forget_limits()
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
    assert not Limit.objects.filter(kind="leg").exists()


def test_where_no_calendar_reaches_the_leg_goes_on_without_a_due(world: World) -> None:
    leg = leg_of(world, blown(world), "CG")
    far = MONDAY.replace(year=2051)

    move_leg(leg.pk, "respond", by=world.actors["handler"], now=far)

    leg.refresh_from_db()
    assert (leg.stage, leg.due_at) == (LegStage.RESPONDED, None)
    assert [one.stopped_at for one in LegDeadline.objects.filter(leg=leg)] == [far]


def test_work_sent_back_keeps_its_clock(world: World, photo: int) -> None:
    leg = leg_of(world, blown(world), "CG")
    unit = world.actors["handler"]
    move_leg(leg.pk, "respond", by=unit, now=MONDAY)
    move_leg(leg.pk, "arrive", place="路口", photo_arrival=(photo,), by=unit, now=MONDAY)
    leg.refresh_from_db()
    due = leg.due_at
    move_leg(leg.pk, "feedback", note="已清走", by=unit, now=MONDAY + HOUR)
    move_leg(leg.pk, "rework", note="路面还湿", by=world.actors["checker"], now=MONDAY + 2 * HOUR)
    leg.refresh_from_db()
    assert (leg.stage, leg.due_at) == (LegStage.WORKING, due)
    assert leg.owner_id == world.staff["handler"].pk
    assert LegDeadline.objects.filter(leg=leg, clock="handle").count() == 1


def test_work_sent_back_to_somebody_who_left_goes_to_the_unit(world: World, photo: int) -> None:
    leg, unit = leg_of(world, blown(world), "CG"), world.actors["handler"]
    move_leg(leg.pk, "respond", by=unit, now=MONDAY)
    move_leg(leg.pk, "arrive", place="路口", photo_arrival=(photo,), by=unit, now=MONDAY)
    move_leg(leg.pk, "feedback", note="已清走", by=unit, now=MONDAY + HOUR)
    end_employment(world.staff["handler"].pk, by=world.actors["system_admin"], now=MONDAY + HOUR)
    move_leg(leg.pk, "rework", note="路面还湿", by=world.actors["checker"], now=MONDAY + 2 * HOUR)
    leg.refresh_from_db()
    assert (leg.stage, leg.owner_id) == (LegStage.WORKING, world.staff["unit_leader"].pk)
    line = WhistleLine.objects.get(leg=leg, code="rework")
    assert line.note == "路面还湿\n城管小冯已离职，改由承办单位的其他人办理。"


def test_a_leg_escalates_once_a_level_however_often_one_looks(world: World) -> None:
    leg = leg_of(world, blown(world), "CG")
    for minutes in (47, 49, 59, 61, 89, 91, 200, 300):
        notify_due(now=MONDAY + timedelta(minutes=minutes))
    told = LegReminder.objects.filter(deadline__leg=leg).order_by("level")
    when = [(one.at - MONDAY) // timedelta(minutes=1) for one in told]
    people = [one.told_id for one in told]
    handler, leader = world.staff["handler"].pk, world.staff["leader"].pk
    assert when == [49, 61, 91]
    assert people == [handler, handler, leader]
    assert notify_due(now=MONDAY + timedelta(days=30)) == 0


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
    marks = {"arrival_score": 3, "cooperation_score": 3, "effect_score": 3}
    facts: dict[str, dict[str, Any]] = {
        "transfer": {"organization": new_unit().pk},
        "designate": {"organization": leg.handling_org_id},
        "arrive": {"place": "路口", "photo_arrival": (photo,)},
        "score": marks,
    }
    move = LEG_MOVES[code]

    def act(key: str) -> WhistleLeg:
        return move_leg(
            leg.pk, code, note="说明", **facts.get(code, {}), by=world.actors[key], now=MONDAY
        )

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
    assert (leg.closed_at is None) == (leg.stage in LEG_OPEN)


def test_the_clocks_of_a_leg_are_replayed_from_its_timeline(world: World, photo: int) -> None:
    leg = leg_of(world, blown(world), "CG")
    unit, checker = world.actors["handler"], world.actors["checker"]
    move_leg(leg.pk, "decline", note="不归", by=unit, now=MONDAY + HOUR / 2)
    own, district = leg.handling_org_id, world.actors["district"]
    move_leg(leg.pk, "designate", organization=own, note="就你", by=district, now=MONDAY + HOUR)
    move_leg(leg.pk, "respond", by=unit, now=MONDAY + 2 * HOUR)
    there = {"place": "路口", "photo_arrival": (photo,)}
    move_leg(leg.pk, "arrive", **there, by=unit, now=MONDAY + 3 * HOUR)
    move_leg(leg.pk, "feedback", note="清了", by=unit, now=MONDAY + 4 * HOUR)
    move_leg(leg.pk, "rework", note="没清", by=checker, now=MONDAY + 5 * HOUR)
    move_leg(leg.pk, "feedback", note="又清了", by=unit, now=MONDAY + 6 * HOUR)
    assert LegDeadline.objects.filter(leg=leg).count() == 7
    assert differs(leg) == []
    fourth = LegDeadline.objects.filter(leg=leg).order_by("id")[3]
    LegDeadline.objects.filter(pk=fourth.pk).update(due_at=fourth.due_at + timedelta(minutes=1))
    assert len(differs(leg)) == 1
    LegDeadline.objects.filter(pk=fourth.pk).update(due_at=fourth.due_at)
    WhistleLine.objects.filter(leg=leg).latest("id").delete()
    assert differs(leg)


def differs(leg: WhistleLeg) -> list[str]:
    [(_, found)] = replayed(LEGS, [leg.pk])
    return found


def new_unit() -> Organization:
    return Organization.objects.create(code="ZJ", name="住建局", kind=OrganizationKind.DEPARTMENT)


@pytest.mark.parametrize(("move", "who"), [("transfer", "handler"), ("designate", "district")])
def test_a_leg_never_goes_to_a_committee_of_residents(
    world: World, photo: int, move: str, who: str
) -> None:
    committee = Organization.objects.create(
        code="JW", name="槐树里居委会", kind=OrganizationKind.RESIDENTS_COMMITTEE
    )
    leg = leg_of(world, blown(world), "CG")
    if move == "designate":
        move_leg(leg.pk, "decline", note="不归我们", by=world.actors["handler"], now=MONDAY)
    words = {"organization": committee.pk, "note": "归居委会"}
    with pytest.raises(MissingFact, match="居委会不承担吹哨任务") as refused:
        move_leg(leg.pk, move, **words, by=world.actors[who], now=MONDAY)
    assert refused.value.field == "organization"
    assert not WhistleLeg.objects.filter(handling_org=committee).exists()

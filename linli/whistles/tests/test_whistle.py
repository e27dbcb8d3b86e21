"""吹哨报到: who calls, who answers, what ends a leg and what a whistle waits for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.cases.actions.moving import make_move
from linli.cases.facts import Facts
from linli.cases.flow import CASE, Stage
from linli.cases.models import Case
from linli.kernel.acting import Actor
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.files.errors import FilesMissing
from linli.kernel.matters.errors import Held, MissingFact, SamePerson, WrongStage
from linli.kernel.notify.models import Notice
from linli.kernel.organisations.models import Organization, OrganizationKind
from linli.whistles.actions import whistling
from linli.whistles.actions.legs import move_leg, reply_to_score
from linli.whistles.actions.whistling import Called, WhistleDraft
from linli.whistles.errors import OpenWhistle
from linli.whistles.flow import LegStage
from linli.whistles.models import LegDeadline, Whistle, WhistleLeg, WhistleLine, WhistlePhoto
from linli.whistles.queries import (
    legs_waiting_for,
    whistle_for,
    whistle_id_in,
    whistles_of,
    whistles_seen,
)
from tests.pictures import stored_picture
from tests.walks import opened, walk_to
from tests.world import MONDAY, World

HOUR = timedelta(hours=1)


@pytest.fixture
def photo(world: World) -> int:
    return stored_picture(world.actors["handler"], now=MONDAY).pk


def draft(world: World, **changes: Any) -> WhistleDraft:
    words = {
        "kind": "enforcement",
        "title": "占道洗车场",
        "background": "洗车场占了人行道，水流到路面，居民反映三个月。",
        "area": world.areas["G1"],
        "called": (
            Called(world.organizations["CG"].pk, "lead", "劝离、清路"),
            Called(world.organizations["SW"].pk, "assist", "查用水"),
        ),
    }
    return WhistleDraft(**{**words, **changes})


def blown(world: World, **changes: Any) -> Whistle:
    """A whistle the street has blown: 城管队 leads, 水务所 assists."""
    return whistling.blow_whistle(
        draft(world, **changes), by=world.actors["dispatcher"], now=MONDAY
    )


def leg_of(world: World, whistle: Whistle, unit: str) -> WhistleLeg:
    return WhistleLeg.objects.filter(
        whistle=whistle, handling_org=world.organizations[unit]
    ).latest("id")


def unit_of(leg: WhistleLeg) -> Organization:
    assert leg.handling_org is not None, "a leg is a department's"
    return leg.handling_org


def scored(world: World, leg: WhistleLeg, photo: int) -> WhistleLeg:
    """The leg, taken to its end by the right people."""
    unit = world.actors["handler" if unit_of(leg).code == "CG" else "other_handler"]
    move_leg(leg.pk, "respond", by=unit, now=MONDAY)
    move_leg(leg.pk, "arrive", place="路口", photo_arrival=(photo,), by=unit, now=MONDAY)
    move_leg(leg.pk, "feedback", note="已清走", by=unit, now=MONDAY)
    move_leg(leg.pk, "pass_check", by=world.actors["checker"], now=MONDAY)
    return move_leg(leg.pk, "score", **marks(5, 4, 5), by=world.actors["evaluator"], now=MONDAY)


def marks(arrival: int, cooperation: int, effect: int) -> dict[str, Any]:
    return {"arrival_score": arrival, "cooperation_score": cooperation, "effect_score": effect}


def test_a_whistle_goes_from_the_call_to_the_score(world: World, photo: int) -> None:
    whistle = blown(world)
    for unit in ("CG", "SW"):
        scored(world, leg_of(world, whistle, unit), photo)
    whistling.close_whistle(
        whistle.pk, result="已清走并绿化", by=world.actors["supervisor"], now=MONDAY
    )
    whistle.refresh_from_db()
    assert (whistle.stage, whistle.ended_at, whistle.result) == ("closed", MONDAY, "已清走并绿化")
    codes = list(WhistleLine.objects.order_by("id").values_list("code", flat=True))
    walk = ["respond", "arrive", "feedback", "pass_check", "score"]
    assert codes == ["blow", "call_leg", "call_leg", *walk, *walk, "close"]
    assert WhistlePhoto.objects.count() == 2
    assert not LegDeadline.objects.filter(stopped_at=None).exists()


def test_twelve_departments_each_have_a_leg_with_its_own_due(world: World) -> None:
    units = [
        Organization.objects.create(code=f"B{n}", name=f"第{n}局", kind=OrganizationKind.DEPARTMENT)
        for n in range(12)
    ]
    called = tuple(
        Called(unit.pk, "assist" if number else "lead") for number, unit in enumerate(units)
    )
    whistle = blown(world, called=called)
    found = WhistleLeg.objects.filter(whistle=whistle)
    assert found.count() == 12
    assert {leg.due_at for leg in found} == {MONDAY + HOUR}
    street = {world.staff["dispatcher"].pk, world.staff["leader"].pk}
    assert {leg.owner_id for leg in found} <= street, "nobody works there: the street cares for it"


def test_one_who_declines_is_named_by_the_district_and_cannot_refuse_again(world: World) -> None:
    whistle = blown(world)
    leg = leg_of(world, whistle, "SW")
    unit, district = world.actors["other_handler"], world.actors["district"]
    move_leg(leg.pk, "decline", note="不归水务", by=unit, now=MONDAY)
    leg.refresh_from_db()
    assert (leg.stage, leg.owner_id) == (LegStage.DECLINED, world.staff["district"].pk)
    move_leg(
        leg.pk,
        "designate",
        organization=leg.handling_org_id,
        note="用水归水务",
        by=district,
        now=MONDAY + HOUR,
    )
    leg.refresh_from_db()
    assert (leg.stage, leg.designated, leg.due_at) == (LegStage.WAITING, True, MONDAY + 2 * HOUR)
    street_order = world.organizations["CG"].pk
    with pytest.raises(WrongStage, match="指定"):
        move_leg(leg.pk, "decline", note="还是不归", by=unit, now=MONDAY + HOUR)
    with pytest.raises(WrongStage, match="指定"):
        move_leg(
            leg.pk, "transfer", organization=street_order, note="给城管", by=unit, now=MONDAY + HOUR
        )


def test_the_district_may_name_another_department(world: World) -> None:
    whistle = blown(world)
    leg = leg_of(world, whistle, "SW")
    other = Organization.objects.create(code="ZJ", name="住建局", kind=OrganizationKind.DEPARTMENT)
    move_leg(leg.pk, "decline", note="不归水务", by=world.actors["other_handler"], now=MONDAY)
    district = world.actors["district"]
    move_leg(leg.pk, "designate", organization=other.pk, note="归住建", by=district, now=MONDAY)
    named = WhistleLeg.objects.get(came_from=leg)
    leg.refresh_from_db()
    assert (leg.stage, leg.closed_at) == (LegStage.REPLACED, MONDAY)
    assert (named.came_from_id, named.designated, named.stage) == (leg.pk, True, LegStage.WAITING)


def test_a_leg_is_handed_on_once(world: World) -> None:
    whistle = blown(world, called=(Called(world.organizations["CG"].pk, "lead"),))
    leg = leg_of(world, whistle, "CG")
    water = world.organizations["SW"].pk
    move_leg(
        leg.pk,
        "transfer",
        organization=water,
        note="是污水",
        by=world.actors["handler"],
        now=MONDAY,
    )
    followed = WhistleLeg.objects.get(came_from=leg)
    leg.refresh_from_db()
    assert (leg.stage, followed.handling_org_id, followed.part) == ("transferred", water, "lead")
    with pytest.raises(WrongStage, match="已转过一次"):
        move_leg(
            followed.pk,
            "transfer",
            organization=world.organizations["CG"].pk,
            note="还给你",
            by=world.actors["other_handler"],
            now=MONDAY,
        )


@pytest.mark.parametrize(("lon", "lat"), [(-180.0, -90.0), (0.0, 0.0), (121.5, 31.5)])
def test_nobody_signs_in_at_a_position_that_cannot_be(
    world: World, photo: int, lon: float, lat: float
) -> None:
    leg = leg_of(world, blown(world), "CG")
    there: dict[str, Any] = {
        "lon": lon, "lat": lat, "photo_arrival": (photo,), "by": world.actors["handler"], "now": MONDAY,
    }  # fmt: skip
    move_leg(leg.pk, "respond", by=world.actors["handler"], now=MONDAY)
    with pytest.raises(MissingFact, match="不能作为到场地点") as missing:
        move_leg(leg.pk, "arrive", **there)
    assert missing.value.field == "place"
    leg.refresh_from_db()
    assert leg.stage == LegStage.RESPONDED
    move_leg(leg.pk, "arrive", place="路口", **there)
    facts = WhistleLine.objects.get(leg=leg, code="arrive").facts
    assert "lon" not in facts
    assert (facts["place"], "坐标" in facts["doubt"]) == ("路口", True)


def test_a_sign_in_names_the_place_and_brings_a_picture(world: World, photo: int) -> None:
    leg = leg_of(world, blown(world), "CG")
    unit = world.actors["handler"]
    move_leg(leg.pk, "respond", by=unit, now=MONDAY)
    with pytest.raises(MissingFact) as missing:
        move_leg(leg.pk, "arrive", photo_arrival=(photo,), by=unit, now=MONDAY)
    assert missing.value.field == "place"
    with pytest.raises(MissingFact) as missing:
        move_leg(leg.pk, "arrive", place="路口", by=unit, now=MONDAY)
    assert missing.value.field == "photo_arrival"
    with pytest.raises(FilesMissing):
        move_leg(leg.pk, "arrive", place="路口", photo_arrival=(photo + 1,), by=unit, now=MONDAY)
    leg.refresh_from_db()
    assert leg.stage == LegStage.RESPONDED, "nothing is half stored"
    move_leg(
        leg.pk,
        "arrive",
        place="",
        lon=120.005,
        lat=30.005,
        photo_arrival=(photo,),
        by=unit,
        now=MONDAY + HOUR,
    )
    line = WhistleLine.objects.get(code="arrive")
    assert (line.at, line.by_name, line.facts["lon"]) == (MONDAY + HOUR, "城管小冯", 120.005)


def test_a_whistle_waits_for_every_leg_and_a_leader_may_waive_one(world: World, photo: int) -> None:
    whistle = blown(world)
    scored(world, leg_of(world, whistle, "CG"), photo)
    supervisor, leader = world.actors["supervisor"], world.actors["leader"]
    with pytest.raises(OpenWhistle, match="水务所"):
        whistling.close_whistle(whistle.pk, result="清了", by=supervisor, now=MONDAY)
    water = leg_of(world, whistle, "SW")
    with pytest.raises(MissingFact):
        move_leg(water.pk, "waive", note=" ", by=leader, now=MONDAY)
    with pytest.raises(NotAllowed):
        move_leg(water.pk, "waive", note="不用了", by=supervisor, now=MONDAY)
    move_leg(water.pk, "waive", note="水已关停", by=leader, now=MONDAY)
    whistling.close_whistle(whistle.pk, result="清了", by=supervisor, now=MONDAY)
    water.refresh_from_db()
    assert (water.stage, WhistleLine.objects.get(code="waive").note.plain) == ("waived", "水已关停")


def test_a_case_cannot_end_over_an_open_whistle(world: World, photo: int) -> None:
    case = walk_to(world, opened(world), Stage.TO_FOLLOW_UP)
    whistle = blown(world, cases=(case.pk,))
    close = Facts(closing_condition_met=True)
    with pytest.raises(Held, match=whistle.number):
        make_move(case.pk, "close", by=world.actors["supervisor"], facts=close, now=MONDAY)
    for unit in ("CG", "SW"):
        scored(world, leg_of(world, whistle, unit), photo)
    whistling.close_whistle(whistle.pk, result="清了", by=world.actors["supervisor"], now=MONDAY)
    make_move(case.pk, "close", by=world.actors["supervisor"], facts=close, now=MONDAY)
    assert Case.objects.get(pk=case.pk).stage == Stage.CLOSED
    assert whistles_of(world.actors["dispatcher"], case) == [whistle]


def test_every_move_that_ends_a_case_asks_for_holds() -> None:
    assert {"close", "force_close", "decline", "cancel", "merge"} <= CASE.ending
    assert not {"feedback", "dispatch", "pass_check"} & CASE.ending


def test_a_community_raises_and_the_street_decides(world: World) -> None:
    clerk, street = world.actors["clerk"], world.actors["dispatcher"]
    raised = whistling.raise_whistle(draft(world, area=world.areas["C1"]), by=clerk, now=MONDAY)
    assert (raised.stage, WhistleLeg.objects.count()) == ("raised", 0)
    assert raised.wanted[0] == [world.organizations["CG"].pk, "lead", "劝离、清路"]
    assert Notice.objects.filter(about=f"whistle:{raised.pk}:raised").count() == 1
    with pytest.raises(NotAllowed):
        whistling.take_up(raised.pk, called=draft(world).called, by=clerk, now=MONDAY)
    whistling.take_up(raised.pk, called=draft(world).called, by=street, now=MONDAY)
    with pytest.raises(WrongStage):
        whistling.turn_down(raised.pk, reason="不用", by=street, now=MONDAY)
    refused = whistling.raise_whistle(draft(world, area=world.areas["C1"]), by=clerk, now=MONDAY)
    whistling.turn_down(refused.pk, reason="社区可自行协调", by=street, now=MONDAY)
    assert (
        Notice.objects.filter(staff=world.staff["clerk"], about__endswith="turned_down").count()
        == 1
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "party"}, "kind"),
        ({"title": "  "}, "title"),
        ({"background": ""}, "background"),
        ({"area": 10**9}, "area"),
        ({"called": ()}, "called"),
        ({"called": (Called(10**9, "lead"),)}, "called"),
        ({"cases": (10**9,)}, "cases"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_stored(
    world: World, change: dict[str, Any], field: str
) -> None:
    with pytest.raises((MissingFact, NotFound)) as refused:
        blown(world, **change)
    assert refused.value.field == field
    assert not Whistle.objects.exists()


def test_there_is_one_lead_and_no_committee_of_residents(world: World) -> None:
    units = [world.organizations[code].pk for code in ("CG", "SW")]
    for parts in (("lead", "lead"), ("assist", "assist")):
        with pytest.raises(MissingFact, match="主办"):
            blown(world, called=tuple(map(Called, units, parts)))
    committee = Organization.objects.create(
        code="JW", name="槐树里居委会", kind=OrganizationKind.RESIDENTS_COMMITTEE
    )
    with pytest.raises(MissingFact, match="职能部门"):
        blown(world, called=(Called(committee.pk, "lead"),))


def test_nobody_is_on_both_axes_of_a_whistle_or_checks_the_own_work(
    world: World, photo: int
) -> None:
    whistle = blown(world)
    leg = leg_of(world, whistle, "CG")
    unit = world.actors["handler"]
    move_leg(leg.pk, "respond", by=unit, now=MONDAY)
    move_leg(leg.pk, "arrive", place="路口", photo_arrival=(photo,), by=unit, now=MONDAY)
    move_leg(leg.pk, "feedback", note="已清走", by=unit, now=MONDAY)
    checker = world.actors["checker"]
    everything = {**checker.grants, "whistle.score": checker.grants["whistle.check"]}
    street = world.actors["dispatcher"]
    caller = Actor("staff", "两岗", staff_id=street.staff_id, grants=everything)
    own = Actor(
        "staff", "本部门", staff_id=world.staff["unit_leader"].pk,
        organization_id=world.organizations["CG"].pk, grants=everything,
    )  # fmt: skip
    himself = Actor("staff", "本人", staff_id=unit.staff_id, grants=everything)
    for somebody in (caller, own, himself):
        with pytest.raises(SamePerson):
            move_leg(leg.pk, "pass_check", by=somebody, now=MONDAY)
    move_leg(leg.pk, "pass_check", by=checker, now=MONDAY)
    with pytest.raises(SamePerson):
        move_leg(leg.pk, "score", **marks(5, 5, 5), by=own, now=MONDAY)
    with pytest.raises(NotAllowed):
        move_leg(leg.pk, "score", **marks(5, 5, 5), by=unit, now=MONDAY)


def test_a_low_score_needs_a_reason_and_the_department_answers_once(
    world: World, photo: int
) -> None:
    leg = leg_of(world, blown(world), "CG")
    unit, evaluator = world.actors["handler"], world.actors["evaluator"]
    move_leg(leg.pk, "respond", by=unit, now=MONDAY)
    move_leg(leg.pk, "arrive", place="路口", photo_arrival=(photo,), by=unit, now=MONDAY)
    move_leg(leg.pk, "feedback", note="已清走", by=unit, now=MONDAY)
    move_leg(leg.pk, "pass_check", by=world.actors["checker"], now=MONDAY)
    for given_marks, field in (
        ((0, 3, 3), "arrival_score"),
        ((3, 3, 6), "effect_score"),
        ((1, 3, 3), "note"),
    ):
        with pytest.raises(MissingFact) as wrong:
            move_leg(leg.pk, "score", **marks(*given_marks), by=evaluator, now=MONDAY)
        assert wrong.value.field == field
    move_leg(leg.pk, "score", **marks(1, 3, 3), note="迟到两天", by=evaluator, now=MONDAY)
    with pytest.raises(NotFound):
        reply_to_score(leg.pk, reply="不是我们", by=world.actors["other_handler"], now=MONDAY)
    reply_to_score(leg.pk, reply="当日抢修主管道", by=unit, now=MONDAY)
    with pytest.raises(WrongStage):
        reply_to_score(leg.pk, reply="再说一句", by=unit, now=MONDAY)
    leg.refresh_from_db()
    assert (leg.arrival_score, leg.reply) == (1, "当日抢修主管道")


def test_a_department_sees_and_touches_only_its_own_legs(world: World) -> None:
    alone = blown(world, called=(Called(world.organizations["CG"].pk, "lead"),))
    other, clerk = world.actors["other_handler"], world.actors["clerk"]
    assert not whistles_seen(other).exists()
    with pytest.raises(NotFound):
        whistle_for(other, alone.number)
    typed = f"cs {alone.number[2:10]}－{alone.number[10:]}"
    assert whistle_for(world.actors["supervisor"], typed).pk == alone.pk
    with pytest.raises(NotFound):
        move_leg(leg_of(world, alone, "CG").pk, "respond", by=other, now=MONDAY)
    assert not legs_waiting_for(other)
    assert [leg.whistle for leg in legs_waiting_for(world.actors["handler"])] == [alone]
    elsewhere = blown(world, area=world.areas["C2"])
    assert elsewhere not in whistles_seen(clerk)


def test_planning_tells_every_department(world: World) -> None:
    whistle = blown(world)
    legs_there = {leg.pk: f"分工{leg.pk}" for leg in WhistleLeg.objects.all()}
    whistling.plan_whistle(
        whistle.pk, meet_at=MONDAY + HOUR, meet_place="洗车场门口", plan="先劝离后清理",
        tasks=legs_there, by=world.actors["dispatcher"], now=MONDAY,
    )  # fmt: skip
    assert {leg.pk: leg.task for leg in WhistleLeg.objects.all()} == legs_there
    assert Notice.objects.filter(about__startswith="whistle_plan").count() == 2
    with pytest.raises(MissingFact) as wrong:
        whistling.plan_whistle(
            whistle.pk, meet_at=MONDAY - HOUR, meet_place="门口", plan="", tasks={},
            by=world.actors["dispatcher"], now=MONDAY,
        )  # fmt: skip
    assert wrong.value.field == "meet_at"


def test_a_department_can_be_added_but_not_twice(world: World) -> None:
    whistle = blown(world, called=(Called(world.organizations["CG"].pk, "lead"),))
    street = world.actors["dispatcher"]
    water = (Called(world.organizations["SW"].pk),)
    whistling.add_legs(whistle.pk, called=water, by=street, now=MONDAY)
    with pytest.raises(MissingFact, match="水务所已在"):
        whistling.add_legs(whistle.pk, called=water, by=street, now=MONDAY)
    assert WhistleLeg.objects.filter(whistle=whistle).count() == 2


@given(text=st.text(max_size=30))
def test_a_number_that_is_none_finds_nothing(text: str) -> None:

    assert whistle_id_in(text) >= 0

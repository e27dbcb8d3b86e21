"""隐患检查: from the visit to 已销号, who may do what, and what becomes of what cannot wait."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from linli.cases.models import Case, Report
from linli.cases.queries import photos_of
from linli.inspections.actions import (
    add_site,
    move_inspection,
    plan_inspection,
    plan_visits,
    put_back,
    take_out,
)
from linli.inspections.effects import INSPECTIONS
from linli.inspections.flow import INSPECTION
from linli.inspections.models import (
    ChecklistItem,
    Finding,
    Inspection,
    InspectionDeadline,
    InspectionLine,
    InspectionPhoto,
    Site,
    SiteExit,
    SiteKind,
)
from linli.inspections.queries import case_of, exits_seen, inspection_for, inspections_seen
from linli.kernel.access.actions.leaving import end_employment
from linli.kernel.acting import SYSTEM, Scope
from linli.kernel.calendar.limits import parse_limit
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.files.models import StoredFile
from linli.kernel.jobs.queue import run_due
from linli.kernel.matters.errors import MissingFact, SamePerson, WrongStage
from linli.kernel.matters.inbox import differences
from linli.kernel.matters.models import Link
from linli.kernel.matters.offering import moves_for
from linli.kernel.matters.replaying import replayed
from tests.pictures import stored_picture
from tests.world import MONDAY, World

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def shop(world: World, **changes: Any) -> Site:
    """陈记小吃 in grid 一, to which 城管队 sees."""
    words: dict[str, Any] = {
        "kind": "shop", "area": world.areas["G1"], "address": "槐树里 8 号",
        "unit": world.organizations["CG"].pk, "by": world.actors["leader"], "now": MONDAY,
    }  # fmt: skip
    return add_site("陈记小吃", **{**words, **changes})


def planned(world: World, **changes: Any) -> Inspection:
    return plan_inspection(shop(world, **changes).pk, by=world.actors["leader"], now=MONDAY)


def photo(world: World, who: str = "grid_worker") -> int:
    return stored_picture(world.actors[who], now=MONDAY).pk


def item(*, cannot_wait: bool = False) -> int:
    found = ChecklistItem.objects.filter(kind__code="shop", cannot_wait=cannot_wait)
    return found.order_by("code")[0].pk


def finding(world: World, **changes: Any) -> dict[str, Any]:
    return {
        "items": (item(),), "limit": "3工作日", "photo_finding": (photo(world),),
        "by": world.actors["grid_worker"], "now": MONDAY + HOUR, **changes,
    }  # fmt: skip


def rectified(world: World) -> Inspection:
    """Found by 网格员小李, put right by 城管小冯 two hours later."""
    one = planned(world)
    move_inspection(one.pk, "find", **finding(world))
    return move_inspection(
        one.pk, "rectify", note="已配灭火器", photo_done=(photo(world, "handler"),),
        by=world.actors["handler"], now=MONDAY + 3 * HOUR,
    )  # fmt: skip


def clean(world: World, one: Inspection, *, at: datetime) -> None:
    """网格员小李 was there and found nothing."""
    seen = (photo(world),)
    move_inspection(
        one.pk, "inspect_clean", photo_visit=seen, by=world.actors["grid_worker"], now=at
    )


def agrees(one: Inspection) -> bool:
    """Whether clocks and inbox are what the timeline says."""
    one.refresh_from_db()
    [(_, wrong)] = replayed(INSPECTIONS, [one.pk])
    return wrong == [] and differences(INSPECTIONS, [one]) == []


def test_an_inspection_comes_full_circle(world: World) -> None:
    one = planned(world)
    assert one.owner_id == world.staff["grid_worker"].pk
    assert one.due_at == MONDAY + 7 * DAY, "five working days for the visit"

    move_inspection(one.pk, "find", **finding(world))
    one.refresh_from_db()
    assert (one.stage, one.handling_org, one.limit) == (
        "rectifying",
        world.organizations["CG"],
        "3工作日",
    )
    assert one.due_at == MONDAY + HOUR + 3 * DAY

    done = {"note": "已配灭火器", "photo_done": (photo(world, "handler"),)}
    move_inspection(one.pk, "rectify", **done, by=world.actors["handler"], now=MONDAY + DAY)
    one.refresh_from_db()
    assert (one.stage, one.owner_id) == ("to_recheck", world.staff["checker"].pk)

    seen = (photo(world, "checker"),)
    move_inspection(
        one.pk, "pass_recheck", photo_recheck=seen, by=world.actors["checker"], now=MONDAY + 2 * DAY
    )
    one.refresh_from_db()
    assert (one.stage, one.open, one.closed_at) == ("closed", False, MONDAY + 2 * DAY)
    codes = InspectionLine.objects.order_by("id").values_list("code", flat=True)
    assert list(codes) == ["plan", "find", "rectify", "pass_recheck"]
    assert list(InspectionPhoto.objects.values_list("kind", flat=True)) == [
        "photo_finding",
        "photo_done",
        "photo_recheck",
    ]
    assert agrees(one)


def test_a_place_in_order_ends_at_once(world: World) -> None:
    one = planned(world)

    clean(world, one, at=MONDAY + HOUR)

    one.refresh_from_db()
    assert (one.stage, one.open, one.visited_at) == ("no_findings", False, MONDAY + HOUR)
    assert agrees(one)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"photo_finding": ()}, "photo_finding"),
        ({"limit": ""}, "limit"),
        ({"limit": "三天"}, "limit"),
        ({"items": ()}, "items"),
        ({"items": (0,)}, "items"),
    ],
)
def test_a_finding_needs_photo_limit_and_what_it_is(
    world: World, change: dict[str, Any], field: str
) -> None:
    one = planned(world)

    with pytest.raises(MissingFact) as refused:
        move_inspection(one.pk, "find", **finding(world, **change))

    one.refresh_from_db()
    assert refused.value.field == field
    assert (one.stage, Finding.objects.count(), InspectionLine.objects.count()) == ("planned", 0, 1)


def test_somebody_has_to_see_to_a_finding(world: World) -> None:
    one = planned(world, unit=None)

    with pytest.raises(MissingFact) as refused:
        move_inspection(one.pk, "find", **finding(world))
    assert refused.value.field == "organization"

    unit = world.organizations["SW"]
    move_inspection(one.pk, "find", **finding(world, organization=unit.pk))
    one.refresh_from_db()
    assert (one.handling_org, one.owner_id) == (unit, world.staff["other_handler"].pk)


def test_whoever_found_it_does_not_put_it_right(world: World) -> None:
    one = planned(world)
    move_inspection(one.pk, "find", **finding(world))
    grants = {**world.actors["handler"].grants, **world.actors["grid_worker"].grants}
    both = replace(
        world.actors["grid_worker"], grants=grants, organization_id=world.organizations["CG"].pk
    )
    one.refresh_from_db()

    assert "rectify" not in [move.code for move in moves_for(INSPECTIONS, both, one)]
    with pytest.raises(SamePerson):
        move_inspection(
            one.pk,
            "rectify",
            note="好了",
            photo_done=(photo(world),),
            by=both,
            now=MONDAY + 2 * HOUR,
        )


def test_nothing_ends_as_in_order_without_a_picture(world: World) -> None:
    one = planned(world)
    with pytest.raises(MissingFact, match="需要填写现场照片") as refused:
        move_inspection(one.pk, "inspect_clean", by=world.actors["grid_worker"], now=MONDAY)
    assert refused.value.field == "photo_visit"
    move_inspection(one.pk, "find", **finding(world))
    done = (photo(world, "handler"),)
    handler = world.actors["handler"]
    move_inspection(one.pk, "rectify", note="好了", photo_done=done, by=handler, now=MONDAY + HOUR)
    with pytest.raises(MissingFact, match="需要填写复查照片"):
        move_inspection(
            one.pk, "pass_recheck", note="好了", by=world.actors["checker"], now=MONDAY + DAY
        )
    one.refresh_from_db()
    assert one.stage == "to_recheck"


def test_whoever_put_it_right_does_not_check_it(world: World) -> None:
    one = rectified(world)
    everywhere = Scope(everywhere=True)
    own = replace(
        world.actors["handler"],
        grants={**world.actors["handler"].grants, "inspections.recheck": everywhere},
    )

    with pytest.raises(SamePerson):
        move_inspection(
            one.pk,
            "pass_recheck",
            photo_recheck=(photo(world, "handler"),),
            by=own,
            now=MONDAY + DAY,
        )

    one.refresh_from_db()
    assert one.stage == "to_recheck"
    assert moves_for(INSPECTIONS, own, one) == []


def test_a_recheck_that_fails_runs_on_the_same_clock(world: World) -> None:
    one = rectified(world)
    [due] = InspectionDeadline.objects.filter(clock="rectify").values_list("due_at", flat=True)

    move_inspection(
        one.pk, "fail_recheck", note="灭火器是空的", by=world.actors["checker"], now=MONDAY + DAY
    )

    one.refresh_from_db()
    assert (one.stage, one.due_at) == ("rectifying", due)
    assert one.owner_id == world.staff["handler"].pk
    assert InspectionDeadline.objects.filter(clock="rectify").count() == 1
    assert agrees(one)


def test_a_hazard_not_put_right_by_somebody_who_left_goes_to_the_unit(world: World) -> None:
    one, admin = rectified(world), world.actors["system_admin"]
    end_employment(world.staff["handler"].pk, by=admin, now=MONDAY + 4 * HOUR)

    failed: dict[str, Any] = {
        "note": "灭火器是空的",
        "by": world.actors["checker"],
        "now": MONDAY + DAY,
    }
    move_inspection(one.pk, "fail_recheck", **failed)

    one.refresh_from_db()
    assert (one.stage, one.owner_id) == ("rectifying", world.staff["unit_leader"].pk)
    assert "已离职" in InspectionLine.objects.get(code="fail_recheck").note


@pytest.mark.parametrize("limit", ["4工作日", "5自然日", "15工作日"])
def test_nobody_gives_more_time_than_the_checklist(world: World, limit: str) -> None:
    one = planned(world)
    slow = ChecklistItem.objects.get(kind__code="shop", limit="7工作日")

    with pytest.raises(MissingFact, match=r"没有灭火器.*要在3工作日内整改") as refused:
        move_inspection(one.pk, "find", **finding(world, items=(item(), slow.pk), limit=limit))

    one.refresh_from_db()
    assert (refused.value.field, one.stage) == ("limit", "planned")
    assert not Finding.objects.exists()


@pytest.mark.parametrize("limit", ["3工作日", "4自然日", "8工作时"])
def test_the_time_of_the_checklist_or_less_is_given(world: World, limit: str) -> None:
    one = planned(world)
    assert move_inspection(one.pk, "find", **finding(world, limit=limit)).limit == limit


def test_what_cannot_wait_is_not_given_time(world: World) -> None:
    one = planned(world)

    with pytest.raises(MissingFact) as refused:
        move_inspection(one.pk, "find", **finding(world, items=(item(cannot_wait=True),)))

    assert refused.value.field == "items"
    assert "转为案件" in refused.value.message
    assert not Finding.objects.exists()


def test_what_cannot_wait_becomes_a_linked_case(world: World) -> None:
    one = planned(world)
    given = finding(world, items=(item(), item(cannot_wait=True)), note="后门锁着")
    del given["limit"]

    move_inspection(one.pk, "hand_to_case", **given)

    one.refresh_from_db()
    case = Case.objects.get()
    assert (one.stage, one.open, Finding.objects.count()) == ("handed_over", False, 2)
    assert case_of(world.actors["leader"], one) == case
    assert case_of(replace(world.actors["leader"], grants={}), one) is None
    assert (case.grid_id, case.address.plain) == (
        world.areas["G1"],
        "槐树里社区第一网格槐树里 8 号",
    )
    assert "后门锁着" in case.body
    assert one.number in case.body
    seen = [(row.file_id, row.report_id is not None) for row in photos_of(case)]
    assert seen == [(given["photo_finding"][0], True)], "the same file, no copy"
    assert StoredFile.objects.count() == 1
    assert Link.objects.get().to_id == case.pk
    run_due(now=MONDAY + 2 * HOUR)
    assert (Report.objects.count(), Case.objects.count()) == (1, 1), "once, whoever triages it"
    assert agrees(one)


def test_a_visit_is_planned_when_the_last_one_is_long_ago(world: World) -> None:
    site = shop(world)
    retired = shop(world)
    Site.objects.filter(pk=retired.pk).update(retired_at=MONDAY)
    assert plan_visits(by=SYSTEM, now=MONDAY) == 1
    assert plan_visits(by=SYSTEM, now=MONDAY + DAY) == 0, "one is open"
    one = Inspection.objects.get(site=site)
    clean(world, one, at=MONDAY + DAY)
    days = SiteKind.objects.get(code="shop").every_days

    assert plan_visits(by=SYSTEM, now=MONDAY + timedelta(days=days)) == 0
    assert plan_visits(by=SYSTEM, now=MONDAY + timedelta(days=days + 1)) == 1


def test_a_visit_that_was_cancelled_comes_again_with_the_next_round(world: World) -> None:
    one = planned(world)
    leader = world.actors["leader"]
    move_inspection(one.pk, "cancel", note="停业装修", by=leader, now=MONDAY)
    days = SiteKind.objects.get(code="shop").every_days
    assert plan_visits(by=SYSTEM, now=MONDAY + DAY) == 0
    assert plan_visits(by=SYSTEM, now=MONDAY + timedelta(days=days)) == 1


def test_a_place_that_is_gone_leaves_the_plan_and_can_come_back(world: World) -> None:
    one = planned(world)
    leader = world.actors["leader"]
    with pytest.raises(MissingFact):
        take_out(one.site_id, reason="  ", by=leader, now=MONDAY)

    gone = take_out(one.site_id, reason="店已关", by=leader, now=MONDAY)

    one.refresh_from_db()
    assert (one.stage, one.open) == ("cancelled", False)
    assert plan_visits(by=SYSTEM, now=MONDAY + timedelta(days=900)) == 0
    with pytest.raises(NotFound):
        take_out(one.site_id, reason="店已关", by=leader, now=MONDAY)
    with pytest.raises(NotFound):
        plan_inspection(one.site_id, by=leader, now=MONDAY)
    assert [row.reason for row in exits_seen(leader)] == ["店已关"]
    assert not exits_seen(world.actors["grid_worker"]).exists()

    put_back(gone.pk, by=leader, now=MONDAY + DAY)
    with pytest.raises(NotFound):
        put_back(gone.pk, by=leader, now=MONDAY + DAY)
    gone.refresh_from_db()
    assert (gone.back_by, gone.back_at) == (world.staff["leader"], MONDAY + DAY)
    assert plan_visits(by=SYSTEM, now=MONDAY + timedelta(days=900)) == 1


def test_nobody_gets_rid_of_a_hazard_by_leaving_the_plan(world: World) -> None:
    one = planned(world)
    move_inspection(one.pk, "find", **finding(world))
    with pytest.raises(WrongStage, match="隐患没有销号"):
        take_out(one.site_id, reason="店已关", by=world.actors["leader"], now=MONDAY)
    one.refresh_from_db()
    assert (one.stage, SiteExit.objects.count()) == ("rectifying", 0)


def test_a_place_that_was_not_being_visited_leaves_too(world: World) -> None:
    site = shop(world)
    take_out(site.pk, reason="店已关", by=world.actors["leader"], now=MONDAY)
    assert plan_visits(by=SYSTEM, now=MONDAY) == 0
    for who in ("grid_worker", "dispatcher"):
        with pytest.raises(NotAllowed):
            take_out(shop(world).pk, reason="店已关", by=world.actors[who], now=MONDAY)


def test_a_site_has_one_open_inspection(world: World) -> None:
    one = planned(world)

    with pytest.raises(WrongStage):
        plan_inspection(one.site_id, by=world.actors["leader"], now=MONDAY)

    cancelled = move_inspection(
        one.pk, "cancel", note="店已关", by=world.actors["leader"], now=MONDAY
    )
    assert (cancelled.stage, cancelled.open) == ("cancelled", False)
    again = plan_inspection(one.site_id, by=world.actors["leader"], now=MONDAY)
    assert [again.pk, one.pk] == list(
        Inspection.objects.order_by("-id").values_list("pk", flat=True)
    )


@pytest.mark.parametrize("who", ["handler", "checker", "clerk", "acceptor"])
def test_only_whoever_may_inspect_says_what_was_found(world: World, who: str) -> None:
    one = planned(world)
    with pytest.raises(NotAllowed):
        move_inspection(one.pk, "find", **finding(world, by=world.actors[who]))
    assert not Finding.objects.exists()


def test_everybody_sees_the_own_area_and_a_unit_its_own(world: World) -> None:
    one = planned(world)
    leader, elsewhere = world.actors["leader"], world.actors["other_grid_worker"]
    assert inspection_for(leader, one.number) == one
    assert inspection_for(leader, f"ｊｃ{one.number[2:10]}-{one.number[10:]}") == one
    assert not inspections_seen(world.actors["acceptor"]).exists()
    for who in (elsewhere, world.actors["handler"]):
        with pytest.raises(NotFound):
            inspection_for(who, one.number)
    with pytest.raises(NotFound):
        move_inspection(one.pk, "inspect_clean", by=elsewhere, now=MONDAY)
    with pytest.raises(NotFound):
        plan_inspection(
            one.site_id, by=replace(leader, grants={"inspections.plan": Scope()}), now=MONDAY
        )

    move_inspection(one.pk, "find", **finding(world))

    assert list(inspections_seen(world.actors["handler"])) == [one]
    assert not inspections_seen(world.actors["other_handler"]).exists()


def test_a_site_lies_where_the_planner_may_plan(world: World) -> None:
    with pytest.raises(MissingFact):
        shop(world, kind="castle")
    with pytest.raises(NotFound):
        shop(world, by=replace(world.actors["leader"], grants={"inspections.plan": Scope()}))
    with pytest.raises(MissingFact) as refused:
        add_site(
            " ", kind="shop", area=world.areas["G1"], address="", unit=None,
            by=world.actors["leader"], now=MONDAY,
        )  # fmt: skip
    assert refused.value.field == "name"
    assert not Site.objects.exists()


def test_every_limit_can_be_read(world: World) -> None:
    limits = [clock.usual_limit("") for clock in INSPECTION.clocks]
    limits += ChecklistItem.objects.values_list("limit", flat=True)
    assert all(parse_limit(limit).amount for limit in limits)


@pytest.mark.parametrize("name", ["", "  ", "\u202e\u200b", "\u00a0\ufeff"])
def test_a_place_has_a_name_that_can_be_read(world: World, name: str) -> None:
    with pytest.raises(MissingFact, match="名称"):
        add_site(
            name, kind="shop", area=world.areas["G1"], address="槐树里 8 号", unit=None,
            by=world.actors["leader"], now=MONDAY,
        )  # fmt: skip
    assert not Site.objects.exists()

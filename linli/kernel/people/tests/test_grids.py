"""Postings to grids: one leader at a time, ended by date, never by oneself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from linli.kernel.acting import Actor, Scope
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.people.actions import end_posting, mark_left, post_to_grid
from linli.kernel.people.errors import HasLeft, OwnPosting, PostingRefused, StaffInvalid
from linli.kernel.people.models import GridPosting
from linli.kernel.people.queries import grids_without_leader, postings_of, workers_of_grid
from linli.kernel.places.actions import retire_area
from tests.world import DAY, MONDAY, World

TOMORROW = DAY + timedelta(days=1)
YESTERDAY = DAY - timedelta(days=1)


def post(world: World, who: str = "clerk", grid: str = "G2", **changes: Any) -> GridPosting:
    given = {
        "grid_id": world.areas[grid], "duty": "grid_leader", "valid_from": DAY,
        "by": world.actors["system_admin"], "now": MONDAY, **changes,
    }  # fmt: skip
    return post_to_grid(world.staff[who].pk, **given)


def end(world: World, posting: GridPosting, last: Any, **changes: Any) -> GridPosting:
    given = {"last": last, "by": world.actors["system_admin"], "now": MONDAY, **changes}
    return end_posting(posting.pk, **given)


def test_a_grid_gets_its_leader(world: World) -> None:
    missing = grids_without_leader(world.actors["system_admin"], DAY)
    assert [grid.pk for grid in missing] == [world.areas[key] for key in ("G1", "G2", "G3")]

    post(world)

    assert [(one.name, duty) for one, duty in workers_of_grid(world.areas["G2"], DAY)] == [
        ("槐树里小褚", "grid_leader")
    ]
    missing = grids_without_leader(world.actors["system_admin"], DAY)
    assert [grid.pk for grid in missing] == [world.areas["G1"], world.areas["G3"]]
    assert not grids_without_leader(world.actors["security_admin"], DAY).exists()


def test_a_second_leader_is_refused_by_name_and_nothing_changes(world: World) -> None:
    first = post(world)

    with pytest.raises(PostingRefused, match="槐树里小褚") as refused:
        post(world, "grid_worker", valid_from=TOMORROW)

    assert (refused.value.field, refused.value.status) == ("take_over", 409)
    first.refresh_from_db()
    assert first.valid_until is None
    assert GridPosting.objects.filter(grid_id=world.areas["G2"]).count() == 1


def test_taking_over_ends_the_present_leader_the_day_before(world: World) -> None:
    first = post(world)
    second = post(world, "grid_worker", valid_from=TOMORROW, take_over=True)

    first.refresh_from_db()
    assert (first.valid_until, second.valid_from) == (DAY, TOMORROW)
    for day, name in ((DAY, "槐树里小褚"), (TOMORROW, "网格员小李")):
        assert [one.name for one, _ in workers_of_grid(world.areas["G2"], day)] == [name]


def test_a_leader_to_come_is_not_pushed_aside(world: World) -> None:
    later = DAY + timedelta(days=30)
    post(world, valid_from=later)

    with pytest.raises(PostingRefused, match="请先结束那条任职") as refused:
        post(world, "grid_worker", take_over=True)
    assert refused.value.field == "valid_from"

    until_then = post(world, "grid_worker", valid_until=later - timedelta(days=1))
    assert until_then.valid_until == later - timedelta(days=1)


def test_a_grid_may_have_many_workers_but_nobody_twice(world: World) -> None:
    post(world, duty="full_time")
    post(world, "checker", duty="part_time")
    with pytest.raises(PostingRefused, match="专职网格员") as refused:
        post(world, duty="part_time", valid_from=TOMORROW)
    assert refused.value.field == "grid"
    assert GridPosting.objects.filter(grid_id=world.areas["G2"]).count() == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"duty": "boss"}, "duty"),
        ({"valid_from": YESTERDAY}, "valid_from"),
        ({"valid_until": YESTERDAY}, "valid_until"),
        ({"grid_id": 10**9}, "grid"),
    ],
)
def test_a_wrong_field_is_named_and_nobody_is_posted(
    world: World, changes: dict[str, Any], field: str
) -> None:
    before = GridPosting.objects.count()
    with pytest.raises(StaffInvalid) as refused:
        post(world, **changes)
    assert refused.value.field == field
    assert GridPosting.objects.count() == before


def test_a_community_or_a_retired_grid_is_no_grid_to_look_after(world: World) -> None:
    retire_area(world.areas["G2"], by=world.actors["system_admin"], now=MONDAY)
    for area in ("C1", "G2"):
        with pytest.raises(StaffInvalid) as refused:
            post(world, grid=area)
        assert refused.value.field == "grid"


def test_ending_keeps_the_posting_and_counts_its_last_day(world: World) -> None:
    posting = post(world)
    end(world, posting, TOMORROW)

    assert workers_of_grid(world.areas["G2"], TOMORROW)
    assert not workers_of_grid(world.areas["G2"], TOMORROW + timedelta(days=1))
    assert [one.pk for one in postings_of([world.staff["clerk"].pk])[world.staff["clerk"].pk]] == [
        posting.pk
    ]


def test_ending_at_once_and_ending_again(world: World) -> None:
    posting = GridPosting.objects.get(staff=world.staff["grid_worker"])
    end(world, posting, YESTERDAY)
    posting.refresh_from_db()
    assert posting.valid_until == YESTERDAY
    with pytest.raises(StaffInvalid, match="已经结束"):
        end(world, posting, DAY)


def test_the_past_is_not_rewritten(world: World) -> None:
    posting = GridPosting.objects.get(staff=world.staff["grid_worker"])
    with pytest.raises(StaffInvalid) as refused:
        end(world, posting, YESTERDAY - timedelta(days=1))
    assert refused.value.field == "last"
    posting.refresh_from_db()
    assert posting.valid_until is None


def test_a_posting_called_off_before_its_day_makes_room_again(world: World) -> None:
    posting = post(world, valid_from=TOMORROW)
    end(world, posting, YESTERDAY)
    posting.refresh_from_db()
    assert posting.valid_until == DAY
    assert post(world, "grid_worker").valid_until is None


def test_nobody_posts_themselves_nor_pushes_themselves_out(world: World) -> None:
    with pytest.raises(OwnPosting):
        post(world, "system_admin")
    own = GridPosting.objects.create(
        staff=world.staff["system_admin"], grid_id=world.areas["G2"], duty="grid_leader", valid_from=YESTERDAY
    )  # fmt: skip
    with pytest.raises(OwnPosting):
        end(world, own, DAY)
    with pytest.raises(OwnPosting):
        post(world, take_over=True)
    own.refresh_from_db()
    assert own.valid_until is None
    assert GridPosting.objects.filter(grid_id=world.areas["G2"]).count() == 1


def test_whoever_has_left_is_posted_nowhere(world: World) -> None:
    mark_left(world.staff["clerk"].pk, by=world.actors["system_admin"], now=MONDAY)
    with pytest.raises(HasLeft):
        post(world)


def test_outside_the_scope_nothing_is_posted_or_ended(world: World) -> None:
    scope = Scope(
        areas=frozenset({("community", world.areas["C2"])}),
        organizations=frozenset({world.organizations["YX"].pk}),
    )
    narrow = Actor(kind="staff", name="清河湾管理员", grants={"people.edit": scope})
    with pytest.raises(StaffInvalid):
        post(world, by=narrow)
    assert post(world, grid="G3", by=narrow).grid_id == world.areas["G3"]

    foreign = GridPosting.objects.create(
        staff=world.staff["handler"], grid_id=world.areas["G1"], duty="part_time", valid_from=DAY
    )
    with pytest.raises(NotFound):
        end(world, foreign, DAY, by=narrow)
    with pytest.raises(NotFound):
        end_posting(10**9, last=DAY, by=narrow, now=MONDAY)
    with pytest.raises(NotAllowed):
        end(world, foreign, DAY, by=world.actors["leader"])
    foreign.refresh_from_db()
    assert foreign.valid_until is None

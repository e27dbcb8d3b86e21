"""Hours on duty, skills, base and capacity."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest

from linli.kernel.engine.remembered import forget_everything
from linli.kernel.errors import NotAllowed
from linli.kernel.people.actions import set_base, set_shifts, set_skills
from linli.kernel.people.errors import StaffInvalid
from linli.kernel.people.models import Shift, Skill
from linli.kernel.people.queries import on_duty, shifts_of, shifts_to_come, skills_of
from linli.kernel.people.rules import END_OF_DAY, Hours
from linli.kernel.places.errors import CoordinatesOutside
from tests.world import DAY, MONDAY, World

OFFICE = Hours("12345", time(8, 30), time(17, 30))
NIGHT = Hours("7", time(22), time(6))


def set_hours(world: World, *hours: Hours, **changes: Any) -> None:
    given = {"valid_from": DAY, "by": world.actors["system_admin"], "now": MONDAY, **changes}
    set_shifts(world.staff["grid_worker"].pk, hours, **given)
    forget_everything()


def stored(world: World) -> list[tuple[Any, ...]]:
    rows = Shift.objects.filter(staff=world.staff["grid_worker"]).order_by("id")
    return list(rows.values_list("weekdays", "starts", "ends", "valid_from", "valid_until"))


def test_new_hours_replace_the_old_ones_from_their_day_on(world: World) -> None:
    set_hours(world, OFFICE, valid_from=DAY + timedelta(days=1))
    old, new = stored(world)

    assert old[-1] == DAY, "the old hours end the day before"
    assert new == ("12345", time(8, 30), time(17, 30), DAY + timedelta(days=1), None)
    pk = world.staff["grid_worker"].pk
    tuesday_evening = MONDAY + timedelta(days=1, hours=12)
    assert pk in on_duty(MONDAY + timedelta(hours=12))
    assert pk in on_duty(MONDAY + timedelta(days=1))
    assert pk not in on_duty(tuesday_evening)
    assert [shift.weekdays for shift in shifts_to_come(pk, DAY)] == ["12345"]
    assert len(shifts_of([pk], DAY)[pk]) == 1


def test_a_night_shift_is_on_duty_on_both_sides_of_midnight(world: World) -> None:
    set_hours(world, NIGHT)
    pk = world.staff["grid_worker"].pk
    sunday = MONDAY + timedelta(days=6)  # 09:00 in the morning

    assert [row[:3] for row in stored(world)[1:]] == [
        ("7", time(22), END_OF_DAY),
        ("1", time(0), time(6)),
    ]
    assert pk in on_duty(sunday + timedelta(hours=14))
    assert pk in on_duty(sunday + timedelta(hours=20))
    assert pk not in on_duty(sunday)


def test_no_hours_means_off_duty_from_that_day(world: World) -> None:
    set_hours(world)
    assert stored(world)[0][-1] == DAY - timedelta(days=1)
    assert world.staff["grid_worker"].pk not in on_duty(MONDAY)


def test_hours_set_twice_on_one_day_leave_the_last_ones_and_no_doubles(world: World) -> None:
    set_hours(world, OFFICE, valid_from=DAY + timedelta(days=1))
    set_hours(world, NIGHT, valid_from=DAY + timedelta(days=1))

    in_force = [row for row in stored(world) if row[-1] is None]
    assert [row[0] for row in in_force] == ["7", "1"]
    assert len(stored(world)) == 4, "nothing is deleted"


@pytest.mark.parametrize(
    ("hours", "field", "says"),
    [
        ((Hours("", time(8), time(9)),), "weekdays_1", "星期几"),
        ((OFFICE, Hours("8", time(8), time(9))), "weekdays_2", "星期几"),
        ((Hours("1", time(8), time(8)),), "ends_1", "全天值守"),
        ((OFFICE, Hours("3", time(17), time(18))), "starts_1", "星期三"),
    ],
)
def test_hours_that_cannot_be_are_refused_with_their_line(
    world: World, hours: tuple[Hours, ...], field: str, says: str
) -> None:
    before = stored(world)
    with pytest.raises(StaffInvalid, match=says) as refused:
        set_hours(world, *hours)
    assert refused.value.field == field
    assert stored(world) == before


def test_the_past_is_not_rewritten(world: World) -> None:
    before = stored(world)
    with pytest.raises(StaffInvalid) as refused:
        set_hours(world, OFFICE, valid_from=DAY - timedelta(days=1))
    assert refused.value.field == "valid_from"
    assert stored(world) == before


def test_skills_are_what_was_chosen_last(world: World) -> None:
    pk, admin = world.staff["handler"].pk, world.actors["system_admin"]
    set_skills(pk, ["E01", "C01"], by=admin, now=MONDAY)
    kept = Skill.objects.get(staff_id=pk, category_prefix="E01").pk
    set_skills(pk, ["E02", " E01 "], by=admin, now=MONDAY)

    assert skills_of(pk) == ["E01", "E02"]
    assert Skill.objects.get(staff_id=pk, category_prefix="E01").pk == kept
    for wrong in ("", "井盖", "E" * 17, "E0*"):
        with pytest.raises(StaffInvalid) as refused:
            set_skills(pk, ["C01", wrong], by=admin, now=MONDAY)
        assert refused.value.field == "prefixes"
    assert skills_of(pk) == ["E01", "E02"]


def test_base_and_capacity_are_checked_and_stored(world: World) -> None:
    staff, admin = world.staff["handler"], world.actors["system_admin"]
    set_base(staff.pk, capacity=8, lon=120.005, lat=30.005, by=admin, now=MONDAY)
    staff.refresh_from_db()
    assert (staff.capacity, staff.home_lon, staff.home_lat) == (8, 120.005, 30.005)

    for given, field in (
        ({"capacity": 0}, "capacity"),
        ({"capacity": 201}, "capacity"),
        ({"capacity": 8, "lon": 120.0}, "lat"),
        ({"capacity": 8, "lat": 30.0}, "lon"),
    ):
        with pytest.raises(StaffInvalid) as refused:
            set_base(staff.pk, **given, by=admin, now=MONDAY)
        assert refused.value.field == field
    with pytest.raises(CoordinatesOutside):
        set_base(staff.pk, capacity=8, lon=30.005, lat=120.005, by=admin, now=MONDAY)
    staff.refresh_from_db()
    assert (staff.capacity, staff.home_lon) == (8, 120.005)

    set_base(staff.pk, capacity=9, by=admin, now=MONDAY)
    staff.refresh_from_db()
    assert (staff.capacity, staff.home_lon, staff.home_lat) == (9, None, None)


def test_only_whoever_has_the_right_changes_hours(world: World) -> None:
    before = stored(world)
    with pytest.raises(NotAllowed):
        set_hours(world, OFFICE, by=world.actors["security_admin"])
    assert stored(world) == before

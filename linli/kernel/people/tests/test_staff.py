"""People come, are renamed and transferred, leave and come back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from linli.kernel.acting import Actor, Scope
from linli.kernel.audit.models import AuditLine
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.organisations.actions import edit_organization, retire_organization
from linli.kernel.organisations.errors import OrganizationRetired
from linli.kernel.people.actions import (
    add_staff,
    close_organization,
    edit_staff,
    mark_left,
    mark_returned,
    transfer_staff,
)
from linli.kernel.people.errors import (
    HasLeft,
    NumberTaken,
    OwnPosting,
    StaffInvalid,
    StillWorking,
)
from linli.kernel.people.models import GridPosting, Shift, Staff
from linli.kernel.people.queries import head_counts, on_duty, staff_for, staff_member
from tests.world import DAY, MONDAY, World


def newcomer(world: World, **changes: Any) -> dict[str, Any]:
    given = {
        "name": "网格员小何",
        "employee_no": "E900",
        "organization_id": world.organizations["YX"].pk,
    }
    return {**given, **changes}


def inside_c1(world: World, *rights: str) -> Actor:
    scope = Scope(areas=frozenset({("community", world.areas["C1"])}))
    return Actor(kind="staff", name="社区管理员", grants=dict.fromkeys(rights, scope))


def test_somebody_new_is_entered_and_may_nothing_yet(world: World) -> None:
    staff = add_staff(
        **newcomer(world, phone="19900007777"), by=world.actors["system_admin"], now=MONDAY
    )

    staff.refresh_from_db()
    assert (staff.name, staff.employee_no, staff.phone) == ("网格员小何", "E900", "19900007777")
    assert (staff.capacity, staff.left_at) == (20, None)
    line = AuditLine.objects.get(action="kernel.people.staff.add_staff")
    assert line.subject == f"people.staff:{staff.pk}"


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "何" * 41), ("employee_no", "工 1"), ("employee_no", "E" * 25), ("phone", "无")],
)  # fmt: skip
def test_a_wrong_field_is_named_and_nobody_is_entered(world: World, field: str, value: str) -> None:
    with pytest.raises(StaffInvalid) as refused:
        add_staff(**newcomer(world, **{field: value}), by=world.actors["system_admin"], now=MONDAY)

    assert refused.value.field == field
    assert Staff.objects.count() == len(world.staff)


def test_an_employee_number_is_never_given_twice_even_after_somebody_left(world: World) -> None:
    admin = world.actors["system_admin"]
    mark_left(world.staff["clerk"].pk, by=admin, now=MONDAY)
    taken = world.staff["clerk"].employee_no

    with pytest.raises(NumberTaken) as refused:
        add_staff(**newcomer(world, employee_no=taken), by=admin, now=MONDAY)
    with pytest.raises(NumberTaken):
        edit_staff(
            world.staff["handler"].pk, name="城管小冯", employee_no=taken, by=admin, now=MONDAY
        )

    assert refused.value.field == "employee_no"
    assert Staff.objects.get(employee_no=taken).name == "槐树里小褚"


def test_a_retired_or_foreign_organisation_takes_nobody(world: World) -> None:
    admin = world.actors["system_admin"]
    retire_organization(world.organizations["SW"].pk, by=admin, now=MONDAY)
    retired = newcomer(world, organization_id=world.organizations["SW"].pk)
    foreign = newcomer(world)

    with pytest.raises(StaffInvalid, match="已停用") as first:
        add_staff(**retired, by=admin, now=MONDAY)
    with pytest.raises(StaffInvalid, match="管理范围") as second:
        add_staff(**foreign, by=inside_c1(world, "people.edit"), now=MONDAY)

    assert first.value.field == second.value.field == "organization"
    assert Staff.objects.count() == len(world.staff)


def test_only_whoever_has_the_right_enters_people(world: World) -> None:
    for who in ("leader", "security_admin", "audit_admin"):
        with pytest.raises(NotAllowed):
            add_staff(**newcomer(world), by=world.actors[who], now=MONDAY)
    assert Staff.objects.count() == len(world.staff)


def test_names_and_telephones_are_corrected(world: World) -> None:
    staff = world.staff["handler"]
    edit_staff(
        staff.pk, name="城管冯强", employee_no="CG-7", phone="99000", by=world.actors["system_admin"],
        now=MONDAY,
    )  # fmt: skip
    staff.refresh_from_db()
    assert (staff.name, staff.employee_no, staff.phone) == ("城管冯强", "CG-7", "99000")


def test_a_transfer_changes_the_organisation_and_nothing_else(world: World) -> None:
    admin, staff = world.actors["system_admin"], world.staff["grid_worker"]
    transfer_staff(staff.pk, organization_id=world.organizations["CG"].pk, by=admin, now=MONDAY)

    staff.refresh_from_db()
    assert staff.organization == world.organizations["CG"]
    assert GridPosting.objects.get(staff=staff).valid_until is None
    with pytest.raises(StaffInvalid, match="已经在") as again:
        transfer_staff(staff.pk, organization_id=world.organizations["CG"].pk, by=admin, now=MONDAY)
    assert again.value.field == "organization"


def test_leaving_ends_grids_and_shifts_today_and_keeps_them_as_history(world: World) -> None:
    staff = world.staff["grid_worker"]
    to_come = GridPosting.objects.create(
        staff=staff, grid_id=world.areas["G2"], duty="part_time", valid_from=DAY + timedelta(days=9)
    )

    mark_left(staff.pk, by=world.actors["system_admin"], now=MONDAY)

    staff.refresh_from_db()
    to_come.refresh_from_db()
    assert staff.left_at == MONDAY
    assert GridPosting.objects.get(staff=staff, grid_id=world.areas["G1"]).valid_until == DAY
    assert to_come.valid_until == DAY + timedelta(days=8), "it never came into force"
    assert Shift.objects.get(staff=staff).valid_until == DAY
    assert staff.pk not in on_duty(MONDAY)


def test_whoever_has_left_is_not_changed_until_they_are_back(world: World) -> None:
    admin, staff = world.actors["system_admin"], world.staff["handler"]
    mark_left(staff.pk, by=admin, now=MONDAY)
    unit = world.organizations["YX"].pk
    changes: tuple[Callable[[], object], ...] = (
        lambda: mark_left(staff.pk, by=admin, now=MONDAY),
        lambda: transfer_staff(staff.pk, organization_id=unit, by=admin, now=MONDAY),
        lambda: edit_staff(staff.pk, name="某", employee_no="E1", by=admin, now=MONDAY),
    )
    for change in changes:
        with pytest.raises(HasLeft):
            change()

    mark_returned(staff.pk, by=admin, now=MONDAY)
    staff.refresh_from_db()
    assert (staff.left_at, staff.name) == (None, "城管小冯")
    assert Shift.objects.get(staff=staff).valid_until == DAY, "hours are given anew"
    with pytest.raises(HasLeft, match="不需要复职"):
        mark_returned(staff.pk, by=admin, now=MONDAY)


def test_nobody_signs_themselves_out(world: World) -> None:
    with pytest.raises(OwnPosting):
        mark_left(world.staff["system_admin"].pk, by=world.actors["system_admin"], now=MONDAY)
    assert Staff.objects.get(pk=world.staff["system_admin"].pk).left_at is None


def test_an_organisation_is_closed_only_when_nobody_works_there(world: World) -> None:
    admin, unit = world.actors["system_admin"], world.organizations["SW"]

    with pytest.raises(StillWorking, match="还有 1 人（水务小陈等）"):
        close_organization(unit.pk, by=admin, now=MONDAY)
    unit.refresh_from_db()
    assert unit.retired_at is None
    assert not AuditLine.objects.filter(action__endswith="retire_organization").exists()

    mark_left(world.staff["other_handler"].pk, by=admin, now=MONDAY)
    assert close_organization(unit.pk, by=admin, now=MONDAY).retired_at == MONDAY
    with pytest.raises(OrganizationRetired):
        close_organization(unit.pk, by=admin, now=MONDAY)


def test_a_refused_closing_does_not_tell_who_works_there(world: World) -> None:
    with pytest.raises(NotAllowed) as refused:
        close_organization(world.organizations["SW"].pk, by=world.actors["acceptor"], now=MONDAY)
    assert "水务小陈" not in refused.value.message


def test_the_register_shows_the_people_of_the_scope_and_finds_them_by_words(world: World) -> None:
    admin = world.actors["system_admin"]
    edit_organization(
        world.organizations["CG"].pk, name="城管队", kind="department", area_id=world.areas["C1"],
        by=admin, now=MONDAY,
    )  # fmt: skip
    own = inside_c1(world, "access.manage")

    seen = list(staff_for(own))
    assert "城管小冯" in {one.name for one in seen}
    assert {one.organization_id for one in seen} == {world.organizations["CG"].pk}
    assert head_counts(own) == {world.organizations["CG"].pk: len(seen)}
    assert staff_for(admin).count() == len(world.staff)
    assert [one.name for one in staff_for(admin, words="小李")] == ["网格员小李"]
    assert [one.name for one in staff_for(admin, words="e003")] == ["派遣员小周"]
    unit = world.organizations["SW"].pk
    assert [one.name for one in staff_for(admin, organization_id=unit)] == ["水务小陈"]
    for area in ("G1", "C1"):
        found = staff_for(admin, grid_below=world.areas[area], on=DAY)
        assert [one.name for one in found] == ["网格员小李"]
    assert not staff_for(admin, grid_below=world.areas["G1"], on=date(2019, 1, 1)).exists()
    assert not staff_for(world.actors["leader"]).exists()


def test_a_person_outside_the_scope_is_not_found(world: World) -> None:
    own = inside_c1(world, "people.edit")
    with pytest.raises(NotFound):
        staff_member(own, world.staff["handler"].pk)
    with pytest.raises(NotFound):
        mark_left(world.staff["handler"].pk, by=own, now=MONDAY)
    assert (
        staff_member(world.actors["security_admin"], world.staff["handler"].pk).name == "城管小冯"
    )

"""The register of organisations: entered, renamed, retired; read and changed inside the scope only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from linli.kernel.acting import Actor, Scope
from linli.kernel.audit.models import AuditLine
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.organisations.actions import (
    add_organization,
    edit_organization,
    reinstate_organization,
    retire_organization,
)
from linli.kernel.organisations.errors import CodeTaken, OrganizationInvalid, OrganizationRetired
from linli.kernel.organisations.models import Organization
from linli.kernel.organisations.queries import organization_for, organizations_for
from linli.kernel.places.actions import retire_area
from linli.kernel.places.errors import AreaUnknown
from tests.world import DAY, MONDAY, World

GREEN: dict[str, Any] = {"code": "LH", "name": "绿化队", "kind": "department"}


def of_street(world: World, right: str = "organisations.edit") -> Actor:
    """Somebody who edits organisations of 槐树里社区 and of nothing else."""
    scope = Scope(areas=frozenset({("community", world.areas["C1"])}))
    return Actor(kind="staff", name="槐树里管理员", grants={right: scope})


def test_an_organisation_is_entered_with_its_place_and_one_audit_line(world: World) -> None:
    made = add_organization(
        **GREEN, short_name="绿化", area_id=world.areas["S"], phone="0571-99000123 转 8",
        by=world.actors["system_admin"], now=MONDAY,
    )  # fmt: skip

    made.refresh_from_db()
    assert (made.code, made.name, str(made)) == ("LH", "绿化队", "绿化")
    assert (made.area_id, made.phone, made.valid_from) == (
        world.areas["S"],
        "0571-99000123 转 8",
        DAY,
    )
    line = AuditLine.objects.get(action="kernel.organisations.add_organization")
    assert (line.subject, line.actor_name) == (
        f"organisations.organization:{made.pk}",
        "管理员小卫",
    )


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", " ", "请填写单位名称"),
        ("name", "队" * 81, "最多 80 个字，现在有 81 个"),
        ("code", "绿化", "只能用英文字母"),
        ("code", "", "请填写单位编码"),
        ("short_name", "绿" * 25, "最多 24"),
        ("kind", "club", "单位类型"),
        ("phone", "问王主任", "不像电话号码"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_stored(
    world: World, field: str, value: str, says: str
) -> None:
    given: dict[str, Any] = {**GREEN, field: value}
    before = Organization.objects.count()

    with pytest.raises(OrganizationInvalid) as refused:
        add_organization(**given, by=world.actors["system_admin"], now=MONDAY)

    assert (refused.value.field, refused.value.status) == (field, 422)
    assert says in refused.value.message
    assert Organization.objects.count() == before


def test_a_code_is_never_issued_twice_even_after_retirement(world: World) -> None:
    admin = world.actors["system_admin"]
    retire_organization(world.organizations["CG"].pk, by=admin, now=MONDAY)

    with pytest.raises(CodeTaken) as refused:
        add_organization(code="CG", name="新城管队", kind="department", by=admin, now=MONDAY)

    assert (refused.value.field, refused.value.status) == ("code", 409)
    assert "城管队" in refused.value.message
    assert Organization.objects.filter(code="CG").count() == 1


def test_only_whoever_has_the_right_edits_organisations(world: World) -> None:
    for who in ("acceptor", "security_admin", "audit_admin"):
        with pytest.raises(NotAllowed):
            add_organization(**GREEN, by=world.actors[who], now=MONDAY)
    assert not Organization.objects.filter(code="LH").exists()
    assert (
        AuditLine.objects.filter(result="refused", action__endswith="add_organization").count() == 3
    )


def test_renaming_keeps_the_code(world: World) -> None:
    unit = world.organizations["CG"]

    edit_organization(
        unit.pk, name="综合执法队", short_name="执法", kind="department", area_id=world.areas["S"],
        phone="99000", by=world.actors["system_admin"], now=MONDAY,
    )  # fmt: skip

    unit.refresh_from_db()
    assert (unit.code, unit.name, unit.short_name, unit.phone) == (
        "CG",
        "综合执法队",
        "执法",
        "99000",
    )
    assert unit.area_id == world.areas["S"]


def test_a_retired_one_is_not_edited_until_it_is_reinstated(world: World) -> None:
    admin, unit = world.actors["system_admin"], world.organizations["SW"]
    retire_organization(unit.pk, by=admin, now=MONDAY)
    changes: tuple[Callable[[], object], ...] = (
        lambda: edit_organization(unit.pk, name="水", kind="department", by=admin, now=MONDAY),
        lambda: retire_organization(unit.pk, by=admin, now=MONDAY),
    )
    for change in changes:
        with pytest.raises(OrganizationRetired):
            change()

    reinstate_organization(unit.pk, by=admin, now=MONDAY)
    unit.refresh_from_db()
    assert (unit.retired_at, unit.name) == (None, "水务所")
    with pytest.raises(OrganizationInvalid, match="不需要恢复"):
        reinstate_organization(unit.pk, by=admin, now=MONDAY)


def test_inside_one_community_nothing_beyond_it_is_entered_changed_or_seen(world: World) -> None:
    own = of_street(world)
    wide = {**GREEN, "code": "LH2"}
    with pytest.raises(OrganizationInvalid) as nowhere:
        add_organization(**wide, by=own, now=MONDAY)
    with pytest.raises(NotAllowed):
        add_organization(**wide, area_id=world.areas["S"], by=own, now=MONDAY)
    with pytest.raises(NotAllowed):
        add_organization(**wide, area_id=world.areas["C2"], by=own, now=MONDAY)
    assert nowhere.value.field == "area"
    assert not Organization.objects.filter(code="LH2").exists()

    mine = add_organization(**GREEN, area_id=world.areas["C1"], by=own, now=MONDAY)
    assert list(organizations_for(own)) == [mine]
    for refused in (retire_organization, reinstate_organization):
        with pytest.raises(NotFound):
            refused(world.organizations["CG"].pk, by=own, now=MONDAY)
    with pytest.raises(NotFound):
        organization_for(own, world.organizations["CG"].pk)
    assert organization_for(own, mine.pk) == mine


def test_a_retired_or_unknown_area_is_no_place_for_an_organisation(world: World) -> None:
    admin = world.actors["system_admin"]
    retire_area(world.areas["G2"], by=admin, now=MONDAY)

    with pytest.raises(OrganizationInvalid) as retired:
        add_organization(**GREEN, area_id=world.areas["G2"], by=admin, now=MONDAY)
    with pytest.raises(AreaUnknown) as unknown:
        add_organization(**GREEN, area_id=10**9, by=admin, now=MONDAY)

    assert (retired.value.field, unknown.value.field) == ("area", "area")


def test_the_register_is_narrowed_by_words_and_kind(world: World) -> None:
    admin = world.actors["security_admin"]
    assert [one.code for one in organizations_for(admin, words="水务")] == ["SW"]
    assert [one.code for one in organizations_for(admin, words="cg")] == ["CG"]
    assert [one.code for one in organizations_for(admin, kind="operations_center")] == ["YX"]
    assert not organizations_for(world.actors["acceptor"]).exists()

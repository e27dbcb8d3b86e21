"""Posts: given from a day to a day, never to oneself, never both axes, never the last manager's away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from linli.kernel.access.actions import make_administrator, make_client_account
from linli.kernel.access.errors import (
    AccessError,
    AccountInvalid,
    LastAdministrator,
    OwnRights,
    PostInvalid,
    PostRefused,
    SupervisionAndCommand,
    TwoAdministrators,
)
from linli.kernel.access.models import Account, PostHolding
from linli.kernel.access.queries import actor_for, in_force, posts_of, rights_in_use, roles
from linli.kernel.access.tests.office import Office
from linli.kernel.acting import SYSTEM
from linli.kernel.audit.models import AuditLine
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.organisations.actions import retire_organization
from linli.kernel.people.actions import mark_left
from linli.kernel.places.actions import retire_area
from tests.world import DAY, MONDAY, World

TOMORROW = DAY + timedelta(days=1)
YESTERDAY = DAY - timedelta(days=1)


@pytest.fixture
def office(world: World) -> Office:
    account = Account.objects.get(username="security_admin")
    account.set_password("pipe-lantern-2026")
    account.save()
    return Office(world)


def test_a_post_gives_its_rights_over_its_area_from_its_first_day(office: Office) -> None:
    post = office.give("clerk", "acceptor", area="C2", valid_from=TOMORROW)

    assert not office.may("clerk", "cases.accept")
    actor = actor_for(office.account("clerk"), on=TOMORROW)
    assert actor.scope("cases.accept").areas == {("community", office.world.areas["C2"])}
    line = AuditLine.objects.get(action="kernel.access.posts.give_post")
    assert line.subject == f"access.postholding:{post.pk}"
    assert line.detail == {
        "role_id": post.role_id, "area_id": office.world.areas["C2"]
    }  # fmt: skip


def test_nobody_gives_a_post_to_themselves(office: Office) -> None:
    with pytest.raises(OwnRights) as refused:
        office.give("security_admin", "acceptor", area="C1")
    assert refused.value.status == 403
    assert PostHolding.objects.filter(account__username="security_admin").count() == 1


def test_nobody_ends_their_own_post(office: Office) -> None:
    with pytest.raises(OwnRights):
        office.end(office.post_of("security_admin"), DAY)
    assert office.post_of("security_admin").valid_until is None


def test_only_whoever_manages_access_gives_and_ends_posts(office: Office) -> None:
    for who in ("system_admin", "audit_admin", "leader"):
        with pytest.raises(NotAllowed):
            office.give("clerk", "acceptor", area="C1", by=office.world.actors[who])
        with pytest.raises(NotAllowed):
            office.end(office.post_of("clerk"), DAY, by=office.world.actors[who])
    assert office.post_of("clerk").valid_until is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"role_id": 10**9}, "role"),
        ({"data_scope": "galaxy"}, "data_scope"),
        ({"data_scope": "below"}, "area"),
        ({"data_scope": "level"}, "area"),
        ({"data_scope": "organization", "organization_id": 10**9}, "organization"),
        ({"valid_from": YESTERDAY}, "valid_from"),
        ({"valid_until": YESTERDAY}, "valid_until"),
    ],
)
def test_a_post_that_is_not_whole_is_refused_with_its_field(
    office: Office, changes: dict[str, Any], field: str
) -> None:
    before = PostHolding.objects.count()
    with pytest.raises(PostInvalid) as refused:
        office.give("clerk", "acceptor", **changes)
    assert refused.value.field == field
    assert PostHolding.objects.count() == before


def test_a_scope_over_grids_takes_a_grid_or_means_the_own_ones(office: Office) -> None:
    areas = office.world.areas
    with pytest.raises(PostInvalid, match="不是网格") as refused:
        office.give("clerk", "grid_worker", data_scope="grid", area_id=areas["C1"])
    assert refused.value.field == "area"
    named = office.give("clerk", "grid_worker", data_scope="grid", area_id=areas["G2"])
    own = office.give("checker", "grid_worker", data_scope="grid")
    assert (named.area_id, own.area_id) == (areas["G2"], None)


def test_a_retired_area_or_organisation_is_no_scope(office: Office) -> None:
    admin = office.world.actors["system_admin"]
    retire_area(office.world.areas["G2"], by=admin, now=MONDAY)
    retire_organization(office.world.organizations["SW"].pk, by=admin, now=MONDAY)
    with pytest.raises(PostInvalid) as area:
        office.give("clerk", "grid_worker", area="G2")
    with pytest.raises(PostInvalid) as unit:
        office.give(
            "clerk", "handler", data_scope="organization",
            organization_id=office.world.organizations["SW"].pk,
        )  # fmt: skip
    assert (area.value.field, unit.value.field) == ("area", "organization")


def test_an_organisation_that_is_not_named_is_the_own_one_and_is_written_down(
    office: Office,
) -> None:
    post = office.give("clerk", "handler", data_scope="organization")
    assert post.organization == office.world.organizations["YX"]
    named = office.give(
        "clerk", "handler", data_scope="organization",
        organization_id=office.world.organizations["CG"].pk, area_id=office.world.areas["C1"],
    )  # fmt: skip
    assert (named.organization, named.area_id) == (office.world.organizations["CG"], None)


def test_closed_logins_leavers_and_machines_hold_no_office(office: Office) -> None:
    Account.objects.filter(username="clerk").update(is_active=False)
    mark_left(office.world.staff["leader"].pk, by=office.world.actors["system_admin"], now=MONDAY)
    make_client_account(username="热线平台", by=office.security, now=MONDAY)
    for who, says in (("clerk", "停用"), ("leader", "离职")):
        with pytest.raises(AccountInvalid, match=says):
            office.give(who, "acceptor", area="C1")
    with pytest.raises(PostInvalid, match="接口账号"):
        office.give("热线平台", "system_admin")
    for scope in ("self", "grid"):
        with pytest.raises(PostInvalid, match="不属于任何人") as refused:
            office.give("热线平台", "intake_client", data_scope=scope)
        assert refused.value.field == "data_scope"
    with pytest.raises(PostInvalid):
        office.give("热线平台", "intake_client", data_scope="organization")
    assert office.give("热线平台", "intake_client").data_scope == "all"


def test_the_same_post_twice_is_refused_and_afterwards_is_not(office: Office) -> None:
    first = office.give("clerk", "acceptor", area="C1", valid_until=TOMORROW)
    with pytest.raises(PostRefused) as refused:
        office.give("clerk", "acceptor", area="C1")
    assert refused.value.field == "role"
    office.give("clerk", "acceptor", area="C1", valid_from=TOMORROW + timedelta(days=1))
    assert PostHolding.objects.filter(account=first.account, role=first.role).count() == 2


def test_both_axes_over_one_area_are_refused_and_nothing_is_given(office: Office) -> None:
    before = PostHolding.objects.count()
    for area in ("S", "C1", "G1"):
        with pytest.raises(SupervisionAndCommand) as refused:
            office.give("acceptor", "dispatcher", area=area)
        assert (refused.value.field, refused.value.status) == ("role", 409)
        assert "“受理员”和“派遣员”" in refused.value.message
    assert PostHolding.objects.count() == before


def test_both_axes_in_two_communities_or_one_after_the_other_are_allowed(office: Office) -> None:
    office.give("clerk", "acceptor", area="C1", valid_until=TOMORROW)
    office.give("clerk", "dispatcher", area="C2")
    with pytest.raises(SupervisionAndCommand):
        office.give("clerk", "dispatcher", area="C1", valid_from=TOMORROW)
    office.give("clerk", "dispatcher", area="C1", valid_from=TOMORROW + timedelta(days=1))


def test_both_axes_are_refused_also_before_the_first_post_begins(office: Office) -> None:
    office.give("clerk", "acceptor", area="C1", valid_from=DAY + timedelta(days=40))
    with pytest.raises(SupervisionAndCommand):
        office.give("clerk", "leader", area="S")
    office.give("clerk", "leader", area="S", valid_until=DAY + timedelta(days=39))


def test_nobody_is_two_of_the_three_administrators(office: Office) -> None:
    before = PostHolding.objects.count()
    for who, role in (
        ("system_admin", "security_admin"), ("system_admin", "audit_admin"),
        ("audit_admin", "system_admin"),
    ):  # fmt: skip
        with pytest.raises(TwoAdministrators, match="三个人"):
            office.give(who, role)
    assert PostHolding.objects.count() == before


def test_a_post_ends_with_its_last_day_and_stays_on_record(office: Office) -> None:
    post = office.post_of("acceptor")
    office.end(post, TOMORROW)

    assert office.may("acceptor", "cases.accept", on=TOMORROW)
    assert not office.may("acceptor", "cases.accept", on=TOMORROW + timedelta(days=1))
    held = posts_of(office.security, [post.account_id])[post.account_id]
    assert [one.pk for one in held] == [post.pk]
    assert in_force(held[0], TOMORROW)
    assert not in_force(held[0], TOMORROW + timedelta(days=1))
    assert not in_force(held[0], held[0].valid_from - timedelta(days=1))


def test_a_post_ends_at_once_with_yesterday_and_is_not_changed_again(office: Office) -> None:
    post = office.post_of("acceptor")
    office.end(post, YESTERDAY)
    assert not office.may("acceptor", "cases.accept")
    with pytest.raises(PostInvalid, match="已经结束"):
        office.end(post, DAY)
    with pytest.raises(NotFound):
        office.end(PostHolding(pk=10**9), DAY)


def test_the_past_of_a_post_is_not_rewritten(office: Office) -> None:
    post = office.post_of("acceptor")
    with pytest.raises(PostInvalid) as refused:
        office.end(post, YESTERDAY - timedelta(days=1))
    assert refused.value.field == "last"
    assert office.post_of("acceptor").valid_until is None


def test_the_last_who_manages_access_keeps_the_post(office: Office) -> None:
    post = office.post_of("security_admin")
    for last in (DAY, DAY + timedelta(days=365)):
        with pytest.raises(LastAdministrator, match=str(last + timedelta(days=1))):
            office.end(post, last, by=SYSTEM)
    post.refresh_from_db()
    assert post.valid_until is None

    make_administrator(
        username="second", role_id=office.role("security_admin"), by=office.security, now=MONDAY
    )
    office.end(post, DAY, by=SYSTEM)
    assert not office.may("security_admin", "access.manage", on=TOMORROW)


def test_a_second_manager_for_some_days_does_not_free_the_first(office: Office) -> None:
    until = DAY + timedelta(days=30)
    second = make_administrator(
        username="second", role_id=office.role("security_admin"), by=office.security, now=MONDAY
    )
    office.end(PostHolding.objects.get(account=second.account), until)

    with pytest.raises(LastAdministrator, match=str(until + timedelta(days=1))):
        office.end(office.post_of("security_admin"), DAY, by=SYSTEM)


def test_one_community_gives_no_more_than_it_has(office: Office) -> None:
    narrow, world = office.narrow("C1"), office.world
    before = PostHolding.objects.count()
    wider: list[dict[str, Any]] = [
        {"area": "S"},
        {"area": "C2"},
        {},
        {"data_scope": "level", "area_id": world.areas["S"]},
        {"data_scope": "organization", "organization_id": world.organizations["SW"].pk},
        {"area": "C1", "role_id": office.role("system_admin")},
    ]
    for changes in wider:
        with pytest.raises(NotAllowed):
            office.give("handler", "community_clerk", by=narrow, **changes)
    with pytest.raises(NotFound):
        office.give("acceptor", "community_clerk", area="C1", by=narrow)
    assert PostHolding.objects.count() == before

    for allowed in (
        {"area": "C1"},
        {"area": "G2"},
        {"data_scope": "level", "area_id": world.areas["C1"]},
        {"data_scope": "self"},
        {"data_scope": "organization"},
    ):
        office.give("handler", "community_clerk", by=narrow, **allowed)


def test_what_an_office_still_lacks_can_be_told(office: Office) -> None:
    assert "cases.dispatch" in rights_in_use(on=DAY)
    for who in ("dispatcher", "leader"):
        office.end(office.post_of(who), YESTERDAY)
    assert "cases.dispatch" not in rights_in_use(on=DAY)
    assert [role.code for role in roles()][:2] == ["acceptor", "shift_supervisor"]


def test_every_refusal_says_what_to_do_in_chinese(office: Office) -> None:
    refusals = []
    for who, role, changes in (
        ("acceptor", "dispatcher", {"area": "S"}),
        ("system_admin", "audit_admin", {}),
        ("clerk", "acceptor", {"data_scope": "below"}),
    ):
        with pytest.raises(AccessError) as refused:
            office.give(who, role, **changes)
        refusals.append(refused.value.message)
    assert all("请" in words or "要选" in words for words in refusals)

"""Somebody leaves: login, posts, keys, grids and hours end together, or nothing does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from linli.kernel.access.actions import end_employment, make_key
from linli.kernel.access.errors import LastAdministrator, UnknownKey
from linli.kernel.access.models import Account, ApiKey, PostHolding
from linli.kernel.access.queries import actor_for, actor_for_key
from linli.kernel.access.tests.office import Office
from linli.kernel.acting import SYSTEM
from linli.kernel.errors import NotAllowed
from linli.kernel.people.actions import add_staff
from linli.kernel.people.errors import HasLeft
from linli.kernel.people.models import GridPosting, Staff
from tests.world import DAY, MONDAY, World


def test_everything_that_let_somebody_in_ends_with_them(world: World) -> None:
    office, staff = Office(world), world.staff["grid_worker"]
    account = office.account("grid_worker")
    key = make_key(account.pk, name="旧手机", by=SYSTEM, now=MONDAY)
    later = office.give(
        "grid_worker", "community_clerk", area="C2", valid_from=DAY + timedelta(days=3)
    )

    end_employment(staff.pk, by=world.actors["system_admin"], now=MONDAY)

    account.refresh_from_db()
    assert not account.is_active
    held = {post.pk: post.valid_until for post in PostHolding.objects.filter(account=account)}
    assert held.pop(later.pk) == DAY + timedelta(days=2), "it never came into force"
    assert set(held.values()) == {DAY - timedelta(days=1)}
    assert GridPosting.objects.get(staff=staff).valid_until == DAY
    assert ApiKey.objects.get(account=account).withdrawn_at == MONDAY
    assert not actor_for(account, on=DAY).may("cases.handle")
    with pytest.raises(UnknownKey):
        actor_for_key(key, on=DAY)


def test_somebody_without_a_login_leaves_too(world: World) -> None:
    admin = world.actors["system_admin"]
    staff = add_staff(
        name="网格员小何", employee_no="E900", organization_id=world.organizations["YX"].pk, by=admin,
        now=MONDAY,
    )  # fmt: skip
    assert end_employment(staff.pk, by=admin, now=MONDAY).left_at == MONDAY
    with pytest.raises(HasLeft):
        end_employment(staff.pk, by=admin, now=MONDAY)


def test_the_last_who_manages_access_cannot_leave_before_there_is_another(world: World) -> None:
    account = Account.objects.get(username="security_admin")
    account.set_password("pipe-lantern-2026")
    account.save()
    staff = world.staff["security_admin"]

    with pytest.raises(LastAdministrator):
        end_employment(staff.pk, by=world.actors["system_admin"], now=MONDAY)

    assert Staff.objects.get(pk=staff.pk).left_at is None
    account.refresh_from_db()
    assert account.is_active
    assert PostHolding.objects.get(account=account).valid_until is None


def test_only_whoever_enters_people_lets_them_go(world: World) -> None:
    for who in ("security_admin", "leader"):
        with pytest.raises(NotAllowed):
            end_employment(world.staff["clerk"].pk, by=world.actors[who], now=MONDAY)
    assert Account.objects.get(username="clerk").is_active

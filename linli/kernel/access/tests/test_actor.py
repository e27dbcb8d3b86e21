"""What an account may do is the sum of its posts, each right with its own scope."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from linli.kernel.access.errors import UnknownKey
from linli.kernel.access.keys import make_key
from linli.kernel.access.models import Account, ApiKey, DataScope, PostHolding, Role
from linli.kernel.access.queries import RESIDENT, actor_for, actor_for_key
from linli.kernel.acting import EVERYWHERE, SYSTEM, Scope
from linli.kernel.audit.models import AuditLine
from linli.kernel.errors import NotAllowed
from tests.world import DAY, MONDAY, World


def test_a_resident_may_report_with_pictures_and_nothing_else() -> None:
    assert set(RESIDENT.grants) == {"cases.report", "files.store"}


def test_each_right_has_its_own_scope_and_not_the_widest_of_all_posts(world: World) -> None:
    account = Account.objects.get(username="grid_worker")
    looking = Role.objects.create(code="looker", name="查看", permissions=["cases.view"])
    PostHolding.objects.create(
        account=account,
        role=looking,
        data_scope=DataScope.BELOW,
        area_id=world.areas["S"],
        valid_from=DAY,
    )
    actor = actor_for(account, on=DAY)
    assert ("subdistrict", world.areas["S"]) in actor.scope("cases.view").areas
    assert actor.scope("cases.handle").areas == {("grid", world.areas["G1"])}


def test_a_post_counts_from_its_first_to_its_last_day(world: World) -> None:
    account = Account.objects.get(username="acceptor")
    PostHolding.objects.filter(account=account).update(valid_from=DAY, valid_until=DAY)
    assert actor_for(account, on=DAY).may("cases.accept")
    for other in (DAY - timedelta(days=1), DAY + timedelta(days=1)):
        assert not actor_for(account, on=other).may("cases.accept")


def test_an_account_that_was_closed_is_a_stranger(world: World) -> None:
    account = Account.objects.get(username="acceptor")
    account.is_active = False
    assert actor_for(account, on=date(2026, 3, 9)) is RESIDENT


def test_a_key_is_stored_as_a_hash_and_refused_once_withdrawn(world: World) -> None:
    account = Account.objects.get(username="acceptor")
    key = make_key(account.pk, name="热线", by=SYSTEM, now=MONDAY)
    assert key not in str(ApiKey.objects.values().get())
    assert actor_for_key(key, on=DAY).may("cases.accept")
    ApiKey.objects.update(withdrawn_at=MONDAY)
    for wrong in (key, "", "nonsense"):
        with pytest.raises(UnknownKey):
            actor_for_key(wrong, on=DAY)


def test_a_refused_action_is_written_into_the_audit(world: World) -> None:
    with pytest.raises(NotAllowed):
        make_key(1, name="热线", by=world.actors["acceptor"], now=MONDAY)
    line = AuditLine.objects.get(action__startswith="kernel.access.keys")
    assert (line.result, line.actor_name) == ("refused", "受理员小钱")


def test_the_system_reaches_everything_and_a_scope_is_a_union() -> None:
    assert SYSTEM.scope("cases.close") is EVERYWHERE
    both = Scope(areas=frozenset({("grid", 1)})) | Scope(organizations=frozenset({7}))
    assert both == Scope(areas=frozenset({("grid", 1)}), organizations=frozenset({7}))

"""A lost administrator comes back in from the machine, and everybody who reads the audit log knows."""

from __future__ import annotations

from linli.kernel.access.models import Account, PostHolding
from linli.kernel.access.queries import actor_for
from linli.kernel.access.recovering import administrators_left, recover_administrator
from linli.kernel.audit.models import AuditLine
from tests.world import DAY, MONDAY, World


def test_an_office_whose_administrators_are_gone_gets_one_back(world: World) -> None:
    administrator = Account.objects.get(username="security_admin")
    administrator.set_password("pipe-lantern-2026")
    administrator.save()
    assert administrators_left(now=MONDAY) == 1
    Account.objects.filter(pk=administrator.pk).update(is_active=False)
    assert administrators_left(now=MONDAY) == 0

    made = recover_administrator(now=MONDAY)

    account = Account.objects.get(username="admin")
    assert account.must_change_password
    assert account.check_password(made.password)
    assert actor_for(account, on=DAY).scope("access.manage").everywhere
    assert administrators_left(now=MONDAY) == 1
    assert AuditLine.objects.filter(action="access.recover_administrator").count() == 1
    assert made.password not in str(list(AuditLine.objects.values()))


def test_a_forgotten_password_gives_no_second_post_and_voids_the_old_one(world: World) -> None:
    before = PostHolding.objects.count()

    first = recover_administrator(now=MONDAY, username="security_admin")
    second = recover_administrator(now=MONDAY, username="security_admin")

    assert PostHolding.objects.count() == before
    account = Account.objects.get(username="security_admin")
    assert not account.check_password(first.password)
    assert account.check_password(second.password)

"""Logins: one-time passwords, closing and opening, the first administrators."""

from __future__ import annotations

import re

import pytest
from axes.models import AccessAttempt

from linli.kernel.access.actions import (
    deactivate_account,
    link_account,
    make_account,
    make_administrator,
    make_client_account,
    reactivate_account,
    reset_password,
    unlock_account,
)
from linli.kernel.access.errors import (
    AccountInvalid,
    LastAdministrator,
    NameTaken,
    OwnRights,
    PostInvalid,
)
from linli.kernel.access.models import Account, DataScope, PostHolding
from linli.kernel.access.passwords import one_time_password
from linli.kernel.access.queries import account_for, accounts_for, actor_for, logins_of
from linli.kernel.access.tests.office import Office
from linli.kernel.acting import SYSTEM
from linli.kernel.audit.models import AuditLine
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.people.actions import add_staff, mark_left, mark_returned
from linli.kernel.people.models import Staff
from tests.world import DAY, MONDAY, World


@pytest.fixture
def office(world: World) -> Office:
    """The world; the security administrator of it has a password, as in life."""
    for who in ("security_admin", "system_admin"):
        account = Account.objects.get(username=who)
        account.set_password("pipe-lantern-2026")
        account.save()
    return Office(world)


@pytest.fixture
def newcomer(office: Office) -> Staff:
    return add_staff(
        name="网格员小何", employee_no="E900", organization_id=office.world.organizations["CG"].pk,
        by=office.world.actors["system_admin"], now=MONDAY,
    )  # fmt: skip


def test_a_one_time_password_is_legible_and_never_the_same() -> None:
    made = {one_time_password() for _ in range(200)}
    assert len(made) == 200
    assert all(
        re.fullmatch(r"(?:[a-hj-km-np-z2-9]{4}-){3}[a-hj-km-np-z2-9]{4}", one) for one in made
    )


def test_a_new_login_opens_with_its_password_once_and_may_nothing(
    office: Office, newcomer: Staff
) -> None:
    login = make_account(newcomer.pk, username="hexiaohe", by=office.security, now=MONDAY)

    account = Account.objects.get(username="hexiaohe")
    assert account.check_password(login.password)
    assert account.must_change_password
    assert (account.staff, account.is_active, account.demo) == (newcomer, True, False)
    assert set(actor_for(account, on=DAY).grants) == {"cases.report", "files.store"}
    lines = AuditLine.objects.filter(action__endswith="make_account")
    assert lines.count() == 1
    assert login.password not in str(list(lines.values()))


@pytest.mark.parametrize("name", ["", "h", "何 小 何", "a/b", "h" * 41])
def test_a_user_name_that_cannot_be_is_named(office: Office, newcomer: Staff, name: str) -> None:
    with pytest.raises(AccountInvalid) as refused:
        make_account(newcomer.pk, username=name, by=office.security, now=MONDAY)
    assert refused.value.field == "username"
    assert not Account.objects.filter(staff=newcomer).exists()


def test_a_user_name_is_taken_whatever_its_case(office: Office, newcomer: Staff) -> None:
    with pytest.raises(NameTaken) as refused:
        make_account(newcomer.pk, username="Clerk", by=office.security, now=MONDAY)
    assert (refused.value.field, refused.value.status) == ("username", 409)


def test_a_person_has_one_login_and_only_while_working_here(
    office: Office, newcomer: Staff
) -> None:
    with pytest.raises(AccountInvalid, match="已有账号“clerk”") as second:
        make_account(office.world.staff["clerk"].pk, username="two", by=office.security, now=MONDAY)
    mark_left(newcomer.pk, by=office.world.actors["system_admin"], now=MONDAY)
    with pytest.raises(AccountInvalid, match="已离职"):
        make_account(newcomer.pk, username="gone", by=office.security, now=MONDAY)
    with pytest.raises(AccountInvalid, match="管理范围"):
        make_account(10**9, username="nobody", by=office.security, now=MONDAY)
    assert second.value.field == "staff"
    assert not Account.objects.filter(username__in=("two", "gone", "nobody")).exists()


def test_nobody_else_makes_logins(office: Office, newcomer: Staff) -> None:
    for who in ("system_admin", "audit_admin", "leader"):
        with pytest.raises(NotAllowed):
            make_account(newcomer.pk, username="x1", by=office.world.actors[who], now=MONDAY)
    assert not Account.objects.filter(username="x1").exists()


def test_the_first_administrators_have_a_login_before_there_is_a_register(office: Office) -> None:
    login = make_administrator(
        username="weixiaowei", role_id=office.role("system_admin"), by=office.security, now=MONDAY
    )

    post = PostHolding.objects.get(account=login.account)
    assert (post.role.code, post.data_scope, post.valid_from) == (
        "system_admin",
        DataScope.ALL,
        DAY,
    )
    assert office.may("weixiaowei", "people.edit")
    assert not office.may("weixiaowei", "access.manage")
    for role in (office.role("acceptor"), 10**9):
        with pytest.raises(PostInvalid) as refused:
            make_administrator(username="other", role_id=role, by=office.security, now=MONDAY)
        assert refused.value.field == "role"
    with pytest.raises(NotAllowed):
        make_administrator(
            username="other", role_id=office.role("audit_admin"), by=office.narrow("C1"), now=MONDAY
        )
    assert not Account.objects.filter(username="other").exists()


def test_a_login_without_a_person_is_given_to_one_once(office: Office, newcomer: Staff) -> None:
    login = make_administrator(
        username="weixiaowei", role_id=office.role("system_admin"), by=office.security, now=MONDAY
    )
    linked = link_account(login.account.pk, staff_id=newcomer.pk, by=office.security, now=MONDAY)
    assert linked.staff == newcomer
    assert actor_for(Account.objects.get(pk=linked.pk), on=DAY).name == "网格员小何"
    with pytest.raises(AccountInvalid, match="不转让"):
        link_account(linked.pk, staff_id=newcomer.pk, by=office.security, now=MONDAY)
    machine = make_client_account(username="热线", by=office.security, now=MONDAY)
    with pytest.raises(AccountInvalid, match="接口账号"):
        link_account(machine.pk, staff_id=newcomer.pk, by=office.security, now=MONDAY)


def test_nobody_logs_in_as_a_machine(office: Office) -> None:
    machine = make_client_account(username="热线平台", by=office.security, now=MONDAY)
    assert not machine.has_usable_password()
    for change in (reset_password, unlock_account):
        with pytest.raises(AccountInvalid, match="没有密码"):
            change(machine.pk, by=office.security, now=MONDAY)
    with pytest.raises(NotAllowed):
        make_client_account(username="别的", by=office.narrow("C1"), now=MONDAY)


def test_a_closed_login_has_no_rights_until_it_is_opened_again(office: Office) -> None:
    account = office.account("acceptor")
    deactivate_account(account.pk, by=office.security, now=MONDAY)
    assert not office.may("acceptor", "cases.accept")
    for change in (deactivate_account, reset_password, unlock_account):
        with pytest.raises(AccountInvalid, match="停用"):
            change(account.pk, by=office.security, now=MONDAY)

    reactivate_account(account.pk, by=office.security, now=MONDAY)
    assert office.may("acceptor", "cases.accept")
    with pytest.raises(AccountInvalid, match="不需要启用"):
        reactivate_account(account.pk, by=office.security, now=MONDAY)


def test_the_login_of_somebody_who_left_carries_no_right_and_stays_closed(office: Office) -> None:
    account, admin = office.account("acceptor"), office.world.actors["system_admin"]
    mark_left(office.world.staff["acceptor"].pk, by=admin, now=MONDAY)
    assert not office.may("acceptor", "cases.accept"), "even before it is closed"

    deactivate_account(account.pk, by=office.security, now=MONDAY)
    with pytest.raises(AccountInvalid, match="复职"):
        reactivate_account(account.pk, by=office.security, now=MONDAY)
    mark_returned(office.world.staff["acceptor"].pk, by=admin, now=MONDAY)
    assert reactivate_account(account.pk, by=office.security, now=MONDAY).is_active


def test_nobody_changes_the_own_login(office: Office) -> None:
    own = office.account("security_admin")
    for change in (deactivate_account, reset_password, unlock_account, reactivate_account):
        with pytest.raises(OwnRights):
            change(own.pk, by=office.security, now=MONDAY)
    with pytest.raises(OwnRights):
        link_account(own.pk, staff_id=1, by=office.security, now=MONDAY)
    own.refresh_from_db()
    assert own.is_active


def test_the_last_who_manages_access_cannot_be_closed(office: Office) -> None:
    other = make_administrator(
        username="second", role_id=office.role("security_admin"), by=office.security, now=MONDAY
    )
    by_other = actor_for(other.account, on=DAY)
    deactivate_account(office.account("security_admin").pk, by=by_other, now=MONDAY)

    with pytest.raises(LastAdministrator) as refused:
        deactivate_account(other.account.pk, by=SYSTEM, now=MONDAY)

    assert refused.value.status == 409
    other.account.refresh_from_db()
    assert other.account.is_active


@pytest.mark.parametrize(("area", "password"), [("S", "pipe-lantern-2026"), ("", None)])
def test_whoever_reaches_less_or_cannot_log_in_does_not_count_as_the_other_manager(
    office: Office, area: str, password: str | None
) -> None:
    office.give("leader", "security_admin", area=area)
    other = office.account("leader")
    other.set_password(password)
    other.save()

    with pytest.raises(LastAdministrator):
        deactivate_account(office.account("security_admin").pk, by=SYSTEM, now=MONDAY)

    assert office.account("security_admin").is_active


def test_a_new_password_ends_the_old_one_and_the_lock(office: Office) -> None:
    account = office.account("clerk")
    AccessAttempt.objects.create(
        username="clerk", ip_address="192.0.2.7", user_agent="x", failures_since_start=7,
        get_data="", post_data="", http_accept="", path_info="/login",
    )  # fmt: skip
    first = reset_password(account.pk, by=office.security, now=MONDAY)
    second = reset_password(account.pk, by=office.security, now=MONDAY)

    account.refresh_from_db()
    assert account.check_password(second.password)
    assert not account.check_password(first.password)
    assert account.must_change_password
    assert not AccessAttempt.objects.filter(username="clerk").exists()
    assert second.password not in str(list(AuditLine.objects.values()))


def test_unlocking_keeps_the_password(office: Office) -> None:
    reset_password(office.account("clerk").pk, by=office.security, now=MONDAY)
    before = office.account("clerk").password
    AccessAttempt.objects.create(
        username="clerk", ip_address="192.0.2.7", user_agent="x", failures_since_start=7,
        get_data="", post_data="", http_accept="", path_info="/login",
    )  # fmt: skip
    unlock_account(office.account("clerk").pk, by=office.security, now=MONDAY)
    assert not AccessAttempt.objects.filter(username="clerk").exists()
    assert office.account("clerk").password == before


def test_one_community_does_not_take_over_the_login_of_a_wider_post(office: Office) -> None:
    narrow = office.narrow("C1")
    # 小冯 works for an organisation of the narrow scope, and would hold a post over the whole street.
    assert account_for(narrow, office.account("handler").pk).username == "handler"
    reset_password(office.account("handler").pk, by=narrow, now=MONDAY)
    office.give("handler", "community_clerk", area="S")
    password = office.account("handler").password

    for change in (reset_password, deactivate_account):
        with pytest.raises(NotAllowed, match="社区工作者"):
            change(office.account("handler").pk, by=narrow, now=MONDAY)
    assert office.account("handler").password == password
    with pytest.raises(NotFound):
        reset_password(office.account("clerk").pk, by=narrow, now=MONDAY)


def test_the_register_of_logins_is_read_inside_the_scope(office: Office) -> None:
    narrow = office.narrow("C1")
    units = {account.staff.organization.code for account in accounts_for(narrow) if account.staff}
    assert units == {"CG"}
    assert all(account.staff for account in accounts_for(narrow))
    with pytest.raises(NotFound):
        account_for(narrow, office.account("clerk").pk)
    assert [one.username for one in accounts_for(office.security, words="小褚")] == ["clerk"]
    assert not accounts_for(office.world.actors["system_admin"]).exists()
    ids = [one.pk for one in office.world.staff.values()]
    assert len(logins_of(office.world.actors["system_admin"], ids)) == len(ids)
    assert logins_of(office.world.actors["leader"], ids) == {}

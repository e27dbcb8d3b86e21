"""Logins: made with a password for one time, closed and opened again, never deleted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from axes.utils import reset
from django.db import IntegrityError, transaction

from linli.kernel.access.approving import account_words, is_administrator, needs_second
from linli.kernel.access.attempts import forgive
from linli.kernel.access.errors import AccountInvalid, NameTaken, PostInvalid
from linli.kernel.access.holding import (
    account_in_reach,
    is_machine,
    keep_a_manager,
    one_at_a_time,
)
from linli.kernel.access.models import Account, DataScope, PostHolding, Role
from linli.kernel.access.passwords import one_time_password
from linli.kernel.access.rules import administers
from linli.kernel.acting import Actor, action
from linli.kernel.calendar.local import local_day
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.organisations.texts import checked
from linli.kernel.people.models import Staff
from linli.kernel.people.queries import staff_within

LONGEST_NAME = 40
_NAME = re.compile(r"[\w.\-]{2,}")


@dataclass(frozen=True)
class NewLogin:
    """A login and the password it can be used with once; the password is stored nowhere and told only here."""

    account: Account
    password: str


@action(may="access.manage")
def make_account(staff_id: int, *, username: str, by: Actor, now: datetime) -> NewLogin:
    """Give somebody who works here a login without any right yet.

    Raises `AccountInvalid` (no such person, has left, has a login), `NameTaken`.
    """
    staff = _person(staff_id, by)
    return _new(Account(username=_name(username), staff=staff))


@action(may="access.manage")
def make_administrator(*, username: str, role_id: int, by: Actor, now: datetime) -> NewLogin:
    """A login for one of the three administrators, before there is a register of people it could belong to.

    It reaches everything its role reaches, from today; `link_account` gives it to a person later.
    Raises `NotAllowed` without the widest scope, `PostInvalid` for any other role, `NameTaken`,
    `NeedsApproval` once there is another administrator.
    """
    if not by.scope().everywhere:
        raise NotAllowed("只有全域的安全管理员能建立管理员账号，请联系上级安全管理员。")
    role = Role.objects.filter(pk=role_id).first()
    if role is None or len(administers(frozenset(role.permissions))) != 1:
        raise PostInvalid("请选择安全、系统或审计管理员中的一个。", field="role")
    words = f"新建{role.name}账号 {username}"
    needs_second(f"administrator:{role.code}:{username}", words, about=None, by=by, now=now)
    login = _new(Account(username=_name(username)))
    PostHolding.objects.create(
        account=login.account, role=role, data_scope=DataScope.ALL, valid_from=local_day(now)
    )
    return login


@action(may="access.manage")
def make_client_account(*, username: str, by: Actor, now: datetime) -> Account:
    """An account for a machine: nobody logs in with it, it acts by its key. Raises `NotAllowed`, `NameTaken`."""
    if not by.scope().everywhere:
        raise NotAllowed("只有全域的安全管理员能建立接口账号，请联系上级安全管理员。")
    account = Account(username=_name(username))
    account.set_unusable_password()
    return _saved(account)


@action(may="access.manage")
def link_account(account_id: int, *, staff_id: int, by: Actor, now: datetime) -> Account:
    """Say whose login it is, once; the first administrators had theirs before the register. Raises `AccountInvalid`."""
    account = account_in_reach(account_id, by, on=local_day(now))
    if account.staff is not None:
        raise AccountInvalid(f"这个账号已经是{account.staff.name}的，账号不转让。", field="staff")
    if is_machine(account):
        raise AccountInvalid("接口账号不能归到人员名下。", field="staff")
    account.staff = _person(staff_id, by)
    account.save(update_fields=["staff"])
    return account


@action(may="access.manage")
def deactivate_account(account_id: int, *, by: Actor, now: datetime) -> Account:
    """From this moment nobody logs in with it, nor does its key work. Raises `OwnRights`, `LastAdministrator`."""
    one_at_a_time()
    account = account_in_reach(account_id, by, on=local_day(now))
    if not account.is_active:
        raise AccountInvalid(f"“{account.username}”已经停用。")
    if is_administrator(account, on=local_day(now)):
        words = f"停用管理员账号：{account_words(account)}"
        needs_second(f"deactivate:{account.pk}:", words, about=None, by=by, now=now)
    keep_a_manager(on=local_day(now), without=account)
    account.is_active = False
    account.save(update_fields=["is_active"])
    return account


@action(may="access.manage")
def reactivate_account(account_id: int, *, by: Actor, now: datetime) -> Account:
    """Open a closed login again; its posts count as far as their days go. Raises `AccountInvalid`."""
    account = account_in_reach(account_id, by, on=local_day(now))
    if account.is_active:
        raise AccountInvalid(f"“{account.username}”正在使用，不需要启用。")
    if account.staff is not None and account.staff.left_at is not None:
        raise AccountInvalid(f"{account.staff.name}已离职，请系统管理员先办理复职。")
    account.is_active = True
    account.save(update_fields=["is_active"])
    return account


@action(may="access.manage")
def reset_password(account_id: int, *, by: Actor, now: datetime) -> NewLogin:
    """A new password for one time; the old one and every open session end, a lock after wrong tries too.

    Raises `OwnRights`, `AccountInvalid` for machines and closed logins, `NeedsApproval`.
    """
    account = account_in_reach(account_id, by, on=local_day(now))
    _must_log_in(account)
    words = f"重置密码：{account_words(account)}"
    needs_second(f"password:{account.pk}", words, about=account.pk, by=by, now=now)
    return _with_new_password(account)


@action(may="access.manage")
def renew_first_passwords(
    account_ids: Sequence[int], *, by: Actor, now: datetime
) -> list[NewLogin]:
    """New one-time passwords for those of some logins that nobody has used yet; the slips printed before are void.

    A password is stored nowhere, so that a lost slip cannot be printed again: a new one is made. Logins that are in
    use, closed, or not in reach are left alone.
    """
    made = []
    rows = Account.objects.filter(
        pk__in=account_ids, last_login=None, must_change_password=True, is_active=True
    )
    for account in rows.select_related("staff__organization").order_by("username"):
        try:
            # Nobody has been this login yet, so that nobody's agreement is needed to make its first slip again.
            made.append(_with_new_password(account_in_reach(account.pk, by, on=local_day(now))))
        except (NotAllowed, NotFound):
            continue
    return made


@action(may="access.manage")
def unlock_account(account_id: int, *, by: Actor, now: datetime) -> Account:
    """Let somebody try again at once who mistyped the password seven times. Raises `AccountInvalid`."""
    account = account_in_reach(account_id, by, on=local_day(now))
    _must_log_in(account)
    reset(username=account.username)
    forgive(account.username)
    return account


def _with_new_password(account: Account) -> NewLogin:
    password = one_time_password()
    account.set_password(password)
    account.must_change_password = True
    account.save(update_fields=["password", "must_change_password"])
    reset(username=account.username)
    forgive(account.username)
    return NewLogin(account, password)


def _must_log_in(account: Account) -> None:
    if not account.is_active:
        raise AccountInvalid(f"“{account.username}”已停用，请先启用。")
    if is_machine(account):
        raise AccountInvalid(f"“{account.username}”是接口账号，没有密码，请用接口密钥。")


def _new(account: Account) -> NewLogin:
    password = one_time_password()
    account.set_password(password)
    account.must_change_password = True
    return NewLogin(_saved(account), password)


def _saved(account: Account) -> Account:
    taken = Account.objects.filter(username__iexact=account.username).exists()
    try:
        with transaction.atomic():
            if taken:
                raise IntegrityError
            account.save()
    except IntegrityError:
        raise NameTaken(
            f"用户名“{account.username}”已经有人用，请换一个，例如加上工号。", field="username"
        ) from None
    return account


def _name(username: str) -> str:
    name = checked(
        username, error=AccountInvalid, field="username", label="用户名", most=LONGEST_NAME
    )
    if not _NAME.fullmatch(name):
        raise AccountInvalid(
            "用户名至少 2 个字，只用字母、数字、汉字、点、短横和下划线。", field="username"
        )
    return name


def _person(staff_id: int, by: Actor) -> Staff:
    staff = staff_within(by.scope()).filter(pk=staff_id).first()
    if staff is None:
        raise AccountInvalid("请从列表里选择人员，只能选您管理范围内的。", field="staff")
    if staff.left_at is not None:
        raise AccountInvalid(f"{staff.name}已离职，不能开账号。", field="staff")
    present = Account.objects.filter(staff=staff).first()
    if present is not None:
        raise AccountInvalid(
            f"{staff.name}已有账号“{present.username}”，一个人只有一个账号。", field="staff"
        )
    return staff

"""What every change of access asks first: may this person touch this login, and who manages access afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from linli.kernel.access.errors import LastAdministrator, OwnRights
from linli.kernel.access.models import Account, DataScope, PostHolding, Role
from linli.kernel.access.queries import accounts_within
from linli.kernel.access.rules import MANAGE, Days, first_day_without
from linli.kernel.acting import Actor, Scope
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.organisations.models import Organization
from linli.kernel.organisations.queries import organizations_within
from linli.kernel.places.models import Area
from linli.kernel.places.queries import lies_within, path_of


def one_at_a_time() -> None:
    """Changes of access wait for each other, so that two administrators cannot both remove the last but one."""
    list(Role.objects.select_for_update().order_by("pk").values_list("pk", flat=True))


def account_in_reach(account_id: int, by: Actor, *, on: date) -> Account:
    """A login that may be changed: inside the scope, not one's own, and none of its posts wider than the scope.

    The last keeps an administrator of one street from taking over the login of somebody who works for all of them.
    Raises `NotFound`, `OwnRights`, `NotAllowed`.
    """
    rows = accounts_within(by.scope()).select_for_update(of=("self",))
    account = rows.filter(pk=account_id).first()
    if account is None:
        raise NotFound("没有这个账号，或不在您的管理范围内，请从账号列表里重选。", field="account")
    if account.pk == by.account_id:
        raise OwnRights(
            "不能改自己的账号和岗位，请另一位安全管理员办理。改密码请用右上角的“修改密码”。"
        )
    for held in lasting(account, on=on):
        if not gives_within(by.scope(), held.data_scope, held.area, held.organization):
            raise NotAllowed(
                f"“{account.username}”有超出您管理范围的岗位（{held.role.name}），请联系上级安全管理员。"
            )
    return account


def is_machine(account: Account) -> bool:
    """Whether nobody logs in with the account: it belongs to no person and has no password, only keys."""
    return account.staff_id is None and not account.has_usable_password()


def lasting(account: Account, *, on: date) -> list[PostHolding]:
    """Posts of a login that count on a day or will count later."""
    rows = PostHolding.objects.filter(account=account).filter(
        Q(valid_until=None) | Q(valid_until__gte=on)
    )
    return list(rows.select_related("role", "area", "organization").order_by("id"))


def gives_within(
    scope: Scope, data_scope: str, area: Area | None, organization: Organization | None
) -> bool:
    """Whether everything that such a post reaches lies in a scope. Posts over oneself or one's own grids always do."""
    if scope.everywhere:
        return True
    if data_scope == DataScope.ALL:
        return False
    if organization is not None and data_scope == DataScope.ORGANIZATION:
        return organizations_within(scope).filter(pk=organization.pk).exists()
    if area is None:
        return data_scope in (DataScope.SELF, DataScope.GRID)
    if data_scope == DataScope.BELOW:
        above = {(one.level, one.pk) for one in path_of(area).areas.values()}
        return bool(above & scope.areas)
    return lies_within(area, scope)


def keep_a_manager(
    *, on: date, without: Account | None = None, ending: Iterable[tuple[int, date]] = ()
) -> None:
    """Raises `LastAdministrator` if the change leaves a day on which nobody manages access.

    `without` is a login about to be closed, `ending` are posts with the last day they are about to get.
    """
    cut = dict(ending)
    before, after = [], []
    for held in _managing():
        before.append((held.valid_from, held.valid_until))
        if without is None or held.account_id != without.pk:
            after.append((held.valid_from, cut.get(held.pk, held.valid_until)))
    gap, was = _gap(after, on), _gap(before, on)
    if gap is not None and (was is None or gap < was):
        raise LastAdministrator(
            f"从 {gap} 起将没有人能管理账号和权限。请先给另一个人安全管理员岗位，再办理这一项。"
        )


def _managing() -> list[PostHolding]:
    """Posts of logins that can log in, with the right to manage access; those over everything, if there are any."""
    rows = PostHolding.objects.filter(
        account__is_active=True, account__staff__left_at=None
    ).select_related("role", "account")
    every = [
        held
        for held in rows
        if MANAGE in held.role.permissions and held.account.has_usable_password()
    ]
    return [held for held in every if held.data_scope == DataScope.ALL] or every


def _gap(spans: list[Days], on: date) -> date | None:
    return first_day_without(spans, since=on)

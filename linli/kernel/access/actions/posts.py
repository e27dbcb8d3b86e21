"""Giving and ending posts: a role, over some rows, from one day to another. What was held stays on record."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings

from linli.kernel.access.approving import account_words, needs_second
from linli.kernel.access.errors import (
    AccountInvalid,
    PostInvalid,
    PostRefused,
    SupervisionAndCommand,
    TwoAdministrators,
)
from linli.kernel.access.holding import (
    account_in_reach,
    gives_within,
    is_machine,
    keep_a_manager,
    lasting,
    one_at_a_time,
)
from linli.kernel.access.models import Account, DataScope, PostHolding, Role
from linli.kernel.access.rules import (
    Days,
    Held,
    administers,
    other_administrator,
    other_axis,
)
from linli.kernel.acting import Actor, action
from linli.kernel.calendar.local import local_day
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.organisations.models import Organization
from linli.kernel.people.rules import last_day, meet
from linli.kernel.places.models import Area, AreaLevel
from linli.kernel.places.queries import area_by_id, path_of

NEEDS_AREA = (DataScope.BELOW, DataScope.LEVEL)


@action(may="access.manage")
def give_post(
    account_id: int,
    *,
    role_id: int,
    data_scope: str,
    valid_from: date,
    by: Actor,
    now: datetime,
    area_id: int | None = None,
    organization_id: int | None = None,
    valid_until: date | None = None,
) -> PostHolding:
    """Let a login hold a post; both days are included, `valid_until` None has no end.

    `data_scope` below and level need an area, grid takes one or means the person's own grids, organization takes one
    or means the person's own, all and self take none. Raises `PostInvalid`, `PostRefused`, `OwnRights`,
    `SupervisionAndCommand`, `TwoAdministrators`, `NeedsApproval` for a post of an administrator, and `NotAllowed` for
    what is wider than the giver's own scope.
    """
    one_at_a_time()
    today = local_day(now)
    account = account_in_reach(account_id, by, on=today)
    role = _role(role_id, account)
    _check_days(valid_from, valid_until, today=today)
    post = PostHolding(
        account=account,
        role=role,
        data_scope=data_scope,
        area=_area(data_scope, area_id, account),
        organization=_organization(data_scope, organization_id, account),
        valid_from=valid_from,
        valid_until=valid_until,
    )
    _check_reach(post, by)
    _check_others(post, lasting(account, on=today))
    if administers(frozenset(role.permissions)):
        words = f"任{role.name}：{account_words(account)}"
        given = (
            f"{data_scope}:{area_id or ''}:{organization_id or ''}:{valid_from}:{valid_until or ''}"
        )
        needs_second(
            f"post:{role.code}:{given}:{account.pk}", words, about=account.pk, by=by, now=now
        )
    post.save()
    return post


@action(may="access.manage")
def end_post(post_id: int, *, last: date, by: Actor, now: datetime) -> PostHolding:
    """Let a post end with the day `last`; yesterday ends it at once.

    Raises `PostInvalid`, `OwnRights`, `LastAdministrator`.
    """
    one_at_a_time()
    today = local_day(now)
    rows = PostHolding.objects.select_for_update(of=("self",)).select_related("role")
    post = rows.filter(pk=post_id).first()
    if post is None:
        raise NotFound("没有这个岗位，它可能刚被改过，请刷新账号页面。")
    account_in_reach(post.account_id, by, on=today)
    if post.valid_until is not None and post.valid_until < today:
        raise PostInvalid("这个岗位已经结束，不能再改。", field="last")
    if last < today - timedelta(days=1):
        raise PostInvalid("过去的岗位不能改，请选今天或以后的日期。", field="last")
    if administers(frozenset(post.role.permissions)):
        words = f"结束{post.role.name}岗位：{account_words(post.account)}"
        needs_second(f"end:{post.pk}:", words, about=None, by=by, now=now)
    ends = last_day(post.valid_from, last)
    keep_a_manager(on=today, ending=[(post.pk, ends)])
    post.valid_until = ends
    post.save(update_fields=["valid_until"])
    return post


def _role(role_id: int, account: Account) -> Role:
    role = Role.objects.filter(pk=role_id).first()
    if role is None:
        raise PostInvalid("请从列表里选择岗位。", field="role")
    if not account.is_active:
        raise AccountInvalid(f"“{account.username}”已停用，请先启用账号。", field="role")
    if account.staff is not None and account.staff.left_at is not None:
        raise AccountInvalid(f"{account.staff.name}已离职，不能给岗位。", field="role")
    if administers(frozenset(role.permissions)) and is_machine(account):
        raise PostInvalid("接口账号不能担任管理员，请选择接口用的岗位。", field="role")
    return role


def _check_days(valid_from: date, valid_until: date | None, *, today: date) -> None:
    if valid_from < today:
        raise PostInvalid("开始日期不能早于今天，过去的岗位不能补记。", field="valid_from")
    if valid_until is not None and valid_until < valid_from:
        raise PostInvalid("截止日期不能早于开始日期，请修改。", field="valid_until")


def _area(data_scope: str, area_id: int | None, account: Account) -> Area | None:
    if data_scope not in DataScope.values:
        raise PostInvalid("请选择数据范围。", field="data_scope")
    if area_id is None or data_scope not in (*NEEDS_AREA, DataScope.GRID):
        if data_scope in NEEDS_AREA:
            raise PostInvalid("这种数据范围要选一个辖区。", field="area")
        if data_scope in (DataScope.GRID, DataScope.SELF) and account.staff is None:
            raise PostInvalid("这个账号不属于任何人，请选别的数据范围。", field="data_scope")
        return None
    area = area_by_id(area_id)
    if area.retired_at is not None:
        raise PostInvalid(f"“{area.name}”已停用，请选择在用的辖区。", field="area")
    if data_scope == DataScope.GRID and area.level != AreaLevel.GRID:
        raise PostInvalid(
            f"“{area.name}”不是网格。请选一个网格，或不选（按本人负责的网格）。", field="area"
        )
    return area


def _organization(
    data_scope: str, organization_id: int | None, account: Account
) -> Organization | None:
    if data_scope != DataScope.ORGANIZATION:
        return None
    if organization_id is None and account.staff is not None:
        organization_id = account.staff.organization_id
    found = Organization.objects.filter(pk=organization_id or 0, retired_at=None).first()
    if found is None:
        raise PostInvalid("请选择在用的单位。", field="organization")
    return found


def _check_reach(post: PostHolding, by: Actor) -> None:
    scope = by.scope()
    if not gives_within(scope, post.data_scope, post.area, post.organization):
        raise NotAllowed("这个岗位的范围超出您的管理范围，请缩小范围或联系上级安全管理员。")
    if not scope.everywhere and settings.LINLI_WHOLE_OFFICE & set(post.role.permissions):
        raise NotAllowed(f"“{post.role.name}”不分辖区，只有全域的安全管理员能给。")


def _check_others(new: PostHolding, others: list[PostHolding]) -> None:
    for one in others:
        same = (
            one.role_id == new.role_id
            and one.data_scope == new.data_scope
            and one.area_id == new.area_id
            and one.organization_id == new.organization_id
        )
        if same and meet(_days(one), _days(new)):
            raise PostRefused(
                f"已有同样的岗位（{one.role.name}），从 {one.valid_from} 起，不用再给。",
                field="role",
            )
    wanted, held = _held(new), [_held(one) for one in others]
    clash = other_axis(wanted, held)
    if clash is not None:
        raise SupervisionAndCommand(
            f"“{clash.role}”和“{wanted.role}”一个管监督、一个管指挥，同一个人在同一辖区不能同时担任。"
            "请换人，或先结束原来的岗位，或选互不包含的辖区。",
            field="role",
        )
    second = other_administrator(wanted, held)
    if second is not None:
        raise TwoAdministrators(
            f"已担任“{second.role}”，不能同时担任“{wanted.role}”：安全、系统、审计三个管理员要由三个人担任。"
            "请换人，或先结束原来的岗位。",
            field="role",
        )


def _held(post: PostHolding) -> Held:
    area = area_by_id(post.area_id) if post.area_id is not None else None
    return Held(
        role=post.role.name,
        axis=post.role.axis,
        permissions=frozenset(post.role.permissions),
        days=_days(post),
        area_id=post.area_id,
        path=frozenset(one.pk for one in path_of(area).areas.values()) if area else frozenset(),
        organization_id=post.organization_id,
    )


def _days(post: PostHolding) -> Days:
    return post.valid_from, post.valid_until

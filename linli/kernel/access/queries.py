"""From a login or a key to the `Actor` that acts."""

from __future__ import annotations

import hashlib
import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from linli.kernel.access.errors import UnknownKey
from linli.kernel.access.models import Account, ApiKey, DataScope, PostHolding
from linli.kernel.acting import EVERYWHERE, NOWHERE, Actor, Scope
from linli.kernel.people.models import GridPosting
from linli.kernel.people.queries import LOCAL

RESIDENT = Actor(
    kind="resident", name="居民", grants={"cases.report": EVERYWHERE, "files.store": EVERYWHERE}
)
"""Anybody without a login: may report, and follow what they hold the receipt of."""


def actor_for(account: Account | AnonymousUser, *, on: date) -> Actor:
    """The actor behind a login, with the permissions and scopes that its posts give on that day."""
    if not isinstance(account, Account) or not account.is_active:
        return RESIDENT
    holdings = list(_holdings(on).filter(account=account))
    return _actor(account, holdings, _grids(holdings, on))


def staff_actors(*, on: date) -> list[Actor]:
    """The actors of everybody who works here and holds a post on that day, by account."""
    holdings = list(
        _holdings(on)
        .filter(account__is_active=True, account__staff__left_at=None)
        .exclude(account__staff=None)
        .order_by("account_id", "id")
    )
    grids = _grids(holdings, on)
    return [
        _actor(account, list(held), grids)
        for account, held in itertools.groupby(holdings, key=lambda holding: holding.account)
    ]


def _holdings(on: date) -> QuerySet[PostHolding]:
    held = PostHolding.objects.filter(Q(valid_until=None) | Q(valid_until__gte=on))
    return held.filter(valid_from__lte=on).select_related("role", "area", "account__staff")


def _actor(
    account: Account, holdings: Iterable[PostHolding], grids: Mapping[int, set[int]]
) -> Actor:
    grants: dict[str, Scope] = dict(RESIDENT.grants)
    for holding in holdings:
        scope = _scope(holding, grids)
        for permission in holding.role.permissions:
            grants[permission] = grants.get(permission, NOWHERE) | scope
    staff = account.staff
    return Actor(
        kind="staff" if staff else "client",
        name=staff.name if staff else account.username,
        account_id=account.pk,
        staff_id=staff.pk if staff else None,
        organization_id=staff.organization_id if staff else None,
        grants=grants,
    )


def actor_for_key(key: str, *, on: date) -> Actor:
    """The actor behind an API key.

    Raises:
        UnknownKey: no such key, or withdrawn.
    """
    found = (
        ApiKey.objects.filter(key_hash=hash_of_key(key), withdrawn_at=None)
        .select_related("account__staff")
        .first()
        if key
        else None
    )
    if found is None or not found.account.is_active:
        raise UnknownKey("接口密钥缺失、错误或已停用，请向管理员申请新的密钥。", field="api_key")
    return actor_for(found.account, on=on)


def hash_of_key(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def local_day(now: datetime) -> date:
    """The calendar day in Asia/Shanghai on which posts are read."""
    return now.astimezone(LOCAL).date()


def _scope(holding: PostHolding, grids: Mapping[int, set[int]]) -> Scope:
    area = holding.area
    staff = frozenset({holding.account.staff_id} if holding.account.staff_id else ())
    organization_id = holding.organization_id or (
        holding.account.staff.organization_id if holding.account.staff else None
    )
    if holding.data_scope == DataScope.ALL:
        return EVERYWHERE
    if holding.data_scope == DataScope.BELOW and area:
        return Scope(areas=frozenset({(area.level, area.pk)}))
    if holding.data_scope == DataScope.LEVEL and area:
        return Scope(levels=frozenset({(area.level, area.pk)}))
    if holding.data_scope == DataScope.GRID:
        own = {area.pk} if area else grids.get(holding.account.staff_id or 0, set())
        return Scope(areas=frozenset(("grid", pk) for pk in own), staff=staff)
    if holding.data_scope == DataScope.ORGANIZATION and organization_id:
        return Scope(organizations=frozenset({organization_id}), staff=staff)
    if holding.data_scope == DataScope.SELF:
        return Scope(staff=staff)
    return NOWHERE


def _grids(holdings: Iterable[PostHolding], on: date) -> dict[int, set[int]]:
    """Grids by staff id, of those who hold a post over "their grids" without naming one."""
    wanted = {
        holding.account.staff_id or 0
        for holding in holdings
        if holding.data_scope == DataScope.GRID and not holding.area_id
    }
    found: dict[int, set[int]] = defaultdict(set)
    if wanted:
        postings = GridPosting.objects.filter(Q(valid_until=None) | Q(valid_until__gte=on))
        postings = postings.filter(staff_id__in=wanted, valid_from__lte=on)
        for staff_id, grid_id in postings.values_list("staff_id", "grid_id"):
            found[staff_id].add(grid_id)
    return found

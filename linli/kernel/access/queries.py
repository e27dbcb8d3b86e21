"""From a login or a key to the `Actor` that acts; and the register of logins, posts and keys for who manages them."""

from __future__ import annotations

import hashlib
import itertools
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from datetime import date, datetime, timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Q, QuerySet

from linli.kernel.access.attempts import used_up_among
from linli.kernel.access.errors import UnknownKey
from linli.kernel.access.models import Account, ApiKey, DataScope, PostHolding, Role
from linli.kernel.acting import EVERYWHERE, NOWHERE, Actor, Scope
from linli.kernel.audit.origin import Origin
from linli.kernel.calendar.local import local_day
from linli.kernel.engine.fingerprint import fingerprint
from linli.kernel.engine.remembered import Remembered
from linli.kernel.errors import NotFound
from linli.kernel.organisations.queries import reach
from linli.kernel.people.models import GridPosting, Staff
from linli.kernel.people.queries import staff_within

ENDING_SOON = timedelta(days=30)
"""How long before its last day a post is listed as coming to its end; days, 1–90."""

RESIDENT = Actor(
    kind="resident", name="居民", grants=dict.fromkeys(settings.LINLI_RESIDENT_RIGHTS, EVERYWHERE)
)
"""Anybody without a login: may report, and follow what they hold the receipt of."""


def actor_for(account: Account | AnonymousUser, *, on: date) -> Actor:
    """The actor behind a login, with the permissions and scopes that its posts give on that day.

    Whoever has left has no rights from that moment on, even before somebody closes the login.
    """
    if not isinstance(account, Account) or not account.is_active:
        return RESIDENT
    if account.staff is not None and account.staff.left_at is not None:
        return RESIDENT
    holdings = list(_holdings(on).filter(account=account))
    return _actor(account, holdings, _grids(holdings, on))


def staff_actors(*, on: date) -> list[Actor]:
    """The actors of everybody who works here and holds a post on that day, by account."""
    holdings = list(_posts_of_staff(on).only("role__permissions", "role__code", *READ_FOR_ACTORS))
    grids = _grids(holdings, on)
    return [
        _actor(account, list(held), grids)
        for account, held in itertools.groupby(holdings, key=lambda holding: holding.account)
    ]


def staff_actors_stamp(*, on: date) -> Hashable:
    """Changes with whatever `staff_actors` of that day would tell; for thousands of people a hundredth of its price."""
    posts = _posts_of_staff(on).values_list(*KEYS_OF_POSTS, *READ_FOR_ACTORS)
    postings = _postings(on).order_by("id").values_list("staff_id", "grid_id")
    rights = Role.objects.order_by("id").values_list("id", "permissions")
    return fingerprint(posts), fingerprint(postings), fingerprint(rights)


KEYS_OF_POSTS = ("id", "account_id", "role_id", "area_id", "account__staff_id")
READ_FOR_ACTORS = (
    "data_scope",
    "organization_id",
    "area__level",
    "account__username",
    "account__staff__name",
    "account__staff__organization_id",
)
"""What an actor is made of, beside the keys: the outline of an area alone is larger than all of it."""


def _posts_of_staff(on: date) -> QuerySet[PostHolding]:
    held = _holdings(on).filter(account__is_active=True, account__staff__left_at=None)
    return held.exclude(account__staff=None).order_by("account_id", "id")


def _holdings(on: date) -> QuerySet[PostHolding]:
    held = PostHolding.objects.filter(Q(valid_until=None) | Q(valid_until__gte=on))
    return held.filter(valid_from__lte=on).select_related("role", "area", "account__staff")


def _actor(
    account: Account, holdings: Iterable[PostHolding], grids: Mapping[int, set[int]]
) -> Actor:
    grants: dict[str, Scope] = dict(RESIDENT.grants)
    held = list(holdings)
    for holding in held:
        scope = _scope(holding, grids)
        for permission in holding.role.permissions:
            other = grants.get(permission)
            grants[permission] = scope if other is None else other | scope
    staff = account.staff
    return Actor(
        kind="staff" if staff else "client",
        name=staff.name if staff else account.username,
        account_id=account.pk,
        staff_id=staff.pk if staff else None,
        organization_id=staff.organization_id if staff else None,
        grants=grants,
        origin=Origin(role=",".join(sorted({holding.role.code for holding in held}))),
    )


def unused_logins(account_ids: Iterable[int]) -> set[int]:
    """Those of some logins that nobody has used yet."""
    rows = Account.objects.filter(
        pk__in=list(account_ids), last_login=None, must_change_password=True, is_active=True
    )
    return set(rows.values_list("pk", flat=True))


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


def key_holder(key: str, *, now: datetime) -> Actor:
    """Who has a key, as it was at most three seconds ago. Raises `UnknownKey`."""
    found: Actor = _key_holders(key, local_day(now))
    return found


_key_holders = Remembered(lambda key, day: actor_for_key(key, on=day), seconds=3.0)


def hash_of_key(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


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
        postings = _postings(on).filter(staff_id__in=wanted)
        for staff_id, grid_id in postings.values_list("staff_id", "grid_id"):
            found[staff_id].add(grid_id)
    return found


def _postings(on: date) -> QuerySet[GridPosting]:
    in_time = GridPosting.objects.filter(Q(valid_until=None) | Q(valid_until__gte=on))
    return in_time.filter(valid_from__lte=on)


MAY_READ = ("access.manage", "people.edit")
"""Whoever gives posts reads them, and whoever enters people, to see what somebody does; only the first changes them."""


def accounts_within(scope: Scope) -> QuerySet[Account]:
    """Logins of the people of a scope; those that belong to nobody are read with the widest scope only."""
    rows = Account.objects.select_related("staff__organization").order_by("username")
    if scope.everywhere:
        return rows
    return rows.filter(staff_id__in=staff_within(scope).order_by().values("pk"))


def accounts_for(actor: Actor, *, words: str = "") -> QuerySet[Account]:
    """The register of logins for whoever manages access; words of the user name or the person's name narrow it."""
    rows = accounts_within(actor.scope("access.manage"))
    if words:
        rows = rows.filter(Q(username__icontains=words) | Q(staff__name__icontains=words))
    return rows


def account_for(actor: Actor, account_id: int) -> Account:
    """Raises `NotFound` for a login that is not there or that the actor may not know of."""
    found = accounts_within(actor.scope("access.manage")).filter(pk=account_id).first()
    if found is None:
        raise NotFound("没有这个账号，或不在您的管理范围内，请从账号列表里重选。", field="account")
    return found


def logins_of(actor: Actor, staff_ids: Iterable[int]) -> dict[int, Account]:
    """The login of each of some people, by staff id, for whoever reads the register; one query."""
    rows = accounts_within(reach(actor, MAY_READ)).filter(staff_id__in=list(staff_ids))
    return {account.staff_id: account for account in rows if account.staff_id is not None}


def posts_of(actor: Actor, account_ids: Iterable[int]) -> dict[int, list[PostHolding]]:
    """Every post of some logins, the latest first, by account id; one query."""
    allowed = accounts_within(reach(actor, MAY_READ)).order_by().values("pk")
    rows = PostHolding.objects.filter(account_id__in=list(account_ids)).filter(
        account_id__in=allowed
    )
    found: dict[int, list[PostHolding]] = defaultdict(list)
    for holding in rows.select_related("role", "area", "organization").order_by(
        "-valid_from", "-id"
    ):
        found[holding.account_id].append(holding)
    return dict(found)


def accounts_in_state(
    rows: QuerySet[Account], state: str, *, on: date, role_id: int | None = None
) -> QuerySet[Account]:
    """Logins that are open (the rule for an unknown word), closed, a machine's, nobody's, never used, and so on."""
    held = _holdings(on)
    if role_id is not None:
        rows = rows.filter(pk__in=held.filter(role_id=role_id).values("account_id"))
    machine = Q(staff=None, password__startswith=UNUSABLE_PASSWORD_PREFIX)
    ends = held.filter(valid_until__lte=on + ENDING_SOON)
    if state == "everything":
        return rows
    if state == "closed":
        return rows.filter(is_active=False)
    rows = rows.filter(is_active=True)
    conditions = {
        "machine": machine,
        "unlinked": Q(staff=None) & ~machine,
        "never": Q(last_login=None) & ~machine,
        "no_post": ~Q(pk__in=held.values("account_id")),
        "ending": Q(pk__in=ends.values("account_id")),
    }
    return rows.filter(conditions.get(state, Q()))


def staff_in_state(
    rows: QuerySet[Staff], state: str, *, on: date, role_id: int | None = None
) -> QuerySet[Staff]:
    """People who work here (the rule for an unknown word), who left, who have no login, or never used it."""
    if role_id is not None:
        held = _holdings(on).filter(role_id=role_id, account__is_active=True)
        rows = rows.filter(pk__in=held.values("account__staff_id"))
    if state == "everybody":
        return rows
    if state == "left":
        return rows.exclude(left_at=None)
    rows = rows.filter(left_at=None)
    logins = Account.objects.exclude(staff=None)
    conditions = {
        "no_login": ~Q(pk__in=logins.values("staff_id")),
        "never": Q(pk__in=logins.filter(is_active=True, last_login=None).values("staff_id")),
        "closed": Q(pk__in=logins.filter(is_active=False).values("staff_id")),
    }
    return rows.filter(conditions.get(state, Q()))


def machines_for(actor: Actor) -> QuerySet[Account]:
    """Open accounts of machines for whoever manages access."""
    rows = accounts_within(actor.scope("access.manage")).filter(is_active=True, staff=None)
    return rows.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX)


def locked_names(usernames: Iterable[str], *, now: datetime) -> set[str]:
    """Those of some user names that are locked now, after too many wrong passwords."""
    names = list(usernames)
    since = now - timedelta(hours=settings.AXES_COOLOFF_TIME)
    attempts = AccessAttempt.objects.filter(
        username__in=names,
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT,
        attempt_time__gte=since,
    )
    everywhere = used_up_among("login.name", [name.casefold() for name in names], now=now)
    return {
        *attempts.values_list("username", flat=True),
        *(name for name in names if name.casefold() in everywhere),
    }


def in_force(holding: PostHolding | GridPosting, on: date) -> bool:
    """Whether a post or posting counts on a day."""
    return holding.valid_from <= on and (holding.valid_until is None or holding.valid_until >= on)


def roles() -> list[Role]:
    """Every role, in the order they were entered. Which rights a role has is no secret."""
    return list(Role.objects.order_by("id"))


def keys_for(actor: Actor) -> QuerySet[ApiKey]:
    """The keys of machines for whoever manages access, the latest first; the keys themselves are not stored."""
    owners = accounts_within(actor.scope("access.manage")).order_by().values("pk")
    rows = ApiKey.objects.filter(account_id__in=owners).select_related("account")
    return rows.order_by(F("withdrawn_at").asc(nulls_first=True), "-made_at", "-id")


def rights_in_use(*, on: date) -> set[str]:
    """Rights that at least one open login holds on a day, no matter where; says what an office still lacks."""
    held = _holdings(on).filter(account__is_active=True, account__staff__left_at=None)
    return {right for holding in held for right in holding.role.permissions}

"""Who acts, on what, and the one way to do it.

An `Actor` carries permissions, each with the `Scope` of rows it reaches: a person with two posts closes cases
in one community and only looks in another. `@action` guards a function that writes: it refuses without the
permission, opens the transaction, narrows the actor to that permission's scope and leaves one audit line.

    @action(may="cases.close")
    def close_case(case_id: int, *, by: Actor, now: datetime) -> Case: ...
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ParamSpec, Protocol, TypeVar

from django.db import models, transaction
from django.db.models import Q
from django.http import HttpRequest

from linli.kernel.audit import chain
from linli.kernel.audit.origin import UNKNOWN, Origin
from linli.kernel.errors import NotAllowed

P = ParamSpec("P")
R = TypeVar("R")

AREA_COLUMNS = ("district", "subdistrict", "community", "grid")


@dataclass(frozen=True)
class Scope:
    """Rows a permission reaches; ids of areas, organisations and the person. Empty means none.

    `levels` holds (column, id) pairs that match rows lying exactly at that level (本级), not below it.
    """

    everywhere: bool = False
    areas: frozenset[tuple[str, int]] = frozenset()
    levels: frozenset[tuple[str, int]] = frozenset()
    organizations: frozenset[int] = frozenset()
    staff: frozenset[int] = frozenset()

    def __or__(self, other: Scope) -> Scope:
        return Scope(
            self.everywhere or other.everywhere,
            self.areas | other.areas,
            self.levels | other.levels,
            self.organizations | other.organizations,
            self.staff | other.staff,
        )


EVERYWHERE = Scope(everywhere=True)
NOWHERE = Scope()


@dataclass(frozen=True)
class Actor:
    """Whoever acts. `kind` is staff, resident, client (a machine with a key) or system."""

    kind: str
    name: str
    account_id: int | None = None
    staff_id: int | None = None
    organization_id: int | None = None
    grants: Mapping[str, Scope] = field(default_factory=dict)
    doing: str = ""
    origin: Origin = UNKNOWN

    def may(self, permission: str) -> bool:
        return self.kind == "system" or permission in self.grants

    def scope(self, permission: str = "") -> Scope:
        """Scope of a permission; without one, of the permission being used right now."""
        if self.kind == "system":
            return EVERYWHERE
        return self.grants.get(permission or self.doing, NOWHERE)


def coming_from(actor: Actor, *, client: str, request_id: str) -> Actor:
    """The same actor, acting in one request."""
    origin = Origin(client=client, request_id=request_id, role=actor.origin.role)
    return replace(actor, origin=origin)


SYSTEM = Actor(kind="system", name="系统")


class Request(HttpRequest):
    """A request of which is known who sent it and when it came."""

    actor: Actor
    now: datetime


def within(
    scope: Scope,
    *,
    organization: str = "handling_org",
    staff: tuple[str, ...] = ("owner", "handler"),
    prefix: str = "",
) -> Q:
    """The condition that keeps a query on placed rows inside a scope; `prefix` walks to the placed row."""
    if scope.everywhere:
        return Q()
    condition = Q(pk__in=[])
    for column in AREA_COLUMNS:
        ids = [area_id for level, area_id in scope.areas if level == column]
        if ids:
            condition |= Q(**{f"{prefix}{column}_id__in": ids})
    for column, area_id in scope.levels:
        below = AREA_COLUMNS[AREA_COLUMNS.index(column) + 1 :][:1]
        condition |= Q(
            **{f"{prefix}{column}_id": area_id}, **{f"{prefix}{name}_id": None for name in below}
        )
    if scope.organizations and organization:
        condition |= Q(**{f"{prefix}{organization}_id__in": scope.organizations})
    for column in staff if scope.staff else ():
        condition |= Q(**{f"{prefix}{column}_id__in": scope.staff})
    return condition


class HasPlace(Protocol):
    """Areas by level, the narrowest known one last, and the unit that works on it."""

    @property
    def district_id(self) -> int | None: ...
    @property
    def subdistrict_id(self) -> int | None: ...
    @property
    def community_id(self) -> int | None: ...
    @property
    def grid_id(self) -> int | None: ...
    @property
    def handling_org_id(self) -> int | None: ...


@dataclass(frozen=True)
class Place:
    """Ids of areas; `handling_org_id` alone is a unit wherever it works."""

    district_id: int | None = None
    subdistrict_id: int | None = None
    community_id: int | None = None
    grid_id: int | None = None
    handling_org_id: int | None = None


def lies_in(scope: Scope, placed: HasPlace) -> bool:
    """Whether something that was already read lies in a scope; the same answer as `within`."""
    if placed.handling_org_id in scope.organizations or lies_at(scope, placed):
        return True
    people = {getattr(placed, "owner_id", None), getattr(placed, "handler_id", None)}
    return bool(scope.staff & (people - {None}))


def lies_at(scope: Scope, placed: HasPlace) -> bool:
    """Whether the place of something lies in a scope, whoever owns it and whatever unit handles it."""
    ids = [getattr(placed, f"{column}_id") for column in AREA_COLUMNS]
    places = list(zip(AREA_COLUMNS, ids, strict=True))
    lying_at = {
        place for place, below in zip(places, [*ids[1:], None], strict=True) if below is None
    }
    return bool(scope.everywhere or scope.areas & set(places) or scope.levels & lying_at)


def action(*, may: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Guard a write: permission, transaction, narrowed actor, one audit line (`may` names the permission)."""

    def guard(verb: Callable[P, R]) -> Callable[P, R]:
        name = f"{verb.__module__.removeprefix('linli.').replace('.actions', '')}.{verb.__name__}"

        @functools.wraps(verb)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            by: Actor = kwargs["by"]  # type: ignore[assignment]
            now: datetime = kwargs["now"]  # type: ignore[assignment]
            if not by.may(may):
                _line(by, now, name, args, kwargs, None, result="refused")
                raise NotAllowed(f"您的岗位没有“{may}”权限，请联系管理员或请有此权限的同事办理。")
            kwargs["by"] = replace(by, doing=may)
            with transaction.atomic():
                result = verb(*args, **kwargs)
                _line(by, now, name, args, kwargs, result)
            return result

        run.may = may  # type: ignore[attr-defined]
        return run

    return guard


def _line(
    by: Actor,
    now: datetime,
    name: str,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    made: Any,
    *,
    result: str = "done",
) -> None:
    detail = {
        key: value
        for key, value in kwargs.items()
        if isinstance(value, (bool, int)) or key == "move"
    }
    chain.write(
        at=now,
        actor_kind=by.kind,
        account_id=by.account_id,
        actor_name=by.name,
        action=name,
        subject=_subject(args, made),
        detail=detail,
        result=result,
        origin=by.origin,
    )


def _subject(args: tuple[Any, ...], made: Any) -> str:
    if isinstance(made, models.Model):
        return f"{made._meta.label_lower}:{made.pk}"
    if args and isinstance(args[0], (int, str)):
        return str(args[0])
    return ""

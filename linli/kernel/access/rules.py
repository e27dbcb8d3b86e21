"""What posts one account may hold together. Pure: no Django, no clock.

Two axes: whoever supervises (受理, 立案, 核查, 结案) does not command (派遣) the same matters. Posts meet when they
have a day in common and may reach the same case: areas of which one lies in the other; two different organisations
never meet; a post without an area may reach any case. Example: 受理员 in 槐树里社区 and 派遣员 in 清河湾社区 may be
one person, 受理员 in 槐树里社区 and 派遣员 of the whole street may not.

Three administrators: security manages access, system edits people and organisations, audit reads the audit log. No
account holds rights of two of them on the same day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from linli.kernel.people.rules import meet

MANAGE = "access.manage"

ADMINISTRATORS: dict[str, frozenset[str]] = {
    "安全管理": frozenset({MANAGE}),
    "系统管理": frozenset({"people.edit", "organisations.edit"}),
    "审计": frozenset({"audit.view"}),
}
"""The three administrators by the rights that make them so."""

OPPOSITE = {"supervision": "command", "command": "supervision"}

Days = tuple[date, date | None]
"""First and last day, both included; None has no end."""


@dataclass(frozen=True, slots=True)
class Held:
    """A post as far as it can contradict another. `path` holds the ids of its area and of all areas above it."""

    role: str
    axis: str
    permissions: frozenset[str]
    days: Days
    area_id: int | None = None
    path: frozenset[int] = field(default_factory=frozenset)
    organization_id: int | None = None


def may_meet(first: Held, second: Held) -> bool:
    """Whether one case may lie in the reach of both posts."""
    if first.area_id is not None and second.area_id is not None:
        return first.area_id in second.path or second.area_id in first.path
    if first.organization_id is not None and second.organization_id is not None:
        return first.organization_id == second.organization_id
    return True


def other_axis(new: Held, held: Iterable[Held]) -> Held | None:
    """The first post of the other axis that meets the new one."""
    return next(
        (
            one
            for one in held
            if one.axis == OPPOSITE.get(new.axis, "-")
            and meet(one.days, new.days)
            and may_meet(one, new)
        ),
        None,
    )


def administers(permissions: frozenset[str]) -> frozenset[str]:
    """Which of the three administrators these rights make; usually none or one."""
    return frozenset(name for name, rights in ADMINISTRATORS.items() if rights & permissions)


def other_administrator(new: Held, held: Iterable[Held]) -> Held | None:
    """The first post, the new one included, that would make the account a second administrator."""
    wanted = administers(new.permissions)
    if len(wanted) > 1:
        return new
    for one in held:
        there = administers(one.permissions)
        if wanted and there and there != wanted and meet(one.days, new.days):
            return one
    return None


def first_day_without(spans: Iterable[Days], *, since: date) -> date | None:
    """The first day from `since` on that none of the spans covers; None if every day is covered."""
    day = since
    for begin, until in sorted(spans, key=lambda one: one[0]):
        if begin > day:
            break
        if until is None:
            return None
        day = max(day, until + timedelta(days=1))
    return day

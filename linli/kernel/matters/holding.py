"""Letting a matter wait for another one, and linking what came of what."""

from __future__ import annotations

from datetime import datetime

from linli.kernel.engine import rows
from linli.kernel.matters.kinds import Kind
from linli.kernel.matters.models import Hold, Link, Matter


def hold(kind: str, matter_id: int, *, by_kind: str, by_id: int, what: str, now: datetime) -> None:
    """Keep a matter from ending until `release`; doing it twice changes nothing. `what` is read by whoever tries."""
    rows.put_new(
        Hold(
            kind=kind, matter_id=matter_id, by_kind=by_kind, by_id=by_id, what=what[:200], since=now
        )
    )


def release(*, by_kind: str, by_id: int, now: datetime) -> None:
    """Let everything go that waited for a matter."""
    rows.change(Hold, {"released_at": now}, by_kind=by_kind, by_id=by_id, released_at=None)


def link(source: tuple[str, int], result: tuple[str, int], *, now: datetime) -> None:
    """Note that one matter came of another: (kind, id) each; doing it twice changes nothing."""
    rows.put_new(
        Link(from_kind=source[0], from_id=source[1], to_kind=result[0], to_id=result[1], at=now)
    )


def came_of(kind: Kind, matter: Matter) -> list[Link]:
    """What came of a matter, the oldest first."""
    return list(Link.objects.filter(from_kind=kind.code, from_id=matter.pk).order_by("id"))


def came_from(kind: Kind, matter: Matter) -> list[Link]:
    """What a matter came of."""
    return list(Link.objects.filter(to_kind=kind.code, to_id=matter.pk).order_by("id"))

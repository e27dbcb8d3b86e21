"""What waits for whom: one row per open matter of any kind, written with the move and read with one query.

An entry says who has to act, with which right, where and until when. The worker's load, the workbench, the phone and
the deputy's list come from here; the titles are read from the matters themselves, a query a kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When

from linli.kernel.acting import Actor, within
from linli.kernel.calendar.local import local_day
from linli.kernel.engine import rows
from linli.kernel.matters.kinds import Kind, kind_of, kinds
from linli.kernel.matters.models import Deputy, InboxEntry, Matter

CHANGED = (
    "stage", "may", "owner_id", "handling_org_id", "district_id", "subdistrict_id", "community_id", "grid_id",
    "pressing", "due_at", "yellow_at", "suspended_until",
)  # fmt: skip
BATCH = 1_000
MOST_COUNTED = 1_001
"""Entries counted for a badge; nobody has so many in hand, a leader may read so many."""


SHOWN = ("owner", "community", "grid", "handling_org")
"""What a line of a list names, whatever the kind."""


@dataclass(frozen=True)
class Waiting:
    """A matter that waits for somebody; `own` tells it from what waits for the whole unit or for a colleague.

    `for_whom` names the colleague one stands in for.
    """

    kind: Kind
    matter: Any
    own: bool
    for_whom: str = ""

    @property
    def stage_name(self) -> str:
        return self.kind.flow.stage[self.matter.stage].name


def keep_entry(kind: Kind, matter: Matter, *, was_open: bool) -> None:
    """Let the inbox follow a matter that was opened, moved, given to somebody else or retimed; part of the move."""
    where: dict[str, Any] = {"kind": kind.code, "matter_id": matter.pk}
    if not matter.open:
        if was_open:
            rows.remove(InboxEntry, **where)
    elif was_open:
        rows.change(InboxEntry, _cells(kind, matter), **where)
    else:
        rows.put_new(entry_of(kind, matter))


def entry_of(kind: Kind, matter: Matter) -> InboxEntry:
    """The entry an open matter has, not stored."""
    return InboxEntry(kind=kind.code, matter_id=matter.pk, **_cells(kind, matter))


def rebuild(kind: Kind) -> int:
    """Make the entries of a kind again from its matters; how many. What people work on meanwhile stays right."""
    InboxEntry.objects.filter(kind=kind.code).delete()
    made, last = 0, 0
    while True:
        open_ones = kind.matter._default_manager.select_related(*kind.related).filter(
            open=True, pk__gt=last
        )
        found = list(open_ones.order_by("pk")[:BATCH])
        if not found:
            return made
        InboxEntry.objects.bulk_create(
            [entry_of(kind, matter) for matter in found], ignore_conflicts=True
        )
        made, last = made + len(found), found[-1].pk


def waiting_for(actor: Actor, *, now: datetime) -> QuerySet[InboxEntry]:
    """Entries that this person has to act on, their own and those of colleagues they stand in for; by urgency.

    What the person may not read is not there: standing in gives nobody a right.
    """
    mine = InboxEntry.objects.filter(_own(actor, on=local_day(now)) & _readable(actor))
    return by_urgency(mine, now=now)


def waiting_outside(actor: Actor, *, now: datetime) -> QuerySet[InboxEntry]:
    """The same, and what was given to the own unit and nobody there has taken yet; by urgency."""
    conditions = _own(actor, on=local_day(now))
    for kind in kinds():
        stage = kind.flow.stage.get(kind.flow.unit_begins)
        if stage is not None and actor.may(stage.may):
            units = {actor.organization_id, *actor.scope(stage.may).organizations} - {None}
            conditions |= Q(kind=kind.code, stage=stage.code, handling_org_id__in=units)
    return by_urgency(InboxEntry.objects.filter(conditions & _readable(actor)), now=now)


def lit(entries: QuerySet[InboxEntry], light: str, *, now: datetime) -> QuerySet[InboxEntry]:
    """Entries of one light: red, yellow, green or blue; all of them for any other word."""
    paused, late, near = Q(suspended_until__gt=now), Q(due_at__lt=now), Q(yellow_at__lte=now)
    conditions = {
        "blue": paused,
        "red": _late(now),
        "yellow": _not(paused, "suspended_until") & _not(late, "due_at") & near,
        "green": _not(paused, "suspended_until") & _not(late, "due_at") & _not(near, "yellow_at"),
    }
    return entries.filter(conditions[light]) if light in conditions else entries


def capped_count(entries: QuerySet[InboxEntry]) -> int:
    """Number of entries, counted to at most `MOST_COUNTED`."""
    return entries.order_by()[:MOST_COUNTED].count()


def waiting_for_unit(actor: Actor, *, now: datetime) -> QuerySet[InboxEntry]:
    """Entries given to the person's units on which they may act, whoever has them now; by urgency."""
    conditions = Q(pk__in=[])
    for right in sorted(
        {stage.may for kind in kinds() for stage in kind.flow.stages if stage.of_the_unit}
    ):
        if actor.may(right):
            units = {actor.organization_id, *actor.scope(right).organizations} - {None}
            conditions |= Q(may=right, handling_org_id__in=units)
    return by_urgency(InboxEntry.objects.filter(conditions), now=now)


def waiting_within(actor: Actor, *, now: datetime) -> QuerySet[InboxEntry]:
    """Every entry on which this person's posts let them act, wherever it lies; by urgency."""
    conditions = Q(pk__in=[])
    for right in sorted(
        {stage.may for kind in kinds() for stage in kind.flow.stages if stage.open}
    ):
        if actor.may(right):
            conditions |= Q(may=right) & within(actor.scope(right), staff=("owner",))
    return by_urgency(InboxEntry.objects.filter(conditions), now=now)


def by_urgency(entries: QuerySet[InboxEntry], *, now: datetime) -> QuerySet[InboxEntry]:
    """What is late first, then what presses, then by due; without a due last. A paused clock is not late."""
    late = Case(When(_late(now), then=Value(0)), default=Value(1))
    return entries.order_by(late, "-pressing", F("due_at").asc(nulls_last=True), "id")


def matters_of(actor: Actor, entries: Sequence[InboxEntry], *, on: date) -> list[Waiting]:
    """The matters behind entries, in the same order; one query a kind. What has ended meanwhile is left out."""
    others = actor.staff_id and any(entry.owner_id != actor.staff_id for entry in entries)
    away = stood_in_for(actor.staff_id, on=on) if others and actor.staff_id else frozenset()
    wanted: dict[str, list[int]] = defaultdict(list)
    for entry in entries:
        wanted[entry.kind].append(entry.matter_id)
    found: dict[tuple[str, int], Any] = {}
    for code, ids in wanted.items():
        kind = kind_of(code)
        matters = kind.matter._default_manager.select_related(*kind.related, *SHOWN)
        found |= {(code, pk): matter for pk, matter in matters.in_bulk(ids).items()}
    return [
        Waiting(
            kind_of(entry.kind),
            found[key],
            entry.owner_id == actor.staff_id,
            found[key].owner.name if entry.owner_id in away else "",
        )
        for entry in entries
        if (key := (entry.kind, entry.matter_id)) in found
    ]


def stood_in_for(staff_id: int, *, on: date) -> frozenset[int]:
    """Ids of the colleagues this person stands in for on a day (代班)."""
    named = Deputy.objects.filter(
        deputy_id=staff_id, ended_at=None, valid_from__lte=on, valid_until__gte=on
    )
    return frozenset(named.values_list("staff_id", flat=True))


def differences(kind: Kind, matters: Iterable[Matter]) -> list[str]:
    """What the entries of some matters say otherwise than the matters; empty when they agree."""
    checked = list(matters)
    stored = {
        entry.matter_id: entry
        for entry in InboxEntry.objects.filter(
            kind=kind.code, matter_id__in=[matter.pk for matter in checked]
        )
    }
    found = []
    for matter in checked:
        entry = stored.get(matter.pk)
        if (entry is not None) != matter.open:
            found.append(f"{matter.number}: open {matter.open}, entry {entry is not None}")
        elif entry is not None:
            cells = _cells(kind, matter)
            found += [
                f"{matter.number} {name}: entry {getattr(entry, name)}, matter {value}"
                for name, value in cells.items()
                if getattr(entry, name) != value
            ]
    return found


def _own(actor: Actor, *, on: date) -> Q:
    if actor.staff_id is None:
        return Q(pk__in=[])
    return Q(owner_id__in={actor.staff_id, *stood_in_for(actor.staff_id, on=on)})


def _readable(actor: Actor) -> Q:
    """Entries of matters the actor may read; asked of each kind by row, so that nobody's whole scope is walked.

    Of a kind that does not say who sees it, those are read on which one's posts let one act.
    """
    conditions = Q(pk__in=[])
    for kind in kinds():
        if kind.seen is None:
            for right in {stage.may for stage in kind.flow.stages if actor.may(stage.may)}:
                reach = within(actor.scope(right), staff=("owner",))
                conditions |= Q(kind=kind.code, may=right) & reach
        elif actor.may(kind.view):
            there = kind.seen(actor, kind.view).filter(pk=OuterRef("matter_id"))
            conditions |= Q(Exists(there), kind=kind.code)
    return conditions


def _late(now: datetime) -> Q:
    return _not(Q(suspended_until__gt=now), "suspended_until") & Q(due_at__lt=now)


def _not(condition: Q, column: str) -> Q:
    """Everything else, what has no such instant too."""
    return Q(**{f"{column}__isnull": True}) | ~condition


def _cells(kind: Kind, matter: Matter) -> dict[str, Any]:
    stage = kind.flow.stage[matter.stage]
    own = {"stage": stage.code, "may": stage.may, "pressing": matter.pressing}
    return {name: own[name] if name in own else getattr(matter, name) for name in CHANGED}

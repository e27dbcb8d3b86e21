"""Handing over everything somebody has in hand (交接), of every kind at once.

A named colleague gets what they may act on; the rest goes to whoever the roster finds. Stage and clocks stay as they
are, only the owner changes. Example: 小李 leaves with three cases and a leg in hand. 小赵, who was named, works in the
same unit and gets all but one case that he handled before: nobody checks the own work.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from linli.kernel.access.models import Account
from linli.kernel.access.queries import actor_for, staff_actors
from linli.kernel.acting import SYSTEM, Actor, action
from linli.kernel.calendar.local import local_day
from linli.kernel.engine import rows
from linli.kernel.matters import errors
from linli.kernel.matters.flow import HANDED_OVER
from linli.kernel.matters.inbox import keep_entry, waiting_within
from linli.kernel.matters.kinds import Kind, kind_of
from linli.kernel.matters.models import InboxEntry, Matter
from linli.kernel.matters.moving import COLUMNS, add_entry, barred_from
from linli.kernel.matters.offering import moves_for
from linli.kernel.matters.roster import pick_owner
from linli.kernel.notify.sending import tell
from linli.kernel.people.actions.reach import staff_at_work, staff_in_reach
from linli.kernel.people.models import Staff

BATCH = 200
"""Entries read at a time, 1-1,000; somebody has rarely more in hand."""

INBOX_LINK = "/console/inbox"
"""Address of the list that a notice about several matters opens."""


@dataclass(frozen=True)
class HandedOver:
    """`given` counts matters by the staff id of their new owner; `left` are those for which no post was found."""

    given: Mapping[int, int]
    left: int


@dataclass(frozen=True)
class HandingPlan:
    """What would be handed over: (staff id of the new owner, matters), the most first; `left` is what would stay."""

    given: tuple[tuple[int, tuple[Matter, ...]], ...]
    left: tuple[Matter, ...]


@action(may="people.edit")
def hand_over_all(staff_id: int, *, to: int | None = None, by: Actor, now: datetime) -> HandedOver:
    """Give every open matter of somebody to others and tell each new owner once; doing it again changes nothing.

    Raises:
        NotFound, HasLeft: the person, or the colleague, is not there or out of reach.
        NotAColleague: nobody takes over from themselves, or whoever was named has no post.
    """
    given, left = _hand_over_each(staff_id, to, by=by, now=now)
    return HandedOver({owner: len(matters) for owner, matters in given.items()}, len(left))


@action(may="people.edit")
def plan_hand_over(
    staff_id: int, *, to: int | None = None, by: Actor, now: datetime
) -> HandingPlan:
    """What `hand_over_all` would do now, found by doing it and taking all of it back, the notices too.

    Raises:
        The same as `hand_over_all`.
    """
    with transaction.atomic():
        given, left = _hand_over_each(staff_id, to, by=by, now=now)
        transaction.set_rollback(True)
    shares = sorted(given.items(), key=lambda share: (-len(share[1]), share[0]))
    return HandingPlan(tuple((owner, tuple(matters)) for owner, matters in shares), tuple(left))


def hand_on_unheld(*, now: datetime) -> int:
    """Give to others what lies with people who work here and no longer hold the post for it; how many.

    Part of the daily round: a post ends on a day, and nobody is there who would press a button. What lies with
    somebody because nobody's post covers it stays with them.
    """
    actors = {actor.staff_id: actor for actor in staff_actors(on=local_day(now))}
    owners = (
        InboxEntry.objects.exclude(owner=None).order_by("owner").values_list("owner", flat=True)
    )
    moved = 0
    for staff_id in list(owners.distinct()):
        actor = actors.get(staff_id, Actor("staff", "", staff_id=staff_id))
        beyond = InboxEntry.objects.filter(owner_id=staff_id).exclude(
            pk__in=waiting_within(actor, now=now).order_by().values("pk")
        )
        found = [entry for entry in beyond.order_by("pk") if not _held(entry, actor)]
        if found:
            moved += _hand_on(found, Staff.objects.get(pk=staff_id), now=now)
    return moved


def _held(entry: InboxEntry, actor: Actor) -> bool:
    """Whether somebody still holds the right of the stage over a matter, or one of those who take what nobody has."""
    kind = kind_of(entry.kind)
    matter = kind.get(entry.matter_id)
    rights = (entry.may, *kind.flow.fallback)
    return matter is not None and any(kind.covers(actor, matter, right) for right in rights)


def _hand_on(entries: list[InboxEntry], staff: Staff, *, now: datetime) -> int:
    given: dict[int, list[Matter]] = defaultdict(list)
    with transaction.atomic():
        for entry in entries:
            with rows.together():
                matter = _hand_over(entry, staff, None, by=SYSTEM, now=now)
            if matter is not None and matter.owner_id not in (None, staff.pk):
                given[matter.owner_id].append(matter)
        _tell_owners(staff, given, now=now)
    return sum(len(matters) for matters in given.values())


def _hand_over_each(
    staff_id: int, to: int | None, *, by: Actor, now: datetime
) -> tuple[dict[int, list[Matter]], list[Matter]]:
    """(matters by the staff id of their new owner, those for which no post was found)."""
    staff = staff_in_reach(staff_id, by)
    colleague = _colleague(staff, to, by=by, now=now)
    given: dict[int, list[Matter]] = defaultdict(list)
    left: list[Matter] = []
    for entry in _entries(staff.pk):
        with rows.together():  # one matter at a time: the next one asks how loaded everybody is
            matter = _hand_over(entry, staff, colleague, by=by, now=now)
        if matter is not None and matter.owner_id not in (None, staff.pk):
            given[matter.owner_id].append(matter)
        elif matter is not None:
            left.append(matter)
    _tell_owners(staff, given, now=now)
    return given, left


def _entries(staff_id: int) -> Iterator[InboxEntry]:
    last = 0
    while True:
        mine = InboxEntry.objects.filter(owner_id=staff_id, pk__gt=last).order_by("pk")
        found = list(mine[:BATCH])
        yield from found
        if len(found) < BATCH:
            return
        last = found[-1].pk


def _hand_over(
    entry: InboxEntry, staff: Staff, colleague: Actor | None, *, by: Actor, now: datetime
) -> Matter | None:
    """The matter, with its new owner or still with the old one; None if it is no longer theirs."""
    kind = kind_of(entry.kind)
    matter: Matter | None = kind.get(entry.matter_id)
    if matter is None or not matter.open or matter.owner_id != staff.pk:
        return None
    barred = barred_from(kind, matter) | {staff.pk}
    if (
        colleague is not None
        and colleague.staff_id not in barred
        and _acts(kind, colleague, matter)
    ):
        owner_id, why = colleague.staff_id, f"由{by.name}指定{colleague.name}。"
    else:
        owner_id, why = pick_owner(kind.flow, matter, now=now, barred=barred)
    if owner_id is None:
        return matter
    matter.owner_id = owner_id
    matter.note_owner(why)
    matter.version += 1
    matter.changed_at = now
    rows.save(matter, (*COLUMNS, *kind.columns))
    keep_entry(kind, matter, was_open=True)
    new = rows.known(Staff, owner_id)
    facts = {"from": staff.name, "worker": new.name if new else "", "why": why}
    note = f"{facts['from']}交给{facts['worker']}"
    add_entry(kind, matter, HANDED_OVER.code, by=by, now=now, note=note, facts=facts)
    return matter


def _acts(kind: Kind, colleague: Actor, matter: Matter) -> bool:
    """Whether somebody may do what the stage of a matter waits for."""
    right = kind.flow.stage[matter.stage].may
    return any(move.may == right for move in moves_for(kind, colleague, matter))


def _colleague(staff: Staff, to: int | None, *, by: Actor, now: datetime) -> Actor | None:
    if to is None:
        return None
    if to == staff.pk:
        raise errors.NotAColleague(f"请选择{staff.name}以外的同事。", field="to")
    named = staff_at_work(to, by)
    account = Account.objects.filter(staff=named, is_active=True).first()
    if account is None:
        raise errors.NotAColleague(
            f"{named.name}没有可用的账号，不能接手，请选择别的同事。", field="to"
        )
    return actor_for(account, on=local_day(now))


def _tell_owners(staff: Staff, given: Mapping[int, list[Matter]], *, now: datetime) -> None:
    for owner_id, matters in given.items():
        first = matters[0]
        text, link = f"{staff.name}的 {len(matters)} 件事项交给您办理。", INBOX_LINK
        if len(matters) == 1:
            text, link = f"{HANDED_OVER.name}：{first.headline}", first.link
        about = f"{HANDED_OVER.code}:{staff.pk}:{now.isoformat()}"
        tell(owner_id, text, link=link, about=about, now=now)

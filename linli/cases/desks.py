"""The desks: one for each step that somebody takes at the office, as a table over the inbox.

A desk shows the open cases of one stage on which a right may be used: those in the own hand (我的) and those of the
reach of the own posts that somebody else, or nobody yet, has (待领). Whoever may use the right takes the step, whoever
has the case; taking it is claiming it. A call back is no move and has no owner, so its desk says itself which calls are
one's own: those one has tried. Example: 回访员小郑 reached nobody at noon; the case stays on the desk, as hers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from linli.cases.flow import CASE, Stage
from linli.cases.models import CaseMove, CasePhoto, FollowUp
from linli.kernel.acting import Actor, Scope, within
from linli.kernel.calendar.local import local_day
from linli.kernel.engine.remembered import Remembered
from linli.kernel.files.models import StoredFile
from linli.kernel.matters.inbox import MOST_COUNTED, by_urgency, stood_in_for
from linli.kernel.matters.models import InboxEntry

COUNT_SECONDS = 5.0
"""How old the numbers in the menu may be; seconds, 0-60. The desk itself counts anew."""

Owners = frozenset[int]


@dataclass(frozen=True)
class Desk:
    """One step of the loop. `step` is what one does there, by a move or beside the stages, `others` what instead.

    `key` is the letter of the keyboard for the step. `mine` says which entries are in the hand of some people, `waits`
    which entries of the stage wait for this step at all.
    """

    code: str
    name: str
    stage: Stage
    may: str
    step: str
    key: str
    others: tuple[str, ...] = ()
    mine: Callable[[Owners], Q] = lambda owners: Q(owner_id__in=owners)
    waits: Callable[[], Q] = Q


class Waiting(NamedTuple):
    """Number of entries of a desk: in the own hand, and beside it within reach."""

    mine: int
    pool: int


def _tried_by(owners: Owners) -> Q:
    calls = FollowUp.objects.filter(case_id=OuterRef("matter_id"), by_id__in=owners)
    return Q(Exists(calls))


def _not_reached() -> Q:
    """Nobody has answered since the case came here; what was said before it was reopened does not count."""
    came = CaseMove.objects.filter(case_id=OuterRef("case_id"), to_stage=Stage.TO_FOLLOW_UP)
    since = Subquery(came.order_by("-id").values("at")[:1])
    calls = FollowUp.objects.filter(case_id=OuterRef("matter_id"), effective=True, at__gte=since)
    return ~Q(Exists(calls))


DESKS: tuple[Desk, ...] = (
    Desk("acceptance", "受理", Stage.RECEIVED, "cases.accept", "accept", "a"),
    Desk("verification", "核实", Stage.VERIFYING, "cases.verify", "confirm", "v", ("refute",)),
    Desk("registration", "立案", Stage.ACCEPTED, "cases.register", "register", "r", ("decline",)),
    Desk("dispatch", "派遣", Stage.TO_DISPATCH, "cases.dispatch", "dispatch", "p"),
    Desk("check", "核查", Stage.TO_CHECK, "cases.check", "pass_check", "p", ("rework",)),
    Desk(
        "follow-up", "回访", Stage.TO_FOLLOW_UP, "cases.follow_up", "follow_up", "f", ("redo",),
        mine=_tried_by, waits=_not_reached,
    ),
    Desk("closure", "结案", Stage.TO_FOLLOW_UP, "cases.close", "close", "c", ("reopen",)),
)  # fmt: skip
"""In the order of the loop; `step` and `others` are lines of the flow."""


def desks_of(actor: Actor) -> list[Desk]:
    """The desks of somebody's posts, in the order of the loop."""
    return [desk for desk in DESKS if actor.may(desk.may)]


def mine_at(desk: Desk, actor: Actor, *, now: datetime) -> QuerySet[InboxEntry]:
    """Entries of a desk in the own hand, those of a colleague one stands in for too; most urgent first."""
    rows = _at(desk, actor.scope(desk.may))
    return by_urgency(rows.filter(desk.mine(_owners(actor.staff_id, local_day(now)))), now=now)


def pool_at(desk: Desk, actor: Actor, *, now: datetime) -> QuerySet[InboxEntry]:
    """Entries of a desk within reach that are not in the own hand; most urgent first."""
    rows = _at(desk, actor.scope(desk.may))
    return by_urgency(rows.exclude(desk.mine(_owners(actor.staff_id, local_day(now)))), now=now)


def waiting_at_desks(actor: Actor, *, now: datetime) -> dict[str, Waiting]:
    """The numbers of all desks of somebody by the code of the desk, capped; a few seconds old."""
    asked = tuple((desk.code, actor.scope(desk.may)) for desk in desks_of(actor))
    return _waiting(actor.staff_id, local_day(now), asked) if asked else {}


def _read_waiting(
    staff_id: int | None, day: date, asked: tuple[tuple[str, Scope], ...]
) -> dict[str, Waiting]:
    """One query for all desks."""
    owners, desks = _owners(staff_id, day), {desk.code: desk for desk in DESKS}
    counts: dict[str, Count] = {}
    reached = Q(pk__in=[])
    for code, scope in asked:
        desk = desks[code]
        here = Q(stage=desk.stage) & within(scope, staff=("owner",)) & desk.waits()
        name = code.replace("-", "_")
        counts[f"{name}_mine"] = Count("pk", filter=here & desk.mine(owners))
        counts[f"{name}_pool"] = Count("pk", filter=here & ~desk.mine(owners))
        reached |= Q(stage=desk.stage)
    found = InboxEntry.objects.filter(reached, kind=CASE.code).aggregate(**counts)
    return {
        code: Waiting(
            *(
                min(found[f"{code.replace('-', '_')}_{part}"], MOST_COUNTED)
                for part in ("mine", "pool")
            )
        )
        for code, _ in asked
    }


def _at(desk: Desk, scope: Scope) -> QuerySet[InboxEntry]:
    here = InboxEntry.objects.filter(kind=CASE.code, stage=desk.stage)
    return here.filter(within(scope, staff=("owner",)) & desk.waits())


def _owners(staff_id: int | None, day: date) -> Owners:
    if staff_id is None:
        return frozenset()
    return frozenset({staff_id, *stood_in_for(staff_id, on=day)})


def last_photos(case_ids: Iterable[int]) -> dict[int, StoredFile]:
    """The newest picture of each of some cases, by the id of the case."""
    wanted = list(case_ids)
    rows = CasePhoto.objects.filter(Q(case_id__in=wanted) | Q(report__case_id__in=wanted))
    found: dict[int, StoredFile] = {}
    for row in rows.select_related("file", "report").order_by("id"):
        case_id = row.case_id or (row.report.case_id if row.report else None)
        if case_id is not None:
            found[case_id] = row.file
    return found


_waiting = Remembered(_read_waiting, seconds=COUNT_SECONDS)

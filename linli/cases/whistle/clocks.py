"""The clocks of a leg: started and stopped by its stage, told in time, each level once.

They run as a case's clocks do (`linli/cases/clocks.py`); the limits come from the rule of the whistle's kind on the
day the clock starts. A department reckons answering, arriving and handling by its own calendar.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from linli.cases.clocks import Run, compute, instants_of
from linli.cases.models import LegDeadline, LegTelling, Whistle, WhistleLeg, WhistleRule
from linli.cases.roster import pick_decider
from linli.cases.whistle_flow import (
    LEG_CLOCK,
    LEG_CLOCK_NAMES,
    USUAL_LIMITS,
    LegClock,
    LegStage,
    WhistleKind,
)
from linli.kernel.access.queries import local_day
from linli.kernel.calendar.errors import YearNotLoaded
from linli.kernel.notify.sending import tell

BATCH = 100
OF_THE_UNIT = frozenset({LegClock.RESPOND, LegClock.ARRIVE, LegClock.HANDLE})
LEADS = "whistle.waive"
"""Whoever may waive a leg is the leader who hears of one that is half a limit late."""


def limit_of(kind: str, clock: LegClock, day: date) -> str:
    """The limit of a clock for whistles of a kind, by the rule in force on that day."""
    rule = (
        WhistleRule.objects.filter(kind=kind, valid_from__lte=day)
        .order_by("-valid_from", "-id")
        .first()
    )
    own = getattr(rule, f"{clock}_limit") if rule else ""
    return own or USUAL_LIMITS[WhistleKind(kind)][clock]


def run_of(leg: WhistleLeg, clock: LegClock, limit: str, starts_at: datetime) -> Run:
    """Due and instants of telling of a clock of a leg that starts then."""
    organization_id = leg.organization_id if clock in OF_THE_UNIT else None
    return compute(None, limit, organization_id=organization_id, starts_at=starts_at)


def change_leg_clock(whistle: Whistle, leg: WhistleLeg, *, now: datetime, run_on: bool) -> None:
    """Stop what runs on a leg and start the clock of its stage; sets the leg's due, which the caller saves.

    With `run_on` the stage's last clock goes on as if it had never stopped: work sent back gets no new time.
    """
    LegDeadline.objects.filter(leg=leg, stopped_at=None).update(stopped_at=now, next_at=None)
    clock = LEG_CLOCK.get(LegStage(leg.stage))
    if clock is None:
        leg.due_at = None
        return
    earlier = LegDeadline.objects.filter(leg=leg, clock=clock).order_by("-id").first()
    if run_on and earlier is not None:
        earlier.stopped_at = None
        earlier.next_at = _instant(earlier)
        earlier.save(update_fields=["stopped_at", "next_at"])
        leg.due_at = earlier.due_at
        return
    limit = limit_of(whistle.kind, clock, local_day(now))
    try:
        run = run_of(leg, clock, limit, now)
    except YearNotLoaded:
        leg.due_at = None  # the work goes on; no due is invented
        return
    LegDeadline.objects.create(
        leg=leg,
        clock=clock,
        limit=run.limit,
        starts_at=now,
        due_at=run.due.at,
        derivation={**run.due.derivation, "sentence": run.due.sentence},
        levels=instants_of(run),
        next_at=run.instants[0] if run.instants else None,
    )
    leg.due_at = run.due.at


def tell_due(*, now: datetime, most: int = 2_000) -> int:
    """Tell whoever has to be told about legs by now, the oldest first; how many. Any number of workers."""
    told = 0
    while told < most:
        with transaction.atomic():
            due = list(
                LegDeadline.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("leg__whistle", "leg__organization")
                .filter(stopped_at=None, next_at__lte=now)
                .order_by("next_at", "id")[: min(BATCH, most - told)]
            )
            if not due:
                return told
            for row in due:
                _tell(row, now=now)
            told += len(due)
    return told


def _tell(row: LegDeadline, *, now: datetime) -> None:
    leg, level = row.leg, row.next_level
    whistle = leg.whistle
    _, whom, share = row.levels[level]
    overdue = share >= 1
    leader = whom != "owner" or leg.owner_id is None
    told_id = pick_decider(whistle, LEADS, now=now) if leader else leg.owner_id
    state = "已超时" if overdue else "即将超时"
    what = LEG_CLOCK_NAMES[LegClock(row.clock)]
    tell(
        told_id,
        f"{state}：{whistle.number} {leg.organization.name}{what}（时限 {row.limit}）{whistle.title}",
        link=f"/console/whistles/{whistle.number}",
        about=f"leg_deadline:{row.pk}:{level}",
        now=now,
        level="red" if overdue else "yellow",
    )
    LegTelling.objects.create(deadline=row, level=level, overdue=overdue, told_id=told_id, at=now)
    row.next_level = level + 1
    row.next_at = _instant(row)
    row.save(update_fields=["next_level", "next_at"])


def _instant(row: LegDeadline) -> datetime | None:
    if row.next_level >= len(row.levels):
        return None
    return datetime.fromisoformat(row.levels[row.next_level][0])

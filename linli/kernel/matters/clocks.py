"""Starting and stopping the clocks of a matter, and notifying people in time; the one file of it for every kind.

A clock runs at every open stage. Its limit is the matter's own (a filing standard), else that of a dated `Limit`, else
the usual one of the flow. The row keeps what was used, so the same due can be computed again; a remark or an edit
never touches it. At shares of the limit (say 0.8, 1, 1.5) somebody is told: a reminder before, an escalation after.
`notify_due` takes the oldest first and writes the `Reminder` in the same transaction as the next instant, so each
level happens once, whatever crashes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from linli.kernel.calendar.errors import YearNotLoaded
from linli.kernel.calendar.local import local_day
from linli.kernel.calendar.queries import for_legal_terms, working_time_for
from linli.kernel.calendar.rules import (
    Due,
    LimitUnit,
    Pause,
    TimeLimit,
    WorkingTime,
    due_at,
    parse_limit,
)
from linli.kernel.engine import rows
from linli.kernel.engine.remembered import Remembered
from linli.kernel.matters.flow import Clock, Flow
from linli.kernel.matters.kinds import Kind, kinds
from linli.kernel.matters.models import ClockRun, Limit, Matter, Reminder
from linli.kernel.matters.roster import pick_leader
from linli.kernel.matters.telling import tell_owner
from linli.kernel.notify.sending import tell

USUAL_LEVELS: list[list[Any]] = [[0.8, "owner"], [1, "owner"], [1.5, "leader"]]
"""Reminder at 80 % of the limit, escalation to the owner at the limit and to a leader half a limit later."""

YELLOW_SHARE = 0.8
BATCH = 100


@dataclass(frozen=True)
class Run:
    """A computed run of a clock."""

    due: Due
    limit: str
    yellow_at: datetime
    instants: tuple[datetime, ...]
    levels: list[list[Any]]


def compute(
    flow: Flow,
    clock: str,
    limit: str = "",
    *,
    variant: str = "",
    organization_id: int | None,
    starts_at: datetime,
    extensions: int = 0,
    pauses: Sequence[Pause] = (),
    working_time: WorkingTime | None = None,
) -> Run:
    """Due, yellow instant and instants of telling for a clock that starts then.

    An extension adds the whole limit once more, counted from the start; a pause (挂账) does not count.
    Without a `limit` it is that of the day the clock starts. The calendar is that of the organisation on that day,
    unless another one is given; over a year without its notice the due is provisional, a legal term has none.

    Raises:
        CalendarError: the limit cannot be read, or the calendar of a year is not loaded.
    """
    day = local_day(starts_at)
    dated = _limits_on(day).get((flow.code, clock, variant))
    text = limit or limit_of(flow, clock, variant, day)
    levels = dated.levels if dated and dated.levels else USUAL_LEVELS
    working_time = working_time or working_time_for(organization_id, on=day)
    if flow.clock[clock].legal_term:
        working_time = for_legal_terms(working_time)
    wanted = parse_limit(text)
    due = due_at(starts_at, wanted, working_time=working_time, pauses=pauses, extensions=extensions)
    whole = wanted.times(1 + extensions)

    def at_share(share: float) -> datetime:
        return _at_share(share, whole, due, starts_at, working_time, pauses)

    return Run(
        due, text, at_share(YELLOW_SHARE), tuple(at_share(share) for share, _ in levels), levels
    )


def limit_of(flow: Flow, clock: str, variant: str, day: date) -> str:
    """The limit of a clock that starts on a day, as everybody has it who has none of their own."""
    dated = _limits_on(day).get((flow.code, clock, variant))
    return (dated.time_limit if dated else "") or flow.clock[clock].usual_limit(variant)


def dated_limit(kind: str, clock: str, variant: str, day: date) -> Limit | None:
    """The limit in force on a day for this very variant; none where the office set none."""
    return _limits_on(day).get((kind, clock, variant))


def calendar_of(clock: Clock, matter: Matter) -> int | None:
    """Id of the organisation whose calendar counts: the unit's own while it has the work, else everybody's (None)."""
    return matter.handling_org_id if clock.of_the_unit else None


def change_clock(
    kind: Kind, matter: Matter, source: str, *, now: datetime, run_on: bool = False
) -> None:
    """Stop the clock of the stage a matter leaves and start that of the one it enters; sets the matter's due fields.

    With `run_on` the stage's last clock goes on as if it had never stopped, since returned work gets no new time.
    """
    stop, start = kind.flow.clock_change(source, matter.stage)
    if not stop and not start:
        return
    if stop:
        matter.suspended_until = None
        ended = {"stopped_at": now, "next_at": None}
        rows.change(kind.run, ended, **{f"{kind.key}_id": matter.pk}, stopped_at=None)
    if not start:
        _no_due(matter)
        return
    earlier = _last_run(kind, matter, start) if run_on else None
    if earlier is not None:
        _run_on(kind, matter, earlier, now=now)
    else:
        _start(kind, matter, kind.flow.clock[start], now=now)


def new_run(
    kind: Kind, matter: Matter, clock: Clock, *, starts_at: datetime
) -> tuple[ClockRun, Run]:
    """A run of a clock that starts then, not stored.

    Raises:
        YearNotLoaded: the due lies in a year whose calendar is not there.
    """
    organization_id = calendar_of(clock, matter)
    run = compute(
        kind.flow,
        clock.code,
        matter.own_limit(clock.code) if kind.flow.begins_clock(matter.stage) else "",
        variant=matter.variant,
        organization_id=organization_id,
        starts_at=starts_at,
    )
    row = kind.run(
        **{kind.key: matter},
        clock=clock.code,
        limit=run.limit,
        starts_at=starts_at,
        due_at=run.due.at,
        derivation=_derivation(run, organization_id),
        levels=instants_of(run),
        next_at=run.instants[0] if run.instants else None,
    )
    return row, run


def run_of(kind: Kind, matter: Matter, row: ClockRun) -> Run:
    """Compute a stored run again from its own facts."""
    return compute(
        kind.flow,
        row.clock,
        row.limit,
        variant=matter.variant,
        organization_id=row.derivation.get("organization_id"),
        starts_at=row.starts_at,
        extensions=row.extensions,
        pauses=pauses_of(row),
    )


def instants_of(run: Run) -> list[list[Any]]:
    """When whom is told at which share of the limit, as it is stored."""
    return [
        [at.isoformat(), whom, share]
        for at, (share, whom) in zip(run.instants, run.levels, strict=True)
    ]


def pauses_of(row: ClockRun) -> list[Pause]:
    """The stored pauses of a run."""
    return [
        Pause(datetime.fromisoformat(start), datetime.fromisoformat(until))
        for start, until in row.pauses
    ]


def paused_until(row: ClockRun, now: datetime) -> datetime | None:
    """Until when a run is paused at an instant; None while it counts."""
    return next((one.until for one in pauses_of(row) if one.start <= now < one.until), None)


def retime(kind: Kind, matter: Matter, row: ClockRun, *, now: datetime) -> None:
    """Compute a run again after its limit, extensions, pauses or calendar were changed; sets the matter's due fields.

    One that has stopped gets its new due, nobody is told of it any more, and the matter's due stays another clock's.

    Levels that were told stay told. Those of the new run follow: what lies ahead is told then, what lies behind and was
    never told is told at once, and nothing is told twice for the same instant.
    """
    run = run_of(kind, matter, row)
    told = row.levels[: row.next_level]
    shares_told = {share for _, _, share in told}
    ahead = [
        [at.isoformat(), whom, share]
        for at, (share, whom) in zip(run.instants, run.levels, strict=True)
        if at > now or share not in shares_told
    ]
    row.levels = [*told, *ahead]
    row.next_at = None if row.stopped_at else instant_at(row, row.next_level)
    row.due_at = run.due.at
    row.derivation = _derivation(run, row.derivation.get("organization_id"))
    row.save(
        update_fields=[
            "limit", "extensions", "pauses", "levels", "next_at", "due_at", "derivation",
        ]
    )  # fmt: skip
    if row.stopped_at is None:
        set_due(matter, run)
        matter.suspended_until = paused_until(row, now)


def notify_due(*, now: datetime, most: int = 2_000) -> int:
    """Notify whoever has to be told by now, the oldest first, kind after kind; how many. Any number of workers."""
    return sum(_notify_kind(kind, now=now, most=most) for kind in kinds())


def runs_due() -> str:
    """A SELECT that finds a row when somebody has to be told; `{now}` stands for the time."""
    parts = (
        f'SELECT 1 FROM "{kind.run._meta.db_table}" WHERE next_at <= {{now}} AND stopped_at IS NULL'  # noqa: S608
        for kind in kinds()
    )
    return " UNION ALL ".join(parts)


def _notify_kind(kind: Kind, *, now: datetime, most: int) -> int:
    told = 0
    while told < most:
        with transaction.atomic():
            due = list(
                kind.run._default_manager.select_for_update(skip_locked=True, of=("self",))
                .select_related(
                    kind.key, *(f"{kind.key}__{name}" for name in ("owner", *kind.related))
                )
                .filter(stopped_at=None, next_at__lte=now)
                .order_by("next_at", "id")[: min(BATCH, most - told)]
            )
            if not due:
                return told
            with rows.together():
                for row in due:
                    rows.put(_notify(kind, row, now=now))
                    rows.save(row, ("next_level", "next_at"))
            told += len(due)
    return told


def _notify(kind: Kind, row: ClockRun, *, now: datetime) -> Reminder:
    matter, level = getattr(row, kind.key), row.next_level
    _, whom, share = row.levels[level]
    overdue = share >= 1
    state = "已超时" if overdue else "即将超时"
    clock = kind.flow.clock[row.clock].name
    text = f"{state}：{matter.headline}（{clock}时限 {row.limit}）"
    about, colour = f"{kind.code}:deadline:{row.pk}:{level}", "red" if overdue else "yellow"
    if whom == "owner" and matter.owner_id:
        told_id = matter.owner_id
        tell_owner(kind, matter, text, about=about, now=now, level=colour)
    else:
        told_id = pick_leader(kind.flow, matter, now=now)
        tell(told_id, text, link=matter.link, about=about, now=now, level=colour)
    row.next_level = level + 1
    row.next_at = instant_at(row, level + 1)
    told: dict[str, Any] = {"deadline": row, "told_id": told_id}
    return kind.reminder(**told, level=level, overdue=overdue, at=now)


def _start(kind: Kind, matter: Matter, clock: Clock, *, now: datetime) -> None:
    try:
        row, run = new_run(kind, matter, clock, starts_at=now)
    except YearNotLoaded as problem:
        # The matter must go on; an operator sees the sentence and loads the year. No due is invented.
        _no_due(matter)
        matter.note_deadline_problem(problem.message)
        return
    rows.put(row)
    set_due(matter, run)


def _last_run(kind: Kind, matter: Matter, clock: str) -> ClockRun | None:
    found = kind.run._default_manager.filter(**{f"{kind.key}_id": matter.pk}, clock=clock)
    return found.order_by("-id").first()


def _derivation(run: Run, organization_id: int | None) -> dict[str, Any]:
    return {
        **run.due.derivation,
        "sentence": run.due.sentence,
        "organization_id": organization_id,
    }


def _run_on(kind: Kind, matter: Matter, row: ClockRun, *, now: datetime) -> None:
    row.stopped_at = None
    row.next_at = instant_at(row, row.next_level)
    rows.save(row, ("stopped_at", "next_at"))
    set_due(matter, run_of(kind, matter, row))
    matter.due_at, matter.due_provisional = row.due_at, "provisional" in row.derivation
    matter.suspended_until = paused_until(row, now)


def set_due(matter: Matter, run: Run) -> None:
    """Give a matter the due of a run; the caller saves it."""
    matter.due_at, matter.yellow_at = run.due.at, run.yellow_at
    matter.due_provisional = run.due.provisional


def _no_due(matter: Matter) -> None:
    matter.due_at = matter.yellow_at = None
    matter.due_provisional = False


def instant_at(row: ClockRun, level: int) -> datetime | None:
    """When the stored level is told; None after the last one."""
    return datetime.fromisoformat(row.levels[level][0]) if level < len(row.levels) else None


def _at_share(
    share: float,
    limit: TimeLimit,
    due: Due,
    starts_at: datetime,
    working_time: WorkingTime,
    pauses: Sequence[Pause],
) -> datetime:
    if share == 1:
        return due.at
    minutes = max(1, round(limit.minutes(day_minutes=working_time.day_minutes) * share))
    unit = LimitUnit.WORK_MINUTE if limit.unit.is_working else LimitUnit.MINUTE
    try:
        part = TimeLimit(minutes, unit)
        return due_at(starts_at, part, working_time=working_time, pauses=pauses).at
    except YearNotLoaded:
        # Only the due itself must be exact; a later telling may fall back to natural time.
        return starts_at + (due.at - starts_at) * share


def _read_limits(day: date) -> Mapping[tuple[str, str, str], Limit]:
    found = Limit.objects.filter(valid_from__lte=day).order_by("valid_from", "id")
    return {(one.kind, one.clock, one.variant): one for one in found}


_limits_on = Remembered(_read_limits, seconds=5.0)


def forget_limits() -> None:
    """Read the limits anew; for the process that has just changed one."""
    _limits_on.forget()

"""Starting and stopping the clocks of a case, and telling people in time.

A clock runs at every open stage. Its limit is the 立案标准's for handling and a `ClockRule`'s otherwise. The row keeps
what was used, so the same due can be computed again; a remark or an edit never touches it. At shares of the limit
(say 0.8, 1, 1.5) somebody is told: a reminder before, an escalation after. `tell_due` takes the oldest first and
writes the `Escalation` in the same transaction as the next instant, so each level happens once, whatever crashes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from linli.cases.flow import CLOCK_NAMES, Clock, Stage, clock_change
from linli.cases.models import Case, ClockRule, Deadline, Escalation
from linli.cases.roster import pick_leader
from linli.kernel.calendar.errors import YearNotLoaded
from linli.kernel.calendar.queries import working_time_for
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
from linli.kernel.notify.sending import tell
from linli.kernel.people.queries import LOCAL

DEFAULT_LIMITS: dict[Clock, str] = {
    Clock.ACCEPT: "15工作分钟",
    Clock.VERIFY: "30工作分钟",
    Clock.REGISTER: "15工作分钟",
    Clock.DISPATCH: "15工作分钟",
    Clock.HANDLE: "5工作日",
    Clock.CHECK: "30工作分钟",
    Clock.FOLLOW_UP: "1工作日",
}
"""Limits without a `ClockRule`: usual figures of the field; each office sets its own."""

DEFAULT_LEVELS: list[list[Any]] = [[0.8, "owner"], [1, "owner"], [1.5, "leader"]]
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
    clock: Clock | None,
    limit: str,
    *,
    organization_id: int | None,
    starts_at: datetime,
    extensions: int = 0,
    pauses: Sequence[Pause] = (),
    working_time: WorkingTime | None = None,
) -> Run:
    """Due, yellow instant and instants of telling for a clock that starts then.

    An extension adds the whole limit once more, counted from the start; a pause (挂账) does not count.
    A clock that is no case's has a limit of its own and the usual levels.
    The calendar is that of the organisation on the day of the start, unless another one is given.

    Raises:
        CalendarError: the limit cannot be read, or the calendar of a year is not loaded.
    """
    rule = _rules_on(starts_at.astimezone(LOCAL).date()).get(clock) if clock else None
    text = limit or (rule.time_limit if rule else "") or (DEFAULT_LIMITS[clock] if clock else "")
    levels = rule.levels if rule and rule.levels else DEFAULT_LEVELS
    working_time = working_time or working_time_for(
        organization_id, on=starts_at.astimezone(LOCAL).date()
    )
    wanted = parse_limit(text)
    due = due_at(starts_at, wanted, working_time=working_time, pauses=pauses, extensions=extensions)
    whole = wanted.times(1 + extensions)

    def at_share(share: float) -> datetime:
        return _at_share(share, whole, due, starts_at, working_time, pauses)

    return Run(
        due, text, at_share(YELLOW_SHARE), tuple(at_share(share) for share, _ in levels), levels
    )


def change_clock(
    case: Case, source: Stage | None, *, now: datetime, limit: str = "", run_on: bool = False
) -> None:
    """Stop the clock of the stage a case leaves and start that of the stage it enters; sets the case's due fields.

    With `run_on` the stage's last clock goes on as if it had never stopped, since returned work gets no new time.
    """
    stop, start = clock_change(source, Stage(case.stage))
    if stop is None and start is None:
        return
    if stop is not None:
        case.suspended_until = None
        ended = {"stopped_at": now, "next_at": None}
        rows.change(Deadline, ended, case_id=case.pk, stopped_at=None)
    if start is None:
        case.due_at = case.yellow_at = None
        return
    earlier = (
        Deadline.objects.filter(case_id=case.pk, clock=start).order_by("-id").first()
        if run_on
        else None
    )
    if earlier is not None:
        _run_on(case, earlier, now=now)
    else:
        _start(case, start, limit, now=now)


def run_of(deadline: Deadline) -> Run:
    """Compute a stored deadline again from its own facts."""
    return compute(
        Clock(deadline.clock),
        deadline.limit,
        organization_id=deadline.derivation.get("organization_id"),
        starts_at=deadline.starts_at,
        extensions=deadline.extensions,
        pauses=pauses_of(deadline),
    )


def instants_of(run: Run) -> list[list[Any]]:
    """When whom is told at which share of the limit, as it is stored."""
    return [
        [at.isoformat(), whom, share]
        for at, (share, whom) in zip(run.instants, run.levels, strict=True)
    ]


def pauses_of(deadline: Deadline) -> list[Pause]:
    """The stored pauses of a deadline."""
    return [
        Pause(datetime.fromisoformat(start), datetime.fromisoformat(until))
        for start, until in deadline.pauses
    ]


def retime(case: Case, deadline: Deadline, *, now: datetime) -> None:
    """Compute a running deadline again after its limit, extensions or pauses were changed; sets the case's due fields.

    Levels that were told stay told. Those of the new run follow: what lies ahead is told then, what lies behind and was
    never told is told at once, and nothing is told twice for the same instant.
    """
    run = run_of(deadline)
    told = deadline.levels[: deadline.next_level]
    shares_told = {share for _, _, share in told}
    ahead = [
        [at.isoformat(), whom, share]
        for at, (share, whom) in zip(run.instants, run.levels, strict=True)
        if at > now or share not in shares_told
    ]
    deadline.levels = [*told, *ahead]
    deadline.next_at = _instant(deadline, deadline.next_level)
    deadline.due_at = run.due.at
    deadline.derivation = _derivation(run, deadline.derivation.get("organization_id"))
    deadline.save(
        update_fields=[
            "limit", "extensions", "pauses", "levels", "next_at", "due_at", "derivation",
        ]
    )  # fmt: skip
    case.due_at, case.yellow_at = run.due.at, run.yellow_at


def tell_due(*, now: datetime, most: int = 2_000) -> int:
    """Tell whoever has to be told by now, the oldest first; the number of tellings. Any number of workers."""
    told = 0
    while told < most:
        with transaction.atomic():
            due = list(
                Deadline.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("case", "case__owner")
                .filter(stopped_at=None, next_at__lte=now)
                .order_by("next_at", "id")[: min(BATCH, most - told)]
            )
            if not due:
                return told
            with rows.together():
                for row in due:
                    rows.put(_tell(row, now=now))
                    rows.save(row, ("next_level", "next_at"))
            told += len(due)
    return told


def _start(case: Case, clock: Clock, limit: str, *, now: datetime) -> None:
    organization_id = case.handling_org_id if clock is Clock.HANDLE else None
    try:
        run = compute(clock, limit, organization_id=organization_id, starts_at=now)
    except YearNotLoaded as problem:
        # The matter must go on; an operator sees the sentence and loads the year. No due is invented.
        case.due_at = case.yellow_at = None
        case.suggestion = {**case.suggestion, "deadline_problem": problem.message}
        return
    rows.put(
        Deadline(
            case=case,
            clock=clock,
            limit=run.limit,
            starts_at=now,
            due_at=run.due.at,
            derivation=_derivation(run, organization_id),
            levels=instants_of(run),
            next_at=run.instants[0] if run.instants else None,
        )
    )
    case.due_at, case.yellow_at = run.due.at, run.yellow_at


def _derivation(run: Run, organization_id: int | None) -> dict[str, Any]:
    return {
        **run.due.derivation,
        "sentence": run.due.sentence,
        "organization_id": organization_id,
    }


def _run_on(case: Case, deadline: Deadline, *, now: datetime) -> None:
    deadline.stopped_at = None
    deadline.next_at = _instant(deadline, deadline.next_level)
    rows.save(deadline, ("stopped_at", "next_at"))
    case.due_at = deadline.due_at
    case.yellow_at = run_of(deadline).yellow_at


def _instant(deadline: Deadline, level: int) -> datetime | None:
    return (
        datetime.fromisoformat(deadline.levels[level][0]) if level < len(deadline.levels) else None
    )


def _tell(deadline: Deadline, *, now: datetime) -> Escalation:
    case, level = deadline.case, deadline.next_level
    _, whom, share = deadline.levels[level]
    overdue = share >= 1
    told_id = case.owner_id if whom == "owner" and case.owner_id else pick_leader(case, now=now)
    state = "已超时" if overdue else "即将超时"
    text = f"{state}：{case.number} {case.title}（{CLOCK_NAMES[Clock(deadline.clock)]}时限 {deadline.limit}）"
    tell(
        told_id,
        text,
        link=f"/cases/{case.number}",
        about=f"deadline:{deadline.pk}:{level}",
        now=now,
        level="red" if overdue else "yellow",
    )
    deadline.next_level = level + 1
    deadline.next_at = _instant(deadline, level + 1)
    return Escalation(
        deadline=deadline, case=case, level=level, overdue=overdue, told_id=told_id, at=now
    )


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


def _read_rules(day: date) -> dict[Clock, ClockRule]:
    rules = ClockRule.objects.filter(valid_from__lte=day).order_by("valid_from", "id")
    return {Clock(rule.clock): rule for rule in rules}


_rules_on = Remembered(_read_rules, seconds=5.0)

"""Plays a story on a case in memory and leaves the rows that the real moves would have left.

`make_move` writes one case at a time, with locks, audit lines and announcements; six thousand finished cases would
take it minutes. So the same table of moves and the same clocks are used here, the rows are collected and a batch is
stored at once. Steps that lie after `now` have not happened: such a case stays open where it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from linli.cases.actions.effects import CASES
from linli.cases.actions.promising import keep_promise
from linli.cases.flow import CASE, DECLINE_REASONS, MOVES, OPEN, OUTCOME_NAMES, Outcome, Stage
from linli.cases.models import Case, CaseMove, Deadline, Escalation, ForceCloseRequest
from linli.demo.story import Step, Story
from linli.kernel.calendar.errors import YearNotLoaded
from linli.kernel.matters.clocks import instant_at, new_run, set_due
from linli.kernel.people.models import Staff

TOLD_AFTER = timedelta(seconds=2)
"""How long after its instant somebody is told: the worker looks every second or so."""


@dataclass
class Played:
    """A case and its rows, none of them stored yet; rows point at each other by object."""

    story: Story
    case: Case
    moves: list[CaseMove] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    escalations: list[Escalation] = field(default_factory=list)
    requests: list[ForceCloseRequest] = field(default_factory=list)

    @property
    def ended(self) -> bool:
        return not self.case.open


def play(story: Story, case: Case, *, leader: Staff, now: datetime) -> Played:
    """Everything of the story that has happened by `now`; `case` is as it was opened."""
    played = Played(story, case)
    _change_clock(played, "", at=story.opened_at)
    facts = {"channel": case.intake_channel, **keep_promise(case, now=story.opened_at)}
    opening = Step("report" if not story.is_redo else "redo_opened", story.opened_at)
    _line(played, opening, "", facts=facts)
    for step in story.steps:
        if step.at > now:
            break
        _act(played, step)
    _tell(played, leader, now=now)
    return played


def _act(played: Played, step: Step) -> None:
    case, source = played.case, played.case.stage
    rule = MOVES.get(step.code)
    if rule is None:
        _line(played, step, source)
        return
    assert source in rule.sources, f"{step.code} does not leave {source}"
    effect = EFFECTS.get(step.code)
    facts = effect(played, step) if effect else {}
    if rule.target:
        case.stage = rule.target
    case.open = Stage(case.stage) in OPEN
    case.closed_at = None if case.open else step.at
    case.version += 1
    case.changed_at = step.at
    _change_clock(played, source, at=step.at, run_on=rule.runs_on)
    facts = {**facts, **keep_promise(case, now=step.at)}
    _line(played, step, source, facts=facts, public=step.public_reply or rule.public)


def _line(
    played: Played,
    step: Step,
    source: str,
    *,
    facts: dict[str, Any] | None = None,
    public: str = "",
) -> None:
    kind, name = ("staff", step.by.name) if step.by else BY.get(step.code, ("system", "系统"))
    texts = {"report": "已收到", "urge": "上报人催办，已通知经办人"}
    played.moves.append(
        CaseMove(
            case=played.case,
            code="report" if step.code == "redo_opened" else step.code,
            from_stage=source,
            to_stage=played.case.stage,
            at=step.at,
            by_kind=kind,
            by_name=name,
            by_staff=step.by,
            note=step.note,
            public_text=public or texts.get(step.code, ""),
            facts=facts or {},
        )
    )


BY = {"reopen": ("resident", "上报人"), "urge": ("resident", "居民")}


def _change_clock(played: Played, source: str, *, at: datetime, run_on: bool = False) -> None:
    case = played.case
    stop, start = CASE.clock_change(source, case.stage)
    if not stop and not start:
        return
    for running in played.deadlines if stop else ():
        if running.stopped_at is None:
            running.stopped_at, running.next_at = at, None
    if not start:
        case.due_at = case.yellow_at = None
        return
    earlier = [row for row in played.deadlines if row.clock == start] if run_on else []
    if earlier:
        earlier[-1].stopped_at = None
        case.due_at, case.yellow_at = earlier[-1].due_at, instant_at(earlier[-1], 0)
    else:
        _start(played, start, at)


def _start(played: Played, clock: str, at: datetime) -> None:
    case = played.case
    try:
        row, run = new_run(CASES, case, CASE.clock[clock], starts_at=at)
    except YearNotLoaded as problem:
        case.due_at = case.yellow_at = None
        case.note_deadline_problem(problem.message)
        return
    assert isinstance(row, Deadline), "the clocks of a case are its own"
    played.deadlines.append(row)
    set_due(case, run)


def _tell(played: Played, leader: Staff, *, now: datetime) -> None:
    """Reminders and escalations of every clock, as the worker would have told them by `now`."""
    for row in played.deadlines:
        until = row.stopped_at or now
        instants = [datetime.fromisoformat(level[0]) for level in row.levels]
        for number, (instant, (_, whom, share)) in enumerate(
            zip(instants, row.levels, strict=True)
        ):
            if instant > until:
                break
            told = leader if whom == "leader" else _who_acted(played, row)
            row.next_level = number + 1
            played.escalations.append(
                Escalation(
                    deadline=row, level=number, overdue=share >= 1, told=told,
                    at=instant + TOLD_AFTER,
                )
            )  # fmt: skip
        if row.stopped_at is None:
            row.next_at = instants[row.next_level] if row.next_level < len(instants) else None


def _who_acted(played: Played, row: Deadline) -> Staff | None:
    """Whoever made the move that stopped the clock: the owner whose clock it was."""
    return next((move.by_staff for move in played.moves if move.at == row.stopped_at), None)


def _accept(played: Played, step: Step) -> dict[str, Any]:
    case, category = played.case, played.story.matter.category
    case.category, case.urgent = category, category.urgent
    return {"category": category.name}


def _standard(played: Played, step: Step) -> dict[str, Any]:
    case, standard = played.case, played.story.matter.standard
    case.standard, case.category = standard, played.story.matter.category
    return {"standard": standard.filing_condition, "limit": standard.time_limit}


def _self_handle(played: Played, step: Step) -> dict[str, Any]:
    case = played.case
    assert step.by is not None, "a grid worker settles matters on the spot"
    case.handler, case.handling_org = step.by, step.by.organization
    case.outcome, case.public_reply = Outcome.SOLVED, step.public_reply
    return _standard(played, step)


def _dispatch(played: Played, step: Step) -> dict[str, Any]:
    case = played.case
    assert step.unit is not None, "an order is sent to a unit"
    case.handling_org, case.handler = step.unit, None
    worker = played.story.next_signer(step)
    why = f"{worker.name}：在岗，距现场较近，有空余。" if worker else ""
    return {
        "organization": step.unit.name,
        "organization_id": step.unit.pk,
        "worker": worker.name if worker else "",
        "why": why,
    }


def _sign_for(played: Played, step: Step) -> dict[str, Any]:
    played.case.handler = step.by
    return {}


def _return_back(played: Played, step: Step) -> dict[str, Any]:
    case = played.case
    case.returned += 1
    case.handling_org = case.handler = None
    return {}


def _feedback(played: Played, step: Step) -> dict[str, Any]:
    case = played.case
    case.handler, case.outcome, case.public_reply = step.by, step.outcome, step.public_reply
    return {"outcome": OUTCOME_NAMES[Outcome(step.outcome)]}


def _rework(played: Played, step: Step) -> dict[str, Any]:
    played.case.reworked += 1
    played.case.outcome = ""
    return {}


def _decline(played: Played, step: Step) -> dict[str, Any]:
    played.case.public_reply = step.public_reply
    reason = step.reason_code or "untrue"
    return {"reason_code": reason, "reason": DECLINE_REASONS[reason]}


def _reopen(played: Played, step: Step) -> dict[str, Any]:
    case = played.case
    case.reopened += 1
    case.outcome, case.handler = "", None
    return {}


def _force_close(played: Played, step: Step) -> dict[str, Any]:
    case, asked = (
        played.case,
        next(move for move in reversed(played.moves) if move.code == "ask_force_close"),
    )
    assert step.asked_by is not None, "one leader asks, the other closes"
    case.outcome, case.public_reply = step.outcome, step.public_reply
    played.requests.append(
        ForceCloseRequest(
            case=case,
            asked_by=step.asked_by,
            reason=asked.note.plain,
            asked_at=asked.at,
            granted=True,
            opinion=step.note[:300],
            decided_by=step.by,
            decided_at=step.at,
        )
    )
    return {"asked_by": step.asked_by.name, "asked_because": asked.note.plain}


def _redo(played: Played, step: Step) -> dict[str, Any]:
    played.case.outcome = Outcome.NOT_SOLVED
    return {}


def _merge(played: Played, step: Step) -> dict[str, Any]:
    played.case.outcome = Outcome.DUPLICATE
    return {}


EFFECTS: dict[str, Callable[[Played, Step], dict[str, Any]]] = {
    "accept": _accept,
    "register": _standard,
    "self_handle": _self_handle,
    "dispatch": _dispatch,
    "reassign": _dispatch,
    "sign_for": _sign_for,
    "return_back": _return_back,
    "feedback": _feedback,
    "rework": _rework,
    "decline": _decline,
    "refute": _decline,
    "reopen": _reopen,
    "force_close": _force_close,
    "redo": _redo,
    "merge": _merge,
}
"""What each move does to the case; the numbers of linked cases are added by `history` once they are known."""

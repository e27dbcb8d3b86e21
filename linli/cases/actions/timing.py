"""Changing the time of a case: 延期, 挂账, 超时申诉, and another class with another limit.

None of these is a stage. Each has a small table of its own, leaves a line in the timeline with the figures that a
replay needs, and computes the running deadline again from its start. Example: 2工作日 from Monday 9:00 is due on
Wednesday 9:00; one granted extension makes it Friday 9:00, a second one Tuesday 9:00, a third is refused.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from linli.cases import errors
from linli.cases.actions.effects import CASES
from linli.cases.actions.moving import add_line
from linli.cases.actions.promising import keep_promise
from linli.cases.events import CaseExtended
from linli.cases.flow import CASE, Clock, Stage
from linli.cases.models import (
    Case,
    Category,
    Deadline,
    Extension,
    FilingStandard,
    OvertimeAppeal,
    Suspension,
)
from linli.cases.queries import case_to_change, current_standards, roles_of
from linli.cases.requests import APPEAL, EXTENSION
from linli.kernel.acting import Actor, action
from linli.kernel.calendar.rules import MOST_EXTENSIONS
from linli.kernel.engine import rows
from linli.kernel.errors import NotFound
from linli.kernel.events.outbox import announce
from linli.kernel.jobs.queue import enqueue
from linli.kernel.matters.asking import (
    ask,
    decide,
    endorse,
    matter_to_ask,
    required,
    staff_id_of,
)
from linli.kernel.matters.clocks import retime
from linli.kernel.matters.conflicts import keep_axes_apart
from linli.kernel.matters.events import MatterRetimed
from linli.kernel.matters.inbox import keep_entry
from linli.kernel.notify.sending import tell

LONGEST_SUSPENSION = timedelta(days=365)
RESUME = "cases.resume"
_TIMED = (
    "due_at", "due_provisional", "yellow_at", "suspended_until", "promised_at", "promised_for", "promise_provisional",
    "version", "changed_at",
)  # fmt: skip


@action(may="cases.handle")
def ask_extension(
    case_id: int, *, reason: str, told: str = "", by: Actor, now: datetime
) -> Extension:
    """Ask for another whole limit, before it is overdue; two people have to agree.

    `told` is the reason in the words that reporters read once it is granted (北京市接诉即办工作条例 art. 15).

    Raises:
        WrongStage: not in handling, overdue, suspended, one is waiting already, or two were granted.
    """
    case = matter_to_ask(CASES, EXTENSION, case_id, by=by)
    deadline = _running(case)
    if now > deadline.due_at:
        raise errors.WrongStage(
            "已经超时，不能再申请延期；请尽快办结，结案后可提出超时申诉。", field="reason"
        )
    if deadline.extensions >= MOST_EXTENSIONS:
        raise errors.WrongStage(
            f"最多延期 {MOST_EXTENSIONS} 次，已经用完；请按现有时限办结，或请上级督办协调。",
            field="reason",
        )
    own = {"deadline": deadline, "due_before": deadline.due_at, "told": told.strip()[:300]}
    asked: Extension = ask(CASES, EXTENSION, case, reason=reason, by=by, now=now, **own)
    return asked


@action(may="cases.endorse_extension")
def endorse_extension(
    extension_id: int, *, agree: bool, opinion: str = "", by: Actor, now: datetime
) -> Extension:
    """The unit's own leader agrees, and the request goes to the dispatcher; or refuses, and it ends there."""
    asked: Extension = endorse(
        CASES, EXTENSION, extension_id, agree=agree, opinion=opinion, by=by, now=now
    )
    return asked


@action(may="cases.grant_extension")
def grant_extension(
    extension_id: int, *, agree: bool, opinion: str = "", by: Actor, now: datetime
) -> Extension:
    """The dispatcher's decision; granting adds one original limit, counted from the original start."""
    decided = decide(
        CASES, EXTENSION, extension_id, agree=agree, opinion=opinion, by=by, now=now, effect=_extend
    )
    asked: Extension = decided.request
    if asked.granted and decided.entry is not None:
        announce(CaseExtended(asked.case_id, decided.entry.pk), now=now)
        announce(MatterRetimed(CASE.code, asked.case_id, decided.entry.pk), now=now)
    return asked


@action(may="cases.suspend")
def suspend(case_id: int, *, until: datetime, reason: str, by: Actor, now: datetime) -> Suspension:
    """Stop the clock until an instant, once per case and at most a year ahead; it resumes by itself.

    Raises:
        WrongStage: not in handling, overdue, or suspended before.
        MissingFact: `until` is not ahead or too far ahead, or no reason.
    """
    case = case_to_change(case_id, by=by)
    keep_axes_apart(roles_of(case), "cases.suspend", by=by)
    deadline = _running(case)
    if Suspension.objects.filter(case=case).exists():
        raise errors.WrongStage("此案已经挂账过一次，每案只能挂账一次。", field="until")
    if now > deadline.due_at:
        raise errors.WrongStage(
            "已经超时的案件不能挂账；请尽快办结，结案后可提出超时申诉。", field="until"
        )
    if not now < until <= now + LONGEST_SUSPENSION:
        raise errors.MissingFact("挂账的恢复日期要在今天之后、一年之内。", field="until")
    pause = Suspension.objects.create(
        case=case,
        deadline=deadline,
        reason=required(reason, "挂账理由"),
        by_id=staff_id_of(by),
        since=now,
        until=until,
    )
    deadline.pauses = [*deadline.pauses, [now.isoformat(), until.isoformat()]]
    promised = _retime(case, deadline, now=now)
    facts = {"since": now.isoformat(), "until": until.isoformat(), **promised}
    line = add_line(
        case,
        "suspend",
        by=by,
        now=now,
        note=pause.reason,
        public_text="因客观条件暂缓办理",
        facts=facts,
    )
    announce(MatterRetimed(CASE.code, case.pk, line.pk), now=now)
    enqueue(RESUME, {"suspension_id": pause.pk}, due_at=until, now=now, key=f"resume:{pause.pk}")
    return pause


@action(may="cases.suspend")
def resume(suspension_id: int, *, by: Actor, now: datetime) -> Suspension:
    """Let the clock run again: earlier by a person, or by the system when the day has come."""
    pause = Suspension.objects.select_for_update().filter(pk=suspension_id).first()
    if pause is None:
        raise NotFound("没有这条挂账记录。", field="suspension")
    case = case_to_change(pause.case_id, by=by)
    if pause.resumed_at is not None:
        return pause
    keep_axes_apart(roles_of(case), "cases.suspend", by=by)
    pause.resumed_by_id, pause.resumed_at = by.staff_id, min(now, pause.until)
    pause.save(update_fields=["resumed_by", "resumed_at"])
    deadline = Deadline.objects.get(pk=pause.deadline_id)
    running = deadline.stopped_at is None
    promised: dict[str, Any] = {}
    # A pause of less than a minute is none.
    ended = min(max(now, pause.since + timedelta(minutes=1)), pause.until)
    if running and ended < pause.until:
        deadline.pauses = [*deadline.pauses[:-1], [pause.since.isoformat(), ended.isoformat()]]
        promised = _retime(case, deadline, now=now)
    if not case.open:
        return pause
    case.suspended_until = None
    rows.save(case, ("suspended_until",))
    keep_entry(CASES, case, was_open=True)
    # A clock that has stopped meanwhile keeps the pause as it was; only a running one gets the figures of a new due.
    facts = {"since": pause.since.isoformat(), "until": ended.isoformat()} if running else {}
    line = add_line(
        case, "resume", by=by, now=now, public_text="已恢复办理", facts={**facts, **promised}
    )
    announce(MatterRetimed(CASE.code, case.pk, line.pk), now=now)
    tell(
        case.owner_id,
        f"挂账到期，恢复计时：{case.number} {case.title}",
        link=f"/cases/{case.number}",
        about=f"resume:{pause.pk}",
        now=now,
        level="yellow",
    )
    return pause


@action(may="cases.handle")
def appeal_overtime(case_id: int, *, reason: str, by: Actor, now: datetime) -> OvertimeAppeal:
    """Ask, after closing and once, that an overtime be left out of the statistics."""
    case = matter_to_ask(CASES, APPEAL, case_id, by=by)
    if case.open:
        raise errors.WrongStage("结案以后才能提出超时申诉。", field="reason")
    late = next(
        (
            row
            for row in Deadline.objects.filter(case=case, clock=Clock.HANDLE).order_by("-id")
            if row.stopped_at is not None and row.stopped_at > row.due_at
        ),
        None,
    )
    if late is None:
        raise errors.WrongStage("此案处置没有超时，不需要申诉。", field="reason")
    if OvertimeAppeal.objects.filter(deadline=late).exists():
        raise errors.WrongStage("此案已经申诉过一次，不能再次申诉。", field="reason")
    appeal: OvertimeAppeal = ask(CASES, APPEAL, case, reason=reason, by=by, now=now, deadline=late)
    return appeal


@action(may="cases.review_appeal")
def review_appeal(
    appeal_id: int, *, agree: bool, opinion: str = "", by: Actor, now: datetime
) -> OvertimeAppeal:
    """One of two reviews; both must agree. Granted, the overtime leaves the statistics and stays a fact."""
    decided = decide(
        CASES, APPEAL, appeal_id, agree=agree, opinion=opinion, by=by, now=now, effect=_excuse
    )
    appeal: OvertimeAppeal = decided.request
    return appeal


@action(may="cases.register")
def reclassify(
    case_id: int, *, category: int, standard: int, reason: str, by: Actor, now: datetime
) -> Case:
    """Give a filed case another class and standard; the running handling clock is computed again from its start."""
    case = case_to_change(case_id, by=by)
    keep_axes_apart(roles_of(case), "cases.register", by=by)
    if Stage(case.stage) not in (Stage.TO_DISPATCH, Stage.TO_SIGN, Stage.HANDLING):
        raise errors.WrongStage("只有已立案、未反馈的案件可以调整类别。", field="category")
    chosen = rows.known(Category, category)
    if chosen is None or chosen.retired_at:
        raise errors.MissingFact("所选类别不存在或已停用，请重新选择。", field="category")
    row = FilingStandard.objects.filter(pk=standard).first()
    if row is None or row not in current_standards(chosen, now):
        raise errors.MissingFact("所选立案标准不属于此类别或已停用，请重新选择。", field="standard")
    facts = {
        "category_before": case.category.name if case.category else "",
        "category": chosen.name,
        "standard": row.filing_condition,
        "limit": case.order_limit or row.time_limit,
    }
    case.category, case.standard, case.urgent = chosen, row, case.urgent or chosen.urgent
    running = Deadline.objects.filter(case=case, stopped_at=None, clock=Clock.HANDLE).first()
    if running is not None:
        running.limit = facts["limit"]
        retime(CASES, case, running, now=now)
    promised = keep_promise(case, now=now)
    _changed(case, now=now)
    rows.save(case, ("category", "standard", "urgent", *_TIMED))
    keep_entry(CASES, case, was_open=True)
    line = add_line(
        case, "reclassify", by=by, now=now, note=required(reason, "调整理由"),
        public_text=f"已按“{chosen.name}”办理，时限重新计算" if promised else "",
        facts={**facts, **promised},
    )  # fmt: skip
    announce(MatterRetimed(CASE.code, case.pk, line.pk), now=now)
    return case


def _extend(asked: Extension, case: Case, *, by: Actor, now: datetime) -> dict[str, Any]:
    if not asked.granted:
        return {}
    deadline = _running(case)
    deadline.extensions += 1
    promised = _retime(case, deadline, now=now)
    asked.due_after = deadline.due_at
    told = {"told": asked.told} if asked.told else {}
    due = deadline.due_at.isoformat()
    return {"extensions": deadline.extensions, "due": due, **told, **promised}


def _excuse(appeal: OvertimeAppeal, case: Case, *, by: Actor, now: datetime) -> dict[str, Any]:
    if appeal.granted:
        Deadline.objects.filter(pk=appeal.deadline_id).update(excused_at=now)
    return {}


def _running(case: Case) -> Deadline:
    deadline = (
        Deadline.objects.select_for_update()
        .filter(case=case, stopped_at=None, clock=Clock.HANDLE)
        .first()
    )
    if deadline is None:
        raise errors.WrongStage("此案现在不在处置环节，没有可以调整的时限。", field="move")
    return deadline


def _retime(case: Case, deadline: Deadline, *, now: datetime) -> dict[str, Any]:
    """The running due anew; what that changes of the promise, for the line that says why."""
    retime(CASES, case, deadline, now=now)
    promised = keep_promise(case, now=now)
    _changed(case, now=now)
    rows.save(case, _TIMED)
    keep_entry(CASES, case, was_open=case.open)
    return promised


def _changed(case: Case, *, now: datetime) -> None:
    case.version += 1
    case.changed_at = now

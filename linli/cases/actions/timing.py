"""Changing the time of a case: 延期, 挂账, 超时申诉, and another class with another limit.

None of these is a stage. Each has a small table of its own, leaves a line in the timeline with the figures that a
replay needs, and computes the running deadline again from its start. Example: 2工作日 from Monday 9:00 is due on
Wednesday 9:00; one granted extension makes it Friday 9:00, a second one Tuesday 9:00, a third is refused.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from linli.cases import errors
from linli.cases.actions.effects import CASES
from linli.cases.actions.moving import add_line
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
from linli.kernel.acting import Actor, action
from linli.kernel.calendar.rules import MOST_EXTENSIONS
from linli.kernel.engine import rows
from linli.kernel.errors import NotFound
from linli.kernel.events.outbox import announce
from linli.kernel.jobs.queue import enqueue
from linli.kernel.matters.asking import ask_to_decide, required, staff_id_of
from linli.kernel.matters.clocks import retime
from linli.kernel.matters.conflicts import keep_axes_apart, keep_from_own_unit, keep_to_the_unit
from linli.kernel.matters.inbox import keep_entry
from linli.kernel.notify.sending import tell

LONGEST_SUSPENSION = timedelta(days=365)
RESUME = "cases.resume"


@action(may="cases.handle")
def ask_extension(case_id: int, *, reason: str, by: Actor, now: datetime) -> Extension:
    """Ask for another whole limit, before it is overdue; two people have to agree.

    Raises:
        WrongStage: not in handling, overdue, suspended, one is waiting already, or two were granted.
    """
    case = case_to_change(case_id, by=by)
    keep_to_the_unit(CASE, case, by=by)
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
    if Extension.objects.filter(case=case, granted=None).exists():
        raise errors.WrongStage("已有一个延期申请在审批，请等待结果。", field="reason")
    asked = Extension.objects.create(
        case=case,
        deadline=deadline,
        reason=required(reason, "延期理由"),
        asked_by_id=staff_id_of(by),
        asked_at=now,
        due_before=deadline.due_at,
    )
    add_line(case, "ask_extension", by=by, now=now, note=asked.reason)
    about = f"extension:{asked.pk}:endorse"
    ask_to_decide(case, "cases.endorse_extension", "延期待审核", about=about, by=by, now=now)
    return asked


@action(may="cases.endorse_extension")
def endorse_extension(
    extension_id: int, *, agree: bool, opinion: str = "", by: Actor, now: datetime
) -> Extension:
    """The unit's own leader agrees, and the request goes to the dispatcher; or refuses, and it ends there."""
    asked, case = _waiting_extension(extension_id, by=by)
    if asked.endorsed_at is not None:
        raise errors.WrongStage("本单位已经同意，正等派遣员审批。", field="agree")
    _not_the_asker(asked.asked_by_id, by, "延期申请")
    if not agree:
        return _refuse(asked, case, opinion, by=by, now=now)
    asked.endorsed_by_id, asked.endorsed_at = by.staff_id, now
    asked.save(update_fields=["endorsed_by", "endorsed_at"])
    add_line(case, "endorse_extension", by=by, now=now, note=opinion.strip())
    about = f"extension:{asked.pk}:grant"
    ask_to_decide(case, "cases.grant_extension", "延期待审批", about=about, by=by, now=now)
    return asked


@action(may="cases.grant_extension")
def grant_extension(
    extension_id: int, *, agree: bool, opinion: str = "", by: Actor, now: datetime
) -> Extension:
    """The dispatcher's decision; granting adds one original limit, counted from the original start."""
    asked, case = _waiting_extension(extension_id, by=by)
    keep_axes_apart(roles_of(case), "cases.grant_extension", by=by)
    if asked.endorsed_at is None:
        raise errors.WrongStage("要先由承办单位负责人同意。", field="agree")
    if by.staff_id in (asked.asked_by_id, asked.endorsed_by_id):
        raise errors.SamePerson("延期申请要由承办单位以外的人审批。", field="agree")
    if not agree:
        return _refuse(asked, case, opinion, by=by, now=now)
    deadline = _running(case)
    deadline.extensions += 1
    _retime(case, deadline, now=now)
    asked.granted, asked.decided_by_id, asked.decided_at = True, by.staff_id, now
    asked.opinion, asked.due_after = opinion.strip()[:300], deadline.due_at
    asked.save(update_fields=["granted", "decided_by", "decided_at", "opinion", "due_after"])
    line = add_line(
        case,
        "extend",
        by=by,
        now=now,
        note=asked.opinion,
        public_text="办理时限已延长",
        facts={"extensions": deadline.extensions, "due": deadline.due_at.isoformat()},
    )
    announce(CaseExtended(case.pk, line.pk), now=now)
    tell(
        asked.asked_by_id,
        f"延期已批准：{case.number} {case.title}",
        link=f"/cases/{case.number}",
        about=f"extension:{asked.pk}",
        now=now,
    )
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
    _retime(case, deadline, now=now, suspended_until=until)
    facts = {"since": now.isoformat(), "until": until.isoformat()}
    add_line(
        case,
        "suspend",
        by=by,
        now=now,
        note=pause.reason,
        public_text="因客观条件暂缓办理",
        facts=facts,
    )
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
    # A pause of less than a minute is none.
    ended = min(max(now, pause.since + timedelta(minutes=1)), pause.until)
    if running and ended < pause.until:
        deadline.pauses = [*deadline.pauses[:-1], [pause.since.isoformat(), ended.isoformat()]]
        _retime(case, deadline, now=now)
    if not case.open:
        return pause
    case.suspended_until = None
    rows.save(case, ("suspended_until",))
    keep_entry(CASES, case, was_open=True)
    # A clock that has stopped meanwhile keeps the pause as it was; only a running one gets the figures of a new due.
    facts = {"since": pause.since.isoformat(), "until": ended.isoformat()} if running else {}
    add_line(case, "resume", by=by, now=now, public_text="已恢复办理", facts=facts)
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
    case = case_to_change(case_id, by=by)
    keep_to_the_unit(CASE, case, by=by)
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
    appeal = OvertimeAppeal.objects.create(
        deadline=late,
        case=case,
        reason=required(reason, "申诉理由"),
        asked_by_id=staff_id_of(by),
        asked_at=now,
    )
    add_line(case, "appeal_overtime", by=by, now=now, note=appeal.reason)
    about = f"appeal:{appeal.pk}"
    ask_to_decide(case, "cases.review_appeal", "超时申诉待复核", about=about, by=by, now=now)
    return appeal


@action(may="cases.review_appeal")
def review_appeal(
    appeal_id: int, *, agree: bool, opinion: str = "", by: Actor, now: datetime
) -> OvertimeAppeal:
    """One of two reviews; both must agree. Granted, the overtime leaves the statistics and stays a fact."""
    appeal = OvertimeAppeal.objects.select_for_update().filter(pk=appeal_id).first()
    if appeal is None:
        raise NotFound("没有这个申诉。", field="appeal")
    case = case_to_change(appeal.case_id, by=by)
    if appeal.granted is not None:
        raise errors.WrongStage("这个申诉已有结论。", field="agree")
    roles = roles_of(case)
    keep_axes_apart(roles, "cases.review_appeal", by=by)
    keep_from_own_unit(CASE, case, by=by)
    if by.staff_id in roles.handlers | {appeal.asked_by_id, appeal.first_by_id}:
        raise errors.SamePerson("申诉要由两位没有参与处置的同事分别复核。", field="agree")
    if agree and appeal.first_by_id is None:
        appeal.first_by_id, appeal.first_at = by.staff_id, now
        appeal.save(update_fields=["first_by", "first_at"])
        add_line(case, "review_appeal", by=by, now=now, note=opinion.strip())
        return appeal
    appeal.granted, appeal.decided_by_id, appeal.decided_at = agree, by.staff_id, now
    appeal.opinion = opinion.strip()[:300]
    appeal.save(update_fields=["granted", "decided_by", "decided_at", "opinion"])
    if agree:
        Deadline.objects.filter(pk=appeal.deadline_id).update(excused_at=now)
    code = "grant_appeal" if agree else "refuse_appeal"
    add_line(case, code, by=by, now=now, note=appeal.opinion)
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
        "limit": row.time_limit,
    }
    case.category, case.standard, case.urgent = chosen, row, case.urgent or chosen.urgent
    running = Deadline.objects.filter(case=case, stopped_at=None, clock=Clock.HANDLE).first()
    if running is not None:
        running.limit = row.time_limit
        retime(CASES, case, running, now=now)
    _changed(case, now=now)
    rows.save(
        case, ("category", "standard", "urgent", "due_at", "yellow_at", "version", "changed_at")
    )
    keep_entry(CASES, case, was_open=True)
    add_line(case, "reclassify", by=by, now=now, note=required(reason, "调整理由"), facts=facts)
    return case


def _running(case: Case) -> Deadline:
    deadline = (
        Deadline.objects.select_for_update()
        .filter(case=case, stopped_at=None, clock=Clock.HANDLE)
        .first()
    )
    if deadline is None:
        raise errors.WrongStage("此案现在不在处置环节，没有可以调整的时限。", field="move")
    return deadline


def _retime(
    case: Case, deadline: Deadline, *, now: datetime, suspended_until: datetime | None = None
) -> None:
    retime(CASES, case, deadline, now=now)
    case.suspended_until = suspended_until
    _changed(case, now=now)
    rows.save(case, ("due_at", "yellow_at", "suspended_until", "version", "changed_at"))
    keep_entry(CASES, case, was_open=case.open)


def _changed(case: Case, *, now: datetime) -> None:
    case.version += 1
    case.changed_at = now


def _waiting_extension(extension_id: int, *, by: Actor) -> tuple[Extension, Case]:
    found = Extension.objects.filter(pk=extension_id).first()
    if found is None:
        raise NotFound("没有这个延期申请。", field="extension")
    case = case_to_change(found.case_id, by=by)
    asked = Extension.objects.select_for_update().get(pk=extension_id)
    if asked.granted is not None:
        raise errors.WrongStage("这个延期申请已有结论。", field="agree")
    return asked, case


def _refuse(asked: Extension, case: Case, opinion: str, *, by: Actor, now: datetime) -> Extension:
    asked.granted, asked.decided_by_id, asked.decided_at = False, by.staff_id, now
    asked.opinion = required(opinion, "不同意的理由")
    asked.save(update_fields=["granted", "decided_by", "decided_at", "opinion"])
    add_line(case, "refuse_extension", by=by, now=now, note=asked.opinion)
    tell(
        asked.asked_by_id,
        f"延期未批准：{case.number} {case.title}",
        link=f"/cases/{case.number}",
        about=f"extension:{asked.pk}",
        now=now,
        level="yellow",
    )
    return asked


def _not_the_asker(asked_by_id: int, by: Actor, what: str) -> None:
    if by.staff_id == asked_by_id:
        raise errors.SamePerson(f"{what}不能由申请人自己审批。", field="agree")

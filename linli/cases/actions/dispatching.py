"""Between the dispatcher and the units: 派单争议 and designation, 协办 and 加派, 督办, 异议.

A unit that gets an order may return it once, inside the window (首接负责). If it disagrees again it raises a dispute;
whoever rules on it names the unit, and the unit named cannot return the order. Helping units stand beside the one that
leads and take nothing from it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from linli.cases import errors
from linli.cases.actions.effects import CASES
from linli.cases.actions.moving import add_line, make_move
from linli.cases.facts import Facts
from linli.cases.flow import AT_THE_UNIT, CASE, Stage
from linli.cases.models import (
    Assistance,
    Case,
    CaseMove,
    DispatchDispute,
    Objection,
    Supervision,
)
from linli.cases.queries import case_to_change, case_to_help, roles_of
from linli.cases.requests import DISPUTE, OBJECTION
from linli.kernel.acting import Actor, action
from linli.kernel.engine import rows
from linli.kernel.engine.rows import known
from linli.kernel.errors import NotFound
from linli.kernel.matters.asking import (
    ask,
    decide,
    matter_to_ask,
    required,
    staff_id_of,
)
from linli.kernel.matters.conflicts import keep_axes_apart, keep_to_the_unit
from linli.kernel.notify.sending import tell
from linli.kernel.organisations.models import Organization
from linli.kernel.people.queries import staff_of


@action(may="cases.handle")
def raise_dispute(case_id: int, *, reason: str, by: Actor, now: datetime) -> DispatchDispute:
    """Say that an order is not one's own after it came back (派单争议); somebody on the command side rules.

    Raises:
        WrongStage: not at the unit, never returned yet, designated, or a dispute is open.
    """
    case = matter_to_ask(CASES, DISPUTE, case_id, by=by)
    if Stage(case.stage) not in AT_THE_UNIT or case.handling_org_id is None:
        raise errors.WrongStage("案件不在承办单位手上，不能提出派单争议。", field="reason")
    if case.designated:
        raise errors.WrongStage("此案已经裁定由贵单位承办，请继续办理。", field="reason")
    if not case.returned:
        raise errors.WrongStage(
            "第一次有异议请先用“退回”；退回后又派来的，才提出派单争议。", field="reason"
        )
    dispute: DispatchDispute = ask(
        CASES, DISPUTE, case, reason=reason, by=by, now=now, organization_id=case.handling_org_id
    )
    return dispute


@action(may="cases.rule_dispute")
def rule_dispute(
    dispute_id: int, *, organization: int, opinion: str, by: Actor, now: datetime
) -> DispatchDispute:
    """Name the unit that has to handle the case; it cannot return it. The case goes there in the same transaction."""
    named = known(Organization, organization)
    if named is None or named.retired_at:
        raise errors.MissingFact("请选择由哪个单位承办。", field="organization")
    found = DispatchDispute.objects.filter(pk=dispute_id).first()
    elsewhere = found is not None and named.pk != found.organization_id

    def designate(
        asked: DispatchDispute, case: Case, *, by: Actor, now: datetime
    ) -> dict[str, Any]:
        return _designate(asked, case, named, by=by, now=now)

    decided = decide(
        CASES,
        DISPUTE,
        dispute_id,
        agree=elsewhere,
        opinion=opinion,
        by=by,
        now=now,
        effect=designate,
    )
    dispute: DispatchDispute = decided.request
    return dispute


@action(may="cases.dispatch")
def add_assistance(
    case_id: int, *, organization: int, kind: str, opinion: str, by: Actor, now: datetime
) -> Assistance:
    """Ask another unit to help (协办) or to take part as well (加派); the first one stays responsible."""
    case = case_to_change(case_id, by=by)
    keep_axes_apart(roles_of(case), "cases.dispatch", by=by)
    if Stage(case.stage) not in AT_THE_UNIT:
        raise errors.WrongStage(
            "案件派出之后、反馈之前，才能请其他单位协办。", field="organization"
        )
    unit = known(Organization, organization)
    if unit is None or unit.retired_at:
        raise errors.MissingFact("所选单位不存在或已撤销，请重新选择。", field="organization")
    if (
        unit.pk == case.handling_org_id
        or Assistance.objects.filter(case=case, organization=unit).exists()
    ):
        raise errors.WrongStage(f"{unit.name}已经在办理此案。", field="organization")
    if kind not in Assistance.Kind.values:
        raise errors.MissingFact("请选择协办还是加派。", field="kind")
    helping = Assistance.objects.create(
        case=case,
        organization=unit,
        kind=kind,
        opinion=required(opinion, "请对方做什么", "opinion"),
        added_by_id=staff_id_of(by),
        added_at=now,
    )
    label = Assistance.Kind(kind).label
    add_line(case, "assist", by=by, now=now, note=f"{unit.name}（{label}）：{helping.opinion}")
    for staff_id in staff_of(unit.pk):
        tell(
            staff_id,
            f"请{label}：{case.number} {case.title}",
            link=f"/cases/{case.number}",
            about=f"assistance:{helping.pk}",
            now=now,
        )
    return helping


@action(may="cases.handle")
def finish_assistance(assistance_id: int, *, note: str, by: Actor, now: datetime) -> Assistance:
    """The helping unit says what it did."""
    helping = Assistance.objects.select_for_update().filter(pk=assistance_id).first()
    if helping is None or helping.organization_id not in by.scope().organizations:
        raise NotFound("没有交给贵单位的这项协办。", field="assistance")
    if helping.done_at is not None:
        raise errors.WrongStage("这项协办已经完成。", field="note")
    case = case_to_help(helping.case_id)
    helping.done_by_id, helping.done_at = by.staff_id, now
    helping.done_note = required(note, "协办情况", "note")
    helping.save(update_fields=["done_by", "done_at", "done_note"])
    add_line(case, "finish_assistance", by=by, now=now, note=helping.done_note)
    tell(
        case.owner_id,
        f"协办单位已办结：{case.number} {case.title}",
        link=f"/cases/{case.number}",
        about=f"assistance:{helping.pk}:done",
        now=now,
    )
    return helping


@action(may="cases.supervise")
def supervise(
    case_id: int, *, demand: str, answer_by: datetime, by: Actor, now: datetime
) -> Supervision:
    """Ask the unit for an account by an instant (督办); no clock of the case changes."""
    case = case_to_change(case_id, by=by)
    keep_axes_apart(roles_of(case), "cases.supervise", by=by)
    if not case.open:
        raise errors.WrongStage("已结束的案件不能督办；需要时请重开。", field="demand")
    if answer_by <= now:
        raise errors.MissingFact("答复期限要晚于现在。", field="answer_by")
    asked = Supervision.objects.create(
        case=case,
        demand=required(demand, "督办要求", "demand"),
        answer_by=answer_by,
        by_id=staff_id_of(by),
        at=now,
    )
    add_line(case, "supervise", by=by, now=now, note=asked.demand)
    for staff_id in {case.owner_id, case.handler_id} - {None}:
        tell(
            staff_id,
            f"督办：{case.number} {case.title}",
            link=f"/cases/{case.number}",
            about=f"supervision:{asked.pk}",
            now=now,
            level="red",
        )
    return asked


@action(may="cases.handle")
def answer_supervision(
    supervision_id: int, *, answer: str, by: Actor, now: datetime
) -> Supervision:
    """The unit's account."""
    found = Supervision.objects.filter(pk=supervision_id).first()
    if found is None:
        raise NotFound("没有这项督办。", field="supervision")
    case = case_to_change(found.case_id, by=by)
    keep_to_the_unit(CASE, case, by=by)
    asked = Supervision.objects.select_for_update().get(pk=supervision_id)
    if asked.answered_at is not None:
        raise errors.WrongStage("这项督办已经答复。", field="answer")
    asked.answered_by_id, asked.answered_at = by.staff_id, now
    asked.answer = required(answer, "督办答复", "answer", most=500)
    asked.save(update_fields=["answered_by", "answered_at", "answer"])
    add_line(case, "answer_supervision", by=by, now=now, note=asked.answer)
    tell(
        asked.by_id,
        f"督办已答复：{case.number} {case.title}",
        link=f"/cases/{case.number}",
        about=f"supervision:{asked.pk}:answer",
        now=now,
    )
    return asked


@action(may="cases.handle")
def object_to_rework(case_id: int, *, reason: str, by: Actor, now: datetime) -> Objection:
    """Disagree with the last rework (异议). The work goes on meanwhile; only the statistic is in question."""
    case = matter_to_ask(CASES, OBJECTION, case_id, by=by)
    rework = CaseMove.objects.filter(case=case, code="rework").order_by("-id").first()
    if rework is None:
        raise errors.WrongStage("此案没有被返工，不需要提出异议。", field="reason")
    if Objection.objects.filter(move=rework).exists():
        raise errors.WrongStage("对这次返工已经提出过异议。", field="reason")
    objection: Objection = ask(CASES, OBJECTION, case, reason=reason, by=by, now=now, move=rework)
    return objection


@action(may="cases.decide_objection")
def decide_objection(
    objection_id: int, *, agree: bool, opinion: str, by: Actor, now: datetime
) -> Objection:
    """Uphold or reject; an upheld one takes the rework out of the statistics, and it stays in the timeline."""
    decided = decide(CASES, OBJECTION, objection_id, agree=agree, opinion=opinion, by=by, now=now)
    objection: Objection = decided.request
    return objection


def _designate(
    dispute: DispatchDispute, case: Case, unit: Organization, *, by: Actor, now: datetime
) -> dict[str, Any]:
    """Send the case to the unit if it is not there, and keep that unit from returning it."""
    dispute.designated = unit
    if unit.pk != case.handling_org_id and Stage(case.stage) in AT_THE_UNIT:
        facts = Facts(organization=unit.pk, note=f"争议裁定：{dispute.opinion}")
        case = make_move(case.pk, "reassign", by=by, facts=facts, now=now)
    case.designated = True
    rows.save(case, ("designated",))
    return {"organization": unit.name}

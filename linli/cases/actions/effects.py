"""The kind of matter a case is: what each move does beside going to the next stage, and what it refuses.

An effect gets a locked case and returns facts to note in the timeline.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from linli.cases import errors
from linli.cases.actions.merging import let_go, take_in
from linli.cases.actions.opening import open_redo
from linli.cases.actions.photos import attach_photos
from linli.cases.actions.promising import hanging, keep_promise
from linli.cases.actions.ruled import reconsider
from linli.cases.actions.secrecy import hide_case
from linli.cases.catalogue.community_list import refused_by_list
from linli.cases.facts import Facts
from linli.cases.flow import CASE, DECLINE_REASONS, OUTCOME_NAMES, Clock, Outcome
from linli.cases.models import (
    Case,
    CaseMove,
    Category,
    Channel,
    Deadline,
    Escalation,
    FilingStandard,
    Merge,
    PhotoKind,
    TextKey,
    WorkOrder,
)
from linli.cases.queries import cases_seen, order_limit, roles_of, units_below
from linli.cases.requests import FORCED_CLOSING, REQUESTS
from linli.cases.suggesting.worker import suggest_worker
from linli.kernel.acting import Actor, within
from linli.kernel.calendar.local import local_day
from linli.kernel.calendar.queries import working_time_for
from linli.kernel.calendar.rules import due_at, parse_limit
from linli.kernel.engine.rows import known
from linli.kernel.matters.asking import grant_by_move, waiting_request
from linli.kernel.matters.flow import Move
from linli.kernel.matters.kinds import Effect, Kind
from linli.kernel.matters.roster import holders_by_organization
from linli.kernel.organisations.models import Organization
from linli.kernel.people.models import Staff

RETURN_WINDOW = "2工作日"
"""How long a unit may return an order that is not its own, from dispatch; a 12345 rule, set per city later."""

REOPEN_WINDOW = timedelta(days=7)
"""How long after closing a reporter's "not solved" reopens the case; the one setting for page and interface."""


def _accept(case: Case, *, by: Actor, facts: Facts, now: datetime) -> dict[str, Any]:
    category = _active(Category, facts.category, "category", "类别")
    case.category = category
    urgent = case.proposal.urgent
    case.urgent = category.urgent or urgent.danger or urgent.merged
    reconsider(case, now=now)
    return {"category": category.name}


def _standard(case: Case, *, by: Actor, facts: Facts, now: datetime) -> dict[str, Any]:
    standard, today = known(FilingStandard, facts.standard), local_day(now)
    if (
        standard is None
        or standard.valid_from > today
        or (standard.valid_until and standard.valid_until < today)
    ):
        raise errors.MissingFact("所选立案标准不存在或已停用，请重新选择。", field="standard")
    if case.category_id and standard.category_id != case.category_id:
        raise errors.MissingFact(
            f"所选立案标准属于“{standard.category.name}”，与本案类别不同。", field="standard"
        )
    case.standard, case.category_id = standard, standard.category_id
    of_kind = order_limit(case, on=today)
    case.order_limit = of_kind.time_limit if of_kind else ""
    limit = case.own_limit(Clock.HANDLE)
    noted = {"standard": standard.filing_condition, "limit": limit}
    return {**noted, "limit_source": of_kind.source} if of_kind else noted


def _self_handle(case: Case, *, by: Actor, facts: Facts, now: datetime) -> dict[str, Any]:
    noted = _standard(case, by=by, facts=facts, now=now)
    case.handler_id, case.handling_org_id = by.staff_id, by.organization_id
    case.outcome = Outcome.SOLVED
    case.public_reply = facts.public_reply.strip()
    return noted


def _dispatch(case: Case, *, by: Actor, facts: Facts, now: datetime) -> dict[str, Any]:
    organization = known(Organization, facts.organization)
    if organization is None or organization.retired_at:
        raise errors.MissingFact("所选承办单位不存在或已撤销，请重新选择。", field="organization")
    refusal = refused_by_list(case, organization, on=local_day(now))
    if refusal:
        raise errors.NotOnTheList(refusal, field="organization")
    case.handling_org = organization
    case.handler = None
    case.designated = False
    if facts.worker:
        worker = Staff.objects.filter(
            pk=facts.worker, organization=organization, left_at=None
        ).first()
        if worker is None:
            raise errors.MissingFact("所选人员不在该单位或已离职，请重新选择。", field="worker")
        case.owner, why = worker, f"由{by.name}指定{worker.name}。"
    else:
        case.owner_id, why = suggest_worker(case, now=now)
    if case.intake_channel == Channel.HOTLINE:
        # 首接负责: whoever gets the order first leads it to the end.
        WorkOrder.objects.filter(case_id=case.pk, first_unit=None).update(first_unit=organization)
    worker = known(Staff, case.owner_id)
    return {
        "organization": organization.name,
        "organization_id": organization.pk,
        "worker": worker.name if worker else "",
        "why": why,
    }


def _sign_for(case: Case, *, by: Actor, facts: Facts, now: datetime) -> dict[str, Any]:
    case.handler_id = case.owner_id = by.staff_id
    return {}


def _hand_over(case: Case, *, by: Actor, facts: Facts, now: datetime) -> dict[str, Any]:
    """To a colleague, or to a unit below the own one; the clock runs on and nobody's right to return begins anew."""
    before = known(Organization, case.handling_org_id)
    unit = before
    if facts.organization and facts.organization != case.handling_org_id:
        unit = next((one for one in units_below(case) if one.pk == facts.organization), None)
    if unit is None or unit.retired_at:
        raise errors.MissingFact(
            "只能转给本单位的同事，或辖区在本单位之内、管这个地点的下级单位；其他单位请“退回”由派遣员改派。",
            field="organization",
        )
    refusal = refused_by_list(case, unit, on=local_day(now))
    if refusal:
        raise errors.NotOnTheList(refusal, field="organization")
    worker, why = _colleague(case, unit, by=by, facts=facts, now=now)
    moved = {"organization": unit.name} if unit != before else {}
    case.handling_org, case.handler, case.owner = unit, None, worker
    return {**moved, "worker": worker.name if worker else "", "why": why}


def _colleague(
    case: Case, unit: Organization, *, by: Actor, facts: Facts, now: datetime
) -> tuple[Staff | None, str]:
    """Who gets it: whoever was named; in another unit, if nobody was, whoever it would be sent to."""
    if not facts.worker:
        if unit.pk == case.handling_org_id:
            raise errors.MissingFact("请选择转给本单位的哪一位同事。", field="worker")
        case.handling_org = unit
        worker_id, why = suggest_worker(case, now=now)
        return known(Staff, worker_id), why
    able = holders_by_organization("cases.handle", local_day(now)).get(unit.pk, frozenset())
    worker = Staff.objects.filter(pk=facts.worker, organization=unit, left_at=None).first()
    if worker is None or worker.pk not in able:
        raise errors.MissingFact("所选人员不在该单位或不处置案件，请重新选择。", field="worker")
    if worker.pk == case.owner_id:
        raise errors.WrongStage(f"此案已经在{worker.name}手上，请选择别的同事。", field="worker")
    return worker, f"由{by.name}转给{worker.name}。"


def _return_back(case: Case, *, by: Actor, facts: Facts, now: datetime) -> dict[str, Any]:
    if case.designated:
        raise errors.WrongStage("此案已裁定由贵单位承办，不能退回，请继续办理。", field="move")
    if case.returned:
        raise errors.WrongStage(
            "此案已退回过一次，不能再次退回；有异议请提交派单争议。", field="move"
        )
    sent = CaseMove.objects.filter(case_id=case.pk, code="dispatch").order_by("-id").first()
    day = local_day(sent.at) if sent else None
    if sent and day:
        until = due_at(
            sent.at, parse_limit(RETURN_WINDOW), working_time=working_time_for(None, on=day)
        ).at
        if now > until:
            raise errors.WrongStage(
                f"退回期限（派遣后{RETURN_WINDOW}）已过，请继续办理或提交派单争议。", field="move"
            )
    case.returned += 1
    case.handling_org = case.handler = None
    return {}


def _feedback(case: Case, *, by: Actor, facts: Facts, now: datetime) -> dict[str, Any]:
    if facts.outcome in (Outcome.DUPLICATE, Outcome.NOT_SOLVED):
        raise errors.MissingFact(
            "重复案件请用“并案”，未解决请说明是不属职责还是暂无法解决。", field="outcome"
        )
    if by.staff_id is not None:
        case.handler_id = by.staff_id
    case.outcome = facts.outcome
    case.public_reply = facts.public_reply.strip()
    return {"outcome": OUTCOME_NAMES[Outcome(facts.outcome)]}


def _rework(case: Case, *, by: Actor, facts: Facts, now: datetime) -> dict[str, Any]:
    case.reworked += 1
    case.outcome = ""
    case.owner_id = case.handler_id
    first = CaseMove.objects.filter(case_id=case.pk, code="feedback").order_by("-id").first()
    if first is None:
        return {}
    return {"feedback": first.pk, "handled_by": first.by_name, "handled_at": first.at.isoformat()}


def _decline(case: Case, *, by: Actor, facts: Facts, now: datetime) -> dict[str, Any]:
    case.public_reply = facts.public_reply.strip()
    return {"reason_code": facts.reason_code, "reason": DECLINE_REASONS[facts.reason_code]}


def _refute(case: Case, *, by: Actor, facts: Facts, now: datetime) -> dict[str, Any]:
    case.public_reply = facts.public_reply.strip()
    return {"reason_code": "untrue", "reason": DECLINE_REASONS["untrue"]}


def _reopen(case: Case, *, by: Actor, facts: Facts, now: datetime) -> dict[str, Any]:
    if by.kind == "resident" and case.closed_at and now > case.closed_at + REOPEN_WINDOW:
        raise errors.WrongStage(
            f"结案已超过 {REOPEN_WINDOW.days} 天，请重新上报，我们会关联原来的记录。",
            field="solved",
        )
    case.reopened += 1
    case.outcome = ""
    case.handler = None
    return {}


def _force_close(case: Case, *, by: Actor, facts: Facts, now: datetime) -> dict[str, Any]:
    request = grant_by_move(CASES, FORCED_CLOSING, case, opinion=facts.note, by=by, now=now)
    case.outcome = facts.outcome or Outcome.CANNOT_BE_SOLVED
    case.public_reply = facts.public_reply.strip()
    return {"asked_by": request.asked_by.name, "asked_because": request.reason}


def _redo(case: Case, *, by: Actor, facts: Facts, now: datetime) -> dict[str, Any]:
    case.outcome = Outcome.NOT_SOLVED
    new = open_redo(case, by=by, reason=facts.note, now=now)
    return {"new_case": new.number}


def _merge(case: Case, *, by: Actor, facts: Facts, now: datetime) -> dict[str, Any]:
    reach = within(by.scope())
    survivor = (
        Case.objects.select_for_update(of=("self",)).filter(reach, pk=facts.survivor or 0).first()
    )
    if survivor is None or survivor.pk == case.pk or not survivor.open:
        raise errors.MissingFact("请选择另一件仍在办理的案件作为主案。", field="survivor")
    Merge.objects.create(survivor=survivor, merged=case, stage_before=case.stage, at=now)
    case.merged_into = survivor
    case.outcome = Outcome.DUPLICATE
    take_in(survivor, case, now=now)
    if case.confidential:
        hide_case(survivor.pk, confidential=True)
    return {"survivor": survivor.number}


def _split(case: Case, *, by: Actor, facts: Facts, now: datetime) -> dict[str, Any]:
    merge = Merge.objects.select_for_update().filter(merged_id=case.pk, undone_at=None).first()
    if merge is None:
        raise errors.WrongStage("此案没有并入其他案件，不需要拆分。", field="move")
    merge.undone_at = now
    merge.save(update_fields=["undone_at"])
    let_go(merge.survivor_id, case)
    case.merged_into = None
    case.stage = merge.stage_before
    case.outcome = ""
    return {"survivor": merge.survivor.number}


def _merged(case: Case, move: Move, *, by: Actor, facts: Facts) -> None:
    if case.merged_into_id and move.code != "split":
        raise errors.Merged("此案已并入另一件，请在并入的案件上办理。")


def _from_the_lists(case: Case, move: Move, *, by: Actor, facts: Facts) -> None:
    if facts.reason_code and facts.reason_code not in DECLINE_REASONS:
        raise errors.MissingFact(
            f"没有“{facts.reason_code}”这个原因，请从列表中选择。", field="reason_code"
        )
    if facts.outcome and facts.outcome not in set(Outcome):
        raise errors.MissingFact(
            f"没有“{facts.outcome}”这个办理结果，请从列表中选择。", field="outcome"
        )


def _fits(case: Case, move: Move, actor: Actor) -> bool:
    if bool(case.merged_into_id) != (move.code == "split"):
        return False
    if move.code == "return_back":
        return not case.returned and not case.designated
    if move.code == "self_handle":
        return case.category_id is not None
    if move.code == FORCED_CLOSING.decide.code:
        request = waiting_request(CASES, FORCED_CLOSING, case)
        return request is not None and request.asked_by_id != actor.staff_id
    return True


def _keep_photos(case: Case, entry: CaseMove, *, by: Actor, facts: Facts, now: datetime) -> None:
    for name, kind in PHOTOS.items():
        if getattr(facts, name):
            attach_photos(getattr(facts, name), kind, case=case, by=by, now=now)


def _ended(case: Case) -> None:
    """Nobody looks for likenesses with a case that has ended."""
    if case.lon is None:
        TextKey.objects.filter(case_id=case.pk).delete()


PHOTOS = {
    "photo_before": PhotoKind.BEFORE,
    "photo_after": PhotoKind.AFTER,
    "photo_check": PhotoKind.CHECK,
}

EFFECTS: dict[str, Effect] = {
    "accept": _accept,
    "register": _standard,
    "self_handle": _self_handle,
    "dispatch": _dispatch,
    "reassign": _dispatch,
    "sign_for": _sign_for,
    "hand_over": _hand_over,
    "return_back": _return_back,
    "feedback": _feedback,
    "rework": _rework,
    "decline": _decline,
    "refute": _refute,
    "reopen": _reopen,
    "force_close": _force_close,
    "redo": _redo,
    "merge": _merge,
    "split": _split,
}

CASES = Kind(
    flow=CASE,
    matter=Case,
    run=Deadline,
    entry=CaseMove,
    reminder=Escalation,
    key="case",
    facts=Facts,
    columns=(
        "category", "standard", "outcome", "public_reply", "returned", "reworked", "reopened", "merged_into",
        "suggestion", "urgent", "report_count", "designated", "order_limit", "promised_at", "promised_for",
        "promise_provisional",
    ),
    effects=EFFECTS,
    checks=(_merged, _from_the_lists),
    fits=_fits,
    related=("category",),
    view="cases.view",
    seen=cases_seen,
    roles=roles_of,
    keep_photos=_keep_photos,
    ended=_ended,
    requests=REQUESTS,
    settled=keep_promise,
    hanging=hanging,
)  # fmt: skip


def _active(model: type[Category], row_id: int | None, field: str, label: str) -> Category:
    row = known(model, row_id)
    if row is None or row.retired_at:
        raise errors.MissingFact(f"所选{label}不存在或已停用，请重新选择。", field=field)
    return row

"""Making a move: the one place where a case changes its stage.

`make_move` reads the table in `flow.py`, checks right, scope, stage, version and facts, lets the move do its own
part (`EFFECTS`), changes the clock and the owner, and appends the line to the timeline. Every door and screen comes
through here, so nobody closes a case by another way.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from linli.cases import errors
from linli.cases.actions.apart import (
    keep_axes_apart,
    keep_from_own_work,
    keep_named,
    keep_to_the_unit,
)
from linli.cases.actions.effects import EFFECTS
from linli.cases.actions.photos import attach_photos
from linli.cases.clocks import change_clock
from linli.cases.events import CaseMoved
from linli.cases.facts import Facts
from linli.cases.flow import (
    DECLINE_REASONS,
    ENDED,
    FACT_NAMES,
    MOVES,
    OPEN,
    MoveRule,
    Outcome,
    Stage,
)
from linli.cases.models import (
    Case,
    CaseMove,
    FilingStandard,
    ForceCloseRequest,
    PhotoKind,
    TextKey,
)
from linli.cases.parts import AXIS
from linli.cases.queries import case_to_change, parts_of
from linli.cases.roster import pick_owner
from linli.cases.whistle.queries import open_whistle_of
from linli.kernel.acting import Actor
from linli.kernel.audit import chain
from linli.kernel.engine import rows
from linli.kernel.engine.rows import known
from linli.kernel.errors import NotAllowed
from linli.kernel.events.outbox import announce
from linli.kernel.notify.sending import tell

CHANGED = [
    "stage", "open", "version", "owner", "handler", "handling_org", "category", "standard", "due_at", "yellow_at",
    "closed_at", "outcome", "public_reply", "returned", "reworked", "reopened", "merged_into", "changed_at",
    "suggestion", "urgent", "report_count", "suspended_until", "designated",
]  # fmt: skip
ENDING = frozenset(code for code, rule in MOVES.items() if rule.target in ENDED or code == "merge")
"""Moves after which nobody works on the case any more."""

PHOTOS = {
    "photo_before": PhotoKind.BEFORE,
    "photo_after": PhotoKind.AFTER,
    "photo_check": PhotoKind.CHECK,
}


def make_move(case_id: int, move: str, *, by: Actor, facts: Facts, now: datetime) -> Case:
    """Make one move of the flow on one case.

    Raises:
        UnknownMove, NotAllowed, NotFound, Conflict, WrongStage, MissingFact, SamePerson.
    """
    rule = MOVES.get(move)
    if rule is None:
        raise errors.UnknownMove(f"没有“{move}”这个操作。", field="move")
    if not by.may(rule.may):
        _audit(rule, case_id, by, now, "refused")
        raise NotAllowed(f"您的岗位不能“{rule.name}”，请交给有此权限的同事。")
    by = replace(by, doing=rule.may)
    with transaction.atomic(), rows.together():
        case = case_to_change(case_id, by=by)
        _check(case, rule, by=by, facts=facts)
        apply_move(case, rule, by=by, facts=facts, now=now)
        _audit(rule, case_id, by, now, "done")
    return case


def apply_move(case: Case, rule: MoveRule, *, by: Actor, facts: Facts, now: datetime) -> None:
    """Carry out a move that was already found allowed, on a locked case."""
    source = Stage(case.stage)
    effect = EFFECTS.get(rule.code)
    extra = effect(case, by=by, facts=facts, now=now) if effect else {}
    if rule.target:
        case.stage = rule.target
    _settle(case, source, rule, now=now)
    case.version += 1
    case.changed_at = now
    rows.save(case, CHANGED)
    _store_photos(case, facts, by=by, now=now)
    line = CaseMove(
        case=case,
        code=rule.code,
        from_stage=source,
        to_stage=case.stage,
        at=now,
        by_kind=by.kind,
        by_name=by.name,
        by_staff_id=by.staff_id,
        note=facts.note.strip(),
        public_text=facts.public_reply.strip() or rule.public,
        facts=extra,
    )
    rows.insert(line)
    announce(CaseMoved(case.pk, line.pk, rule.code, source, case.stage), now=now)


def _settle(case: Case, source: Stage, rule: MoveRule, *, now: datetime) -> None:
    """Owner, clock and end of a case that has just entered a stage."""
    case.open = Stage(case.stage) in OPEN
    if case.open:
        barred = frozenset(
            {case.handler_id} if case.handler_id and case.stage != Stage.HANDLING else ()
        )
        if case.stage not in (Stage.TO_SIGN, Stage.HANDLING) or not case.owner_id:
            case.owner_id, sentence = pick_owner(case, now=now, barred=barred)
            case.suggestion = {**case.suggestion, "owner": sentence}
        case.closed_at = None
        tell(
            case.owner_id,
            f"{case.stage_name}：{case.number} {case.title}",
            link=f"/cases/{case.number}",
            about=f"case:{case.pk}:{case.version + 1}",
            now=now,
        )
    else:
        case.owner_id = None
        case.closed_at = now
        if case.lon is None:
            TextKey.objects.filter(case_id=case.pk).delete()
    standard = known(FilingStandard, case.standard_id) if case.stage == Stage.TO_SIGN else None
    limit = standard.time_limit if standard else ""
    change_clock(case, source, now=now, limit=limit, run_on=rule.code in ("rework", "split"))


def _check(case: Case, rule: MoveRule, *, by: Actor, facts: Facts) -> None:
    if facts.version is not None and facts.version != case.version:
        raise errors.Conflict(
            f"此案刚被他人更新（您看到的是第 {facts.version} 版，现为第 {case.version} 版），请刷新后再办。",
            field="version",
        )
    if case.merged_into_id and rule.code != "split":
        raise errors.Merged("此案已并入另一件，请在并入的案件上办理。")
    if Stage(case.stage) not in rule.sources:
        raise errors.WrongStage(
            f"“{case.stage_name}”的案件不能“{rule.name}”，请刷新后查看当前环节。", field="move"
        )
    _check_facts(rule, facts)
    _check_apart(case, rule, by=by)
    if rule.code in ENDING:
        _check_whistle(case, rule)


def _check_facts(rule: MoveRule, facts: Facts) -> None:
    for name in rule.needs:
        if not facts.given(name):
            raise errors.MissingFact(f"“{rule.name}”需要填写{FACT_NAMES[name]}。", field=name)
    if facts.reason_code and facts.reason_code not in DECLINE_REASONS:
        raise errors.MissingFact(
            f"没有“{facts.reason_code}”这个原因，请从列表中选择。", field="reason_code"
        )
    if facts.outcome and facts.outcome not in set(Outcome):
        raise errors.MissingFact(
            f"没有“{facts.outcome}”这个办理结果，请从列表中选择。", field="outcome"
        )


def _check_whistle(case: Case, rule: MoveRule) -> None:
    whistle = open_whistle_of(case.pk)
    if whistle is not None:
        raise errors.OpenWhistle(
            f"此案正在吹哨办理（{whistle.number} {whistle.title}），请先结束这次吹哨，再“{rule.name}”。",
            field="move",
        )


def _check_apart(case: Case, rule: MoveRule, *, by: Actor) -> None:
    keep_named(rule, by=by)
    if rule.of_the_unit:
        keep_to_the_unit(case, by=by)
    if by.staff_id is None:
        return
    if rule.apart_from or rule.may in AXIS:
        parts = parts_of(case)
        if "handler" in rule.apart_from:
            keep_from_own_work(case, parts, by=by)
        keep_axes_apart(parts, rule.may, by=by)
    if "force_close_asker" in rule.apart_from:
        request = ForceCloseRequest.objects.filter(case_id=case.pk, used_at=None).first()
        if request is None:
            raise errors.MissingFact(
                "强制结案要先由另一位同事提出申请并写明理由。", field="request"
            )
        if request.asked_by_id == by.staff_id:
            raise errors.SamePerson("强制结案的申请人不能自己批准，请由另一位领导办理。")


def _store_photos(case: Case, facts: Facts, *, by: Actor, now: datetime) -> None:
    for name, kind in PHOTOS.items():
        if getattr(facts, name):
            attach_photos(getattr(facts, name), kind, case=case, by=by, now=now)


def _audit(rule: MoveRule, case_id: int, by: Actor, now: datetime, result: str) -> None:
    chain.write(
        at=now,
        actor_kind=by.kind,
        account_id=by.account_id,
        actor_name=by.name,
        action=f"cases.{rule.code}",
        subject=f"cases.case:{case_id}",
        detail={},
        result=result,
    )

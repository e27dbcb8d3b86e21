"""What workers send from the phone: reports from the spot, and commands that may arrive late and more than once.

A command carries the id the phone gave it. The first arrival carries it out and keeps the answer, every later one
gets the same answer, so the phone may ask until it has heard. A refusal is an answer too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from linli.cases.actions.intake import Receipt, receive_report
from linli.cases.actions.moving import make_move
from linli.cases.actions.opening import triage_report
from linli.cases.actions.remarks import remark
from linli.cases.drafts import ReportDraft
from linli.cases.errors import MissingFact
from linli.cases.facts import Facts
from linli.cases.flow import MOVES, Stage
from linli.cases.models import Case, FieldCommand
from linli.cases.queries import case_for, current_standards
from linli.kernel.acting import Actor
from linli.kernel.errors import LinliError, NotFound
from linli.kernel.matters import moving
from linli.kernel.matters.facts import Facts as MatterFacts
from linli.kernel.matters.kinds import kind_of


@dataclass(frozen=True)
class MoveCommand:
    """A move, or a remark (`code` remark), on the case with this number."""

    number: str
    code: str
    facts: Facts

    @property
    def action(self) -> str:
        return self.code


@dataclass(frozen=True)
class MatterCommand:
    """A move on a matter of another kind, by the code of its flow and its row id."""

    kind: str
    matter_id: int
    code: str
    facts: MatterFacts

    @property
    def action(self) -> str:
        return self.code


@dataclass(frozen=True)
class ReportCommand:
    """A report; with `handled` it was put right on the spot."""

    draft: ReportDraft
    handled: Facts | None = None

    @property
    def action(self) -> str:
        return "report"


@dataclass(frozen=True)
class RefusedCommand:
    """A command whose form was not in order; `message` is what the worker reads, now and whenever it comes again."""

    action: str
    message: str


@dataclass(frozen=True)
class Reported:
    """What became of a report from the spot. `problem` says why a matter that was put right is not down as such."""

    receipt: Receipt
    case: Case | None
    problem: str = ""


def report_on_site(
    draft: ReportDraft, *, handled: Facts | None, by: Actor, now: datetime
) -> Reported:
    """Store a report, give it its case at once and, with `handled`, note that it was put right on the spot.

    The standard may be left out of `handled` where the class has only one. The report is safe when this returns,
    whatever `problem` says.

    Raises:
        BadReport: a field is wrong; `field` names it and nothing is stored.
    """
    receipt = receive_report(draft, by=by, now=now)
    case: Case | None = None
    try:
        case = triage_report(receipt.report_id, by=by, now=now)
        if handled is not None:
            case = _put_right(case, handled, by=by, now=now)
    except LinliError as problem:
        return Reported(receipt, case, problem.message)
    return Reported(receipt, case)


Command = MoveCommand | MatterCommand | ReportCommand | RefusedCommand


def carry_out(
    command_id: UUID,
    command: Command,
    *,
    made_at: datetime,
    by: Actor,
    now: datetime,
) -> FieldCommand:
    """Carry out a command of a phone once; the same id again gives the answer of the first time.

    Raises:
        NotFound: another account made a command with this id.
    """
    assert by.account_id is not None, "only somebody with a login has a phone that sends commands"
    try:
        with transaction.atomic():
            # Taken first: a second arrival waits here, then finds the answer.
            row = FieldCommand.objects.create(
                id=command_id,
                account_id=by.account_id,
                action=command.action,
                made_at=made_at,
                received_at=now,
            )
            row.result = _answer(command, by=by, now=now)
            row.save(update_fields=["result"])
            return row
    except IntegrityError:
        known = command_known(command_id, by=by)
        if known is None:
            raise
        return known


def command_known(command_id: UUID, *, by: Actor) -> FieldCommand | None:
    """The command with this id, if it has arrived.

    Raises:
        NotFound: another account made it.
    """
    row = FieldCommand.objects.filter(pk=command_id).first()
    if row is not None and row.account_id != by.account_id:
        raise NotFound("这条操作不是您的，不能查看。", field="id")
    return row


def _answer(command: Command, *, by: Actor, now: datetime) -> dict[str, object]:
    if isinstance(command, RefusedCommand):
        return _refused(command.message)
    try:
        if isinstance(command, ReportCommand):
            return _reported(command, by=by, now=now)
        if isinstance(command, MatterCommand):
            return _moved_matter(command, by=by, now=now)
        return _moved(command, by=by, now=now)
    except LinliError as refusal:
        return _refused(refusal.message)


def _refused(message: str) -> dict[str, object]:
    return {"done": False, "message": message, "link": ""}


def _moved(command: MoveCommand, *, by: Actor, now: datetime) -> dict[str, object]:
    case = case_for(by, command.number)
    if command.code == "remark":
        remark(case.pk, note=command.facts.note, by=by, now=now)
        name = "备注"
    else:
        make_move(case.pk, command.code, by=by, facts=command.facts, now=now)
        name = MOVES[command.code].name
    message = f"已办理“{name}”：{case.number}"
    return {"done": True, "message": message, "link": f"/cases/{case.number}"}


def _moved_matter(command: MatterCommand, *, by: Actor, now: datetime) -> dict[str, object]:
    kind = kind_of(command.kind)
    matter = moving.make_move(
        kind, command.matter_id, command.code, by=by, facts=command.facts, now=now
    )
    message = f"已办理“{kind.flow.word(command.code)}”：{matter.number}"
    return {"done": True, "message": message, "link": f"/matters/{kind.code}/{matter.pk}"}


def _reported(command: ReportCommand, *, by: Actor, now: datetime) -> dict[str, object]:
    found = report_on_site(command.draft, handled=command.handled, by=by, now=now)
    message = f"已上报，回执号 {found.receipt.receipt}。{found.problem}"
    link = f"/cases/{found.case.number}" if found.case else ""
    return {"done": True, "message": message, "link": link}


def _put_right(case: Case, handled: Facts, *, by: Actor, now: datetime) -> Case:
    if case.stage == Stage.TO_CHECK and case.handler_id == by.staff_id:
        return case  # the same report sent again
    if handled.standard is None:
        standards = current_standards(case.category, now) if case.category else []
        if len(standards) != 1:
            raise MissingFact("这类事有几条立案标准，请在案件里选一条再办结。", field="standard")
        handled = replace(handled, standard=standards[0].pk)
    return make_move(case.pk, "self_handle", by=by, facts=handled, now=now)

"""Filling in the sheet of a hotline order: how it was dealt with, and its papers. No move, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from linli.cases import errors
from linli.cases.actions.moving import add_line
from linli.cases.flow import AT_THE_UNIT, Stage
from linli.cases.models import Case, Solved, WorkOrder
from linli.cases.queries import case_to_change
from linli.hotline.models import HandlingMethod, OrderFile, OrderFileKind, OrderHandling
from linli.hotline.papers import kept_from, readable
from linli.kernel.acting import Actor, action
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.files.actions import confirm_file
from linli.kernel.files.models import StoredFile
from linli.kernel.matters.asking import staff_id_of
from linli.kernel.matters.conflicts import works_on

UNSOLVED = frozenset({Solved.PARTLY_SOLVED, Solved.NOT_SOLVED})

SHEET_LINE = "order_handling"
PAPER_LINE = "order_file"


@dataclass(frozen=True)
class HandlingFacts:
    """The sheet as the unit gives it. An empty number keeps the one that is there; None is not answered yet."""

    is_true: bool | None = None
    beyond_duty: bool | None = None
    contacted: bool | None = None
    contact_number: str = ""
    contacted_at: datetime | None = None
    solved: str = ""
    unresolved_reason: str = ""
    method: str = ""


@action(may="cases.handle")
def record_handling(
    case_id: int, facts: HandlingFacts, *, by: Actor, now: datetime
) -> OrderHandling:
    """Write the sheet of an order that lies with the actor's unit; the timeline says that it was filled in.

    Raises:
        WrongStage: no hotline order, or not with the unit.
        MissingFact: a contact without number or time, something unsolved without a reason.
    """
    case = _at_the_unit(case_id, by=by)
    row = OrderHandling.objects.filter(case=case).first() or OrderHandling(case=case)
    number = _number(facts.contact_number) or (row.contact_number if facts.contacted else "")
    _check(facts, number, now=now)
    row.is_true, row.beyond_duty = facts.is_true, facts.beyond_duty
    row.contacted, row.contact_number = facts.contacted, number
    row.contacted_at = facts.contacted_at if facts.contacted else None
    row.solved, row.method = facts.solved, facts.method
    row.unresolved_reason = facts.unresolved_reason.strip() if facts.solved in UNSOLVED else ""
    row.by_id, row.at = staff_id_of(by), now
    row.save()
    add_line(case, SHEET_LINE, by=by, now=now, note=_words(row))
    return row


@action(may="cases.handle")
def add_papers(
    case_id: int, file_ids: Iterable[int], *, kind: str, by: Actor, now: datetime
) -> list[OrderFile]:
    """Put stored files on the sheet; the same file of the same kind stays one paper.

    Raises:
        WrongStage: no hotline order, or not with the unit. MissingFact: no such kind, or a file is gone.
    """
    case = _at_the_unit(case_id, by=by)
    if kind not in OrderFileKind.values:
        raise errors.MissingFact("请选择附件种类：证件、联系证据或办理附件。", field="kind")
    wanted = list(dict.fromkeys(file_ids))
    files = {file.pk: file for file in StoredFile.objects.filter(pk__in=wanted)}
    if len(files) != len(wanted):
        raise errors.MissingFact("有文件没有上传成功，请重新选择。", field="files")
    there = set(OrderFile.objects.filter(case=case, kind=kind).values_list("file_id", flat=True))
    made = []
    for file_id in wanted:
        if file_id not in there:
            confirm_file(files[file_id].sha256, by=by, now=now)
            made.append(
                OrderFile(case=case, file_id=file_id, kind=kind, by_id=staff_id_of(by), at=now)
            )
    OrderFile.objects.bulk_create(made)
    if made:
        note = f"{OrderFileKind(kind).label} {len(made)} 份"
        add_line(case, PAPER_LINE, by=by, now=now, note=note)
    return made


@action(may="cases.view")
def open_paper(paper_id: int, *, by: Actor, now: datetime) -> OrderFile:
    """The paper, for whoever may read its kind on this case; the audit log says who looked.

    Raises:
        NotFound: no such paper, or on a case out of reach. NotAllowed: not this kind.
    """
    row = OrderFile.objects.select_related("file").filter(pk=paper_id).first()
    if row is None:
        raise NotFound("没有这份附件，请刷新案件页面。", field="paper")
    case = case_to_change(row.case_id, by=by)
    if not readable(by, row, case, hidden=kept_from(by, case)):
        raise NotAllowed("您的岗位不能查看这类附件；如工作需要，请由受理或回访人员查看。")
    return row


def _at_the_unit(case_id: int, *, by: Actor) -> Case:
    case = case_to_change(case_id, by=by)
    if not WorkOrder.objects.filter(case=case).exists():
        raise errors.WrongStage("这件案件不是热线工单。", field="order")
    if Stage(case.stage) not in AT_THE_UNIT:
        raise errors.WrongStage("工单在承办单位办理时才能填写。", field="order")
    if not works_on(by, case, "cases.handle"):
        raise NotAllowed("这件工单没有派给您的单位，请由承办单位填写。")
    return case


def _check(facts: HandlingFacts, number: str, *, now: datetime) -> None:
    if facts.solved and facts.solved not in Solved.values:
        raise errors.MissingFact("请从列表中选择是否解决。", field="solved")
    if facts.method and facts.method not in HandlingMethod.values:
        raise errors.MissingFact("请从列表中选择处理方式。", field="method")
    if facts.contacted:
        _check_contact(facts.contacted_at, number, now=now)
    if facts.solved in UNSOLVED and not facts.unresolved_reason.strip():
        raise errors.MissingFact("没有完全解决的，请写明原因。", field="unresolved_reason")
    if len(facts.unresolved_reason.strip()) > 500:
        raise errors.MissingFact("未解决原因最多 500 字。", field="unresolved_reason")


def _check_contact(contacted_at: datetime | None, number: str, *, now: datetime) -> None:
    if not number:
        raise errors.MissingFact("已联系的，请填写联系号码。", field="contact_number")
    if contacted_at is None:
        raise errors.MissingFact("已联系的，请填写联系时间。", field="contacted_at")
    if contacted_at > now:
        raise errors.MissingFact("联系时间不能晚于现在。", field="contacted_at")


def _number(text: str) -> str:
    digits = "".join(c for c in text if c.isascii() and c.isdigit())
    if text.strip() and not 5 <= len(digits) <= 20:
        raise errors.MissingFact("联系号码应为 5 到 20 位数字。", field="contact_number")
    return digits


def _words(row: OrderHandling) -> str:
    """One sentence for the timeline; the number is not in it."""
    told = [
        ("诉求属实", row.is_true),
        ("超出职责", row.beyond_duty),
        ("已联系群众", row.contacted),
    ]
    found = [f"{label}：{'是' if value else '否'}" for label, value in told if value is not None]
    if row.solved:
        found.append(f"是否解决：{Solved(row.solved).label}")
    if row.unresolved_reason:
        found.append(f"原因：{row.unresolved_reason.rstrip('。')}")
    if row.method:
        found.append(f"处理方式：{HandlingMethod(row.method).label}")
    return "；".join(found)

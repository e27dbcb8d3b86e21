"""What changes no stage and no clock: remarks, urging, asking for a forced closing, moving a report out."""

from __future__ import annotations

from datetime import datetime

from linli.cases import errors
from linli.cases.actions.effects import CASES
from linli.cases.actions.moving import add_line
from linli.cases.actions.opening import open_case
from linli.cases.duplicates.rules import Decision, Verdict
from linli.cases.models import Case, CaseMove, ForceCloseRequest, Report
from linli.cases.queries import case_to_change, roles_of, survivor_of
from linli.cases.requests import FORCED_CLOSING
from linli.cases.suggesting.category import suggest_category
from linli.kernel.acting import Actor, action
from linli.kernel.errors import NotFound
from linli.kernel.matters.asking import ask, decide, matter_to_ask, required
from linli.kernel.matters.conflicts import keep_axes_apart
from linli.kernel.matters.facts import Facts
from linli.kernel.matters.moving import check_texts
from linli.kernel.notify.sending import tell


@action(may="cases.remark")
def remark(case_id: int, *, note: str, by: Actor, now: datetime) -> CaseMove:
    """Add an internal remark to the timeline; no clock changes."""
    if not note.strip():
        raise errors.MissingFact("请写下备注内容。", field="note")
    check_texts(Facts(note=note))
    case = case_to_change(case_id, by=by)
    return add_line(case, "remark", by=by, now=now, note=note.strip())


@action(may="cases.report")
def urge(report_id: int, *, by: Actor, now: datetime) -> CaseMove:
    """The reporter urges (催办), once per stage; the owner is told."""
    report = Report.objects.select_related("case").filter(pk=report_id).exclude(case=None).first()
    if report is None or report.case is None:
        raise errors.WrongStage("这件事现在不需要催办。", field="move")
    case = Case.objects.select_for_update(of=("self",)).get(pk=survivor_of(report.case).pk)
    if not case.open:
        raise errors.WrongStage("这件事已经办结，不需要催办。", field="move")
    if CaseMove.objects.filter(
        case=case, code="urge", to_stage=case.stage, facts__report=report.pk
    ).exists():
        raise errors.WrongStage("已经帮您催过了，工作人员会尽快处理。", field="move")
    about = f"urge:{case.pk}:{case.version}:{report.pk}"
    tell(
        case.owner_id,
        f"催办：{case.number} {case.title}",
        link=f"/cases/{case.number}",
        about=about,
        now=now,
        level="yellow",
    )
    return add_line(
        case,
        "urge",
        by=by,
        now=now,
        public_text="上报人催办，已通知经办人",
        facts={"report": report.pk},
    )


@action(may="cases.supervise")
def urge_unit(case_id: int, *, note: str, by: Actor, now: datetime) -> CaseMove:
    """The command side urges whoever has the case (催办), as often as it must; no clock changes."""
    words = required(note, "催办的话", "note")
    case = case_to_change(case_id, by=by)
    keep_axes_apart(roles_of(case), "cases.supervise", by=by)
    if not case.open:
        raise errors.WrongStage("已结束的案件不需要催办；需要时请重开。", field="note")
    line = add_line(case, "urge_unit", by=by, now=now, note=words)
    for staff_id in {case.owner_id, case.handler_id} - {None}:
        tell(
            staff_id,
            f"催办：{case.number} {case.title}。{by.name}：{words}",
            link=f"/cases/{case.number}",
            about=f"urge:{line.pk}",
            now=now,
            level="yellow",
        )
    return line


@action(may="cases.ask_force_close")
def ask_force_close(case_id: int, *, reason: str, by: Actor, now: datetime) -> ForceCloseRequest:
    """Ask that a case be closed by force; another person has to do it."""
    case = matter_to_ask(CASES, FORCED_CLOSING, case_id, by=by)
    asked: ForceCloseRequest = ask(CASES, FORCED_CLOSING, case, reason=reason, by=by, now=now)
    return asked


@action(may="cases.force_close")
def refuse_force_close(
    request_id: int, *, opinion: str, by: Actor, now: datetime
) -> ForceCloseRequest:
    """Say no to closing a case by force, and why; it goes on as it was.

    Raises:
        SamePerson: whoever asked, or worked on the case.
        WrongStage: decided already. MissingFact: without a word.
    """
    refused: ForceCloseRequest = decide(
        CASES, FORCED_CLOSING, request_id, agree=False, opinion=opinion, by=by, now=now
    ).request
    return refused


@action(may="cases.merge")
def split_report(report_id: int, *, by: Actor, now: datetime) -> Case:
    """Take a joined report out of its case and open one of its own for it."""
    report = (
        Report.objects.select_for_update(of=("self",))
        .select_related("case")
        .filter(pk=report_id)
        .first()
    )
    if report is None or report.case is None:
        raise NotFound("没有这条上报。", field="report")
    case = case_to_change(report.case.pk, by=by)
    if not report.joined_because:
        raise errors.WrongStage("这是立案时的第一条上报，不能拆出。", field="report")
    case.report_count -= 1
    case.save(update_fields=["report_count"])
    add_line(case, "split_report", by=by, now=now, note=f"上报 {report.receipt} 已拆出单独办理")
    report.joined_because = ""
    report.save(update_fields=["joined_because"])
    guess = suggest_category(report.title, report.body)
    decision = Decision(Verdict.NOTHING, (), f"由{by.name}从 {case.number} 拆出。")
    return open_case(report, guess, decision, by=by, now=now)

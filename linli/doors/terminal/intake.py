"""`linli intake FILE`: hand in a file of reports and follow them until each has a case and an owner."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from django.conf import settings
from django.utils.module_loading import import_string

from linli.cases.actions.intake import TRIAGE
from linli.cases.importing import REPORTS, import_reports
from linli.cases.models import Case, Channel, Report
from linli.doors.terminal.output import console, print_json, progress, show_notes, show_refused
from linli.kernel.acting import SYSTEM
from linli.kernel.jobs.queue import run_due
from linli.kernel.tables.reading import read_table

PATIENCE_SECONDS = 300
"""How long the command waits for the last report to be sorted; seconds. The promise is five minutes."""


def register(app: typer.Typer) -> None:
    """Add the command `intake`."""
    app.command(name="intake")(intake)


def intake(
    file: Annotated[Path, typer.Argument(help="CSV 或 Excel 文件。", exists=True, dir_okay=False)],
    channel: Annotated[str, typer.Option(help=f"来源：{'、'.join(Channel.values)}")] = "hotline",
    source: Annotated[str, typer.Option(help="来源系统名；同一编号在同一来源内只收一次。")] = "",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象。")] = False,
) -> None:
    """导入一份上报文件：逐行入库、分类、归并、派给责任人；可重复执行。"""
    began = time.monotonic()
    table = read_table(file.name, file.read_bytes(), REPORTS)
    now = import_string(settings.LINLI_CLOCK)
    with progress("入库", len(table.rows)) as done:
        result, report_ids = import_reports(
            table, channel=channel, source=source or channel, by=SYSTEM, now=now(), progress=done
        )
    _sort(report_ids)
    answer = (
        result.as_data() | _summary(report_ids) | {"seconds": round(time.monotonic() - began, 1)}
    )
    if as_json:
        print_json(answer)
    else:
        _tell(answer)
    raise typer.Exit(0 if result.all_taken else 1)


def _sort(report_ids: list[int]) -> None:
    """Run the sorting jobs here, beside any worker, until none of these reports waits."""
    now = import_string(settings.LINLI_CLOCK)
    total = _waiting(report_ids)
    until = time.monotonic() + PATIENCE_SECONDS
    with progress("分类、归并、派给责任人", total) as done:
        while (waiting := _waiting(report_ids)) and time.monotonic() < until:
            if not run_due(now=now(), most=100, kinds=(TRIAGE,)):
                time.sleep(0.2)
            done(total - waiting)


def _waiting(report_ids: list[int]) -> int:
    return Report.objects.filter(pk__in=report_ids, case=None).count()


def _summary(report_ids: list[int]) -> dict[str, Any]:
    reports = Report.objects.filter(pk__in=report_ids).select_related("case__category")
    cases = {report.case_id: report.case for report in reports if report.case is not None}
    joined = sum(bool(report.joined_because) for report in reports)
    open_cases = [case for case in cases.values() if case.open]
    return {
        "joined": joined,
        "cases": len(cases),
        "without_owner": sum(case.owner_id is None for case in open_cases),
        "waiting": sum(report.case_id is None for report in reports),
        "classes": dict(Counter(_class(case) for case in cases.values()).most_common()),
        "to_be_classified": sum(case.category_id is None for case in cases.values()),
        "organizations": dict(
            Counter(
                case.proposal.organization.name or "待人工确定" for case in cases.values()
            ).most_common()
        ),
    }


def _class(case: Case) -> str:
    guess = case.proposal.category
    return case.category.name if case.category else f"待定（{guess.code or '无建议'}）"


def _tell(answer: dict[str, Any]) -> None:
    console.print(
        f"读取 {answer['read']} 行：入库 {answer['stored']}，已有 {answer['known']}，退回 {answer['refused']}；"
        f"形成案件 {answer['cases']} 件，并入已有 {answer['joined']} 条，无责任人 {answer['without_owner']} 件。"
    )
    show_notes(answer["notes"])
    show_refused(answer["refused_rows"])

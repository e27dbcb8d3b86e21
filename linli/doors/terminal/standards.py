"""`linli standards …`: take a city's sheet of 立案标准 over, and write the same sheet again.

linli standards import 立案标准.xlsx --dry-run
linli standards import 立案标准.xlsx --days-mean 工作日 --valid-from 2026-04-01
linli standards export 立案标准.xlsx
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from django.conf import settings
from django.utils.module_loading import import_string

from linli.cases.actions.standards import Applied, Preview, apply_standards, preview_standards
from linli.cases.catalogue.standards.changes import FieldChange, Plan
from linli.cases.catalogue.standards.codes import parse_pattern
from linli.cases.catalogue.standards.queries import prevailing_pattern, standards_file
from linli.cases.catalogue.standards.rows import Options, Reading
from linli.cases.catalogue.standards.sheet import read_standards
from linli.cases.catalogue.standards.workbook import read_file
from linli.doors.terminal.output import console, print_json
from linli.kernel.acting import SYSTEM
from linli.kernel.tables.results import INCOMPLETE, Imported

SHOWN = 20
"""Lines printed of a long list; the whole list is in --json."""


class DaysMean(StrEnum):
    WORK_DAY = "工作日"
    NATURAL_DAY = "自然日"
    URGENT_DAY = "紧急工作日"


class HoursMean(StrEnum):
    WORK_HOUR = "工作时"
    URGENT_HOUR = "紧急工作时"


class Kind(StrEnum):
    COMPONENT = "部件"
    EVENT = "事件"
    APPEAL = "诉求"


CODES_OF_KINDS = {Kind.COMPONENT: "component", Kind.EVENT: "event", Kind.APPEAL: "appeal"}


def register(app: typer.Typer) -> None:
    """Add the command group `standards` to `app`."""
    standards = typer.Typer(help="立案标准：导入、导出。", no_args_is_help=True)
    standards.command("import")(import_file)
    standards.command("export")(export_file)
    app.add_typer(standards, name="standards")


def import_file(
    file: Annotated[Path, typer.Argument(help="Excel 或 CSV 文件。", exists=True, dir_okay=False)],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说明会改什么，不保存。")] = False,
    days_mean: Annotated[DaysMean | None, typer.Option(help="表里只写“天”时指哪一种。")] = None,
    hours_mean: Annotated[HoursMean | None, typer.Option(help="表里只写“小时”时指哪一种。")] = None,
    kind: Annotated[Kind | None, typer.Option(help="表名没有写明时，是哪一类。")] = None,
    pattern: Annotated[str, typer.Option(help="部件编码分段，如 6+2+2+6；不写就按现有小类。")] = "",
    valid_from: Annotated[str, typer.Option(help="生效日期，如 2026-04-01；不写就是今天。")] = "",
    remove_missing: Annotated[
        bool, typer.Option("--remove-missing", help="表里没有的现行标准一并停用。")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象。")] = False,
) -> None:
    """导入立案标准：好的行生效，有问题的行列出；可重复执行，在办案件不受影响。"""
    now = _now()
    options = Options(
        pattern=parse_pattern(pattern) if pattern else prevailing_pattern(SYSTEM),
        days_mean=days_mean or "",
        hours_mean=hours_mean or "",
        kind=CODES_OF_KINDS[kind] if kind else "",
    )
    book = read_file(file.name, file.read_bytes())
    reading = read_standards(book, options=options, file_name=file.stem)
    source, day = file.name[:100], _day(valid_from)
    preview = preview_standards(source, reading, valid_from=day, by=SYSTEM, now=now)
    applied = None
    if not dry_run:
        applied = apply_standards(
            source,
            reading,
            base=preview.base,
            valid_from=day,
            remove_missing=remove_missing,
            by=SYSTEM,
            now=now,
        )
    if as_json:
        print_json(_answer(reading, preview, applied))
    else:
        _tell(reading, preview, applied)
    good = reading.complete and not reading.errors and not preview.plan.refused
    raise typer.Exit(0 if good else 1)


def export_file(
    file: Annotated[Path, typer.Argument(help="写到这个 xlsx 文件。", dir_okay=False)],
) -> None:
    """导出现行立案标准：可以改好后原样导入。"""
    try:
        file.write_bytes(standards_file(SYSTEM))
    except OSError as problem:
        raise typer.BadParameter(f"写不了“{file}”：{problem.strerror}。") from problem
    console.print(f"已写入 {file}。")


def _answer(reading: Reading, preview: Preview, applied: Applied | None) -> dict[str, Any]:
    plan = preview.plan
    return {
        "sentence": applied.sentence if applied else _preview_sentence(plan),
        "valid_from": preview.valid_from.isoformat(),
        **_rows(reading, preview, applied).as_data(),
        "added": [
            {"code": one.code, "condition": one.row.filing_condition, "limit": one.row.time_limit}
            for one in plan.added
        ],
        "changed": [
            {
                "code": one.present.code,
                "condition": one.present.filing_condition,
                "fields": [asdict(field) for field in one.fields],
            }
            for one in plan.changed
        ],
        "unchanged": len(plan.unchanged),
        "missing": [{"code": row.code, "condition": row.filing_condition} for row in plan.missing],
        "ended": applied.ended if applied else 0,
        "classes_added": sorted(plan.new_classes),
        "classes_changed": [asdict(change) for change in plan.class_changes],
        "classes_retired": applied.retired if applied else 0,
        "errors": [asdict(error) for error in (*reading.errors, *plan.refused)],
    }


def _rows(reading: Reading, preview: Preview, applied: Applied | None) -> Imported:
    """What became of every row of the file, in the shape of all imports."""
    plan = preview.plan
    refused = [one.refusal for error in (*reading.errors, *plan.refused) for one in error.lines]
    rows = list({(one.sheet, one.row): one for one in refused}.values())
    return Imported(
        read=len(reading.rows) + reading.refused_lines,
        stored=len(plan.added) + len(plan.changed),
        known=len(plan.unchanged),
        refused=rows,
        notes=list(reading.notes),
        complete=reading.complete,
        dry_run=applied is None,
    )


def _tell(reading: Reading, preview: Preview, applied: Applied | None) -> None:
    plan = preview.plan
    console.print(applied.sentence if applied else _preview_sentence(plan), markup=False)
    lines = [*reading.notes]
    for one in plan.changed:
        row = one.present
        lines.append(f"更改 {row.code} {row.filing_condition}：{_before_after(one.fields)}")
    for change in plan.class_changes:
        lines.append(f"小类 {change.code} {change.name}：{_before_after(change.fields)}")
    lines += [f"新编号 {code} {name}" for code, name in plan.numbered.items()]
    _print(lines)
    if not reading.complete:
        console.print(INCOMPLETE, style="yellow", markup=False)
    if plan.missing and not (applied and applied.ended):
        _print([f"表里没有、仍然有效：{row.code} {row.filing_condition}" for row in plan.missing])
        console.print("要停用这些行，请加 --remove-missing（表里有错误时不停用）。", markup=False)
    _print([error.sentence for error in (*reading.errors, *plan.refused)])


def _preview_sentence(plan: Plan) -> str:
    return (
        f"将新增 {len(plan.added)} 条，更改 {len(plan.changed)} 条，不变 {len(plan.unchanged)} 条，"
        f"表里没有 {len(plan.missing)} 条；没有保存。"
    )


def _before_after(fields: Iterable[FieldChange]) -> str:
    return "；".join(
        f"{one.title} {one.before or '（空）'} → {one.after or '（空）'}" for one in fields
    )


def _print(lines: list[str]) -> None:
    for line in lines[:SHOWN]:
        console.print(f"  {line}", markup=False, highlight=False)
    if len(lines) > SHOWN:
        console.print(f"  ……还有 {len(lines) - SHOWN} 条，用 --json 查看全部。", markup=False)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise typer.BadParameter(
            f"“{text}”不是日期，请写成 2026-04-01。", param_hint="--valid-from"
        ) from wrong


def _now() -> datetime:
    clock: Callable[[], datetime] = import_string(settings.LINLI_CLOCK)
    return clock()

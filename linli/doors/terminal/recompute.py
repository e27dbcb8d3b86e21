"""`linli cases recompute --check`: compute every stored deadline again from its own facts."""

from __future__ import annotations

from typing import Annotated

import typer

from linli.cases.clocks import run_of
from linli.cases.models import Deadline
from linli.doors.terminal.output import console, print_json, progress
from linli.kernel.calendar.errors import CalendarError

SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the group `cases`."""
    group = typer.Typer(help="案件。", no_args_is_help=True)
    group.command(name="recompute")(recompute)
    app.add_typer(group, name="cases")


def recompute(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="只比对，不改动（目前唯一的方式）。")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象。")] = False,
) -> None:
    """重算每一个时限并与存储的截止时间比对；有不一致时退出码为 1。"""
    del check
    total = Deadline.objects.count()
    different: list[dict[str, str]] = []
    mismatches = 0
    with progress("重算时限", total) as done:
        for number, row in enumerate(
            Deadline.objects.order_by("id").iterator(chunk_size=2_000), start=1
        ):
            again = _again(row)
            if again != row.due_at.isoformat():
                mismatches += 1
                if len(different) < SHOWN:
                    different.append(
                        {"deadline": str(row.pk), "stored": row.due_at.isoformat(), "again": again}
                    )
            done(number)
    if as_json:
        print_json({"checked": total, "mismatches": mismatches, "examples": different})
    else:
        console.print(f"比对 {total} 个时限，{mismatches} 个不一致。", different or "")
    raise typer.Exit(1 if mismatches else 0)


def _again(row: Deadline) -> str:
    try:
        return run_of(row).due.at.isoformat()
    except CalendarError as problem:
        return problem.message

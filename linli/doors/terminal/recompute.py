"""`linli cases recompute --check`: replay every clock from the timeline and hold it against what is stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from linli.doors.terminal.output import console, print_json, progress
from linli.kernel.matters.inbox import differences
from linli.kernel.matters.kinds import Kind, kinds
from linli.kernel.matters.models import Matter
from linli.kernel.matters.replaying import replayed

SHOWN = 20
READINGS = 3
"""How often a matter that does not fit is read before it counts; while people work, one may change in between."""

BATCH = 500
"""Matters read at once; their timelines fit into memory many times."""


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
    """由办理过程重算各类事项的每一个时限和待办，并与存储的比对；有不一致时退出码为 1。"""
    del check
    counts = {kind.code: kind.matter._default_manager.count() for kind in kinds()}
    clocks = wrong = done_so_far = 0
    examples: list[dict[str, str]] = []
    with progress("重算时限", sum(counts.values())) as done:
        for kind in kinds():
            clocks += kind.run._default_manager.count()
            for matter, found in _matters(kind):
                done_so_far += 1
                wrong += len(found)
                if found and len(examples) < SHOWN:
                    examples.append({"matter": matter.headline, "found": "；".join(found)})
                done(done_so_far)
    if as_json:
        print_json(
            {"matters": counts, "checked": clocks, "mismatches": wrong, "examples": examples}
        )
    else:
        words = "、".join(f"{kind.flow.name} {counts[kind.code]} 件" for kind in kinds())
        console.print(f"比对{words}的 {clocks} 个时限和全部待办，{wrong} 处不一致。")
        for example in examples:
            console.print(f"  {example['matter']}：{example['found']}", markup=False)
    raise typer.Exit(1 if wrong else 0)


def _matters(kind: Kind) -> Iterator[tuple[Matter, list[str]]]:
    last = 0
    while True:
        rows = kind.matter._default_manager.filter(pk__gt=last).order_by("pk")
        ids = list(rows.values_list("pk", flat=True)[:BATCH])
        if not ids:
            return
        last = ids[-1]
        entries = differences(kind, kind.matter._default_manager.filter(pk__in=ids))
        for matter, found in replayed(kind, ids):
            yield matter, _read_again(kind, matter) if found or entries else found


def _read_again(kind: Kind, matter: Matter) -> list[str]:
    """What differs; a matter that was moved between two readings is read again."""
    found: list[str] = []
    for _ in range(READINGS):
        [(again, found)] = replayed(kind, [matter.pk])
        found = found + differences(kind, [again])
        if not found:
            break
    return found

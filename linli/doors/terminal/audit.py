"""`linli audit verify`: walk the hash chain and name the first broken line."""

from __future__ import annotations

from typing import Annotated

import typer

from linli.doors.terminal.output import console, print_json
from linli.kernel.audit import chain


def register(app: typer.Typer) -> None:
    """Add the group `audit`."""
    group = typer.Typer(help="审计日志。", no_args_is_help=True)
    group.command(name="verify")(verify)
    app.add_typer(group, name="audit")


def verify(
    *, as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象。")] = False
) -> None:
    """核对审计哈希链；发现问题时退出码为 1。"""
    found = chain.verify()
    if as_json:
        print_json(vars(found) | {"intact": found.broken_at is None})
    elif found.broken_at is None:
        console.print(f"审计链完整：已封存 {found.sealed} 条，待封存 {found.unsealed} 条。")
    else:
        console.print(
            f"[red]第 {found.broken_at} 条起有问题：{found.reason}。[/red]之前 {found.sealed} 条完好。"
        )
    raise typer.Exit(0 if found.broken_at is None else 1)

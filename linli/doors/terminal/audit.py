"""`linli audit verify | head`: walk the hash chain, compare it with what was published, and publish its end."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.utils.module_loading import import_string

from linli.doors.terminal.output import console, print_json
from linli.kernel.audit import chain
from linli.kernel.audit.heads import Gap, gap, head_of_code, read_heads
from linli.kernel.upkeep.jobs import heads_folder, publish_head

AsJson = Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象。")]

REASONS = {
    "line is missing": "少了一条",
    "line was changed": "这一条被改过",
    "line was sealed without the key": "这一条没有用密钥封存",
    "key is missing": "本机没有审计链的密钥 audit_key",
    "lines are missing at the end": "末尾少了若干条",
}


def register(app: typer.Typer) -> None:
    """Add the group `audit`."""
    group = typer.Typer(help="审计日志。", no_args_is_help=True)
    group.command(name="verify")(verify)
    group.command(name="head")(head)
    app.add_typer(group, name="audit")


def verify(
    heads_file: Annotated[
        Path | None,
        typer.Option("--heads", help="另一台机器保存的 heads.jsonl；不写就用设置里的文件夹。"),
    ] = None,
    code: Annotated[str, typer.Option(help="抄下来的核对码，例如 1234-5F0A-91C2-77DE-04B8。")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """核对审计链，并与公布过的链尾比较；发现问题时退出码为 1。"""
    found = chain.verify()
    published = read_heads(heads_file or heads_folder())
    typed = head_of_code(code)
    if code and typed is None:
        raise typer.BadParameter("不是核对码。", param_hint="--code")
    missing = gap([*published, *([typed] if typed else [])])
    if as_json:
        print_json(
            vars(found)
            | {"intact": found.broken_at is None and missing is None}
            | {"heads": len(published), "gap": asdict(missing) if missing else None}
        )
    else:
        console.print(_chain_words(found))
        console.print(_heads_words(len(published) + bool(typed), missing))
    raise typer.Exit(0 if found.broken_at is None and missing is None else 1)


def head(*, as_json: AsJson = False) -> None:
    """公布现在的链尾：写进文件夹、发给设置的地址，并显示可以抄下来的核对码。"""
    one = publish_head(now=import_string(settings.LINLI_CLOCK)())
    if one is None:
        console.print("还没有已封存的审计记录。")
        raise typer.Exit(1)
    if as_json:
        print_json(asdict(one) | {"code": one.code})
    else:
        console.print(f"核对码 {one.code}（已写入 {heads_folder()}）", markup=False)


def _chain_words(found: chain.Verdict) -> str:
    if found.broken_at is None:
        return f"审计链完整：已封存 {found.sealed} 条，待封存 {found.unsealed} 条。"
    reason = REASONS.get(found.reason, found.reason)
    return f"[red]第 {found.broken_at} 条起有问题：{reason}。[/red]之前 {found.sealed} 条完好。"


def _heads_words(compared: int, missing: Gap | None) -> str:
    if missing is None:
        return f"与公布过的 {compared} 个链尾相符。" if compared else "还没有公布过链尾可比较。"
    what = "不见了" if missing.missing else "被重写过"
    return (
        f"[red]与 {missing.head.at or '抄下来'} 的链尾不符：第 {missing.after + 1} 条到第 "
        f"{missing.head.sequence} 条之间的记录{what}。[/red]"
    )

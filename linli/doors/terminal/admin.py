"""`linli admin recover` and `linli keys accept`: what only somebody at the machine may do."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer
from django.conf import settings
from django.utils.module_loading import import_string

from linli.doors.terminal.output import console, print_json, show_recovered
from linli.kernel.access.recovering import NAME, recover_administrator
from linli.kernel.upkeep.keys import note_key

AsJson = Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象。")]


def register(app: typer.Typer) -> None:
    """Add the groups `admin` and `keys`."""
    admins = typer.Typer(help="管理员账号。", no_args_is_help=True)
    admins.command(name="recover")(recover)
    admins.callback()(lambda: None)
    app.add_typer(admins, name="admin")
    keys = typer.Typer(help="密钥。", no_args_is_help=True)
    keys.command(name="accept")(accept)
    keys.callback()(lambda: None)
    app.add_typer(keys, name="keys")


def recover(
    username: Annotated[str, typer.Option(help="账号；没有就新建。")] = NAME,
    *,
    as_json: AsJson = False,
) -> None:
    """安全管理员都进不去时，在本机重开一个账号；会记入审计日志。"""
    made = recover_administrator(now=_now(), username=username)
    if as_json:
        print_json(asdict(made))
    else:
        show_recovered(made)
        console.print("这次操作已记入审计日志，请告知审计管理员。")


def accept() -> None:
    """换用本机现在的 secret_key：所有人要重新登录，已发出的链接和二维码作废。"""
    typer.confirm("所有人要重新登录，已发出的链接和二维码作废。继续吗？", abort=True, err=True)
    note_key(settings.SECRET_KEY, now=_now(), replace=True)
    console.print("已记下本机的密钥。其他机器要用同一把。")


def _now() -> datetime:
    now: datetime = import_string(settings.LINLI_CLOCK)()
    return now

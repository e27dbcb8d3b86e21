"""`linli demo build | remove | status`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from linli.demo.build import DemoSummary, build_demo, summary
from linli.demo.classifier import train_demo_classifier
from linli.demo.presence import demo_present, finished
from linli.demo.remove import remove_demo
from linli.kernel.errors import LinliError

group = typer.Typer(no_args_is_help=True, help="演示街道：装入、移除、查看。")


def register(app: typer.Typer, *, clock: Callable[[], datetime]) -> None:
    """Add the group `demo` to `app`; `clock` gives the time of the installation."""

    @group.command("build")
    def build(
        seed: Annotated[int, typer.Option(help="随机种子；相同的种子得到相同的街道。")] = 7,
        households: Annotated[int, typer.Option(min=1, max=4_000, help="户数。")] = 4_000,
        months: Annotated[int, typer.Option(min=1, max=12, help="历史案件的月数。")] = 6,
    ) -> None:
        """装入演示街道；中断后再运行一次会接着装。"""
        console = Console()
        with Progress(TextColumn("{task.description}"), BarColumn(), console=console) as bar:
            task = bar.add_task("准备")
            built = _or_exit(
                lambda: build_demo(
                    now=clock(),
                    seed=seed,
                    households=households,
                    months=months,
                    progress=lambda what, done, whole: bar.update(task, description=what, completed=done, total=whole),
                )
            )
        train_demo_classifier()
        _show(console, built)

    @group.command("remove")
    def remove() -> None:
        """移除全部演示数据；类别、时限、角色和日历保留。"""
        gone = _or_exit(lambda: remove_demo(now=clock()))
        if gone.areas:
            typer.echo(f"已移除演示数据：{gone.cases} 件案件、{gone.reports} 条上报、{gone.staff} 名人员。设置保留。")
        else:
            typer.echo("这里没有演示数据。")

    @group.command("status")
    def status() -> None:
        """有没有演示数据，有多少，用哪些账号登录。"""
        if not demo_present():
            typer.echo("这里没有演示数据。装入：bin/linli demo build")
            return
        if not finished():
            typer.echo("演示数据只装入了一部分；再运行一次 bin/linli demo build 会接着装。")
        _show(Console(), summary())

    app.add_typer(group, name="demo")


def _or_exit[T](work: Callable[[], T]) -> T:
    try:
        return work()
    except LinliError as refusal:
        typer.echo(refusal.message, err=True)
        raise typer.Exit(2) from refusal


def _show(console: Console, demo: DemoSummary) -> None:
    console.print(
        f"演示街道：{demo.communities} 个社区、{demo.grids} 个网格、{demo.households} 户、{demo.staff} 名人员，"
        f"{demo.cases} 件案件（{demo.open_cases} 件在办）。人名、电话、地址都是编造的。"
    )
    table = Table("岗位", "账号", "密码")
    for account in demo.accounts:
        table.add_row(account.title, account.username, account.password)
    console.print(table)

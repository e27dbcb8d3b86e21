"""`linli demo build | remove | status`: the made-up sub-district."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer
from django.conf import settings
from django.utils.module_loading import import_string
from rich.table import Table

from linli.demo.build import DemoSummary, build_demo, summary
from linli.demo.presence import finished, plan_in_place
from linli.demo.remove import remove_demo
from linli.doors.terminal.output import console, print_json, progress, show_recovered
from linli.kernel.access.recovering import administrators_left, recover_administrator

AsJson = Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象。")]


def register(app: typer.Typer) -> None:
    """Add the group `demo`."""
    group = typer.Typer(help="演示街道：装入、移除、查看。", no_args_is_help=True)
    group.command(name="build")(build)
    group.command(name="remove")(remove)
    group.command(name="status")(status)
    app.add_typer(group, name="demo")


def build(
    seed: Annotated[int, typer.Option(help="随机种子；相同的种子得到相同的街道。")] = 7,
    households: Annotated[int, typer.Option(min=1, max=4_000, help="户数。")] = 4_000,
    months: Annotated[int, typer.Option(min=1, max=12, help="历史案件的月数。")] = 6,
    *,
    as_json: AsJson = False,
) -> None:
    """装入演示街道；中断后再运行一次会接着装，装好后再运行什么也不改变。"""
    now = import_string(settings.LINLI_CLOCK)
    with progress("装入演示街道", 100) as percent:
        built = build_demo(
            now=now(),
            seed=seed,
            households=households,
            months=months,
            progress=lambda _, done, whole: percent(round(100 * done / whole)),
        )
    _answer(built, as_json=as_json)


def remove(
    *,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问。")] = False,
    as_json: AsJson = False,
) -> None:
    """移除全部演示数据；类别、时限、角色和日历保留。没有别的安全管理员时，先建立一个。"""
    now = import_string(settings.LINLI_CLOCK)()
    if not (yes or as_json or plan_in_place() is None):
        typer.confirm("将删除全部演示案件、人员和账号，不能撤销。继续吗？", abort=True, err=True)
    gone = remove_demo(now=now)
    made = None if administrators_left(now=now) else recover_administrator(now=now)
    if made and not as_json:
        show_recovered(made)
    if as_json:
        print_json(asdict(gone) | ({"administrator": asdict(made)} if made else {}))
    elif gone.areas:
        console.print(
            f"已移除演示数据：{gone.cases} 件案件、{gone.reports} 条上报、{gone.staff} 名人员。设置保留。"
        )
    else:
        console.print("这里没有演示数据。")


def status(*, as_json: AsJson = False) -> None:
    """有没有演示数据，有多少，用哪些账号登录。"""
    present = plan_in_place() is not None
    if not present and not as_json:
        console.print("这里没有演示数据。装入：bin/linli demo build")
        return
    if present and not finished():
        console.print("演示数据只装入了一部分；再运行一次 bin/linli demo build 会接着装。")
    _answer(summary(), as_json=as_json, present=present, finished=present and finished())


def _answer(demo: DemoSummary, *, as_json: bool, **more: Any) -> None:
    if as_json:
        print_json(asdict(demo) | more)
        return
    console.print(
        f"演示街道：{demo.communities} 个社区、{demo.grids} 个网格、{demo.households} 户、{demo.staff} 名人员，"
        f"{demo.cases} 件案件（{demo.open_cases} 件在办）。人名、电话、地址都是编造的。"
    )
    table = Table("岗位", "账号", "密码")
    for account in demo.accounts:
        table.add_row(account.title, account.username, account.password)
    console.print(table)

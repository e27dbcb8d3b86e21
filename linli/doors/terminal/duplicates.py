"""`linli evaluate duplicates`: measure duplicate suggestion and joining on a city's own flags."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from linli.cases.duplicates.errors import DuplicatesError
from linli.cases.duplicates.evaluate import report
from linli.cases.duplicates.labelled import read_requests
from linli.cases.duplicates.learn import learn_weights
from linli.cases.duplicates.speed import measure


def register(app: typer.Typer) -> None:
    """Add the command `duplicates` to the group `evaluate`."""
    app.command("duplicates")(evaluate_duplicates)


def evaluate_duplicates(
    file: Annotated[Path, typer.Argument(help="带有重复标记的请求文件(.csv 或 .csv.gz)。")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
    cases: Annotated[
        int, typer.Option(min=0, help="另用这么多条虚构案件测候选查找的耗时(0 = 不测)。")
    ] = 0,
    learn: Annotated[
        bool, typer.Option("--learn", help="另用调参年份重新学习地点证据的权重。")
    ] = False,
) -> None:
    """用城市自己的重复标记检验重复建议与自动并案。"""
    try:
        requests = read_requests(file)
    except DuplicatesError as error:
        typer.echo(error.message, err=True)
        raise typer.Exit(2) from error
    figures: dict[str, Any] = report(requests)
    if cases:
        figures["candidates"] = measure(cases)
    if learn:
        figures["learned"] = learn_weights(requests)
    if as_json:
        typer.echo(json.dumps(figures, ensure_ascii=False, indent=2))
    else:
        _show(figures)


def _show(figures: dict[str, Any]) -> None:
    console = Console()
    console.print(
        f"recall@5 {_percent(figures['recall_at_5'])},自动并入 {figures['joined']} 件,"
        f"并入正确率 {_percent(figures['join_precision'])},建议 {figures['pairs']} 对"
    )
    for reading, periods in figures["readings"].items():
        for period, part in periods.items():
            console.print(
                _curve(
                    f"{reading} · {period}({part['requests']} 条,标记 {part['flagged']} 条)", part
                )
            )
    for name in ("candidates", "learned"):
        if name in figures:
            console.print(name, figures[name])
    for claim in figures["claims"]:
        console.print(f"- {claim}")


def _curve(title: str, part: dict[str, Any]) -> Table:
    table = Table("分数不低于", "并入件数", "正确率", "占被标记的", title=title)
    for point in part["curve"]:
        table.add_row(
            f"{point['score']:.2f}",
            str(point["joined"]),
            _percent(point["precision"]),
            _percent(point["recall"]),
        )
    return table


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{share:.2%}"

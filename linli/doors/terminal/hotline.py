"""`linli hotline …`: the exchange with upstream hotline platforms, by hand.

linli hotline add city --name 市民热线 --address https://hotline.example/api
linli hotline check
linli hotline pull
linli hotline reconcile --day 2026-03-09 --json
linli hotline stand-in --port 8765
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from django.conf import settings
from django.utils.module_loading import import_string

from linli.doors.terminal.output import console, print_json
from linli.hotline.errors import BadSettings, HotlineError
from linli.hotline.exchange import pull, send_waiting
from linli.hotline.reconciling import found_in, reconcile
from linli.hotline.stand_in import StandIn
from linli.hotline.upstreams import Upstream, secret_of, set_up, upstream, upstreams
from linli.kernel.acting import SYSTEM
from linli.kernel.calendar.local import local_day

KINDS = {
    "missing_here": "本平台缺单",
    "missing_there": "上游缺单",
    "status": "状态不一致",
    "due": "时限不一致",
}

REACH_SECONDS = 5.0
"""How long an upstream platform may take to be reached; seconds."""

Chosen = Annotated[str, typer.Option("--upstream", help="只办这一个上游平台（编码）。")]
AsJson = Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象。")]


def register(app: typer.Typer) -> None:
    """Add the group `hotline`."""
    group = typer.Typer(help="与上游热线平台对接。", no_args_is_help=True)
    group.command(name="add")(add)
    group.command(name="check")(check)
    group.command(name="pull")(pull_all)
    group.command(name="send")(send)
    group.command(name="reconcile")(compare)
    group.command(name="stand-in")(stand_in)
    app.add_typer(group, name="hotline")


def add(
    code: Annotated[str, typer.Argument(help="平台编码：小写字母开头的字母数字。")],
    name: Annotated[str, typer.Option(help="平台名称。")],
    address: Annotated[str, typer.Option(help="平台接口地址，http(s)。")],
) -> None:
    """登记一个上游平台，并生成双方共用的密钥。"""
    file = set_up(code, name=name, address=address)
    console.print(f"已登记 {name}（{code}）。密钥在 {file}，请用安全的方式交给上游平台。")
    console.print(f"上游推送工单的地址：本站地址/hotline/{code}/orders")


def check(*, as_json: AsJson = False) -> None:
    """检查上游平台：地址能否连上、密钥、状态对照；有问题时退出码为 1。"""
    rows = [_checked(one) for one in upstreams().values()]
    if as_json:
        print_json({"upstreams": rows})
    else:
        for row in rows:
            found = "；".join(row["problems"]) or "没有问题"
            console.print(f"{row['name']}（{row['code']}）：{found}", markup=False)
        if not rows:
            console.print("还没有登记上游平台，见 linli hotline add --help。")
    raise typer.Exit(1 if any(row["problems"] for row in rows) else 0)


def pull_all(code: Chosen = "", *, as_json: AsJson = False) -> None:
    """向上游要新工单；可重复执行，同一编号只收一次。"""
    answers = [{"upstream": one.code, **_tried(_pull, one)} for one in _chosen(code)]
    _tell({"upstreams": answers}, as_json=as_json)


def send(code: Chosen = "", *, as_json: AsJson = False) -> None:
    """立即报送到时间的消息（平时由后台进程自动报送）。"""
    answers = [
        {"upstream": one.code, "tried": send_waiting(one, now=_clock()())} for one in _chosen(code)
    ]
    _tell({"upstreams": answers}, as_json=as_json)


def compare(
    day: Annotated[
        str, typer.Option(help="上游派来工单的日子，例如 2026-03-09；不写就是今天。")
    ] = "",
    code: Chosen = "",
    *,
    as_json: AsJson = False,
) -> None:
    """与上游对账：缺单、状态、时限；有差异时退出码为 1。"""
    wanted = _day(day)
    answers = [{"upstream": one.code, **_tried(_compare, one, wanted)} for one in _chosen(code)]
    answer = {"day": wanted.isoformat(), "upstreams": answers}
    if as_json:
        print_json(answer)
    else:
        _show(answer)
    raise typer.Exit(1 if any(row.get("error") or row.get("differences") for row in answers) else 0)


def stand_in(
    code: Annotated[str, typer.Option(help="平台编码。")] = "city",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="监听端口；0 为任意。")] = 8765,
    ours: Annotated[
        str, typer.Option(help="本站地址，替身向它推送工单。")
    ] = "http://127.0.0.1:8000",
    seconds: Annotated[float, typer.Option(min=0, help="运行多少秒；0 为直到按下 Ctrl+C。")] = 0,
) -> None:
    """运行一个上游平台的替身，供联调和试用。"""
    try:
        digest, secret = upstream(code).digest, secret_of(code)
    except HotlineError as problem:
        console.print(f"{problem.message} 先运行：linli hotline add {code} …", markup=False)
        raise typer.Exit(2) from problem
    address = f"{ours.rstrip('/')}/hotline/{code}/orders"
    with StandIn(code, secret, _clock(), ours=address, digest=digest, port=port) as platform:
        console.print(f"替身在 {platform.address}，向 {address} 推送。")
        console.print(f"看全部：curl http://127.0.0.1:{platform.port}/stand-in", markup=False)
        console.print(
            f'派一件：curl -d \'{{"title":"路灯不亮"}}\' http://127.0.0.1:{platform.port}/stand-in/orders',
            markup=False,
        )
        _wait(seconds)


def _wait(seconds: float) -> None:
    until = time.monotonic() + seconds
    try:
        while not seconds or time.monotonic() < until:
            time.sleep(min(0.2, max(until - time.monotonic(), 0)) if seconds else 0.2)
    except KeyboardInterrupt:
        console.print("替身已停止。")


def _checked(one: Upstream) -> dict[str, Any]:
    problems = []
    try:
        secret_of(one.code)
    except BadSettings as wrong:
        problems.append(wrong.message)
    if one.unmapped:
        problems.append(f"状态对照表缺 {'、'.join(one.unmapped)}")
    unreachable = _unreachable(one.address)
    if unreachable:
        problems.append(unreachable)
    return {"code": one.code, "name": one.name, "address": one.address, "problems": problems}


def _unreachable(address: str) -> str:
    """Why nobody answers at an address, "" if somebody does; nothing is sent there."""
    parts = urlsplit(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        with socket.create_connection((parts.hostname or "", port), timeout=REACH_SECONDS):
            return ""
    except OSError as problem:
        return f"连不上 {parts.hostname}:{port}（{problem}）"


def _pull(one: Upstream) -> dict[str, Any]:
    return asdict(pull(one, now=_clock()()))


def _compare(one: Upstream, day: date) -> dict[str, Any]:
    row = reconcile(one, day, by=SYSTEM, now=_clock()())
    found = [asdict(difference) for difference in found_in(row)]
    return {"ours": row.ours, "theirs": row.theirs, "differences": found}


def _tried(do: Callable[..., dict[str, Any]], *facts: Any) -> dict[str, Any]:
    """What came of it, or the sentence why nothing did; the other platforms go on."""
    try:
        return do(*facts)
    except HotlineError as problem:
        return {"error": problem.message}


def _tell(answer: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(answer)
    else:
        for row in answer["upstreams"]:
            words = "，".join(
                f"{name} {value}" for name, value in row.items() if name != "upstream"
            )
            console.print(f"{row['upstream']}：{words}", markup=False)
    raise typer.Exit(1 if any(row.get("error") for row in answer["upstreams"]) else 0)


def _show(answer: dict[str, Any]) -> None:
    for row in answer["upstreams"]:
        if row.get("error"):
            console.print(f"{row['upstream']}：{row['error']}", markup=False)
            continue
        console.print(
            f"{row['upstream']} {answer['day']}：本平台 {row['ours']} 件，上游 {row['theirs']} 件，"
            f"差异 {len(row['differences'])} 处。",
            markup=False,
        )
        for one in row["differences"]:
            sides = f"（本平台 {one['ours'] or '—'}，上游 {one['theirs'] or '—'}）"
            console.print(f"  {one['number']} {KINDS[one['kind']]}{sides}", markup=False)


def _chosen(code: str) -> list[Upstream]:
    if code:
        return [upstream(code)]
    return list(upstreams().values())


def _day(text: str) -> date:
    if not text:
        return local_day(_clock()())
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"“{text[:20]}”不是日期，请写成 2026-03-09。", param_hint="--day"
        ) from None


def _clock() -> Callable[[], datetime]:
    clock: Callable[[], datetime] = import_string(settings.LINLI_CLOCK)
    return clock

"""`linli due`: when is something due, from the shipped calendar, without a database.

linli due --start 2024-09-30T16:00 --limit 3工作日 --json
linli due --verify 100000
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

import typer

from linli.kernel.calendar.calendar_file import default_working_time
from linli.kernel.calendar.errors import BadMoment, BadPause, UnclearLimit, YearNotLoaded
from linli.kernel.calendar.rules import SHANGHAI, Due, Pause, TimeLimit, due_at, parse_limit
from linli.kernel.calendar.verify import verify_against_minute_walk

SHOWN_MISMATCHES = 20
"""Enough to see a pattern; a broken rule would print thousands."""


def register(app: typer.Typer) -> None:
    """Add the command `due` to `app`."""
    app.command(name="due")(due)


def due(
    start: Annotated[
        str, typer.Option(help="开始时间，例如 2024-09-30T16:00；不写时区就是北京时间。")
    ] = "",
    limit: Annotated[
        str, typer.Option(help="时限，例如 3工作日、4工作时、2紧急工作时、7自然日、30分钟。")
    ] = "",
    pause: Annotated[
        list[str] | None, typer.Option(help="挂账，写成 开始/恢复；可以写多次。")
    ] = None,
    *,
    end_of_nth_day: Annotated[
        bool, typer.Option("--end-of-nth-day", help="工作日算到第N个工作日下班，当天不算。")
    ] = False,
    verify: Annotated[
        int, typer.Option(min=0, help="不算截止时间，改为与逐分钟推算比对这么多个随机例子。")
    ] = 0,
    seed: Annotated[int, typer.Option(help="比对用的随机种子。")] = 2026,
    as_json: Annotated[bool, typer.Option("--json", help="只输出一个JSON对象。")] = False,
) -> None:
    """算截止时间，并说明是怎么算出来的。"""
    if verify:
        _verify(verify, seed, as_json=as_json)
        return
    begin, length = _start(start), _limit(limit)
    pauses = [_pause(text) for text in pause or []]
    working_time = replace(default_working_time(), end_of_nth_day=end_of_nth_day)
    try:
        found = due_at(begin, length, working_time=working_time, pauses=pauses)
    except YearNotLoaded as missing:
        # Nothing but the start can lead there: the limit only says how far beyond it the clock runs.
        raise typer.BadParameter(missing.message, param_hint="--start") from missing
    except BadMoment as wrong:
        raise typer.BadParameter(wrong.message, param_hint="--start") from wrong
    typer.echo(json.dumps(_answer(found), ensure_ascii=False) if as_json else found.sentence)


def _answer(found: Due) -> dict[str, Any]:
    local = found.at.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")
    return {
        "due": local,
        "due_local": local,
        "timezone": "Asia/Shanghai",
        "due_at": f"{local}+08:00",
        "sentence": found.sentence,
        "derivation": found.derivation,
    }


def _verify(count: int, seed: int, *, as_json: bool) -> None:
    began = time.perf_counter()
    mismatches = verify_against_minute_walk(count, seed)
    shown = [str(mismatch) for mismatch in mismatches[:SHOWN_MISMATCHES]]
    if as_json:
        answer = {
            "cases": count,
            "seed": seed,
            "mismatches": len(mismatches),
            "seconds": round(time.perf_counter() - began, 1),
            "examples": shown,
        }
        typer.echo(json.dumps(answer, ensure_ascii=False))
    else:
        typer.echo(f"比对{count}个随机例子（种子{seed}），不一致{len(mismatches)}个。")
        for line in shown:
            typer.echo(line)
    if mismatches:
        raise typer.Exit(1)


def _start(text: str) -> datetime:
    if not text:
        raise typer.BadParameter("请写开始时间，例如 2024-09-30T16:00。", param_hint="--start")
    return _moment(text, option="--start")


def _limit(text: str) -> TimeLimit:
    if not text:
        raise typer.BadParameter("请写时限，例如 3工作日。", param_hint="--limit")
    try:
        return parse_limit(text)
    except UnclearLimit as wrong:
        raise typer.BadParameter(wrong.message, param_hint="--limit") from wrong


def _pause(text: str) -> Pause:
    begin, slash, until = text.partition("/")
    if not slash:
        raise typer.BadParameter(
            f"“{text}”要写成 开始/恢复，例如 2026-03-09T15:00/2026-03-12T00:00。",
            param_hint="--pause",
        )
    try:
        return Pause(_moment(begin, option="--pause"), _moment(until, option="--pause"))
    except (BadPause, BadMoment) as wrong:
        raise typer.BadParameter(wrong.message, param_hint="--pause") from wrong


def _moment(text: str, *, option: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as wrong:
        raise typer.BadParameter(
            f"“{text}”不是时间，请写成例如 2024-09-30T16:00。", param_hint=option
        ) from wrong
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)

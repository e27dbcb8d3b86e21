"""`linli hotspots FILE`: which matters come back in a file of messages, or in the stored reports of a period.

linli hotspots messages.csv --json
linli hotspots --from 2026-01-01 --until 2026-03-31 --top 10
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from django.conf import settings
from django.utils.module_loading import import_string
from rich.table import Table as Shown

from linli.doors.terminal.output import console, print_json, show_notes, show_refused
from linli.insight.errors import BadPeriod
from linli.insight.hotspots.queries import Period, voices_heard
from linli.insight.hotspots.rules import (
    FULL_MARKS,
    WEIGHTS,
    Member,
    Topic,
    Voice,
    find_topics,
    fold_copies,
    widely_supported,
)
from linli.insight.hotspots.table import read_voices
from linli.kernel.acting import SYSTEM

RECEIPT = 12
"""Digits of a receipt number."""

MOST_SUPPORTED = 10
"""Lonely messages with many votes that are listed."""


def register(app: typer.Typer) -> None:
    """Add the command `hotspots`."""
    app.command(name="hotspots")(hotspots)


def hotspots(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="CSV 或 Excel 文件；不写就用已入库的上报。", exists=True, dir_okay=False
        ),
    ] = None,
    top: Annotated[int, typer.Option(min=1, max=1_000, help="列出前多少个主题。")] = 20,
    first: Annotated[str, typer.Option("--from", help="已入库上报的起始日，如 2026-01-01。")] = "",
    last: Annotated[str, typer.Option("--until", help="截止日，含当天；不写就是今天。")] = "",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象。")] = False,
) -> None:
    """找出反复出现的诉求：归成主题，按受影响人数、范围和持续时间排序，列出每一条。"""
    began = time.monotonic()
    source, voices, numbers = _heard(file, first, last)
    topics = find_topics(voices)
    answer = source | {
        "messages": len(voices),
        "copies_folded": len(voices) - len(fold_copies(voices)),
        "topics_found": len(topics),
        "messages_in_topics": sum(
            len(topic.members) + sum(len(member.copies) for member in topic.members)
            for topic in topics
        ),
        "score": {"weights": WEIGHTS, "full_marks": FULL_MARKS},
        "topics": [
            {"rank": rank} | _topic(topic, numbers)
            for rank, topic in enumerate(topics[:top], start=1)
        ],
        "widely_supported_alone": [
            _member(member, numbers) for member in widely_supported(voices, topics)[:MOST_SUPPORTED]
        ],
    }
    console.print(
        f"{len(voices)} 条，{len(topics)} 个主题，用时 {time.monotonic() - began:.1f} 秒。"
    )
    if as_json:
        print_json(answer)
    else:
        _show(answer)
    if not answer.get("complete", True):
        raise typer.Exit(1)


def _heard(
    file: Path | None, first: str, last: str
) -> tuple[dict[str, Any], Sequence[Voice], Mapping[str, str]]:
    """(where the messages come from, the messages, their own numbers by key)."""
    if file is not None:
        found = read_voices(file.name, file.read_bytes())
        rows = found.rows.as_data() | {"notes": found.notes}
        source = {"file": file.name, "columns": found.columns, **rows}
        return source, found.voices, found.numbers
    now: datetime = import_string(settings.LINLI_CLOCK)()
    period = Period.of(_day(first, "--from"), _day(last, "--until"), now=now)
    voices = voices_heard(SYSTEM, period)
    return {"from": period.first, "until": period.last, "notes": []}, voices, {}


def _day(text: str, option: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadPeriod(f"“{text[:20]}”不是日期，请写成 2026-01-01。", field=option) from None


def _topic(topic: Topic, numbers: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": topic.name,
        "sentence": topic.sentence,
        "example": topic.example,
        "phrases": [{"text": one.text, "people": one.people} for one in topic.phrases],
        "score": topic.score,
        "parts": {name: asdict(part) for name, part in topic.parts.items()},
        "people_affected": topic.people,
        "reporters": topic.reporters,
        "votes": topic.votes,
        "votes_against": topic.against,
        "places": topic.places,
        "first": topic.first,
        "last": topic.last,
        "days": topic.days,
        "weeks": topic.weeks,
        "members": [_member(member, numbers) for member in topic.members],
    }


def _member(member: Member, numbers: Mapping[str, str]) -> dict[str, Any]:
    voice = member.voice
    return {
        "row": _row(voice.key),
        "number": numbers.get(voice.key, ""),
        "title": voice.heading,
        "date": voice.day,
        "votes": voice.votes,
        "votes_against": voice.against,
        "place": voice.place,
        "copies": [_row(key) for key in member.copies],
    }


def _row(key: str) -> int | str:
    """The row number of a file; the receipt of a stored report stays text, it may begin with a zero."""
    return int(key) if key.isdecimal() and not key.startswith("0") and len(key) < RECEIPT else key


def _show(answer: Mapping[str, Any]) -> None:
    show_notes(answer["notes"])
    show_refused(answer.get("refused_rows", ()))
    table = Shown("名次", "主题", "分数", "受影响", "条数", "为什么")
    for topic in answer["topics"]:
        cells = (topic["rank"], topic["name"], topic["score"], topic["people_affected"])
        table.add_row(*map(str, cells), str(len(topic["members"])), topic["sentence"])
    console.print(table)
    console.print("每个主题的全部成员：加 --json。")

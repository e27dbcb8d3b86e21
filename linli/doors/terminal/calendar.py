"""`linli calendar …`: enter the holidays of a year from the words of its notice.

linli calendar paste notice.txt
linli calendar paste notice.txt --confirm
linli calendar paste - --json < notice.txt
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.utils.module_loading import import_string

from linli.doors.terminal.output import console, print_json
from linli.kernel.acting import SYSTEM
from linli.kernel.calendar.actions import enter_year
from linli.kernel.calendar.errors import BadCalendarFile
from linli.kernel.calendar.local import local_day
from linli.kernel.calendar.models import YearNotice
from linli.kernel.calendar.notice import read_notice
from linli.kernel.calendar.preview import preview
from linli.kernel.calendar.queries import calendar_for_everybody, working_time_for


def register(app: typer.Typer) -> None:
    """Add the group `calendar`."""
    group = typer.Typer(help="工作日历。", no_args_is_help=True)
    group.callback()(_group)
    group.command(name="paste")(paste)
    app.add_typer(group, name="calendar")


def _group() -> None:
    """工作日历：录入一年的放假和调休。"""


def paste(
    file: Annotated[Path, typer.Argument(help="放假通知的文本文件（UTF-8）；- 表示从标准输入读。")],
    *,
    confirm: Annotated[bool, typer.Option("--confirm", help="确认录入；不写只预览。")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象。")] = False,
) -> None:
    """读放假通知，列出每一天的变化；加 --confirm 才保存，并在后台重算涉及的时限。"""
    clock: Callable[[], datetime] = import_string(settings.LINLI_CLOCK)
    now = clock()
    text = _read(file)
    notice = read_notice(text)
    shown = preview(working_time_for(None, local_day(now)), notice.year, notice.days)
    if confirm:
        row = calendar_for_everybody(local_day(now))
        enter_year(
            row.pk, year=notice.year, days=notice.days, source=YearNotice.Source.NOTICE, text=text,
            by=SYSTEM, now=now,
        )  # fmt: skip
    differences = [one.sentence for one in shown.differences]
    if as_json:
        days = [{"date": one.day, "kind": one.kind, "name": one.name} for one in notice.days]
        print_json(
            {
                "year": notice.year,
                "sentence": shown.sentence,
                "already_entered": shown.entered,
                "days": days,
                "differences": differences,
                "confirmed": confirm,
            }
        )
        return
    lines = [shown.sentence, f"与现在的日历相比，{len(differences)} 天不同：", *differences]
    lines.append(
        "已录入，正在后台重算涉及的时限。" if confirm else "还没有保存；加 --confirm 确认录入。"
    )
    for line in lines:
        console.print(line, markup=False)


def _read(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise BadCalendarFile(
            f"读不了文件“{file.name}”（{problem}），请存成 UTF-8 文本。"
        ) from problem

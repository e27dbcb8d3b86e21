"""One JSON object for machines, a progress bar for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from linli.kernel.access.recovering import Recovered
from linli.kernel.tables.results import Refusal

console = Console(stderr=True)

SHOWN = 20
"""Lines printed of a long list; the whole list is in --json."""


class Advance(Protocol):
    def __call__(self, done: int) -> None: ...


def print_json(answer: Mapping[str, Any]) -> None:
    """Exactly one JSON object on standard output."""
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, default=str) + "\n")


def show_recovered(made: Recovered) -> None:
    """The one time a one-time password is told."""
    console.print(
        f"{made.role}账号 {made.username}，一次性密码：{made.password}\n"
        "首次登录时必须修改；这个密码只在这里显示一次。",
        markup=False,
    )


@contextmanager
def progress(words: str, total: int) -> Iterator[Advance]:
    """A bar on standard error; call what it yields with the number done so far."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(words, total=total)
        yield lambda done: bar.update(task, completed=done)


def show_notes(notes: Iterable[str]) -> None:
    """What the reader of a file has to say, a line each."""
    for note in list(notes)[:SHOWN]:
        console.print(note, style="yellow", markup=False, highlight=False)


def show_refused(rows: Iterable[Mapping[str, Any]]) -> None:
    """The rows of a file that were not taken, as `Imported.as_data` lists them."""
    listed = [Refusal(**row).sentence for row in rows]
    for sentence in listed[:SHOWN]:
        console.print(f"  {sentence}", markup=False, highlight=False)
    if len(listed) > SHOWN:
        console.print(f"  ……还有 {len(listed) - SHOWN} 条，用 --json 查看。", markup=False)

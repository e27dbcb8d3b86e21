"""`linli privacy mask`: lines in, the same lines out with everything personal hidden.

linli privacy mask < messages.txt > masked.txt
linli privacy mask --json < messages.txt      one JSON object a line: the kinds found, never the values
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Annotated, BinaryIO

import typer

from linli.kernel.privacy.free_text import masked_words, personal_in


def register(app: typer.Typer) -> None:
    """Add the group `privacy`."""
    group = typer.Typer(help="个人信息。", no_args_is_help=True)
    group.callback()(_group)
    group.command(name="mask")(mask)
    app.add_typer(group, name="privacy")


def _group() -> None:
    """个人信息：脱敏。"""


def mask(
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="每行输出一个 JSON 对象：发现了哪几类，不含内容。")
    ] = False,
) -> None:
    """逐行脱敏：从标准输入读（UTF-8），每行输出一行，边读边写。"""
    out = sys.stdout.buffer
    for number, (line, ending) in enumerate(_lines(sys.stdin.buffer), start=1):
        told = (
            json.dumps(_kinds(number, line), ensure_ascii=False) if as_json else masked_words(line)
        )
        out.write(told.encode("utf-8", "surrogateescape") + (ending or b"\n" * as_json))
        out.flush()


def _lines(source: BinaryIO) -> Iterator[tuple[str, bytes]]:
    """Each line and its ending; bytes that are no UTF-8 come out as they went in."""
    for raw in source:
        content = raw.rstrip(b"\r\n")
        yield content.decode("utf-8", "surrogateescape"), raw[len(content) :]


def _kinds(number: int, line: str) -> dict[str, object]:
    counted: dict[str, int] = {}
    for found in personal_in(line):
        counted[found.kind] = counted.get(found.kind, 0) + 1
    return {"line": number, "found": counted}

"""Cleaning an upload in a process of its own, which is ended when the file costs more than an honest one may."""

from __future__ import annotations

from collections.abc import Collection
from datetime import tzinfo
from typing import IO

from linli.kernel.cells import Budget, TooCostly, in_a_cell
from linli.kernel.files import watermark
from linli.kernel.files.errors import FileTooCostly
from linli.kernel.files.rules import EVERY_KIND, MEGABYTE, Kind
from linli.kernel.files.sanitise import Clean, sanitise
from linli.kernel.files.sanitise.upload import label_of

BUDGET = Budget(memory=1536 * MEGABYTE, computing=30, waiting=60.0)
"""The dearest honest file is a picture of 50 megapixels: about 700 MB, and 5 seconds on a slow core."""


def sanitise_apart(
    name: str,
    content: bytes | IO[bytes],
    *,
    zone: tzinfo,
    field: str = "photo",
    kinds: Collection[Kind] = EVERY_KIND,
    line: watermark.Line | None = None,
) -> Clean:
    """As `sanitise`, in a cell. Raises what it raises, FileTooCostly (422), and Busy (503)."""
    try:
        return in_a_cell(
            sanitise,
            name,
            content,
            zone=zone,
            field=field,
            kinds=frozenset(kinds),
            line=line,
            budget=BUDGET,
        )
    except TooCostly as costly:
        message = (
            f"{label_of(name, field)}打开太费时间，没有收下。请用手机重新拍一张，或截屏后再传。"
        )
        raise FileTooCostly(message, field=field) from costly

"""Tables that leave the house as CSV, for whatever spreadsheet opens them.

A cell that begins with = + - or @ is run as a formula by a spreadsheet, also when the sign is full-width or stands
behind something that nobody sees; what residents write must not be. Such a cell gets an apostrophe in front: text.

    csv_of([["编号", "标题"], ["1", "＝HYPERLINK(…)"]])   ->   the second row holds '＝HYPERLINK(…)
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

from linli.kernel.visible import is_visible

BOM = "\ufeff"
"""Without it Excel reads a UTF-8 file as GBK."""

SIGNS = ("=", "+", "-", "@")


def csv_of(rows: Iterable[Sequence[str]]) -> str:
    """The rows as CSV with a byte order mark."""
    out = io.StringIO(newline="")
    out.write(BOM)
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
    return out.getvalue()


def harmless(cell: str) -> str:
    """The cell, marked as text when a spreadsheet might run it."""
    first = next((c for c in cell if is_visible(c)), "")
    runs = unicodedata.normalize("NFKC", first).startswith(SIGNS) or cell[:1] in "\t\r\n"
    return f"'{cell}" if cell and runs else cell

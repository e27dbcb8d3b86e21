"""On a narrow screen every table of matters shows stage and time left without being pushed sideways."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CONSOLE = Path(__file__).parents[1]
TABLE = re.compile(r"<table[^>]*>.*?</table>", re.DOTALL)
STAGE = '{% translate "环节" %}</th>'
INCLUDED = re.compile(r'{% include "(console/[^"]*_row\.html)"')


def tables_with_a_stage() -> list[tuple[str, str]]:
    """(template, the table with the row it includes)."""
    found = []
    for template in sorted(CONSOLE.rglob("*.html")):
        for table in TABLE.findall(template.read_text(encoding="utf-8")):
            if STAGE in table:
                rows = [CONSOLE.parent / name for name in INCLUDED.findall(table)]
                words = "".join(row.read_text(encoding="utf-8") for row in rows)
                found.append((str(template.relative_to(CONSOLE)), table + words))
    return found


def test_there_are_tables_with_a_stage() -> None:
    assert len(tables_with_a_stage()) >= 6


@pytest.mark.parametrize(("template", "table"), tables_with_a_stage())
def test_title_and_stage_are_told_apart_from_the_rest(template: str, table: str) -> None:
    assert '<table class="table table--matters">' in table
    cells = re.findall(r'<td class="([^"]*)"', table)
    assert [cell for cell in cells if "is-title" in cell], "the title comes first"
    states = len([cell for cell in cells if "is-state" in cell])
    times = table.count('{% translate "剩余时间" %}</th>') + table.count('"最近时限" %}</th>')
    assert states == 1 + times, "stage and time left follow it"

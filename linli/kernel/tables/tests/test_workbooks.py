"""Workbooks that would be dear to read are refused before they are read, and read where they can be ended."""

from __future__ import annotations

import io
import zipfile

import pytest

from linli.kernel.tables import workbooks
from linli.kernel.tables.sheets import UnreadableTable
from linli.kernel.tables.workbooks import open_workbook, raw_sheets, read_workbook
from tests.trials.hostile import far_cell


def test_a_sheet_is_read_with_its_empty_edges() -> None:
    (sheet,) = raw_sheets("a.xlsx", far_cell("B3"))
    assert sheet.rows == [[1.0, ""], ["", ""], ["", 2.0]]


@pytest.mark.parametrize("reference", ["XFD1048576", "XFD1000", "F1000000"])
def test_a_cell_far_away_is_refused_before_the_sheet_is_read(
    reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "CalamineWorkbook", None)
    with pytest.raises(UnreadableTable, match="太大") as refused:
        open_workbook("a.xlsx", far_cell(reference))
    assert (refused.value.status, refused.value.field) == (422, "file")


def test_book_and_refusal_come_back_out_of_the_cell() -> None:
    assert len(read_workbook("a.xlsx", far_cell("B3")).sheets) == 1
    with pytest.raises(UnreadableTable, match="太大了；请删去") as refused:
        read_workbook("名单.xlsx", far_cell())
    assert refused.value.field == "file"


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", bytes(3_000_000))
    monkeypatch.setattr(workbooks, "MOST_UNPACKED", 2_000_000)
    monkeypatch.setattr(workbooks, "_sheet_parts", lambda packed: pytest.fail("unpacked"))
    with pytest.raises(UnreadableTable, match="展开后太大"):
        open_workbook("a.xlsx", out.getvalue())

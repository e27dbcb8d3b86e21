"""Workbooks that would be dear to read are refused before they are read."""

from __future__ import annotations

import io
import zipfile

import pytest

from linli.kernel.files import workbooks
from linli.kernel.files.tables import UnreadableTable, read_table
from linli.kernel.files.workbooks import TooWide, cells_of, read_cells
from tests.trials.hostile import far_cell


def test_a_sheet_is_read_with_its_empty_edges() -> None:
    assert cells_of(far_cell("B3")) == [[1.0, ""], ["", ""], ["", 2.0]]


@pytest.mark.parametrize("reference", ["XFD1048576", "XFD1000", "F1000000"])
def test_a_cell_far_away_is_refused_before_the_sheet_is_read(
    reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "CalamineWorkbook", None)

    with pytest.raises(TooWide, match="太大"):
        read_cells(far_cell(reference))


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", bytes(3_000_000))
    monkeypatch.setattr(workbooks, "MOST_UNPACKED", 2_000_000)
    monkeypatch.setattr(workbooks, "_measure_sheet", lambda xml: pytest.fail("unpacked"))

    with pytest.raises(TooWide, match="展开后太大"):
        read_cells(out.getvalue())


def test_the_reader_of_tables_says_so_in_a_sentence() -> None:
    with pytest.raises(UnreadableTable, match="太大了；请删去表格外面的内容再试") as caught:
        read_table("名单.xlsx", far_cell())

    assert (caught.value.status, caught.value.field) == (422, "file")

"""The file itself: cells as a spreadsheet has them, and the same bytes for the same standards."""

from __future__ import annotations

import contextlib
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from linli.cases.catalogue.standards import workbook
from linli.cases.catalogue.standards.columns import COLUMNS
from linli.cases.catalogue.standards.errors import BadSheet
from linli.cases.catalogue.standards.rows import StandardRow
from linli.cases.catalogue.standards.tests.sheets import (
    LONG_ROWS,
    TITLES,
    book,
    long_book,
    read,
    row_of,
    short_book,
)
from linli.cases.catalogue.standards.workbook import read_file, write_file
from linli.kernel.tables.sheets import UnreadableTable

GRID = [
    row_of("01", "11", "积存垃圾渣土", "有积存垃圾"),
    row_of("01", "11", "积存垃圾渣土", "堆放超过两立方米", responsible_org=""),
    row_of("01", "98", "共享单车乱放", "成片倒伏", custom=True),
    row_of("02", "01", "非法小广告", "=1+1", major_name="宣传广告"),
    row_of("01", "01", "上水井盖", "井盖缺失", kind="component", major_name="公用设施"),
    row_of("01", "", "城乡建设", "内容清楚", kind="appeal", major_name="城乡建设"),
]


def facts(row: StandardRow) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in ("kind", "custom", *(c.field for c in COLUMNS)))


def test_what_was_written_is_read_as_the_same_rows() -> None:
    reading = read(write_file(GRID))

    assert reading.errors == ()
    assert sorted(map(facts, reading.rows)) == sorted(map(facts, GRID))


def test_the_same_standards_give_the_same_bytes() -> None:
    assert write_file(GRID) == write_file(list(GRID))
    with zipfile.ZipFile(io.BytesIO(write_file(GRID))) as packed:
        assert b"2000-01-01T00:00:00Z</dcterms:created>" in packed.read("docProps/core.xml")
        assert {part.date_time[0] for part in packed.infolist()} == {1980}


def test_cells_are_merged_as_cities_merge_them() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(write_file(GRID)))
    events = book.get_sheet_by_name("事件")

    assert book.sheet_names == ["部件", "事件", "诉求"]
    assert events.to_python()[0] == TITLES
    merged = {(first, last[0]) for first, last in events.merged_cell_ranges or []}
    assert {((1, 0), 3), ((1, 1), 3), ((1, 2), 2), ((1, 3), 2)} <= merged
    assert ((1, TITLES.index("监管主体")), 2) in merged
    assert not any(first == (1, TITLES.index("责任主体")) for first, _last in merged), "they differ"
    assert events.to_python()[3][3] == "共享单车乱放（自定义）"


def test_what_looks_like_a_formula_stays_text() -> None:
    texts = [row.filing_condition for row in read(write_file(GRID)).rows]

    assert "=1+1" in texts


def test_nothing_to_write_gives_a_header_to_fill_in() -> None:
    (sheet,) = read_file("空.xlsx", write_file([])).sheets

    assert (sheet.name, [[cell.text for cell in line.cells] for line in sheet.lines]) == (
        "事件", [TITLES],
    )  # fmt: skip


def test_a_title_merged_across_the_sheet_is_one_cell() -> None:
    (sheet,) = read_file("短.xlsx", short_book()).sheets
    texts = [[cell.text for cell in line.cells] for line in sheet.lines]

    assert texts[0].count("某区立案、处置和结案标准") == 1
    assert [row[0] for row in texts[2:]] == ["01", "01", "01"]


def test_a_csv_is_read_by_its_name_and_line_numbers() -> None:
    lines = [TITLES, *[[str(cell) for cell in row] for row in LONG_ROWS]]
    text = "\n".join(",".join(line) for line in [lines[0], lines[1], [""] * 12, *lines[2:]])
    reading = read(text.encode("gb18030"), name="事件标准.csv")

    assert [row.number for row in reading.rows] == [2, 4, 5, 6]
    assert reading.rows[1].responsible_org == "环卫所", "as above, where the class is left blank"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 and nothing",
        long_book()[:900],
        b"\xd0\xcf\x11\xe0" + bytes(600),
        bytes(range(256)),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(UnreadableTable) as refused:
        read_file("坏.xlsx", content)
    assert refused.value.field == "file"


@given(at=st.integers(0, 6_000), noise=st.binary(min_size=1, max_size=8), cut=st.booleans())
def test_a_damaged_file_is_read_or_refused_in_words(*, at: int, noise: bytes, cut: bool) -> None:
    whole = long_book()
    damaged = whole[:at] + noise + (b"" if cut else whole[at + len(noise) :])

    with contextlib.suppress(UnreadableTable, BadSheet):
        assert read(damaged).rows


def test_a_file_that_asks_for_all_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_BYTES", 100)
    with pytest.raises(BadSheet):
        read_file("大.csv", b"a," * 100)


def test_a_sheet_with_too_many_lines_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_LINES", 4)
    with pytest.raises(BadSheet) as refused:
        read_file("长.xlsx", book({"事件": (TITLES, LONG_ROWS, [])}))
    assert "5 行" in refused.value.message

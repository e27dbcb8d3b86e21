"""What a cell says, and what it can no longer say."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.tables.cells import (
    BadCell,
    Cell,
    cell_from,
    count_of,
    day_of,
    decimal_of,
    key_of,
    moment_of,
    phone_of,
    shortened,
    text_of,
    visible,
)
from linli.kernel.tables.tests.files import ZONE, local_day

NOW = datetime(2026, 11, 28, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "\u200b\u200b",
        "\u3164",
        "\u2800",
        "\u2060\ufeff",
        "\xad",
        "\U000e0041",
        " \u3000\t",
        "\ufe0f",
    ],
)
def test_a_cell_in_which_nothing_can_be_seen_is_empty(text: str) -> None:
    assert visible(text) == ""
    assert Cell(text).blank
    assert text_of(Cell(text)) == ""


def test_what_can_be_seen_is_kept_as_it_is() -> None:
    assert visible("  👨\u200d👩 ") == "👨\u200d👩"
    assert not Cell("甲").blank
    assert shortened("甲\n" * 60) == ("甲 " * 60)[:39] + "…"


@pytest.mark.parametrize(
    "value", [2.5e17, 250912101101081542.0, 2.0**53, 990101001002003.0, 1e300, 1e-12]
)
def test_a_number_with_lost_digits_is_no_key(value: float) -> None:
    with pytest.raises(
        BadCell, match=r"Excel 已把它存成数值 \d(\.\d+)?E[+-]\d+，.*请把该列设为文本"
    ):
        key_of(cell_from(value))


@given(st.integers(-(10**14) + 1, 10**14 - 1))
def test_a_whole_number_below_fifteen_digits_is_the_key_it_shows(number: int) -> None:
    assert key_of(cell_from(float(number))) == str(number)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("00123", "00123"),
        (" Ａ１－２ ", "A1-2"),
        ("1E05", "1E05"),
        ("\u200b7\u200b", "7"),
        ("250912101101081542", "250912101101081542"),
    ],
)
def test_a_key_in_text_is_the_key_that_is_written(text: str, key: str) -> None:
    assert key_of(Cell(text)) == key


@pytest.mark.parametrize(
    "cell",
    [
        Cell("2.5E+17"),
        Cell("1.99e10"),
        Cell("1E+05"),
        cell_from(12.5),
        cell_from(date(2026, 3, 9)),
        cell_from(time(1)),
        cell_from(True),
        cell_from("", "坏了"),
    ],
)
def test_what_a_spreadsheet_made_of_a_key_is_refused(cell: Cell) -> None:
    with pytest.raises(BadCell):
        key_of(cell)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("19900000001", "19900000001"),
        ("199-0000-0001", "19900000001"),
        ("+86 199 0000 0001", "19900000001"),
        ("0086 19900000001", "19900000001"),
        ("１９９００００００１０", "19900000010"),
        ("（0571）88880000", "057188880000"),
        ("0571-88880000", "057188880000"),
        ("88880000", "88880000"),
        ("400-800-1234", "4008001234"),
        ("12345", "12345"),
        ("+852 5123 4567", "85251234567"),
    ],
)
def test_a_certain_number_is_taken_without_its_signs(written: str, number: str) -> None:
    found = phone_of(Cell(written))
    assert (found.number, found.note) == (number, "")


def test_a_number_cell_of_eleven_digits_is_a_telephone_number() -> None:
    assert phone_of(cell_from(19900000001.0)).number == "19900000001"


@pytest.mark.parametrize(
    "written", ["", "无", " 不详 ", "-", "——", "/", "N/A", "0", "暂无", "\u200b"]
)
def test_nothing_given_is_empty_and_no_matter(written: str) -> None:
    assert phone_of(Cell(written)).number == ""
    assert phone_of(Cell(written)).note == ""


@pytest.mark.parametrize(
    ("written", "number", "note"),
    [
        ("199****0001", "", "隐去了数字"),
        ("138xxxx1234", "", "隐去了数字"),
        ("****", "", "隐去了数字"),
        ("19900000001/61234567", "19900000001", "有 2 个号码"),
        ("19900000001、19900000002、19900000003", "19900000001", "有 3 个号码"),
        ("19900000001/12", "", "不能确定"),
        ("见备注", "", "不能确定"),
        ("、", "", "不能确定"),
        ("0571-88880000转8801", "057188880000", "分机号"),
        ("0571-88880000-8801", "057188880000", "分机号"),
        ("88880000 分机：12", "88880000", "分机号"),
    ],
)
def test_what_is_left_out_of_a_telephone_number_is_said(
    written: str, number: str, note: str
) -> None:
    found = phone_of(Cell(written))
    assert found.number == number
    assert note in found.note


@pytest.mark.parametrize(
    "cell",
    [
        Cell("1.99E+10"),
        Cell("12"),
        Cell("1990000000"),
        Cell("199000000012"),
        cell_from(1.99e15),
        cell_from(19900000001.5),
    ],
)
def test_a_number_that_was_there_and_is_none_refuses_the_row(cell: Cell) -> None:
    with pytest.raises(BadCell):
        phone_of(cell)


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_a_number_cell_is_a_number_of_at_most_fourteen_digits_or_nothing(value: float) -> None:
    for rule in (key_of, lambda cell: phone_of(cell).number):
        try:
            found = rule(cell_from(value))
        except BadCell:
            continue
        assert found == "" or (float(found) == value and len(found.lstrip("-")) < 15)


FIVE_PAST_TWO = datetime(2026, 3, 9, 6, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-09 14:05",
        "2026/3/9 14:05",
        "2026.3.9 14:05",
        "2026年3月9日 14:05",
        "2026年3月9日14时5分",
        "2026-03-09T14:05:00+08:00",
        "2026-03-09T06:05:00Z",
        "2026-03-09T06:05:00.123Z",
        "２０２６-０３-０９ １４：０５",
        "2026/3/9 下午2:05",
        "2026-03-09 2:05 PM",
        "2026-03-09 14:05:00.0",
        "202603091405",
        "20260309140500",
        "2026-03-09\u200b 14:05",
    ],
)
def test_a_date_with_one_meaning_is_read(written: str) -> None:
    assert moment_of(Cell(written), zone=ZONE, now=NOW) == FIVE_PAST_TWO


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("20260309", "2026-03-08T16:00:00+00:00"),
        ("2026-03-09 24:00", "2026-03-09T16:00:00+00:00"),
        ("2026-03-09 上午12:30", "2026-03-08T16:30:00+00:00"),
        ("2026-03-09 中午12:30", "2026-03-09T04:30:00+00:00"),
        ("2026-03-09 中午1:30", "2026-03-09T05:30:00+00:00"),
        ("2026-03-09 下午14:30", "2026-03-09T06:30:00+00:00"),
        ("2026年3月9日星期一", "2026-03-08T16:00:00+00:00"),
    ],
)
def test_the_hours_are_those_that_people_mean(written: str, expected: str) -> None:
    found = moment_of(Cell(written), zone=ZONE, now=NOW)
    assert found is not None
    assert found.isoformat() == expected


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("03/04/2026", "月和日分不清"),
        ("3/9/26 14:05", "月和日分不清"),
        ("26-3-9", "月和日分不清"),
        ("2026-13-09", "无法识别"),
        ("2026-02-30", "无法识别"),
        ("2026-03-09 25:00", "无法识别"),
        ("2026-03-09 14:05 大约", "无法识别"),
        ("2026年3-9", "无法识别"),
        ("20261332", "无法识别"),
        ("昨天", "无法识别"),
        ("1026-03-09 14:05", "早于 2000-01-01"),
        ("1999-12-31", "早于 2000-01-01"),
        ("2062-03-09 14:05", "在将来"),
        ("0001-01-01T00:00:00+23:59", "早于"),
        ("9999-12-31T23:59:59-12:00", "在将来"),
    ],
)
def test_a_date_that_is_none_or_cannot_be_refuses_the_row(written: str, reason: str) -> None:
    with pytest.raises(BadCell, match=reason):
        moment_of(Cell(written), zone=ZONE, now=NOW)


def test_dates_of_a_spreadsheet_are_read_to_the_second() -> None:
    fraction = cell_from(datetime.fromisoformat("2026-03-09 14:04:59.520"))
    assert moment_of(fraction, zone=ZONE, now=NOW) == FIVE_PAST_TWO
    assert day(cell_from(date(2026, 3, 9))) == date(2026, 3, 9)
    assert day(Cell("2026-03-08T16:30:00Z")) == date(2026, 3, 9)
    assert moment_of(cell_from(46090.586805555555, serial=True), zone=ZONE) == FIVE_PAST_TWO
    assert cell_from(datetime.fromisoformat("9999-12-31 23:59:59.999")).text.startswith("9999")


@pytest.mark.parametrize(
    "cell",
    [
        cell_from(46090.5868),
        cell_from(1.5, serial=True),
        cell_from(time(14, 5)),
        cell_from(timedelta(1)),
        cell_from(True),
    ],
)
def test_a_number_of_which_nobody_says_what_it_counts_is_no_date(cell: Cell) -> None:
    with pytest.raises(BadCell):
        moment_of(cell, zone=ZONE, now=NOW)


def day(cell: Cell, **bounds: Any) -> date | None:
    return day_of(cell, zone=ZONE, local_day=local_day, **bounds)


def test_bounds_are_those_of_the_column() -> None:
    assert day(Cell("1953-05-01"), earliest=date(1900, 1, 1)) == date(1953, 5, 1)
    with pytest.raises(BadCell, match="在将来"):
        day(Cell("2026-11-30"), now=NOW)
    tomorrow = Cell("2026-11-29 08:00")
    assert moment_of(tomorrow, zone=ZONE, now=NOW) == datetime(2026, 11, 29, tzinfo=UTC)
    assert moment_of(Cell(" "), zone=ZONE) is None
    assert day(Cell("")) is None


@given(st.text(max_size=30))
def test_no_text_stops_a_file(written: str) -> None:
    for rule in (
        text_of,
        key_of,
        phone_of,
        decimal_of,
        count_of,
        lambda one: moment_of(one, zone=ZONE, now=NOW),
    ):
        with contextlib.suppress(BadCell):
            rule(Cell(written))


def test_numbers_are_plain_decimals_and_counts_are_whole() -> None:
    assert decimal_of(Cell("１２０.155°")) == 120.155
    assert decimal_of(cell_from(30.5)) == 30.5
    assert decimal_of(Cell("")) is None
    assert count_of(Cell("３")) == 3
    assert count_of(Cell(" ")) is None
    for text in ("nan", "1e5", "一", "1,5"):
        with pytest.raises(BadCell):
            decimal_of(Cell(text))
        with pytest.raises(BadCell):
            count_of(Cell(text))


def test_what_is_damaged_says_so_everywhere() -> None:
    for cell, words in (
        (cell_from(None, "#N/A 错误"), "#N/A"),
        (cell_from(False), "FALSE"),
        (cell_from(float("nan")), "不是有效的数"),
    ):
        assert not cell.blank
        with pytest.raises(BadCell, match=words):
            text_of(cell)
    assert cell_from(None).blank
    assert cell_from(b"x").text == "b'x'"

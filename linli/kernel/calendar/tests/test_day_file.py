import json
from datetime import date

import pytest

from linli.kernel.calendar.day_file import DayKind, ListedDay, RowProblem, read_days
from linli.kernel.calendar.errors import BadCalendarFile

GOOD = """日期,类型,名称
2027-01-01,放假,元旦
2027/1/3,调休,元旦

2027年2月5日,休,春节
"""


def test_a_table_is_read_whatever_way_the_date_is_written() -> None:
    listed = read_days(GOOD.encode())

    assert listed.days == (
        ListedDay(date(2027, 1, 1), DayKind.HOLIDAY, "元旦"),
        ListedDay(date(2027, 1, 3), DayKind.MAKE_UP, "元旦"),
        ListedDay(date(2027, 2, 5), DayKind.HOLIDAY, "春节"),
    )
    assert listed.problems == ()
    assert listed.complete_years == {2027}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_what_a_spreadsheet_saves_is_read(encoding: str) -> None:
    assert read_days(GOOD.encode(encoding)) == read_days(GOOD.encode())


def test_columns_may_come_in_another_order_with_others_between() -> None:
    text = "名称,备注,类型,日期\n元旦,,holiday,2027-01-01\n"

    assert read_days(text.encode()).days == (ListedDay(date(2027, 1, 1), DayKind.HOLIDAY, "元旦"),)


def test_json_rows_are_read_too() -> None:
    rows = [{"date": "2027-01-01", "kind": "holiday", "name": "元旦"}, "nonsense"]

    listed = read_days(json.dumps(rows).encode())

    assert listed.days == (ListedDay(date(2027, 1, 1), DayKind.HOLIDAY, "元旦"),)
    assert [(problem.row, problem.field) for problem in listed.problems] == [(2, "date")]


@pytest.mark.parametrize(
    ("row", "field", "value", "year"),
    [
        ("2027-02-30,放假,春节", "date", "2027-02-30", None),
        ("明年元旦,放假,元旦", "date", "明年元旦", None),
        ("2027-05-01,半天,劳动节", "kind", "半天", 2027),
        ("2027-05-01,放假,", "name", "", 2027),
        ("2027-05-01,放假", "name", "", 2027),
        ("2027-05-01,放假," + "长" * 41, "name", "长" * 41, 2027),
        ("2027-01-01,调休,元旦", "date", "2027-01-01", 2027),
    ],
)
def test_a_bad_row_is_reported_by_its_number_and_the_good_ones_are_kept(
    row: str, field: str, value: str, year: int | None
) -> None:
    listed = read_days(
        f"日期,类型,名称\n2027-01-01,放假,元旦\n{row}\n2028-01-01,放假,元旦\n".encode()
    )

    assert [listed_day.day.year for listed_day in listed.days] == [2027, 2028]
    (problem,) = listed.problems
    assert (problem.row, problem.field, problem.value, problem.year) == (3, field, value, year)
    assert problem.reason.endswith("。")


def test_a_year_with_a_bad_row_is_held_back_and_the_others_are_complete() -> None:
    listed = read_days(
        "日期,类型,名称\n2027-01-01,放假,元旦\n2027-05-01,?,劳动节\n2028-01-01,放假,元旦\n".encode()
    )

    assert listed.complete_years == {2028}
    assert listed.held_years == {2027}


def test_a_row_without_a_date_makes_every_year_doubtful() -> None:
    listed = read_days("日期,类型,名称\n2027-01-01,放假,元旦\n?,放假,劳动节\n".encode())

    assert listed.complete_years == frozenset()
    assert listed.held_years == {2027}
    assert listed.problems == (
        RowProblem(3, "date", "?", "不是日期，请写成例如2027-01-01。", None),
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "表头"),
        ("节日,开始,结束\n元旦,1,2\n".encode(), "表头"),
        (b"\xff\xff\xff", "不是文本"),
        (b"[{", "JSON读不出来"),
        (b'{"years": {}}', "列表"),
        (b" " * 1_000_001, "超过1MB"),
    ],
)
def test_another_kind_of_file_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(BadCalendarFile, match=sentence) as refused:
        read_days(content)

    assert refused.value.field == "file"

"""A city's sheet is read row by row: carried down, checked, told where it is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.cases.catalogue.standards import codes
from linli.cases.catalogue.standards.errors import BadSheet
from linli.cases.catalogue.standards.rows import Options, Reading, reading_from
from linli.cases.catalogue.standards.sheet import read_limit, read_standards
from linli.cases.catalogue.standards.tests.sheets import (
    BAD_ROWS,
    LONG_ROWS,
    OPTIONS,
    SHORT,
    SHORT_ROWS,
    TITLES,
    book,
    long_book,
    places,
    read,
    sheet_of,
    short_book,
)
from linli.kernel.calendar.errors import UnclearLimit
from linli.kernel.tables.sheets import Book

THREE_DIGITS = Options(pattern=codes.parse_pattern("6+2+3+5"))


def cells(
    rows: Sequence[Sequence[object]],
    *,
    header: list[str] = TITLES,
    name: str = "事件",
    options: Options = OPTIONS,
) -> Reading:
    return read_standards(Book([sheet_of(name, [header, *rows])]), options=options)


def row(*first: object) -> list[object]:
    return [*first, *[""] * (len(TITLES) - len(first))]


def test_the_long_sheet_with_merged_cells_is_read_whole() -> None:
    reading = read(long_book())

    assert reading.errors == ()
    assert [
        (one.major_code, one.minor_code, one.filing_condition, one.number) for one in reading.rows
    ] == [
        ("01", "11", "有积存垃圾", 2),
        ("01", "11", "堆放超过两立方米", 3),
        ("01", "98", "成片倒伏", 4),
        ("02", "01", "张贴、喷涂", 5),
    ]
    first, second, third, _ = reading.rows
    assert (first.kind, first.major_name, first.name) == ("event", "市容环境", "积存垃圾渣土")
    assert (second.responsible_org, second.legal_article) == ("环卫所", "第九条")
    assert (third.name, third.custom, third.responsible_org) == ("共享单车乱放", True, "")
    assert reading.kinds == reading.clean == {"event"}


def test_the_short_sheet_with_a_title_and_other_words_is_read_by_its_header() -> None:
    reading = read(short_book(), options=replace(OPTIONS, days_mean="自然日"))

    assert reading.errors == ()
    assert [(one.number, one.time_limit) for one in reading.rows] == [
        (3, "2紧急工作时"), (4, "3自然日"), (5, "1工作日"),
    ]  # fmt: skip
    assert {one.responsible_org for one in reading.rows} == {"水务所", "路灯所"}
    assert {one.supervising_org for one in reading.rows} == {"街道"}
    assert {one.legal_basis for one in reading.rows} == {None}, "the sheet says nothing of the law"


def test_a_bare_day_is_asked_back_until_somebody_says_what_it_means() -> None:
    reading = read(short_book())

    assert places(reading) == [(4, "处置时限")]
    assert reading.errors[0].value == "3天"
    assert "3工作日、3自然日、3紧急工作日" in reading.errors[0].expected
    assert [one.number for one in reading.rows] == [3, 5], "good rows are kept"
    assert reading.clean == frozenset()


@pytest.mark.parametrize(
    ("text", "options", "limit"),
    [
        ("15天", replace(OPTIONS, days_mean="工作日"), "15工作日"),
        ("２ 个 日", replace(OPTIONS, days_mean="紧急工作日"), "2紧急工作日"),
        ("4小时", replace(OPTIONS, hours_mean="工作时"), "4工作时"),
        ("4时", replace(OPTIONS, hours_mean="紧急工作时"), "4紧急工作时"),
        ("2个工作天", OPTIONS, "2工作日"),
        ("7自然日", replace(OPTIONS, days_mean="工作日"), "7自然日"),
    ],
)
def test_a_limit_gets_its_one_spelling(text: str, options: Options, limit: str) -> None:
    assert read_limit(text, options=options) == limit


@pytest.mark.parametrize("text", ["3天", "4小时", "尽快", "", "1.5工作日"])
def test_a_limit_nobody_can_be_sure_of_is_refused(text: str) -> None:
    with pytest.raises(UnclearLimit):
        read_limit(text, options=replace(OPTIONS, hours_mean=""))


def test_a_sheet_with_twenty_mistakes_reports_exactly_those_twenty() -> None:
    planted = [
        (number, column)
        for number, (_cells, columns) in enumerate(BAD_ROWS, 2)
        for column in columns
    ]
    assert len(planted) == 20

    reading = read(book({"事件": (TITLES, [cells for cells, _ in BAD_ROWS], [])}))

    assert places(reading) == planted
    assert [one.number for one in reading.rows] == [2, 23], "good rows are kept"
    held = {number for one in reading.errors for number in one.also}
    assert held == {10}, "a row that hangs on a wrong class is named with it"
    assert all(one.reason and one.expected for one in reading.errors)


def test_an_error_says_where_what_and_what_was_expected() -> None:
    wrong_code = row("01", "市容环境", "1l", "道路不洁", "有泥", "1工作日", "洗净")
    (wrong,) = cells([wrong_code, row("", "", "", "", "有油", "1工作日", "洗净")]).errors

    assert wrong.sentence == (
        "“事件”第 2 行“小类代码”（1l）：不是数字；应为：2 位数字，如 01。第 3 行随之没有读取。"
    )


def test_carrying_down_stops_at_a_new_major_class() -> None:
    reading = cells([
        row("01", "市容环境", "11", "积存垃圾", "少量", "1工作日", "清走"),
        row("02", "宣传广告", "", "", "张贴", "1工作日", "清除"),
        row("", "", "", "", "喷涂", "1工作日", "清除"),
        row("", "", "01", "小广告", "刻画", "1工作日", "清除"),
    ])  # fmt: skip

    assert places(reading) == [(3, "小类代码")]
    assert reading.errors[0].also == (4,)
    assert [(one.number, one.major_code) for one in reading.rows] == [(2, "01"), (5, "02")]


def test_rows_that_repeat_their_class_mean_the_same_as_merged_ones() -> None:
    repeated = [["01", "市容环境", "11", "积存垃圾渣土", *one[4:]] for one in LONG_ROWS[:2]]
    merged = [LONG_ROWS[0], ["", "", "", "", *LONG_ROWS[1][4:7], *LONG_ROWS[0][7:]]]
    full = [repeated[0], [*repeated[1][:7], *LONG_ROWS[0][7:]]]

    assert cells(full).rows == cells(merged).rows == cells(LONG_ROWS[:2]).rows
    assert cells(repeated).rows[1].supervising_org == "", (
        "a row that names its class means its blanks"
    )


def test_a_number_that_lost_its_zeros_is_filled_and_text_is_not() -> None:
    numbers = cells([row(1.0, "市容环境", 7, "沿街晾挂", "晾晒", "1工作日", "收走")])
    text = cells([row("1", "市容环境", "7", "沿街晾挂", "晾晒", "1工作日", "收走")])

    assert (numbers.rows[0].major_code, numbers.rows[0].minor_code) == ("01", "07")
    assert places(text) == [(2, "大类代码"), (2, "小类代码")]


def test_codes_count_from_one() -> None:
    wrong = cells([row("01", "市容环境", "00", "沿街晾挂", "晾晒", "1工作日", "收走")])

    assert [(one.column, one.value) for one in wrong.errors] == [("小类代码", "00")]


def test_three_digit_classes_are_read_by_their_pattern() -> None:
    rows = [row("01", "公用设施", "080", "自设小类", "坏了", "1工作日", "修好")]

    assert cells(rows, options=THREE_DIGITS, name="部件").rows[0].custom
    assert places(cells(rows, name="部件")) == [(2, "小类代码")]


def test_one_code_with_two_names_is_told_where_it_stood_first() -> None:
    reading = cells([
        row("01", "市容环境", "11", "积存垃圾", "少量", "1工作日", "清走"),
        row("", "", "12", "道路不洁", "有泥", "1工作日", "洗净"),
        row("", "", "11", "积存渣土", "大量", "1工作日", "清走"),
    ])  # fmt: skip

    assert places(reading) == [(4, "小类名称")]
    assert "“事件”第 2 行" in reading.errors[0].reason
    assert "积存垃圾" in reading.errors[0].reason


def test_the_same_condition_twice_is_told_across_sheets() -> None:
    content = book({
        "事件": (TITLES, [row("01", "市容环境", "11", "积存垃圾", "少量", "1工作日", "清走")], []),
        "事件扩展": (TITLES, [row("01", "市容环境", "11", "积存垃圾", "少量", "2工作日", "清走")], []),
    })  # fmt: skip
    reading = read(content)

    assert [(one.sheet, one.number, one.column) for one in reading.errors] == [
        ("事件扩展", 2, "立案条件")
    ]
    assert len(reading.rows) == 1


def test_the_kind_is_in_a_column_the_sheet_the_options_or_the_file() -> None:
    line = row("01", "某大类", "11", "某小类", "坏了", "1工作日", "修好")
    plain = book({"Sheet1": (TITLES, [line, row("", "", "", "", "又坏了", "1工作日", "修好")], [])})
    with_column = book({"Sheet1": ([*TITLES, "类型"], [[*line, "部件"]], [])})

    assert read(plain, name="部件标准.xlsx").rows[0].kind == "component"
    assert (
        read(plain, name="a.xlsx", options=replace(OPTIONS, kind="event")).rows[0].kind == "event"
    )
    assert read(with_column, name="事件.xlsx").rows[0].kind == "component"

    unknown = read(plain, name="标准.xlsx")
    assert places(unknown) == [(2, "工作表")]
    assert unknown.errors[0].also == (3,)
    assert (unknown.rows, unknown.clean) == ((), frozenset())


def test_while_a_sheet_is_of_unknown_kind_no_kind_is_complete() -> None:
    line = row("01", "某大类", "11", "某小类", "坏了", "1工作日", "修好")
    reading = read(book({"事件": (TITLES, [line], []), "Sheet2": (TITLES, [line], [])}))

    assert reading.kinds == {"event"}
    assert reading.clean == frozenset()


def test_a_class_is_not_carried_down_into_another_kind() -> None:
    line = row("01", "某大类", "11", "某小类", "坏了", "1工作日", "修好")
    reading = cells(
        [[*line, "部件"], [*row("", "", "", "", "又坏了", "1工作日", "修好"), "事件"]],
        header=[*TITLES, "类型"],
    )

    assert [(one.number, one.kind) for one in reading.rows] == [(2, "component")]
    assert places(reading) == [(3, "大类代码"), (3, "小类代码")]


def test_a_kind_nobody_knows_is_told_in_its_column() -> None:
    line = row("01", "某大类", "11", "某小类", "坏了", "1工作日", "修好")
    reading = cells([[*line, "设施"], [*line, "事件"]], header=[*TITLES, "类型"])

    assert places(reading) == [(2, "类型")]
    assert [one.kind for one in reading.rows] == ["event"]


def test_an_appeal_may_have_a_major_class_only() -> None:
    first = ["01", "城乡建设", "", "城乡建设", "内容清楚", "5工作日", "已答复"]
    reading = cells(
        [row(*first), row("", "", "", "", "重复反映", "5工作日", "已答复")], name="诉求"
    )
    other = cells(
        [row(*first), row("", "", "", "别的", "重复反映", "5工作日", "已答复")], name="诉求"
    )

    assert [(one.minor_code, one.name) for one in reading.rows] == [("", "城乡建设")] * 2
    assert places(other) == [(3, "小类名称")], "without a code there is room for one class only"


def test_a_class_of_the_city_may_come_without_a_number() -> None:
    reading = cells([row("01", "市容环境", "", "私设地锁（自定义）", "占路", "1工作日", "拆除")])

    assert [(one.minor_code, one.name, one.custom) for one in reading.rows] == [
        ("", "私设地锁", True)
    ]


def test_blank_lines_repeated_headers_and_remarks_are_left_out() -> None:
    line = row("01", "市容环境", "11", "积存垃圾", "少量", "1工作日", "清走")
    reading = cells([row(), line, list(TITLES), row("注：以上为试行标准")])

    assert [one.number for one in reading.rows] == [3]
    assert reading.errors == ()
    assert any("第 5 行是说明文字" in note for note in reading.notes)


def test_invisible_signs_and_line_breaks_do_not_make_another_row() -> None:
    line = row(
        "01", "市容环境", "11", "积存\u3000垃圾\ufeff", "少\u200b量\n堆放", "1工作日", "清走\x07"
    )
    line[10] = "第一条\r\n第二条"
    (only,) = cells([line]).rows

    assert (only.name, only.filing_condition, only.closing_condition) == (
        "积存 垃圾",
        "少量 堆放",
        "清走",
    )
    assert only.legal_article == "第一条\n第二条"


def test_what_is_not_read_is_said() -> None:
    content = book({
        "说明": (["本表自发布之日起施行"], [], []),
        "Sheet3": ([], [], []),
        "事件": ([*TITLES, "权重"], [[*row("01", "市容环境", "11", "积存垃圾", "少量", "1工作日", "清走"), "5"]], []),
    })  # fmt: skip

    notes = read(content).notes

    assert any("“说明”没有立案标准的表头" in note for note in notes)
    assert any("权重" in note for note in notes)
    assert len(notes) == 2, "an empty sheet is not worth a word"


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        (["小类代码", "立案条件"], "大类代码"),
        ([title for title in TITLES if title != "处置时限"], "处置时限"),
        ([*TITLES, "结案标准"], "结案条件"),
        (["姓名", "电话"], "表头"),
    ],
)
def test_a_sheet_without_a_column_it_needs_is_refused_by_name(
    header: list[str], missing: str
) -> None:
    with pytest.raises(BadSheet) as refused:
        cells([], header=header)

    assert missing in refused.value.message
    assert refused.value.field == "file"


def test_headers_may_carry_brackets_stars_and_line_breaks() -> None:
    header = [
        "大类代码\n（2位）",
        "*大类名称",
        "小类代码（2位）",
        "小类名称",
        "立案条件",
        "处置时限(工作日)",
        "结案条件",
    ]
    reading = cells(
        [["01", "市容环境", "11", "积存垃圾", "少量", "1工作日", "清走"]], header=header
    )

    assert len(reading.rows) == 1


def test_a_reading_survives_being_sent_with_a_form() -> None:
    reading = read(short_book())

    assert reading_from(reading.as_data()) == reading


CLASS = st.sampled_from(["01", "02", "03"])
LINE = st.tuples(CLASS, CLASS, st.booleans(), st.booleans())


@given(st.lists(LINE, min_size=1, max_size=25))
def test_carrying_down_gives_what_was_blanked(lines: list[tuple[str, str, bool, bool]]) -> None:
    """Rows written in full, then blanked wherever they repeat the row above, are read as the same rows."""
    full, blanked = [], []
    above: tuple[str, str] | None = None
    for place, (major, minor, blank_major, blank_minor) in enumerate(lines):
        rest = [f"条件{place}", "1工作日", "结案", "监管", "", "依据", "", ""]
        named = [major, f"大类{major}", minor, f"小类{major}{minor}"]
        full.append([*named, *rest])
        same_major, same_minor = bool(above) and above[0] == major, above == (major, minor)  # type: ignore[index]
        if same_minor and blank_minor:
            named[2:] = ["", ""]
            rest[3] = rest[5] = ""
        if same_major and blank_major:
            named[:2] = ["", ""]
        blanked.append([*named, *rest])
        above = (major, minor)

    assert cells(blanked).rows == cells(full).rows
    assert cells(blanked).errors == ()


CODE = st.sampled_from(["", "01", "1", "x", "002"])
NAME = st.sampled_from(["", "甲", "乙", "丙（自定义）"])
LIMIT = st.sampled_from(["1工作日", "3天", "", "很快"])


@given(st.lists(st.tuples(CODE, NAME, CODE, NAME, NAME, LIMIT, NAME), max_size=15))
def test_every_row_is_either_read_or_named_in_an_error(lines: list[tuple[str, ...]]) -> None:
    reading = cells([row(*line) for line in lines])

    good = {one.number for one in reading.rows}
    bad = {number for one in reading.errors for number in (one.number, *one.also)}
    filled = {number for number, line in enumerate(lines, 2) if any(line)}
    assert good | bad == filled
    assert not good & bad
    assert len(reading.rows) == len(good)


def test_the_short_header_has_nine_columns_and_the_long_one_twelve() -> None:
    assert (len(SHORT), len(TITLES)) == (9, 12)
    assert {len(one) for one in SHORT_ROWS} == {9}

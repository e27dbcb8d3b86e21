"""Every line of a file is a row, a refusal, or a note, whoever made the file and with what."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.tables import sheets
from linli.kernel.tables.cells import day_of, phone_of
from linli.kernel.tables.columns import Layout
from linli.kernel.tables.reading import BadRow, MissingColumns, Table, read_table
from linli.kernel.tables.results import MOST_KEPT, Imported, Refusal
from linli.kernel.tables.sheets import UnreadableTable, plain_title
from linli.kernel.tables.stored import rows_as_data, rows_from
from linli.kernel.tables.tests.files import (
    HEADER,
    ZONE,
    local_day,
    report,
    text,
    web_page,
    with_part,
    workbook,
)

FIVE_PAST_TWO = datetime.fromisoformat("2026-03-09 14:05")

LAYOUT = Layout(
    "上报",
    {
        "no": ("工单编号", "external_no", "编号"),
        "title": ("标题", "title"),
        "body": ("内容", "主要内容", "body"),
        "address": ("地址", "被反映地址"),
        "name": ("联系人", "来电人"),
        "phone": ("联系电话", "来电号码"),
        "at": ("接收时间", "创建时间"),
    },
    needed=(("title", "body"),),
)


def read(content: bytes | str, name: str = "三月.csv") -> Table:
    return read_table(name, content.encode() if isinstance(content, str) else content, LAYOUT)


def numbers(table: Table) -> list[str]:
    return [row.text("no") for row in table.rows]


def places(table: Table) -> list[tuple[int, str]]:
    return [(one.row, one.column) for one in table.refused]


def test_the_header_is_found_below_titles_and_whatever_it_is_called() -> None:
    above = [["三月份热线工单明细表"], [], ["制表：槐荫街道", "", "2026 年"], *[["说明"]] * 9]
    header = [
        "序号", "工单编号*", "标\u3000题", "主要内容（必填）", "被反映地址", "来电人", "来电号码", "创建时间\n(年月日)",
    ]  # fmt: skip
    table = read(workbook(["1", *report("L1")], header=header, above=above))

    assert numbers(table) == ["L1"]
    assert (table.rows[0].number, table.header.line.number) == (14, 13)
    assert table.rows[0].title("phone") == "来电号码"
    assert table.notes == []


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("标　题", "标题"),
        ("姓名*", "姓名"),
        ("\ufeff工单 编号", "工单编号"),
        ("經度", "经度"),
        ("地址（必填）", "地址"),
        ("社区/村", "社区/村"),
        ("External_No", "externalno"),
        ("（说明）", ""),
        ("时限[工作日]", "时限"),
        ("甲)乙", "甲乙"),
    ],
)
def test_one_name_has_one_spelling(title: str, plain: str) -> None:
    assert plain_title(title) == plain


def test_the_sheet_is_the_first_one_to_be_seen_with_the_header_and_the_others_are_named() -> None:
    rows = [list(HEADER), report("Z1")]
    before = {"填表说明": ([["请按第二张表填写"]], False), "字典": (rows, True), "空": ([], False)}
    table = read(workbook(report("B1"), before=before))

    assert numbers(table) == ["B1"]
    assert table.notes == [
        "工作表“填表说明”没有上报的表头，没有读取。",
        "隐藏的工作表“字典”没有读取。",
    ]

    two = read(
        workbook(report("B2"), before={"二月": (rows, False), "内容": ([["内容", "内容"]], False)})
    )
    assert numbers(two) == ["Z1"]
    assert [note[:9] for note in two.notes] == ["工作表“内容”也有", "工作表“上报”也有"]


def test_a_hidden_sheet_is_never_chosen_silently() -> None:
    hidden = workbook(header=(), before={"上报一": ([list(HEADER), report("Z1")], True)})
    with pytest.raises(UnreadableTable, match="只有隐藏的工作表“上报一”"):
        read(hidden)


def test_merged_cells_are_filled_downwards_and_two_lines_of_header_are_one() -> None:
    group = ["工单编号", "标题", "内容", "地址", "来电", "", "接收时间"]
    table = read(
        workbook(
            report("M1"), ["M2", "井盖响", "井盖响", "", "", "", ""],
            above=[group], merged=[(0, 0, 1, 0), (0, 1, 1, 1), (0, 6, 1, 6), (2, 3, 3, 3), (2, 5, 3, 5)],
        )
    )  # fmt: skip

    assert numbers(table) == ["M1", "M2"]
    assert [row.text("address") for row in table.rows] == ["槐荫路", "槐荫路"]
    assert [row.text("phone") for row in table.rows] == ["19900000001", "19900000001"]
    assert [row.text("name") for row in table.rows] == ["王奶奶", ""]


def test_totals_remarks_and_printed_headers_are_noted_and_no_rows() -> None:
    table = read(
        workbook(
            report("K1"), [" ", " "], ["", "\u3000"], list(HEADER), ["合 计", "", "1 条"], ["备注：截至三月"],
            ["", "合计有误", "请核对"],
        )
    )  # fmt: skip

    assert [row.number for row in table.rows] == [2, 8]
    assert table.notes == [
        "第 5 行是重复的表头（工单编号），没有读取。",
        "第 6 行是合计行（合 计），没有读取。",
        "第 7 行是说明文字（备注：截至三月），没有读取。",
    ]
    assert numbers(read("标题,内容\n合计,2\n说明：路灯,\n"))[:1] == [""]


def test_a_column_twice_is_refused_and_a_second_name_for_it_is_noted() -> None:
    with pytest.raises(UnreadableTable, match="第 1 行）里“内容”出现了不止一次"):
        read("标题,内容,地址,内容\n甲,乙,丙,丁\n")
    table = read("标题,内容,主要内容,内容（原文）,备注,备注\n甲,乙,丙,丁,,\n")
    assert table.rows[0].text("body") == "乙"
    assert "列“内容（原文）”“主要内容”没有读取" in table.notes[0]


def test_surplus_cells_refuse_their_row() -> None:
    table = read(
        "工单编号,标题,内容,地址\nY1,路灯,不亮,三天了,卯路\nY2,井盖,响,辰路,\nY3,垃圾,,,,\n"
    )

    assert numbers(table) == ["Y2", "Y3"]
    assert table.refused == [
        Refusal(
            "三月",
            2,
            "第 5 列",
            "卯路",
            "比表头多出 1 格，内容里可能有没加引号的分隔符；请核对后再传",
        )
    ]
    assert places(read(workbook([*report("X"), "旁注"], report("Y")))) == [(2, "第 8 列")]


@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "big5"]
)
def test_text_is_read_in_every_encoding_and_with_every_separator(
    separator: str, encoding: str
) -> None:
    header = (
        ["工單編號", "標題", "內容", "地址", "來電人", "來電號碼", "創建時間"]
        if encoding == "big5"
        else HEADER
    )
    row = ["P1", "路燈", "不亮", "甲路", "王", "19900000001", "2026-03-09"]
    table = read(text(row, header=header, separator=separator).encode(encoding))

    assert numbers(table) == ["P1"]
    assert table.rows[0].text("title") == "路燈"
    assert table.complete
    assert any("分隔" in note for note in table.notes) == (separator != ",")
    assert any("Big5" in note for note in table.notes) == (encoding == "big5")


def test_excel_may_say_which_separator_it_used() -> None:
    assert numbers(read("sep=;\n" + text(report("P1", 地址="一，二,三"), separator=";"))) == ["P1"]


STRAY = 'N1,一,二\nN2,店招,"老王"小吃\nN3,路灯,不亮\nN4,井盖,响\n'


@pytest.mark.parametrize(
    ("lines", "kept", "refused"),
    [
        (STRAY, ["N1", "N3", "N4"], [3]),
        ('N1,一,二\nN2,店招,"老王小吃\nN3,路灯,不亮\nN4,井盖,响\n', ["N1", "N3", "N4"], [3]),
        ('N1,一,二\nN2,店招,"老王\nN3,路灯,"不亮"\nN4,井盖,响\n', ["N1", "N3", "N4"], [3]),
        ('N1,"一\n二",三\nN2,"引""号",四\n', ["N1", "N2"], []),
        ('N1,"一,二\nN2,三",四\nN3,五,六\n', ["N3"], [2, 3]),
        ('N1,一,"二"三\n半行\nN3,五,六\n', ["N3"], [2, 3]),
        ('"N1" ,一,"二"\n\n\nN2,5" 管,漏\n', ["N1", "N2"], []),
        ('N1,"一\n二",三,四\nN2,五,六\n', ["N2"], [2, 3]),
        ('N1,一,"', [], [2]),
    ],
)
def test_a_stray_quote_never_swallows_a_row(
    lines: str, kept: list[str], refused: list[int]
) -> None:
    table = read("工单编号,标题,内容\n" + lines)

    assert numbers(table) == kept
    assert [one.row for one in table.refused] == refused
    assert table.complete == (not refused)


@given(
    st.lists(
        st.lists(st.text("ab\"，,\r\n '", max_size=6), min_size=3, max_size=3).map(",".join),
        max_size=12,
    )
)
def test_every_line_of_a_text_is_accounted_for(lines: list[str]) -> None:
    """Counted by hand: a line is in a row that begins at it or above it, or it is refused."""
    content = "工单编号,标题,内容\n" + "\n".join(lines)
    table = read(content)
    told = {one.row for one in table.refused} | {row.number for row in table.rows}
    begins = sorted(told)
    physical = sheets_lines(content)
    for number, line in enumerate(physical[1:], start=2):
        if any(sign not in '," \u3000' for sign in line):
            inside = [at for at in begins if at <= number]
            assert inside, (number, line)
            if number not in told:
                row = next((one for one in table.rows if one.number == inside[-1]), None)
                assert row is None or (
                    line.strip('"') and '"' in "".join(physical[inside[-1] - 1 : number])
                )


def sheets_lines(content: str) -> list[str]:
    return content.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def test_signs_that_cannot_be_read_refuse_their_row_and_the_file_is_not_whole() -> None:
    content = text(report("P1"), report("P2"), report("P3")).encode()
    broken = content.replace("路灯不亮P2".encode(), b"\xe8\xb7\xff\xfe")
    table = read(broken)

    assert numbers(table) == ["P1", "P3"]
    assert [one.row for one in table.refused] == [3]
    assert not table.complete
    cut = read(text(report("P1"), report("P2", 接收时间="三月")).encode()[:-3])
    assert (numbers(cut), cut.complete) == (["P1"], False)


ERROR_CELL = b'<c r="B4" t="e"><v>#N/A</v></c>'


def test_errors_formulas_and_truth_values_name_their_cell() -> None:
    good = workbook(report("E1", 标题="=A1"), report("E2", 标题=True), report("E3"))
    cell = re.compile(rb'<c r="B4" t="s"><v>\d+</v></c>')
    broken = with_part(good, "sheet1.xml", lambda xml: cell.sub(ERROR_CELL, xml))
    table = read(broken)
    reasons = []
    for row in table.rows:
        with pytest.raises(BadRow) as bad:
            row.text("title")
        reasons.append((bad.value.refusal.row, bad.value.refusal.column, bad.value.message[:12]))
    assert reasons == [
        (2, "标题", "单元格的公式没有算出的值"),
        (3, "标题", "单元格是 Excel 的"),
        (4, "标题", "单元格是 Excel 的"),
    ]


def test_dates_of_both_first_days_are_read_and_bare_serials_only_of_one() -> None:
    row = report("D1", 接收时间=datetime.fromisoformat("2026-03-09 14:05:30.400"))
    bare = report("D2", 接收时间=46090.5)
    for options, days in (
        ({}, [date(2026, 3, 9)] * 2),
        ({"date_1904": True}, [date(2026, 3, 9), None]),
    ):
        table = read(workbook(row, bare, options=options))
        found = []
        for one in table.rows:
            try:
                found.append(one.read("at", partial(day_of, zone=ZONE, local_day=local_day)))
            except BadRow:
                found.append(None)
        assert found == days


def test_a_web_page_named_xls_is_read_as_its_table() -> None:
    table = read(web_page(report("T1"), ["T2", "甲<br>乙", "丙"]), "导出.xls")
    assert numbers(table) == ["T1", "T2"]
    assert table.rows[1].text("title") == "甲\n乙"
    assert "网页" in table.notes[0]
    gbk = web_page(report("T1")).replace("utf-8", "gb2312").encode("gb18030")
    assert numbers(read(gbk, "导出.xls")) == ["T1"]
    spans = read(
        "<table><tr><th>标题<th>内容<th>地址<tr><td rowspan=2>甲<td colspan=2>乙<tr><td>丙<td>丁</table>"
    )
    assert [[row.text(name) for name in ("title", "body", "address")] for row in spans.rows] == [
        ["甲", "乙", ""], ["甲", "丙", "丁"],
    ]  # fmt: skip
    cut = read(web_page(report("T1"), report("T2"))[:-60], "导出.xls")
    assert (numbers(cut), [one.row for one in cut.refused], cut.complete) == (["T1"], [3], False)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<html><body>没有表格</body></html>", "没有表格"),
        (
            "<table><tr><td><table><tr><td>标题</td></tr></table></td></tr></table>",
            "表格里面又有表格",
        ),
        ("<?xml version='1.0'?><data><a/></data>", "其实是XML 文件"),
        ("MIME-Version: 1.0\nContent-Type: multipart/related", "单个文件网页"),
        (
            "<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'><Wor",
            "而且不完整",
        ),
        (
            "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]>"
            "<Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'/>",
            "实体声明",
        ),
    ],
)
def test_what_is_no_plain_table_says_how_to_save_it(content: str, words: str) -> None:
    with pytest.raises(UnreadableTable, match=words) as refused:
        read(content, "导出.xls")
    assert "xlsx" in refused.value.message


XML = """<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel">
<Worksheet ss:Name="字典"><Table><Row><Cell><Data ss:Type="String">标题</Data></Cell></Row></Table>
<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet>
<Worksheet ss:Name="上报"><Table>
<Row ss:Index="2"><Cell><Data ss:Type="String">工单编号</Data></Cell><Cell><Data ss:Type="String">标题</Data></Cell>
<Cell ss:Index="4"><Data ss:Type="String">接收时间</Data></Cell></Row>
<Row><Cell ss:MergeDown="1"><Data ss:Type="Number">7</Data></Cell><Cell><Data ss:Type="String">路灯</Data></Cell>
<Cell ss:Index="4"><Data ss:Type="DateTime">2026-03-09T14:05:00.000</Data></Cell></Row>
<Row><Cell ss:Index="2"><Data ss:Type="Error">#N/A</Data></Cell><Cell><Data ss:Type="Boolean">1</Data></Cell></Row>
<Row><Cell><Data ss:Type="Number">一</Data></Cell><Cell><Data ss:Type="String">末行</Data></Cell></Row>
</Table></Worksheet></Workbook>"""


def test_the_xml_of_excel_2003_is_read() -> None:
    table = read(XML, "旧系统.xls")

    assert [(row.number, row.key("no")) for row in table.rows] == [(3, "7"), (4, "7"), (5, "一")]
    assert table.rows[0].cell("at").value == FIVE_PAST_TWO
    with pytest.raises(BadRow, match="#N/A"):
        table.rows[1].text("title")
    assert "隐藏的工作表“字典”没有读取。" in table.notes
    cut = read(XML[: XML.index("末行")], "旧系统.xls")
    assert ([row.number for row in cut.rows], [one.row for one in cut.refused]) == ([3, 4], [5])
    assert not cut.complete


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "是空的"),
        (b"\xef\xbb\xbf \r\n", "是空的"),
        (b"\x00\x01\x02,\x00", "不是文本表格"),
        (b",,,\n,,\n", "里没有内容"),
        ("姓名,工号\n甲,1\n".encode(), "缺少“标题或内容”列（找到：姓名、工号）"),
        (b"PK\x03\x04 and nothing", "不完整"),
        (workbook(report("1"))[:900], "不完整"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "不是可读的"),
    ],
)
def test_a_file_that_is_none_is_refused_with_what_to_do(content: bytes, words: str) -> None:
    with pytest.raises(UnreadableTable, match=words) as refused:
        read(content, "坏.xlsx")
    assert refused.value.field == "file"


def test_what_is_missing_is_told_apart_for_whoever_asks() -> None:
    with pytest.raises(MissingColumns) as missing:
        read("姓名,工号\n甲,1\n")
    assert (missing.value.missing, missing.value.found) == ([("title", "body")], "姓名、工号")


def test_a_sheet_that_asks_for_all_the_memory_is_refused() -> None:
    far = with_part(
        workbook(report("1")), "sheet1.xml", lambda xml: xml.replace(b'r="G2"', b'r="XFD1048576"')
    )
    with pytest.raises(UnreadableTable, match="1048576 行、16384 列"):
        read(far)
    assert sheets.MOST_CELLS > 1_000_000


def test_rows_written_as_data_are_the_same_rows() -> None:
    table = read(
        workbook(
            report("7", 接收时间=FIVE_PAST_TWO, 联系电话=19900000001),
            report("8", 标题=True),
            report("9", 地址=2.5e17, 内容=date(2026, 3, 9)),
        )
    )
    again = rows_from(rows_as_data(table.rows))

    for one, other in zip(table.rows, again, strict=True):
        assert (one.number, one.sheet) == (other.number, other.sheet)
        for name in LAYOUT.columns:
            assert one.cell(name) == other.cell(name)
            assert one.title(name) == other.title(name)
    assert again[0].read("phone", phone_of).number == "19900000001"
    notes: list[str] = []
    assert again[0].phone("name", notes) == ""
    assert "不能确定" in notes[0]


def test_an_outcome_counts_rows_and_says_where_it_was_wrong() -> None:
    table = read(STRAY_TABLE)
    result = table.begun(Imported(stored=2, known=1))
    assert (result.read, result.taken, result.all_taken) == (4, 4, False)
    result.count("posted")
    data = result.as_data()
    assert (data["refused"], data["refused_rows"][0]["row"], data["posted"]) == (1, 3, 1)
    assert data["notes"][0].startswith("文件没有读全")
    result.refused *= MOST_KEPT + 5
    result.shorten()
    assert (len(result.refused), result.refused_count, result.taken) == (
        MOST_KEPT,
        MOST_KEPT + 5,
        MOST_KEPT + 8,
    )
    assert result.refused[0].sentence.startswith("第 3 行（N2,店招")
    assert table.rows[0].refusal("phone", "不对。").sentence == "第 2 行：不对。"


STRAY_TABLE = "工单编号,标题,内容\n" + STRAY

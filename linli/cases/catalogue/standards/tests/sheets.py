"""Sheets as cities draw them, made for the tests: a long one, a short one, and one with twenty mistakes."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

from linli.cases.catalogue.standards import codes
from linli.cases.catalogue.standards.columns import COLUMNS
from linli.cases.catalogue.standards.rows import Options, Reading, StandardRow
from linli.cases.catalogue.standards.sheet import read_standards
from linli.cases.catalogue.standards.workbook import read_file
from linli.kernel.tables.cells import cell_from
from linli.kernel.tables.sheets import Line, Sheet

TITLES = [column.title for column in COLUMNS]

SHORT = [
    "大类代码",
    "大类名称",
    "小类代码",
    "小类名称",
    "处置单位",
    "主管部门",
    "立案条件",
    "结案条件",
    "处置时限",
]
"""The nine columns of another city: other words, another order, nothing of the law."""

OPTIONS = Options(pattern=codes.parse_pattern("6+2+2+6"))

LONG_ROWS: list[list[object]] = [
    ["01", "市容环境", "11", "积存垃圾渣土", "有积存垃圾", "4工作时", "垃圾清走、地面干净",
     "城管队", "环卫所", "市容条例", "第九条", "全景照片一张"],
    ["", "", "", "", "堆放超过两立方米", "3工作日", "清运完毕", "", "", "", "", ""],
    ["", "", "98", "共享单车乱放（自定义）", "成片倒伏", "1工作日", "摆放整齐",
     "城管队", "", "", "", ""],
    ["02", "宣传广告", "01", "非法小广告", "张贴、喷涂", "1工作日", "清除干净",
     "城管队", "", "", "", ""],
]  # fmt: skip

Merged = Sequence[tuple[int, int, int]]
"""(first line, last line, column), counted from 0 like the rows below the header."""

LONG_MERGED = [
    (0, 2, 0),
    (0, 2, 1),
    (0, 1, 2),
    (0, 1, 3),
    *((0, 1, place) for place in range(7, 12)),
]

SHORT_ROWS: list[list[object]] = [
    ["01", "公用设施", "01", "上水井盖", "水务所", "街道", "井盖缺失", "补装到位", "2紧急工作时"],
    ["", "", "", "", "", "", "井盖破损", "更换新盖", "3天"],
    ["", "", "37", "路灯", "路灯所", "街道", "灯不亮", "灯亮", "1工作日"],
]
SHORT_MERGED = [(0, 2, 0), (0, 2, 1), (0, 1, 2), (0, 1, 3), (0, 1, 4), (0, 2, 5)]


def book(
    sheets: Mapping[str, tuple[Sequence[object], Sequence[Sequence[object]], Merged]],
    *,
    title: str = "",
) -> bytes:
    """An xlsx: (header, rows, merged) by the name of the sheet; a title stands in a merged first line."""
    out = io.BytesIO()
    file = xlsxwriter.Workbook(out, {"in_memory": True})
    for name, (header, rows, merged) in sheets.items():
        sheet = file.add_worksheet(name)
        top = 0
        if title:
            sheet.merge_range(0, 0, 0, len(header) - 1, title)
            top = 1
        for line, row in enumerate([header, *rows], top):
            for place, value in enumerate(row):
                if value != "":
                    sheet.write(line, place, value)
        for first, last, place in merged:
            sheet.merge_range(top + 1 + first, place, top + 1 + last, place, "")
            sheet.write(top + 1 + first, place, rows[first][place])
    file.close()
    return out.getvalue()


def long_book(rows: Sequence[Sequence[object]] = LONG_ROWS, merged: Merged = LONG_MERGED) -> bytes:
    return book({"事件": (TITLES, rows, merged)})


def short_book() -> bytes:
    return book({"部件": (SHORT, SHORT_ROWS, SHORT_MERGED)}, title="某区立案、处置和结案标准")


def read(content: bytes, *, name: str = "立案标准.xlsx", options: Options = OPTIONS) -> Reading:
    return read_standards(read_file(name, content), options=options, file_name=name)


def sheet_of(name: str, rows: Sequence[Sequence[object]]) -> Sheet:
    """A sheet as the reader gives it, without a file."""
    lines = [Line(at, [cell_from(cell) for cell in row]) for at, row in enumerate(rows, start=1)]
    return Sheet(name, lines)


def places(reading: Reading) -> list[tuple[int, str]]:
    return [(one.number, one.column) for one in reading.errors]


BAD_ROWS: list[tuple[list[object], list[str]]] = [
    # (cells, columns in which the mistakes of this row are told)
    (["01", "市容环境", "11", "积存垃圾渣土", "有积存垃圾", "4工作时", "清走", "", "", "", "", ""], []),
    (["", "", "", "", "", "1工作日", "清走", "", "", "", "", ""], ["立案条件"]),
    (["", "", "", "", "少量", "", "清走", "", "", "", "", ""], ["处置时限"]),
    (["", "", "", "", "大量", "3天", "清走", "", "", "", "", ""], ["处置时限"]),
    (["", "", "", "", "很多", "两周", "清走", "", "", "", "", ""], ["处置时限"]),
    (["", "", "", "", "成堆", "1工作日", "", "", "", "", "", ""], ["结案条件"]),
    (["", "", "", "", "有积存垃圾", "2工作日", "清走", "", "", "", "", ""], ["立案条件"]),
    (["", "", "1l", "道路不洁", "有泥", "1工作日", "洗净", "", "", "", "", ""], ["小类代码"]),
    (["", "", "", "", "有油", "1工作日", "洗净", "", "", "", "", ""], []),
    (["", "", "013", "道路破损", "坑洞", "1工作日", "补平", "", "", "", "", ""], ["小类代码"]),
    (["", "", "14", "", "洒落", "1工作日", "扫净", "", "", "", "", ""], ["小类名称"]),
    (["", "", "11", "积存渣土", "另一种", "1工作日", "扫净", "", "", "", "", ""], ["小类名称"]),
    (["", "", "", "没有编号的", "一种", "1工作日", "扫净", "", "", "", "", ""], ["小类代码"]),
    (["B2", "宣传广告", "01", "非法小广告", "张贴", "1工作日", "清除", "", "", "", "", ""], ["大类代码"]),
    (["003", "施工管理", "01", "施工扰民", "夜间", "1工作日", "停止", "", "", "", "", ""], ["大类代码"]),
    (["04", "", "01", "无照经营", "摆摊", "1工作日", "劝离", "", "", "", "", ""], ["大类名称"]),
    (["01", "环境卫生", "20", "焚烧树叶", "正在烧", "1工作日", "熄灭", "", "", "", "", ""], ["大类名称"]),
    (["05", "突发事件", "", "", "积水", "1工作日", "排干", "", "", "", "", ""], ["小类代码"]),
    (["06", "其他", "01", "噪声", "吵" * 201, "1工作日", "安静", "", "", "", "", ""], ["立案条件"]),
    (["", "", "", "", "夜里吵", "1工作日", "安静", "", "局" * 81, "", "", ""], ["责任主体"]),
    (["", "", "", "", "白天吵", "1小时", "安静", "", "", "", "", "照" * 301], ["采集要求", "处置时限"]),
    (["", "", "02", "异味", "有味", "2工作日", "散去", "", "", "", "", ""], []),
]  # fmt: skip


def row_of(
    major: str, minor: str, name: str, condition: str, *, kind: str = "event", **more: Any
) -> StandardRow:
    """A row as the database gives it to the export."""
    facts: dict[str, Any] = {
        "major_name": "市容环境", "custom": False, "time_limit": "1工作日", "closing_condition": "清走",
        "supervising_org": "城管队", "responsible_org": "环卫所", "legal_basis": "市容条例",
        "legal_article": "第九条\n第二款", "evidence_required": "", "sheet": "", "number": 0,
    }  # fmt: skip
    return StandardRow(
        kind=kind,
        major_code=major,
        minor_code=minor,
        name=name,
        filing_condition=condition,
        **(facts | more),
    )

"""The columns of a sheet of standards, and where they stand in one.

Cities use two sheets. The long one has twelve columns; the short one leaves out the last three. Neither their order
nor their exact words are fixed: 处置单位 is the 责任主体, 主管部门 the 监管主体. Lines of title may stand above.

Pure: cells in, places out.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from linli.cases.catalogue.standards.errors import BadSheet
from linli.kernel.tables.cells import visible
from linli.kernel.tables.columns import HEADER_LINES, Layout
from linli.kernel.tables.sheets import Line, Sheet, plain_title

LONGEST_ARTICLE = 20_000
"""Characters of a quoted article; a spreadsheet cell holds 32,767."""


@dataclass(frozen=True)
class Column:
    """One column: the field it fills, the words above it, the most characters it takes."""

    field: str
    title: str
    most: int
    needed: bool = False
    spellings: tuple[str, ...] = ()
    lines: bool = False


COLUMNS = (
    Column("major_code", "大类代码", 8, needed=True, spellings=("大类编码", "大类编号", "问题大类代码", "大类号")),
    Column("major_name", "大类名称", 40, needed=True, spellings=("大类", "问题大类", "问题大类名称")),
    Column("minor_code", "小类代码", 8, needed=True, spellings=("小类编码", "小类编号", "问题小类代码", "小类号")),
    Column("name", "小类名称", 60, needed=True, spellings=("小类", "问题小类", "问题小类名称")),
    Column("filing_condition", "立案条件", 200, needed=True, spellings=("立案标准", "立案情形", "立案规范")),
    Column("time_limit", "处置时限", 20, needed=True, spellings=("处置时间", "处理时限", "办理时限", "时限")),
    Column("closing_condition", "结案条件", 200, needed=True, spellings=("结案标准", "结案规范", "结案要求")),
    Column("supervising_org", "监管主体", 80, spellings=("主管部门", "监管部门", "主管单位", "监管单位")),
    Column("responsible_org", "责任主体", 80, spellings=("处置单位", "责任单位", "责任部门", "处置部门")),
    Column("legal_basis", "法律法规依据", 300, spellings=("法律依据", "法规依据", "法律法规")),
    Column(
        "legal_article", "法律法规具体条款", LONGEST_ARTICLE, spellings=("具体条款", "法律条款", "法规条款"), lines=True
    ),
    Column("evidence_required", "采集要求", 300, spellings=("采集说明", "上报要求", "采集标准")),
)  # fmt: skip
"""The twelve columns in the order of the long sheet."""

TITLES = {column.field: column.title for column in COLUMNS}
VALUES = tuple(column.field for column in COLUMNS[5:])
"""What a version of a row carries beside its class and its 立案条件."""

OPTIONAL = tuple(column.field for column in COLUMNS if not column.needed)
KIND_FIELD, KIND_TITLE = "kind", "类型"
_KIND_SPELLINGS = (KIND_TITLE, "案件类型", "问题类型", "案件类别", "问题类别")

STANDARDS = Layout(
    "立案标准",
    {column.field: (column.title, *column.spellings) for column in COLUMNS}
    | {KIND_FIELD: _KIND_SPELLINGS},
    needed=(("filing_condition",), ("minor_code", "name")),
)
"""Tells the encoding and the separator of a text. What else a sheet needs, `find_header` says."""

KIND_WORDS = {
    "component": ("部件",),
    "event": ("事件",),
    "appeal": ("诉求", "服务事项", "热线"),
}
"""Words in a cell, the name of a sheet or of a file that tell the kind of class."""

_INVISIBLE = str.maketrans(dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff"))


@dataclass(frozen=True)
class Header:
    """`line` is where it stands; `places` the place of each field; `unknown` other titles."""

    line: Line
    places: dict[str, int]
    unknown: tuple[str, ...]

    @property
    def width(self) -> int:
        """Places up to the last title."""
        return max(self.line.filled, default=-1) + 1


def tidy(value: str, *, lines: bool = False) -> str:
    """A text: no invisible characters, single spaces, nothing around it; `lines` keeps the line breaks."""
    text = visible(value.translate(_INVISIBLE))
    kept = (" ".join(_visible(line).split()) for line in text.splitlines())
    return ("\n" if lines else " ").join(line for line in kept if line)


def find_header(sheet: Sheet) -> Header | None:
    """The line that names the columns, None when there is none.

    Raises:
        BadSheet: it lacks a column no row can do without, or names one twice.
    """
    for line in sheet.lines[:HEADER_LINES]:
        titles = [tidy(cell.text) for cell in line.cells]
        fields = [_FIELD_OF_TITLE.get(plain_title(title), "") for title in titles]
        if "filing_condition" in fields and {"minor_code", "name"} & set(fields):
            return _header(line, titles, fields, sheet.name)
    return None


def kind_in(text: str) -> str:
    """The kind of class a text speaks of; empty when it says none, or more than one."""
    found = [kind for kind, words in KIND_WORDS.items() if any(word in text for word in words)]
    return found[0] if len(found) == 1 else ""


def _header(line: Line, titles: list[str], fields: list[str], sheet: str) -> Header:
    twice = sorted(
        {TITLES.get(name, KIND_TITLE) for name in fields if name and fields.count(name) > 1}
    )
    if twice:
        raise BadSheet(
            f"工作表“{sheet}”的表头（第 {line.number} 行）里“{twice[0]}”出现了不止一次，请删去多余的一列。",
            field="file",
        )
    missing = [column.title for column in COLUMNS if column.needed and column.field not in fields]
    if missing:
        raise BadSheet(
            f"工作表“{sheet}”的表头（第 {line.number} 行）缺少：{'、'.join(missing)}。请补上，或先导出现行标准当模板。",
            field="file",
        )
    places = {name: place for place, name in enumerate(fields) if name}
    unknown = tuple(title for title, name in zip(titles, fields, strict=True) if title and not name)
    return Header(line, places, unknown)


def _visible(line: str) -> str:
    return "".join(sign if unicodedata.category(sign) != "Cc" else " " for sign in line)


_FIELD_OF_TITLE = {
    plain_title(words): name for name, spellings in STANDARDS.columns.items() for words in spellings
}

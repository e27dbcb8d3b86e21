"""The yearly list of holidays and make-up days, read from what an office can produce.

CSV (UTF-8 or GB18030) with a header row of 日期, 类型, 名称 in any order:

    日期,类型,名称
    2027-01-01,放假,元旦
    2027-01-03,调休,元旦

or JSON: a list of {"date", "kind", "name"}. Bad rows are reported by number (CSV: as a spreadsheet counts, the header
is row 1; JSON: from 1) and never stop the reading. But a year with a bad row is not `complete`, and a row whose date
cannot be read makes every year doubtful: loading such a year would turn a missing holiday into wrong dues.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from linli.kernel.calendar.errors import BadCalendarFile

MAX_BYTES = 1_000_000  # a century of rows is a tenth of that
NAME_LENGTH = 40


class DayKind(StrEnum):
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"


@dataclass(frozen=True, slots=True)
class ListedDay:
    day: date
    kind: DayKind
    name: str


@dataclass(frozen=True, slots=True)
class RowProblem:
    """`year` is None when the date itself could not be read."""

    row: int
    field: str
    value: str
    reason: str
    year: int | None = None


@dataclass(frozen=True, slots=True)
class DayList:
    """Good rows in file order and the problems of the others."""

    days: tuple[ListedDay, ...]
    problems: tuple[RowProblem, ...]

    @property
    def complete_years(self) -> frozenset[int]:
        """Years all of whose rows are good."""
        if any(problem.year is None for problem in self.problems):
            return frozenset()
        return frozenset(listed.day.year for listed in self.days) - self.held_years

    @property
    def held_years(self) -> frozenset[int]:
        """Years of good rows that a bad row holds back."""
        seen = frozenset(listed.day.year for listed in self.days)
        doubtful = {problem.year for problem in self.problems}
        if None in doubtful:
            return seen
        return frozenset(year for year in seen if year in doubtful)


_KINDS = {
    **dict.fromkeys(("放假", "节假日", "休息", "休", "holiday"), DayKind.HOLIDAY),
    **dict.fromkeys(("调休", "调休上班", "上班", "班", "make_up"), DayKind.MAKE_UP),
}
_COLUMNS = {
    "日期": "date",
    "类型": "kind",
    "名称": "name",
    "date": "date",
    "kind": "kind",
    "name": "name",
}
_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")


def read_days(content: bytes) -> DayList:
    """Raises BadCalendarFile if the bytes are neither such a CSV nor such JSON."""
    if len(content) > MAX_BYTES:
        raise BadCalendarFile("文件超过1MB，不像是节假日表，请检查是否选错了文件。")
    text = _decoded(content)
    rows = _json_rows(text) if text.lstrip().startswith(("[", "{")) else _csv_rows(text)
    days: dict[date, ListedDay] = {}
    problems: list[RowProblem] = []
    for number, row in rows:
        read = _read_row(number, row)
        if isinstance(read, RowProblem):
            problems.append(read)
        elif read.day in days:
            problems.append(
                RowProblem(
                    number,
                    "date",
                    read.day.isoformat(),
                    "这一天前面已经写过，请只留一行。",
                    read.day.year,
                )
            )
        else:
            days[read.day] = read
    return DayList(tuple(days.values()), tuple(problems))


def _read_row(number: int, row: dict[str, str]) -> ListedDay | RowProblem:
    day = _date(row["date"])
    if day is None:
        return RowProblem(number, "date", row["date"], "不是日期，请写成例如2027-01-01。")
    kind = _KINDS.get(row["kind"])
    if kind is None:
        return RowProblem(number, "kind", row["kind"], "类型只能写“放假”或“调休”。", day.year)
    if not row["name"] or len(row["name"]) > NAME_LENGTH:
        return RowProblem(
            number, "name", row["name"], f"请写节日名称，不超过{NAME_LENGTH}个字。", day.year
        )
    return ListedDay(day, kind, row["name"])


def _date(text: str) -> date | None:
    shape = _DATE.fullmatch(text)
    if shape is None:
        return None
    try:
        return date(int(shape[1]), int(shape[2]), int(shape[3]))
    except ValueError:
        return None


def _decoded(content: bytes) -> str:
    # Spreadsheet programs on Chinese Windows save CSV as GB18030.
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadCalendarFile("文件不是文本，请另存为CSV（UTF-8）后再导入。")


def _csv_rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    lines = csv.reader(io.StringIO(text))
    header = [_COLUMNS.get(cell.strip(), "") for cell in next(lines, [])]
    if not {"date", "kind", "name"} <= set(header):
        raise BadCalendarFile("第1行要有“日期、类型、名称”三列，请补上表头。")
    for number, cells in enumerate(lines, start=2):
        if any(cell.strip() for cell in cells):
            padded = cells + [""] * (len(header) - len(cells))
            yield (
                number,
                {column: cell.strip() for column, cell in zip(header, padded, strict=False)},
            )


def _json_rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        rows: Any = json.loads(text)
    except ValueError as wrong:
        raise BadCalendarFile(f"JSON读不出来（{wrong}），请检查文件。") from wrong
    if not isinstance(rows, list):
        raise BadCalendarFile("JSON要是一个列表，每项写date、kind、name。")
    for number, row in enumerate(rows, start=1):
        fields = row if isinstance(row, dict) else {}
        yield number, {key: str(fields.get(key) or "").strip() for key in ("date", "kind", "name")}

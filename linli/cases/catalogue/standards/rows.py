"""What a sheet gives: good rows, errors with their place, and what the reader was told beforehand.

Pure: plain values that survive being written as JSON and read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from linli.cases.catalogue.standards.codes import Pattern
from linli.kernel.tables.results import Refusal


@dataclass(frozen=True)
class Options:
    """What only the person with the sheet can know: how codes are cut, what a bare 天 or 小时 means, which kind it is.

    `days_mean` and `hours_mean` are units such as 工作日 and 工作时; empty means such a limit is an error.
    """

    pattern: Pattern
    days_mean: str = ""
    hours_mean: str = ""
    kind: str = ""


@dataclass(frozen=True)
class StandardRow:
    """One good row. A minor code is empty for an appeal's class and for a custom class that is still to be numbered.

    An optional value is None where the sheet has no such column: nothing is said about it.
    """

    kind: str
    major_code: str
    major_name: str
    minor_code: str
    name: str
    custom: bool
    filing_condition: str
    time_limit: str
    closing_condition: str
    supervising_org: str | None
    responsible_org: str | None
    legal_basis: str | None
    legal_article: str | None
    evidence_required: str | None
    sheet: str
    number: int


@dataclass(frozen=True)
class RowError:
    """`number` is the line as the spreadsheet counts it; `also` are lines held back with this one."""

    sheet: str
    number: int
    column: str
    value: str
    reason: str
    expected: str
    also: tuple[int, ...] = ()

    @property
    def sentence(self) -> str:
        """`“事件”第 7 行“处置时限”（3天）：没有说清是哪一种“天”；应为…。第 8、9 行随之没有读取。`"""
        value = f"（{self.value}）" if self.value else ""
        held = f"第 {'、'.join(map(str, self.also))} 行随之没有读取。" if self.also else ""
        return (
            f"“{self.sheet}”第 {self.number} 行“{self.column}”{value}：{self.reason}；"
            f"应为：{self.expected}。{held}"
        )

    @property
    def lines(self) -> list[RowError]:
        """This error, and one like it for each line held back with it."""
        held = f"随第 {self.number} 行没有读取：{self.reason}"
        return [
            self,
            *(replace(self, number=line, reason=held, value="", also=()) for line in self.also),
        ]

    @property
    def refusal(self) -> Refusal:
        """In the shape of all imports."""
        return Refusal(
            self.sheet,
            self.number,
            self.column,
            self.value,
            f"{self.reason}；应为：{self.expected}",
        )


@dataclass(frozen=True)
class Reading:
    """A file as it was read. `kinds` are those it has rows of, `clean` those of them without an error.

    `minor_digits` is how many digits a minor class has by the pattern it was read with. Without `complete` the file may
    hold more rows, so that no kind is clean.
    """

    rows: tuple[StandardRow, ...]
    errors: tuple[RowError, ...]
    notes: tuple[str, ...]
    kinds: frozenset[str]
    clean: frozenset[str]
    minor_digits: int
    complete: bool = True

    @property
    def refused_lines(self) -> int:
        """Rows of the file that are named in errors."""
        named = {(one.sheet, number) for one in self.errors for number in (one.number, *one.also)}
        return len(named - {(sheet, 0) for sheet, _number in named})

    def as_data(self) -> dict[str, Any]:
        """Plain lists and mappings, for a form that is sent back; `reading_from` undoes it."""
        return {**asdict(self), "kinds": sorted(self.kinds), "clean": sorted(self.clean)}


def reading_from(data: Mapping[str, Any]) -> Reading:
    """The reading that `as_data` wrote."""
    return Reading(
        rows=tuple(StandardRow(**row) for row in data["rows"]),
        errors=tuple(RowError(**{**one, "also": tuple(one["also"])}) for one in data["errors"]),
        notes=tuple(data["notes"]),
        kinds=frozenset(data["kinds"]),
        clean=frozenset(data["clean"]),
        minor_digits=int(data["minor_digits"]),
        complete=bool(data["complete"]),
    )

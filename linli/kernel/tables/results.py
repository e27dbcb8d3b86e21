"""What an import answers: one shape for every importer, on the screen, in the terminal and for machines.

    rows in the file = stored + known + refused

An import that was not `complete` counts everything it read and ends nothing that is in force.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

MOST_LISTED = 200
"""Refusals that a page or an answer lists; the count goes on."""

MOST_NOTES = 50

MOST_KEPT = 1_000
"""Refusals and notes, each, that are stored of an import that goes on in the background; beyond it they are counted."""

INCOMPLETE = "文件没有读全，或有的行分不清边界：读到的行照常处理，没有停用任何现行的内容；请改好文件后再导入一次。"


@dataclass(frozen=True)
class Refusal:
    """A row that was not taken: where it stands in the file, the column and its value if it is about one, and why."""

    sheet: str
    row: int
    column: str
    value: str
    reason: str

    @property
    def sentence(self) -> str:
        """`第 7 行“联系电话”（1.99E+10）：Excel 已把它存成数值…`"""
        column = f"“{self.column}”" if self.column else ""
        value = f"（{self.value}）" if self.value else ""
        return f"第 {self.row} 行{column}{value}：{self.reason}。"


@dataclass
class Imported:
    """What became of a file. `more` counts what an importer does besides, such as grids given.

    `unlisted` are refused rows that are only counted.
    """

    read: int = 0
    stored: int = 0
    known: int = 0
    refused: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    complete: bool = True
    dry_run: bool = False
    more: dict[str, int] = field(default_factory=dict)
    unlisted: int = 0

    @property
    def refused_count(self) -> int:
        """All that were refused, those that are only counted included."""
        return len(self.refused) + self.unlisted

    def shorten(self) -> None:
        """Keep what anybody reads of a long outcome; the counts stay."""
        self.unlisted += max(0, len(self.refused) - MOST_KEPT)
        del self.refused[MOST_KEPT:]
        del self.notes[MOST_KEPT:]

    @property
    def taken(self) -> int:
        """Rows of which is known what became of them; in the end as many as were read."""
        return self.stored + self.known + self.refused_count

    @property
    def all_taken(self) -> bool:
        return self.complete and not self.refused

    @property
    def listed(self) -> list[Refusal]:
        return self.refused[:MOST_LISTED]

    def count(self, name: str, by: int = 1) -> None:
        self.more[name] = self.more.get(name, 0) + by

    def as_data(self) -> dict[str, Any]:
        """For machines. `refused` is the number, `refused_rows` lists them."""
        return {
            "read": self.read,
            "stored": self.stored,
            "known": self.known,
            "refused": self.refused_count,
            "refused_rows": [asdict(one) for one in self.listed],
            "notes": [*([] if self.complete else [INCOMPLETE]), *self.notes[:MOST_NOTES]],
            "complete": self.complete,
            "dry_run": self.dry_run,
            **self.more,
        }

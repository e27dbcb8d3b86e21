"""The score of an organisation, and the work of a worker, told so that each number opens its list.

    points = 日常处置率×30 + 按期处置率×20 + (1−返工率)×20 + (1−超期待处置率)×20 + (1−延期率)×10

The points are dated settings (practice of one city, 成都金牛) and add up to 100; so is what 返工 is divided by,
应结案 there and 应处置 elsewhere. Example: 应处置 200, 处置 190, 按期 170, 应结案 180, 返工 6, 超期未处置 8, 延期 10
→ 28.5 + 17 + 19.33 + 19.2 + 9.5 = 93.53. No part is ever negative: more rework than matters due gives 0, not less.
A part of nothing is no part, and then there is no score.

A card serves whoever does the work. A worker's card tells what was handled, in time, sent back, and what waits; it has
no points and stands in no ranking. A matter about which an appeal was granted leaves the score, and the score with it
stays beside.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Protocol

from linli.insight.indicators.rules import FLOW, SCORE, Source, share

FULL = 100

OVER_CLOSING, OVER_HANDLING = "close", "handle"
"""What rework is divided by: 应结案 or 应处置."""


@dataclass(frozen=True)
class Formula:
    """Points of each part from a day on; `rework_over` is what rework is divided by."""

    valid_from: date
    done: int
    on_time: int
    no_rework: int
    none_waiting: int
    no_extension: int
    rework_over: str = OVER_CLOSING


USUAL = Formula(
    date(2000, 1, 1),
    SCORE["done"],
    SCORE["on_time"],
    SCORE["no_rework"],
    SCORE["none_waiting"],
    SCORE["no_extension"],
)


class Counted(Protocol):
    """Whatever knows the ids behind a figure, such as a group of the indicators."""

    def ids(self, source: Source) -> frozenset[int]: ...


@dataclass(frozen=True)
class Part:
    """One line of a card: `share` of what was due, or the rest of it if `rest`, gives `got` of `points`."""

    code: str
    points: int
    part: frozenset[int]
    whole: frozenset[int]
    sources: tuple[Source, Source]
    rest: bool = False

    @property
    def share(self) -> Fraction | None:
        found = share(len(self.part), len(self.whole))
        if found is None or not self.rest:
            return found
        return max(Fraction(0), 1 - found)

    @property
    def got(self) -> Fraction | None:
        return None if self.share is None else self.points * self.share


def parts_of(group: Counted, formula: Formula, *, without: Iterable[int] = ()) -> list[Part]:
    """The lines of a card, in the order of the formula; `without` are matters whose appeal was granted."""
    left_out = frozenset(without)
    due, closing = ("handle", "due"), (formula.rework_over, "due")
    lines: Sequence[tuple[str, int, Source, Source, bool]] = (
        ("done", formula.done, ("handle", "done"), due, False),
        ("on_time", formula.on_time, ("handle", "on_time"), due, False),
        ("no_rework", formula.no_rework, ("rework", FLOW), closing, True),
        ("none_waiting", formula.none_waiting, ("handle", "waiting"), due, True),
        ("no_extension", formula.no_extension, ("extend", FLOW), due, True),
    )
    return [
        Part(
            code,
            points,
            group.ids(part) - left_out,
            group.ids(whole) - left_out,
            (part, whole),
            rest,
        )
        for code, points, part, whole, rest in lines
    ]


def score_of(parts: Iterable[Part]) -> Fraction | None:
    """0–100; None while a part has nothing to be counted of."""
    total = Fraction(0)
    for one in parts:
        if one.got is None:
            return None
        total += one.got
    return total


def formula_on(day: date, settings: Iterable[Formula]) -> Formula:
    """The formula in force on a day; the usual one before any was set."""
    begun = [one for one in settings if one.valid_from <= day]
    return max(begun, key=lambda one: one.valid_from) if begun else USUAL

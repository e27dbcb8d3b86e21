"""What reporters say of the result, and how sure one can be of a share.

The last word on a matter in the period counts, be it a rating or an answer to a call back. 满意度 = satisfied and
basically satisfied ÷ all who spoke; 解决率 = solved ÷ all who spoke. With few voices a share says little: the interval
of Wilson (95 %) tells between what bounds the share of all reporters may lie. Example: 9 of 10 → 59.6 % … 98.2 %;
90 of 100 → 82.6 % … 94.5 %; 10 of 10 → 72.2 % … 100 %, where the plain formula would claim certainty.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

Z = 1.959964
"""Standard deviations of 95 % in the middle of the normal distribution."""

SOLVED, PARTLY, NOT_SOLVED = "solved", "partly_solved", "not_solved"
SATISFIED, BASICALLY, DISSATISFIED = "satisfied", "basically_satisfied", "dissatisfied"


def wilson(part: int, whole: int) -> tuple[float, float] | None:
    """(low, high) of a share, 0–1, with 95 % confidence; None of nothing."""
    if not whole:
        return None
    share, square = part / whole, Z * Z
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    spread = share * (1 - share) / whole + square / (4 * whole * whole)
    half = Z * math.sqrt(spread) / (1 + square / whole)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class Opinion:
    """What was said in one group; ids of cases, so that every number opens its list."""

    key: str
    name: str
    said: frozenset[int]
    solved: frozenset[int]
    satisfied: frozenset[int]
    basically: frozenset[int]

    @property
    def liked(self) -> frozenset[int]:
        return self.satisfied | self.basically

    @property
    def dissatisfied(self) -> frozenset[int]:
        return self.said - self.liked

    @property
    def unsolved(self) -> frozenset[int]:
        """Partly solved or not at all."""
        return self.said - self.solved


FIGURES = ("said", "solved", "unsolved", "satisfied", "basically", "dissatisfied")

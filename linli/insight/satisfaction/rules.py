"""What reporters say of the result, and how sure one can be of a share.

The last word on a matter in the period counts, be it a rating or an answer to a call back. 满意度 = satisfied and
basically satisfied ÷ all who spoke; 解决率 = solved ÷ all who spoke.
"""

from __future__ import annotations

from dataclasses import dataclass

SOLVED, PARTLY, NOT_SOLVED = "solved", "partly_solved", "not_solved"
SATISFIED, BASICALLY, DISSATISFIED = "satisfied", "basically_satisfied", "dissatisfied"


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

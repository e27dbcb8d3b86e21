"""Figures and their differences as they are written: 93.72%, +12 (+10.0%), −1.20 个百分点, — where there is none."""

from __future__ import annotations

from fractions import Fraction

from linli.insight.periods.rules import Change

NONE = "—"
MINUS = "−"
ARROWS = {"up": "↑", "down": "↓", "same": "→", "": ""}
POINTS = "{n} 个百分点"

COUNT, RATE, SCORE = "count", "rate", "score"
"""What a number is: matters, a share 0–1 shown in per cent, points 0–100."""


def value_words(value: Fraction | None, unit: str) -> str:
    """A figure as it is shown."""
    if value is None:
        return NONE
    if unit == COUNT:
        return f"{int(value)}"
    return f"{float(100 * value):.2f}%" if unit == RATE else f"{float(value):.2f}"


def difference_words(change: Change, unit: str, *, points: str = POINTS) -> str:
    """The difference with its sign; of counts also as a share of the base."""
    difference = change.difference
    if difference is None:
        return NONE
    if unit == RATE:
        return points.format(n=signed(100 * difference, 2))
    if unit == SCORE:
        return signed(difference, 2)
    words = signed(difference, 0)
    return words if change.relative is None else f"{words} ({signed(100 * change.relative, 1)}%)"


def signed(number: Fraction, digits: int) -> str:
    """With + or a printed minus; what rounds to nothing has no sign."""
    text = f"{float(number):+.{digits}f}"
    return text.replace("-", MINUS) if float(text) else text.lstrip("+-")

"""Measures ways of doing the same thing side by side.

All sides of a bench take turns within one run, each round in another order, so that whatever else the machine
does hits them alike; what counts is the ratio. Example: two sides, five rounds → the median of five figures
each, the ratio of the second median to the first, and the range of the five as its spread.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Figures = Mapping[str, float]
"""What one round of one side measured: {"p99 ms": 12.5, "per second": 800.0}."""


@dataclass(frozen=True)
class Bench:
    """One question. `sides` are the ways compared, the first is the one the others are held against."""

    name: str
    question: str
    sides: Mapping[str, Callable[[], Figures]]
    rounds: int = 5


@dataclass(frozen=True)
class Line:
    """One figure of one side: median, least and most over the rounds, and the ratio to the first side."""

    bench: str
    figure: str
    side: str
    median: float
    least: float
    most: float
    ratio: float


def measure(
    bench: Bench, *, rounds: int, after_round: Callable[[], None] = lambda: None
) -> list[Line]:
    """Run every side `rounds` times in turns; the lines of the table, first side first."""
    taken: dict[str, list[Figures]] = {side: [] for side in bench.sides}
    names = list(bench.sides)
    for number in range(rounds):
        shift = number % len(names)
        for side in names[shift:] + names[:shift]:
            taken[side].append(bench.sides[side]())
            after_round()
    return [
        _line(bench, figure, side, [figures[figure] for figures in taken[side]], taken[names[0]])
        for figure in taken[names[0]][0]
        for side in names
    ]


def _line(bench: Bench, figure: str, side: str, values: list[float], first: list[Figures]) -> Line:
    median = statistics.median(values)
    reference = statistics.median(figures[figure] for figures in first)
    ratio = median / reference if reference else float("nan")
    return Line(bench.name, figure, side, median, min(values), max(values), ratio)

"""The score of a unit by hand, and that no part of it is ever negative."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from linli.insight.indicators.rules import Source
from linli.insight.indicators.rules import score as counted_score
from linli.insight.scorecards.rules import USUAL, Formula, formula_on, parts_of, score_of


@dataclass
class Numbers:
    """A group of which only the numbers are known; matters are numbered from 0."""

    of: dict[Source, int] = field(default_factory=dict)

    def ids(self, source: Source) -> frozenset[int]:
        return frozenset(range(self.of.get(source, 0)))


def numbers(
    due: int, done: int, on_time: int, closing: int, rework: int, waiting: int, extended: int
) -> Numbers:
    return Numbers(
        {
            ("handle", "due"): due,
            ("handle", "done"): done,
            ("handle", "on_time"): on_time,
            ("close", "due"): closing,
            ("rework", "flow"): rework,
            ("handle", "waiting"): waiting,
            ("extend", "flow"): extended,
        }
    )


def test_the_worked_example() -> None:
    parts = parts_of(numbers(200, 190, 170, 180, 6, 8, 10), USUAL)
    score = score_of(parts)

    assert [f"{float(one.got or 0):.2f}" for one in parts] == [
        "28.50", "17.00", "19.33", "19.20", "9.50",
    ]  # fmt: skip
    assert f"{float(score or 0):.2f}" == "93.53"


def test_rework_may_be_divided_by_what_was_to_be_handled() -> None:
    elsewhere = Formula(date(2026, 1, 1), 30, 20, 20, 20, 10, "handle")
    parts = parts_of(numbers(200, 190, 170, 180, 6, 8, 10), elsewhere)

    assert parts[2].share == 1 - Fraction(6, 200)
    assert parts[2].sources == (("rework", "flow"), ("handle", "due"))


def test_a_matter_that_an_appeal_took_out_counts_on_neither_side() -> None:
    parts = parts_of(numbers(10, 8, 8, 10, 1, 2, 0), USUAL, without=[0])

    assert [(len(one.part), len(one.whole)) for one in parts] == [
        (7, 9),
        (7, 9),
        (0, 9),
        (1, 9),
        (0, 9),
    ]


def test_of_nothing_there_is_no_score() -> None:
    assert score_of(parts_of(numbers(5, 5, 5, 0, 0, 0, 0), USUAL)) is None


sizes = st.integers(0, 30)


@given(sizes, sizes, sizes, sizes, sizes, sizes, sizes)
def test_a_score_lies_between_0_and_100_whatever_happened(
    due: int, done: int, on_time: int, closing: int, rework: int, waiting: int, extended: int
) -> None:
    done, waiting = min(done, due), min(waiting, due)
    group = numbers(due, done, min(on_time, done), closing, rework, waiting, extended)
    parts = parts_of(group, USUAL)
    score = score_of(parts)

    assert all(one.got is None or 0 <= one.got <= one.points for one in parts)
    assert (score is None) == (due == 0 or closing == 0)
    if score is not None and rework <= closing and extended <= due:
        assert 0 <= score <= 100
        assert score == counted_score(
            to_handle=due,
            handled=done,
            on_time=min(on_time, done),
            to_close=closing,
            reworked=rework,
            waiting=waiting,
            extended=extended,
        )


def test_the_formula_of_a_day_is_the_latest_that_has_begun() -> None:
    old = Formula(date(2025, 1, 1), 40, 20, 20, 10, 10)
    new = Formula(date(2026, 4, 1), 20, 40, 20, 10, 10)

    assert formula_on(date(2024, 12, 31), [new, old]) == USUAL
    assert formula_on(date(2026, 3, 31), [new, old]) == old
    assert formula_on(date(2026, 4, 1), [new, old]) == new

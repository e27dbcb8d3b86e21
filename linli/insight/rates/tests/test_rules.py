"""The three rates on worked examples: exact, and never invented where nobody was called."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.insight.rates.rules import (
    Rates,
    Voice,
    Weights,
    hotline_day,
    period,
    period_of,
    ranks,
    three_rates,
    weights_on,
)
from linli.kernel.calendar.local import LOCAL

WEIGHTS = Weights(
    date(2021, 1, 1), Fraction(1, 10), Fraction(1, 2), Fraction(4, 10), Fraction(9, 10)
)


def voices(
    calls: int, *, contacted: int, solved: int, satisfied: int, basically: int, only: int = 0
) -> list[Voice]:
    """`only` of the calls, the last ones, are assessed for their response only."""
    made = []
    for n in range(calls):
        level = "satisfied" if n < satisfied else "dissatisfied"
        level = "basically_satisfied" if satisfied <= n < satisfied + basically else level
        made.append(Voice(n < contacted, n < solved, level, n >= calls - only))
    return made


def shown(rate: Fraction | None) -> str:
    return "—" if rate is None else f"{float(100 * rate):.2f}"


def test_a_hundred_calls() -> None:
    found = three_rates(
        voices(100, contacted=99, solved=90, satisfied=85, basically=5), weights=WEIGHTS
    )
    rates = (found.response, found.solution, found.satisfaction)
    assert [shown(rate) for rate in rates] == ["99.00", "90.00", "89.50"]
    assert found.score == Fraction("90.70")
    assert not found.few


def test_response_only_counts_in_the_first_rate_only() -> None:
    found = three_rates(
        voices(100, contacted=95, solved=72, satisfied=60, basically=10, only=20), weights=WEIGHTS
    )
    assert (found.calls, found.assessed) == (100, 80)
    rates = (found.response, found.solution, found.satisfaction)
    assert [shown(rate) for rate in rates] == ["95.00", "90.00", "86.25"]
    assert found.score == 89


def test_nobody_called_is_no_rate() -> None:
    found = three_rates([], weights=WEIGHTS)
    assert (found.response, found.solution, found.satisfaction, found.score) == (None,) * 4
    only = three_rates([Voice(True, True, "satisfied", response_only=True)], weights=WEIGHTS)
    assert only.response == 1
    assert (only.solution, only.score) == (None, None)
    assert only.few


def test_a_period_runs_from_the_nineteenth_to_the_eighteenth() -> None:
    start, end = period("2026-03")
    assert start == datetime(2026, 2, 19, tzinfo=LOCAL)
    assert end == datetime(2026, 3, 19, tzinfo=LOCAL)
    assert period("2026-01")[0] == datetime(2025, 12, 19, tzinfo=LOCAL)
    for bad in ("2026", "2026-13", "März"):
        with pytest.raises(ValueError, match=r".+"):
            period(bad)


@given(st.integers(0, 50 * 366 * 24 * 3600))
def test_every_instant_lies_in_the_period_it_is_said_to(seconds: int) -> None:
    instant = datetime(2000, 1, 1, tzinfo=LOCAL) + timedelta(seconds=seconds)
    start, end = period(period_of(instant))
    assert start <= instant < end


def test_a_day_of_the_hotline_runs_from_noon_to_noon() -> None:
    start, end = hotline_day(date(2026, 3, 1))
    assert start == datetime(2026, 2, 28, 12, tzinfo=LOCAL)
    assert end == datetime(2026, 3, 1, 12, tzinfo=LOCAL)


def test_the_latest_weights_that_have_begun_are_used() -> None:
    later = Weights(
        date(2026, 3, 19), Fraction(2, 10), Fraction(4, 10), Fraction(4, 10), Fraction(8, 10)
    )
    assert weights_on(date(2026, 3, 18), [later, WEIGHTS]) is WEIGHTS
    assert weights_on(date(2026, 3, 19), [later, WEIGHTS]) is later
    with pytest.raises(ValueError, match="in force"):
        weights_on(date(2020, 1, 1), [later, WEIGHTS])


def test_equal_scores_share_a_place_and_few_calls_have_none() -> None:
    def unit(calls: int, solved: int) -> Rates:
        given = voices(calls, contacted=calls, solved=solved, satisfied=calls, basically=0)
        return three_rates(given, weights=WEIGHTS)

    units = [unit(30, 30), unit(40, 20), unit(60, 30), unit(29, 29), unit(30, 0), unit(0, 0)]
    assert ranks(units) == [1, 2, 2, None, 4, None]
    assert ranks([]) == []

"""What may be told to everybody: no number from 1 to 4, neither itself nor by subtraction."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.insight.reports.rules import is_told, safe_count, safe_parts, safe_share


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "0"), (1, "<5"), (4, "<5"), (5, "5"), (972, "972")]
)
def test_a_small_number_is_a_bound(number: int, shown: str) -> None:
    assert safe_count(number) == shown


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (0, 0, "—"),
        (3, 4, "—"),
        (50, 100, "50.0%"),
        (4, 100, "<5%"),
        (98, 100, ">95%"),
        (0, 100, "0%"),
        (100, 100, "100%"),
        (95, 100, "95.0%"),
        (3, 6, "<84%"),
        (720, 846, "85.1%"),
    ],
)
def test_a_share_of_few_is_a_bound_or_nothing(part: int, whole: int, shown: str) -> None:
    assert safe_share(part, whole) == shown


@given(st.integers(0, 400).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_nobody_can_compute_a_small_number_from_a_share(pair: tuple[int, int]) -> None:
    part, whole = pair
    words = safe_share(part, whole)
    told = re.fullmatch(r"(\d+(?:\.\d)?)%", words)
    assert bool(told) == is_told(part, whole)
    if told:
        for number in (part, whole - part):
            assert number == 0 or number >= 5
    elif words != "—":
        bound = float(words.strip("<>%")) / 100
        assert part / whole <= bound if words[0] == "<" else part / whole >= bound


@given(
    st.dictionaries(st.text("甲乙丙丁", max_size=3), st.integers(0, 30), max_size=8),
    st.integers(1, 5),
)
def test_parts_and_their_rest_tell_no_small_number(counted: dict[str, int], most: int) -> None:
    told, rest = safe_parts(counted, most=most)
    numbers = [n for _name, n in told]
    assert sum(numbers) + rest == sum(counted.values())
    assert all(n >= 5 for n in numbers)
    assert len(told) <= most
    assert numbers == sorted(numbers, reverse=True)
    assert rest == 0 or rest >= 5 or not told

"""How sure a share is, on figures worked out elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.statistics import wilson


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (9, 10, 0.5958, 0.9821),
        (90, 100, 0.8256, 0.9448),
        (10, 10, 0.7225, 1.0),
        (0, 10, 0.0, 0.2775),
        (1, 2, 0.0945, 0.9055),
    ],
)
def test_the_interval_of_wilson(part: int, whole: int, low: float, high: float) -> None:
    assert wilson(part, whole) == pytest.approx((low, high), abs=5e-5)


def test_nobody_said_nothing_is_known() -> None:
    assert wilson(0, 0) is None


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_share_lies_in_its_interval_and_the_mirror_image_is_the_same(
    pair: tuple[int, int],
) -> None:
    part, whole = pair
    found, mirrored = wilson(part, whole), wilson(whole - part, whole)
    assert found is not None
    assert mirrored is not None
    assert 0 <= found[0] <= part / whole + 1e-12
    assert part / whole - 1e-12 <= found[1] <= 1
    assert mirrored == pytest.approx((1 - found[1], 1 - found[0]))

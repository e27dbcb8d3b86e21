"""The solver against every possible assignment, against SciPy, and where much is equal."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.cases.assigning.least_cost import NOBODY, Ints, Problem, assign, step_prices, total_cost
from linli.cases.assigning.tests.instances import least_by_scipy, problem, reference_problem

SMALL = st.integers(0, 4)


@st.composite
def small_problems(draw: st.DrawFn) -> Problem:
    matters, workers = draw(st.integers(1, 5)), draw(st.integers(1, 3))

    def numbers(shape: tuple[int, ...], values: st.SearchStrategy[int]) -> Ints:
        size = int(np.prod(shape))
        return np.array(draw(st.lists(values, min_size=size, max_size=size))).reshape(shape)

    return Problem(
        numbers((matters, workers), st.sampled_from([0, 1, 40, 100, 100, 250, 700])),
        numbers((matters, workers), st.sampled_from([0, 1, 1])).astype(np.bool_),
        numbers((matters,), st.integers(0, 1)).astype(np.bool_),
        numbers((workers,), st.integers(0, 3)),
        numbers((workers,), SMALL),
    )


def worth(given: Problem, who: Ints, balance_m: int) -> tuple[int, int, int]:
    """(urgent ones waiting, all waiting, cost): what is to be least, in this order."""
    waits = who == NOBODY
    return (
        int((waits & given.urgent).sum()),
        int(waits.sum()),
        total_cost(given, who, balance_m),
    )


def allowed(given: Problem, who: Ints) -> bool:
    placed = np.flatnonzero(who != NOBODY)
    taken = np.bincount(who[placed], minlength=len(given.load))
    room = np.maximum(given.capacity - given.load, 0)
    return bool(given.able[placed, who[placed]].all() and (taken <= room).all())


@settings(max_examples=150, deadline=None)
@given(small_problems(), st.sampled_from([0, 30, 200]))
def test_nothing_that_is_allowed_is_better(given: Problem, balance_m: int) -> None:
    matters, workers = given.metres.shape
    every = (np.array(who) for who in product(range(NOBODY, workers), repeat=matters))
    best = min(worth(given, who, balance_m) for who in every if allowed(given, who))

    who = assign(given, balance_m=balance_m)

    assert allowed(given, who)
    assert worth(given, who, balance_m) == best


@pytest.mark.parametrize("seed", range(20))
def test_with_one_place_each_it_is_the_assignment_of_scipy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    given = problem(rng.integers(0, 900, (40, 40 + seed)))

    assert total_cost(given, assign(given, balance_m=0), 0) == least_by_scipy(given, 0)


@pytest.mark.parametrize("balance_m", [0, 200])
@pytest.mark.parametrize("spread", [0, 30, 3_000])
def test_places_of_rising_price_cost_what_scipy_finds(spread: int, balance_m: int) -> None:
    """Also where everything lies at one spot and everybody wants the same workers."""
    rng = np.random.default_rng(spread)
    matters, workers = rng.normal(0, spread + 1, (120, 2)), rng.normal(0, 3_000, (25, 2))
    metres = np.linalg.norm(matters[:, None] - workers[None], axis=2)
    given = problem(metres, capacity=rng.integers(5, 12, 25), load=rng.integers(0, 3, 25))

    found = total_cost(given, assign(given, balance_m=balance_m), balance_m)

    assert found == least_by_scipy(given, balance_m)


@pytest.mark.parametrize(("balance_m", "metres"), [(0, 581_469), (40, 587_081), (160, 604_203)])
def test_the_published_instance_has_its_published_metres(balance_m: int, metres: int) -> None:
    given = reference_problem()

    who = assign(given, balance_m=balance_m)

    assert given.able.sum() == 278_980
    assert given.metres[np.arange(len(who)), who].sum() == metres


def test_balance_halves_the_deviation_for_less_than_five_per_cent_of_metres() -> None:
    given = reference_problem()
    far, even = (assign(given, balance_m=balance_m) for balance_m in (0, 200))

    def metres(who: Ints) -> int:
        return int(given.metres[np.arange(len(who)), who].sum())

    assert np.bincount(even).std() <= np.bincount(far).std() / 2
    assert metres(even) <= 1.05 * metres(far)


def test_of_two_equal_workers_the_first_is_taken_and_of_two_equal_matters_the_first_is_placed() -> (
    None
):
    assert assign(problem(np.full((1, 4), 300)), balance_m=200).tolist() == [0]
    assert assign(problem(np.full((4, 1), 300)), balance_m=200).tolist() == [
        0,
        NOBODY,
        NOBODY,
        NOBODY,
    ]


def test_an_urgent_matter_is_placed_before_a_nearer_one() -> None:
    given = problem(np.array([[10], [900], [900]]), urgent=[False, False, True])

    assert assign(given, balance_m=0).tolist() == [NOBODY, NOBODY, 0]


def test_an_urgent_matter_does_not_cost_two_others_their_place() -> None:
    able = np.array([[True, False], [True, True], [False, True]])
    given = problem(np.array([[10, 0], [500, 20], [0, 10]]), able, urgent=[True, True, False])

    assert (assign(given, balance_m=0) == NOBODY).tolist() == [False, False, True]


def test_nobody_can_be_given_anything_where_nobody_is_able_or_free() -> None:
    none = np.zeros((2, 1), dtype=np.bool_)
    full = problem(np.full((2, 1), 5), capacity=3, load=4)

    assert assign(problem(np.full((2, 1), 5), none), balance_m=0).tolist() == [NOBODY] * 2
    assert assign(full, balance_m=0).tolist() == [NOBODY] * 2
    assert assign(problem(np.zeros((2, 0))), balance_m=0).tolist() == [NOBODY] * 2
    assert assign(problem(np.zeros((0, 2))), balance_m=0).tolist() == []


def test_each_step_costs_more_by_the_share_of_the_capacity_in_use() -> None:
    prices = step_prices(np.array([3, 0, 9]), np.array([8, 4, 9]), 200)

    assert prices.tolist() == [
        [750, 1_000, 1_250, 1_500, 1_750],
        [0, 500, 1_000, 1_500, -1],
        [-1] * 5,
    ]


def test_costs_that_would_be_rounded_are_refused() -> None:
    given = problem(np.full((3, 3), 10**15))

    with pytest.raises(OverflowError, match="分批派遣"):
        assign(given, balance_m=0)

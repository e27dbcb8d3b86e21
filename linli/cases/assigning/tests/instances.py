"""Made-up problems for tests and benches; no database."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment

from linli.cases.assigning.least_cost import Problem, step_prices

REFERENCE_MATTERS, REFERENCE_WORKERS, REFERENCE_KINDS, REFERENCE_CAPACITY = 2_000, 300, 8, 8
FORBIDDEN = 1e9


def reference_points() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(matters, workers, kind of each matter, skills of each worker): a published instance, in metres.

    Uniform over 6 km × 6 km; every worker has each of eight skills with 0.4 and one for sure.
    """
    rng = np.random.default_rng(7)
    matters = rng.uniform(size=(REFERENCE_MATTERS, 2)) * 6_000
    workers = rng.uniform(size=(REFERENCE_WORKERS, 2)) * 6_000
    kinds = rng.integers(0, REFERENCE_KINDS, REFERENCE_MATTERS)
    skills = rng.uniform(size=(REFERENCE_WORKERS, REFERENCE_KINDS)) < 0.4
    sure = rng.integers(0, REFERENCE_KINDS, REFERENCE_WORKERS)
    skills[np.arange(REFERENCE_WORKERS), sure] = True
    return matters, workers, kinds, skills


def reference_problem() -> Problem:
    """The published instance as a problem; the least metres are 581,469."""
    matters, workers, kinds, skills = reference_points()
    metres = np.linalg.norm(matters[:, None] - workers[None], axis=2).astype(np.int64)
    return problem(metres, skills[:, kinds].T, capacity=REFERENCE_CAPACITY)


def problem(
    metres: np.ndarray,
    able: np.ndarray | None = None,
    *,
    capacity: int | np.ndarray = 1,
    load: int | np.ndarray = 0,
    urgent: list[bool] | None = None,
) -> Problem:
    """A problem of which only what matters is given."""
    matters, workers = metres.shape
    return Problem(
        metres.astype(np.int64),
        np.ones(metres.shape, dtype=np.bool_) if able is None else able,
        np.array(urgent or [False] * matters, dtype=np.bool_),
        np.zeros(workers, dtype=np.int64) + load,
        np.zeros(workers, dtype=np.int64) + capacity,
    )


def least_by_scipy(given: Problem, balance_m: int) -> int:
    """The least cost, where there is room for all: every place a column of SciPy's `linear_sum_assignment`."""
    prices = step_prices(given.load, given.capacity, balance_m)
    worker, place = np.nonzero(prices >= 0)
    metres = np.where(given.able, given.metres, FORBIDDEN)
    cost = metres[:, worker] + prices[worker, place]
    rows, columns = linear_sum_assignment(cost)
    least = int(cost[rows, columns].sum())
    assert len(rows) == len(metres), "there is no place for everybody"
    assert least < FORBIDDEN, "there is no place for everybody"
    return least

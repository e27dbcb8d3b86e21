"""Two thousand cases for three hundred workers: nearest first, or all together?

`dispatch` is the published instance (uniform over 6 km, eight skills, eight places each), `dispatch_clusters` a street
as it is: forty busy spots where most cases arise and most workers have their base, capacities of 6 to 14, up to four
cases in hand. Both are one unit, which is harder than the ten or twenty of a real sub-district. The optimum is found
once more by SciPy's dense `linear_sum_assignment` with a column for each place of each worker.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from linli.cases.assigning.least_cost import Problem
from linli.cases.assigning.rules import (
    BALANCE_M,
    Figures,
    Matter,
    Worker,
    metres_between,
    nearest_first,
    plan_assignments,
)
from linli.cases.assigning.tests.instances import (
    REFERENCE_CAPACITY,
    least_by_scipy,
    reference_points,
)
from tests.bench import harness

METRES_PER_DEGREE = 111_195.08
MATTERS, WORKERS, SPOTS, KINDS, SIDE_M = 2_000, 300, 40, 8, 6_000
UNIT = 1


class Instance(NamedTuple):
    matters: list[Matter]
    workers: list[Worker]


@functools.cache
def published() -> Instance:
    matters, workers, kinds, skills = reference_points()
    nothing, eight = [0] * len(workers), [REFERENCE_CAPACITY] * len(workers)
    return _instance(matters, workers, kinds, skills, nothing, eight)


@functools.cache
def clusters() -> Instance:
    rng = np.random.default_rng(1)
    spots = rng.uniform(size=(SPOTS, 2)) * SIDE_M
    busy = rng.dirichlet(np.full(SPOTS, 2.0))

    def places(count: int, spread: float) -> np.ndarray:
        near = spots[rng.choice(SPOTS, count, p=busy)] + rng.normal(0, spread, (count, 2))
        anywhere = rng.uniform(size=(count, 2)) * SIDE_M
        return np.where(rng.uniform(size=(count, 1)) < 0.8, near, anywhere)

    matters, workers = places(MATTERS, 250), places(WORKERS, 350)
    kinds = rng.integers(0, KINDS, MATTERS)
    skills = rng.uniform(size=(WORKERS, KINDS)) < 0.4
    skills[np.arange(WORKERS), rng.integers(0, KINDS, WORKERS)] = True
    return _instance(
        matters, workers, kinds, skills, rng.integers(0, 5, WORKERS), rng.integers(6, 15, WORKERS)
    )


def _instance(
    matters: np.ndarray,
    workers: np.ndarray,
    kinds: np.ndarray,
    skills: np.ndarray,
    loads: Sequence[int] | np.ndarray,
    capacities: Sequence[int] | np.ndarray,
) -> Instance:
    """Metres become degrees at the equator, where both are of one length."""
    wheres, bases = matters / METRES_PER_DEGREE, workers / METRES_PER_DEGREE
    return Instance(
        [
            Matter(number, UNIT, f"E{kinds[number]}", float(lon), float(lat))
            for number, (lon, lat) in enumerate(wheres)
        ],
        [
            Worker(
                number,
                f"{number}号",
                UNIT,
                float(lon),
                float(lat),
                skills=frozenset(f"E{kind}" for kind in np.flatnonzero(skills[number])),
                load=int(loads[number]),
                capacity=int(capacities[number]),
            )
            for number, (lon, lat) in enumerate(bases)
        ],
    )


def one_by_one(make: Callable[[], Instance]) -> Callable[[], harness.Figures]:
    def round_() -> harness.Figures:
        matters, workers = make()
        before, began = time.process_time(), time.perf_counter()
        found = nearest_first(matters, workers)
        seconds, cpu = time.perf_counter() - began, time.process_time() - before
        over = found.metres - least(make, 0)
        return _figures(found, seconds, cpu, over=over, shortest=least(make, 0))

    return round_


def together(make: Callable[[], Instance], balance_m: int) -> Callable[[], harness.Figures]:
    def round_() -> harness.Figures:
        matters, workers = make()
        before, began = time.process_time(), time.perf_counter()
        plan = plan_assignments(matters, workers, balance_m=balance_m)
        seconds, cpu = time.perf_counter() - began, time.process_time() - before
        assert not plan.unassigned, "there is room for every case"
        steps = sum(
            balance_m * 10 * load // worker.capacity
            for worker in workers
            for load in range(*plan.loads[worker.id])
        )
        over = plan.figures.metres + steps - least(make, balance_m)
        assert over == 0, f"{over} m above the optimum"
        return _figures(plan.figures, seconds, cpu, over=over, shortest=least(make, 0))

    return round_


def _figures(
    found: Figures, seconds: float, cpu: float, *, over: int, shortest: int
) -> harness.Figures:
    return {
        "seconds": seconds,
        "CPU seconds": cpu,
        "cases placed": found.placed,
        "metres": found.metres,
        "metres, shortest = 100": 100 * found.metres / shortest,
        "load deviation": found.deviation,
        "metres above the optimum": over,
    }


@functools.cache
def least(make: Callable[[], Instance], balance_m: int) -> int:
    """The optimum by another solver; seconds, so only once."""
    matters, workers = make()
    able = [[worker.has_skill(matter.code) for worker in workers] for matter in matters]
    problem = Problem(
        metres_between(matters, workers).astype(np.int64),
        np.array(able),
        np.zeros(len(matters), dtype=np.bool_),
        np.array([worker.load for worker in workers]),
        np.array([worker.capacity for worker in workers]),
    )
    return least_by_scipy(problem, balance_m)


def sides(make: Callable[[], Instance]) -> dict[str, Callable[[], harness.Figures]]:
    return {
        "nearest-first": one_by_one(make),
        "optimal": together(make, 0),
        "optimal with balance": together(make, BALANCE_M),
    }


BENCHES = [
    harness.Bench(
        name="dispatch",
        question=f"{MATTERS:,} cases for {WORKERS} workers, published instance: nearest first, or all together?",
        sides=sides(published),
    ),
    harness.Bench(
        name="dispatch_clusters",
        question=f"{MATTERS:,} cases for {WORKERS} workers around {SPOTS} busy spots: nearest first, or all together?",
        sides=sides(clusters),
    ),
]

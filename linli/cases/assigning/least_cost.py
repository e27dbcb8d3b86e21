"""The cheapest way to give many matters to many workers: a flow of least cost, solved exactly.

From a matter to a worker it costs the metres between them. From a worker to the sink there is one unit step for each
free place, and every step is dearer than the one before: that is what spreads the work. From a matter to nobody it
costs more than all other arcs of a path could ever save, and twice that for an urgent matter: so nobody waits while
there is room, and of those who must wait the urgent are the last. Among equal workers the earlier is taken, among
equal matters the earlier is placed. Everything is a whole number, so nothing is rounded.

Example: matters 0 and 1, both 100 m from worker 0 and 250 m from worker 1. With steps of 0, 200, … it is cheaper to
send one of them to worker 1 (100 + 250) than both to worker 0 (100 + 100 + 200); with steps of 0, 100, … it is not.

How. Shortest augmenting paths (Ahuja, Magnanti, Orlin, Network Flows, 1993, section 9.7) over the workers alone: for
each worker we keep the cheapest way on to a free place, which is their own next step, or handing one of their matters
to somebody else and going on from there. A matter goes where metres and way together are least, and shifts what lies
along that way. Placing a matter makes ways only dearer, and only those that pass the workers just changed; so matters
whose ways do not meet are placed in one round, and between rounds SciPy's Dijkstra renews the ways that were touched.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

NOBODY = -1

TENTHS = 10
"""The load is priced in tenths of the capacity: the setting stays a round number whatever the capacity."""

EXACT = 1 << 53
"""Whole numbers below this are exact in floating point."""


@dataclass(frozen=True)
class Problem:
    """n matters and w workers, both in the order that settles ties.

    `metres` n × w, `able` n × w (whether this worker may get this matter), `urgent` n; `load` and `capacity` w, open
    cases now and at most.
    """

    metres: Ints
    able: Bools
    urgent: Bools
    load: Ints
    capacity: Ints


def step_prices(load: Ints, capacity: Ints, balance_m: int) -> Ints:
    """What each further case of each worker costs, in metres: w × (most free places), -1 where there is no place.

    `balance_m` for every tenth of the capacity in use before it, fractions too: 200 m and 3 of 8 in use make 750 m.
    """
    room = np.maximum(capacity - load, 0)
    step = np.arange(room.max(initial=0))
    prices = balance_m * TENTHS * (load[:, None] + step) // np.maximum(capacity, 1)[:, None]
    return np.where(step < room[:, None], prices, -1)


def total_cost(problem: Problem, who: Ints, balance_m: int) -> int:
    """Metres and steps of everything that is placed; `who` as `assign` gives it."""
    placed = np.flatnonzero(who != NOBODY)
    given = np.bincount(who[placed], minlength=len(problem.load))
    prices = step_prices(problem.load, problem.capacity, balance_m)
    used = np.arange(prices.shape[1]) < given[:, None]
    return int(problem.metres[placed, who[placed]].sum() + prices[used].sum())


def assign(problem: Problem, *, balance_m: int) -> Ints:
    """The worker of every matter (index, or NOBODY): most urgent placed, then most placed, then least cost.

    Raises:
        OverflowError: costs that would be rounded; tens of thousands of matters over a whole province.
    """
    who = np.full(len(problem.urgent), NOBODY)
    useful = np.flatnonzero((problem.capacity > problem.load) & problem.able.any(axis=0))
    if len(useful):
        flow = _Flow(*_costs(problem, useful, balance_m))
        flow.place_all()
        placed = flow.who < len(useful)
        who[placed] = useful[flow.who[placed]]
    return who


def _costs(problem: Problem, useful: Ints, balance_m: int) -> tuple[Floats, list[Floats]]:
    """(cost of every pair, nobody in the last column; prices of the places of each), scaled so that ties fit in."""
    metres, able = problem.metres[:, useful], problem.able[:, useful]
    steps = step_prices(problem.load[useful], problem.capacity[useful], balance_m)
    matters, workers = metres.shape
    # A path visits every worker at most once, so with this many arcs neither ties nor savings can outweigh the next.
    longest = workers + 2
    scale = longest * max(matters, workers)
    wait = longest * (int(metres[able].max()) + int(steps.max()) + 1)
    if 2 * wait * scale >= EXACT:
        raise OverflowError("一次派遣的案件太多、范围太大，请分批派遣。")
    nobody = np.where(problem.urgent, 2 * wait, wait) * scale + np.arange(matters, 0, -1)
    pair = np.where(able, metres * scale + np.arange(workers), np.inf)
    places = [np.append(row[row >= 0] * float(scale), np.inf) for row in steps]
    return np.column_stack([pair, nobody]), [*places, np.zeros(matters + 1)]


class _Flow:
    """The matters placed so far, and the cheapest way on from every worker.

    `way[u]` is what it costs to make room for one more at u; `onward[u]` who comes next on that way, u itself where
    they have a place of their own. `shift[u, v]` is what it costs to hand over the best matter from u to v.
    """

    def __init__(self, pair: Floats, places: list[Floats]) -> None:
        matters, workers = pair.shape
        self.pair, self.places = pair, places
        self.who: Ints = np.full(matters, workers)
        self.held: list[list[int]] = [[] for _ in range(workers)]
        self.shift: Floats = np.full((workers, workers), np.inf)
        self.way: Floats = np.array([prices[0] for prices in places])
        self.onward: Ints = np.arange(workers)

    def place_all(self) -> None:
        waiting = np.arange(len(self.pair))
        best = self._best(waiting)
        while len(waiting):
            placed, changed = [], set[int]()
            for worker, at in zip(*np.unique(best[waiting], return_index=True), strict=True):
                path = self._path(int(worker))
                if changed.isdisjoint(path):
                    self._push(int(waiting[at]), path)
                    changed.update(path)
                    placed.append(at)
            waiting = np.delete(waiting, placed)
            dearer = self._renew(changed)
            again = waiting[dearer[best[waiting]]]
            best[again] = self._best(again)

    def _best(self, matters: Ints) -> Ints:
        return np.asarray((self.pair[matters] + self.way).argmin(axis=1))

    def _path(self, worker: int) -> list[int]:
        path = [worker]
        while self.onward[path[-1]] != path[-1]:
            path.append(int(self.onward[path[-1]]))
        return path

    def _push(self, matter: int, path: list[int]) -> None:
        """Give a matter to the first of a path; each hands the matter that costs least to the next."""
        for worker, following in pairwise(path):
            held = self.held[worker]
            passed = held.pop(int((self.pair[held, following] - self.pair[held, worker]).argmin()))
            held.append(matter)
            self.who[matter] = worker
            matter = passed
        self.held[path[-1]].append(matter)
        self.who[matter] = path[-1]

    def _renew(self, changed: Collection[int]) -> Bools:
        """Find new ways where a worker on the way has changed; says whose these are."""
        dearer = np.zeros(len(self.way), dtype=np.bool_)
        dearer[list(changed)] = True
        while (more := dearer | dearer[self.onward]).sum() > dearer.sum():
            dearer = more
        self._renew_shifts(sorted(changed))
        stale, sound = np.flatnonzero(dearer), np.flatnonzero(~dearer)
        ends = np.array([self.places[one][len(self.held[one])] for one in stale.tolist()])
        following = stale.copy()
        if len(sound):
            over = self.shift[np.ix_(stale, sound)] + self.way[sound]
            following = np.where(over.min(axis=1) < ends, sound[over.argmin(axis=1)], stale)
            ends = np.minimum(ends, over.min(axis=1))
        self._renew_among(stale, ends, following)
        return dearer

    def _renew_shifts(self, workers: list[int]) -> None:
        sizes = [len(self.held[worker]) for worker in workers]
        matters = [matter for worker in workers for matter in self.held[worker]]
        pairs = self.pair[matters]
        own = self.pair[matters, np.repeat(workers, sizes)]
        first = np.cumsum([0, *sizes[:-1]])
        self.shift[workers] = np.minimum.reduceat(pairs - own[:, None], first, axis=0)

    def _renew_among(self, stale: Ints, ends: Floats, following: Ints) -> None:
        """`ends` is the cheapest way that leaves the stale workers at once, `following` where it leads."""
        old = self.way[stale]
        # Ways only become dearer, so with the old ones taken off no arc is negative. Arcs point away from the end.
        arcs = np.full((len(stale) + 1, len(stale) + 1), np.inf)
        arcs[0, 1:] = ends - old
        arcs[1:, 1:] = (self.shift[np.ix_(stale, stale)] + old - old[:, None]).T
        there = arcs < arcs[0]  # what costs as much as leaving at once is on no shortest path
        there[0] = np.isfinite(arcs[0])
        starts = np.concatenate([[0], np.cumsum(there.sum(axis=1))])
        graph = csr_array((arcs[there], np.nonzero(there)[1], starts), shape=arcs.shape)
        rise, before = dijkstra(graph, indices=0, return_predecessors=True)
        self.way[stale] = old + rise[1:]
        self.onward[stale] = np.where(before[1:] > 0, stale[before[1:] - 1], following)

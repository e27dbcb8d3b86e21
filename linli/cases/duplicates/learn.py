"""Learn the place weights of `rules.py` from labelled requests, so the table there can be checked and renewed.

One row per request that has an open case of its category nearby: the steps of its best candidate, and the flag.
The cases completed on the same day are left out (their state at that moment is unknown). Logistic regression without
interactions gives log-odds per step; a weight is the change against the first step of its table. The best candidate
depends on the weights in use: put the learned ones into `rules.py` and learn again until nothing changes.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from linli.cases.duplicates.evaluate import TUNED_UNTIL, Reading, replay
from linli.cases.duplicates.labelled import Request
from linli.cases.duplicates.rules import DISTANCES, INTERVALS, OPEN_HERE, Evidence, interval_step

SMOOTHING = 10.0
"""Inverse strength of the L2 penalty (0.01 to 100): keeps weights of steps with a handful of rows near zero."""

STEPS = 30
"""Newton steps (10 to 100); ten reach the last digit shown."""

Rows = npt.NDArray[np.float64]


def learn_weights(requests: Sequence[Request]) -> dict[str, object]:
    """Log-odds per step from the years up to `TUNED_UNTIL`, with the number of rows behind each."""
    early = [each for each in requests if each.created_on.year <= TUNED_UNTIL]
    rows = [each for each in replay(early, Reading.AT_CREATION) if each.best is not None]
    design = np.array([_one_hot(each.best.facts) for each in rows if each.best is not None])
    flags = np.array([each.request.flagged for each in rows])
    intercept, weights = _fit(design, flags.astype(float))
    counts = design.sum(axis=0).astype(int)
    cut = (len(INTERVALS), len(INTERVALS) + len(OPEN_HERE))
    first = (weights[0], weights[cut[1] - 1], weights[cut[1]])
    parts = zip(np.split(weights, cut), np.split(counts, cut), first, strict=True)
    tables = [
        [(round(float(w - base), 2), int(n)) for w, n in zip(ws, ns, strict=True)]
        for ws, ns, base in parts
    ]
    return {
        "rows": len(rows),
        "base": round(float(intercept + sum(first)), 2),
        "intervals": tables[0],
        "open_here": tables[1],
        "distances": tables[2],
    }


def _fit(design: Rows, flags: Rows) -> tuple[float, Rows]:
    """Intercept and weights of a logistic regression, by Newton steps; the intercept is not penalised."""
    table = np.hstack([np.ones((len(design), 1)), design])
    penalty = np.full(table.shape[1], 1.0 / SMOOTHING)
    penalty[0] = 0.0
    weights = np.zeros(table.shape[1])
    for _ in range(STEPS):
        likely = 1.0 / (1.0 + np.exp(-table @ weights))
        slope = table.T @ (flags - likely) - penalty * weights
        curvature = (table.T * (likely * (1.0 - likely))) @ table + np.diag(penalty)
        weights = weights + np.linalg.solve(curvature, slope)
    return float(weights[0]), weights[1:]


def _one_hot(facts: Evidence) -> list[float]:
    metres = facts.metres or 0.0
    steps = (
        (interval_step(facts.quiet), len(INTERVALS)),
        (
            next(i for i, (least, _) in enumerate(OPEN_HERE) if facts.open_here >= least),
            len(OPEN_HERE),
        ),
        (next(i for i, (most, _) in enumerate(DISTANCES) if metres <= most), len(DISTANCES)),
    )
    return [float(i == step) for step, length in steps for i in range(length)]

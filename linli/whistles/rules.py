"""The figures of 吹哨报到: 应哨率, 按时到场率, mean time to arrive, and the whistle rate as a band.

A leg is due to answer once its 应哨时限 lies behind or it was answered before; it counts in the period that holds the
earlier of the two, so each leg counts once. Answered in time means: the first answer was to come, not to decline, at
or before the due. A leg handed on in time is left out, since the department it went to has a due of its own. Arriving
is counted in the same way on the legs that came to have a due of arriving; a leg that was waived before its due is in
neither.

Example: three whistles with 2, 3 and 5 legs are 10 legs due. Nine answer in time, one declines and is named by the
district: 应哨率 9/10 = 90.00 %. All ten then have to arrive, eight do so in time: 按时到场率 8/10 = 80.00 %.

How many whistles there are for a hundred filed cases is neither good nor bad. It is shown as a band with the interval
in which the rate lies with 95 % (Wilson); when that interval crosses an edge of the band nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from linli.kernel.statistics import wilson

BAND = (0.5, 5.0)
"""Whistles for a hundred filed cases that are neither few nor many; a proposal, every city sets its own."""


@dataclass(frozen=True)
class LegFacts:
    """What happened on one leg, as the timeline tells it. Instants are aware; None did not happen."""

    leg_id: int
    organization_id: int
    called_at: datetime
    respond_due: datetime | None
    answered_at: datetime | None
    answer: str
    arrive_due: datetime | None = None
    arrived_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Share:
    """A numerator and a denominator, as the legs behind them."""

    within: frozenset[int]
    due: frozenset[int]

    @property
    def value(self) -> float | None:
        """Between 0 and 1; None when nothing was due."""
        return len(self.within) / len(self.due) if self.due else None


@dataclass(frozen=True)
class WhistleFigures:
    """`mean_arrival` is from the call to the sign-in, over the legs that arrived in the period."""

    response: Share
    arrival: Share
    mean_arrival: timedelta | None


def figures_of(
    legs: Iterable[LegFacts], *, start: datetime, end: datetime, as_of: datetime
) -> WhistleFigures:
    """The figures of the half-open period [start, end) as they stand at `as_of`."""
    answered: set[int] = set()
    to_answer: set[int] = set()
    arrived: set[int] = set()
    to_arrive: set[int] = set()
    waits: list[timedelta] = []
    for leg in legs:
        if _counts(leg.respond_due, leg.answered_at, leg.ended_at, start, end, as_of):
            in_time = _in_time(leg.respond_due, leg.answered_at, as_of)
            if not (in_time and leg.answer == "transfer"):
                to_answer.add(leg.leg_id)
                if in_time and leg.answer == "respond":
                    answered.add(leg.leg_id)
        if _counts(leg.arrive_due, leg.arrived_at, leg.ended_at, start, end, as_of):
            to_arrive.add(leg.leg_id)
            if _in_time(leg.arrive_due, leg.arrived_at, as_of):
                arrived.add(leg.leg_id)
        if leg.arrived_at is not None and start <= leg.arrived_at < min(end, as_of):
            waits.append(leg.arrived_at - leg.called_at)
    return WhistleFigures(
        Share(frozenset(answered), frozenset(to_answer)),
        Share(frozenset(arrived), frozenset(to_arrive)),
        sum(waits, timedelta()) / len(waits) if waits else None,
    )


def _counts(
    due: datetime | None,
    done: datetime | None,
    ended: datetime | None,
    start: datetime,
    end: datetime,
    as_of: datetime,
) -> bool:
    if due is None:
        return False
    done = done if done is not None and done <= as_of else None
    if done is None and ended is not None and ended < min(due, as_of):
        return False
    at = min(due, done) if done else due
    return start <= at < end and at <= as_of


def _in_time(due: datetime | None, done: datetime | None, as_of: datetime) -> bool:
    return due is not None and done is not None and done <= min(due, as_of)


@dataclass(frozen=True)
class Band:
    """Whistles for a hundred filed cases, with the interval; `verdict` is few, usual, many or unclear."""

    whistles: int
    cases: int
    per_hundred: float | None
    low: float | None
    high: float | None
    verdict: str


def band_of(whistles: int, cases: int, *, band: tuple[float, float] = BAND) -> Band:
    """Where the whistle rate lies; without cases there is none."""
    if cases <= 0:
        return Band(whistles, cases, None, None, None, "unclear")
    bounds = wilson(min(whistles, cases), cases)
    assert bounds is not None, "there are cases"
    low, high = (100 * edge for edge in bounds)
    verdict = "unclear"
    if high < band[0]:
        verdict = "few"
    elif low > band[1]:
        verdict = "many"
    elif low >= band[0] and high <= band[1]:
        verdict = "usual"
    return Band(whistles, cases, 100 * whistles / cases, low, high, verdict)

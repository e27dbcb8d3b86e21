"""三率: how many were contacted, how many matters were solved, how many reporters are satisfied.

Only effective calls back count (V): somebody was reached and answered. Then

    响应率 = contacted / V
    解决率 = solved / V
    满意率 = (satisfied + 0.9 × basically satisfied) / V
    综合成绩 = (响应率 × 0.1 + 解决率 × 0.5 + 满意率 × 0.4) × 100

A matter assessed for its response only counts in the first line and in no other. The weights are settings with dates
(practice of one city, changed over the years). Nothing called back is no rate at all, neither 0 % nor 100 %.
Example: V = 100, contacted 99, solved 90, satisfied 85, basically 5 → 99.00 %, 90.00 %, 89.50 %, score 90.70.

A period is named by the month it ends in and runs from the 19th of the month before to the 18th; a day of the hotline
runs from noon to noon. Both are half-open and in Shanghai time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from linli.kernel.calendar.local import LOCAL, local_day, local_midnight
from linli.kernel.statistics import FEW


@dataclass(frozen=True)
class Weights:
    """Shares of the score (together 1) and what 基本满意 is worth; `period_day` is the day a period begins on."""

    valid_from: date
    response: Fraction
    solution: Fraction
    satisfaction: Fraction
    basic: Fraction
    period_day: int = 19


USUAL = Weights(date(2000, 1, 1), Fraction(1, 10), Fraction(1, 2), Fraction(4, 10), Fraction(9, 10))
"""Practice of one city, until an office has set its own."""


@dataclass(frozen=True)
class Voice:
    """One effective call back."""

    contacted: bool
    solved: bool
    satisfaction: str
    response_only: bool = False
    case_id: int = 0


@dataclass(frozen=True)
class Rates:
    """Numerators, denominators and what follows; a rate without a denominator is None."""

    calls: int
    contacted: int
    assessed: int
    solved: int
    satisfied: int
    basically: int
    weights: Weights

    @property
    def response(self) -> Fraction | None:
        return _share(self.contacted, self.calls)

    @property
    def solution(self) -> Fraction | None:
        return _share(self.solved, self.assessed)

    @property
    def satisfaction(self) -> Fraction | None:
        return _share(self.satisfied + self.weights.basic * self.basically, self.assessed)

    @property
    def score(self) -> Fraction | None:
        """0–100; None while one of the three rates is missing."""
        rates = (self.response, self.solution, self.satisfaction)
        shares = (self.weights.response, self.weights.solution, self.weights.satisfaction)
        if any(rate is None for rate in rates):
            return None
        return 100 * sum(
            (share * rate for share, rate in zip(shares, rates, strict=True) if rate is not None),
            Fraction(0),
        )

    @property
    def few(self) -> bool:
        return self.calls < FEW


COUNTED: Mapping[str, Callable[[Voice], bool]] = {
    "calls": lambda voice: True,
    "contacted": lambda voice: voice.contacted,
    "assessed": lambda voice: not voice.response_only,
    "solved": lambda voice: not voice.response_only and voice.solved,
    "satisfied": lambda voice: not voice.response_only and voice.satisfaction == "satisfied",
    "basically": lambda voice: (
        not voice.response_only and voice.satisfaction == "basically_satisfied"
    ),
}
"""Which voices each figure counts, so that the figure and the list behind it cannot differ."""

RATE_NAMES: Mapping[str, str] = {
    "response": "响应率",
    "solution": "解决率",
    "satisfaction": "满意率",
    "score": "综合成绩",
}


def three_rates(voices: Iterable[Voice], *, weights: Weights) -> Rates:
    """The three rates over effective calls back."""
    heard = list(voices)
    return Rates(
        **{name: sum(counts(one) for one in heard) for name, counts in COUNTED.items()},
        weights=weights,
    )


def ranks(units: Sequence[Rates]) -> list[int | None]:
    """A place for each, in the same order: by score, equal scores share a place, the next one is left free.

    None for a unit whose rates stand on fewer than `FEW` calls or on none: 12 calls tell no place apart from the next.
    Such units are shown with their figures and without a place, and do not push the others down.
    """
    scores = [None if unit.few else unit.score for unit in units]
    return [
        None if mine is None else 1 + sum(other is not None and other > mine for other in scores)
        for mine in scores
    ]


def weights_on(day: date, settings: Iterable[Weights]) -> Weights:
    """The setting in force on a day: the latest one that has begun.

    Raises:
        ValueError: none has begun yet.
    """
    begun = [one for one in settings if one.valid_from <= day]
    if not begun:
        raise ValueError(f"no weights are in force on {day}")
    return max(begun, key=lambda one: one.valid_from)


def period(name: str, *, first_day: int = 19) -> tuple[datetime, datetime]:
    """[start, end) of the assessment period named by the month it ends in: "2026-03" begins on 2026-02-19.

    Raises:
        ValueError: not a month such as 2026-03.
    """
    year, month = (int(part) for part in name.split("-"))
    end = date(year, month, first_day)
    start = date(year - 1, 12, first_day) if month == 1 else date(year, month - 1, first_day)
    return local_midnight(start), local_midnight(end)


def period_of(instant: datetime, *, first_day: int = 19) -> str:
    """Name of the period in which an instant lies."""
    day = local_day(instant)
    if day.day < first_day:
        return f"{day:%Y-%m}"
    later = date(day.year + 1, 1, 1) if day.month == 12 else date(day.year, day.month + 1, 1)
    return f"{later:%Y-%m}"


def hotline_day(day: date) -> tuple[datetime, datetime]:
    """[noon of the day before, noon of that day)."""
    noon = datetime.combine(day, time(12), LOCAL)
    return noon - timedelta(days=1), noon


def _share(part: Fraction | int, whole: int) -> Fraction | None:
    return Fraction(part) / whole if whole else None

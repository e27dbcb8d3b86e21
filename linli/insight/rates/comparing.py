"""The three rates of a period beside those of the period before and of the year before."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from linli.insight.periods.rules import Change, Window, Windows
from linli.insight.rates.queries import (
    EVERY,
    UnitRates,
    overall,
    rates_by_unit,
    sees_every_unit,
    weights,
)
from linli.insight.rates.rules import Rates, Weights, ranks, weights_on
from linli.kernel.acting import Actor


@dataclass(frozen=True)
class Ranked:
    """A unit with its place in its own list (none with too few calls) and its rates in up to three periods."""

    unit: UnitRates
    place: int | None
    before: Rates | None
    year: Rates | None

    def change(self, rate: str, base: str) -> Change:
        """`rate` is one of `RATE_NAMES`, `base` before or year."""
        other: Rates | None = getattr(self, base)
        return Change(getattr(self.unit.rates, rate), getattr(other, rate) if other else None)


@dataclass(frozen=True)
class Ranking:
    """Departments and streets, ranked apart; `assessed` and `everything` are all of them together."""

    weights: Weights
    departments: list[Ranked]
    streets: list[Ranked]
    assessed: Rates
    everything: Rates
    before: Rates | None
    year: Rates | None

    def change(self, rate: str, base: str) -> Change:
        other: Rates | None = getattr(self, base)
        return Change(getattr(self.assessed, rate), getattr(other, rate) if other else None)


def ranking(actor: Actor, *, windows: Windows, among: Q = EVERY) -> Ranking:
    """The two lists of a period. Each period is weighed as it was weighed then."""
    units = _units(actor, windows.now, among)
    told = sees_every_unit(actor)
    before, year = (
        None
        if window is None
        else {one.organization_id: one.rates for one in _units(actor, window, among)}
        for window in (windows.before, windows.year)
    )
    assessed, everything = _overall(actor, windows.now, among)
    return Ranking(
        weights_of(windows.now),
        _ranked([one for one in units if not one.street], before, year, told=told),
        _ranked([one for one in units if one.street], before, year, told=told),
        assessed,
        everything,
        _overall(actor, windows.before, among)[0] if windows.before else None,
        _overall(actor, windows.year, among)[0] if windows.year else None,
    )


def weights_of(window: Window) -> Weights:
    """The weights in force on the first day of the period."""
    return weights_on(window.start.date(), weights())


def _ranked(
    units: list[UnitRates],
    before: dict[int | None, Rates] | None,
    year: dict[int | None, Rates] | None,
    *,
    told: bool,
) -> list[Ranked]:
    places = ranks([one.rates for one in units]) if told else [None] * len(units)
    return [
        Ranked(
            unit,
            place,
            before.get(unit.organization_id) if before else None,
            year.get(unit.organization_id) if year else None,
        )
        for unit, place in zip(units, places, strict=True)
    ]


def _units(actor: Actor, window: Window, among: Q) -> list[UnitRates]:
    return rates_by_unit(
        actor, start=window.start, end=window.until, weights=weights_of(window), among=among
    )


def _overall(actor: Actor, window: Window, among: Q) -> tuple[Rates, Rates]:
    return overall(
        actor, start=window.start, end=window.until, weights=weights_of(window), among=among
    )

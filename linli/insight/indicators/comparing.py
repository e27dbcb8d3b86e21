"""Indicators of a period beside those of the period before and of the year before, by group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q

from linli.insight.indicators.queries import (
    EVERY,
    Facts,
    Group,
    Period,
    groups_of,
    read_facts,
    total_of,
)
from linli.insight.indicators.rules import WHATS, Indicator
from linli.insight.periods.rules import Change, Window, Windows
from linli.kernel.acting import Actor

BASES: Mapping[str, str] = {"before": "环比", "year": "同比"}
"""Whatever a figure is compared with; the codes are the fields of `Windows`."""


@dataclass(frozen=True)
class Compared:
    """One group in up to three periods; a base is None where there is none for anybody."""

    key: str
    name: str
    now: Group
    before: Group | None
    year: Group | None

    def change(self, indicator: Indicator, base: str) -> Change:
        """The figure beside that of `before` or `year`."""
        other: Group | None = getattr(self, base)
        return Change(self.now.value(indicator), other.value(indicator) if other else None)


@dataclass(frozen=True)
class Readings:
    """One reading for each period that there is."""

    now: Facts
    before: Facts | None
    year: Facts | None


def read_all(actor: Actor, *, windows: Windows, among: Q = EVERY) -> Readings:
    """Read each period once; every table of a page follows from it."""
    now, before, year = (
        None
        if window is None
        else read_facts(actor, period=period_of(window), whats=WHATS, among=among)
        for window in windows
    )
    assert now is not None, "the present period is always there"
    return Readings(now, before, year)


def compared(readings: Readings, *, by: str) -> list[Compared]:
    """Groups that have something in the present period, in the order of their names."""
    before, year = (
        None if facts is None else {group.key: group for group in groups_of(facts, by=by)}
        for facts in (readings.before, readings.year)
    )
    return [
        Compared(
            group.key,
            group.name,
            group,
            None if before is None else before.get(group.key, Group(group.key, group.name)),
            None if year is None else year.get(group.key, Group(group.key, group.name)),
        )
        for group in groups_of(readings.now, by=by)
    ]


def compared_total(readings: Readings) -> Compared:
    """The same over everything the actor sees."""
    now = total_of(readings.now)
    before, year = (
        None if facts is None else total_of(facts) for facts in (readings.before, readings.year)
    )
    return Compared("", now.name, now, before, year)


def period_of(window: Window) -> Period:
    return Period(window.start, window.end, window.asof)

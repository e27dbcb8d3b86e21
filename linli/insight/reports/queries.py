"""One report: the indicators and rates of a period and a place, as far as its reader sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from linli.insight.errors import BadPeriod
from linli.insight.indicators.comparing import Compared, compared, compared_total, read_all
from linli.insight.indicators.queries import EVERY
from linli.insight.indicators.rules import INDICATORS
from linli.insight.periods.queries import stretch_called, windows_of
from linli.insight.periods.rules import Windows
from linli.insight.rates.comparing import Ranking, ranking
from linli.insight.reports.rules import REPORT_KINDS, ReportKind
from linli.kernel.acting import Actor

CLASSES_SHOWN = 10


@dataclass(frozen=True)
class Report:
    """Everything a report tells. `place` is its scope in words, `demo` marks made-up data."""

    kind: ReportKind
    name: str
    place: str
    asof: datetime
    demo: bool
    windows: Windows
    rates_windows: Windows
    total: Compared
    units: list[Compared]
    communities: list[Compared]
    classes: list[Compared]
    majors: dict[str, int]
    ranking: Ranking

    @property
    def title(self) -> str:
        return f"{self.place}案件办理{self.kind.name}"


def make_report(
    actor: Actor,
    kind: str,
    name: str,
    *,
    asof: datetime,
    place: str,
    demo: bool,
    among: Q = EVERY,
) -> Report:
    """The report of a period; without a name the present one. `among` narrows it to a place.

    Raises:
        BadPeriod: no such kind of report or no such period.
    """
    if kind not in REPORT_KINDS:
        raise BadPeriod("报告有日报、周报、月报三种，请选择其中一种。", field="kind")
    wanted = REPORT_KINDS[kind]
    stretch = stretch_called(wanted.figures, name, now=asof)
    rated = stretch_called(wanted.rates, stretch.name, now=asof)
    windows = windows_of(actor, stretch, asof=asof, among=among)
    rates_windows = windows_of(actor, rated, asof=asof, among=among)
    readings = read_all(actor, windows=windows, among=among)
    return Report(
        kind=wanted,
        name=stretch.name,
        place=place,
        asof=asof,
        demo=demo,
        windows=windows,
        rates_windows=rates_windows,
        total=compared_total(readings),
        units=_due(compared(readings, by="organization")),
        communities=_due(compared(readings, by="community")),
        classes=_most_opened(compared(readings, by="minor")),
        majors={
            one.name: len(one.now.flows.get("opened", ())) for one in compared(readings, by="major")
        },
        ranking=ranking(actor, windows=rates_windows, among=among),
    )


def _due(groups: list[Compared]) -> list[Compared]:
    """Groups with something due, finished or sent back."""
    return [one for one in groups if one.now.tallies or one.now.flows.get("rework")]


def _most_opened(groups: list[Compared]) -> list[Compared]:
    """Classes with the most new matters."""
    opened = INDICATORS["opened"]
    named = [one for one in groups if one.name and one.now.value(opened)]
    named.sort(key=lambda one: (-(one.now.value(opened) or 0), one.name))
    return named[:CLASSES_SHOWN]

"""Indicators over stored cases, inside the actor's scope: which matters were due, done and in time, by group.

The facts are the deadlines and the timeline. A run of the handling clock counts as done when a feedback (or a
self-handled matter) ended it; one that a return or a forced closing ended is on neither side. 结案 takes the due of the
handling and the instant of closing. A case that was handled twice in one period is counted by the later run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from operator import itemgetter
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from linli.cases.flow import CLOCK_NAMES, Clock, Stage
from linli.cases.models import Case, CaseMove, Channel, Deadline
from linli.cases.queries import cases_seen
from linli.insight.indicators.rules import FLOW, Indicator, Source, Span, Tally, share, tally
from linli.kernel.acting import Actor
from linli.kernel.organisations.models import Organization
from linli.kernel.places.models import Area

CLOSING = "close"
WHATS: dict[str, str] = {
    **{clock.value: name for clock, name in CLOCK_NAMES.items()},
    CLOSING: "结案",
}
"""What may be due: the clocks of the stages, and closing."""

FIGURES: dict[str, str] = {
    "due": "应办",
    "done": "已办",
    "on_time": "按期",
    "late": "超期办结",
    "waiting": "超期未办",
    "excused": "申诉成立",
}
OPENED = "opened"
FLOWS: dict[str, str] = {
    OPENED: "新增",
    "register": "立案",
    "feedback": "处置",
    "close": "结案",
    "rework": "返工",
    "return_back": "退回",
    "extend": "延期",
    "cancel": "作废",
}
"""What happened in the period, counted by the cases it happened to: they were opened, or made a move."""

DIMENSIONS: dict[str, str] = {
    "organization": "承办单位",
    "community": "社区",
    "grid": "网格",
    "major": "问题大类",
    "minor": "问题小类",
    "channel": "来源",
}
COLUMNS = {
    "organization": "handling_org_id",
    "community": "community_id",
    "grid": "grid_id",
    "major": "category__major_name",
    "minor": "category__name",
    "channel": "intake_channel",
}
"""The column of a case that tells its group, by dimension."""
_OF_CASE = tuple(f"case__{column}" for column in COLUMNS.values())
_PLACE_OF = {dimension: place for place, dimension in enumerate(COLUMNS)}
Keys = tuple[str, ...]

EVERY = Q()
"""Everything the actor sees."""


@dataclass(frozen=True)
class Period:
    """[start, end) read as of an instant; all aware."""

    start: datetime
    end: datetime
    asof: datetime


@dataclass
class Group:
    """The figures of one group; `key` is empty for matters that belong to none."""

    key: str
    name: str
    tallies: dict[str, Tally] = field(default_factory=dict)
    flows: dict[str, frozenset[int]] = field(default_factory=dict)

    def ids(self, source: Source) -> frozenset[int]:
        """The matters behind one number; empty where the group has none."""
        what, figure = source
        if figure == FLOW:
            return self.flows.get(what, frozenset())
        found = self.tallies.get(what)
        return getattr(found, figure) if found else frozenset()

    def value(self, indicator: Indicator) -> Fraction | None:
        """A count, or a share 0–1 of what it is counted of; a share of nothing is None."""
        part = len(self.ids(indicator.part))
        return (
            Fraction(part)
            if indicator.whole is None
            else share(part, len(self.ids(indicator.whole)))
        )


@dataclass(frozen=True)
class Facts:
    """One reading of the tables for a period; the groups of every dimension follow from it.

    Keys are the values of `DIMENSIONS`, in their order.
    """

    period: Period
    spans: Mapping[str, Sequence[tuple[Keys, Span]]]
    flows: Sequence[tuple[Keys, str, int]]


def read_facts(
    actor: Actor, *, period: Period, whats: Iterable[str], among: Q = EVERY, flows: bool = True
) -> Facts:
    """What the actor sees of a period; `among` narrows it further, e.g. to one community."""
    seen = cases_seen(actor).filter(among)
    spans = {what: list(_spans(seen, what, period=period)) for what in whats}
    return Facts(period, spans, list(_flows(seen, period=period)) if flows else [])


def groups(
    actor: Actor, *, by: str, period: Period, whats: Iterable[str], among: Q = EVERY
) -> list[Group]:
    """One group a line, named and in the order of their names; those without a matter are left out."""
    return groups_of(read_facts(actor, period=period, whats=whats, among=among), by=by)


def total(actor: Actor, *, period: Period, whats: Iterable[str], among: Q = EVERY) -> Group:
    """The same over everything the actor sees."""
    return total_of(read_facts(actor, period=period, whats=whats, among=among))


def groups_of(facts: Facts, *, by: str) -> list[Group]:
    """The groups of one dimension, as `groups`."""
    found: dict[str, Group] = {}
    place = _PLACE_OF[by]
    for what, some in facts.spans.items():
        sorted_in: dict[str, list[Span]] = defaultdict(list)
        for keys, span in some:
            sorted_in[keys[place]].append(span)
        for key, spans in sorted_in.items():
            counted = _tally(spans, facts.period)
            if counted.due:
                found.setdefault(key, Group(key, "")).tallies[what] = counted
    ids: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for keys, code, case_id in facts.flows:
        ids[keys[place]][code].add(case_id)
    for key, flows in ids.items():
        found.setdefault(key, Group(key, "")).flows = _frozen(flows)
    names = names_of(by, found)
    for key, group in found.items():
        group.name = names.get(key, "")
    return sorted(found.values(), key=lambda group: (not group.name, group.name))


def total_of(facts: Facts) -> Group:
    """Everything together."""
    group = Group("", "合计")
    for what, some in facts.spans.items():
        group.tallies[what] = _tally([span for _keys, span in some], facts.period)
    ids: dict[str, set[int]] = defaultdict(set)
    for _keys, code, case_id in facts.flows:
        ids[code].add(case_id)
    group.flows = _frozen(ids)
    return group


def cases_behind(
    actor: Actor,
    *,
    what: str,
    figure: str,
    by: str,
    key: str | None,
    period: Period,
    among: Q = EVERY,
) -> QuerySet[Case]:
    """The list behind a figure: as many cases as it says. `key` None means all groups; `what` may be a flow's code."""
    flow = figure == FLOW
    whats = () if flow else (what,)
    facts = read_facts(actor, period=period, whats=whats, among=among, flows=flow)
    place = _PLACE_OF[by]
    if flow:
        ids = {pk for keys, code, pk in facts.flows if code == what and key in (None, keys[place])}
    else:
        spans = [span for keys, span in facts.spans[what] if key in (None, keys[place])]
        ids = set(getattr(_tally(spans, period), figure))
    return cases_seen(actor).filter(among, pk__in=ids)


def _tally(spans: Iterable[Span], period: Period) -> Tally:
    return tally(spans, start=period.start, end=period.end, asof=period.asof)


def _frozen(flows: Mapping[str, set[int]]) -> dict[str, frozenset[int]]:
    return {code: frozenset(ids) for code, ids in flows.items()}


@lru_cache(maxsize=20_000)
def _keys(*cells: Any) -> Keys:
    """The keys of a matter; thousands of the same place, class and unit share one tuple, kept across readings."""
    return tuple(str(cell or "") for cell in cells)


_cells_of_case = itemgetter(*_OF_CASE)


def _spans(seen: QuerySet[Case], what: str, *, period: Period) -> Iterable[tuple[Keys, Span]]:
    clock = Clock.HANDLE if what == CLOSING else Clock(what)
    fed_back = CaseMove.objects.filter(
        case_id=OuterRef("case_id"), at=OuterRef("stopped_at"), code__in=("feedback", "self_handle")
    )
    rows = (
        Deadline.objects.filter(pk__in=_inside(what, clock, period=period), case__in=seen)
        .exclude(case__stage=Stage.CANCELLED)
        .annotate(fed_back=Exists(fed_back))
        .order_by("id")
    )
    names = (
        "case_id",
        "due_at",
        "stopped_at",
        "excused_at",
        "fed_back",
        "case__stage",
        "case__closed_at",
    )
    last: dict[int, tuple[Keys, Span]] = {}
    read = _READ.get(what, _stage)
    for row in rows.values(*_OF_CASE, *names).iterator(chunk_size=5_000):
        span = read(row)
        if span is not None:
            last[row["case_id"]] = (_keys(*_cells_of_case(row)), span)
    return last.values()


def _inside(what: str, clock: Clock, *, period: Period) -> QuerySet[Deadline, int]:
    """Ids of the runs of a clock that were due or ended in a period: an index range each, where OR would read all."""
    runs = Deadline.objects.filter(clock=clock).order_by().values_list("pk", flat=True)
    ranges = [
        runs.filter(due_at__gte=period.start, due_at__lt=period.end),
        runs.filter(stopped_at__gte=period.start, stopped_at__lt=period.end),
    ]
    if what == CLOSING:
        closed = {"case__closed_at__gte": period.start, "case__closed_at__lt": period.end}
        ranges.append(runs.filter(**closed))
    return ranges[0].union(*ranges[1:])


def _stage(row: Mapping[str, Any]) -> Span | None:
    return Span(row["case_id"], row["due_at"], row["stopped_at"], row["excused_at"] is not None)


def _handling(row: Mapping[str, Any]) -> Span | None:
    broken_off = row["stopped_at"] is not None and not row["fed_back"]
    return None if broken_off else _stage(row)


def _closing(row: Mapping[str, Any]) -> Span | None:
    if _handling(row) is None and row["case__stage"] != Stage.CLOSED:
        return None
    closed_at = row["case__closed_at"] if row["case__stage"] == Stage.CLOSED else None
    return Span(row["case_id"], row["due_at"], closed_at, row["excused_at"] is not None)


_READ: dict[str, Callable[[Mapping[str, Any]], Span | None]] = {
    Clock.HANDLE.value: _handling,
    CLOSING: _closing,
}


def _flows(seen: QuerySet[Case], *, period: Period) -> Iterator[tuple[Keys, str, int]]:
    opened = seen.filter(
        opened_at__gte=period.start, opened_at__lt=period.end, opened_at__lte=period.asof
    )
    cells = opened.exclude(stage=Stage.CANCELLED).values_list("pk", *COLUMNS.values())
    for case_id, *groups_in in cells.iterator(chunk_size=5_000):
        yield _keys(*groups_in), OPENED, case_id
    moves = CaseMove.objects.filter(
        at__gte=period.start, at__lt=period.end, at__lte=period.asof, code__in=FLOWS, case__in=seen
    )
    for row in moves.values("code", "case_id", *_OF_CASE).iterator(chunk_size=5_000):
        yield _keys(*_cells_of_case(row)), row["code"], row["case_id"]


def names_of(by: str, keys: Iterable[str]) -> dict[str, str]:
    """The names of the groups of a dimension, by their keys."""
    ids = [int(key) for key in keys if key.isdecimal()]
    if by == "organization":
        return {
            str(pk): name
            for pk, name in Organization.objects.filter(pk__in=ids).values_list("pk", "name")
        }
    if by in ("community", "grid"):
        return {
            str(pk): name for pk, name in Area.objects.filter(pk__in=ids).values_list("pk", "name")
        }
    if by == "channel":
        return dict(Channel.choices)
    return {key: key for key in keys}

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
from typing import Any, NamedTuple

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
_COLUMNS = tuple(COLUMNS.values())
_OF_CASE = tuple(f"case__{column}" for column in _COLUMNS)
_PLACE_OF = {dimension: place for place, dimension in enumerate(COLUMNS)}
Cells = tuple[Any, ...]
"""What `COLUMNS` say of one case, in their order."""

AT_ONCE = 5_000
"""Rows fetched and ids asked for at a time, 1,000–20,000; an engine takes no more than some ten thousand ids."""

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

    A case lies in one group of a dimension, so a group has of every figure what `everything` has among its cases.
    """

    everything: Group
    cells: Mapping[int, Cells]


def read_facts(
    actor: Actor, *, period: Period, whats: Iterable[str], among: Q = EVERY, flows: bool = True
) -> Facts:
    """What the actor sees of a period; `among` narrows it further, e.g. to one community."""
    seen = cases_seen(actor).filter(among)
    everything, cells = Group("", "合计"), dict[int, Cells]()
    for clock, some in _by_clock(whats).items():
        for what, spans in _spans(seen, clock, some, period=period, cells=cells).items():
            everything.tallies[what] = tally(
                spans, start=period.start, end=period.end, asof=period.asof
            )
    if flows:
        everything.flows = _flows(seen, period=period, cells=cells)
    return Facts(everything, cells)


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
    found = {}
    for key, ids in _members(facts, by).items():
        tallies = {
            what: counted
            for what, whole in facts.everything.tallies.items()
            if (counted := whole.among(ids)).due
        }
        flows = {
            code: some for code, whole in facts.everything.flows.items() if (some := whole & ids)
        }
        if tallies or flows:
            found[key] = Group(key, "", tallies, flows)
    names = names_of(by, found)
    for key, group in found.items():
        group.name = names.get(key, "")
    return sorted(found.values(), key=lambda group: (not group.name, group.name))


def total_of(facts: Facts) -> Group:
    """Everything together."""
    return facts.everything


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
    facts = read_facts(actor, period=period, whats=() if flow else (what,), among=among, flows=flow)
    ids = facts.everything.ids((what, figure))
    if key is not None:
        ids &= _members(facts, by).get(key, frozenset())
    return cases_seen(actor).filter(among, pk__in=ids)


def _members(facts: Facts, by: str) -> Mapping[str, frozenset[int]]:
    """The cases of each group of a dimension."""
    place = _PLACE_OF[by]
    ids: dict[Any, list[int]] = defaultdict(list)
    for case_id, cells in facts.cells.items():
        ids[cells[place]].append(case_id)
    found: dict[str, list[int]] = defaultdict(list)
    for cell, some in ids.items():
        found[str(cell or "")] += some
    return {key: frozenset(some) for key, some in found.items()}


def _by_clock(whats: Iterable[str]) -> Mapping[Clock, list[str]]:
    """What has to be read of each clock; closing has the due of the handling, so both are read at once."""
    found: dict[Clock, list[str]] = defaultdict(list)
    for what in whats:
        found[Clock.HANDLE if what == CLOSING else Clock(what)].append(what)
    return found


class Run(NamedTuple):
    """A run of a clock as it is read; `fed_back` tells that a feedback ended it."""

    case_id: int
    due_at: datetime
    stopped_at: datetime | None
    excused_at: datetime | None
    stage: str
    closed_at: datetime | None
    fed_back: bool


_OF_RUN = (
    "case_id",
    "due_at",
    "stopped_at",
    "excused_at",
    "case__stage",
    "case__closed_at",
    "fed_back",
)


def _spans(
    seen: QuerySet[Case],
    clock: Clock,
    whats: Sequence[str],
    *,
    period: Period,
    cells: dict[int, Cells],
) -> Mapping[str, Iterable[Span]]:
    """The later run of every case, by what it is read for; the groups of its cases go into `cells`."""
    fed_back = CaseMove.objects.filter(
        case_id=OuterRef("case_id"), at=OuterRef("stopped_at"), code__in=("feedback", "self_handle")
    )
    rows = (
        Deadline.objects.filter(pk__in=_inside(whats, clock, period=period), case__in=seen)
        .exclude(case__stage=Stage.CANCELLED)
        .annotate(fed_back=Exists(fed_back))
        .order_by("id")
    )
    last: dict[str, dict[int, Span]] = {what: {} for what in whats}
    for row in rows.values_list(*_OF_RUN, *_OF_CASE).iterator(chunk_size=AT_ONCE):
        run = Run(*row[: len(_OF_RUN)])
        cells[run.case_id] = row[len(_OF_RUN) :]
        for what in whats:
            span = _READ.get(what, _stage)(run)
            if span is not None and _is_inside(what, run, period):
                last[what][run.case_id] = span
    return {what: spans.values() for what, spans in last.items()}


def _inside(whats: Iterable[str], clock: Clock, *, period: Period) -> QuerySet[Deadline, int]:
    """Ids of the runs of a clock that were due or ended in a period: an index range each, where OR would read all."""
    runs = Deadline.objects.filter(clock=clock).order_by().values_list("pk", flat=True)
    ranges = [
        runs.filter(due_at__gte=period.start, due_at__lt=period.end),
        runs.filter(stopped_at__gte=period.start, stopped_at__lt=period.end),
    ]
    if CLOSING in whats:
        closed = {"case__closed_at__gte": period.start, "case__closed_at__lt": period.end}
        ranges.append(runs.filter(**closed))
    return ranges[0].union(*ranges[1:])


def _stage(run: Run) -> Span | None:
    return Span(run.case_id, run.due_at, run.stopped_at, run.excused_at is not None)


def _handling(run: Run) -> Span | None:
    broken_off = run.stopped_at is not None and not run.fed_back
    return None if broken_off else _stage(run)


def _closing(run: Run) -> Span | None:
    closed = run.stage == Stage.CLOSED
    if _handling(run) is None and not closed:
        return None
    return Span(
        run.case_id,
        run.due_at,
        run.closed_at if closed else None,
        run.excused_at is not None,
    )


_READ: dict[str, Callable[[Run], Span | None]] = {
    Clock.HANDLE.value: _handling,
    CLOSING: _closing,
}


def _is_inside(what: str, run: Run, period: Period) -> bool:
    """Whether a run that was read belongs to the period; only closing also asks when the case was closed."""
    if what == CLOSING or period.start <= run.due_at < period.end:
        return True
    return run.stopped_at is not None and period.start <= run.stopped_at < period.end


def _flows(
    seen: QuerySet[Case], *, period: Period, cells: dict[int, Cells]
) -> dict[str, frozenset[int]]:
    ids: dict[str, set[int]] = defaultdict(set)
    opened = seen.filter(
        opened_at__gte=period.start, opened_at__lt=period.end, opened_at__lte=period.asof
    )
    for case_id, *some in _cells(opened.exclude(stage=Stage.CANCELLED)):
        cells[case_id] = tuple(some)
        ids[OPENED].add(case_id)
    moves = CaseMove.objects.filter(
        at__gte=period.start, at__lt=period.end, at__lte=period.asof, code__in=FLOWS, case__in=seen
    )
    for code, case_id in moves.values_list("code", "case_id").iterator(chunk_size=AT_ONCE):
        ids[code].add(case_id)
    left = list(set().union(*ids.values()) - cells.keys())
    for start in range(0, len(left), AT_ONCE):
        for case_id, *some in _cells(seen.filter(pk__in=left[start : start + AT_ONCE])):
            cells[case_id] = tuple(some)
    return {code: frozenset(some) for code, some in ids.items()}


def _cells(cases: QuerySet[Case]) -> Iterator[tuple[Any, ...]]:
    return cases.values_list("pk", *_COLUMNS).iterator(chunk_size=AT_ONCE)


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

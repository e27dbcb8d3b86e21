"""Indicators over stored cases, inside the actor's scope: which matters were due, done and in time, by group.

The facts are the deadlines and the timeline. A run of the handling clock counts as done when a feedback (or a
self-handled matter) ended it; one that a return or a forced closing ended is on neither side. 结案 takes the due of the
handling and the instant of closing. A case that was handled twice in one period is counted by the later run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from linli.cases.flow import CLOCK_NAMES, Clock, Stage
from linli.cases.models import Case, CaseMove, Channel, Deadline
from linli.cases.queries import cases_seen
from linli.insight.indicators.rules import Span, Tally, tally
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
FLOWS: dict[str, str] = {
    "register": "立案",
    "feedback": "处置",
    "close": "结案",
    "rework": "返工",
    "return_back": "退回",
    "extend": "延期",
    "cancel": "作废",
}
"""Moves counted by the cases that made them in the period."""

DIMENSIONS: dict[str, str] = {
    "organization": "承办单位",
    "community": "社区",
    "grid": "网格",
    "major": "问题大类",
    "channel": "来源",
}
_COLUMNS = {
    "organization": "handling_org_id",
    "community": "community_id",
    "grid": "grid_id",
    "major": "category__major_name",
    "channel": "intake_channel",
}


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


def groups(actor: Actor, *, by: str, period: Period, whats: Iterable[str]) -> list[Group]:
    """One group a line, named and in the order of their names; those without a matter are left out."""
    found: dict[str, Group] = {}
    for what in whats:
        spans: dict[str, list[Span]] = defaultdict(list)
        for key, span in _spans(actor, what, by=by, period=period):
            spans[key].append(span)
        for key, some in spans.items():
            counted = _tally(some, period)
            if counted.due:
                found.setdefault(key, Group(key, "")).tallies[what] = counted
    for key, flows in _flows(actor, by=by, period=period).items():
        found.setdefault(key, Group(key, "")).flows = flows
    names = _names(by, found)
    for key, group in found.items():
        group.name = names.get(key, "")
    return sorted(found.values(), key=lambda group: (not group.name, group.name))


def total(actor: Actor, *, period: Period, whats: Iterable[str]) -> Group:
    """The same over everything the actor sees."""
    group = Group("", "合计")
    for what in whats:
        spans = [span for _, span in _spans(actor, what, by="channel", period=period)]
        group.tallies[what] = _tally(spans, period)
    merged: dict[str, set[int]] = defaultdict(set)
    for flows in _flows(actor, by="channel", period=period).values():
        for code, ids in flows.items():
            merged[code] |= ids
    group.flows = {code: frozenset(ids) for code, ids in merged.items()}
    return group


def cases_behind(
    actor: Actor, *, what: str, figure: str, by: str, key: str | None, period: Period
) -> QuerySet[Case]:
    """The list behind a figure: as many cases as it says. `key` None means all groups; `what` may be a flow's code."""
    if figure == "flow":
        wanted = _flows(actor, by=by, period=period)
        ids = {
            pk
            for name, flows in wanted.items()
            if key in (None, name)
            for pk in flows.get(what, ())
        }
    else:
        spans = [
            span for name, span in _spans(actor, what, by=by, period=period) if key in (None, name)
        ]
        ids = set(getattr(_tally(spans, period), figure))
    return cases_seen(actor).filter(pk__in=ids)


def _tally(spans: Iterable[Span], period: Period) -> Tally:
    return tally(spans, start=period.start, end=period.end, asof=period.asof)


def _spans(actor: Actor, what: str, *, by: str, period: Period) -> Iterable[tuple[str, Span]]:
    column = f"case__{_COLUMNS[by]}"
    clock = Clock.HANDLE if what == CLOSING else Clock(what)
    fed_back = CaseMove.objects.filter(
        case_id=OuterRef("case_id"), at=OuterRef("stopped_at"), code__in=("feedback", "self_handle")
    )
    inside = Q(due_at__gte=period.start, due_at__lt=period.end) | Q(
        stopped_at__gte=period.start, stopped_at__lt=period.end
    )
    if what == CLOSING:
        inside |= Q(case__closed_at__gte=period.start, case__closed_at__lt=period.end)
    rows = (
        Deadline.objects.filter(inside, clock=clock, case__in=cases_seen(actor))
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
    last: dict[int, tuple[str, Span]] = {}
    read = _READ.get(what, _stage)
    for row in rows.values(column, *names).iterator(chunk_size=5_000):
        span = read(row)
        if span is not None:
            last[row["case_id"]] = (str(row[column] or ""), span)
    return last.values()


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


def _flows(actor: Actor, *, by: str, period: Period) -> dict[str, dict[str, frozenset[int]]]:
    column = f"case__{_COLUMNS[by]}"
    moves = CaseMove.objects.filter(
        at__gte=period.start,
        at__lt=min(period.end, period.asof),
        code__in=FLOWS,
        case__in=cases_seen(actor),
    )
    found: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for key, code, case_id in moves.values_list(column, "code", "case_id").iterator(
        chunk_size=5_000
    ):
        found[str(key or "")][code].add(case_id)
    return {
        key: {code: frozenset(ids) for code, ids in flows.items()} for key, flows in found.items()
    }


def _names(by: str, keys: Iterable[str]) -> dict[str, str]:
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

"""Indicators of 数字城管: what was due in a period, what of it was done, and what of that in time.

应X数 counts a matter once, in the period that holds the earlier of its due and its doing. A matter that is neither due
nor done is on neither side; a cancelled one (作废) on none. Figures are as of an instant: the same period read later
changes only through what was done late. Example, March as of 1 April: due 10 March and done the 9th counts, done the
12th counts and is late, due 20 March and still open counts as not done; due 2 April and open does not count at all.

An overtime that was excused (超时申诉 granted) counts as in time, and the number of such is told beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Span:
    """One matter's due and doing; `done_at` is empty while it is not done."""

    case_id: int
    due_at: datetime
    done_at: datetime | None
    excused: bool = False


@dataclass(frozen=True)
class Tally:
    """Ids behind every figure, so that each of them opens its list."""

    due: frozenset[int]
    done: frozenset[int]
    on_time: frozenset[int]
    excused: frozenset[int]

    @property
    def late(self) -> frozenset[int]:
        """Done, but after the due (超期)."""
        return self.done - self.on_time

    @property
    def waiting(self) -> frozenset[int]:
        """Due and not done (超期未办)."""
        return self.due - self.done

    def among(self, ids: frozenset[int]) -> Tally:
        """What of it lies among these cases."""
        return Tally(self.due & ids, self.done & ids, self.on_time & ids, self.excused & ids)

    @property
    def done_rate(self) -> Fraction | None:
        return share(len(self.done), len(self.due))

    @property
    def on_time_rate(self) -> Fraction | None:
        return share(len(self.on_time), len(self.due))

    @property
    def late_rate(self) -> Fraction | None:
        return share(len(self.late), len(self.due))


def tally(spans: Iterable[Span], *, start: datetime, end: datetime, asof: datetime) -> Tally:
    """Count [start, end) as of an instant. A case may be given once only."""
    due, done, on_time, excused = set(), set(), set(), set()
    for span in spans:
        finished = span.done_at is not None and span.done_at <= asof
        counted_at = min(span.due_at, span.done_at) if finished and span.done_at else span.due_at
        if not start <= counted_at < end or (not finished and span.due_at >= asof):
            continue
        due.add(span.case_id)
        if not finished or span.done_at is None:
            continue
        done.add(span.case_id)
        if span.done_at <= span.due_at or span.excused:
            on_time.add(span.case_id)
            if span.done_at > span.due_at:
                excused.add(span.case_id)
    return Tally(frozenset(due), frozenset(done), frozenset(on_time), frozenset(excused))


def share(part: int, whole: int) -> Fraction | None:
    """`part` of `whole`, 0–1; None of nothing, which is neither 0 nor 1."""
    return Fraction(part, whole) if whole else None


Source = tuple[str, str]
"""(what, figure): a clock or closing with a figure of its tally, or the code of a flow with `FLOW`."""

FLOW = "flow"


@dataclass(frozen=True)
class Indicator:
    """A number of matters, or a share of one number in another. `good` is the direction that is better: 1, -1 or 0."""

    code: str
    name: str
    part: Source
    whole: Source | None = None
    good: int = 0


def _handled(figure: str) -> Source:
    return "handle", figure


def _closed(figure: str) -> Source:
    return "close", figure


INDICATORS: Mapping[str, Indicator] = {
    one.code: one
    for one in (
        Indicator("opened", "新增案件", ("opened", FLOW)),
        Indicator("registered", "立案", ("register", FLOW)),
        Indicator("handle_due", "应处置", _handled("due")),
        Indicator("handle_done", "处置", _handled("done")),
        Indicator("handle_rate", "处置率", _handled("done"), _handled("due"), 1),
        Indicator("handle_on_time", "按期处置", _handled("on_time")),
        Indicator("handle_on_time_rate", "按期处置率", _handled("on_time"), _handled("due"), 1),
        Indicator("handle_late", "超期处置", _handled("late"), good=-1),
        Indicator("handle_waiting", "超期未处置", _handled("waiting"), good=-1),
        Indicator("handle_waiting_rate", "超期待处置率", _handled("waiting"), _handled("due"), -1),
        Indicator("close_due", "应结案", _closed("due")),
        Indicator("close_done", "结案", _closed("done")),
        Indicator("close_rate", "结案率", _closed("done"), _closed("due"), 1),
        Indicator("close_on_time", "按期结案", _closed("on_time")),
        Indicator("close_on_time_rate", "按期结案率", _closed("on_time"), _closed("due"), 1),
        Indicator("close_late", "超期结案", _closed("late"), good=-1),
        Indicator("close_late_rate", "超期结案率", _closed("late"), _closed("due"), -1),
        Indicator("rework", "返工", ("rework", FLOW), good=-1),
        Indicator("rework_rate", "返工率", ("rework", FLOW), _closed("due"), -1),
        Indicator("returned", "退回", ("return_back", FLOW)),
        Indicator("extended", "延期", ("extend", FLOW)),
        Indicator("extension_rate", "延期率", ("extend", FLOW), _handled("due"), -1),
    )
}
"""Every indicator that is shown, in the order of the page."""

WHATS = ("handle", "close")
"""What has to be tallied for them."""


SCORE: Mapping[str, int] = {
    "done": 30,
    "on_time": 20,
    "no_rework": 20,
    "none_waiting": 20,
    "no_extension": 10,
}
"""Points of the score of one city (成都金牛); a setting per city, together 100."""


def score(
    *,
    to_handle: int,
    handled: int,
    on_time: int,
    to_close: int,
    reworked: int,
    waiting: int,
    extended: int,
    points: Mapping[str, int] = SCORE,
) -> Fraction | None:
    """0–100: handled, handled in time, not reworked, none waiting beyond the due, not extended; None of nothing."""
    shares = {
        "done": share(handled, to_handle),
        "on_time": share(on_time, to_handle),
        "no_rework": _rest(share(reworked, to_close)),
        "none_waiting": _rest(share(waiting, to_handle)),
        "no_extension": _rest(share(extended, to_handle)),
    }
    total = Fraction(0)
    for name, value in shares.items():
        if value is None:
            return None
        total += points[name] * value
    return total


def _rest(part: Fraction | None) -> Fraction | None:
    return None if part is None else 1 - part

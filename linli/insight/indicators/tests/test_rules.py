"""What was due, done and in time, on worked examples."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from linli.insight.indicators.rules import Span, score, share, tally
from linli.kernel.calendar.local import LOCAL


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=LOCAL)


MARCH = {"start": at("03-01T00:00"), "end": at("04-01T00:00")}
A, B, C, D, E, F, G = range(7)
SPANS = [
    Span(A, at("03-10T12:00"), at("03-09T12:00")),
    Span(B, at("03-10T12:00"), at("03-12T12:00")),
    Span(C, at("03-20T12:00"), None),
    Span(D, at("04-02T12:00"), None),
    Span(E, at("04-02T12:00"), at("03-30T12:00")),
    Span(F, at("02-27T12:00"), at("03-05T12:00")),
    Span(G, at("03-31T23:59"), at("04-03T12:00")),
]


def percent(part: int, whole: int) -> str:
    found = share(part, whole)
    return "—" if found is None else f"{float(100 * found):.2f}"


def test_march_as_of_the_first_of_april() -> None:
    found = tally(SPANS, **MARCH, asof=at("04-01T00:00"))
    assert found.due == {A, B, C, E, G}
    assert found.done == {A, B, E}
    assert found.on_time == {A, E}
    assert found.late == {B}
    assert found.waiting == {C, G}
    rates = (found.done_rate, found.on_time_rate, found.late_rate)
    assert [float(rate or 0) for rate in rates] == [0.6, 0.4, 0.2]


def test_the_same_month_read_later_changes_only_by_what_was_done_late() -> None:
    found = tally(SPANS, **MARCH, asof=at("04-10T00:00"))
    assert found.due == {A, B, C, E, G}
    assert found.done == {A, B, E, G}
    assert found.on_time == {A, E}
    assert found.done_rate == share(4, 5)


def test_what_is_due_later_than_now_is_not_due_yet() -> None:
    found = tally(SPANS, **MARCH, asof=at("03-15T00:00"))
    assert found.due == {A, B}


def test_an_excused_overtime_counts_as_in_time_and_is_told() -> None:
    span = Span(1, at("03-10T12:00"), at("03-12T12:00"), excused=True)
    found = tally([span], **MARCH, asof=at("04-01T00:00"))
    assert found.on_time == found.excused == {1}
    assert not found.late
    early = Span(1, at("03-10T12:00"), at("03-09T12:00"), excused=True)
    assert tally([early], **MARCH, asof=at("04-01T00:00")).excused == set()


def test_the_published_month_of_a_city() -> None:
    assert percent(911, 972) == "93.72"
    assert percent(737, 972) == "75.82"
    assert percent(911 - 737, 972) == "17.90"
    assert percent(0, 0) == "—"


def test_the_score_of_a_city() -> None:
    counts: dict[str, Any] = {
        "to_handle": 200,
        "handled": 190,
        "on_time": 170,
        "to_close": 180,
        "reworked": 6,
        "waiting": 8,
        "extended": 10,
    }
    found = score(**counts)
    assert found is not None
    assert f"{float(found):.2f}" == "93.53"
    assert score(**{**counts, "to_handle": 0}) is None
    assert score(**{**counts, "to_close": 0}) is None


instants = st.integers(0, 200).map(lambda n: at("02-01T00:00") + timedelta(hours=11 * n))


@given(st.lists(st.tuples(instants, st.none() | instants)), instants)
def test_every_matter_is_counted_in_one_period_at_most(
    pairs: list[tuple[datetime, datetime | None]], asof: datetime
) -> None:
    spans = [Span(n, due, done) for n, (due, done) in enumerate(pairs)]
    months = ("02", "03", "04", "05")
    tallies = [
        tally(spans, start=at(f"{a}-01T00:00"), end=at(f"{b}-01T00:00"), asof=asof)
        for a, b in pairwise(months)
    ]
    assert sum(len(one.due) for one in tallies) == len(
        frozenset().union(*(one.due for one in tallies))
    )
    for one in tallies:
        assert one.on_time <= one.done <= one.due

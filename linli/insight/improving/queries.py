"""改进报告: what a period tells about what to improve, inside the actor's scope."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from linli.cases.flow import CLOCK_NAMES, Clock, Stage
from linli.cases.models import Case, CaseMove, Deadline
from linli.cases.queries import cases_seen
from linli.insight.hotspots import queries as hotspots
from linli.insight.improving.rules import (
    Leg,
    Returned,
    Sentence,
    Words,
    about_classes,
    about_legs,
    about_redoing,
    about_rework,
    about_words,
)
from linli.insight.indicators.comparing import period_of
from linli.insight.indicators.queries import EVERY, groups_of, read_facts, total_of
from linli.insight.indicators.rules import FLOW, WHATS
from linli.insight.periods.rules import Window
from linli.insight.satisfaction.queries import opinions
from linli.kernel.acting import Actor
from linli.kernel.errors import NotFound

HANDLED = ("feedback", "self_handle")
AGAIN = ("redo", "reopen")
ENDING = ("close", "redo")
HOUR = 3600


@dataclass(frozen=True)
class Section:
    """Sentences about one thing: classes, rework, legs or words."""

    code: str
    sentences: list[Sentence]


def improvement(actor: Actor, *, window: Window, among: Q = EVERY) -> list[Section]:
    """The sections of the report, also those that have nothing to say."""
    seen = cases_seen(actor).filter(among)
    return [
        Section(
            "classes",
            about_classes(opinions(actor, by="minor", window=window, among=among)),
        ),
        Section(
            "rework",
            [*_rework(actor, window, among), *_again(seen, window)],
        ),
        Section(
            "legs",
            about_legs(_legs(seen, window)),
        ),
        Section(
            "words",
            _words(actor, seen, window),
        ),
    ]


def sentence_for(actor: Actor, code: str, *, window: Window, among: Q = EVERY) -> Sentence:
    """The sentence with this code, for the lists behind it.

    Raises:
        NotFound: the report has no such sentence (any more).
    """
    for section in improvement(actor, window=window, among=among):
        for one in section.sentences:
            if one.code == code:
                return one
    raise NotFound("报告里没有这句话，请从改进报告中点击数字打开。", field="code")


def _rework(actor: Actor, window: Window, among: Q) -> list[Sentence]:
    facts = read_facts(actor, period=period_of(window), whats=WHATS, among=among)
    everything = total_of(facts)
    fed_back = ("feedback", FLOW)
    units = [
        Returned(
            group.key,
            group.name,
            group.ids(fed_back) | group.ids(("rework", FLOW)),
            group.ids(("rework", FLOW)),
        )
        for group in groups_of(facts, by="organization")
        if group.name
    ]
    due = everything.ids(("close", "due"))
    return about_rework(due, everything.ids(("rework", FLOW)), units)


def _again(seen: QuerySet[Case], window: Window) -> list[Sentence]:
    moves = CaseMove.objects.filter(at__gte=window.start, at__lt=window.until, case__in=seen)
    ids: dict[str, set[int]] = defaultdict(set)
    for code, case_id in moves.filter(code__in={*AGAIN, *ENDING}).values_list("code", "case_id"):
        ids[code].add(case_id)
    again = frozenset().union(*(ids[code] for code in AGAIN))
    return about_redoing(frozenset().union(*(ids[code] for code in ENDING)) | again, again)


def _legs(seen: QuerySet[Case], window: Window) -> Iterator[Leg]:
    """A matter that went through a stage twice spent the hours of both."""
    rows = Deadline.objects.filter(
        stopped_at__gte=window.start, stopped_at__lt=window.until, case__in=seen
    ).exclude(case__stage=Stage.CANCELLED)
    hours: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    late: dict[str, set[int]] = defaultdict(set)
    cells = rows.values_list("clock", "case_id", "starts_at", "stopped_at", "due_at", "excused_at")
    for clock, case_id, start, stopped, due, excused in cells.iterator(chunk_size=5_000):
        assert stopped is not None, "the query asks for runs that have stopped"
        hours[clock][case_id] += max(0.0, (stopped - start).total_seconds()) / HOUR
        if stopped > due and excused is None:
            late[clock].add(case_id)
    for clock in Clock:
        spent = hours[clock.value]
        yield Leg(
            clock.value,
            CLOCK_NAMES[clock],
            frozenset(spent),
            frozenset(late[clock.value]),
            tuple(spent.values()),
        )


def _words(actor: Actor, seen: QuerySet[Case], window: Window) -> list[Sentence]:
    stretch = window.stretch
    found = hotspots.hotspots(actor, hotspots.Period(stretch.first_day, stretch.last_day))
    heard = frozenset(seen.filter(pk__in=set(found.case_of.values())).values_list("pk", flat=True))
    topics = [
        Words(
            topic.name,
            topic.members[0].voice.key,
            topic.people,
            frozenset(found.case_of[member.voice.key] for member in topic.members) & heard,
        )
        for topic in found.topics
    ]
    return about_words(topics, heard)

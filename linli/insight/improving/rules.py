"""Plain sentences about what to improve. Each carries its numbers, and the matters behind both sides of its share.

    “积存垃圾渣土”有 40 件得到评价，12 件不满意（12/40，30.0%），9 件没有完全解决（9/40，22.5%）。
    处置环节结束 190 件，超时 20 件（20/190，10.5%）；用时的中间数是 31.0 小时，占各环节用时的 64.2%（5890/9174 小时）。

Hours are natural hours from the start of a clock to its end, nights, holidays and pauses included: what a reporter
waits. Nothing is advised, nobody is named: a sentence says where to look, the people of the office know why.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from linli.insight.indicators.rules import share
from linli.insight.satisfaction.rules import Opinion
from linli.kernel.statistics import FEW

MOST_CLASSES, MOST_UNITS, MOST_LEGS, MOST_TOPICS = 5, 5, 3, 5


@dataclass(frozen=True)
class Sentence:
    """`code` finds it again; `part` of `whole` is the share it tells first."""

    code: str
    text: str
    part: frozenset[int]
    whole: frozenset[int]


@dataclass(frozen=True)
class Leg:
    """A stage: the matters that left it, those too late, and the hours each spent in it."""

    code: str
    name: str
    left: frozenset[int]
    late: frozenset[int]
    hours: tuple[float, ...]

    @property
    def total(self) -> float:
        return sum(self.hours)


@dataclass(frozen=True)
class Returned:
    """What came back to whom: matters handled, and those of them sent back."""

    key: str
    name: str
    handled: frozenset[int]
    sent_back: frozenset[int]


@dataclass(frozen=True)
class Words:
    """A topic of the residents: its name, one report of it, people who spoke, matters it is in."""

    name: str
    receipt: str
    people: int
    cases: frozenset[int]


def about_classes(opinions: Iterable[Opinion]) -> list[Sentence]:
    """The classes with the most who are not satisfied."""
    found = [one for one in opinions if one.name and (one.dissatisfied or one.unsolved)]
    found.sort(key=lambda one: (-len(one.dissatisfied), -len(one.unsolved), one.name))
    return [
        Sentence(
            f"class:{one.key}",
            f"“{one.name}”有 {len(one.said)} 件得到评价，"
            f"{len(one.dissatisfied)} 件不满意（{_of(one.dissatisfied, one.said)}），"
            f"{len(one.unsolved)} 件没有完全解决（{_of(one.unsolved, one.said)}）{_few(one.said)}。",
            one.dissatisfied,
            one.said,
        )
        for one in found[:MOST_CLASSES]
    ]


def about_rework(
    due: frozenset[int], reworked: frozenset[int], units: Iterable[Returned]
) -> list[Sentence]:
    """返工 of everything due, then the units with the most of it."""
    found = []
    if due:
        text = f"应结案 {len(due)} 件，期内返工 {len(reworked)} 件（{_of(reworked, due)}）。"
        found.append(Sentence("rework", text, reworked, due))
    worst = sorted(
        (one for one in units if one.sent_back),
        key=lambda one: (-len(one.sent_back), len(one.handled), one.name),
    )
    return found + [
        Sentence(
            f"rework:{one.key}",
            f"“{one.name}”反馈处置 {len(one.handled)} 件，返工 {len(one.sent_back)} 件"
            f"（{_of(one.sent_back, one.handled)}）{_few(one.handled)}。",
            one.sent_back,
            one.handled,
        )
        for one in worst[:MOST_UNITS]
    ]


def about_redoing(closed: frozenset[int], again: frozenset[int]) -> list[Sentence]:
    """重办 and 重开 beside what was closed."""
    if not closed:
        return []
    text = f"结案 {len(closed)} 件，其中重办或重开 {len(again)} 件（{_of(again, closed)}）。"
    return [Sentence("again", text, again, closed)]


def about_legs(legs: Iterable[Leg]) -> list[Sentence]:
    """The stages that took the most hours."""
    every = [one for one in legs if one.left]
    total = sum(one.total for one in every)
    every.sort(key=lambda one: (-one.total, one.name))
    return [
        Sentence(
            f"leg:{one.code}",
            f"{one.name}环节结束 {len(one.left)} 件，超时 {len(one.late)} 件（{_of(one.late, one.left)}）；"
            f"用时的中间数是 {median(one.hours):.1f} 小时，"
            f"占各环节用时的 {_hours_share(one.total, total)}（{one.total:.0f}/{total:.0f} 小时）。",
            one.late,
            one.left,
        )
        for one in every[:MOST_LEGS]
    ]


def about_words(topics: Iterable[Words], heard: frozenset[int]) -> list[Sentence]:
    """What residents say most often."""
    return [
        Sentence(
            f"words:{one.receipt}",
            f"居民说“{one.name}”：{one.people} 人，{len(one.cases)} 件案件（{_of(one.cases, heard)}）。",
            one.cases,
            heard,
        )
        for one in list(topics)[:MOST_TOPICS]
        if one.cases
    ]


def _of(part: frozenset[int], whole: frozenset[int]) -> str:
    """12/40，30.0%."""
    found = share(len(part), len(whole))
    assert found is not None, "a sentence about nothing is not written"
    return f"{len(part)}/{len(whole)}，{float(100 * found):.1f}%"


def _hours_share(part: float, whole: float) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "0.0%"


def _few(whole: frozenset[int]) -> str:
    return "，样本少" if len(whole) < FEW else ""

"""Which rule of dispatch decides a matter, and which rules never can. Pure: no Django, no clock.

Rules are asked in their order. The first whose conditions all fit decides the matter: it names the unit or the post
that should handle, may make the matter urgent, may put a tag on it; what it leaves open the duty catalogue decides.
No rule after it is asked. Inside one condition any of its values will do; no value means no condition.

A rule must never hold up a matter. One whose conditions cannot be evaluated, or whose unit or post is not there any
more, is skipped with its reason, and the next one is asked as if it did not exist.

Example: 1 「夜间噪声」: words 噪声 or 扰民, outside working hours → 综合执法队. 2 「一格路灯」: class 路灯, grid one →
the post 网格员. A lamp in grid one is out: rule 1 does not fit, rule 2 decides. With another rule 「全部路灯」 before
rule 2, that could never decide again: it would be shadowed, and `shadows` says by which rule.

What `shadows` says must be true, so it is careful. A rule that may fail throws no shadow, because the matter then goes
on to the rules behind it. A rule in the shadow of several others is found where these differ in channel or urgency.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

BOTH = (True, False)


@dataclass(frozen=True, slots=True)
class Matter:
    """A case as rules see it: never who reported it. `areas` are the ids of its grid and of everything above it.

    `code` is the code of its class, empty while it is unknown; `text` is casefolded; `urgent` is how urgent it is
    before any rule; `working` says whether it came in working time and may raise.
    """

    code: str
    areas: frozenset[int]
    channel: str
    source: str
    urgent: bool
    text: str
    working: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Conditions:
    """Conditions of a rule. `classes` are beginnings of class codes; `words` are casefolded."""

    classes: frozenset[str] = frozenset()
    areas: frozenset[int] = frozenset()
    channels: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    urgent: bool | None = None
    working: bool | None = None

    def fit(self, matter: Matter) -> bool:
        """Whether all of them hold. Working time is asked last, and only of a matter that fits otherwise."""
        return (
            (not self.channels or matter.channel in self.channels)
            and (not self.sources or matter.source in self.sources)
            and (self.urgent is None or matter.urgent == self.urgent)
            and (not self.areas or not self.areas.isdisjoint(matter.areas))
            and (not self.classes or matter.code.startswith(tuple(self.classes)))
            and (not self.words or any(word in matter.text for word in self.words))
            and (self.working is None or matter.working() == self.working)
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule; at most one of `organization` and `post` is named. `broken` says why it cannot be used at all."""

    id: int
    name: str
    conditions: Conditions
    valid_from: date
    valid_until: date | None = None
    organization: int | None = None
    post: int | None = None
    urgent: bool = False
    tag: str = ""
    broken: str = ""

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that was skipped, and why."""

    rule: Rule
    reason: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The rule that decides, with what its effect came to; None: the duty catalogue decides alone."""

    rule: Rule | None
    target: Any = None
    failures: tuple[Failure, ...] = ()


class Unusable(Exception):
    """The effect of a rule cannot be carried out; the text says why."""


def decide(rules: Iterable[Rule], matter: Matter, *, target: Callable[[Rule], Any]) -> Decision:
    """The first rule in force that fits. `target` finds what the rule names, or raises what makes it unusable."""
    failures: list[Failure] = []
    for rule in rules:
        try:
            if not rule.broken and not rule.conditions.fit(matter):
                continue
            if rule.broken:
                raise Unusable(rule.broken)
            found = target(rule)
        except (
            Exception
        ) as problem:  # whatever a rule does, the case goes on; the reason is shown to people
            failures.append(Failure(rule, reason_of(problem)))
        else:
            return Decision(rule, found, tuple(failures))
    return Decision(None, None, tuple(failures))


def reason_of(problem: Exception) -> str:
    """The sentence of a refusal, else the kind of error."""
    said = getattr(problem, "message", "") or str(problem)
    return str(said) or type(problem).__name__


@dataclass(frozen=True, slots=True)
class Shadow:
    """A rule that cannot decide any matter, since one of `by` fits first wherever it fits."""

    rule: Rule
    by: tuple[Rule, ...]


def shadows(
    rules: Sequence[Rule],
    *,
    today: date,
    above: Mapping[int, frozenset[int]],
    channels: Iterable[str],
    sure: Callable[[Rule], bool],
) -> Iterator[Shadow]:
    """The rules, in their order, that from today on never decide a matter.

    `above` are the areas over each area, `channels` all channels there are, `sure` says that a rule whose conditions
    fit cannot fail on its effect.
    """
    every = tuple(channels)
    for at, rule in enumerate(rules):
        earlier = [
            one
            for one in rules[:at]
            if not one.broken and sure(one) and _lasts_through(one, rule, today)
        ]
        found = _covered_by(rule, earlier, above=above, channels=every)
        if found:
            yield Shadow(rule, found)


def _lasts_through(one: Rule, other: Rule, today: date) -> bool:
    """Whether `one` is in force on every day from today on on which `other` is."""
    ends = one.valid_until is None or (
        other.valid_until is not None and other.valid_until <= one.valid_until
    )
    return one.valid_from <= max(other.valid_from, today) and ends


def _covered_by(
    rule: Rule,
    earlier: Sequence[Rule],
    *,
    above: Mapping[int, frozenset[int]],
    channels: tuple[str, ...],
) -> tuple[Rule, ...]:
    """The earlier rules that together fit wherever this one does; none if something is left to it."""
    found: dict[int, Rule] = {}
    for cell in _cells(rule.conditions, channels):
        over = next((one for one in earlier if covers(one.conditions, cell, above=above)), None)
        if over is None:
            return ()
        found[over.id] = over
    return tuple(found.values())


def _cells(conditions: Conditions, channels: tuple[str, ...]) -> Iterator[Conditions]:
    """The conditions cut into pieces of one channel and one urgency, which together are the whole."""
    urgencies = BOTH if conditions.urgent is None else (conditions.urgent,)
    for channel, urgent in itertools.product(conditions.channels or channels, urgencies):
        yield replace(conditions, channels=frozenset({channel}), urgent=urgent)


def covers(wide: Conditions, narrow: Conditions, *, above: Mapping[int, frozenset[int]]) -> bool:
    """Whether every matter that fits `narrow` certainly fits `wide`."""
    return (
        _within(narrow.channels, wide.channels)
        and _within(narrow.sources, wide.sources)
        and (wide.urgent is None or wide.urgent == narrow.urgent)
        and (wide.working is None or wide.working == narrow.working)
        and _each(narrow.classes, wide.classes, lambda own, over: own.startswith(over))
        and _each(narrow.words, wide.words, lambda own, over: over in own)
        and _each(
            narrow.areas, wide.areas, lambda own, over: own == over or over in above.get(own, ())
        )
    )


def _within(narrow: frozenset[str], wide: frozenset[str]) -> bool:
    return not wide or (bool(narrow) and narrow <= wide)


def _each(narrow: Iterable[Any], wide: Iterable[Any], under: Callable[[Any, Any], bool]) -> bool:
    """Whether each narrow value lies under one of the wide ones; no wide value takes everything."""
    values, over = tuple(narrow), tuple(wide)
    return not over or (bool(values) and all(any(under(a, b) for b in over) for a in values))


def cannot_fit(rule: Rule, *, today: date, codes: Iterable[str], areas: frozenset[int]) -> str:
    """Why a rule can never fit a new matter, or nothing. `codes` are the classes in use, `areas` the areas in use."""
    conditions = rule.conditions
    if rule.valid_until is not None and rule.valid_until < today:
        return f"有效期已在 {rule.valid_until.isoformat()} 结束。"
    if rule.valid_until is not None and rule.valid_until < rule.valid_from:
        return "有效期的止日早于起日。"
    if conditions.classes and not any(code.startswith(tuple(conditions.classes)) for code in codes):
        return "条件里的类别都已停用。"
    if conditions.areas and conditions.areas.isdisjoint(areas):
        return "条件里的辖区都已撤销。"
    return ""

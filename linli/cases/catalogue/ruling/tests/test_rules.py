"""Rules of dispatch as values: which one decides, and that whoever is called shadowed never does."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.cases.catalogue.ruling.rules import (
    Conditions,
    Matter,
    Rule,
    Unusable,
    cannot_fit,
    covers,
    decide,
    reason_of,
    shadows,
)
from linli.kernel.errors import LinliError

DAY = date(2026, 3, 9)
STREET, HUAISHULI, QINGHEWAN, GRID_ONE, GRID_THREE = 1, 2, 3, 4, 5
ABOVE = {
    STREET: frozenset[int](),
    HUAISHULI: frozenset({STREET}),
    QINGHEWAN: frozenset({STREET}),
    GRID_ONE: frozenset({STREET, HUAISHULI}),
    GRID_THREE: frozenset({STREET, QINGHEWAN}),
}
CHANNELS = ("phone", "web", "hotline")
CITY_ENFORCEMENT, WATERWORKS = 71, 72

LAMP = Matter(
    "C0301", frozenset({STREET, HUAISHULI, GRID_ONE}), "web", "", False, "3幢路灯不亮", lambda: True
)


def rule(number: int, **more: Any) -> Rule:
    """A rule with the conditions and the other facts that are given, lists as any sequence."""
    asked: dict[str, Any] = {
        name: frozenset(value) if isinstance(value, (set, tuple)) else value
        for name, value in more.items()
        if name in Conditions.__dataclass_fields__
    }
    others = {name: value for name, value in more.items() if name not in asked}
    made = Rule(number, f"规则{number}", Conditions(**asked), date(2020, 1, 1))
    return replace(made, **others)


def unit(one: Rule) -> int | None:
    return one.organization


def test_the_first_rule_that_fits_decides_and_no_other_is_asked() -> None:
    noise = rule(1, words=("噪声",), organization=CITY_ENFORCEMENT)
    lamps = rule(2, classes=("C03",), areas={HUAISHULI}, organization=WATERWORKS)
    everything = rule(3, organization=CITY_ENFORCEMENT)

    decision = decide([noise, lamps, everything], LAMP, target=unit)

    assert (decision.rule, decision.target, decision.failures) == (lamps, WATERWORKS, ())


def test_without_a_fitting_rule_nothing_is_decided() -> None:
    assert decide([rule(1, words=("噪声",))], LAMP, target=unit).rule is None
    assert decide([], LAMP, target=unit).rule is None


@pytest.mark.parametrize(
    ("conditions", "fits"),
    [
        (Conditions(), True),
        (Conditions(classes=frozenset({"E01", "C03"})), True),
        (Conditions(classes=frozenset({"C0302"})), False),
        (Conditions(areas=frozenset({STREET})), True),
        (Conditions(areas=frozenset({QINGHEWAN})), False),
        (Conditions(channels=frozenset({"web", "phone"})), True),
        (Conditions(channels=frozenset({"phone"})), False),
        (Conditions(sources=frozenset({"12345"})), False),
        (Conditions(words=frozenset({"不亮", "噪声"})), True),
        (Conditions(words=frozenset({"噪声"})), False),
        (Conditions(urgent=False), True),
        (Conditions(urgent=True), False),
        (Conditions(working=True), True),
        (Conditions(working=False), False),
        (Conditions(words=frozenset({"不亮"}), channels=frozenset({"phone"})), False),
    ],
)
def test_every_condition_must_hold(conditions: Conditions, *, fits: bool) -> None:
    assert conditions.fit(LAMP) is fits


def test_a_rule_that_raises_is_skipped_and_the_next_one_decides() -> None:
    def no_calendar() -> bool:
        raise LinliError("没有 2027 年的日历。")

    broken = rule(1, working=True, organization=CITY_ENFORCEMENT)
    unreadable = rule(2, organization=CITY_ENFORCEMENT, broken="条件无法读取")
    last = rule(3, organization=WATERWORKS)

    decision = decide([broken, unreadable, last], replace(LAMP, working=no_calendar), target=unit)

    assert decision.rule == last
    assert [(one.rule.id, one.reason) for one in decision.failures] == [
        (1, "没有 2027 年的日历。"),
        (2, "条件无法读取"),
    ]


def test_a_rule_whose_unit_is_gone_is_skipped() -> None:
    def target(one: Rule) -> int:
        if one.organization == CITY_ENFORCEMENT:
            raise Unusable("承办单位已停用")
        return WATERWORKS

    decision = decide([rule(1, organization=CITY_ENFORCEMENT), rule(2)], LAMP, target=target)

    assert decision.rule is not None
    assert decision.rule.id == 2
    assert decision.failures[0].reason == "承办单位已停用"


def test_an_error_without_words_is_named_by_its_kind() -> None:
    assert reason_of(KeyError()) == "KeyError"


def test_a_rule_holds_from_its_first_to_its_last_day() -> None:
    one = rule(1, valid_from=DAY, valid_until=DAY + timedelta(days=1))
    days = [DAY + timedelta(days=step) for step in (-1, 0, 1, 2)]
    assert [one.holds_on(day) for day in days] == [False, True, True, False]
    assert rule(2).holds_on(DAY)


def found(
    rules: list[Rule], *, sure: Callable[[Rule], bool] = lambda one: True
) -> dict[int, set[int]]:
    told = shadows(rules, today=DAY, above=ABOVE, channels=CHANNELS, sure=sure)
    return {one.rule.id: {over.id for over in one.by} for one in told}


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ({}, {"words": ("路灯",)}),
        ({"classes": ("C03",)}, {"classes": ("C0301", "C0302")}),
        ({"areas": {HUAISHULI}}, {"areas": {GRID_ONE}}),
        ({"words": ("路灯",)}, {"words": ("路灯不亮", "坏路灯")}),
        ({"channels": ("web", "phone")}, {"channels": ("web",)}),
        ({"sources": ("12345", "12319")}, {"sources": ("12345",)}),
        ({"urgent": True}, {"urgent": True, "words": ("井盖",)}),
        ({"working": False}, {"working": False, "words": ("噪声",)}),
    ],
)
def test_a_wider_rule_before_a_narrower_one_shadows_it(
    wide: dict[str, Any], narrow: dict[str, Any]
) -> None:
    assert found([rule(1, **wide), rule(2, **narrow)]) == {2: {1}}
    assert found([rule(2, **narrow), rule(1, **wide)]) == {}


def test_two_rules_may_shadow_a_third_together() -> None:
    urgent, calm = rule(1, urgent=True), rule(2, urgent=False)
    assert found([urgent, calm, rule(3, words=("路灯",))]) == {3: {1, 2}}
    by_channel = [rule(number, channels=(name,)) for number, name in enumerate(CHANNELS, start=1)]
    assert found([*by_channel, rule(9)]) == {9: {1, 2, 3}}


def test_what_may_fail_or_ends_earlier_throws_no_shadow() -> None:
    narrow = rule(2, words=("路灯",))
    assert found([rule(1), narrow], sure=lambda one: one.id != 1) == {}
    assert found([rule(1, broken="条件无法读取"), narrow]) == {}
    assert found([rule(1, valid_until=DAY), narrow]) == {}
    assert found([rule(1, valid_from=DAY + timedelta(days=1)), narrow]) == {}
    assert found([rule(1, valid_until=DAY), replace(narrow, valid_until=DAY)]) == {2: {1}}
    # Outside and inside working time are everything, but both rules fail when the calendar is missing.
    assert found([rule(1, working=True), rule(2, working=False), rule(3)]) == {}


def test_why_a_rule_can_never_fit() -> None:
    def why(one: Rule) -> str:
        return cannot_fit(one, today=DAY, codes=["C0301"], areas=frozenset({GRID_ONE}))

    assert why(rule(1, classes=("C03",), areas={GRID_ONE})) == ""
    assert "2026-03-08" in why(rule(1, valid_until=DAY - timedelta(days=1)))
    assert "止日" in why(rule(1, valid_from=DAY + timedelta(days=9), valid_until=DAY))
    assert "类别" in why(rule(1, classes=("E01",)))
    assert "辖区" in why(rule(1, areas={GRID_THREE}))


# What people write into rules, small enough that rules meet.
CODES = ("C0301", "C0302", "E0101", "E0201")
WORDS = ("路灯", "路灯不亮", "灯", "噪声", "夜间噪声")
NOTHING: frozenset[Any] = frozenset()


def few(values: tuple[Any, ...]) -> st.SearchStrategy[frozenset[Any]]:
    """Mostly no condition, so that one rule often covers another."""
    some = st.frozensets(st.sampled_from(values), min_size=1, max_size=2)
    return st.one_of(st.just(NOTHING), st.just(NOTHING), some)


conditions = st.builds(
    Conditions,
    classes=few((*CODES, "C03", "E")),
    areas=few(tuple(sorted(ABOVE))),
    channels=few(CHANNELS),
    sources=few(("12345", "12319")),
    words=few(WORDS),
    urgent=st.sampled_from((None, None, True, False)),
    working=st.sampled_from((None, None, True, False)),
)
days = st.sampled_from([DAY + timedelta(days=step) for step in (-2, 0, 1, 3)])
made_rules = st.lists(
    st.tuples(
        conditions, days, st.one_of(st.none(), days), st.sampled_from(("ok", "gone", "broken"))
    ),
    min_size=2,
    max_size=7,
)


@st.composite
def matters(draw: st.DrawFn) -> Matter:
    place = draw(st.sampled_from(sorted(ABOVE)))
    hours = draw(st.sampled_from((True, False, None)))

    def working() -> bool:
        if hours is None:
            raise LinliError("没有日历。")
        return hours

    return Matter(
        code=draw(st.sampled_from(("", *CODES))),
        areas=frozenset({place}) | ABOVE[place],
        channel=draw(st.sampled_from(CHANNELS)),
        source=draw(st.sampled_from(("", "12345", "12319"))),
        urgent=draw(st.booleans()),
        text="".join(draw(st.lists(st.sampled_from((*WORDS, "垃圾")), max_size=3))),
        working=working,
    )


GONE = 13


@settings(max_examples=600)
@given(made_rules, st.lists(matters(), min_size=1, max_size=25), st.integers(0, 5))
def test_a_rule_called_shadowed_never_decides_a_matter(
    parts: list[tuple[Conditions, date, date | None, str]], seen: list[Matter], later: int
) -> None:
    rules = [
        Rule(
            number,
            f"规则{number}",
            one,
            start,
            end,
            organization=GONE if state == "gone" else number,
            broken="条件无法读取" if state == "broken" else "",
        )
        for number, (one, start, end, state) in enumerate(parts, start=1)
    ]
    shadowed = set(found(rules, sure=lambda one: one.organization != GONE))

    def target(one: Rule) -> int | None:
        if one.organization == GONE:
            raise Unusable("承办单位已停用")
        return one.organization

    day = DAY + timedelta(days=later)
    in_force = [one for one in rules if one.holds_on(day)]
    for matter in seen:
        decision = decide(in_force, matter, target=target)
        assert decision.rule is None or decision.rule.id not in shadowed


@settings(max_examples=400)
@given(conditions, conditions, st.lists(matters(), min_size=1, max_size=25))
def test_what_covers_fits_wherever_the_other_fits(
    wide: Conditions, narrow: Conditions, seen: list[Matter]
) -> None:
    if covers(wide, narrow, above=ABOVE):
        for matter in seen:
            calm = replace(matter, working=lambda: True)
            assert not narrow.fit(calm) or wide.fit(calm)


def test_covering_finds_most_of_what_there_is_to_find() -> None:
    """The twin by brute force over a small world: of all pairs of single conditions, none is missed."""
    single = [
        Conditions(),
        *(Conditions(classes=frozenset({code})) for code in ("C03", "C0301")),
        *(Conditions(areas=frozenset({area})) for area in (STREET, HUAISHULI, GRID_ONE)),
        *(Conditions(urgent=one) for one in (True, False)),
        *(Conditions(channels=frozenset({one})) for one in CHANNELS),
    ]
    world = [
        Matter(code, frozenset({place}) | ABOVE[place], channel, "", urgent, "", lambda: True)
        for code, place, channel, urgent in itertools.product(CODES, ABOVE, CHANNELS, (True, False))
    ]
    for wide, narrow in itertools.product(single, single):
        really = all(wide.fit(one) for one in world if narrow.fit(one))
        assert covers(wide, narrow, above=ABOVE) is (really and not _by_chance(wide, narrow))


def _by_chance(wide: Conditions, narrow: Conditions) -> bool:
    """True only in a world without areas of its own beside the street."""
    return wide.areas == {STREET} and not narrow.areas

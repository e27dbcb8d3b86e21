"""A past day is counted once, and again when something changed it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from linli.cases import figures
from linli.cases.actions.moving import make_move
from linli.cases.facts import Facts
from linli.cases.figures import Share
from linli.cases.models import Case, CaseMove, FilingStandard
from linli.cases.tests.test_figures import report
from tests.walks import step, walk_until
from tests.world import MONDAY, World

DAY = timedelta(days=1)
TUESDAY = MONDAY + DAY


@pytest.fixture
def yesterday(world: World) -> Case:
    """Opened on Monday and fed back on it, seen on Tuesday; due only next week."""
    FilingStandard.objects.update(time_limit="5工作日")
    case = report("垃圾堆在楼下", at=MONDAY)
    return walk_until(world, case, "feedback", at=MONDAY)


def test_a_day_that_nobody_touched_is_not_counted_again(
    world: World, yesterday: Case, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    leader = world.actors["leader"]
    figures.by_class(leader, asof=TUESDAY)
    with django_assert_num_queries(3):  # news, and two for Tuesday itself
        figures.by_class(leader, asof=TUESDAY)


def test_a_feedback_sent_back_the_next_day_leaves_the_day_it_was_counted_on(
    world: World, yesterday: Case
) -> None:
    leader, place = world.actors["leader"], world.areas["C1"]
    assert figures.on_time_by_community(leader, asof=TUESDAY) == {place: Share(1, 1)}
    step(world, yesterday, "rework", "checker", at=TUESDAY)
    assert figures.on_time_by_community(leader, asof=TUESDAY) == {}


def test_a_class_corrected_the_next_day_counts_on_the_day_of_the_report(world: World) -> None:
    leader = world.actors["leader"]
    case = report("井盖响了好几天", at=MONDAY)
    assert figures.by_class(leader, asof=TUESDAY) == [(world.category.pk, 1)]
    facts = Facts(category=world.cover.pk)
    make_move(case.pk, "accept", by=world.actors["acceptor"], facts=facts, now=TUESDAY)
    assert figures.by_class(leader, asof=TUESDAY) == [(world.cover.pk, 1)]


def test_a_line_that_becomes_visible_after_a_later_one_is_not_missed(
    world: World, yesterday: Case
) -> None:
    leader = world.actors["leader"]
    other = report("河边的渣土", at=TUESDAY, lon=120.025)
    figures.on_time_by_community(leader, asof=TUESDAY)
    step(world, yesterday, "rework", "checker", at=TUESDAY)
    slow = CaseMove.objects.get(case=yesterday, code="rework")
    lines = CaseMove.objects.filter(pk=slow.pk)
    lines.update(id=-slow.pk)  # its transaction has not ended yet
    step(world, other, "accept", "acceptor", at=TUESDAY)
    figures.on_time_by_community(leader, asof=TUESDAY)
    CaseMove.objects.filter(pk=-slow.pk).update(id=slow.pk)
    step(world, other, "register", "supervisor", at=TUESDAY)
    assert figures.on_time_by_community(leader, asof=TUESDAY) == {}


def test_after_very_much_news_everything_is_counted_anew(
    world: World, yesterday: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linli.cases.day_memory.MOST_LINES", 2)
    leader = world.actors["leader"]
    figures.on_time_by_community(leader, asof=TUESDAY)
    step(world, yesterday, "rework", "checker", at=TUESDAY)
    assert figures.on_time_by_community(leader, asof=TUESDAY) == {}


def test_a_correction_is_acted_on_once(
    world: World, yesterday: Case, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    leader = world.actors["leader"]
    figures.by_class(leader, asof=TUESDAY)
    step(world, yesterday, "rework", "checker", at=TUESDAY)
    figures.by_class(leader, asof=TUESDAY)
    step(world, yesterday, "feedback", "handler", at=TUESDAY)
    with django_assert_num_queries(4):  # two for the news, two for Tuesday
        figures.by_class(leader, asof=TUESDAY)

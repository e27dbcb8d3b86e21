"""Remaining time: words and light always say the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation

from linli.screens.shared import time_left
from linli.screens.shared.templatetags.linli import friendly_time

NOW = datetime(2026, 3, 6, 9, 0, tzinfo=UTC)  # Friday 17:00 in Shanghai


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=1, hours=3), "剩余 1天3小时"),
        (timedelta(days=2), "剩余 2天"),
        (timedelta(hours=2, minutes=15), "剩余 2小时15分钟"),
        (timedelta(minutes=12, seconds=59), "剩余 12分钟"),
        (timedelta(seconds=20), "剩余 不到1分钟"),
        (timedelta(0), "剩余 不到1分钟"),
        (timedelta(hours=-2), "已超时 2小时"),
        (timedelta(days=-400, hours=-1), "已超时 400天1小时"),
    ],
)
def test_remaining_time_is_said_in_two_units_at_most(left: timedelta, words: str) -> None:
    assert time_left.left_words(NOW + left, NOW) == words


def test_the_due_minute_itself_is_still_on_time() -> None:
    assert time_left.light_for(NOW, NOW) == "green"
    assert time_left.light_for(NOW - timedelta(seconds=1), NOW) == "red"


def test_the_light_turns_yellow_when_less_than_a_fifth_is_left() -> None:
    start = NOW - timedelta(hours=8)
    due = NOW + timedelta(hours=2)
    assert time_left.light_for(due, NOW, start=start) == "green"
    assert time_left.light_for(due, NOW + timedelta(seconds=1), start=start) == "yellow"
    assert time_left.yellow_from(due, start) == NOW


def test_a_limit_without_a_start_never_turns_yellow() -> None:
    assert time_left.light_for(NOW + timedelta(seconds=5), NOW) == "green"


def _tag(source: str, **context: object) -> str:
    return Template("{% load linli %}" + source).render(Context(context)).strip()


def test_the_tag_carries_words_beside_its_colour() -> None:
    due, start = NOW + timedelta(hours=1), NOW - timedelta(days=1)
    html = _tag("{% time_left due now start=start %}", due=due, now=NOW, start=start)
    assert "tag--yellow" in html
    assert "剩余 1小时" in html
    assert 'due="2026-03-06T18:00:00+08:00"' in html


@pytest.mark.parametrize(("light", "words"), [("blue", "挂账"), ("grey", "已结")])
def test_a_suspended_or_closed_case_does_not_count_down(light: str, words: str) -> None:
    html = _tag(
        "{% time_left due now light=light %}", due=NOW - timedelta(days=3), now=NOW, light=light
    )
    assert f"tag--{light}" in html
    assert words in html
    assert "linli-time-left" not in html


def test_a_light_outside_the_five_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="light must be one of"):
        _tag("{% time_left due now light='purple' %}", due=NOW, now=NOW)


def test_no_due_shows_a_dash_and_not_a_colour() -> None:
    assert _tag("{% time_left None now %}", now=NOW) == '<span class="faint">—</span>'


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime(2026, 3, 6, 6, 5, tzinfo=UTC), "今天 14:05"),
        (datetime(2026, 3, 5, 15, 59, tzinfo=UTC), "昨天 23:59"),
        (datetime(2026, 3, 5, 16, 0, tzinfo=UTC), "今天 00:00"),
        (datetime(2026, 3, 6, 16, 0, tzinfo=UTC), "明天 00:00"),
        (datetime(2026, 1, 2, 0, 30, tzinfo=UTC), "1月2日 08:30"),
        (datetime(2024, 12, 31, 16, 30, tzinfo=UTC), "2025年1月1日 00:30"),
    ],
)
def test_a_time_is_told_as_a_neighbour_would_in_shanghai(value: datetime, words: str) -> None:
    assert friendly_time(value, NOW) == words


def test_the_full_time_stands_behind_the_friendly_one() -> None:
    html = _tag("{% local_time at %}", at=datetime(2026, 3, 6, 6, 5, tzinfo=UTC), now=NOW)
    assert (
        html
        == '<time datetime="2026-03-06T14:05:00+08:00" title="2026-03-06 14:05:00">今天 14:05</time>'
    )


def test_english_readers_get_english_words() -> None:
    with translation.override("en"):
        assert time_left.left_words(NOW + timedelta(days=1, hours=3), NOW) == "1 d 3 h left"
        assert friendly_time(NOW - timedelta(days=40), NOW) == "25 Jan 17:00"

"""What comes back among stored reports, and who sees it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.cases.actions.intake import receive_report
from linli.cases.drafts import ReportDraft
from linli.cases.flow import Stage
from linli.cases.models import Case, Report
from linli.insight.errors import BadPeriod
from linli.insight.hotspots import queries
from linli.insight.hotspots.queries import (
    LONGEST_PERIOD,
    Period,
    hotspots,
    repeated_spots,
    repeats,
    voices_heard,
)
from linli.kernel.access.queries import RESIDENT
from linli.kernel.acting import SYSTEM
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.jobs.queue import run_due
from tests.world import MONDAY, World

DAY = timedelta(days=1)
WEEK = Period(date(2026, 3, 9), date(2026, 3, 15))
STEP = 0.00015
"""Degrees of longitude between two reports, about 14 m: too far to be joined, near enough to be one place."""

GRID_1, GRID_3 = (120.005, 30.005), (120.025, 30.005)


def heard(text: str, *, at: tuple[float, float] = GRID_1, days: int = 0, **more: Any) -> Case:
    """A report of its own person that became a case of its own."""
    number = Report.objects.count()
    fields: dict[str, object] = {
        "title": text,
        "body": f"{text}，第{number}次说。",
        "lon": at[0] + number * STEP,
        "lat": at[1],
        "category_code": "E0111",
        "contact_name": "王奶奶",
        "contact_phone": f"1990000{number:04d}",
        "intake_channel": "phone",
    }
    draft = ReportDraft(**{**fields, **more})
    receipt = receive_report(draft, by=RESIDENT, now=MONDAY + days * DAY)
    run_due(now=MONDAY + days * DAY)
    case = Report.objects.get(pk=receipt.report_id).case
    assert case is not None
    return case


@pytest.fixture
def cards(world: World) -> list[Case]:
    """Three people about card rooms in grid 一, one in grid 三."""
    texts = ("甲里麻将馆半夜吵", "乙巷麻将馆打牌闹", "丙园麻将馆通宵不关")
    cases = [heard(text, days=number) for number, text in enumerate(texts)]
    return [*cases, heard("清河湾麻将馆夜里扰民", at=GRID_3)]


def test_topics_are_found_among_the_reports_of_a_period(world: World, cards: list[Case]) -> None:
    found = hotspots(SYSTEM, WEEK)

    assert [topic.name for topic in found.topics] == ["麻将馆"]
    assert found.topics[0].reporters == 4
    assert found.topics[0].places == ("槐树里社区", "清河湾社区")
    assert (found.heard, found.left_out) == (4, 0)
    listed = {found.case_of[member.voice.key] for member in found.topics[0].members}
    assert listed == {case.pk for case in cards}


def test_each_actor_hears_only_the_own_scope(world: World, cards: list[Case]) -> None:
    own, other = world.actors["grid_worker"], world.actors["other_grid_worker"]

    assert hotspots(own, WEEK).topics[0].reporters == 3
    assert hotspots(own, WEEK).topics[0].places == ("槐树里社区",)
    assert hotspots(other, WEEK).topics == []
    assert hotspots(other, WEEK).heard == 1
    assert hotspots(world.actors["security_admin"], WEEK).heard == 0
    assert hotspots(RESIDENT, WEEK).heard == 0


def test_a_period_counts_local_days_and_both_its_ends(world: World, cards: list[Case]) -> None:
    assert len(voices_heard(SYSTEM, Period(date(2026, 3, 9), date(2026, 3, 9)))) == 2
    assert len(voices_heard(SYSTEM, Period(date(2026, 3, 10), date(2026, 3, 11)))) == 2
    assert voices_heard(SYSTEM, Period(date(2026, 3, 1), date(2026, 3, 8))) == []


def test_alarms_and_cancelled_cases_are_not_heard(world: World, cards: list[Case]) -> None:
    Report.objects.filter(case=cards[0]).update(intake_channel="iot_alarm")
    Case.objects.filter(pk=cards[1].pk).update(stage=Stage.CANCELLED, open=False)

    assert len(voices_heard(SYSTEM, WEEK)) == 2
    assert {spot.case_id for spot in repeated_spots(SYSTEM, WEEK)} == {
        cards[0].pk, cards[2].pk, cards[3].pk,
    }  # fmt: skip


def test_a_worker_who_reports_on_the_round_is_one_person(world: World) -> None:
    staff = world.staff["grid_worker"].pk
    for text in ("甲楼麻将馆吵", "乙楼麻将馆闹", "丙楼麻将馆响"):
        heard(text, contact_name="", contact_phone="", intake_channel="patrol")
    assert len({voice.reporter for voice in voices_heard(SYSTEM, WEEK)}) == 3

    Report.objects.update(entered_by=staff)
    assert {voice.reporter for voice in voices_heard(SYSTEM, WEEK)} == {f"staff:{staff}"}


def test_only_the_newest_reports_are_compared_and_the_rest_is_counted(
    world: World, cards: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_HEARD", 3)
    found = hotspots(SYSTEM, WEEK)

    assert (found.heard, found.left_out) == (3, 1)


def test_the_same_place_and_class_three_times_is_a_repeat(world: World, cards: list[Case]) -> None:
    found = repeats(SYSTEM, WEEK)

    assert [[spot.case_id for spot in one.spots] for one in found] == [
        [case.pk for case in cards[:3]]
    ]
    assert found[0].category == "积存垃圾渣土"
    assert repeats(world.actors["other_grid_worker"], WEEK) == []
    assert repeats(world.actors["audit_admin"], WEEK) == []


def test_a_merged_case_does_not_count_twice(world: World, cards: list[Case]) -> None:
    Case.objects.filter(pk=cards[2].pk).update(merged_into=cards[0])

    assert repeats(SYSTEM, WEEK) == []


def test_what_was_found_is_kept_for_a_moment_and_then_found_anew(
    world: World, cards: list[Case]
) -> None:
    hotspots(SYSTEM, WEEK)
    repeats(SYSTEM, WEEK)
    with CaptureQueriesContext(connection) as asked:
        hotspots(SYSTEM, WEEK)
        repeats(SYSTEM, WEEK)
    assert len(asked) == 0

    heard("丁楼麻将馆敲桌子", days=3)
    assert hotspots(SYSTEM, WEEK).heard == 4
    forget_everything()
    assert hotspots(SYSTEM, WEEK).heard == 5


def test_few_findings_are_kept_at_a_time(
    world: World, cards: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_KEPT", 2)
    for last in range(9, 14):
        hotspots(SYSTEM, Period(date(2026, 3, 9), date(2026, 3, last)))

    assert len(queries._found_topics()) <= 2


def test_finding_costs_the_same_number_of_queries_with_more_reports(
    world: World, cards: list[Case]
) -> None:
    def cost() -> int:
        forget_everything()
        with CaptureQueriesContext(connection) as asked:
            hotspots(SYSTEM, WEEK)
            repeats(SYSTEM, WEEK)
        return len(asked)

    before = cost()
    for number in range(4):
        heard(f"{number}栋麻将馆响", days=1)

    assert cost() == before <= 3


def test_a_period_is_checked_and_has_a_default() -> None:
    assert Period.of(None, None, now=MONDAY) == Period(date(2025, 12, 10), date(2026, 3, 9))
    with pytest.raises(BadPeriod) as backwards:
        Period.of(date(2026, 3, 9), date(2026, 3, 8), now=MONDAY)
    assert backwards.value.field == "until"
    with pytest.raises(BadPeriod) as endless:
        Period.of(date(2026, 3, 9) - LONGEST_PERIOD, date(2026, 3, 9), now=MONDAY)
    assert endless.value.field == "from"

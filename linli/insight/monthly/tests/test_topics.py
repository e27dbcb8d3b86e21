"""A matter is taken up for a month: chosen, worked on, ended; and who may."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from linli.cases.actions.intake import receive_report
from linli.cases.drafts import ReportDraft
from linli.cases.models import Case, Report
from linli.insight.errors import BadTopic, OwnWork, TopicClosed
from linli.insight.monthly.actions import (
    MOST_CASES,
    TopicDraft,
    add_cases,
    close_topic,
    note_progress,
    remove_case,
    start_topic,
)
from linli.insight.monthly.models import MonthlyTopic, MonthlyTopicCase
from linli.insight.monthly.queries import (
    Progress,
    cases_of,
    notes_of,
    progress_of,
    topic_for,
    topics_seen,
)
from linli.kernel.access.queries import RESIDENT
from linli.kernel.audit.models import AuditLine
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.jobs.queue import run_due
from tests.world import MONDAY, World

HOUR = timedelta(hours=1)


@pytest.fixture
def cases(world: World) -> list[Case]:
    """Two cases in grid 一 and one in grid 三."""
    found = []
    for number, lon in enumerate((120.005, 120.006, 120.025)):
        draft = ReportDraft(
            title=f"{number}号楼麻将馆扰民",
            lon=lon,
            lat=30.005,
            category_code="E0111",
            intake_channel="phone",
        )
        receipt = receive_report(draft, by=RESIDENT, now=MONDAY)
        run_due(now=MONDAY)
        case = Report.objects.get(pk=receipt.report_id).case
        assert case is not None
        found.append(case)
    return found


def draft(world: World, cases: list[Case], **changes: Any) -> TopicDraft:
    fields: dict[str, Any] = {
        "month": date(2026, 3, 9),
        "title": "麻将馆扰民",
        "why": "四周里三户来说。",
        "goal": "三月底前夜里十点后没有牌声。",
        "lead_org": world.organizations["CG"].pk,
        "case_ids": [case.pk for case in cases],
        "origin": {"score": 40.0},
    }
    return TopicDraft(**{**fields, **changes})


@pytest.fixture
def topic(world: World, cases: list[Case]) -> MonthlyTopic:
    """The leader has taken up the first two cases."""
    return start_topic(draft(world, cases[:2]), by=world.actors["leader"], now=MONDAY)


def test_a_topic_keeps_who_chose_it_when_why_and_which_cases(
    world: World, cases: list[Case], topic: MonthlyTopic
) -> None:
    stored = MonthlyTopic.objects.get(pk=topic.pk)

    assert (stored.month, stored.title, stored.lead_org_id) == (
        date(2026, 3, 1), "麻将馆扰民", world.organizations["CG"].pk,
    )  # fmt: skip
    assert (stored.started_by_name, stored.started_at) == ("街道老王", MONDAY)
    assert stored.subdistrict_id == world.areas["S"]
    assert stored.origin == {"score": 40.0}
    assert stored.open
    assert list(cases_of(world.actors["leader"], stored)) == [cases[1], cases[0]]
    assert AuditLine.objects.filter(action="insight.monthly.start_topic").count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", " "), ("title", "长" * 61), ("why", ""), ("why", "长" * 501), ("goal", ""), ("goal", "长" * 301),
        ("lead_org", None), ("lead_org", 10**9),
    ],
)  # fmt: skip
def test_what_is_missing_or_too_long_is_named_and_nothing_is_stored(
    world: World, cases: list[Case], field: str, value: object
) -> None:
    with pytest.raises(BadTopic) as refused:
        start_topic(draft(world, cases, **{field: value}), by=world.actors["leader"], now=MONDAY)

    assert refused.value.field == field
    assert MonthlyTopic.objects.count() == 0


def test_a_topic_needs_a_case_of_the_own_scope(world: World, cases: list[Case]) -> None:
    with pytest.raises(BadTopic) as refused:
        start_topic(draft(world, []), by=world.actors["leader"], now=MONDAY)
    assert refused.value.field == "cases"

    with pytest.raises(BadTopic):
        start_topic(
            draft(world, [], case_ids=range(MOST_CASES + 1)), by=world.actors["leader"], now=MONDAY
        )

    scope = world.actors["grid_worker"].scope("cases.view")
    narrow = replace(world.actors["leader"], grants={"cases.view": scope, "insight.topics": scope})
    made = start_topic(draft(world, cases), by=narrow, now=MONDAY)
    assert set(cases_of(world.actors["leader"], made)) == set(cases[:2])


def test_cases_of_two_subdistricts_make_two_topics(world: World, cases: list[Case]) -> None:
    Case.objects.filter(pk=cases[2].pk).update(subdistrict=world.areas["D"])

    everywhere = replace(world.actors["leader"], kind="system")

    with pytest.raises(BadTopic, match="几个街道"):
        start_topic(draft(world, cases), by=everywhere, now=MONDAY)


def test_the_same_title_twice_in_a_month_is_refused(
    world: World, cases: list[Case], topic: MonthlyTopic
) -> None:
    with pytest.raises(BadTopic) as refused:
        start_topic(draft(world, cases), by=world.actors["leader"], now=MONDAY)
    assert refused.value.field == "title"
    assert "2026年03月" in refused.value.message

    april = draft(world, cases, month=date(2026, 4, 1))
    assert start_topic(april, by=world.actors["leader"], now=MONDAY).pk != topic.pk


@pytest.mark.parametrize("who", ["dispatcher", "acceptor", "grid_worker", "clerk", "handler"])
def test_only_leaders_and_shift_supervisors_manage_topics(
    world: World, cases: list[Case], topic: MonthlyTopic, who: str
) -> None:
    by = world.actors[who]
    for attempt in (
        lambda: start_topic(draft(world, cases, title="别的"), by=by, now=MONDAY),
        lambda: add_cases(topic.pk, case_ids=[cases[2].pk], by=by, now=MONDAY),
        lambda: remove_case(topic.pk, case_id=cases[0].pk, by=by, now=MONDAY),
        lambda: note_progress(topic.pk, text="x", by=by, now=MONDAY),
        lambda: close_topic(topic.pk, outcome="not_solved", result="x", by=by, now=MONDAY),
    ):
        with pytest.raises(NotAllowed):
            attempt()

    assert MonthlyTopic.objects.get().open
    assert start_topic(
        draft(world, cases, title="别的"), by=world.actors["supervisor"], now=MONDAY
    ).open


def test_cases_come_and_go_and_the_rows_stay(
    world: World, cases: list[Case], topic: MonthlyTopic
) -> None:
    leader = world.actors["leader"]
    add_cases(topic.pk, case_ids=[cases[2].pk, cases[0].pk], by=leader, now=MONDAY)
    remove_case(topic.pk, case_id=cases[1].pk, by=leader, now=MONDAY + HOUR)

    assert set(cases_of(leader, topic)) == {cases[0], cases[2]}
    gone = MonthlyTopicCase.objects.get(case=cases[1])
    assert (gone.removed_at, gone.removed_by_name) == (MONDAY + HOUR, "街道老王")
    with pytest.raises(BadTopic):
        remove_case(topic.pk, case_id=cases[1].pk, by=leader, now=MONDAY)
    with pytest.raises(BadTopic):
        add_cases(topic.pk, case_ids=[10**9], by=leader, now=MONDAY)

    add_cases(topic.pk, case_ids=[cases[1].pk], by=leader, now=MONDAY)
    assert len(cases_of(leader, topic)) == 3


def test_a_topic_holds_only_so_many_cases(
    world: World, cases: list[Case], topic: MonthlyTopic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linli.insight.monthly.actions.MOST_CASES", 2)
    with pytest.raises(BadTopic, match="最多 2 件"):
        add_cases(topic.pk, case_ids=[cases[2].pk], by=world.actors["leader"], now=MONDAY)


def test_a_case_of_another_subdistrict_does_not_join(
    world: World, cases: list[Case], topic: MonthlyTopic
) -> None:
    Case.objects.filter(pk=cases[2].pk).update(
        subdistrict=world.areas["D"], community=None, grid=None
    )
    everywhere = replace(world.actors["leader"], kind="system")

    with pytest.raises(BadTopic, match="另立专题"):
        add_cases(topic.pk, case_ids=[cases[2].pk], by=everywhere, now=MONDAY)


def test_progress_is_appended_newest_first(world: World, topic: MonthlyTopic) -> None:
    leader = world.actors["leader"]
    note_progress(topic.pk, text=" 已约谈店主。 ", by=leader, now=MONDAY)
    note_progress(topic.pk, text="已装隔音门。", by=leader, now=MONDAY + HOUR)

    assert [(note.text, note.by_name) for note in notes_of(topic)] == [
        ("已装隔音门。", "街道老王"), ("已约谈店主。", "街道老王"),
    ]  # fmt: skip
    with pytest.raises(BadTopic) as refused:
        note_progress(topic.pk, text="", by=leader, now=MONDAY)
    assert refused.value.field == "text"


def test_solved_means_that_every_case_has_ended(
    world: World, cases: list[Case], topic: MonthlyTopic
) -> None:
    leader = world.actors["leader"]
    with pytest.raises(BadTopic, match="还有 2 件"):
        close_topic(topic.pk, outcome="solved", result="好了", by=leader, now=MONDAY)
    assert progress_of([topic])[topic.pk] == Progress(2, 0)

    Case.objects.filter(pk__in=[cases[0].pk, cases[1].pk]).update(stage="closed", open=False)
    assert progress_of([topic])[topic.pk].share == 1.0
    closed = close_topic(
        topic.pk, outcome="solved", result=" 都好了 ", by=leader, now=MONDAY + HOUR
    )

    stored = MonthlyTopic.objects.get(pk=closed.pk)
    assert (stored.outcome, stored.result, stored.closed_by_name, stored.closed_at) == (
        "solved", "都好了", "街道老王", MONDAY + HOUR,
    )  # fmt: skip
    assert not stored.open


def test_a_topic_may_end_partly_solved_with_a_sentence(world: World, topic: MonthlyTopic) -> None:
    leader = world.actors["leader"]
    for outcome, result, field in (("", "x", "outcome"), ("partly_solved", " ", "result")):
        with pytest.raises(BadTopic) as refused:
            close_topic(topic.pk, outcome=outcome, result=result, by=leader, now=MONDAY)
        assert refused.value.field == field

    assert close_topic(
        topic.pk, outcome="partly_solved", result="还剩一户", by=leader, now=MONDAY
    ).outcome


def test_a_closed_topic_changes_no_more(
    world: World, cases: list[Case], topic: MonthlyTopic
) -> None:
    leader = world.actors["leader"]
    close_topic(topic.pk, outcome="not_solved", result="没做成", by=leader, now=MONDAY)

    for attempt in (
        lambda: add_cases(topic.pk, case_ids=[cases[2].pk], by=leader, now=MONDAY),
        lambda: remove_case(topic.pk, case_id=cases[0].pk, by=leader, now=MONDAY),
        lambda: note_progress(topic.pk, text="x", by=leader, now=MONDAY),
        lambda: close_topic(topic.pk, outcome="not_solved", result="x", by=leader, now=MONDAY),
    ):
        with pytest.raises(TopicClosed):
            attempt()


def test_the_lead_organisation_does_not_end_its_own_topic(
    world: World, topic: MonthlyTopic
) -> None:
    own = replace(world.actors["leader"], organization_id=world.organizations["CG"].pk)

    with pytest.raises(OwnWork):
        close_topic(topic.pk, outcome="not_solved", result="x", by=own, now=MONDAY)
    assert MonthlyTopic.objects.get().open


def test_topics_are_seen_in_the_sub_district_and_by_who_leads_them(
    world: World, cases: list[Case], topic: MonthlyTopic
) -> None:
    for who in ("leader", "supervisor", "acceptor", "dispatcher", "handler"):
        assert list(topics_seen(world.actors[who])) == [topic], who
    for who in ("other_handler", "grid_worker", "audit_admin"):
        assert list(topics_seen(world.actors[who])) == [], who
        with pytest.raises(NotFound):
            topic_for(world.actors[who], topic.pk)
    assert list(topics_seen(RESIDENT)) == []
    assert list(cases_of(world.actors["handler"], topic)) == []
    assert topic_for(world.actors["handler"], topic.pk) == topic


def test_a_topic_outside_the_scope_cannot_be_changed(
    world: World, cases: list[Case], topic: MonthlyTopic
) -> None:
    scope = world.actors["grid_worker"].scope("cases.view")
    narrow = replace(
        world.actors["leader"], staff_id=None, grants={"cases.view": scope, "insight.topics": scope}
    )

    with pytest.raises(NotFound):
        note_progress(topic.pk, text="x", by=narrow, now=MONDAY)


def test_progress_without_cases_is_neither_nothing_nor_everything(
    world: World, topic: MonthlyTopic
) -> None:
    MonthlyTopicCase.objects.update(removed_at=MONDAY)

    assert progress_of([topic])[topic.pk] == Progress(0, 0)
    assert progress_of([topic])[topic.pk].share is None
    assert str(topic) == "麻将馆扰民"

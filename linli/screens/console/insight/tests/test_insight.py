"""热点与重复 and 每月一题 at the desk."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.cases.models import Case, Report
from linli.insight.monthly.models import MonthlyTopic, MonthlyTopicCase
from linli.kernel.engine.remembered import forget_everything
from linli.screens.console.tests.office import Enter, opened
from tests.world import MONDAY, World

MOST_QUERIES = 20
HOTSPOTS = "/console/hotspots"
STEP = 0.00015
"""Degrees of longitude between two reports, about 14 m."""


@pytest.fixture
def cards(world: World) -> list[Case]:
    """Three people about card rooms in grid 一."""
    texts = ("甲里麻将馆半夜吵", "乙巷麻将馆打牌闹", "丙园麻将馆通宵不关")
    return [
        opened(
            title=text, body=text, lon=120.005 + number * STEP, contact_phone=f"1990000{number:04d}"
        )
        for number, text in enumerate(texts)
    ]


def receipt_of(case: Case) -> str:
    return str(Report.objects.get(case=case).receipt)


def form(world: World, cases: list[Case], **changes: object) -> dict[str, object]:
    return {
        "title": "麻将馆扰民", "month": "2026-03", "lead_org": world.organizations["CG"].pk, "why": "三户来说。",
        "goal": "三月底前夜里没有牌声。", "case_ids": [case.pk for case in cases], **changes,
    }  # fmt: skip


def test_topics_and_places_are_listed_and_every_number_opens_its_list(
    enter: Enter, cards: list[Case]
) -> None:
    client = enter("leader")
    answer = client.get(HOTSPOTS)
    words = answer.content.decode()

    assert "麻将馆" in words
    assert "3 人上报 3 条" in words
    topic, place = answer.context["topics"][0], answer.context["repeats"][0]
    listed = client.get(topic["url"])
    assert len(listed.context["rows"]) == len(topic["topic"].members) == 3
    assert all(case.number in listed.content.decode() for case in cards)
    assert len(client.get(place["url"]).context["rows"]) == len(place["repeat"].spots) == 3


@pytest.mark.parametrize(("period", "found"), [("week", 1), ("month", 1), ("quarter", 1), ("x", 1)])
def test_a_period_is_chosen_in_the_address(
    enter: Enter, cards: list[Case], period: str, found: int
) -> None:
    answer = enter("leader").get(f"{HOTSPOTS}?period={period}")

    assert len(answer.context["topics"]) == found
    assert answer.context["chosen"] == ("quarter" if period == "x" else period)


def test_without_repeats_both_lists_say_so(enter: Enter) -> None:
    words = enter("leader").get(HOTSPOTS).content.decode()

    assert "这段时间没有反复出现的诉求" in words
    assert "这段时间没有重复点位" in words


def test_each_role_sees_topics_of_the_own_scope_only(enter: Enter, cards: list[Case]) -> None:
    case = cards[0]
    other = enter("other_grid_worker")

    assert other.get(HOTSPOTS).context["topics"] == []
    assert other.get(f"{HOTSPOTS}/topics/{receipt_of(case)}").status_code == 404
    assert other.get(f"{HOTSPOTS}/repeats/{case.number}").status_code == 404
    assert len(enter("grid_worker").get(HOTSPOTS).context["topics"]) == 1
    assert enter("audit_admin").get(HOTSPOTS).status_code == 403


def test_a_topic_that_is_gone_is_answered_in_words(enter: Enter, cards: list[Case]) -> None:
    client = enter("leader")
    Case.objects.filter(pk=cards[2].pk).update(opened_at=MONDAY - timedelta(days=200))

    assert client.get(f"{HOTSPOTS}/topics/nothing").status_code == 404
    assert client.get(f"{HOTSPOTS}/repeats/{cards[0].number}").status_code == 404


def test_only_who_manages_topics_is_offered_to_choose_one(enter: Enter, cards: list[Case]) -> None:
    assert "列为每月一题" in enter("leader").get(HOTSPOTS).content.decode()
    assert "列为每月一题" not in enter("dispatcher").get(HOTSPOTS).content.decode()
    assert enter("dispatcher").get("/console/monthly/new").status_code == 403


def test_the_form_suggests_name_reason_and_cases_of_a_topic(
    world: World, enter: Enter, cards: list[Case]
) -> None:
    Case.objects.filter(pk=cards[0].pk).update(handling_org=world.organizations["CG"])
    client = enter("leader")
    shown = client.get(f"/console/monthly/new?topic={receipt_of(cards[0])}&period=week").context[
        "form"
    ]

    assert shown.initial["title"] == "麻将馆"
    assert shown.initial["why"].startswith("3 人上报 3 条")
    assert shown.initial["lead_org"] == world.organizations["CG"].pk
    assert shown.initial["case_ids"] == [case.pk for case in cards]

    place = client.get(f"/console/monthly/new?repeat={cards[0].number}").context["form"]
    assert place.initial["case_ids"] == [case.pk for case in cards]
    assert "积存垃圾渣土" in place.initial["title"]


def test_without_a_topic_one_is_sent_to_choose_one(enter: Enter, cards: list[Case]) -> None:
    answer = enter("leader").get("/console/monthly/new")

    assert (answer.status_code, answer.headers["Location"]) == (302, HOTSPOTS)


def test_a_topic_is_taken_up_worked_on_and_ended(
    world: World, enter: Enter, cards: list[Case]
) -> None:
    client = enter("leader")
    where = f"/console/monthly/new?topic={receipt_of(cards[0])}"
    client.post(where, form(world, cards[:2]))
    topic = MonthlyTopic.objects.get()
    page = f"/console/monthly/{topic.pk}"

    assert topic.origin["score"] > 0
    assert set(MonthlyTopicCase.objects.values_list("case_id", flat=True)) == {
        cards[0].pk, cards[1].pk,
    }  # fmt: skip
    client.post(f"{page}/notes", {"text": "已约谈店主。"})
    client.post(f"{page}/cases", {"cases": f"请加上 {cards[2].number}，谢谢"})
    client.post(f"{page}/cases/{cards[0].number}/removal")
    shown = client.get(page)
    assert "已约谈店主。" in shown.content.decode()
    assert {row["case"].pk for row in shown.context["rows"]} == {cards[1].pk, cards[2].pk}

    refused = client.post(f"{page}/closure", {"outcome": "solved", "result": "好了"})
    assert refused.status_code == 422
    assert "还有 2 件" in refused.content.decode()
    client.post(f"{page}/closure", {"outcome": "partly_solved", "result": "还剩一户"})
    ended = client.get(page).content.decode()
    assert "部分解决" in ended
    assert "移出" not in ended
    assert "麻将馆扰民" in client.get("/console/monthly").content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", ""), ("goal", ""), ("lead_org", ""), ("month", "昨天"), ("case_ids", [])],
)
def test_a_form_sent_back_names_the_field_and_keeps_the_rest(
    world: World, enter: Enter, cards: list[Case], field: str, value: object
) -> None:
    where = f"/console/monthly/new?topic={receipt_of(cards[0])}"
    answer = enter("leader").post(where, form(world, cards, **{field: value}))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert MonthlyTopic.objects.count() == 0
    assert "三户来说。" in answer.content.decode()


def test_the_same_title_again_stands_at_its_field(
    world: World, enter: Enter, cards: list[Case]
) -> None:
    client = enter("leader")
    where = f"/console/monthly/new?topic={receipt_of(cards[0])}"
    client.post(where, form(world, cards))

    again = client.post(where, form(world, cards))
    assert list(again.context["form"].errors) == ["title"]


def test_a_filled_in_form_survives_that_the_topic_is_gone_meanwhile(
    world: World, enter: Enter, cards: list[Case]
) -> None:
    answer = enter("leader").post("/console/monthly/new?topic=gone", form(world, cards))

    assert answer.status_code == 302
    assert MonthlyTopic.objects.get().origin == {}


def test_numbers_nobody_can_read_are_asked_again(
    world: World, enter: Enter, cards: list[Case]
) -> None:
    client = enter("leader")
    client.post(f"/console/monthly/new?topic={receipt_of(cards[0])}", form(world, cards))
    page = f"/console/monthly/{MonthlyTopic.objects.get().pk}/cases"

    assert client.get(page).status_code == 200
    assert "没有看到案件编号" in client.post(page, {"cases": "那两件"}).content.decode()
    assert client.post(page, {"cases": "20260309999999"}).status_code == 422


def test_topics_are_for_the_sub_district_and_the_lead_organisation(
    world: World, enter: Enter, cards: list[Case]
) -> None:
    enter("leader").post(f"/console/monthly/new?topic={receipt_of(cards[0])}", form(world, cards))
    page = f"/console/monthly/{MonthlyTopic.objects.get().pk}"

    assert enter("handler").get(page).status_code == 200
    assert enter("handler").get(page).context["rows"] == []
    assert enter("other_handler").get(page).status_code == 404
    assert "还没有每月一题" in enter("grid_worker").get("/console/monthly").content.decode()
    assert enter("dispatcher").post(f"{page}/notes", {"text": "x"}).status_code == 403


def test_the_page_costs_the_same_with_more_of_everything(enter: Enter, cards: list[Case]) -> None:
    client = enter("leader")
    client.get(HOTSPOTS)
    for number, text in enumerate(("丁苑麻将馆敲桌", "戊庭麻将馆放歌", "己坊麻将馆抽烟"), start=3):
        opened(
            title=text, body=text, lon=120.008 + number * STEP, contact_phone=f"1990000{number:04d}"
        )
    forget_everything()

    with CaptureQueriesContext(connection) as queries:
        answer = client.get(HOTSPOTS)

    assert len(answer.context["repeats"]) == 2
    assert len(queries) <= MOST_QUERIES


def test_more_than_the_first_ten_are_one_link_away(
    enter: Enter, cards: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linli.screens.console.insight.views.SHOWN_FIRST", 0)
    client = enter("leader")
    first = client.get(HOTSPOTS)

    assert first.context["topics"] == []
    assert re.search(r"all=1", first.context["more_url"])
    assert len(client.get(HOTSPOTS + first.context["more_url"]).context["topics"]) == 1

"""The one inbox: every kind in one list, the most urgent first, for the owner and whoever stands in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.cases.flow import Stage
from linli.cases.models import Case
from linli.kernel.matters.deputies import name_deputy
from linli.kernel.matters.inbox import waiting_for
from linli.kernel.matters.kinds import kinds
from linli.kernel.matters.models import InboxEntry
from linli.screens.console.home import views
from linli.screens.console.tests.office import Enter
from linli.screens.shared.waiting import look_of
from linli.whistles.actions.whistling import Called, WhistleDraft, blow_whistle
from linli.whistles.models import WhistleLeg
from tests.walks import opened, walk_to
from tests.world import DAY, MONDAY, World

FRAME = 9
"""Queries of the frame of a page: login, posts, menu, bell."""


def in_hand(world: World) -> tuple[Case, WhistleLeg]:
    """城管小冯 handles a case that is late, and has a leg to answer that is not."""
    case = walk_to(world, opened(world), Stage.HANDLING)
    called = (Called(world.organizations["CG"].pk, "lead", "劝离、清路"),)
    words = WhistleDraft(
        kind="enforcement", title="占道洗车场", background="洗车场占了人行道三个月。",
        area=world.areas["G1"], called=called,
    )  # fmt: skip
    blown = blow_whistle(words, by=world.actors["dispatcher"], now=MONDAY)
    leg = WhistleLeg.objects.get(whistle=blown)
    feng, late = world.staff["handler"], MONDAY - timedelta(minutes=1)
    WhistleLeg.objects.filter(pk=leg.pk).update(owner=feng)
    InboxEntry.objects.filter(kind="leg", matter_id=leg.pk).update(owner=feng)
    Case.objects.filter(pk=case.pk).update(due_at=late)
    InboxEntry.objects.filter(kind="case", matter_id=case.pk).update(due_at=late)
    return case, leg


def test_every_kind_of_this_installation_has_its_line() -> None:
    for kind in kinds():
        assert kind.flow.open_stages <= set(look_of(kind).stages)


def test_the_workbench_lists_both_kinds_the_late_one_first(world: World, enter: Enter) -> None:
    case, leg = in_hand(world)
    answer = enter("handler").get("/console/")
    lines = answer.context["lines"]
    assert [(str(one.kind), one.number, one.light) for one in lines] == [
        ("案件", case.number, "red"),
        ("吹哨", leg.number, "green"),
    ]
    assert [one.url for one in lines] == [
        f"/cases/{case.number}",
        f"/console/whistles/{leg.number}#leg-{leg.pk}",
    ]
    assert answer.context["total"] == "2"


def test_it_is_narrowed_by_kind_and_by_light(world: World, enter: Enter) -> None:
    in_hand(world)
    client = enter("handler")

    def kinds_of(query: str) -> list[str]:
        lines = client.get(f"/console/inbox{query}").context["lines"]
        return [str(one.kind) for one in lines]

    assert kinds_of("") == ["案件", "吹哨"]
    assert kinds_of("?kind=leg") == ["吹哨"]
    assert kinds_of("?light=red") == ["案件"]
    assert kinds_of("?light=green") == ["吹哨"]
    assert (
        kinds_of("?kind=leg&light=red")
        == kinds_of("?light=yellow")
        == kinds_of("?light=blue")
        == []
    )
    assert "没有符合条件的事项" in client.get("/console/inbox?light=blue").content.decode()
    InboxEntry.objects.update(suspended_until=MONDAY + timedelta(days=1))
    assert kinds_of("?light=blue") == ["案件", "吹哨"]
    assert kinds_of("?light=red") == []


def test_it_is_paged(world: World, enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    case, leg = in_hand(world)
    monkeypatch.setattr(views, "INBOX_PAGE", 1)
    client = enter("handler")
    first = client.get("/console/inbox").context
    second = client.get(f"/console/inbox{first['pager']['next_url']}").context
    assert [one.number for one in (*first["lines"], *second["lines"])] == [case.number, leg.number]
    assert (second["pager"]["next_url"], second["pager"]["previous_url"]) == ("", "?page=1")
    assert first["pager"]["total"] == 2
    assert client.get("/console/inbox?page=x").status_code == 200


def test_whoever_stands_in_sees_it_with_the_name_and_only_on_those_days(
    world: World, enter: Enter
) -> None:
    in_hand(world)
    feng, xu = world.staff["handler"], world.staff["unit_leader"]
    assert enter("unit_leader").get("/console/inbox").context["lines"] == []
    name_deputy(
        feng.pk, deputy_id=xu.pk, valid_from=DAY, valid_until=DAY,
        by=world.actors["handler"], now=MONDAY,
    )  # fmt: skip
    answer = enter("unit_leader").get("/console/inbox")
    assert [one.for_whom for one in answer.context["lines"]] == ["城管小冯", "城管小冯"]
    assert "代 城管小冯" in answer.content.decode()
    assert [one.for_whom for one in enter("handler").get("/console/").context["lines"]] == ["", ""]
    assert not waiting_for(world.actors["unit_leader"], now=MONDAY + timedelta(days=1)).exists()


def test_what_somebody_may_not_read_shows_nothing(world: World, enter: Enter) -> None:
    """网格员小赵 is given a case of another grid by mistake: neither the list nor the badge tells of it."""
    case, _leg = in_hand(world)
    other = world.staff["other_grid_worker"]
    InboxEntry.objects.filter(kind="case", matter_id=case.pk).update(owner=other)
    answer = enter("other_grid_worker").get("/console/")
    assert (answer.context["lines"], answer.context["total"]) == ([], "0")
    assert case.number not in answer.content.decode()


def test_more_matters_need_no_more_queries(world: World, enter: Enter) -> None:
    in_hand(world)
    client = enter("handler")
    client.get("/console/inbox")
    with CaptureQueriesContext(connection) as queries:
        client.get("/console/inbox")
    assert len(queries) <= len(kinds()) + 3 + FRAME

"""批量派遣 at the desk: looking at the plan, confirming it, and what becomes of each case."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.cases.actions.moving import make_move
from linli.cases.assigning.rules import BALANCE_M
from linli.cases.facts import Facts
from linli.cases.flow import Stage
from linli.cases.models import Case, CaseMove, DutyEntry
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.people.models import Staff
from linli.screens.console.batch import views
from linli.screens.console.tests.office import Enter, opened
from tests.markup import markup
from tests.walks import walk_to
from tests.world import MONDAY, World

PLAN, ORDERS = "/console/dispatch/plan", "/console/dispatch/plan/orders"
MOST_QUERIES = 24


@pytest.fixture
def heaps(world: World) -> list[Case]:
    """Three heaps that wait for dispatch; 小冯 is based beside the first, 老许 beside the last."""
    for key, lon in (("handler", 120.0005), ("unit_leader", 120.0080)):
        Staff.objects.filter(pk=world.staff[key].pk).update(home_lon=lon, home_lat=30.005)
    return [heap(world, number) for number in range(3)]


def heap(world: World, number: int) -> Case:
    case = opened(body=f"第一网格第 {number} 处垃圾", lon=120.001 + number * 0.003)
    return walk_to(world, case, Stage.TO_DISPATCH)


def sent(client: Client, *ticked: Case, **chosen: Any) -> dict[str, Any]:
    """The form of the plan with these cases ticked."""
    return {
        "plan": client.get(PLAN).context["token"],
        "case": [case.pk for case in ticked],
        **chosen,
    }


def stages(cases: list[Case]) -> list[str]:
    return [Case.objects.get(pk=case.pk).stage for case in cases]


def test_the_plan_shows_who_goes_why_and_what_it_does_to_the_loads(
    enter: Enter, heaps: list[Case]
) -> None:
    answer = enter("dispatcher").get(PLAN)

    words = markup(answer)
    assert [row["case"] for row in answer.context["proposals"]] == heaps
    assert "城管小冯：距现场约 48 米，是在岗、会办的 2 人中最近的" in words
    assert words.count(" selected>城管小冯 · ") == 2
    changed = answer.context["loads"]["changed"]
    assert {(row["name"], row["now"], row["then"]) for row in changed} == {
        ("城管小冯", 0, 2),
        ("城管老许", 0, 1),
    }
    assert stages(heaps) == ["to_dispatch"] * 3


def test_the_desk_leads_to_the_plan(enter: Enter, heaps: list[Case]) -> None:
    assert f'href="{PLAN}"' in enter("dispatcher").get("/console/dispatch").content.decode()


def test_ticked_cases_go_to_whom_the_screen_showed_and_the_others_stay(
    world: World, enter: Enter, heaps: list[Case]
) -> None:
    client = enter("dispatcher")

    answer = client.post(ORDERS, sent(client, heaps[0], heaps[2]))

    assert stages(heaps) == ["to_sign", "to_dispatch", "to_sign"]
    owners = [Case.objects.get(pk=case.pk).owner for case in (heaps[0], heaps[2])]
    assert owners == [world.staff["handler"], world.staff["unit_leader"]]
    note = CaseMove.objects.get(case=heaps[0], code="dispatch").note
    assert note.plain.startswith("批量派遣。城管小冯：距现场约 48 米")
    assert "已派遣 2 件" in answer.content.decode()
    assert f"/console/cases/{heaps[0].number}/moves/reassign" in answer.content.decode()


def test_another_worker_may_be_chosen_and_the_timeline_says_by_whom(
    world: World, enter: Enter, heaps: list[Case]
) -> None:
    client, other = enter("dispatcher"), world.staff["unit_leader"]

    client.post(ORDERS, sent(client, heaps[0], **{f"worker-{heaps[0].pk}": other.pk}))

    assert Case.objects.get(pk=heaps[0].pk).owner == other
    note = CaseMove.objects.get(case=heaps[0], code="dispatch").note
    assert note.plain.startswith("批量派遣，人员由派遣员小周改选。系统建议：城管小冯")


def test_a_case_that_changed_meanwhile_is_listed_and_the_others_go(
    world: World, enter: Enter, heaps: list[Case]
) -> None:
    client = enter("dispatcher")
    form = sent(client, *heaps)
    elsewhere = Facts(organization=world.organizations["SW"].pk)
    make_move(heaps[1].pk, "dispatch", by=world.actors["leader"], facts=elsewhere, now=MONDAY)

    answer = client.post(ORDERS, form)

    [refused] = answer.context["refused"]
    assert (refused.number, len(answer.context["done"])) == (heaps[1].number, 2)
    assert "刚被他人更新" in answer.content.decode()
    assert Case.objects.get(pk=heaps[1].pk).handling_org_id == world.organizations["SW"].pk


def test_a_long_batch_goes_on_from_request_to_request(
    enter: Enter, heaps: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "AT_ONCE", 2)
    client = enter("dispatcher")

    first = client.post(ORDERS, sent(client, *heaps))
    halfway = stages(heaps)
    last = client.post(ORDERS, {"plan": first.context["token"]})

    assert halfway == ["to_sign", "to_sign", "to_dispatch"]
    assert "正在派遣：2 / 3" in first.content.decode()
    assert "继续派遣剩下的 1 件" in first.content.decode()
    assert stages(heaps) == ["to_sign"] * 3
    assert "已派遣 3 件" in last.content.decode()


def test_the_same_form_sent_twice_dispatches_once(enter: Enter, heaps: list[Case]) -> None:
    client = enter("dispatcher")
    form = sent(client, *heaps)
    client.post(ORDERS, form)
    moves = CaseMove.objects.count()

    again = client.post(ORDERS, form)

    assert CaseMove.objects.count() == moves
    assert len(again.context["done"]) == 3


def test_nothing_ticked_dispatches_nothing(enter: Enter, heaps: list[Case]) -> None:
    client = enter("dispatcher")

    answer = client.post(ORDERS, sent(client), follow=True)

    assert "请先勾选要派遣的案件" in answer.content.decode()
    assert stages(heaps) == ["to_dispatch"] * 3


@pytest.mark.parametrize("plan", ["", "nonsense", "of another"])
def test_a_plan_that_is_not_this_persons_own_is_refused(
    enter: Enter, heaps: list[Case], plan: str
) -> None:
    client = enter("dispatcher")
    form = sent(enter("leader") if plan == "of another" else client, *heaps)
    if plan != "of another":
        form["plan"] = plan

    answer = client.post(ORDERS, form, follow=True)

    assert "这份方案已失效" in answer.content.decode()
    assert stages(heaps) == ["to_dispatch"] * 3


def test_an_old_plan_is_refused(
    enter: Enter, heaps: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = enter("dispatcher")
    form = sent(client, *heaps)
    monkeypatch.setattr(views, "PLAN_SECONDS", -1)

    answer = client.post(ORDERS, form, follow=True)

    assert "这份方案已失效" in answer.content.decode()
    assert stages(heaps) == ["to_dispatch"] * 3


def test_what_cannot_be_planned_says_why_and_leads_to_a_choice_by_hand(
    enter: Enter, heaps: list[Case]
) -> None:
    DutyEntry.objects.all().delete()
    forget_everything()

    answer = enter("dispatcher").get(PLAN)

    words = answer.content.decode()
    assert "派单目录中没有“积存垃圾渣土”" in words
    assert f"/console/cases/{heaps[0].number}/moves/dispatch" in words
    assert (answer.context["proposals"], answer.context["token"]) == ([], "")


def test_without_balance_everything_goes_to_the_nearest(enter: Enter, heaps: list[Case]) -> None:
    client = enter("dispatcher")

    near, unknown = client.get(PLAN, {"balance": "0"}), client.get(PLAN, {"balance": "many"})

    assert near.context["balance"] == 0
    assert near.context["figures"].figures == near.context["figures"].nearest_first
    assert unknown.context["balance"] == BALANCE_M


def test_an_empty_desk_has_an_empty_plan(world: World, enter: Enter) -> None:
    assert "没有待派遣的案件" in enter("dispatcher").get(PLAN).content.decode()


def test_more_than_the_page_shows_is_said(
    enter: Enter, heaps: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "SHOWN", 2)

    answer = enter("dispatcher").get(PLAN)

    assert len(answer.context["proposals"]) == 2
    assert "共 3 件待派遣，先看最急的 2 件" in answer.content.decode()


def test_the_plan_costs_the_same_with_more_rows(
    world: World, enter: Enter, heaps: list[Case]
) -> None:
    client = enter("dispatcher")
    client.get(PLAN)
    for number in range(3, 8):
        heap(world, number)
    forget_everything()

    with CaptureQueriesContext(connection) as queries:
        client.get(PLAN)

    assert len(queries) <= MOST_QUERIES


def test_only_dispatchers_plan(world: World, enter: Enter) -> None:
    client = enter("acceptor")

    assert client.get(PLAN).status_code == 403
    assert client.post(ORDERS).status_code == 403

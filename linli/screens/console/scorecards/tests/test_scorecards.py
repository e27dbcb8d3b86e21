"""计分卡 at the desk: the own card first, numbers that open, people not ranked, appeals to their end."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.cases.actions.moving import make_move
from linli.cases.facts import Facts
from linli.cases.flow import Stage
from linli.cases.models import Case
from linli.cases.seed import load_defaults
from linli.insight.scorecards.models import CardAppeal
from linli.kernel.people.models import Staff
from linli.screens.console.tests.office import Enter, opened
from tests.markup import markup
from tests.walks import walk_to
from tests.world import MONDAY, World

PAGE = "/console/scorecards?at=month:2026-03"
APPEAL = "/console/scorecards/appeals/new?at=month:2026-03"
LINKS = re.compile(r'href="(/console/scorecards/[^"]+cases\?[^"]+)">(?:<span[^>]*>)?(\d+)<')
MOST_QUERIES = 45


@pytest.fixture
def worked(world: World) -> World:
    load_defaults(now=MONDAY)
    walk_to(world, opened(), Stage.CLOSED)
    case = walk_to(world, opened(body="东门也有垃圾", lon=120.0062), Stage.TO_CHECK)
    checker = world.actors["checker"]
    make_move(case.pk, "rework", by=checker, facts=Facts(note="没清干净"), now=MONDAY)
    return world


def unit_page(world: World) -> str:
    return f"/console/scorecards/units/{world.organizations['CG'].pk}?at=month:2026-03"


@pytest.mark.parametrize("who", ["handler", "evaluator", "unit_leader", "checker"])
def test_every_number_of_a_card_opens_as_many_cases(worked: World, enter: Enter, who: str) -> None:
    client = enter(who)
    found = LINKS.findall(markup(client.get(PAGE)))

    assert len(found) >= 4
    for link, number in found:
        assert client.get(unescape(link)).context["number"] == int(number), link


def test_the_parts_of_a_unit_open_their_lists(worked: World, enter: Enter) -> None:
    client = enter("leader")
    answer = client.get(unit_page(worked))
    found = LINKS.findall(markup(answer))

    assert len(found) == 10
    for link, number in found:
        assert client.get(unescape(link)).context["number"] == int(number), link
    assert client.get("/console/scorecards/units/99999").status_code == 404
    cases = unit_page(worked).replace("?", "/cases?")
    assert client.get(f"{cases}&code=secrets").status_code == 400


def test_a_worker_sees_the_own_card_first_and_nobody_else_s(worked: World, enter: Enter) -> None:
    client = enter("handler")
    answer = client.get(PAGE)
    page = answer.content.decode()

    assert answer.context["own"]["staff"] == worked.staff["handler"]
    assert page.index("我的 · 城管小冯") < page.index("职能部门")
    assert answer.context["workers"] == []
    assert "没有分数，没有倒扣，不给人排名" in page
    other = worked.staff["unit_leader"].pk
    lists = f"/console/scorecards/workers/{other}/cases?at=month:2026-03&figure=handled"
    assert client.get(lists).status_code == 404
    own = lists.replace(str(other), str(worked.staff["handler"].pk))
    assert client.get(own.replace("handled", "secrets")).status_code == 400


def test_many_workers_cost_no_more_queries(worked: World, enter: Enter) -> None:
    client = enter("unit_leader")
    client.get(PAGE)
    for number in range(20):
        Staff.objects.create(
            name=f"城管{number}", employee_no=f"X{number}", organization=worked.organizations["CG"]
        )
    with CaptureQueriesContext(connection) as counted:
        answer = client.get(PAGE)
    assert len(answer.context["workers"]) == 21
    assert len(counted) <= MOST_QUERIES


def test_an_appeal_goes_its_whole_way(worked: World, enter: Enter) -> None:
    case = Case.objects.earliest("pk")
    client = enter("unit_leader")
    address = f"{APPEAL}&subject=unit"
    assert "申诉" in client.get(unit_page(worked)).content.decode()
    assert client.get(address).status_code == 200
    assert client.post(address, {"case": case.number, "reason": ""}).status_code == 422
    given = {"case": case.number, "reason": "暴雨封路"}
    assert client.post(address, given).status_code == 302
    again = client.post(address, given)
    assert again.status_code == 422
    assert "已经申诉过" in again.content.decode()

    made = CardAppeal.objects.get()
    decision = f"/console/scorecards/appeals/{made.pk}/decision"
    assert enter("evaluator").get(decision).status_code == 403
    leader = enter("leader")
    assert "暴雨封路" in leader.get(decision).content.decode()
    assert leader.post(decision, {"agree": "yes", "opinion": ""}).status_code == 422
    assert leader.post(decision, {"agree": "yes", "opinion": "属实"}).status_code == 302
    assert leader.post(decision, {"agree": "no", "opinion": "再看"}).status_code == 409

    page = client.get(unit_page(worked)).content.decode()
    assert "申诉成立" in page
    assert "街道老王" in page
    assert "申诉成立的也计入时" in page


def test_a_worker_appeals_the_own_card(worked: World, enter: Enter) -> None:
    case = Case.objects.earliest("pk")
    client = enter("handler")
    address = f"{APPEAL}&subject=own"
    assert client.post(address, {"case": "1", "reason": "x"}).status_code in (404, 422)
    assert client.post(address, {"case": case.number, "reason": "车坏了"}).status_code == 302
    leader = enter("leader")
    decision = f"/console/scorecards/appeals/{CardAppeal.objects.get().pk}/decision"
    assert leader.post(decision, {"agree": "no", "opinion": "记录无误"}).status_code == 302
    page = client.get(PAGE).content.decode()
    assert "申诉不成立" in page
    assert "记录无误" in page


def test_who_works_on_no_cases_has_no_cards(worked: World, enter: Enter) -> None:
    assert enter("system_admin").get(PAGE).status_code == 403
    assert enter("acceptor").get(PAGE).status_code == 200

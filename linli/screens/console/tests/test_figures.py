"""The pages of figures: every number links to a list of as many cases, and nothing is invented."""

from __future__ import annotations

import re

import pytest

from linli.cases.flow import Stage
from linli.cases.seed import load_defaults
from linli.screens.console.tests.office import Enter, opened, walk_to
from tests.world import MONDAY, World


@pytest.fixture
def worked(world: World) -> World:
    load_defaults(now=MONDAY)
    walk_to(world, opened(), Stage.CLOSED)
    walk_to(world, opened(body="东门也有垃圾", lon=120.0062, lat=30.0062), Stage.TO_CHECK)
    return world


def test_every_number_opens_a_list_of_as_many_cases(worked: World, enter: Enter) -> None:
    client = enter("leader")
    page = client.get("/console/figures?month=2026-03").content.decode()
    links = re.findall(r'<a href="(/console/figures/cases\?[^"]+)">(\d+)</a>', page)
    assert len(links) > 15
    assert {"0", "1", "2"} <= {number for _, number in links}
    for address, number in links:
        answer = client.get(address.replace("&amp;", "&"))
        assert answer.status_code == 200
        assert answer.context["number"] == int(number)


def test_a_month_without_cases_says_so(worked: World, enter: Enter) -> None:
    page = enter("leader").get("/console/figures?month=2025-12").content.decode()
    assert "这个月还没有到期或办结的案件" in page


def test_a_figure_that_does_not_exist_is_refused(worked: World, enter: Enter) -> None:
    answer = enter("leader").get("/console/figures/cases?what=handle&figure=secrets")
    assert answer.status_code == 400
    assert "没有这个指标" in answer.content.decode()


def test_the_rates_of_an_empty_period_are_dashes(worked: World, enter: Enter) -> None:
    client = enter("leader")
    page = client.get("/console/rates?period=2026-03").content.decode()
    assert page.count("—") >= 4
    assert "这个考核期还没有数据" in page
    assert client.get("/console/rates?period=march").status_code == 400


def test_a_call_back_appears_in_the_rates(worked: World, enter: Enter) -> None:
    case = walk_to(
        worked,
        opened(body="热线转来的垃圾", intake_channel="hotline", lon=120.0081, lat=30.0081),
        Stage.TO_FOLLOW_UP,
    )
    given = {
        "version": str(case.version),
        "effective": "yes",
        "contacted": "yes",
        "solved": "solved",
        "satisfaction": "basically_satisfied",
        "note": "还可以",
    }
    address = f"/console/cases/{case.number}/moves/follow_up"
    assert enter("follow_up").post(address, {**given, "solved": ""}).status_code == 422
    assert enter("follow_up").post(address, given).status_code == 302
    page = enter("leader").get("/console/rates?period=2026-03").content.decode()
    assert "90.00%" in page
    assert "96.00" in page
    assert "样本少" in page

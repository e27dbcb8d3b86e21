"""The pages of figures: every number links to a list of as many cases, and nothing is invented."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db.models import F
from django.test import Client

from linli.cases.actions.assessing import record_follow_up
from linli.cases.flow import Stage
from linli.cases.models import Case, CaseMove, Deadline, FollowUp
from linli.cases.seed import load_defaults
from linli.screens.console.tests.office import Enter, opened
from tests.markup import markup
from tests.walks import walk_to
from tests.world import MONDAY, World


@pytest.fixture
def worked(world: World) -> World:
    load_defaults(now=MONDAY)
    walk_to(world, opened(), Stage.CLOSED)
    walk_to(world, opened(body="东门也有垃圾", lon=120.0062, lat=30.0062), Stage.TO_CHECK)
    return world


LINKS = re.compile(r'<a href="(/console/(?:figures|rates)/cases\?[^"]+)">(\d+)</a>')


def opens_as_many(client: Client, address: str) -> list[tuple[str, int]]:
    """Every number of a page with its list, each opened and counted."""
    found = []
    for link, number in LINKS.findall(markup(client.get(address))):
        link = link.replace("&amp;", "&")
        answer = client.get(link)
        assert answer.status_code == 200, link
        assert answer.context["number"] == int(number), link
        found.append((link, int(number)))
    return found


@pytest.mark.parametrize("at", ["month=2026-03", "at=week:2026-W11", "at=day:2026-03-09"])
def test_every_number_opens_a_list_of_as_many_cases(worked: World, enter: Enter, at: str) -> None:
    found = opens_as_many(enter("leader"), f"/console/figures?{at}")
    assert len(found) > 40
    assert {0, 1, 2} <= {number for _link, number in found}


def test_a_month_without_cases_says_so(worked: World, enter: Enter) -> None:
    page = enter("leader").get("/console/figures?month=2025-12").content.decode()
    assert "这个时段还没有到期或办结的案件" in page


def test_without_a_base_there_is_a_dash_and_no_list_of_it(worked: World, enter: Enter) -> None:
    answer = enter("leader").get("/console/figures?month=2026-03")
    cells = [cell for row in answer.context["summary"] for cell in row["changes"]]
    assert {(cell["arrow"], cell["difference"], cell["url"]) for cell in cells} == {("", "—", "")}
    assert (
        enter("leader").get("/console/figures/cases?what=handle&figure=due&base=year").status_code
        == 400
    )


def test_a_figure_stands_beside_the_month_before_and_both_open_their_lists(
    worked: World, enter: Enter
) -> None:
    for case in Case.objects.order_by("pk")[:1]:
        shift = timedelta(days=31)
        Case.objects.filter(pk=case.pk).update(
            opened_at=F("opened_at") - shift, closed_at=F("closed_at") - shift
        )
        CaseMove.objects.filter(case=case).update(at=F("at") - shift)
        for run in Deadline.objects.filter(case=case):
            Deadline.objects.filter(pk=run.pk).update(
                due_at=run.due_at - shift, stopped_at=run.stopped_at and run.stopped_at - shift
            )
    Case.objects.filter(pk=Case.objects.latest("pk").pk).update(opened_at=MONDAY)
    first = Case.objects.earliest("opened_at")
    Case.objects.filter(pk=first.pk).update(opened_at=MONDAY - timedelta(days=60))
    client = enter("leader")
    answer = client.get("/console/figures?month=2026-03")
    row = next(one for one in answer.context["summary"] if one["code"] == "handle_due")
    before, year = row["changes"]
    assert (row["value"], before["arrow"], before["difference"], before["base"]) == (
        "1",
        "→",
        "0 (0.0%)",
        "1",
    )
    assert (year["arrow"], year["difference"]) == ("", "—")
    assert [
        case.pk for case in (one["case"] for one in client.get(before["url"]).context["rows"])
    ] == [first.pk]
    assert len(opens_as_many(client, "/console/figures?month=2026-03")) > 40


def test_a_list_keeps_the_instant_of_its_page(worked: World, enter: Enter) -> None:
    client = enter("leader")
    address = "/console/figures/cases?at=month:2026-03&what=register&figure=flow"
    assert client.get(address).context["number"] == 2
    earlier = quote((MONDAY - timedelta(days=3)).isoformat())
    assert client.get(f"{address}&asof={earlier}").context["number"] == 0
    later = quote((MONDAY + timedelta(days=300)).isoformat())
    assert client.get(f"{address}&asof={later}").context["asof"] == MONDAY


def test_figures_are_narrowed_to_a_place_of_the_own_scope(worked: World, enter: Enter) -> None:
    client = enter("leader")
    here, there = worked.areas["C1"], worked.areas["C2"]
    address = "/console/figures/cases?at=month:2026-03&what=register&figure=flow"
    assert client.get(f"{address}&area={here}").context["number"] == 2
    assert client.get(f"{address}&area={there}").context["number"] == 0
    assert client.get(f"/console/figures?area={worked.areas['G1']}").status_code == 400
    assert enter("clerk").get(f"/console/figures?area={there}").status_code == 400


@pytest.mark.parametrize(
    "at", ["month:2026-13", "week:2025-W53", "day:1999-01-01", "month:9999-12"]
)
def test_a_period_that_does_not_exist_is_refused(worked: World, enter: Enter, at: str) -> None:
    assert enter("leader").get(f"/console/figures?at={at}").status_code == 422


def test_a_figure_that_does_not_exist_is_refused(worked: World, enter: Enter) -> None:
    answer = enter("leader").get("/console/figures/cases?what=handle&figure=secrets")
    assert answer.status_code == 400
    assert "没有这个指标" in answer.content.decode()


def test_the_rates_of_an_empty_period_are_dashes(worked: World, enter: Enter) -> None:
    client = enter("leader")
    page = client.get("/console/rates?period=2026-03").content.decode()
    assert page.count("—") >= 4
    assert "这个考核期还没有数据" in page
    assert client.get("/console/rates?period=march").status_code == 422


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
    assert {0, 1} <= {
        n for _link, n in opens_as_many(enter("leader"), "/console/rates?period=2026-03")
    }
    assert enter("leader").get("/console/rates/cases?figure=secrets").status_code == 400


def test_the_base_of_a_rate_opens_its_own_list(worked: World, enter: Enter) -> None:
    cases = []
    for number in range(2):
        draft = {"intake_channel": "hotline", "external_no": f"2509121011081154{number:02d}"}
        case = opened(body=f"热线第{number}件", lon=120.0081 + number / 2_000, **draft)
        cases.append(walk_to(worked, case, Stage.CLOSED))
        record_follow_up(
            case.pk,
            effective=True,
            contacted=True,
            solved="solved" if number else "not_solved",
            satisfaction="satisfied",
            by=worked.actors["follow_up"],
            now=MONDAY,
        )
    FollowUp.objects.filter(case=cases[0]).update(at=MONDAY - timedelta(days=32))
    Case.objects.filter(pk=cases[0].pk).update(opened_at=MONDAY - timedelta(days=90))
    client = enter("leader")
    answer = client.get("/console/rates?at=assessment:2026-03&of=response")
    _words, summary = answer.context["summary"][0]["changes"][0]
    unit = answer.context["departments"][0]["changes"][0]

    for cell in (summary, unit):
        assert (cell["arrow"], cell["base"]) == ("→", "100.00%")
        listed = client.get(cell["url"]).context["rows"]
        assert [row["case"].pk for row in listed] == [cases[0].pk]
    solved = answer.context["summary"][1]["changes"][0][1]
    assert (solved["difference"], solved["verdict"]) == ("+100.00 个百分点", "good")

"""满意度与改进 at the desk: every sentence and every number opens its list."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from linli.cases.actions.assessing import record_follow_up
from linli.cases.actions.moving import make_move
from linli.cases.facts import Facts
from linli.cases.flow import Stage
from linli.cases.models import Case, FollowUp
from linli.cases.seed import load_defaults
from linli.screens.console.tests.office import Enter, opened
from tests.markup import markup
from tests.walks import walk_to
from tests.world import MONDAY, World

PAGE = "/console/improvement?at=month:2026-03"
LINKS = re.compile(r'href="(/console/improvement/cases\?[^"]+)">(\d+)</a>')
ANSWERS = (
    ("solved", "satisfied"),
    ("solved", "basically_satisfied"),
    ("not_solved", "dissatisfied"),
)


@pytest.fixture
def worked(world: World) -> World:
    load_defaults(now=MONDAY)
    for number, (solved, satisfaction) in enumerate(ANSWERS):
        case = opened(body=f"第{number}处有垃圾", lon=120.002 + number * 0.002)
        case = walk_to(world, case, Stage.CLOSED)
        record_follow_up(
            case.pk,
            effective=True,
            contacted=True,
            solved=solved,
            satisfaction=satisfaction,
            by=world.actors["follow_up"],
            now=MONDAY,
        )
    case = walk_to(world, opened(body="又一处有垃圾", lon=120.0089), Stage.TO_CHECK)
    checker = world.actors["checker"]
    make_move(case.pk, "rework", by=checker, facts=Facts(note="没清干净"), now=MONDAY)
    return world


@pytest.mark.parametrize("by", ["organization", "community", "minor", "channel", "nothing"])
def test_every_number_opens_as_many_cases(worked: World, enter: Enter, by: str) -> None:
    client = enter("leader")
    found = LINKS.findall(markup(client.get(f"{PAGE}&by={by}")))

    assert len(found) > 15
    assert {"0", "1", "2", "3"} <= {number for _link, number in found}
    for link, number in found:
        assert client.get(unescape(link)).context["number"] == int(number), link


def test_the_page_tells_what_to_look_at_and_how_sure_a_share_is(
    worked: World, enter: Enter
) -> None:
    answer = enter("leader").get(PAGE)
    page = answer.content.decode()

    assert "“积存垃圾渣土”有 3 件得到评价，1 件不满意（1/3，33.3%）" in page
    assert "“城管队”反馈处置 4 件，返工 1 件（1/4，25.0%），样本少。" in page
    solved, liked = answer.context["summary"]
    assert (solved["value"], solved["bounds"]) == ("66.67%", "20.8–93.9%")
    assert liked["parts"][0][0] + liked["parts"][1][0] == 2
    assert answer.context["rows"][0]["few"]


def test_a_period_without_words_says_so(worked: World, enter: Enter) -> None:
    page = enter("leader").get("/console/improvement?at=month:2025-12").content.decode()
    assert "这个时段还没有评价" in page
    assert page.count("这一期没有。") == 4


def test_lists_of_nothing_are_refused_or_empty(worked: World, enter: Enter) -> None:
    client = enter("leader")
    lists = "/console/improvement/cases?at=month:2026-03"
    assert client.get(f"{lists}&code=class:999").status_code == 404
    assert client.get(f"{lists}&figure=secrets").status_code == 400
    assert client.get(f"{lists}&figure=said&by=grid&key=999").context["number"] == 0
    assert client.get(f"{lists}&figure=said&base=year").status_code == 400
    stranger = enter("other_handler").get(f"{lists}&figure=said")
    assert stranger.context["number"] == 0
    assert enter("system_admin").get(PAGE).status_code == 403


def test_a_base_opens_its_own_list(worked: World, enter: Enter) -> None:
    first = Case.objects.earliest("pk")
    Case.objects.filter(pk=first.pk).update(opened_at=MONDAY - timedelta(days=60))
    FollowUp.objects.filter(case=first).update(at=MONDAY - timedelta(days=31))
    client = enter("leader")
    solved, liked = client.get(PAGE).context["summary"]

    for line in (solved, liked):
        (_before, cell), (_year, nothing) = line["changes"]
        assert (cell["base"], cell["arrow"], nothing["url"]) == ("100.00%", "↓", "")
        listed = client.get(cell["url"])
        assert [row["case"].pk for row in listed.context["rows"]] == [first.pk]

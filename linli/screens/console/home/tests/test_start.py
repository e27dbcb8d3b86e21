"""Where administrators begin: the steps of a new office, ticked one after the other, and the figures."""

from __future__ import annotations

import pytest

from linli.kernel.access.models import Account
from linli.kernel.people.models import GridPosting
from linli.screens.console.tests.office import Enter
from tests.world import POSTS, World


@pytest.mark.parametrize("who", POSTS)
def test_it_opens_for_the_two_who_set_an_office_up(enter: Enter, who: str) -> None:
    expected = 200 if who in ("system_admin", "security_admin") else 403
    assert enter(who).get("/console/start").status_code == expected


def test_administrators_begin_their_day_there(enter: Enter) -> None:
    for who, where in (
        ("system_admin", "/console/start"),
        ("security_admin", "/console/start"),
        ("audit_admin", "/console/audit"),
        ("acceptor", "/console/"),
        ("grid_worker", "/field/"),
    ):
        assert enter(who).get("/").headers["Location"] == where


def test_an_office_at_work_is_ready_and_shows_figures_that_open_their_lists(
    enter: Enter, world: World
) -> None:
    client = enter("system_admin")
    answer = client.get("/console/start")

    assert answer.context["ready"]
    assert "准备工作都已完成" in answer.content.decode()
    figures = {str(one["label"]): one for one in answer.context["figures"]}
    for label, rows in (("单位", "rows"), ("在职", "rows"), ("缺网格长的网格", "rows")):
        listed = client.get(figures[label]["url"]).context[rows]
        assert len(listed) == figures[label]["n"], label
    assert figures["缺网格长的网格"]["n"] == 3
    security = enter("security_admin").get("/console/start").context["figures"]
    for one in security:
        address = one["url"]
        listed = enter("security_admin").get(address).context["rows"]
        assert len(listed) == one["n"], address


def test_the_last_step_names_the_links_that_nobody_could_do(enter: Enter, world: World) -> None:
    Account.objects.filter(username__in=("dispatcher", "leader", "checker")).update(is_active=False)
    steps = enter("security_admin").get("/console/start").context["steps"]
    assert not steps[4]["step"].done
    assert "派遣" in steps[4]["step"].words
    assert "受理" not in steps[4]["step"].words


def test_grids_without_a_leader_are_listed_with_who_works_there(enter: Enter, world: World) -> None:
    GridPosting.objects.filter(grid_id=world.areas["G3"]).update(duty="grid_leader")
    client = enter("system_admin")
    rows = client.get("/console/start/grids").context["rows"]
    assert [row["grid"].pk for row in rows] == [world.areas["G1"], world.areas["G2"]]
    assert "网格员小李" in client.get("/console/start/grids").content.decode()
    for grid in ("G1", "G2"):
        GridPosting.objects.create(
            staff=world.staff["clerk"], grid_id=world.areas[grid], duty="part_time", valid_from="2020-01-01"
        )  # fmt: skip
    GridPosting.objects.exclude(grid_id=world.areas["G3"]).delete()
    for grid in ("G1", "G2"):
        GridPosting.objects.create(
            staff=world.staff["clerk"], grid_id=world.areas[grid], duty="grid_leader", valid_from="2020-01-01"
        )  # fmt: skip
    assert "每个网格都有网格长" in client.get("/console/start/grids").content.decode()

"""Workspaces and their menus: short, one at a time, only what a post needs."""

from __future__ import annotations

from typing import Any

from django.utils.translation import override

from linli.screens.console.menu import WORKSPACES
from linli.screens.console.tests.office import Enter, menu_of

MOST_ENTRIES = 9
"""What is read at a glance."""


def workspaces(context: Any) -> list[tuple[str, bool]]:
    return [(str(one["label"]), one["current"]) for one in context["workspaces"]]


def test_no_workspace_has_more_entries_than_are_read_at_a_glance() -> None:
    with override("zh-hans"):
        lengths = {str(one.label): len(one.entries) for one in WORKSPACES}

    assert {name: n for name, n in lengths.items() if not 0 < n <= MOST_ENTRIES} == {}


def test_every_entry_stands_once() -> None:
    addresses = [entry.address for one in WORKSPACES for entry in one.entries]

    assert sorted(addresses) == sorted(set(addresses))


def test_one_workspace_is_open_at_a_time(enter: Enter) -> None:
    context = enter("leader").get("/console/rates").context

    assert workspaces(context) == [("办件", False), ("研判", True), ("辖区", False)]
    assert [group["label"] for group in context["menu"]] == ["研判"]
    assert [item["label"] for item in context["menu"][0]["items"] if item["current"]] == ["三率"]


def test_the_page_says_which_workspace_is_open(enter: Enter) -> None:
    words = enter("leader").get("/console/rates").content.decode()

    spaces = words.split('class="console__spaces"')[1].split("</ul>")[0].split("</li>")
    assert [("研判" in one, 'aria-current="true"' in one) for one in spaces[:3]] == [
        (False, False),
        (True, True),
        (False, False),
    ]


def test_a_page_below_an_entry_keeps_its_workspace(enter: Enter) -> None:
    context = enter("system_admin").get("/console/people/new").context

    assert workspaces(context) == [("办件", False), ("辖区", False), ("系统", True)]


def test_somebody_sees_the_workspaces_of_the_own_post_alone(enter: Enter) -> None:
    assert set(menu_of(enter("clerk"))) == {"办件", "研判", "辖区"}
    assert set(menu_of(enter("security_admin"))) == {"系统"}


def test_whoever_has_one_workspace_is_offered_no_other(enter: Enter) -> None:
    answer = enter("audit_admin").get("/console/audit")
    own = ["/console/agreements", "/console/audit"]

    assert answer.context["workspaces"] == []
    assert "console__spaces" not in answer.content.decode()
    assert [item["url"] for item in answer.context["menu"][0]["items"]] == own


def test_the_meetings_open_from_the_whistles(enter: Enter) -> None:
    client = enter("dispatcher")

    assert 'href="/console/meetings"' in client.get("/console/whistles").content.decode()
    context = client.get("/console/meetings").context
    assert [item["label"] for item in context["menu"][0]["items"] if item["current"]] == [
        "吹哨报到"
    ]

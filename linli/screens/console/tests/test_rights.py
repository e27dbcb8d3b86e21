"""Every page for its roles and for no other, and nobody sees another community's cases."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from django.test import Client

from linli.cases.actions.dispatch_rules import RuleDraft, make_rule
from linli.cases.flow import Stage
from linli.cases.models import Report
from linli.screens.console.tests.office import Enter, menu_of, opened
from tests.walks import walk_to
from tests.world import DAY, MONDAY, POSTS, World

WORKS_ON_CASES = {who for who in POSTS if not who.endswith("admin")}
HAS_PLACES = {
    "acceptor", "supervisor", "dispatcher", "checker", "leader", "grid_worker", "other_grid_worker", "clerk",
    "system_admin",
}  # fmt: skip
INSPECTED = WORKS_ON_CASES - {"acceptor", "follow_up", "evaluator", "district"}

LINK = re.compile(r'href="([^"?#]+)')

PAGES: dict[str, set[str]] = {
    "/console/": WORKS_ON_CASES,
    "/console/inbox": WORKS_ON_CASES,
    "/console/cases": WORKS_ON_CASES,
    "/console/intake": WORKS_ON_CASES,
    "/console/standards": WORKS_ON_CASES | {"system_admin"},
    "/console/due": WORKS_ON_CASES | {"system_admin"},
    "/console/notices": set(POSTS),
    "/console/desk": {"acceptor"},
    "/console/approvals": WORKS_ON_CASES,
    "/console/figures": WORKS_ON_CASES,
    "/console/figures/cases?what=handle&figure=due": WORKS_ON_CASES,
    "/console/rates": WORKS_ON_CASES,
    "/console/import": {"acceptor"},
    "/console/import/template.xlsx": {"acceptor"},
    "/console/inspections": INSPECTED,
    "/console/inspections/sites": INSPECTED,
    "/console/inspections/sites/new": {"supervisor", "leader"},
    "/console/dispatch": {"dispatcher", "leader"},
    "/console/rules": {"dispatcher", "leader", "system_admin"},
    "/console/rules/trial": {"dispatcher", "leader", "system_admin"},
    "/console/rules/new": {"system_admin"},
    "/console/duties": {"dispatcher", "leader", "system_admin"},
    "/console/duties/file.xlsx": {"dispatcher", "leader", "system_admin"},
    "/console/duties/import": {"system_admin"},
    "/console/community-list": {"dispatcher", "leader", "system_admin"},
    "/console/cases/file.csv": {"supervisor", "leader", "evaluator"},
    "/console/places": HAS_PLACES,
    "/console/failures": {"system_admin"},
    "/console/audit": {"audit_admin"},
}


@pytest.mark.parametrize("who", POSTS)
def test_each_page_opens_for_its_roles_and_for_no_other(enter: Enter, who: str) -> None:
    client = enter(who)

    opening = {address for address in PAGES if client.get(address).status_code == 200}
    refused = {address for address in PAGES if client.get(address).status_code == 403}

    assert opening == {address for address, whose in PAGES.items() if who in whose}
    assert refused == set(PAGES) - opening


@pytest.mark.parametrize("who", POSTS)
def test_the_menu_leads_to_every_page_and_to_none_that_refuses(
    world: World, enter: Enter, who: str
) -> None:
    draft = RuleDraft(
        name="垃圾", valid_from=DAY, words=("垃圾",), organization=world.organizations["CG"].pk
    )
    make_rule(draft, reason="试点", by=world.actors["system_admin"], now=MONDAY)
    client = enter(who)
    addresses = [address for entries in menu_of(client).values() for address in entries]

    own = [address for address in addresses if address.startswith("/console/")]
    pages = [client.get(address, follow=True) for address in own]

    assert addresses
    assert {answer.status_code for answer in pages} == {200}
    links = {link for answer in pages for link in LINK.findall(answer.content.decode())}
    # A page without an entry of its own opens from another one, like the import from the form.
    for one in sorted(link for link in set(PAGES) & links - set(addresses) if "." not in link):
        links |= set(LINK.findall(client.get(one).content.decode()))
    open_to_them = {page.split("?")[0] for page, whose in PAGES.items() if who in whose}
    assert open_to_them - links == set()


def test_without_a_login_every_page_asks_to_log_in(world: World) -> None:
    client = Client()

    for address in PAGES:
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (
            302,
            f"/login?next={quote(address)}",
        )


def test_a_case_of_another_community_is_not_found_on_any_address(
    world: World, enter: Enter
) -> None:
    case = opened()
    client = enter("other_grid_worker")
    receipt = Report.objects.get(case=case).receipt

    assert client.get(f"/console/cases/{case.number}").status_code == 404
    assert client.get(f"/console/cases/{case.number}/position.json").status_code == 404
    assert client.get(f"/console/cases/{case.number}/moves/remark").status_code == 404
    assert client.get(f"/console/intake/{receipt}").status_code == 404
    assert case.number not in client.get("/console/cases").content.decode()


def test_a_handler_sees_only_the_cases_of_the_own_unit(world: World, enter: Enter) -> None:
    case = walk_to(world, opened(), Stage.TO_SIGN)

    assert enter("handler").get(f"/console/cases/{case.number}").status_code == 200
    assert enter("other_handler").get(f"/console/cases/{case.number}").status_code == 404


def test_the_card_of_a_grid_outside_the_scope_is_not_found(enter: Enter) -> None:
    client = enter("grid_worker")

    assert client.get("/console/places/990101001001001").status_code == 200
    assert client.get("/console/places/990101001002001").status_code == 404

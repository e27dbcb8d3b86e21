"""The list of staff and the page of one: who sees what, and which buttons."""

from __future__ import annotations

import re
from datetime import time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.kernel.access.models import Account, DataScope, PostHolding, Role
from linli.kernel.people.actions import set_shifts
from linli.kernel.people.models import GridPosting, Staff
from linli.kernel.people.rules import Hours
from linli.screens.console import paging
from linli.screens.console.tests.office import Enter, menu_of
from tests.markup import markup
from tests.world import DAY, MONDAY, POSTS, World

MOST_QUERIES = 20


def names(client: Client, query: str = "") -> list[str]:
    rows = client.get(f"/console/people{query}").context["rows"]
    return [row["staff"].name for row in rows]


@pytest.mark.parametrize("who", POSTS)
def test_the_register_opens_for_those_who_keep_it(enter: Enter, world: World, who: str) -> None:
    expected = 200 if who in ("system_admin", "security_admin") else 403
    client = enter(who)
    for address in ("/console/people", f"/console/people/{world.staff['clerk'].pk}"):
        assert client.get(address).status_code == expected


def test_the_menu_has_what_each_administrator_may_open(enter: Enter) -> None:
    def entries(who: str) -> set[str]:
        return {address for entries in menu_of(enter(who)).values() for address in entries}

    ours = {"/console/start", "/console/people", "/console/organizations"}
    keys = {"/console/accounts", "/console/keys"}
    assert ours <= entries("system_admin")
    assert not keys & entries("system_admin")
    assert ours | keys <= entries("security_admin")
    assert not (ours | keys) & (entries("acceptor") | entries("audit_admin") | entries("leader"))


def test_a_row_tells_post_grid_hours_and_last_login(enter: Enter, world: World) -> None:
    Account.objects.filter(username="grid_worker").update(last_login=MONDAY - timedelta(hours=1))
    words = enter("system_admin").get("/console/people?q=小李").content.decode()

    for expected in (
        "网格员小李",
        "城运中心",
        "第一网格（网格）",
        "专职网格员",
        "每天 00:00–24:00",
        "在岗",
        "08:00",
    ):
        assert expected in words


def test_the_list_is_narrowed_by_each_condition(enter: Enter, world: World) -> None:
    client = enter("security_admin")
    staff = world.staff["clerk"]
    Staff.objects.filter(pk=world.staff["follow_up"].pk).update(left_at=MONDAY)
    Account.objects.filter(username="checker").update(is_active=False)
    Account.objects.filter(username="clerk").update(staff=None)
    role = Role.objects.get(code="acceptor").pk

    assert names(client, "?q=小褚") == ["槐树里小褚"]
    assert set(names(client, f"?organization={world.organizations['SW'].pk}")) == {"水务小陈"}
    assert names(client, f"?community={world.areas['C1']}") == ["网格员小李"]
    assert names(client, f"?role={role}") == ["受理员小钱"]
    assert names(client, "?state=left") == ["回访员小郑"]
    assert names(client, "?state=no_login") == [staff.name]
    assert names(client, "?state=closed") == ["核查员小吴"]
    assert "回访员小郑" not in names(client)
    assert len(names(client, "?state=everybody")) == len(names(client)) + 1
    assert "受理员小钱" in names(client, "?state=never")
    assert len(names(client, "?organization=x&state=nonsense")) == len(names(client))


def test_the_list_costs_the_same_for_many(enter: Enter, world: World) -> None:
    client = enter("security_admin")
    client.get("/console/people?q=小李")
    with CaptureQueriesContext(connection) as few:
        client.get("/console/people?q=小李")
    with CaptureQueriesContext(connection) as many:
        client.get("/console/people")
    assert len(many) <= len(few) + 1
    assert len(many) <= MOST_QUERIES


def test_a_long_list_is_walked_in_both_directions(
    enter: Enter, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "ROWS", 4)
    client = enter("security_admin")
    everybody = Staff.objects.order_by("employee_no").values_list("name", flat=True)

    first = client.get("/console/people?state=everybody")
    second = client.get("/console/people" + first.context["pager"]["next_url"])
    back = client.get("/console/people" + second.context["pager"]["previous_url"])

    assert [row["staff"].name for row in second.context["rows"]] == list(everybody[4:8])
    assert [row["staff"].name for row in back.context["rows"]] == list(everybody[:4])
    assert first.context["pager"]["previous_url"] == ""
    assert back.context["pager"]["previous_url"] == ""
    assert first.context["pager"]["total"] == everybody.count()
    assert "state=everybody" in second.context["pager"]["previous_url"]


def test_a_street_sees_only_its_own_people(enter: Enter, world: World) -> None:
    world.organizations["SW"].area_id = world.areas["C2"]
    world.organizations["SW"].save()
    PostHolding.objects.filter(account__username="system_admin").update(
        data_scope=DataScope.BELOW, area_id=world.areas["C2"]
    )
    client = enter("system_admin")

    assert names(client) == ["水务小陈"]
    assert client.get(f"/console/people/{world.staff['handler'].pk}").status_code == 404
    assert client.get(f"/console/people/{world.staff['other_handler'].pk}").status_code == 200
    words = client.get("/console/people").content.decode()
    assert "城管小冯" not in words
    assert "第一网格" not in words


def test_the_page_shows_the_week_and_what_is_to_come(enter: Enter, world: World) -> None:
    staff = world.staff["grid_worker"]
    admin = world.actors["system_admin"]
    set_shifts(
        staff.pk, [Hours("12345", time(8, 30), time(17, 30))], valid_from=DAY, by=admin, now=MONDAY
    )
    set_shifts(
        staff.pk, [Hours("67", time(22), time(6))], valid_from=DAY + timedelta(days=7), by=admin, now=MONDAY
    )  # fmt: skip
    words = markup(enter("system_admin").get(f"/console/people/{staff.pk}"))

    assert len(re.findall(r'<rect x="510" y="0" width="540"', words)) == 5
    assert "08:30–17:30" in words
    assert "从 2026-03-16 起：周六、周日 22:00–次日 06:00" in words
    assert "style=" not in words.split("<main")[1]


def test_history_is_kept_and_shown(enter: Enter, world: World) -> None:
    posting = GridPosting.objects.get(staff=world.staff["grid_worker"])
    posting.valid_until = DAY - timedelta(days=1)
    posting.save()
    post = PostHolding.objects.get(account__username="grid_worker")
    post.valid_until = DAY - timedelta(days=1)
    post.save()
    GridPosting.objects.create(
        staff=world.staff["grid_worker"], grid_id=world.areas["G2"], duty="part_time",
        valid_from=DAY + timedelta(days=3), valid_until=DAY + timedelta(days=2),
    )  # fmt: skip
    words = markup(enter("security_admin").get(f"/console/people/{posting.staff_id}"))

    assert "以前的任职（2）" in words
    assert "以前的岗位（1）" in words
    assert "没有生效就取消了" in words
    assert "没有负责的网格" in words
    assert "2020-01-01 至 2026-03-08" in words


def test_each_administrator_gets_the_buttons_of_their_right(enter: Enter, world: World) -> None:
    page = f"/console/people/{world.staff['grid_worker'].pk}"
    editing = ("/details", "/transfer", "/leaving", "/shifts", "/skills", "/base", "/grids")
    account = Account.objects.get(username="grid_worker")

    system = enter("system_admin").get(page).content.decode()
    security = enter("security_admin").get(page).content.decode()

    assert all(f'"{page}{one}"' in system for one in editing)
    assert not any(f'"{page}{one}"' in security for one in editing)
    assert f"/console/accounts/{account.pk}/posts" in security
    assert "/console/accounts/" not in system


def test_on_ones_own_page_there_is_nothing_to_give_oneself(enter: Enter, world: World) -> None:
    for who in ("system_admin", "security_admin"):
        page = f"/console/people/{world.staff[who].pk}"
        words = enter(who).get(page).content.decode()
        assert "这是您自己" in words
        assert f'"{page}/grids"' not in words
        assert f'"{page}/leaving"' not in words
        assert "/posts" not in words


def test_the_telephone_is_in_full_for_whoever_edits_it(enter: Enter, world: World) -> None:
    Staff.objects.filter(pk=world.staff["clerk"].pk).update(phone="19900001234")
    page = f"/console/people/{world.staff['clerk'].pk}"
    assert "19900001234" in enter("system_admin").get(page).content.decode()
    security = enter("security_admin").get(page).content.decode()
    assert "199****1234" in security
    assert "19900001234" not in security


def test_somebody_without_a_login_is_offered_one_by_who_may(enter: Enter, world: World) -> None:
    Account.objects.filter(username="clerk").update(staff=None)
    page = f"/console/people/{world.staff['clerk'].pk}"
    assert f'"{page}/account"' in enter("security_admin").get(page).content.decode()
    system = enter("system_admin").get(page).content.decode()
    assert f'"{page}/account"' not in system
    assert "由安全管理员给" in system


def test_an_empty_office_says_what_to_do(enter: Enter, world: World) -> None:
    Account.objects.exclude(staff=None).update(staff=None)
    GridPosting.objects.all().delete()
    Staff.objects.all().delete()
    assert "先在“单位”里录入单位" in enter("system_admin").get("/console/people").content.decode()
    assert "由系统管理员录入" in enter("security_admin").get("/console/people").content.decode()

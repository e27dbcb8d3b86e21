"""The big screen: who may open it, what it tells, what it keeps to itself, and that each figure opens its list."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import QueryDict
from django.test import Client
from pytest_django import Settings

from linli.cases.actions.intake import receive_report
from linli.cases.actions.moving import make_move
from linli.cases.drafts import ReportDraft
from linli.cases.facts import Facts
from linli.cases.models import Case, Report
from linli.cases.queries import CONDITIONS, filtered
from linli.kernel.access.models import Account
from linli.kernel.access.queries import RESIDENT
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.jobs.queue import run_due
from linli.screens.board import snapshot
from linli.screens.board.snapshot import snapshot_for
from linli.screens.shared.middleware import content_policy
from tests.markup import markup
from tests.world import MONDAY, World

HOUR = timedelta(hours=1)
WITH_BOARD = (
    "leader",
    "acceptor",
    "supervisor",
    "dispatcher",
    "checker",
    "grid_worker",
    "system_admin",
)
WITHOUT = ("handler", "follow_up", "security_admin", "audit_admin")
ADDRESSES = (
    "/board/",
    "/board/?watch=1",
    "/board/counts",
    "/board/trend.json",
    "/board/cases.json",
)

clock = {"now": MONDAY}


def stopped() -> datetime:
    """The clock of these tests: two hours after nine on Monday."""
    return clock["now"]


@pytest.fixture(autouse=True)
def _stopped_clock(settings: Settings) -> None:
    clock["now"] = MONDAY + 2 * HOUR
    settings.LINLI_CLOCK = "tests.test_board.stopped"


def report(text: str, *, lon: float = 120.005, **more: Any) -> Case:
    draft = ReportDraft(body=text, lon=lon, lat=30.005, intake_channel="phone", **more)
    receipt = receive_report(draft, by=RESIDENT, now=MONDAY)
    run_due(now=MONDAY)
    case = Report.objects.get(pk=receipt.report_id).case
    assert case is not None
    return case


@pytest.fixture
def leak(world: World) -> Case:
    """王桂兰 tells of a leak in her own flat, with her name and number in the words."""
    return report(
        "我叫王桂兰，电话19900001234，家里501室漏水，楼上是张建国家",
        category_code="C0101",
        contact_name="王桂兰",
        contact_phone="19900001234",
    )


@pytest.fixture
def secret(world: World) -> Case:
    """A confidential matter, in the east of grid 三."""
    return report(
        "邻居夜里往河里倒油", lon=120.029, category_code="E0111", confidential=True,
        contact_name="赵小燕", contact_phone="19900005678",
    )  # fmt: skip


def client_of(name: str) -> Client:
    client = Client()
    client.force_login(Account.objects.get(username=name))
    return client


def page(name: str = "leader", address: str = "/board/") -> str:
    answer = client_of(name).get(address)
    assert answer.status_code == 200
    return markup(answer)


def figure(html: str, key: str) -> str:
    found = re.search(rf'data-figure="{key}">([^<]*|&lt;\d)<', html)
    assert found, f"the board shows {key}"
    return unescape(found[1])


def links(html: str) -> list[str]:
    return [unescape(url) for url in re.findall(r'href="(/console/cases\?[^"]*)"', html)]


# who --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WITH_BOARD)
@pytest.mark.parametrize("address", ADDRESSES)
def test_whoever_has_the_right_opens_it(world: World, name: str, address: str) -> None:
    assert client_of(name).get(address).status_code == 200


@pytest.mark.parametrize("name", WITHOUT)
@pytest.mark.parametrize("address", ADDRESSES)
def test_without_the_right_it_is_refused(world: World, name: str, address: str) -> None:
    assert client_of(name).get(address).status_code == 403


@pytest.mark.parametrize("address", ADDRESSES)
def test_without_a_login_one_is_sent_to_log_in(world: World, address: str) -> None:
    answer = Client().get(address)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/login")


def test_a_grid_worker_sees_the_own_grid_only(leak: Case, secret: Case) -> None:
    html = page("other_grid_worker")  # 小赵 of grid 三
    assert figure(html, "reported") == "1"
    assert "第三网格" in html
    assert "第一网格" not in html
    points = client_of("other_grid_worker").get("/board/cases.json").json()["features"]
    assert len(points) == 1


# what it keeps to itself --------------------------------------------------------------------------


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_name_and_no_number_of_anybody_is_in_any_answer(
    world: World, leak: Case, secret: Case, address: str
) -> None:
    Case.objects.update(due_at=MONDAY, owner=None)  # so that the alarms list them too
    text = page("leader", address)
    for personal in ("王桂兰", "19900001234", "501室", "张建国", "赵小燕", "19900005678"):
        assert personal not in text, personal
    for staff in world.staff.values():
        assert staff.name not in text or staff.name == "街道老王"


def test_a_case_nobody_has_accepted_is_told_without_its_words(world: World, leak: Case) -> None:
    html = page()
    assert "漏水" not in html
    assert "尚未受理" in html
    assert "待受理" in html
    (line,) = snapshot_for(world.actors["leader"], now=stopped()).events
    assert (line.words, line.class_name, line.place) == ("", "上水井盖", "第一网格")


def test_after_it_was_accepted_its_words_are_shown_masked(world: World, leak: Case) -> None:
    make_move(
        leak.pk, "accept", by=world.actors["acceptor"], facts=Facts(category=leak.category_id),
        now=MONDAY,
    )  # fmt: skip
    html = page()
    assert "漏水" in html
    assert "尚未受理" not in html


def test_a_confidential_case_is_told_by_class_and_grid_alone(world: World, secret: Case) -> None:
    html = page()
    assert "保密事项" in html
    assert "积存垃圾渣土" in html
    assert "第三网格" in html
    assert "倒油" not in html
    assert secret.number not in html
    assert secret.number not in page("leader", "/board/?watch=1")


def test_the_words_of_a_confidential_case_are_not_even_read(world: World, secret: Case) -> None:
    (line,) = snapshot_for(world.actors["leader"], now=stopped()).events
    assert (line.words, line.class_name, line.place) == ("", "积存垃圾渣土", "第三网格")


def test_a_confidential_case_stands_in_the_middle_of_its_grid(world: World, secret: Case) -> None:
    (point,) = client_of("leader").get("/board/cases.json").json()["features"]
    assert point["geometry"]["coordinates"] == pytest.approx([120.025, 30.005])
    assert set(point["properties"]) == {"light", "title"}


def test_an_ordinary_case_stands_where_it_is_and_opens_its_page(world: World, leak: Case) -> None:
    Case.objects.update(lon=120.00512345)
    (point,) = client_of("leader").get("/board/cases.json").json()["features"]
    assert point["geometry"]["coordinates"] == [120.005, 30.005]
    assert point["properties"]["title"] == "上水井盖 · 第一网格 · 待受理"
    assert point["properties"]["url"] == f"/cases/{leak.number}"


def test_fewer_than_five_workers_are_not_told_apart(world: World) -> None:
    assert figure(page(), "on-duty") == "<5"


# figures ------------------------------------------------------------------------------------------


def test_every_link_of_the_board_opens_a_list_of_as_many_cases(
    world: World, leak: Case, secret: Case
) -> None:
    rubbish = report("楼下渣土没人清", lon=120.015, category_code="E0111")
    for move, who, facts in (
        ("accept", "acceptor", Facts(category=world.category.pk)),
        ("register", "supervisor", Facts(standard=world.standard.pk)),
        ("dispatch", "dispatcher", Facts(organization=world.organizations["CG"].pk)),
        ("sign_for", "handler", Facts()),
        ("feedback", "handler", Facts(outcome="solved", note="清走", public_reply="已清走")),
    ):
        make_move(rubbish.pk, move, by=world.actors[who], facts=facts, now=MONDAY + HOUR)
    html = page()
    shown = re.findall(
        r'href="(/console/cases\?[^"]*)"[^>]*>(?:<strong[^>]*>)?(?:未按期 )?(\d+)<', html
    )
    assert len(shown) > 12
    for url, n in shown:
        assert counted(world, unescape(url)) == int(n), url


def counted(world: World, url: str) -> int:
    """How many rows the console's list has: it reads the same conditions by the same rules."""
    from linli.screens.console.cases.conditions import wanted_of

    wanted = wanted_of(QueryDict(urlsplit(url).query), now=stopped())
    assert wanted.unread == []
    return filtered(world.actors["leader"], wanted.conditions).count()


def test_every_condition_a_link_uses_is_one_the_list_knows(world: World, leak: Case) -> None:
    for url in [*links(page()), *links(page("leader", "/board/?watch=1"))]:
        assert set(parse_qs(urlsplit(url).query)) <= set(CONDITIONS), url


def test_whoever_may_not_open_lists_gets_figures_without_links(world: World, leak: Case) -> None:
    html = page("system_admin")
    assert figure(html, "reported") == "1"
    assert links(html) == []


def test_the_numbers_alone_say_the_same_as_the_page(world: World, leak: Case) -> None:
    counts = client_of("leader").get("/board/counts").json()
    html = page()
    assert counts["counts"]["reported"] == figure(html, "reported") == "1"
    assert f'data-mark="{counts["mark"]}"' in html
    assert counts["events"] == ["cases-changed"]


def test_a_new_case_changes_the_mark_and_the_number_at_once(
    world: World, leak: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "_last_announcement", snapshot._read_last_announcement)
    client = client_of("leader")
    before = client.get("/board/counts").json()
    report("楼下渣土没人清", lon=120.015, category_code="E0111")
    after = client.get("/board/counts").json()
    assert after["mark"] != before["mark"]
    assert after["counts"]["reported"] == "2"


def test_many_screens_cost_one_set_of_queries(
    world: World, leak: Case, django_assert_max_num_queries: Any
) -> None:
    client = client_of("leader")
    client.get("/board/")
    with django_assert_max_num_queries(3):  # the login; the figures are shared
        client.get("/board/counts")


def test_two_people_of_one_area_share_figures_but_not_links(world: World, leak: Case) -> None:
    assert links(page("leader"))
    assert links(page("system_admin")) == []


def test_the_trend_has_seven_or_thirty_days(world: World) -> None:
    client = client_of("leader")
    assert len(client.get("/board/trend.json?days=7").json()["labels"]) == 7
    assert len(client.get("/board/trend.json").json()["labels"]) == 30
    assert len(client.get("/board/trend.json?days=999999").json()["labels"]) == 30


def test_an_empty_area_has_dashes_and_no_false_rates(world: World) -> None:
    html = page()
    assert html.count("—") >= 3  # two communities and 满意率
    assert "0.0%" not in html
    assert "100.0%" not in html


def test_few_voices_are_marked(world: World) -> None:
    from linli.cases.actions.rating import rate_case

    case = report("楼下渣土没人清", category_code="E0111")
    Case.objects.filter(pk=case.pk).update(stage="closed", open=False, closed_at=MONDAY)
    rate_case(
        Report.objects.get(case=case).pk, satisfaction="satisfied", solved="solved", words="",
        channel="web", by=RESIDENT, now=MONDAY,
    )  # fmt: skip
    forget_everything()
    html = page()
    assert "样本少" in html
    assert "100.0%" in html


# watch mode ---------------------------------------------------------------------------------------


def test_watch_mode_lists_what_is_overdue_urgent_or_nobodys(world: World, leak: Case) -> None:
    quiet = report("花坛边有落叶", lon=120.015, category_code="E0111")
    Case.objects.filter(pk=quiet.pk).update(due_at=MONDAY + 9 * HOUR, urgent=False)
    Case.objects.filter(pk=leak.pk).update(due_at=MONDAY, owner=None, urgent=True)
    html = page("leader", "/board/?watch=1")
    assert [figure(html, key) for key in ("overdue", "urgent", "unowned")] == ["1", "1", "1"]
    assert html.count(f"/cases/{leak.number}") == 3
    assert quiet.number not in html
    assert "类别前十" not in html


def test_the_demo_mark_hangs_on_the_board_while_there_is_demo_data(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linli.screens.board.views.demo_present", lambda: False)
    assert "演示数据" not in page()
    monkeypatch.setattr("linli.screens.board.views.demo_present", lambda: True)
    assert "演示数据" in page()
    assert "演示数据" in page("leader", "/board/?watch=1")


# live ---------------------------------------------------------------------------------------------


def test_the_page_may_listen_to_the_live_process_and_to_nobody_else() -> None:
    assert content_policy("").endswith("connect-src 'self'")
    policy = content_policy("http://192.0.2.7:8001/live/")
    assert policy.endswith("connect-src 'self' http://192.0.2.7:8001")


def test_the_board_listens_where_the_live_process_is(world: World, settings: Settings) -> None:
    settings.LINLI_LIVE_URL = "http://127.0.0.1:8001"
    assert 'src="http://127.0.0.1:8001/events"' in page()
    settings.LINLI_LIVE_URL = ""
    assert "linli-live poll=" in page()


# words --------------------------------------------------------------------------------------------

DATA = "槐荫街道|榆林区|槐树里社区|清河湾社区|第[一二三]网格|上水井盖|积存垃圾渣土|简体中文"


@pytest.mark.parametrize("address", ["/board/", "/board/?watch=1", "/board/trend.json"])
def test_the_whole_board_exists_in_english(world: World, address: str) -> None:
    report("井盖不见了", category_code="C0101", confidential=True)
    Case.objects.update(due_at=MONDAY, owner=None)
    client = client_of("leader")
    client.cookies["django_language"] = "en"
    text = re.sub(DATA, "", client.get(address).content.decode())
    assert sorted(set(re.findall(r"[^\n<>\"]*[\u4e00-\u9fff][^\n<>\"]*", text))) == []


def test_the_map_costs_the_same_few_queries_however_many_cases(
    world: World, leak: Case, secret: Case, django_assert_max_num_queries: Any
) -> None:
    client = client_of("leader")
    client.get("/board/counts")
    with django_assert_max_num_queries(5):
        client.get("/board/cases.json")
    with django_assert_max_num_queries(3):  # shared with whoever looked a moment ago
        client.get("/board/cases.json")

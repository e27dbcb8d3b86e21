"""A worker's first page, the map, the figures: what waits for this person and for nobody else."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from linli.cases.actions.moving import make_move
from linli.cases.drafts import ReportDraft
from linli.cases.facts import Facts
from linli.cases.flow import Stage
from linli.cases.models import Case, Deadline
from linli.kernel.notify.models import Notice
from linli.kernel.notify.sending import tell
from linli.screens.field.tasks import counters, done_this_month, tasks_of
from linli.screens.field.tests.phone import phone_of, verifying
from linli.whistles.actions.legs import move_leg
from linli.whistles.actions.whistling import Called, WhistleDraft, blow_whistle
from linli.whistles.models import WhistleLeg
from tests.walks import RUBBISH, opened, walk_to
from tests.world import MONDAY, World

PAGES = ["/field/", "/field/map", "/field/me", "/field/me/done", "/field/notices", "/field/report"]


def figures(world: World, who: str) -> dict[str, int]:
    return {one.code: one.count for one in counters(world.actors[who], now=MONDAY)}


@pytest.mark.parametrize("path", PAGES)
def test_every_page_asks_for_a_login(client: Client, world: World, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer["Location"] == f"/login?next={path}"


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["grid_worker", "handler", "clerk"])
def test_workers_outside_open_every_page(world: World, path: str, who: str) -> None:
    assert phone_of(who).get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["acceptor", "dispatcher", "audit_admin", "leader"])
def test_people_of_the_desk_have_no_field_page(world: World, path: str, who: str) -> None:
    assert phone_of(who).get(path).status_code == 403


def test_a_case_to_verify_waits_for_the_worker_of_its_grid_only(world: World) -> None:
    case = verifying(world)
    assert case.title.plain in phone_of("grid_worker").get("/field/").content.decode()
    assert case.title.plain not in phone_of("other_grid_worker").get("/field/").content.decode()
    assert figures(world, "grid_worker")["verifying"] == 1
    assert figures(world, "other_grid_worker")["verifying"] == 0


def test_a_unit_sees_what_it_has_not_signed_for_and_another_unit_does_not(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_SIGN)
    Case.objects.filter(pk=case.pk).update(owner=world.staff["dispatcher"])
    assert list(tasks_of(world.actors["handler"])) == [case]
    assert list(tasks_of(world.actors["other_handler"])) == []
    assert list(tasks_of(world.actors["grid_worker"])) == []


def test_a_counter_opens_a_list_of_the_same_length(world: World) -> None:
    verifying(world)
    other = {**RUBBISH.__dict__, "body": "垃圾桶倒了", "title": "垃圾桶倒了", "lon": 120.0009}
    opened(world, ReportDraft(**other))
    phone = phone_of("grid_worker")
    for code, count in figures(world, "grid_worker").items():
        page = phone.get(f"/field/?list={code}").content.decode()
        assert page.count('class="item"') == count, code
    assert figures(world, "grid_worker")["self_handle"] == 1


def test_the_first_page_needs_no_more_queries_for_more_tasks(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        draft = {**RUBBISH.__dict__, "title": f"第{number}处垃圾", "body": f"第{number}处堆着东西"}
        case = opened(world, ReportDraft(**{**draft, "lon": 120.0005 + number * 0.0006}))
        make_move(case.pk, "ask_verify", by=world.actors["acceptor"], facts=Facts(), now=MONDAY)
    phone = phone_of("grid_worker")
    phone.get("/field/")
    with django_assert_max_num_queries(14):
        page = phone.get("/field/").content.decode()
    assert page.count('class="item"') == 12


def test_the_map_needs_no_more_queries_for_more_cases_with_a_unit(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(6):
        draft = {**RUBBISH.__dict__, "title": f"第{number}处垃圾", "body": f"第{number}处堆着东西"}
        case = opened(world, ReportDraft(**{**draft, "lon": 120.0005 + number * 0.0006}))
        walk_to(world, case, Stage.TO_SIGN)
    phone = phone_of("grid_worker")
    phone.get("/field/map")
    with django_assert_max_num_queries(5):
        page = phone.get("/field/map").content.decode()
    assert page.count("<span>城管队</span>") == 6


def test_the_figures_of_the_month_tell_late_work_from_work_in_time(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_CHECK)
    handler = world.actors["handler"]
    assert [(one.case, one.late) for one in done_this_month(handler, now=MONDAY)] == [(case, False)]
    clock = Deadline.objects.get(case=case, clock="handle")
    Deadline.objects.filter(pk=clock.pk).update(due_at=clock.starts_at)
    Deadline.objects.filter(pk=clock.pk).update(stopped_at=MONDAY.replace(hour=9))
    phone = phone_of("handler")
    assert case.title.plain in phone.get("/field/me/done?only=late").content.decode()
    assert case.title.plain not in phone.get("/field/me/done?only=on_time").content.decode()
    assert done_this_month(world.actors["other_handler"], now=MONDAY) == []


def test_notices_are_mine_and_can_be_marked_as_read(world: World) -> None:
    case = verifying(world)
    acceptor = world.staff["acceptor"]
    tell(acceptor.pk, "给受理员的消息", link="", about="other", now=MONDAY)
    phone = phone_of("grid_worker")
    assert "给受理员的消息" not in phone.get("/field/notices").content.decode()
    assert f'href="/field/cases/{case.number}"' in phone.get("/field/notices").content.decode()
    assert "核实中" in phone.get("/field/notices").content.decode()
    assert phone.post("/field/notices").status_code == 302
    mine = Notice.objects.filter(staff=world.staff["grid_worker"])
    assert not mine.filter(read_at=None).exists()
    assert Notice.objects.filter(staff=acceptor, read_at=None).exists()


def test_the_map_of_a_case_shows_that_case_and_only_to_who_may_see_it(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_SIGN)
    draft = ReportDraft(
        **{**RUBBISH.__dict__, "body": "另一处", "title": "另一处", "lon": 120.0009}
    )
    walk_to(world, opened(world, draft), Stage.TO_SIGN)
    address = f"/geo/cases.json?number={case.number}"
    found = phone_of("handler").get(address).json()["features"]
    assert [one["properties"]["number"] for one in found] == [case.number]
    assert phone_of("other_handler").get(address).json()["features"] == []


def test_a_leg_stands_in_the_same_list_until_a_colleague_takes_it(world: World) -> None:
    """吹哨 that 城管队 was called by: everybody of the unit sees it, then only whoever answered."""
    case = walk_to(world, opened(world), Stage.HANDLING)
    called = (Called(world.organizations["CG"].pk, "lead", "劝离、清路"),)
    draft = WhistleDraft(
        kind="enforcement", title="占道洗车场", background="洗车场占了人行道三个月。",
        area=world.areas["G1"], called=called,
    )  # fmt: skip
    whistle = blow_whistle(draft, by=world.actors["dispatcher"], now=MONDAY)
    leg = WhistleLeg.objects.get(whistle=whistle)

    def numbers(who: str) -> list[str]:
        return sorted(one.number for one in phone_of(who).get("/field/").context["lines"])

    assert numbers("handler") == sorted([case.number, whistle.number])
    assert numbers("unit_leader") == [whistle.number]
    assert numbers("other_handler") == []
    move_leg(leg.pk, "respond", by=world.actors["handler"], now=MONDAY)
    assert numbers("unit_leader") == []
    assert numbers("handler") == sorted([case.number, whistle.number])

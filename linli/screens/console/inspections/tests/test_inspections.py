"""隐患检查 at the desk: planned, found, put right and rechecked by pages alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.cases.models import Case
from linli.inspections.actions import plan_inspection
from linli.inspections.models import ChecklistItem, Inspection, Site
from linli.inspections.tests.test_inspections import item, planned, shop
from linli.screens.console.tests.office import Enter
from tests.markup import markup
from tests.pictures import picture
from tests.world import MONDAY, World

LIST = "/console/inspections"
MOST_QUERIES = 12


def sent(client: Client, to: str, /, **facts: Any) -> None:
    """A form that is taken and leads back."""
    answer = client.post(to, facts)
    assert answer.status_code == 302, re.findall(r"field__error.*?</p>", answer.content.decode())


def step(one: Inspection, code: str) -> str:
    return f"{LIST}/{one.number}/moves/{code}"


def photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("现场.jpg", picture(), "image/jpeg")


def buttons(client: Client, one: Inspection) -> list[str]:
    return [code for code, _, _ in client.get(f"{LIST}/{one.number}").context["buttons"]]


def test_an_inspection_by_pages_alone(world: World, enter: Enter) -> None:
    leader = enter("leader")
    sent(
        leader, f"{LIST}/sites/new", kind="shop", name="陈记小吃", area=world.areas["G1"],
        address="槐树里 8 号", unit=world.organizations["CG"].pk,
    )  # fmt: skip
    site = Site.objects.get()
    assert "还没有检查过" in leader.get(f"{LIST}/sites").content.decode()
    sent(leader, f"{LIST}/sites/{site.pk}/visits")
    one = Inspection.objects.get()

    worker = enter("grid_worker")
    assert buttons(worker, one) == ["inspect_clean", "find", "hand_to_case"]
    sent(worker, step(one, "find"), items=[item()], limit="3工作日", photo_finding=photo())
    handler = enter("handler")
    assert buttons(handler, one) == ["rectify"]
    sent(handler, step(one, "rectify"), note="已配灭火器", photo_done=photo())
    checker = enter("checker")
    assert buttons(checker, one) == ["pass_recheck", "fail_recheck"]
    sent(checker, step(one, "pass_recheck"), note="", photo_recheck=photo())

    one.refresh_from_db()
    assert one.stage == "closed"
    words = leader.get(f"{LIST}/{one.number}").content.decode()
    assert all(word in words for word in ("没有灭火器", "已配灭火器", "限期 3工作日", "复查通过"))
    assert "tag--red" not in leader.get(f"{LIST}/sites").content.decode()


def test_a_finding_sent_back_names_the_field_and_keeps_the_picture(
    world: World, enter: Enter
) -> None:
    one = planned(world)
    worker = enter("grid_worker")

    back = worker.post(step(one, "find"), {"items": [item()], "photo_finding": photo()})
    assert back.status_code == 422
    assert "整改时限：" in back.content.decode()
    [kept] = re.findall(r'name="photo_finding_kept" value="(\w+)"', markup(back))
    without = worker.post(step(one, "find"), {"items": [item()], "limit": "3工作日"})
    assert "隐患照片：" in without.content.decode()

    sent(worker, step(one, "find"), items=[item()], limit="3工作日", photo_finding_kept=kept)


def test_what_cannot_wait_shows_its_case(world: World, enter: Enter) -> None:
    one = planned(world)
    pressing = item(cannot_wait=True)
    sent(enter("grid_worker"), step(one, "hand_to_case"), items=[pressing], photo_finding=photo())

    words = enter("leader").get(f"{LIST}/{one.number}").content.decode()

    case = Case.objects.get()
    assert f"/console/cases/{case.number}" in words
    assert ChecklistItem.objects.get(pk=pressing).text in words


def test_the_list_is_narrowed(world: World, enter: Enter) -> None:
    one = planned(world)
    other = plan_inspection(
        shop(world, kind="facility", area=world.areas["G3"]).pk,
        by=world.actors["leader"],
        now=MONDAY,
    )
    Inspection.objects.filter(pk=other.pk).update(due_at=MONDAY.replace(day=1))
    leader = enter("leader")

    def shown(query: str) -> list[int]:
        return [row["one"].pk for row in leader.get(f"{LIST}?{query}").context["rows"]]

    assert shown("") == [other.pk, one.pk]
    assert shown("late=1") == [other.pk]
    assert shown("kind=shop") == [one.pk]
    assert shown("stage=rectifying") == []
    kinds = leader.get(f"{LIST}/sites?kind=facility").context["rows"]
    assert [row["site"].pk for row in kinds] == [other.site_id]


def test_each_sees_the_own_area_and_no_buttons_of_others(world: World, enter: Enter) -> None:
    one = planned(world)

    assert enter("other_grid_worker").get(f"{LIST}/{one.number}").status_code == 404
    assert enter("acceptor").get(LIST).status_code == 403
    assert buttons(enter("dispatcher"), one) == []
    assert buttons(enter("leader"), one) == ["cancel"]
    assert enter("checker").get(step(one, "find")).status_code == 403
    assert enter("leader").get(step(one, "dance")).status_code == 404
    assert enter("checker").post(f"{LIST}/sites/{one.site_id}/visits").status_code == 403


def test_a_second_visit_is_refused_with_a_word(world: World, enter: Enter) -> None:
    one = planned(world)

    answer = enter("leader").post(f"{LIST}/sites/{one.site_id}/visits", follow=True)

    assert "还有一次检查没有办完" in answer.content.decode()
    assert Inspection.objects.count() == 1


@pytest.mark.parametrize("address", [LIST, f"{LIST}/sites"])
def test_a_list_asks_as_often_however_long_it_is(world: World, enter: Enter, address: str) -> None:
    leader = enter("leader")
    leader.get(address)
    counts = []
    for number in (1, 5):
        for _ in range(number):
            planned(world)
        with CaptureQueriesContext(connection) as asked:
            leader.get(address)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= MOST_QUERIES


def test_the_import_opens_from_the_report_form(world: World, enter: Enter) -> None:
    assert 'href="/console/import"' in enter("acceptor").get("/console/intake").content.decode()
    assert 'href="/console/import"' not in enter("clerk").get("/console/intake").content.decode()


def test_a_place_leaves_the_plan_and_comes_back_by_pages(world: World, enter: Enter) -> None:
    leader = enter("leader")
    sent(
        leader, f"{LIST}/sites/new", kind="shop", name="陈记小吃", area=world.areas["G1"],
        address="槐树里 8 号", unit=world.organizations["CG"].pk,
    )  # fmt: skip
    site = Site.objects.get()
    address = f"{LIST}/sites/{site.pk}/exit"
    assert address in leader.get(f"{LIST}/sites").content.decode()
    assert leader.post(address, {"reason": ""}).status_code == 422
    assert leader.get(f"{LIST}/sites/0/exit").status_code == 404
    sent(leader, address, reason="店已关")
    words = leader.get(f"{LIST}/sites").content.decode()
    assert "已退出检查" in words
    assert "店已关" in words
    assert address not in words
    worker = enter("grid_worker").get(f"{LIST}/sites").content.decode()
    assert "已退出检查" not in worker
    left = re.findall(r"/console/inspections/exits/\d+/end", words)
    sent(leader, left[0])
    assert address in leader.get(f"{LIST}/sites").content.decode()

"""Matters that are no cases on the phone: in the task list, with the forms of their flow, and as late commands."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from linli.inspections.actions import move_inspection
from linli.inspections.models import Inspection
from linli.inspections.tests.test_inspections import finding, item, planned
from linli.kernel.files.models import StoredFile
from linli.screens.field.tests.phone import phone_of, photo
from linli.whistles.models import WhistleLeg
from linli.whistles.tests.test_whistle import blown, leg_of
from tests.markup import markup
from tests.world import MONDAY, World

COMMANDS = "/field/commands"


def address(one: Any, code: str = "") -> str:
    kind = "inspection" if isinstance(one, Inspection) else "leg"
    return f"/field/matters/{kind}/{one.pk}" + (f"/{code}" if code else "")


def command(one: Any, code: str, /, **fields: Any) -> dict[str, Any]:
    kind = "inspection" if isinstance(one, Inspection) else "leg"
    return {
        "id": str(uuid4()), "made_at": MONDAY.isoformat(), "action": "move", "kind": kind,
        "number": str(one.pk), "code": code, **fields,
    }  # fmt: skip


def links(client: Client) -> list[str]:
    return re.findall(r'href="(/field/matters/[^"]+)"', client.get("/field/").content.decode())


def test_a_planned_visit_lies_among_the_tasks_of_the_grid_worker(world: World) -> None:
    one = planned(world)

    assert links(phone_of("grid_worker")) == [address(one)]
    assert links(phone_of("other_grid_worker")) == []
    assert links(phone_of("handler")) == []


def test_a_finding_lies_among_the_tasks_of_the_unit(world: World) -> None:
    one = planned(world)
    move_inspection(one.pk, "find", **finding(world))

    assert links(phone_of("handler")) == [address(one)]
    assert links(phone_of("unit_leader")) == [address(one)]
    words = phone_of("handler").get(address(one)).content.decode()
    assert "没有灭火器" in words
    assert "3工作日" in words


def test_a_visit_by_phone_from_the_finding_to_the_work_done(world: World) -> None:
    one = planned(world)
    worker = phone_of("grid_worker")
    offered = re.findall(rf'href="{address(one)}/(\w+)"', worker.get(address(one)).content.decode())
    assert offered == ["inspect_clean", "find", "hand_to_case"]

    back = worker.post(address(one, "find"), {"items": [item()], "limit": "3工作日"})
    assert back.status_code == 422
    assert "请至少拍一张" in markup(back)
    facts = {"items": [item()], "limit": "3工作日", "photo_finding": photo()}
    assert worker.post(address(one, "find"), facts).status_code == 302
    done = {"note": "已配灭火器", "photo_done": photo()}
    assert phone_of("handler").post(address(one, "rectify"), done).status_code == 302

    one.refresh_from_db()
    assert (one.stage, one.handler_id) == ("to_recheck", world.staff["handler"].pk)


def test_the_form_of_a_finding_offers_only_what_can_wait(world: World) -> None:
    one, worker = planned(world), phone_of("grid_worker")
    pressing = f'value="{item(cannot_wait=True)}"'
    finding, handing = (markup(worker.get(address(one, move))) for move in ("find", "hand_to_case"))
    assert pressing not in finding
    assert "不能等待整改的请用“转为案件”：安全出口锁闭或堵塞" in finding
    assert pressing in handing


def test_a_refused_move_comes_back_with_the_reason(world: World) -> None:
    one = planned(world)
    pressing = {"items": [item(cannot_wait=True)], "limit": "3工作日", "photo_finding": photo()}

    answer = phone_of("grid_worker").post(address(one, "find"), pressing)

    assert answer.status_code == 422
    assert "转为案件" in markup(answer)
    one.refresh_from_db()
    assert one.stage == "planned"


@pytest.mark.parametrize("tail", ["cancel", "dance"])
def test_the_phone_offers_only_moves_it_has_a_form_for(world: World, tail: str) -> None:
    assert phone_of("grid_worker").get(address(planned(world), tail)).status_code == 404


def test_a_late_command_moves_an_inspection_once(world: World) -> None:
    one = planned(world)
    sent = command(one, "find", items=[item()], limit="3工作日")
    worker = phone_of("grid_worker")

    first = worker.post(COMMANDS, {**sent, "photo_finding": photo()}).json()
    again = worker.post(COMMANDS, {**sent, "photo_finding": photo()}).json()

    assert first == again
    assert (first["done"], first["link"]) == (True, f"/matters/inspection/{one.pk}")
    one.refresh_from_db()
    assert (one.stage, one.version) == ("rectifying", 2)


def test_a_late_command_answers_a_whistle(world: World) -> None:
    leg = leg_of(world, blown(world), "CG")
    handler = phone_of("handler")
    assert links(handler) == [address(leg)]

    answer = handler.post(COMMANDS, command(leg, "respond")).json()

    assert answer["done"], answer
    assert WhistleLeg.objects.get(pk=leg.pk).stage == "responded"


@pytest.mark.parametrize("made_at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_phone_that_does_not_know_the_year_is_answered(world: World, made_at: str) -> None:
    one = planned(world)
    sent = {**command(one, "find", items=[item()], limit="3工作日"), "made_at": made_at}

    answer = phone_of("grid_worker").post(COMMANDS, {**sent, "photo_finding": photo()}).json()

    assert answer["done"], answer


def test_a_number_of_any_length_is_answered(world: World) -> None:
    sent = {**command(planned(world), "find"), "number": "9" * 5_000}

    assert not phone_of("grid_worker").post(COMMANDS, sent).json()["done"]


def test_the_picture_of_a_hazard_is_none_of_the_hazard_put_right(world: World) -> None:
    one = planned(world)
    move_inspection(one.pk, "find", **finding(world))
    shown = StoredFile.objects.get().sha256

    answer = phone_of("handler").post(
        address(one, "rectify"), {"note": "已配灭火器", "photo_done_kept": [shown]}
    )

    assert answer.status_code == 422
    assert "请至少拍一张" in markup(answer)


def test_the_phone_says_what_a_department_is_called_for(world: World) -> None:
    leg = leg_of(world, blown(world), "CG")
    words = markup(phone_of("handler").get(address(leg)))

    assert leg.whistle.background in words
    assert "主办" in words


def test_a_late_command_is_refused_with_the_reason(world: World) -> None:
    one = planned(world)
    worker = phone_of("grid_worker")

    without = worker.post(COMMANDS, command(one, "find", items=[item()], limit="3工作日"))
    foreign = phone_of("other_grid_worker").post(COMMANDS, command(one, "inspect_clean"))
    unknown = worker.post(COMMANDS, {**command(one, "inspect_clean"), "kind": "parade"})

    assert [answer.json()["done"] for answer in (without, foreign, unknown)] == [False] * 3
    assert "请至少拍一张" in without.json()["message"]
    one.refresh_from_db()
    assert one.stage == "planned"


def test_the_button_of_a_form_says_the_move_itself(world: World) -> None:
    page = markup(phone_of("grid_worker").get(address(planned(world), "find")))
    button = page[page.index('<button class="button button--primary') :]
    assert "发现隐患" in button[: button.index("</button>")]
    assert "提交" not in button[: button.index("</button>")]

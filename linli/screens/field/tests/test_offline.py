"""What a phone sends late: once, with an answer, and never under another name."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.test import Client

from linli.cases.flow import Stage
from linli.cases.models import Case, CaseMove, FieldCommand, Report
from linli.screens.field.tests.phone import phone_of, photo, verifying
from linli.screens.field.tests.test_field_reports import SEEN
from tests.walks import opened, walk_to
from tests.world import World

MADE_AT = "2026-03-09T08:40:00+08:00"


def command(case: Case, code: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "made_at": MADE_AT,
        "action": "move",
        "number": case.number,
        "code": code,
        "version": str(case.version),
        **fields,
    }


def answer(phone: Client, sent: dict[str, Any]) -> dict[str, Any]:
    found = phone.post("/field/commands", sent)
    assert found.status_code == 200, found.content
    words: dict[str, Any] = found.json()
    return words


def test_a_late_command_is_carried_out_and_confirmed_by_its_id(world: World) -> None:
    case = verifying(world)
    sent = command(case, "confirm", note="确实堆着", photo_check=[photo()])
    words = answer(phone_of("grid_worker"), sent)
    assert (words["id"], words["done"]) == (sent["id"], True)
    case.refresh_from_db()
    assert case.stage == Stage.ACCEPTED
    row = FieldCommand.objects.get(pk=sent["id"])
    assert (row.action, row.made_at.isoformat()) == ("confirm", "2026-03-09T00:40:00+00:00")


def test_the_same_command_again_gets_the_same_answer_and_does_nothing(world: World) -> None:
    case = verifying(world)
    sent = command(case, "confirm", note="确实堆着")
    phone = phone_of("grid_worker")
    first, second = answer(phone, sent), answer(phone, sent)
    assert first == second
    assert CaseMove.objects.filter(case=case, code="confirm").count() == 1


def test_a_command_that_comes_too_late_is_refused_with_the_reason(world: World) -> None:
    case = verifying(world)
    phone = phone_of("grid_worker")
    answer(phone, command(case, "confirm", note="确实堆着"))
    late = command(case, "refute", note="没有", public_reply="没有发现")
    words = answer(phone, late)
    assert words["done"] is False
    assert "刚被他人更新" in words["message"]
    assert answer(phone, late) == words
    case.refresh_from_db()
    assert case.stage == Stage.ACCEPTED


def test_a_command_of_another_account_is_neither_shown_nor_repeated(world: World) -> None:
    case = verifying(world)
    sent = command(case, "confirm", note="确实堆着")
    answer(phone_of("grid_worker"), sent)
    words = answer(phone_of("other_grid_worker"), sent)
    assert words["done"] is False
    assert case.number not in words["message"]


def test_a_report_made_without_signal_arrives_once(world: World) -> None:
    sent = {
        **SEEN,
        "id": str(uuid.uuid4()),
        "made_at": MADE_AT,
        "action": "report",
        "photos": [photo()],
    }
    phone = phone_of("grid_worker")
    words = answer(phone, sent)
    answer(phone, {**sent, "photos": []})
    row = Report.objects.get()
    assert row.receipt in words["message"]
    assert row.case is not None
    assert words["link"] == f"/cases/{row.case.number}"


def test_a_command_whose_form_is_incomplete_says_what_is_missing(world: World) -> None:
    case = walk_to(world, opened(world), Stage.HANDLING)
    phone, sent = phone_of("handler"), command(case, "feedback", note="好了")
    words = answer(phone, sent)
    assert words["done"] is False
    assert "请选择办理结果" in words["message"]
    kept = FieldCommand.objects.get(pk=sent["id"])
    assert (kept.action, kept.result) == (
        "feedback",
        {"done": False, "message": words["message"], "link": ""},
    )


def test_a_refused_form_gets_the_same_answer_whatever_comes_with_its_id_later(world: World) -> None:
    case = walk_to(world, opened(world), Stage.HANDLING)
    phone, sent = phone_of("handler"), command(case, "feedback", note="好了")
    words = answer(phone, sent)
    assert answer(phone, {**sent, "outcome": "solved", "photo_after": [photo()]}) == words
    case.refresh_from_db()
    assert case.stage == Stage.HANDLING


def test_a_command_for_nothing_that_exists_is_answered_once_and_for_all(world: World) -> None:
    case = verifying(world)
    phone, sent = phone_of("grid_worker"), {**command(case, "x" * 40), "number": case.number}
    words = answer(phone, sent)
    assert words["done"] is False
    assert answer(phone, {**sent, "code": "confirm", "note": "确实堆着"}) == words
    assert len(FieldCommand.objects.get().action) == 24


@pytest.mark.parametrize(
    "changes", [{"id": "x"}, {"made_at": "yesterday"}, {"made_at": "2026-03-09T08:40:00"}]
)
def test_what_is_no_command_is_refused(world: World, changes: dict[str, str]) -> None:
    case = verifying(world)
    sent = {**command(case, "confirm", note="确实堆着"), **changes}
    assert phone_of("grid_worker").post("/field/commands", sent).status_code == 400


def test_without_a_login_nothing_is_confirmed(client: Client, world: World) -> None:
    case = verifying(world)
    found = client.post("/field/commands", command(case, "confirm", note="确实堆着"))
    assert found.status_code == 302
    assert FieldCommand.objects.count() == 0


def test_the_pages_can_be_installed(client: Client, world: World) -> None:
    words = client.get("/field/manifest.webmanifest").json()
    assert (words["start_url"], words["display"]) == ("/field/", "standalone")
    worker = client.get("/field/sw.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert "/static/css/tokens.css" in worker.content.decode()
    page = phone_of("handler").get("/field/").content.decode()
    assert 'rel="manifest"' in page


def test_a_phone_asks_whether_it_is_heard_and_not_whether_all_is_well(world: World) -> None:
    """A backup that is late, or a worker that rests, is no reason for a phone to keep its commands to itself."""
    page = phone_of("grid_worker").get("/field/").content.decode()
    asked = re.search(r'health="([^"]+)"', page)
    assert asked is not None
    assert Client().get(asked[1]).status_code == 200
    assert Client().get("/healthz").status_code == 503, "no worker runs here"

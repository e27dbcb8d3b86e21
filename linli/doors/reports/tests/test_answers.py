"""The answers of the JSON interface have the shapes that its description promises; nothing checks them on the way."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from ninja import Schema

from linli.cases.flow import Stage
from linli.cases.models import Case, CasePhoto, Report
from linli.doors.reports.schemas import CaseDetail, CaseOut, CasePage, ReceiptOut
from linli.kernel.access.actions.accounts import make_client_account
from linli.kernel.access.keys import make_key
from linli.kernel.access.models import Account
from linli.kernel.acting import SYSTEM
from linli.kernel.calendar.local import local_day
from linli.kernel.files.keys import DIGEST, key_of
from linli.kernel.files.models import StoredFile
from tests.pictures import picture
from tests.walks import opened, walk_to
from tests.world import MONDAY, World

REPORT = {"body": "楼下的水管漏水", "lon": 120.003, "lat": 30.002, "client_key": "leak-1"}


@pytest.fixture
def headers(world: World) -> dict[str, str]:
    account = Account.objects.get(username="dispatcher")
    key = make_key(account.pk, name="answers", by=SYSTEM, now=MONDAY)
    return {"Authorization": f"Bearer {key}"}


def fits(answer: Any, shape: type[Schema], *, status: int = 200) -> dict[str, Any]:
    """The words of an answer, after a look whether they are what the shape would have made of them."""
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    words: dict[str, Any] = json.loads(answer.content)
    shape.model_validate_json(answer.content)
    assert list(words) == list(shape.model_fields)
    return words


def test_cases_and_their_lists_have_their_shape(world: World, headers: dict[str, str]) -> None:
    case = walk_to(world, opened(world), Stage.HANDLING)
    detail = fits(Client().get(f"/api/cases/{case.number}", headers=headers), CaseDetail)
    assert detail["opened_at"] == case.opened_at.isoformat().replace("+00:00", "Z")
    listed = fits(Client().get("/api/cases", headers=headers), CasePage)
    assert [list(one) for one in listed["cases"]] == [list(CaseOut.model_fields)]
    assert {name: detail[name] for name in CaseOut.model_fields} == listed["cases"][0]


def test_a_move_answers_with_the_case(world: World, headers: dict[str, str]) -> None:
    case = walk_to(world, opened(world), Stage.TO_DISPATCH)
    answer = Client().post(
        f"/api/cases/{case.number}/moves",
        json.dumps({"move": "dispatch", "organization": "CG"}),
        content_type="application/json",
        headers=headers,
    )
    moved = fits(answer, CaseOut)
    assert (moved["stage"], moved["organization"]) == ("to_sign", "城管队")


def bearer(username: str) -> dict[str, str]:
    account = Account.objects.get(username=username)
    return {"Authorization": f"Bearer {make_key(account.pk, name='photos', by=SYSTEM, now=MONDAY)}"}


def upload(headers: dict[str, str]) -> str:
    taken = SimpleUploadedFile("after.jpg", picture(), content_type="image/jpeg")
    answer = Client().post("/api/photos", {"photo": taken}, headers=headers)
    assert answer.status_code == 201
    key: str = answer.json()["photo"]
    return key


def feed_back(case: Case, photo: str, headers: dict[str, str]) -> Any:
    """The answer to a feedback with one picture."""
    move = {
        "move": "feedback",
        "note": "清走了",
        "public_reply": "垃圾已清走",
        "outcome": "solved",
        "photo_after": [photo],
    }
    answer = Client().post(
        f"/api/cases/{case.number}/moves",
        json.dumps(move),
        content_type="application/json",
        headers=headers,
    )
    case.refresh_from_db()
    return answer


def test_a_move_takes_the_picture_its_own_sender_uploaded(world: World) -> None:
    case, handler = walk_to(world, opened(world), Stage.HANDLING), bearer("handler")
    answer = feed_back(case, upload(handler), handler)
    assert answer.status_code == 200, answer.content.decode()
    assert case.stage == Stage.TO_CHECK
    assert CasePhoto.objects.filter(case=case).count() == 1


def test_a_move_takes_no_picture_of_somebody_else(world: World) -> None:
    case, handler = walk_to(world, opened(world), Stage.HANDLING), bearer("handler")
    of_a_colleague = upload(bearer("other_handler"))
    digest = of_a_colleague[:DIGEST]
    stored = StoredFile.objects.get(sha256=digest)
    account_id, today = world.actors["handler"].account_id, local_day(timezone.now())
    of_a_page = key_of(stored, "photo_after", account_id=account_id, on=today)
    for photo in (of_a_colleague, digest, of_a_page):
        answer = feed_back(case, photo, handler)
        assert answer.status_code == 422
        assert answer.json()["error"]["field"] == "photo_after"
    assert case.stage == Stage.HANDLING
    assert not CasePhoto.objects.filter(case=case).exists()


def test_a_report_is_new_once_and_its_receipt_leads_to_the_case(
    world: World, headers: dict[str, str]
) -> None:
    def hand_in() -> Any:
        return Client().post(
            "/api/reports", json.dumps(REPORT), content_type="application/json", headers=headers
        )

    first = fits(hand_in(), ReceiptOut, status=201)
    again = fits(hand_in(), ReceiptOut)
    assert again["receipt"] == first["receipt"]
    assert (first["already_known"], again["already_known"]) == (False, True)
    assert fits(Client().get(first["follow"], headers=headers), ReceiptOut)["case"] is None
    case = opened(world)
    Report.objects.filter(receipt=first["receipt"]).update(case=case)
    told = fits(Client().get(first["follow"], headers=headers), ReceiptOut)
    assert told["case"] == case.number


def test_an_alarm_that_repeats_itself_costs_few_statements(
    world: World, headers: dict[str, str]
) -> None:
    words = {"title": "烟雾报警", "channel": "iot_alarm", "alarm_key": "smoke-1"}

    def cry(number: int) -> Any:
        told = {**REPORT, **words, "client_key": f"smoke-{number}"}
        return Client().post(
            "/api/reports", json.dumps(told), content_type="application/json", headers=headers
        )

    cry(1)
    with CaptureQueriesContext(connection) as asked:
        again = fits(cry(2), ReceiptOut, status=201)
    said = [one["sql"] for one in asked]
    assert sum("FROM " in sql and '"cases_case"' in sql for sql in said) == 2
    assert len(said) <= 9
    case = Case.objects.get()
    assert (again["case"], case.report_count) == (case.number, 2)


def test_a_machine_that_may_see_nothing_else_sees_the_case_of_its_own_report(world: World) -> None:
    def machine(name: str) -> dict[str, str]:
        account = make_client_account(username=name, by=SYSTEM, now=MONDAY)
        key = make_key(account.pk, name="phone", by=SYSTEM, now=MONDAY)
        return {"Authorization": f"Bearer {key}"}

    own, other = machine("app"), machine("other-app")
    receipt = fits(
        Client().post("/api/reports", json.dumps(REPORT), content_type="application/json", headers=own),
        ReceiptOut, status=201,
    )  # fmt: skip
    case = opened(world)
    Report.objects.filter(receipt=receipt["receipt"]).update(case=case)

    def told(headers: dict[str, str]) -> Any:
        return fits(Client().get(receipt["follow"], headers=headers), ReceiptOut)["case"]

    assert told(own) == case.number
    assert told(other) is None


@pytest.mark.parametrize("method", ["get", "post"])
def test_without_a_key_a_sentence_says_what_is_needed(db: None, method: str) -> None:
    client = Client(enforce_csrf_checks=True)

    answer = getattr(client, method)("/api/reports" if method == "post" else "/api/cases")

    assert answer.status_code == 401
    assert "Authorization: Bearer" in answer.json()["error"]["message"]


def test_a_logged_in_browser_still_needs_its_token(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(Account.objects.get(username="dispatcher"))

    assert client.post("/api/reports", "{}", content_type="application/json").status_code == 403


def test_the_description_loads_nothing_from_elsewhere(db: None) -> None:
    page = Client().get("/api/docs").content.decode()

    assert "/static/ninja/swagger-ui-bundle.js" in page
    assert "https://" not in page
    assert "<script>" not in page

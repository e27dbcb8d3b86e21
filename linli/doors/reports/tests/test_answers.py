"""The answers of the JSON interface have the shapes that its description promises; nothing checks them on the way."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from ninja import Schema

from linli.cases.flow import Stage
from linli.cases.models import Report
from linli.doors.reports.schemas import CaseDetail, CaseOut, CasePage, ReceiptOut
from linli.kernel.access.keys import make_key
from linli.kernel.access.models import Account
from linli.kernel.acting import SYSTEM
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

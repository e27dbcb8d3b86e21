"""What the tests of this door share: a client with a key, the way in and out, and cases at any stage."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]
from django.http import HttpResponse
from django.test import Client

from linli.cases.actions.intake import receive_report
from linli.cases.actions.moving import make_move
from linli.cases.drafts import ReportDraft
from linli.cases.facts import Facts
from linli.cases.flow import Stage
from linli.cases.models import Case, Report
from linli.kernel.access.keys import make_key
from linli.kernel.access.models import Account, DataScope, PostHolding, Role
from linli.kernel.access.queries import RESIDENT
from linli.kernel.acting import SYSTEM
from linli.kernel.jobs.queue import run_due
from tests.walks import walk_to
from tests.world import MONDAY, World

V2 = "/open311/v2"
TRIAL = "/open311/test/v2"
RUBBISH = {
    "service_code": "E0111",
    "lat": "30.005",
    "long": "120.005",
    "description": "楼下的垃圾堆了三天没人清。",
}
COVER = {"service_code": "C0101", "lat": "30.006", "long": "120.004", "attribute[danger]": "yes"}

TOLD = ReportDraft(
    title="垃圾没人清",
    body="第一网格楼下的垃圾堆了三天没人清。",
    lon=120.005,
    lat=30.005,
    category_code="E0111",
    contact_name="王奶奶",
    contact_phone="19900001234",
    publish_consent=True,
)


class Watch:
    """The clock of the tests; stands at Monday nine o'clock until it is set."""

    at = MONDAY


def now() -> datetime:
    return Watch.at


@dataclass
class Street:
    """The door from outside: `get` and `post` answer JSON values, `xml` an element."""

    client: Client
    key: str

    def answer(self, path: str, **arguments: str) -> HttpResponse:
        return self.client.get(path, arguments)  # type: ignore[return-value]

    def get(self, path: str, *, expect: int = 200, **arguments: str) -> Any:
        answer = self.answer(f"{V2}/{path}.json", **arguments)
        assert answer.status_code == expect, answer.content.decode()
        return json.loads(answer.content)

    def xml(self, path: str, *, expect: int = 200, **arguments: str) -> Element:
        answer = self.answer(f"{V2}/{path}.xml", **arguments)
        assert answer.status_code == expect, answer.content.decode()
        return parsed(answer)

    def post(self, fields: dict[str, Any], *, expect: int = 200, base: str = V2) -> Any:
        given = {"api_key": self.key, **fields}
        answer = self.client.post(
            f"{base}/requests.json", {name: value for name, value in given.items() if value}
        )
        assert answer.status_code == expect, answer.content.decode()
        return json.loads(answer.content)

    def token_of(self, fields: dict[str, Any]) -> str:
        return str(self.post(fields)[0]["token"])

    def numbers(self, **arguments: Any) -> list[str]:
        """Numbers of the requests found, in the order of the answer."""
        return [one["service_request_id"] for one in self.get("requests", **arguments)]


def parsed(answer: Any) -> Element:
    root: Element = fromstring(answer.content)
    return root


def new_key(name: str = "扫街小程序") -> tuple[Account, str]:
    account = Account(username=name)
    account.set_unusable_password()
    account.save()
    PostHolding.objects.create(
        account=account,
        role=Role.objects.get(code="intake_client"),
        data_scope=DataScope.ALL,
        valid_from=date(2020, 1, 1),
    )
    return account, make_key(account.pk, name=name, by=SYSTEM, now=MONDAY)


def opened(*, at: datetime = MONDAY, **changed: Any) -> Case:
    """An accepted case from a report that came by web page; public, unless said otherwise."""
    receipt = receive_report(replace(TOLD, **changed), by=RESIDENT, now=at)
    return sorted_out(receipt.receipt, at=at)


def waiting(*, at: datetime = MONDAY, **changed: Any) -> Case:
    """The same before anybody has looked at it."""
    return found(receive_report(replace(TOLD, **changed), by=RESIDENT, now=at).receipt, at=at)


def sorted_out(token: str, *, at: datetime = MONDAY) -> Case:
    """The case of a report, accepted by the desk if it has a class and nobody has done so yet."""
    case = found(token, at=at)
    if case.stage != Stage.RECEIVED or case.category_id is None:
        return case
    return make_move(case.pk, "accept", by=SYSTEM, facts=Facts(category=case.category_id), now=at)


def found(token: str, *, at: datetime = MONDAY) -> Case:
    """The case of a report, after the worker has found it."""
    run_due(now=at)
    case = Report.objects.get(receipt=token).case
    assert case is not None, "the worker opens or finds a case for every report"
    return case


def elsewhere(step: int) -> dict[str, Any]:
    """A position in the first grid, far from every other step."""
    return {"lon": 120.0005 + step * 0.0009, "lat": 30.002}


def closed(world: World, case: Case, *, at: datetime = MONDAY + timedelta(hours=2)) -> Case:
    """The case after the whole loop, closed at `at`."""
    case = walk_to(world, case, Stage.HANDLING, at=at)
    facts = Facts(outcome="solved", note="内部：清走两车", public_reply="垃圾已清走")
    case = make_move(case.pk, "feedback", by=world.actors["handler"], facts=facts, now=at)
    return walk_to(world, case, Stage.CLOSED, at=at)

"""The platform pushes work orders over HTTP to the running site."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from linli.cases.models import Case, CaseMove, Report, WorkOrder
from linli.hotline.models import Nonce, RefusedOrder, UpstreamOrder
from linli.hotline.signing import NONCE, SIGNATURE, SYSTEM, TIMESTAMP, Signable, signed_headers
from linli.hotline.stand_in import StandIn
from linli.hotline.tests.conftest import CODE, SECRET, Clock, Write
from linli.hotline.upstreams import Upstream
from linli.kernel.jobs.queue import run_due
from tests.world import MONDAY, World

LAMP: dict[str, Any] = {
    "title": "路灯不亮",
    "body": "第一网格三幢楼下的路灯不亮，晚上看不见路。",
    "lon": 120.005,
    "lat": 30.005,
    "kind": "complaint",
    "tags": ["每月一题"],
    "caller": {"name": "王奶奶", "phone": "19900001234", "confidential": True},
}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pushing(world: World, site: str, platform: StandIn, city: Upstream) -> StandIn:
    """The platform, told where our site listens."""
    platform.ours = f"{site}/hotline/{CODE}/orders"
    return platform


def test_an_order_becomes_a_report_a_case_and_a_work_order(pushing: StandIn) -> None:
    pushing.order("GD2026030900001", **LAMP)

    ((status, answer),) = pushing.push("GD2026030900001")
    run_due(now=MONDAY)

    assert (status, answer["result"], answer["not_kept"]) == (201, "new", [])
    report = Report.objects.select_related("case", "contact").get()
    assert answer["receipt"] == report.receipt
    assert (report.intake_channel, report.source_system) == ("hotline", CODE)
    assert report.confidential
    assert report.contact is not None
    assert report.contact.phone == "19900001234"
    order = WorkOrder.objects.get(case=report.case)
    assert (order.order_no, order.kind, order.tags) == (
        "GD2026030900001",
        "complaint",
        ["每月一题"],
    )


def test_a_hundred_pushes_of_one_order_are_one_case(pushing: StandIn) -> None:
    pushing.order("A1", **LAMP)

    answers = [pushing.push("A1")[0] for _ in range(100)]
    run_due(now=MONDAY)

    assert answers[0][0] == 201
    assert {(status, answer["result"]) for status, answer in answers[1:]} == {(200, "known")}
    assert len({answer["receipt"] for _, answer in answers}) == 1
    assert Report.objects.count() == Case.objects.count() == UpstreamOrder.objects.count() == 1


def test_an_older_version_overwrites_nothing_and_a_newer_one_is_noted(pushing: StandIn) -> None:
    first = dict(pushing.order("A1", **LAMP))
    pushing.push("A1")
    run_due(now=MONDAY)
    pushing.order("A1", body="现在两盏灯都不亮了。", due_at="2026-03-20T18:00:00+08:00")
    newer = pushing.push("A1")[0]
    older = pushing.send("POST", json.dumps(first).encode())
    run_due(now=MONDAY)

    assert (newer[0], newer[1]["result"]) == (200, "newer")
    assert (older[0], older[1]["result"]) == (200, "older")
    order = UpstreamOrder.objects.get()
    assert order.version == 2
    assert order.due_at is not None
    assert order.due_at.isoformat() == "2026-03-20T10:00:00+00:00"
    notes = CaseMove.objects.filter(code="remark").values_list("note", flat=True)
    assert len(notes) == 1
    assert "两盏灯都不亮" in notes[0]
    assert "19900001234" not in notes[0]
    assert Report.objects.get().body == LAMP["body"]


def test_a_version_that_comes_first_is_kept_when_the_earlier_one_follows(pushing: StandIn) -> None:
    first = dict(pushing.order("A1", **LAMP))
    pushing.order("A1", title="两盏路灯不亮")
    pushing.push("A1")

    status, answer = pushing.send("POST", json.dumps(first).encode())

    assert (status, answer["result"]) == (200, "older")
    assert UpstreamOrder.objects.get().version == 2
    assert Report.objects.get().title == "两盏路灯不亮"


@pytest.mark.parametrize(
    "wishes", [("confidential", "publish_consent"), ("publish_consent", "confidential")]
)
def test_a_wish_for_secrecy_counts_in_whichever_version_it_comes(
    pushing: StandIn, wishes: tuple[str, str]
) -> None:
    for wish in wishes:
        pushing.order("A1", **{**LAMP, "caller": {**LAMP["caller"], wish: True}})
        pushing.push("A1")
        run_due(now=MONDAY)

    report, case = Report.objects.get(), Case.objects.get()
    assert (report.confidential, report.publish_consent) == (True, False)
    assert (case.confidential, case.public) == (True, False)


def test_the_same_request_a_second_time_is_refused_as_a_replay(pushing: StandIn) -> None:
    body = json.dumps(pushing.order("A1", **LAMP)).encode()
    path = f"/hotline/{CODE}/orders"
    recorded = signed_headers(
        Signable("POST", path, body),
        system=CODE,
        secret=SECRET,
        nonce="recorded-0123456789",
        now=MONDAY,
        digest="sha256",
    )

    answers = [pushing.send("POST", body, **recorded) for _ in range(2)]

    assert [status for status, _ in answers] == [201, 409]
    assert answers[1][1]["error"]["field"] == "nonce"
    assert UpstreamOrder.objects.count() == 1


def test_what_is_not_signed_rightly_is_refused_by_name_and_leaves_no_trace(
    pushing: StandIn, at_nine: Clock
) -> None:
    body = json.dumps(pushing.order("A1", **LAMP)).encode()

    def field(**headers: str) -> tuple[int, str]:
        status, answer = pushing.send("POST", body, **headers)
        return status, answer["error"]["field"]

    assert field(**{SIGNATURE: "0" * 64}) == (401, "signature")
    assert field(**{TIMESTAMP: "1"}) == (401, "timestamp")
    assert field(**{NONCE: ""}) == (401, "nonce")
    assert field(**{SYSTEM: "other"}) == (401, "system")
    assert Nonce.objects.count() == UpstreamOrder.objects.count() == Report.objects.count() == 0


def test_a_platform_that_is_not_set_up_is_refused_like_a_wrong_signature(
    pushing: StandIn, site: str
) -> None:
    pushing.code, pushing.ours = "nobody", f"{site}/hotline/nobody/orders"

    status, answer = pushing.send("POST", b"{}")

    assert (status, answer["error"]["field"]) == (401, "system")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"external_no": ""}, "external_no"),
        ({"version": "2"}, "version"),
        ({"version": 0}, "version"),
        ({"kind": "wish"}, "kind"),
        ({"received_at": "2026-03-09 09:00"}, "received_at"),
        ({"due_at": "soon"}, "due_at"),
        ({"lon": "east"}, "lon"),
        ({"lon": 190.0}, "lon"),
        ({"lon": 10**400}, "lon"),
        ({"lon": float("nan")}, "lon"),
        ({"received_at": "0001-01-01T00:00:00+14:00"}, "received_at"),
        ({"external_no": "A/1"}, "external_no"),
        ({"external_no": ".."}, "external_no"),
        ({"coord_sys": "mars"}, "coord_sys"),
        ({"category": "X9"}, "category"),
        ({"tags": "x"}, "tags"),
        ({"title": 7}, "title"),
        ({"title": "", "body": ""}, "body"),
        ({"caller": []}, "caller.phone"),
        ({"caller": "王奶奶"}, "caller"),
        ({"caller": {"phone": "1"}}, "caller.phone"),
        ({"caller": {"confidential": "yes"}}, "caller.confidential"),
    ],
)
def test_an_order_that_cannot_be_taken_names_the_field_and_staff_see_it(
    pushing: StandIn, changes: dict[str, Any], field: str
) -> None:
    if changes == {"caller": []}:
        changes = {"caller": {"phone": "abc"}}
    body = json.dumps({**pushing.order("A1", **LAMP), **changes}).encode()

    status, answer = pushing.send("POST", body)

    assert (status, answer["error"]["field"]) == (422, field)
    assert Report.objects.count() == UpstreamOrder.objects.count() == 0
    assert RefusedOrder.objects.count() == (0 if changes.get("external_no") == "" else 1)


def test_what_is_no_json_or_no_object_is_refused(pushing: StandIn) -> None:
    for body in (b"{", b"[]", b"\xff\xfe", b"1"):
        status, answer = pushing.send("POST", body)
        assert (status, answer["error"]["field"] in ("body", "order")) == (422, True)


def test_a_refusal_goes_away_when_a_better_version_comes(pushing: StandIn) -> None:
    pushing.send("POST", json.dumps({**pushing.order("A1", **LAMP), "kind": "wish"}).encode())
    pushing.send("POST", json.dumps({**pushing.order("A1"), "kind": "wish"}).encode())
    assert RefusedOrder.objects.get().times == 2

    pushing.push("A1")

    assert RefusedOrder.objects.count() == 0


def test_what_a_person_is_or_believes_is_not_kept_whatever_it_is_called(pushing: StandIn) -> None:
    pushing.order("A1", **LAMP, nation="secret-of-hers")
    pushing.orders["A1"]["caller"] = {**LAMP["caller"], "belief": "secret-of-hers"}

    ((status, answer),) = pushing.push("A1")
    run_due(now=MONDAY)

    assert status == 201
    assert answer["not_kept"] == ["nation", "caller.belief"]
    for model in (Report, Case, UpstreamOrder, WorkOrder, CaseMove):
        rows = [str(row) for row in model.objects.values()]
        assert "secret-of-hers" not in "".join(rows)


def test_the_platform_may_ask_how_its_order_stands_and_nothing_of_another(
    pushing: StandIn,
) -> None:
    pushing.order("A1", **LAMP)
    pushing.push("A1")
    run_due(now=MONDAY)

    status, answer = pushing.send("GET", b"", path="/A1")

    assert status == 200
    assert answer["case"] == Case.objects.get().number
    assert answer["status"] == "received"
    assert pushing.send("GET", b"", path="/A2")[0] == 404
    assert pushing.send("POST", b"", path="/A1")[0] == 405


def test_two_platforms_that_count_alike_do_not_take_each_others_orders(
    pushing: StandIn, written: Write, site: str
) -> None:
    pushing.order("A1", **LAMP)
    pushing.push("A1")
    run_due(now=MONDAY)
    written(pushing.address, code="region")
    pushing.code = "region"
    pushing.ours = f"{site}/hotline/region/orders"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LINLI_HOTLINE_SECRET_REGION", SECRET)
        pushing.order("A1", body="第三网格河边的栏杆倒了。", title="栏杆倒了", lon=120.025)
        ((status, _),) = pushing.push("A1")
    run_due(now=MONDAY)

    assert status == 201
    assert UpstreamOrder.objects.count() == Case.objects.count() == 2
    numbers = set(WorkOrder.objects.values_list("order_no", flat=True))
    assert numbers == {"A1", "region:A1"}


def test_control_characters_are_dropped_and_not_fatal(pushing: StandIn) -> None:
    body = {
        **pushing.order("A1", **LAMP),
        "title": "路\x00灯",
        "tags": ["a\x00b"],
        "category": "\x00",
    }
    body["na\x00tion"] = 1

    status, answer = pushing.send("POST", json.dumps(body).encode())

    assert (status, answer["not_kept"]) == (201, ["nation"])
    assert Report.objects.get().title == "路灯"
    assert UpstreamOrder.objects.get().tags == ["ab"]


@pytest.mark.postgres
def test_twenty_pushes_at_once_are_one_case(pushing: StandIn) -> None:
    pushing.order("A1", **LAMP)

    with ThreadPoolExecutor(8) as pool:
        answers = [one[0] for one in pool.map(pushing.push, ["A1"] * 20)]
    run_due(now=MONDAY)

    assert sorted(status for status, _ in answers) == [200] * 19 + [201]
    assert Report.objects.count() == Case.objects.count() == UpstreamOrder.objects.count() == 1

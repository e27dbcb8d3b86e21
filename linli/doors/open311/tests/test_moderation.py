"""Nothing the public said is published before somebody has accepted it; then it is masked and roughly placed."""

from __future__ import annotations

from linli.cases.actions.moving import make_move
from linli.cases.facts import Facts
from linli.cases.models import Report
from linli.doors.open311.tests.street import Street, sorted_out, waiting
from tests.world import MONDAY, World

SAID = "我叫张建国，电话１９９－0000－１２３４，住春晓苑3幢501，车牌京A12312，楼下垃圾没人清"


def test_a_report_nobody_has_accepted_is_neither_listed_nor_found(
    street: Street, world: World
) -> None:
    case = waiting(body=SAID, contact_name="", contact_phone="")
    assert street.numbers() == []
    assert street.numbers(service_request_id=case.number) == []
    street.get(f"requests/{case.number}", expect=404)
    case = sorted_out(Report.objects.get(case=case).receipt)
    assert street.numbers() == [case.number]


def test_a_report_that_was_declined_is_never_published(street: Street, world: World) -> None:
    case = waiting(body=SAID)
    facts = Facts(reason_code="unlawful", note="不属实", public_reply="不予受理")
    make_move(case.pk, "decline", by=world.actors["supervisor"], facts=facts, now=MONDAY)
    assert street.numbers() == []
    assert street.numbers(status="closed") == []


def test_what_is_published_is_masked_and_its_place_is_rough(street: Street, world: World) -> None:
    case = waiting(body=SAID, address="春晓苑３幢５０１", lon=120.0051234567, lat=30.0054321)
    sorted_out(Report.objects.get(case=case).receipt)
    (shown,) = street.get("requests")
    assert shown["description"].endswith(
        "我叫张**，电话199****1234，住春晓苑***，车牌京A***12，楼下垃圾没人清"
    )
    assert (shown["address"], shown["long"], shown["lat"]) == ("春晓苑", 120.005, 30.005)

"""Reading requests: every argument of the spec, and what is never read out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from linli.cases.actions.moving import make_move
from linli.cases.facts import Facts
from linli.cases.models import Case, Category
from linli.doors.open311.tests.schemas import ERRORS, REQUESTS, check
from linli.doors.open311.tests.street import Street, Watch, closed, elsewhere, opened
from linli.kernel.places.models import Area
from tests.world import MONDAY, World

DAY = timedelta(days=1)


def w3(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_an_open_case_is_a_request_with_its_place_and_its_promise(
    street: Street, world: World
) -> None:
    case = opened(address="槐树路1号")
    answer = street.get("requests")
    check(answer, REQUESTS)
    assert answer == [
        {
            "service_request_id": case.number,
            "status": "open",
            "status_notes": "已受理",
            "service_name": "积存垃圾渣土",
            "service_code": "E0111",
            "description": "垃圾没人清\n第一网格楼下的垃圾堆了三天没人清。",
            "agency_responsible": None,
            "service_notice": "最晚3月10日 09:00前答复",
            "requested_datetime": "2026-03-09T09:00:00+08:00",
            "updated_datetime": "2026-03-09T09:00:00+08:00",
            "expected_datetime": None,
            "address": "槐树路1号",
            "address_id": None,
            "zipcode": None,
            "lat": 30.005,
            "long": 120.005,
            "media_url": None,
        }
    ]


def test_one_request_is_an_array_of_one_in_both_formats(street: Street) -> None:
    case = opened()
    answer = street.get(f"requests/{case.number}")
    assert answer == street.get("requests")
    root = street.xml(f"requests/{case.number}")
    assert root.tag == "service_requests"
    (element,) = root.findall("request")
    shown = {child.tag: child.text for child in element}
    assert shown == {
        name: None if value is None else str(value) for name, value in answer[0].items()
    }


def test_a_closed_case_was_updated_when_it_closed_and_carries_the_public_reply(
    street: Street, world: World
) -> None:
    case = closed(world, opened(), at=MONDAY + timedelta(hours=2))
    Case.objects.filter(pk=case.pk).update(changed_at=MONDAY + 5 * DAY)
    (answer,) = street.get("requests")
    assert (answer["status"], answer["updated_datetime"]) == ("closed", "2026-03-09T11:00:00+08:00")
    assert answer["status_notes"] == "已解决。垃圾已清走。"
    assert answer["agency_responsible"] == "城管队"
    assert "内部" not in str(answer)


def test_status_finds_open_or_closed_or_both(street: Street, world: World) -> None:
    done = closed(world, opened(**elsewhere(1)))
    waiting = opened(**elsewhere(8), body="另一处的垃圾")
    both = {done.number, waiting.number}
    assert street.numbers(status="open") == [waiting.number]
    assert street.numbers(status="closed") == [done.number]
    assert set(street.numbers(status="open,closed")) == both
    assert set(street.numbers(status="")) == both


def test_an_unknown_status_is_refused_by_name(street: Street) -> None:
    refused = street.get("requests", expect=400, status="done")
    check(refused, ERRORS)
    assert refused[0]["description"].startswith("status：")


def test_service_code_takes_one_several_or_a_repeated_code(street: Street, world: World) -> None:
    rubbish = opened(**elsewhere(1))
    cover = opened(**elsewhere(8), category_code="C0101", title="井盖响", body="井盖响了一夜")
    assert street.numbers(service_code="E0111") == [rubbish.number]
    assert set(street.numbers(service_code="E0111, C0101")) == {rubbish.number, cover.number}
    repeated = street.client.get(
        "/open311/v2/requests.json?service_code=E0111&service_code=C0101"
    ).json()
    assert len(repeated) == 2
    assert street.numbers(service_code="X99") == []


def test_service_request_id_overrides_every_other_argument(street: Street, world: World) -> None:
    first, second, third = (opened(**elsewhere(step), body=f"第{step}处") for step in (1, 5, 9))
    asked = f"{first.number},{third.number},20260309999999"
    found = street.numbers(
        service_request_id=asked,
        status="closed",
        service_code="X",
        start_date="nonsense",
        end_date="2001-01-01T00:00:00Z",
    )
    assert set(found) == {first.number, third.number}
    assert second.number not in found


def test_a_list_of_more_than_a_thousand_is_refused_by_name(street: Street) -> None:
    answer = street.client.get("/open311/v2/requests.json?service_code=" + "E0111," * 1_001)
    assert answer.status_code == 400
    assert answer.json()[0]["description"].startswith("service_code：一次最多 1000 个")


def test_a_number_with_the_wrong_day_in_it_is_nobody(street: Street) -> None:
    case = opened()
    wrong = f"20250101{case.number[8:]}"
    assert street.numbers(service_request_id=wrong) == []
    street.get(f"requests/{wrong}", expect=404)


def test_dates_bound_the_time_of_reporting_and_include_both_ends(
    street: Street, watch: type[Watch]
) -> None:
    watch.at = MONDAY + 9 * DAY
    cases = [opened(at=MONDAY + day * DAY, **elsewhere(day), body=f"第{day}天") for day in range(4)]
    numbers = [case.number for case in cases]
    assert street.numbers(start_date=w3(MONDAY + DAY)) == numbers[:0:-1]
    assert street.numbers(end_date=w3(MONDAY + DAY)) == numbers[1::-1]
    assert (
        street.numbers(start_date=w3(MONDAY + DAY), end_date=w3(MONDAY + 2 * DAY))
        == numbers[2:0:-1]
    )
    assert street.numbers(start_date="", end_date="") == numbers[::-1]


def test_the_time_a_request_shows_finds_it_again(street: Street) -> None:
    case = opened(at=MONDAY + timedelta(microseconds=800_000))
    shown = street.get("requests", end_date=w3(MONDAY + DAY))[0]["requested_datetime"]
    assert street.numbers(start_date=shown, end_date=shown) == [case.number]


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-09T01:00:00Z",
        "2026-03-09T09:00:00+08:00",
        "2026-03-09T09:00:00 08:00",
        "2026-03-09T09:00",
        "2026-03-09",
    ],
)
def test_every_usual_spelling_of_a_time_is_read(street: Street, text: str) -> None:
    case = opened()
    assert street.numbers(start_date=text) == [case.number]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("yesterday", ""),
        ("2026-02-30T00:00:00Z", ""),
        ("", "2026-03-09T25:00:00Z"),
        ("2026-03-10T00:00:00Z", "2026-03-09T00:00:00Z"),
        ("2026-01-01T00:00:00Z", "2026-04-01T00:00:01Z"),
        ("9999-12-31T00:00:00Z", ""),
        ("", "0001-01-01T00:00:00Z"),
        ("0001-01-01T00:00:00+14:00", ""),
    ],
)
def test_a_time_that_cannot_be_is_refused_by_name(street: Street, start: str, end: str) -> None:
    refused = street.get("requests", expect=400, start_date=start, end_date=end)
    check(refused, ERRORS)
    assert "_date" in refused[0]["description"]


def test_ninety_days_are_the_longest_span_and_the_default(
    street: Street, watch: type[Watch]
) -> None:
    case = opened()
    watch.at = MONDAY + 90 * DAY
    assert street.numbers() == [case.number]
    watch.at += timedelta(seconds=1)
    assert street.numbers() == []
    assert street.numbers(start_date=w3(MONDAY)) == [case.number]
    assert street.numbers(start_date=w3(MONDAY), end_date=w3(MONDAY + 90 * DAY)) == [case.number]
    street.get(
        "requests",
        expect=400,
        start_date=w3(MONDAY),
        end_date=w3(MONDAY + 90 * DAY + timedelta(seconds=1)),
    )


def test_at_most_a_thousand_requests_are_answered_the_newest_first(
    street: Street, world: World
) -> None:
    case = opened()
    fields = {
        field.attname: getattr(case, field.attname)
        for field in Case._meta.concrete_fields
        if not field.primary_key
    }
    later = [
        Case(**{**fields, "opened_at": MONDAY + timedelta(seconds=second)})
        for second in range(1, 1_005)
    ]
    Case.objects.bulk_create(later)
    found = street.numbers(end_date=w3(MONDAY + DAY))
    assert len(found) == 1_000
    assert found[0] == Case.objects.latest("opened_at").number
    assert case.number not in found


def test_only_public_matters_are_served(street: Street, world: World) -> None:
    case = opened()
    assert street.numbers() == [case.number]
    for hidden in ({"public": False}, {"confidential": True}, {"category": None}):
        Case.objects.filter(pk=case.pk).update(**hidden)
        assert street.numbers() == []
        assert street.numbers(service_request_id=case.number) == []
        street.get(f"requests/{case.number}", expect=404)
        Case.objects.filter(pk=case.pk).update(
            public=True, confidential=False, category=world.category
        )
    Category.objects.filter(pk=world.category.pk).update(public=False)
    street.get(f"requests/{case.number}", expect=404)


def test_a_matter_reported_without_consent_or_in_confidence_is_not_served(street: Street) -> None:
    hidden: tuple[dict[str, Any], ...] = (
        {"publish_consent": False},
        {"confidential": True, "lon": 120.009},
    )
    for changed in hidden:
        opened(**changed, body=f"{changed}")
    assert Case.objects.count() == 2
    assert street.numbers() == []


def decline(case: Case, world: World, *, reason: str) -> None:
    facts = Facts(reason_code=reason, public_reply="不能受理")
    make_move(case.pk, "decline", by=world.actors["acceptor"], facts=facts, now=MONDAY)


@pytest.mark.parametrize("reason", ["secret_privacy", "unlawful"])
def test_a_matter_declined_as_private_or_unlawful_disappears(
    street: Street, world: World, reason: str
) -> None:
    case = opened()
    assert street.numbers() == [case.number]
    decline(case, world, reason=reason)
    assert street.numbers() == []
    street.get(f"requests/{case.number}", expect=404)


def test_a_matter_declined_for_another_reason_is_closed_with_the_public_reply(
    street: Street, world: World
) -> None:
    decline(opened(), world, reason="outside_duty")
    (answer,) = street.get("requests")
    assert (answer["status"], answer["status_notes"]) == ("closed", "不予受理。不能受理。")


def test_a_merged_case_is_closed_and_points_to_the_one_it_lives_on_in(
    street: Street, world: World
) -> None:
    last, middle, first = (opened(**elsewhere(step), body=f"第{step}处") for step in (1, 5, 9))
    acceptor = world.actors["acceptor"]
    make_move(first.pk, "merge", by=acceptor, facts=Facts(survivor=middle.pk), now=MONDAY)
    make_move(middle.pk, "merge", by=acceptor, facts=Facts(survivor=last.pk), now=MONDAY)
    by_number = {one["service_request_id"]: one for one in street.get("requests")}
    for merged in (first, middle):
        assert by_number[merged.number]["status"] == "closed"
        assert (
            by_number[merged.number]["status_notes"]
            == f"与其他案件为同一件事。请继续查询 {last.number}。"
        )
    assert by_number[last.number]["status"] == "open"
    Case.objects.filter(pk=last.pk).update(public=False)
    assert last.number not in str(street.get("requests"))


def test_a_case_closed_unsolved_points_to_its_new_order(street: Street, world: World) -> None:
    case = closed(world, opened())
    Case.objects.filter(pk=case.pk).update(outcome="not_solved", public_reply="")
    new = opened(**elsewhere(8), body="重办")
    Case.objects.filter(pk=new.pk).update(redo_of=case)
    (answer,) = street.get(f"requests/{case.number}")
    assert answer["status_notes"] == f"未解决，已转新单重办。请继续查询 {new.number}。"


def test_who_reported_is_never_told(street: Street, world: World) -> None:
    opened(
        title="王奶奶家楼下",
        body="我是王奶奶，电话199-0000-1234，邮箱wang@example.org，身份证110101199001011234。",
        address="春晓苑3幢2单元501王奶奶",
    )
    for form in ("json", "xml"):
        text = street.answer(f"/open311/v2/requests.{form}").content.decode()
        for private in (
            "王奶奶",
            "19900001234",
            "199-0000-1234",
            "wang@",
            "110101199001011234",
            "501",
            "2单元",
        ):
            assert private not in text
        assert "春晓苑" in text
        assert "3幢" not in text
        assert "199****1234" in text


def test_a_jurisdiction_narrows_what_is_found(street: Street, world: World) -> None:
    case = opened()
    Area.objects.create(level="district", code="990102", name="柳泉区", valid_from=MONDAY.date())
    assert street.numbers(jurisdiction_id="990101") == [case.number]
    assert street.numbers(jurisdiction_id="990101001") == [case.number]
    assert street.numbers(jurisdiction_id="990102") == []
    street.get(f"requests/{case.number}", expect=404, jurisdiction_id="990102")


def test_extensions_are_ignored_while_they_are_not_offered(street: Street) -> None:
    opened()
    check(street.get("requests", extensions="true", page="x", page_size="1"), REQUESTS)


def test_a_list_costs_two_queries_however_long_it_is(
    street: Street, world: World, django_assert_num_queries: Any
) -> None:
    for step in (1, 5, 9):
        opened(**elsewhere(step), body=f"第{step}处")
        with django_assert_num_queries(2):
            assert street.get("requests")
    with django_assert_num_queries(3):
        street.get("requests", jurisdiction_id="990101")


def test_merged_cases_cost_one_query_a_link_and_one_for_all(
    street: Street, world: World, django_assert_num_queries: Any
) -> None:
    last, *others = (opened(**elsewhere(step), body=f"第{step}处") for step in (1, 4, 7, 10))
    for case in others:
        make_move(
            case.pk, "merge", by=world.actors["acceptor"], facts=Facts(survivor=last.pk), now=MONDAY
        )
    with django_assert_num_queries(4):
        street.get("requests")

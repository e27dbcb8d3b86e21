"""Posting a request: what is stored, what is refused, and how the sender finds it again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from linli.cases.actions.moving import make_move
from linli.cases.facts import Facts
from linli.cases.models import Case, Report
from linli.doors.open311.tests.schemas import ERRORS, POSTED, TOKEN, check
from linli.doors.open311.tests.street import (
    COVER,
    RUBBISH,
    TRIAL,
    V2,
    Street,
    Watch,
    elsewhere,
    new_key,
    opened,
    parsed,
    sorted_out,
)
from linli.kernel.access.models import Account, ApiKey
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.jobs.models import Job
from linli.kernel.places.models import Building
from tests.world import MONDAY, World


def test_a_report_gets_a_token_then_a_number_then_is_read_back(street: Street) -> None:
    answer = street.post(RUBBISH)
    check(answer, POSTED)
    token = answer[0]["token"]
    waiting = street.get(f"tokens/{token}")
    check(waiting, TOKEN)
    assert waiting == [{"service_request_id": None, "token": token}]
    case = sorted_out(token)
    found = street.get(f"tokens/{token}")
    check(found, TOKEN)
    assert found == [{"service_request_id": case.number, "token": token}]
    (shown,) = street.get(f"requests/{case.number}")
    assert (shown["description"], shown["service_code"], shown["status"]) == (
        RUBBISH["description"],
        "E0111",
        "open",
    )
    assert (shown["lat"], shown["long"]) == (30.005, 120.005)


def test_both_formats_of_the_answers_to_a_post_and_of_a_token_agree(street: Street) -> None:
    answer = street.client.post(f"{V2}/requests.xml", {"api_key": street.key, **RUBBISH})
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/xml; charset=utf-8")
    root = parsed(answer)
    assert [child.tag for child in root] == ["request"]
    token = root.findtext("request/token")
    assert root.find("request/service_request_id") is None
    assert street.token_of(RUBBISH) == token
    assert street.xml(f"tokens/{token}").findtext("request/service_request_id") == ""
    case = sorted_out(str(token))
    assert street.xml(f"tokens/{token}").findtext("request/service_request_id") == case.number


def test_everything_of_the_form_reaches_the_report(street: Street) -> None:
    told = {
        "address_string": "槐树路1号门前",
        "first_name": "奶奶",
        "last_name": "王",
        "phone": "199 0000 1234",
        "media_url": "https://pictures.example.org/1.jpg",
        "account_id": "u-17",
        "attribute[component_no]": "A-17",
        "attribute[unasked]": "kept",
    }
    token = street.token_of({**COVER, **told, "description": "井盖翻了"})
    report = Report.objects.select_related("contact", "category").get(receipt=token)
    assert (report.intake_channel, report.title.plain, report.body.plain) == (
        "open311",
        "井盖翻了",
        "井盖翻了",
    )
    assert (report.address.plain, report.lon, report.lat) == ("槐树路1号门前", 120.004, 30.006)
    assert report.category is not None
    assert report.category.code == "C0101"
    assert report.contact is not None
    assert (report.contact.name, report.contact.phone) == ("王奶奶", "19900001234")
    assert report.answers == {
        "danger": "yes",
        "component_no": "A-17",
        "unasked": "kept",
        "media_url": "https://pictures.example.org/1.jpg",
    }
    assert (report.publish_consent, report.confidential, report.received_at) == (
        True,
        False,
        MONDAY,
    )


def test_the_account_of_the_sender_is_echoed_and_mail_and_device_are_not_kept(
    street: Street,
) -> None:
    answer = street.post(
        {**RUBBISH, "account_id": "u-17", "email": "wang@example.org", "device_id": "d-99"}
    )
    assert answer[0]["account_id"] == "u-17"
    row = str(Report.objects.values().get())
    assert "wang@example.org" not in row
    assert "d-99" not in row


def test_arguments_may_stand_in_the_address_too(street: Street) -> None:
    answer = street.client.post(
        f"{V2}/requests.json?api_key={street.key}&service_code=E0111&lat=30.005&long=120.005"
    )
    assert answer.status_code == 200, answer.content.decode()


def test_without_a_description_the_service_is_the_title(street: Street) -> None:
    token = street.token_of({**RUBBISH, "description": ""})
    report = Report.objects.get(receipt=token)
    assert (report.title.plain, report.body.plain) == ("积存垃圾渣土", "")
    assert street.get(f"requests/{sorted_out(token).number}")[0]["description"] == "积存垃圾渣土"


@pytest.mark.parametrize("key", ["", "wrong", "wrong\x00key"])
def test_a_missing_or_wrong_key_is_refused_and_nothing_is_stored(street: Street, key: str) -> None:
    refused = street.client.post(f"{V2}/requests.json", {**RUBBISH, "api_key": key})
    assert refused.status_code == 403
    check(refused.json(), ERRORS)
    assert refused.json()[0]["code"] == 403
    assert "api_key" in refused.json()[0]["description"]
    assert Report.objects.count() == 0


def test_a_withdrawn_key_and_a_closed_account_are_refused(street: Street) -> None:
    account, key = new_key("停用的程序")
    street.post({**RUBBISH, "api_key": key})
    Account.objects.filter(pk=account.pk).update(is_active=False)
    forget_everything()
    street.post({**RUBBISH, "api_key": key}, expect=403)
    Account.objects.filter(pk=account.pk).update(is_active=True)
    ApiKey.objects.filter(account=account).update(withdrawn_at=MONDAY)
    forget_everything()
    street.post({**RUBBISH, "api_key": key}, expect=403)
    assert Report.objects.count() == 1


def test_a_login_does_not_replace_the_key(street: Street, world: World) -> None:
    street.client.force_login(
        Account.objects.get(username="acceptor"),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    assert street.client.post(f"{V2}/requests.json", RUBBISH).status_code == 403


@pytest.mark.parametrize(
    ("changed", "status", "named"),
    [
        ({"service_code": ""}, 400, "service_code"),
        ({"service_code": "X99"}, 404, "service_code"),
        ({"jurisdiction_id": "city.gov"}, 404, "jurisdiction_id"),
        ({"lat": ""}, 400, "lat"),
        ({"long": ""}, 400, "long"),
        ({"lat": "", "long": ""}, 400, "location required"),
        ({"lat": "91"}, 400, "lat"),
        ({"long": "181"}, 400, "long"),
        ({"lat": "nan"}, 400, "lat"),
        ({"lat": "1_0"}, 400, "lat"),
        ({"long": "1e2"}, 400, "long"),
        ({"lat": "", "long": "", "address_id": "999999"}, 400, "999999"),
        ({"lat": "", "long": "", "address_id": "９"}, 400, "location required"),
        ({"description": "长" * 4_001}, 400, "description"),
        ({"address_string": "长" * 201}, 400, "address_string"),
        ({"phone": "12"}, 400, "phone"),
        ({"last_name": "长" * 41}, 400, "first_name"),
        ({"media_url": "javascript:alert(1)"}, 400, "media_url"),
        ({"media_url": f"https://x.example/{'a' * 500}"}, 400, "media_url"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(
    street: Street, changed: dict[str, str], status: int, named: str
) -> None:
    refused = street.post({**RUBBISH, **changed}, expect=status)
    check(refused, ERRORS)
    assert refused[0]["code"] in (status, 422)
    assert named in refused[0]["description"]
    assert (Report.objects.count(), Job.objects.count()) == (0, 0)


def test_four_thousand_characters_are_taken_and_read_back(street: Street) -> None:
    token = street.token_of({**RUBBISH, "description": "长" * 4_000})
    case = sorted_out(token)
    (shown,) = street.get(f"requests/{case.number}")
    assert shown["description"] == "长" * 4_000


@pytest.mark.parametrize(
    ("attributes", "named"),
    [
        ({"attribute[danger]": ""}, "danger required"),
        ({"attribute[danger]": "maybe"}, "attribute[danger]"),
        ({"attribute[component_no]": "一行\n两行"}, "attribute[component_no]"),
        ({"attribute[component_no]": "长" * 1_001}, "attribute[component_no]"),
        ({f"attribute[n{number}]": "1" for number in range(51)}, "attribute"),
    ],
)
def test_an_answer_that_is_missing_or_does_not_fit_is_refused(
    street: Street, attributes: dict[str, str], named: str
) -> None:
    refused = street.post({**COVER, **attributes}, expect=400)
    assert named in refused[0]["description"]
    assert Report.objects.count() == 0


def test_a_list_of_answers_comes_in_brackets(street: Street, world: World) -> None:
    type(world.category).objects.filter(code="E0111").update(major_code="03")
    since = "2026-03-08T22:00:00Z"
    token = street.token_of(
        {**RUBBISH, "attribute[hours][]": ["noon", "night"], "attribute[since]": since}
    )
    assert Report.objects.get(receipt=token).answers == {"hours": ["noon", "night"], "since": since}
    street.post({**RUBBISH, "attribute[hours][]": ["noon", "never"]}, expect=400)
    street.post({**RUBBISH, "attribute[since]": "gestern"}, expect=400)
    street.post({**RUBBISH, "attribute[since]": ["2026-03-08", "2026-03-09"]}, expect=400)


def test_a_number_must_be_one_and_a_notice_wants_no_answer(street: Street, world: World) -> None:
    type(world.category).objects.filter(code="E0111").update(major_code="05")
    street.post({**RUBBISH, "attribute[people]": "many"}, expect=400)
    token = street.token_of({**RUBBISH, "attribute[people]": "12"})
    assert Report.objects.get(receipt=token).answers == {"people": "12"}


def test_an_address_alone_is_a_place(street: Street) -> None:
    token = street.token_of({**RUBBISH, "lat": "", "long": "", "address_string": "第二网格东门"})
    case = sorted_out(token)
    assert (case.address.plain, case.lon) == ("第二网格东门", None)
    assert case.grid is not None
    assert case.grid.name == "第二网格"


def test_the_number_of_a_building_is_a_place_with_its_position(
    street: Street, world: World
) -> None:
    house = Building.objects.create(
        community_id=world.areas["C1"], grid_id=world.areas["G2"], quarter="春晓苑", name="3幢",
        storeys=6, lon=120.015, lat=30.004,
    )  # fmt: skip
    token = street.token_of({**RUBBISH, "lat": "", "long": "", "address_id": str(house.pk)})
    report = Report.objects.get(receipt=token)
    assert (report.lon, report.lat, report.address.plain) == (
        120.015,
        30.004,
        "槐树里社区春晓苑3幢",
    )
    assert report.answers == {"address_id": str(house.pk)}
    assert sorted_out(token).grid_id == world.areas["G2"]


def test_sending_the_same_again_gives_the_same_token_and_one_case(
    street: Street, watch: type[Watch]
) -> None:
    token = street.token_of(RUBBISH)
    watch.at = MONDAY + timedelta(hours=3)
    again = street.post(RUBBISH)
    assert again[0]["token"] == token
    assert "以前已收到" in again[0]["service_notice"]
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"service_code": "C0101", "attribute[danger]": "no"},
        {"description": "别的事"},
        {"lat": "30.0051"},
        {"email": "zhao@example.org"},
        {"device_id": "d-2"},
        {"account_id": "u-2"},
        {"phone": "19900005678"},
        {"last_name": "赵"},
        {"attribute[color]": "red"},
        {"address_string": "西门"},
    ],
)
def test_what_differs_in_anything_is_another_report(
    street: Street, changed: dict[str, str]
) -> None:
    assert street.token_of(RUBBISH) != street.token_of({**RUBBISH, **changed})
    assert Report.objects.count() == 2


def test_the_same_words_from_another_client_or_on_another_day_are_another_report(
    street: Street, watch: type[Watch]
) -> None:
    _, other = new_key("另一个程序")
    tokens = {street.token_of(RUBBISH), street.token_of({**RUBBISH, "api_key": other})}
    watch.at = MONDAY + timedelta(days=1)
    tokens.add(street.token_of(RUBBISH))
    assert len(tokens) == 3


def test_a_report_in_confidence_is_followed_by_its_token_and_seen_by_nobody_else(
    street: Street,
) -> None:
    token = street.token_of({**RUBBISH, "confidential": "true"})
    case = sorted_out(token)
    assert (case.confidential, case.public) == (True, False)
    assert street.get(f"tokens/{token}")[0]["service_request_id"] == case.number
    street.get(f"requests/{case.number}", expect=404)
    assert street.numbers() == []


def test_the_token_keeps_naming_the_case_that_was_merged(street: Street, world: World) -> None:
    token = street.token_of(RUBBISH)
    case = sorted_out(token)
    survivor = opened(**elsewhere(9), body="另一处")
    make_move(
        case.pk, "merge", by=world.actors["acceptor"], facts=Facts(survivor=survivor.pk), now=MONDAY
    )
    number = street.get(f"tokens/{token}")[0]["service_request_id"]
    assert number == case.number
    assert survivor.number in street.get(f"requests/{number}")[0]["status_notes"]


def test_receipts_of_other_channels_and_unknown_tokens_are_not_found(street: Street) -> None:
    case = opened()
    receipt = Report.objects.get(case=case).receipt
    for token in (receipt, "123456789012", "0" * 12, "x", "%00"):
        refused = street.get(f"tokens/{token}", expect=404)
        check(refused, ERRORS)
        assert "token" in refused[0]["description"]


def test_tokens_cannot_be_guessed_without_end(street: Street) -> None:
    token = street.post(RUBBISH)[0]["token"]
    for number in range(30):
        street.get(f"tokens/{100_000_000_000 + number}", expect=404)
    refused = street.get("tokens/100000000099", expect=429)
    assert "查询次数太多" in refused[0]["description"]
    street.get(f"tokens/{token}", expect=429)


def test_the_endpoint_for_trying_out_checks_everything_and_stores_nothing(street: Street) -> None:
    answer = street.post(RUBBISH, base=TRIAL)
    check(answer, POSTED)
    assert answer[0]["token"] == "0" * 12
    assert street.client.get(f"{TRIAL}/tokens/{'0' * 12}.json").json() == [
        {"service_request_id": None, "token": "0" * 12}
    ]
    street.post({**RUBBISH, "lat": "91"}, expect=400, base=TRIAL)
    street.post({**RUBBISH, "api_key": "wrong"}, expect=403, base=TRIAL)
    assert (Report.objects.count(), Job.objects.count(), Case.objects.count()) == (0, 0, 0)
    case = opened()
    assert street.client.get(f"{TRIAL}/requests/{case.number}.json").status_code == 200


def test_pictures_are_refused_while_the_extension_is_off(street: Street) -> None:
    refused = street.post({**RUBBISH, "media": SimpleUploadedFile("a.jpg", b"x")}, expect=400)
    assert "media" in refused[0]["description"]
    assert Report.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{}", "application/json"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"a=b", "multipart/form-data"),
        (
            b"service_code=E0111&description=%FF%FE",
            "application/x-www-form-urlencoded; charset=utf-16",
        ),
        (
            b"&".join(b"a%d=1" % number for number in range(3_000)),
            "application/x-www-form-urlencoded",
        ),
        (b"a=" + b"b" * 6_000_000, "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_is_no_form_is_refused_in_the_right_format(
    street: Street, body: bytes, content_type: str
) -> None:
    answer: Any = street.client.generic(
        "POST", f"{V2}/requests.json", body, content_type=content_type
    )
    assert answer.status_code in (400, 403)
    check(answer.json(), ERRORS)

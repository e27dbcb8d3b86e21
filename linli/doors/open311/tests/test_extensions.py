"""Media, history and paging: offered only where the setting says so, and each one tested in both formats."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pytest_django import Settings

from linli.cases.models import CasePhoto, Report
from linli.doors.open311.tests.schemas import EXTENDED, REQUESTS, check
from linli.doors.open311.tests.street import (
    RUBBISH,
    TRIAL,
    Street,
    closed,
    elsewhere,
    opened,
    sorted_out,
)
from linli.kernel.files.models import StoredFile
from tests.world import MONDAY, World


@pytest.fixture(autouse=True)
def offered(settings: Settings) -> None:
    settings.LINLI_OPEN311_EXTENSIONS = True


def picture(name: str = "垃圾.png") -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (8, 8), (len(name), ord(name[0]) % 256, 0)).save(data, "PNG")
    return SimpleUploadedFile(name, data.getvalue(), content_type="image/png")


def test_without_the_argument_nothing_is_added(street: Street) -> None:
    opened()
    check(street.get("requests"), REQUESTS)
    check(street.get("requests", extensions="false"), REQUESTS)


def test_the_public_history_of_a_request_is_told_without_who_did_it(
    street: Street, world: World
) -> None:
    case = closed(world, opened(), at=MONDAY + timedelta(hours=2))
    (answer,) = street.get(f"requests/{case.number}", extensions="true")
    check([answer], EXTENDED)
    assert [note["type"] for note in answer["notes"]] == [
        "report", "accept", "register", "dispatch", "sign_for", "feedback", "pass_check", "close",
    ]  # fmt: skip
    assert answer["notes"][5] == {
        "datetime": "2026-03-09T11:00:00+08:00",
        "type": "feedback",
        "description": "垃圾已清走",
    }
    for private in ("内部", "小冯", "小钱", "现场干净"):
        assert private not in str(answer)
    root = street.xml(f"requests/{case.number}", extensions="true")
    assert [note.text for note in root.findall("request/notes/note/type")] == [
        note["type"] for note in answer["notes"]
    ]


def test_pictures_sent_with_a_report_are_stored_and_shown(street: Street) -> None:
    answer = street.post({**RUBBISH, "media": [picture("一.png"), picture("二.png")]})
    case = sorted_out(answer[0]["token"])
    assert CasePhoto.objects.count() == 2
    (shown,) = street.get(f"requests/{case.number}", extensions="true")
    check([shown], EXTENDED)
    urls = shown["extended_attributes"]["media_urls"]
    assert len(urls) == 2
    assert shown["media_url"] == urls[0]
    served = street.client.get(urls[0].removeprefix("http://testserver"))
    assert (served.status_code, served["Content-Type"]) == (200, "image/png")
    root = street.xml(f"requests/{case.number}", extensions="true")
    assert len(root.findall("request/extended_attributes/media_urls/media_url")) == 2


def test_a_token_is_read_however_it_is_typed(street: Street) -> None:
    token = street.post(RUBBISH)[0]["token"]
    for typed in (f"{token[:4]}-{token[4:]}", "".join(chr(ord(c) + 0xFEE0) for c in token)):
        assert street.get(f"tokens/{typed}")[0]["token"] == token


def test_pictures_of_somebody_who_did_not_agree_are_not_shown(street: Street) -> None:
    token = street.post({**RUBBISH, "media": picture()})[0]["token"]
    case = sorted_out(token)
    Report.objects.filter(receipt=token).update(publish_consent=False)
    (shown,) = street.get(f"requests/{case.number}", extensions="true")
    assert (shown["media_url"], shown["extended_attributes"]) == (None, {"media_urls": []})


def test_a_file_that_is_no_picture_or_one_too_many_is_refused_and_nothing_is_stored(
    street: Street,
) -> None:
    for media in (
        SimpleUploadedFile("a.png", b"no picture"),
        [picture(f"{n}.png") for n in range(10)],
    ):
        refused = street.post({**RUBBISH, "media": media}, expect=400)
        assert "media" in refused[0]["description"]
    street.post({**RUBBISH, "media": picture()}, base=TRIAL)
    assert (Report.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_pages_follow_each_other_without_gap_or_overlap(street: Street) -> None:
    numbers = [opened(**elsewhere(step), body=f"第{step}处").number for step in range(0, 10, 2)]
    pages = [street.numbers(page=str(page), page_size="2") for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert [number for page in pages for number in page] == numbers[::-1]
    assert street.numbers(page="", page_size="") == numbers[::-1]
    assert street.numbers(page_size="3") == numbers[:1:-1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page", "0"),
        ("page", "x"),
        ("page", "1001"),
        ("page_size", "0"),
        ("page_size", "1001"),
        ("page", "-1"),
        ("page", "١"),
    ],
)
def test_a_page_that_cannot_be_is_refused_by_name(street: Street, name: str, value: str) -> None:
    refused = street.get("requests", expect=400, **{name: value})
    assert refused[0]["description"].startswith(f"{name}：")


def test_the_extended_list_costs_five_queries_however_long_it_is(
    street: Street, world: World, django_assert_num_queries: Any
) -> None:
    for many, step in enumerate((1, 5, 9), start=1):
        opened(**elsewhere(step), body=f"第{step}处")
        with django_assert_num_queries(5):
            assert len(street.get("requests", extensions="true")) == many

"""Rendering in both formats: escaping, characters XML cannot carry, errors, and addresses that do not exist."""

from __future__ import annotations

import json
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]
from django.urls import URLResolver, get_resolver
from hypothesis import given
from hypothesis import strategies as st

from linli.cases.models import Case
from linli.doors.open311.rendering import JSON, XML, body_of, clean_text
from linli.doors.open311.tests.schemas import ERRORS, check
from linli.doors.open311.tests.street import V2, Street, opened, parsed


def test_lists_become_elements_and_lose_their_root_in_json() -> None:
    value = [
        {"service_code": "E1", "metadata": True, "group": None, "lat": 30.5},
        {"service_code": "<&>"},
    ]
    assert json.loads(body_of("services", value, JSON)) == value
    assert body_of("services", value, XML).decode() == (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        "<services><service><service_code>E1</service_code><metadata>true</metadata><group/><lat>30.5</lat></service>"
        "<service><service_code>&lt;&amp;&gt;</service_code></service></services>\n"
    )


def test_an_empty_list_is_an_empty_root() -> None:
    assert body_of("service_requests", [], XML).endswith(b"<service_requests></service_requests>\n")
    assert body_of("service_requests", [], JSON) == b"[]"


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=60))
def test_any_text_comes_through_both_formats_as_what_can_be_carried(text: str) -> None:
    value = [{"description": text}]
    kept = clean_text(text)
    assert json.loads(body_of("service_requests", value, JSON)) == [{"description": kept}]
    root = fromstring(body_of("service_requests", value, XML))
    assert (root.findtext("request/description") or "") == kept


def test_only_what_xml_forbids_is_dropped() -> None:
    assert (
        clean_text("a\x00\x08\x0b\x1f\ud800\ufffe\uffffb\t\n\r\x7f\x85é漢😀]]>")
        == "ab\t\n\r\x7f\x85é漢😀]]>"
    )


def test_control_characters_that_reached_a_case_do_not_break_the_answer(street: Street) -> None:
    case = opened()
    Case.objects.filter(pk=case.pk).update(
        title="响\x07铃", body="坏\x0b字\ufffe <b>&amp;</b>", address="一\x1f号"
    )
    root = street.xml("requests")
    assert root.findtext("request/description") == "响铃\n坏字 <b>&amp;</b>"
    assert root.findtext("request/address") == "一号"
    assert street.get("requests")[0]["description"] == "响铃\n坏字 <b>&amp;</b>"


@pytest.mark.parametrize("path", ["requests/1", "services/X", "tokens/1"])
def test_an_error_is_an_array_of_code_and_description_in_both_formats(
    street: Street, path: str
) -> None:
    errors = street.get(path, expect=404)
    check(errors, ERRORS)
    root = street.xml(path, expect=404)
    assert root.tag == "errors"
    assert [child.tag for child in root] == ["error"]
    assert {child.tag: child.text for child in root[0]} == {
        "code": "404",
        "description": errors[0]["description"],
    }
    assert street.answer(f"{V2}/{path}.xml")["Content-Type"] == "text/xml; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    ["", "discovery", "discovery.html", "v2", "v2/", "v2/services", "v2/services.html", "v2/services.xml/",
     "v2/services/.xml", "v2/request/1.xml", "v3/services.xml", "v2/requests.json/x"],
)  # fmt: skip
def test_every_other_address_is_not_found_as_the_spec_says_it(street: Street, path: str) -> None:
    answer = street.answer(f"/open311/{path}")
    assert answer.status_code == 404
    assert parsed(answer).findtext("error/code") == "404"


def test_an_unknown_address_that_ends_in_json_is_refused_in_json(street: Street) -> None:
    answer = street.answer("/open311/v2/request/1.json")
    assert answer.status_code == 404
    check(json.loads(answer.content), ERRORS)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("post", "services", "GET, HEAD"),
        ("put", "requests", "GET, HEAD, POST"),
        ("delete", "requests/1", "GET, HEAD"),
        ("patch", "tokens/1", "GET, HEAD"),
    ],
)
def test_another_method_is_refused_and_told_what_is_allowed(
    street: Street, method: str, path: str, allowed: str
) -> None:
    answer: Any = getattr(street.client, method)(f"{V2}/{path}.json")
    assert (answer.status_code, answer["Allow"]) == (400, allowed)
    assert answer.json()[0]["code"] == 405


def test_head_answers_like_get_without_a_body(street: Street) -> None:
    answer: Any = street.client.head(f"{V2}/services.xml")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["Content-Type"] == "text/xml; charset=utf-8"


def test_reading_sets_no_cookie(street: Street) -> None:
    assert not street.client.get(f"{V2}/services.json").cookies


def test_every_route_of_the_door_says_that_it_is_open() -> None:
    door = next(one for one in get_resolver().url_patterns if str(one.pattern) == "open311/")
    assert isinstance(door, URLResolver)
    marks = [getattr(route.callback, "guarded_by", "nothing") for route in door.url_patterns]
    assert marks == [()] * 12

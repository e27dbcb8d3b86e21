"""The rules of the public validator for GeoReport v2 servers, in our own words, and what the services must be like."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from linli.cases.models import Category
from linli.doors.open311.tests.schemas import DEFINITION, DISCOVERY, SERVICES, check
from linli.doors.open311.tests.street import Street, Watch, parsed
from linli.kernel.places.models import Area
from tests.world import MONDAY

DISCOVERY_PATH = "/open311/discovery"


@pytest.fixture
def document(street: Street) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(street.answer(f"{DISCOVERY_PATH}.json").content)
    return found


def test_discovery_has_the_bare_content_types_and_everything_else_names_its_charset(
    street: Street,
) -> None:
    assert street.answer(f"{DISCOVERY_PATH}.xml")["Content-Type"] == "text/xml"
    assert street.answer(f"{DISCOVERY_PATH}.json")["Content-Type"] == "application/json"
    assert street.answer("/open311/v2/services.xml")["Content-Type"] == "text/xml; charset=utf-8"
    assert (
        street.answer("/open311/v2/services.json")["Content-Type"]
        == "application/json; charset=utf-8"
    )


def test_discovery_has_its_shape_and_says_the_same_in_both_formats(
    street: Street, document: dict[str, Any]
) -> None:
    check(document, DISCOVERY)
    root = parsed(street.answer(f"{DISCOVERY_PATH}.xml"))
    assert root.tag == "discovery"
    assert {name: root.findtext(name) for name in ("changeset", "contact", "key_service")} == {
        name: document[name] for name in ("changeset", "contact", "key_service")
    }
    for element, endpoint in zip(
        root.findall("endpoints/endpoint"), document["endpoints"], strict=True
    ):
        assert {
            name: element.findtext(name) for name in ("specification", "url", "changeset", "type")
        } == {name: endpoint[name] for name in ("specification", "url", "changeset", "type")}
        assert [one.text for one in element.findall("formats/format")] == endpoint["formats"]


def test_every_endpoint_speaks_version_two_in_xml_and_is_not_from_the_future(
    document: dict[str, Any],
) -> None:
    assert [one["type"] for one in document["endpoints"]] == ["production", "test"]
    for endpoint in document["endpoints"]:
        assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
        assert "text/xml" in endpoint["formats"]
        assert datetime.fromisoformat(endpoint["changeset"]) < MONDAY
    assert document["endpoints"][0]["url"] == "http://testserver/open311/v2"
    assert document["endpoints"][1]["url"] == "http://testserver/open311/test/v2"


def test_the_changeset_moves_on_with_the_day_on_which_standards_change(
    street: Street, watch: type[Watch]
) -> None:
    seen = []
    for hours in (0, 10, 20):
        watch.at = MONDAY + timedelta(hours=hours)
        seen.append(json.loads(street.answer(f"{DISCOVERY_PATH}.json").content)["changeset"])
    assert seen == [
        "2026-03-09T00:00:00+08:00",
        "2026-03-09T00:00:00+08:00",
        "2026-03-10T00:00:00+08:00",
    ]


def test_the_contact_names_the_sub_district_and_its_telephone(
    street: Street, document: dict[str, Any]
) -> None:
    assert "槐荫街道" in document["contact"]
    Area.objects.filter(level="subdistrict").update(phone="0999-5550123")
    assert "0999-5550123" in json.loads(street.answer(f"{DISCOVERY_PATH}.json").content)["contact"]


def test_the_endpoints_of_the_document_answer(street: Street, document: dict[str, Any]) -> None:
    for endpoint in document["endpoints"]:
        path = endpoint["url"].removeprefix("http://testserver")
        for form in ("xml", "json"):
            assert street.answer(f"{path}/services.{form}").status_code == 200


def test_the_service_list_has_its_shape_and_says_the_same_in_both_formats(street: Street) -> None:
    services = street.get("services")
    check(services, SERVICES)
    assert [one["service_code"] for one in services] == ["C0101", "E0111"]
    root = street.xml("services")
    assert root.tag == "services"
    for element, service in zip(root.findall("service"), services, strict=True):
        words = {**service, "metadata": "true" if service["metadata"] else "false"}
        assert {child.tag: child.text for child in element} == words


def test_a_service_says_what_is_meant_by_it_and_promises_a_token(street: Street) -> None:
    rubbish = next(one for one in street.get("services") if one["service_code"] == "E0111")
    assert rubbish == {
        "service_code": "E0111",
        "service_name": "积存垃圾渣土",
        "description": "市容环境：积存垃圾渣土，例如有积存垃圾",
        "metadata": False,
        "type": "batch",
        "keywords": "积存垃圾渣土,市容环境,事件",
        "group": "市容环境",
    }


def test_classes_that_are_retired_or_not_public_are_no_services(street: Street) -> None:
    Category.objects.filter(code="C0101").update(retired_at=MONDAY)
    Category.objects.filter(code="E0111").update(public=False)
    assert street.get("services") == []
    for code in ("C0101", "E0111"):
        assert street.get(f"services/{code}", expect=404)[0]["code"] == 404


def test_metadata_is_true_exactly_for_services_with_attributes(street: Street) -> None:
    Category.objects.create(
        code="E0304", kind="event", major_code="03", major_name="施工管理", name="工地扬尘"
    )
    Category.objects.create(
        code="E0501", kind="event", major_code="05", major_name="突发事件", name="供水管道破裂"
    )
    services = street.get("services")
    assert {one["service_code"]: one["metadata"] for one in services} == {
        "C0101": True,
        "E0111": False,
        "E0304": True,
        "E0501": True,
    }
    for service in services:
        definition = street.get(f"services/{service['service_code']}")
        check(definition, DEFINITION)
        assert bool(definition["attributes"]) == service["metadata"]
        orders = [one["order"] for one in definition["attributes"]]
        assert orders == sorted(set(orders))


def test_a_component_asks_whether_there_is_danger(street: Street) -> None:
    definition = street.get("services/C0101")
    danger = definition["attributes"][0]
    assert (danger["code"], danger["datatype"], danger["required"]) == (
        "danger",
        "singlevaluelist",
        True,
    )
    assert danger["description"] == "现场是否有危险"
    assert [value["key"] for value in danger["values"]] == ["yes", "no", "unknown"]
    root = street.xml("services/C0101")
    assert root.tag == "service_definition"
    assert root.findtext("attributes/attribute/required") == "true"
    assert [value.text for value in root.findall("attributes/attribute/values/value/key")] == [
        "yes",
        "no",
        "unknown",
    ]


@pytest.mark.parametrize(
    "path", ["services", "services/E0111", "requests", "requests/1", "tokens/1"]
)
def test_an_unknown_jurisdiction_is_not_found_and_an_empty_one_was_not_given(
    street: Street, path: str
) -> None:
    refused = street.get(path, expect=404, jurisdiction_id="city.gov")
    assert "jurisdiction_id" in refused[0]["description"]
    assert (
        street.answer(f"/open311/v2/{path}.json", jurisdiction_id="").content
        == street.answer(f"/open311/v2/{path}.json").content
    )


@pytest.mark.parametrize("code", ["990101", "990101001"])
def test_a_district_and_a_sub_district_are_jurisdictions_by_their_codes(
    street: Street, code: str
) -> None:
    assert len(street.get("services", jurisdiction_id=code)) == 2


def test_a_community_or_a_grid_is_no_jurisdiction(street: Street) -> None:
    street.get("services", expect=404, jurisdiction_id="990101001001")


@pytest.mark.django_db
def test_lists_of_services_cost_two_queries(street: Street, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        street.get("services")
    with django_assert_num_queries(1):
        street.get("services/C0101")
    with django_assert_num_queries(1):
        street.answer(f"{DISCOVERY_PATH}.xml")

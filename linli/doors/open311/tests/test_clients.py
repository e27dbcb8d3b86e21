"""A client somebody else wrote talks to a running server: PyPI `georeport`, in both formats."""

from __future__ import annotations

from typing import Any

import pytest
from georeport import GeoReport
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from linli.doors.open311.tests.schemas import REQUESTS, SERVICES, check
from linli.doors.open311.tests.street import closed, elsewhere, opened
from tests.world import World

MONTH = {"start_date": "2026-03-01T00:00:00Z", "end_date": "2026-03-31T00:00:00Z"}


@pytest.fixture
def client_of(
    transactional_db: None, world: World, live_server: LiveServer, settings: Settings
) -> Any:
    """Makes a client for one format, for the jurisdiction of the district."""
    return lambda form: GeoReport(
        f"{live_server.url}/open311/v2", jurisdiction="990101", output_format=form
    )


def test_a_foreign_client_reads_services_definitions_and_requests_in_json(
    client_of: Any, world: World
) -> None:
    client = client_of("json")
    done, waiting = closed(world, opened(**elsewhere(1))), opened(**elsewhere(8), body="另一处")
    check(client.get_service_list(), SERVICES)
    assert client.get_service_definition("C0101")["attributes"][0]["code"] == "danger"
    found = client.get_service_requests(**MONTH)
    check(found, REQUESTS)
    assert {one["service_request_id"] for one in found} == {done.number, waiting.number}
    assert [one["status"] for one in client.get_service_requests(status="closed", **MONTH)] == [
        "closed"
    ]
    both = client.get_service_requests(service_request_id=f"{done.number},{waiting.number}")
    assert len(both) == 2
    assert client.get_service_request(done.number)["status_notes"] == "已解决。垃圾已清走。"


def test_a_foreign_client_reads_the_same_in_xml(client_of: Any) -> None:
    client = client_of("xml")
    first, second = opened(**elsewhere(1)), opened(**elsewhere(8), body="另一处")
    assert [one["service_code"] for one in client.get_service_list()] == ["C0101", "E0111"]
    attributes = client.get_service_definition("C0101")["attributes"]["attribute"]
    assert [one["code"] for one in attributes] == ["danger", "component_no"]
    found = client.get_service_requests(service_code="E0111", **MONTH)
    assert {one["service_request_id"] for one in found} == {first.number, second.number}
    assert client.get_service_request(first.number)["lat"] == "30.002"

"""Whatever arrives, the door answers in its own words: never a 500, never a broken document."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.cases.models import Report
from linli.doors.open311.tests import schemas
from linli.doors.open311.tests.openapi import API_KEY, document
from linli.doors.open311.tests.street import RUBBISH, V2, Street, Watch, new_key, opened, parsed
from linli.kernel.access.models import ApiKey
from linli.kernel.access.queries import hash_of_key
from tests.world import World

SHAPES = {
    "discovery": schemas.DISCOVERY,
    "services": schemas.SERVICES,
    "service": schemas.DEFINITION,
    "requests": schemas.REQUESTS,
    "request": schemas.REQUESTS,
    "token": schemas.TOKEN,
}
OPERATIONS = {
    f"{method.upper()} {path} {'anything' if anything else 'usual'}": door[path][method.upper()]
    for anything in (True, False)
    for door in (schemathesis.openapi.from_dict(document(anything=anything)),)
    for path, methods in document(anything=anything)["paths"].items()
    for method in methods
}
patient = settings(max_examples=30, suppress_health_check=list(HealthCheck))


@pytest.fixture
def fuzzed(world: World, watch: type[Watch]) -> Client:
    """A client whose key the document knows, beside one public case; errors do not reach the test but become a 500."""
    account, _ = new_key()
    ApiKey.objects.filter(account=account).update(key_hash=hash_of_key(API_KEY))
    opened()
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_survives_what_its_document_allows(fuzzed: Client, name: str) -> None:
    @patient
    @given(OPERATIONS[name].as_strategy())
    def survives(case: schemathesis.Case[Any]) -> None:
        asked = requests.Request(
            **_sendable(case.as_transport_kwargs(base_url="http://testserver"))
        ).prepare()
        body = asked.body or b""
        answer = fuzzed.generic(
            str(asked.method),
            str(asked.path_url),
            body.encode() if isinstance(body, str) else body,
            content_type=str(asked.headers.get("Content-Type", "")),
        )
        is_sound(answer, form=case.path_parameters["form"], posted=asked.method == "POST")

    survives()
    if name.startswith("POST") and name.endswith("usual"):
        assert Report.objects.count() > 1, "some of what was posted was sound enough to be stored"


@patient
@given(
    path=st.text(max_size=30),
    query=st.dictionaries(st.text(max_size=12), st.text(max_size=12), max_size=4),
)
def test_no_address_below_the_door_breaks(fuzzed: Client, path: str, query: dict[str, str]) -> None:
    address = (
        requests.Request("GET", f"http://testserver/open311/{path}", params=query)
        .prepare()
        .path_url
    )
    assert fuzzed.get(address).status_code in (200, 301, 400, 404)


@patient
@given(body=st.binary(max_size=300))
def test_no_body_breaks_a_post(fuzzed: Client, body: bytes) -> None:
    for kind in (
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=b",
        "text/plain",
    ):
        answer = fuzzed.generic(
            "POST", f"{V2}/requests.json?api_key={API_KEY}", body, content_type=kind
        )
        is_sound(answer, form="json", posted=True)


@patient
@given(text=st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=200))
def test_what_was_written_comes_back_in_both_formats(fuzzed: Client, text: str) -> None:
    answer = fuzzed.post(
        f"{V2}/requests.json",
        {**RUBBISH, "api_key": API_KEY, "address_string": "", "description": text},
    )
    is_sound(answer, form="json", posted=True)
    for form in ("json", "xml"):
        is_sound(fuzzed.get(f"{V2}/requests.{form}"), form=form, posted=False)


def test_a_500_would_be_found(street: Street) -> None:
    with pytest.raises(AssertionError):
        is_sound(_Broken(), form="json", posted=False)


class _Broken:
    status_code = 500
    content = b""


def is_sound(answer: Any, *, form: str, posted: bool) -> None:
    """An answer of the spec: a known status, the right content type, a document that parses and has its shape."""
    assert answer.status_code in (200, 400, 403, 404), answer.content
    name = answer.resolver_match.url_name
    kind = {"xml": "text/xml", "json": "application/json"}[form]
    bare = name == "discovery" and answer.status_code == 200
    assert answer["Content-Type"] == (kind if bare else f"{kind}; charset=utf-8")
    if form == "xml":
        parsed(answer)
        return
    value = json.loads(answer.content)
    if answer.status_code != 200:
        schemas.check(value, schemas.ERRORS)
    elif posted:
        schemas.check(value, schemas.POSTED)
    else:
        schemas.check(value, SHAPES[name])


def _sendable(kwargs: dict[str, Any]) -> dict[str, Any]:
    return {
        name: kwargs[name]
        for name in ("method", "url", "params", "data", "headers", "cookies")
        if name in kwargs
    }

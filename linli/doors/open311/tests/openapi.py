"""The door as OpenAPI documents, from which the fuzz tests make their requests.

`document(anything=True)` allows any text everywhere; with False, arguments that are checked early come from a list of
usual and of awkward values, so that requests get to what lies behind the first check.
"""

from __future__ import annotations

from typing import Any

API_KEY = "key-of-the-fuzz-tests"

FORM = {"name": "form", "in": "path", "required": True, "schema": {"enum": ["xml", "json"]}}
TEXT = {"type": "string"}
OK = {"200": {"description": "ok"}}

MOMENTS = (
    "",
    "2026-03-09T01:00:00Z",
    "2026-01-01T00:00:00+08:00",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
)
SEARCH: dict[str, tuple[str, ...]] = {
    "service_request_id": ("", "", "20260309000001", ",,", "20260309999999999999999999"),
    "service_code": ("", "E0111", "E0111,C0101", "\x00"),
    "start_date": MOMENTS,
    "end_date": MOMENTS,
    "status": ("", "open", "closed", "open,closed", "done"),
    "extensions": ("", "true"),
    "page": ("", "1", "1000", "99999999999999999999"),
    "page_size": ("", "1", "1000"),
}
POSTED: dict[str, tuple[str, ...]] = {
    "api_key": (API_KEY, API_KEY, API_KEY, "wrong"),
    "service_code": ("E0111", "C0101", "X"),
    "lat": ("30.005", "30.006", "nan", "-91"),
    "long": ("120.005", "120.006", "181"),
    "address_id": ("", "1", "99999999999999999999"),
    "phone": ("", "19900001234", "1"),
    "media_url": ("", "https://pictures.example.org/1.jpg"),
    "attribute[danger]": ("yes", "no", "maybe"),
    "confidential": ("", "true"),
}
FREE = (
    "address_string", "description", "email", "device_id", "account_id", "first_name", "last_name",
    "attribute[component_no]", "attribute[]", "attribute[a][]",
)  # fmt: skip


def document(*, anything: bool) -> dict[str, Any]:
    def values(usual: tuple[str, ...]) -> dict[str, Any]:
        return TEXT if anything else {"enum": list(dict.fromkeys(usual))}

    def read(path: str, *inside: str, **arguments: tuple[str, ...]) -> dict[str, Any]:
        parts = [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in inside]
        asked = {"jurisdiction_id": ("", "990101", "990199"), **arguments}
        query = [
            {"name": name, "in": "query", "schema": values(usual)} for name, usual in asked.items()
        ]
        return {path: {"get": {"parameters": [FORM, *parts, *query], "responses": OK}}}

    paths = {
        **read("/open311/discovery.{form}"),
        **read("/open311/v2/services.{form}"),
        **read("/open311/v2/services/{code}.{form}", "code"),
        **read("/open311/v2/requests.{form}", **SEARCH),
        **read("/open311/v2/requests/{number}.{form}", "number"),
        **read("/open311/v2/tokens/{token}.{form}", "token"),
    }
    fields = {
        **{name: values(usual) for name, usual in POSTED.items()},
        **dict.fromkeys(FREE, TEXT),
    }
    form = {
        "type": "object",
        "properties": fields,
        "required": list(POSTED),
        "additionalProperties": anything,
    }
    paths["/open311/v2/requests.{form}"]["post"] = {
        "parameters": [FORM],
        "requestBody": {
            "required": True,
            "content": {"application/x-www-form-urlencoded": {"schema": form}},
        },
        "responses": OK,
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Open311 GeoReport v2", "version": "2"},
        "paths": paths,
    }

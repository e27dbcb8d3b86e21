"""What a JSON answer must look like, as JSON Schema draft 4, written from the fields and types of GeoReport v2.

Stricter than the spec: every field is there, nothing else is, and a list that must not be empty is said so where it
has an effect.
"""

from __future__ import annotations

from typing import Any

from jsonschema import Draft4Validator, FormatChecker

TEXT = {"type": "string", "minLength": 1}
NUMBER_TEXT = {"type": "string", "pattern": "^[0-9]+$"}
MAYBE_TEXT = {"type": ["string", "null"]}
DEGREES = {"type": ["number", "null"]}
MOMENT = {
    "type": "string",
    "format": "date-time",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$",
}
MAYBE_MOMENT = {"anyOf": [MOMENT, {"type": "null"}]}


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
    }


SERVICE = _object(
    service_code=TEXT,
    service_name=TEXT,
    description=MAYBE_TEXT,
    metadata={"type": "boolean"},
    type={"enum": ["realtime", "batch", "blackbox"]},
    keywords=MAYBE_TEXT,
    group=MAYBE_TEXT,
)
SERVICES = {"type": "array", "minItems": 1, "items": SERVICE}

ATTRIBUTE = _object(
    variable={"type": "boolean"},
    code=TEXT,
    datatype={
        "enum": ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]
    },
    required={"type": "boolean"},
    datatype_description=MAYBE_TEXT,
    order={"type": "integer", "minimum": 1},
    description=TEXT,
    values={"type": "array", "items": _object(key=TEXT, name=TEXT)},
)
DEFINITION = _object(service_code=TEXT, attributes={"type": "array", "items": ATTRIBUTE})

REQUEST_FIELDS: dict[str, Any] = {
    "service_request_id": NUMBER_TEXT,
    "status": {"enum": ["open", "closed"]},
    "status_notes": MAYBE_TEXT,
    "service_name": TEXT,
    "service_code": TEXT,
    "description": {"type": "string", "maxLength": 4000},
    "agency_responsible": MAYBE_TEXT,
    "service_notice": MAYBE_TEXT,
    "requested_datetime": MOMENT,
    "updated_datetime": MOMENT,
    "expected_datetime": MAYBE_MOMENT,
    "address": MAYBE_TEXT,
    "address_id": MAYBE_TEXT,
    "zipcode": MAYBE_TEXT,
    "lat": DEGREES,
    "long": DEGREES,
    "media_url": MAYBE_TEXT,
}
REQUESTS = {"type": "array", "items": _object(**REQUEST_FIELDS)}
EXTENDED = {
    "type": "array",
    "minItems": 1,
    "items": _object(
        **REQUEST_FIELDS,
        extended_attributes=_object(
            media_urls={"type": "array", "items": {"type": "string", "format": "uri"}}
        ),
        notes={"type": "array", "items": _object(datetime=MOMENT, type=TEXT, description=TEXT)},
    ),
}

POSTED = {
    "type": "array",
    "minItems": 1,
    "maxItems": 1,
    "items": _object(token=NUMBER_TEXT, service_notice=MAYBE_TEXT, account_id=MAYBE_TEXT),
}
TOKEN = {
    "type": "array",
    "minItems": 1,
    "maxItems": 1,
    "items": _object(
        token=NUMBER_TEXT, service_request_id={"anyOf": [NUMBER_TEXT, {"type": "null"}]}
    ),
}
ERRORS = {
    "type": "array",
    "minItems": 1,
    "items": _object(code={"type": "integer"}, description=TEXT),
}
DISCOVERY = _object(
    changeset=MOMENT,
    contact=TEXT,
    key_service=TEXT,
    endpoints={
        "type": "array",
        "minItems": 1,
        "items": _object(
            specification=TEXT,
            url={"type": "string", "format": "uri"},
            changeset=MOMENT,
            type={"enum": ["production", "test"]},
            formats={
                "type": "array",
                "minItems": 1,
                "items": {"enum": ["text/xml", "application/json"]},
            },
        ),
    },
)


def check(value: Any, schema: dict[str, Any]) -> None:
    """Raises ValidationError with the place of the first thing that is wrong."""
    Draft4Validator(schema, format_checker=FormatChecker()).validate(value)

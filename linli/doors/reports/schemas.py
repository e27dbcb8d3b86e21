"""Shapes of the JSON interface. Times are ISO 8601 with an offset, positions degrees."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import Field


class ReportIn(Schema):
    """A report to hand in. `client_key` makes sending it again harmless."""

    title: str = ""
    body: str = ""
    channel: str = "web"
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    coord_sys: str = "wgs84"
    category: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    confidential: bool = False
    publish_consent: bool = False
    client_key: str = Field("", max_length=80)
    source_system: str = ""
    external_no: str = ""
    alarm_key: str = ""
    occurred_at: datetime | None = None
    photos: list[str] = []


class ReceiptOut(Schema):
    receipt: str
    already_known: bool
    case: str | None
    follow: str
    added: list[str]


class MoveIn(Schema):
    """One move of the flow; ids are those of `/api/lists`."""

    move: str
    version: int | None = None
    category: str = ""
    standard: int | None = None
    organization: str = ""
    worker: int | None = None
    survivor: str = ""
    note: str = ""
    public_reply: str = ""
    outcome: str = ""
    reason_code: str = ""
    closing_condition_met: bool = False
    photo_before: list[str] = []
    photo_after: list[str] = []
    photo_check: list[str] = []


class CaseOut(Schema):
    number: str
    stage: str
    stage_name: str
    version: int
    title: str
    category: str | None
    lon: float | None
    lat: float | None
    organization: str | None
    owner: str | None
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    outcome: str
    report_count: int


class CasePage(Schema):
    cases: list[CaseOut]
    next: int | None


class CaseDetail(CaseOut):
    body: str
    address: str
    public_reply: str
    suggestion: dict[str, Any]
    timeline: list[dict[str, Any]]

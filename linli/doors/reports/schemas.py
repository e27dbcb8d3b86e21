"""Shapes of the JSON interface. Times are ISO 8601 with an offset, positions degrees."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

Code = Annotated[str, Field(max_length=80)]
Name = Annotated[str, Field(max_length=400)]
Picture = Annotated[str, Field(max_length=200)]
Pictures = Annotated[list[Picture], Field(max_length=9)]
Id = Annotated[int, Field(ge=0, lt=2**63)]


class ReportIn(Schema):
    """A report to hand in. `client_key` makes sending it again harmless. Title and text are measured by `drafts`."""

    title: str = ""
    body: str = ""
    channel: Code = "web"
    address: Name = ""
    lon: float | None = None
    lat: float | None = None
    coord_sys: Code = "wgs84"
    category: Code = ""
    contact_name: Name = ""
    contact_phone: Name = ""
    confidential: bool = False
    publish_consent: bool = False
    client_key: Code = ""
    source_system: Code = ""
    external_no: Code = ""
    alarm_key: Name = ""
    occurred_at: datetime | None = None
    photos: Pictures = []


class ReceiptOut(Schema):
    receipt: str
    already_known: bool
    case: str | None
    follow: str
    added: list[str]


class MoveIn(Schema):
    """One move of the flow; ids are those of `/api/lists`. Note and reply are measured with the move."""

    move: Code
    version: Id | None = None
    category: Code = ""
    standard: Id | None = None
    organization: Code = ""
    worker: Id | None = None
    survivor: Code = ""
    note: str = ""
    public_reply: str = ""
    outcome: Code = ""
    reason_code: Code = ""
    closing_condition_met: bool = False
    photo_before: Pictures = []
    photo_after: Pictures = []
    photo_check: Pictures = []


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
    due_provisional: bool
    promised_at: datetime | None
    promised_for: str
    promise_provisional: bool
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

"""A work order as an upstream platform sends it, checked field by field.

Only the fields below are read. Whatever else an order carries — and with it anything about what a person is or
believes — is not kept in any form; `not_kept` names it so that the platform can stop sending it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linli.cases.drafts import ReportDraft
from linli.cases.models import WorkOrder
from linli.hotline.errors import BadOrder

NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}")
"""Numbers that read the same in an address, signed on one side and checked on the other."""

YEARS = range(2000, 2100)
TAGS_MOST = 10
TAG_MOST = 20
VERSION_MOST = 2_000_000_000

FIELDS = frozenset(
    "external_no version title body kind assessment_scope tags address lon lat coord_sys category caller received_at"
    " due_at status".split()
)
CALLER = frozenset("name phone confidential publish_consent".split())

REPORT_FIELDS = {"contact_name": "caller.name", "contact_phone": "caller.phone"}
"""How a field of a report is called in an order, where the names differ."""


@dataclass(frozen=True)
class Order:
    """One version of an order. `status` is how the platform itself has it; it is read in lists only."""

    external_no: str
    version: int
    title: str
    body: str
    kind: str
    assessment_scope: str
    tags: tuple[str, ...]
    address: str
    lon: float | None
    lat: float | None
    coord_sys: str
    category: str
    caller_name: str
    caller_phone: str
    confidential: bool
    publish_consent: bool
    received_at: datetime
    due_at: datetime | None
    not_kept: tuple[str, ...] = ()

    def draft(self, system: str) -> ReportDraft:
        """What the ordinary intake gets of it."""
        return ReportDraft(
            title=self.title,
            body=self.body,
            intake_channel="hotline",
            address=self.address,
            lon=self.lon,
            lat=self.lat,
            coord_sys=self.coord_sys,
            category_code=self.category,
            contact_name=self.caller_name,
            contact_phone=self.caller_phone,
            confidential=self.confidential,
            publish_consent=self.publish_consent,
            client_key=self.external_no,
            source_system=system,
            external_no=self.external_no,
            occurred_at=self.received_at,
        )

    def digests(self) -> dict[str, str]:
        """Hashes of what may change from version to version."""
        said = {
            "title": self.title,
            "body": self.body,
            "address": self.address,
            "caller": f"{self.caller_name}\x1f{self.caller_phone}",
        }
        return {
            name: hashlib.sha256(f"{self.external_no}\x1f{text}".encode()).hexdigest()
            for name, text in said.items()
        }


def parse_order(data: object) -> Order:
    """Raises `BadOrder` with the field that is missing or of the wrong kind."""
    if not isinstance(data, Mapping):
        raise BadOrder("工单应为一个 JSON 对象。", field="order")
    caller = data.get("caller") or {}
    if not isinstance(caller, Mapping):
        raise BadOrder("caller 应为 JSON 对象。", field="caller")
    number = _text(data, "external_no", must=True)
    if not NUMBER.fullmatch(number):
        raise BadOrder("工单编号应为 1 到 32 位字母、数字、-、_ 或 .。", field="external_no")
    return Order(
        external_no=number,
        version=_version(data.get("version", 1)),
        title=_text(data, "title"),
        body=_text(data, "body"),
        kind=_one_of(data, "kind", WorkOrder.Kind.values, WorkOrder.Kind.REQUEST),
        assessment_scope=_one_of(
            data, "assessment_scope", WorkOrder.Scope.values, WorkOrder.Scope.FULL
        ),
        tags=_tags(data.get("tags")),
        address=_text(data, "address"),
        lon=_number(data, "lon"),
        lat=_number(data, "lat"),
        coord_sys=_text(data, "coord_sys") or "wgs84",
        category=_text(data, "category"),
        caller_name=_text(caller, "name", of="caller."),
        caller_phone=_text(caller, "phone", of="caller."),
        confidential=_flag(caller, "confidential"),
        publish_consent=_flag(caller, "publish_consent"),
        received_at=moment(data.get("received_at"), "received_at"),
        due_at=moment(data["due_at"], "due_at") if data.get("due_at") else None,
        not_kept=(
            *sorted(_plain(str(name))[:60] for name in set(data) - FIELDS),
            *sorted(_plain(f"caller.{name}")[:60] for name in set(caller) - CALLER),
        ),
    )


def number_in(data: object) -> str:
    """The number of an order that may be wrong otherwise; empty if it has none that can be kept."""
    number = data.get("external_no") if isinstance(data, Mapping) else None
    return _plain(number)[:32] if isinstance(number, str) else ""


def moment(value: object, field: str) -> datetime:
    """An instant with its offset. Raises `BadOrder`."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or found.year not in YEARS:
        raise BadOrder(
            f"{field} 应为带时区的时间，例如 2026-03-09T09:00:00+08:00。", field=field
        ) from None
    return found


def _text(data: Mapping[Any, Any], name: str, *, of: str = "", must: bool = False) -> str:
    value = data.get(name)
    if value is None:
        value = ""
    if not isinstance(value, str):
        raise BadOrder(f"{of}{name} 应为文字。", field=f"{of}{name}")
    if must and not value.strip():
        raise BadOrder(f"缺少 {of}{name}。", field=f"{of}{name}")
    return _plain(value)


def _plain(text: str) -> str:
    """Without spaces around it and without control characters, which no database takes."""
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()


def _version(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= VERSION_MOST:
        raise BadOrder("version 应为从 1 开始的整数，每次修改加 1。", field="version")
    return value


def _one_of(data: Mapping[Any, Any], name: str, allowed: list[str], default: str) -> str:
    value = data.get(name) or default
    if value not in allowed:
        raise BadOrder(f"{name} 应为 {'、'.join(allowed)} 之一。", field=name)
    return str(value)


def _tags(value: object) -> tuple[str, ...]:
    rows: Any = value or []
    fits = isinstance(rows, list) and len(rows) <= TAGS_MOST
    if not fits or not all(isinstance(tag, str) and len(tag) <= TAG_MOST for tag in rows):
        raise BadOrder(
            f"tags 应为最多 {TAGS_MOST} 个、每个不超过 {TAG_MOST} 字的文字。", field="tags"
        )
    return tuple(_plain(tag) for tag in rows)


def _number(data: Mapping[Any, Any], name: str) -> float | None:
    value = data.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > 1_000:
        raise BadOrder(f"{name} 应为经纬度的数字。", field=name)
    return float(value)


def _flag(caller: Mapping[Any, Any], name: str) -> bool:
    value = caller.get(name, False)
    if not isinstance(value, bool):
        raise BadOrder(f"caller.{name} 应为 true 或 false。", field=f"caller.{name}")
    return value

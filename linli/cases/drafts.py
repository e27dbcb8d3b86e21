"""What a report must be like before it is stored.

A draft comes from a page, a counter, a file, a machine. `cleaned` trims it, checks every field and says which one is
wrong; nothing is cut off silently. Example: a title of 300 characters with an empty body becomes body, and its first
60 characters the title, since people type everything into the first box they see.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from linli.cases.errors import BadReport
from linli.cases.models import Channel
from linli.kernel.visible import is_visible

TITLE_MOST = 120
BODY_MOST = 200_000
"""Characters; a 100 kB message must be taken, a pasted file must not."""
ADDRESS_MOST = 200
DERIVED_TITLE = 40
KEYS = {
    "client_key": 80,
    "source_system": 40,
    "external_no": 60,
    "alarm_key": 120,
    "category_code": 40,
}
"""Characters of what a machine knows the report by."""
YEARS = range(1900, 3000)
"""Years in which something can have happened."""
PHONE_DIGITS = (5, 20)


@dataclass(frozen=True)
class ReportDraft:
    """One report as a sender gives it. `coord_sys` is wgs84, cgcs2000, gcj02 or bd09.

    `client_key` is the sender's own idempotency key, see `senders.py`. `visit` tells browsers apart in which nobody is
    signed in; `said_by` tells apart the people for whom one sender speaks, when their phone does not; what comes
    `from_file` is known again whoever hands the file in. `alarm_key` names the device and the condition, so that
    repeated alarms become one case.
    """

    title: str = ""
    body: str = ""
    intake_channel: str = "web"
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    coord_sys: str = "wgs84"
    category_code: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    sms_consent: bool = True
    confidential: bool = False
    publish_consent: bool = False
    keep_location: bool = False
    client_key: str = ""
    source_system: str = ""
    external_no: str = ""
    alarm_key: str = ""
    visit: str = ""
    said_by: str = ""
    from_file: bool = False
    occurred_at: datetime | None = None
    photo_ids: tuple[int, ...] = ()
    answers: dict[str, Any] = field(default_factory=dict)
    place_label: str = ""


def cleaned(draft: ReportDraft) -> ReportDraft:
    """The draft, trimmed and checked.

    Raises:
        BadReport: a field is missing, too long or not of its kind; `field` names it.
    """
    title, body = _visible(draft.title), _visible(draft.body)
    if not title and not body:
        raise BadReport("请写下发生了什么：标题和内容不能都为空。", field="body")
    if len(title) > TITLE_MOST:
        title, body = "", f"{title}\n{body}".strip()
    if len(body) > BODY_MOST:
        raise BadReport(
            f"内容有 {len(body)} 个字，最多 {BODY_MOST} 个字，请删减或作为附件上传。", field="body"
        )
    address = _visible(draft.address).replace("\n", " ")
    if len(address) > ADDRESS_MOST:
        raise BadReport(f"地址有 {len(address)} 个字，最多 {ADDRESS_MOST} 个字。", field="address")
    if draft.intake_channel not in Channel.values:
        raise BadReport(
            f"不认识的来源“{draft.intake_channel}”，可选：{'、'.join(Channel.values)}。",
            field="channel",
        )
    _check_position(draft)
    _check_time(draft)
    return replace(
        draft,
        **_keys(draft),
        title=title or _derived_title(body),
        body=body,
        address=address,
        contact_name=_name(draft.contact_name),
        contact_phone=_phone(draft.contact_phone),
    )


def _text(text: str) -> str:
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()


def _visible(text: str) -> str:
    """The text, or nothing when there is nothing in it that a person could see."""
    kept = _text(text)
    return kept if is_visible(kept) else ""


def _derived_title(body: str) -> str:
    first = body.strip().splitlines()[0]
    if len(first) <= DERIVED_TITLE:
        return first
    end = DERIVED_TITLE - 1
    # Half a number is masked by nobody: one that crosses the end is left out whole.
    while end and _of_a_number(first[end - 1]) and _of_a_number(first[end]):
        end -= 1
    return (first[:end].rstrip() or first[:1]) + "…"


def _of_a_number(sign: str) -> bool:
    return sign.isnumeric() or sign in "-—–.·,，、:： ()（）+＋xX"


def _keys(draft: ReportDraft) -> dict[str, Any]:
    keys = {name: _text(getattr(draft, name)) for name in KEYS}
    for name, most in KEYS.items():
        if len(keys[name]) > most:
            raise BadReport(f"{name} 最多 {most} 个字符。", field=name)
    return keys


def _check_time(draft: ReportDraft) -> None:
    at = draft.occurred_at
    if at is not None and at.year not in YEARS:
        raise BadReport(f"发生时间的年份 {at.year} 不对，请核对。", field="occurred_at")


def _check_position(draft: ReportDraft) -> None:
    if (draft.lon is None) != (draft.lat is None):
        missing = "lon" if draft.lon is None else "lat"
        raise BadReport("经度和纬度要一起给出，或都不给。", field=missing)
    for name, value, most in (("lon", draft.lon, 180.0), ("lat", draft.lat, 90.0)):
        if value is not None and (not math.isfinite(value) or abs(value) > most):
            label = "经度" if name == "lon" else "纬度"
            raise BadReport(
                f"{label} {value} 超出范围，应在 -{most:g} 到 {most:g} 之间。", field=name
            )


def _name(name: str) -> str:
    name = _visible(name).replace("\n", " ")
    if len(name) > 40:
        raise BadReport("姓名最多 40 个字。", field="contact_name")
    return name


def _phone(phone: str) -> str:
    phone = _text(phone)
    digits = [c for c in unicodedata.normalize("NFKC", phone) if c.isdigit()]
    if phone and not PHONE_DIGITS[0] <= len(digits) <= PHONE_DIGITS[1]:
        raise BadReport(
            f"电话“{phone[:24]}”不像一个号码，请填写手机号或带区号的座机号。", field="contact_phone"
        )
    return "".join(digits)

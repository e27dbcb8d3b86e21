"""A POST becomes a report: stored first, answered with its receipt as token.

GeoReport v2 has no idempotency key, so the content is the key: the same words for the same place, service and person,
sent with the same api_key on the same day, are the same report and get the same token.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files import File

from linli.cases.actions.intake import receive_report
from linli.cases.drafts import ADDRESS_MOST, ReportDraft, cleaned
from linli.cases.models import Category, Channel
from linli.doors.open311.arguments import Arguments
from linli.doors.open311.attributes import checked_answers
from linli.doors.open311.errors import BadArgument, KeyRefused
from linli.doors.open311.publishing import LONGEST_TEXT
from linli.doors.open311.queries import building_at, service
from linli.kernel.access.queries import key_holder
from linli.kernel.acting import Actor
from linli.kernel.files.actions import store_file
from linli.kernel.files.rules import Kind
from linli.kernel.places.models import Building

MOST_PICTURES = 9
"""Pictures with one report; as many as a person can send from the pages."""

LONGEST_LINK = 500

TRIAL_TOKEN = "0" * 12
"""Token of everything posted to the endpoint for trying out; a real receipt never begins with 0."""


def actor_of(arguments: Arguments, *, now: datetime) -> Actor:
    """Whoever holds the api_key. Raises UnknownKey or KeyRefused."""
    actor = key_holder(arguments.text("api_key"), now=now)
    if actor.account_id is None:
        raise KeyRefused("api_key：这个密钥的账号已停用，请联系所属街道。", field="api_key")
    return actor


def take(
    arguments: Arguments, pictures: Sequence[File[bytes]], *, trial: bool, by: Actor, now: datetime
) -> dict[str, Any]:
    """Check and store one report; with `trial` only check it. The answer has a token, never an id.

    Raises:
        NotThere: no such service.
        BadArgument, BadReport: what is wrong, by the name of the argument; then nothing was stored.
    """
    draft = cleaned(_draft(arguments, by=by))
    _check_pictures(pictures)
    if trial:
        return _answer(
            TRIAL_TOKEN, "这是试用地址：内容已检查，没有保存，也不会有人办理。", arguments
        )
    photo_ids = [
        store_file(
            one.name or "photo", one.file or one, by=by, now=now, field="media", kinds={Kind.PHOTO}
        ).pk
        for one in pictures
    ]
    receipt = receive_report(replace(draft, photo_ids=tuple(photo_ids)), by=by, now=now)
    notice = (
        "以前已收到同样的内容，仍用原来的回执；新加的照片和保密要求已记下。"
        if receipt.added
        else "以前已收到同样的内容，仍用原来的回执。"
        if receipt.already_known
        else "已收到，请凭回执查询编号和进展。"
    )
    return _answer(receipt.receipt, notice, arguments)


def _answer(token: str, notice: str, arguments: Arguments) -> dict[str, Any]:
    return {
        "token": token,
        "service_notice": notice,
        "account_id": arguments.text("account_id")[:80] or None,
    }


def _draft(arguments: Arguments, *, by: Actor) -> ReportDraft:
    code = arguments.text("service_code")
    if not code:
        raise BadArgument("service_code：请写明服务代码，可查询 services。", field="service_code")
    category = service(code)
    description = arguments.text("description")
    if len(description) > LONGEST_TEXT:
        message = f"description：有 {len(description)} 个字，最多 {LONGEST_TEXT} 个字，请删减。"
        raise BadArgument(message, field="description")
    lon, lat, address, building = _place(arguments)
    answers = checked_answers(category, arguments.attributes())
    return ReportDraft(
        title="" if description else category.name,
        body=description,
        intake_channel=Channel.OPEN311,
        address=address,
        lon=lon,
        lat=lat,
        coord_sys="wgs84",
        category_code=category.code,
        contact_name=_name(arguments.text("first_name"), arguments.text("last_name")),
        contact_phone=arguments.text("phone"),
        confidential=arguments.is_true("confidential"),
        publish_consent=not arguments.is_true("confidential"),
        source_system=f"open311:{by.account_id}",
        said_by=_sender(category, arguments, answers),
        answers={**answers, **_beside(arguments, building)},
    )


def _place(arguments: Arguments) -> tuple[float | None, float | None, str, Building | None]:
    """(lon, lat, address, building) from lat and long, or address_string, or address_id."""
    lat, lon = arguments.degrees("lat"), arguments.degrees("long")
    if (lat is None) != (lon is None):
        missing = "lat" if lat is None else "long"
        raise BadArgument(f"{missing}：lat 和 long 要一起给出。", field=missing)
    address, address_id = arguments.text("address_string"), arguments.text("address_id")
    building = building_at(address_id)
    if lat is None and not address:
        if building is None:
            wrong = f"没有“{address_id[:40]}”这栋楼，请" if address_id else "请"
            raise BadArgument(
                f"location required：{wrong}给出 lat 和 long，或 address_string，或 address_id。",
                field="address_string",
            )
        lat, lon = building.lat, building.lon
    if building is not None and not address:
        address = f"{building.community.name}{building.quarter}{building.name}"[:ADDRESS_MOST]
    return lon, lat, address, building


def _name(first: str, last: str) -> str:
    """王 + 奶奶 → 王奶奶, John + Smith → John Smith."""
    if first and last and not any(unicodedata.name(c, "").startswith("CJK") for c in first + last):
        return f"{first} {last}"
    return last + first


def _sender(category: Category, arguments: Arguments, answers: dict[str, Any]) -> str:
    """Everything that tells two reports apart beside words and place. It is hashed, and kept in no other form."""
    told = [
        category.code,
        *(
            arguments.text(name)
            for name in ("email", "device_id", "account_id", "first_name", "last_name")
        ),
    ]
    return "\x1e".join([*told, *(f"{code}={answers[code]}" for code in sorted(answers))])


def _beside(arguments: Arguments, building: Building | None) -> dict[str, str]:
    """What staff should see beside the answers: a link to a picture, the building's number."""
    link = arguments.text("media_url")
    if link and (len(link) > LONGEST_LINK or not link.lower().startswith(("http://", "https://"))):
        raise BadArgument(
            f"media_url：应是 http 或 https 地址，最多 {LONGEST_LINK} 个字符。", field="media_url"
        )
    kept = {"media_url": link, "address_id": str(building.pk) if building else ""}
    return {name: value for name, value in kept.items() if value}


def _check_pictures(pictures: Sequence[File[bytes]]) -> None:
    if pictures and not settings.LINLI_OPEN311_EXTENSIONS:
        raise BadArgument(
            "media：这里没有开放图片上传，请用 media_url 给出图片的地址。", field="media"
        )
    if len(pictures) > MOST_PICTURES:
        raise BadArgument(
            f"media：最多 {MOST_PICTURES} 张图片，这里有 {len(pictures)} 张。", field="media"
        )

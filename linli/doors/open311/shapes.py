"""Our rows as the objects of GeoReport v2, and nothing of them that the spec does not ask for.

Ids and codes are strings, `lat` and `long` numbers, `metadata`, `variable` and `required` booleans; what is not known
is null. Times are local with their offset, to the second.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from linli.cases.flow import OUTCOME_NAMES, STAGE_NAMES, Outcome, Stage
from linli.cases.models import Case, Category, CategoryKind
from linli.doors.open311.attributes import Question, questions_of
from linli.doors.open311.publishing import published_address, published_text
from linli.doors.open311.queries import Surroundings
from linli.kernel.calendar.local import LOCAL
from linli.kernel.files.models import StoredFile
from linli.kernel.privacy.masks import rough_position

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
FORMATS = ["text/xml", "application/json"]

OPEN_NOTES: dict[Stage, str] = {
    Stage.RECEIVED: "已收到",
    Stage.VERIFYING: "已收到，正在现场核实",
    Stage.ACCEPTED: "已受理",
    Stage.TO_DISPATCH: "已受理",
    Stage.TO_SIGN: "已派单",
    Stage.HANDLING: "处理中",
    Stage.TO_CHECK: "处理中",
    Stage.TO_FOLLOW_UP: "已处理，待评价",
}
"""What the public is told of a stage that is open; the inner stages are the office's own affair."""

Address = Callable[[StoredFile], str]


def service_shape(category: Category, conditions: list[str]) -> dict[str, Any]:
    """One entry of the service list.

    Every service is `batch`: a token comes at once, the number after triage.
    """
    meant = f"，例如{'、'.join(conditions)}" if conditions else ""
    return {
        "service_code": category.code,
        "service_name": category.name,
        "description": f"{category.major_name}：{category.name}{meant}",
        "metadata": bool(questions_of(category)),
        "type": "batch",
        "keywords": ",".join(
            (category.name, category.major_name, str(CategoryKind(category.kind).label))
        ),
        "group": category.major_name,
    }


def definition_shape(category: Category) -> dict[str, Any]:
    questions = enumerate(questions_of(category), start=1)
    return {
        "service_code": category.code,
        "attributes": [_attribute_shape(question, order) for order, question in questions],
    }


def request_shape(case: Case, around: Surroundings) -> dict[str, Any]:
    """One request, without anything about whoever reported it."""
    reporters = around.reporters.get(case.pk, [])
    assert case.category is not None, "public cases have a class"
    lon, lat = rough_position(case.lon, case.lat)
    promise = case.promise
    return {
        "service_request_id": case.number,
        "status": "open" if case.open else "closed",
        "status_notes": _status_notes(case, around),
        "service_name": case.category.name,
        "service_code": case.category.code,
        "description": published_text(_description(case), reporters),
        "agency_responsible": case.handling_org.name if case.handling_org else None,
        # The words of the page: a time to answer is no time by which it is done.
        "service_notice": promise.sentence if promise else None,
        "requested_datetime": moment(case.opened_at),
        "updated_datetime": moment(
            case.changed_at if case.open else case.closed_at or case.changed_at
        ),
        "expected_datetime": moment(promise.at) if promise and promise.done_by else None,
        "address": published_address(case.address.plain, reporters) or None,
        "address_id": None,
        "zipcode": None,
        "lat": lat,
        "long": lon,
        "media_url": None,
    }


def extended_shape(case: Case, around: Surroundings, address_of: Address) -> dict[str, Any]:
    """The request with its public history and pictures; `address_of` makes the address of a stored file."""
    reporters = around.reporters.get(case.pk, [])
    notes = [
        {
            "datetime": moment(line.at),
            "type": line.code,
            "description": published_text(line.public_text.plain, reporters),
        }
        for line in around.lines.get(case.pk, [])
    ]
    media = [address_of(file) for file in around.photos.get(case.pk, [])]
    return {
        **request_shape(case, around),
        "media_url": media[0] if media else None,
        "extended_attributes": {"media_urls": media},
        "notes": notes,
    }


def discovery_shape(
    *, contacts: list[tuple[str, str]], url: str, trial_url: str, changeset: datetime
) -> dict[str, Any]:
    """The discovery document: one endpoint that acts, and one for trying out that stores nothing."""
    lines = "；".join(f"{name} {phone}".strip() for name, phone in contacts)
    since = moment(changeset)
    endpoints = [
        {
            "specification": SPECIFICATION,
            "url": address,
            "changeset": since,
            "type": kind,
            "formats": FORMATS,
        }
        for address, kind in ((url, "production"), (trial_url, "test"))
    ]
    return {
        "changeset": since,
        "contact": f"接口问题请联系所属街道：{lines}"
        if lines
        else "接口问题请联系所属街道或社区。",
        "key_service": "接口密钥由所属街道的安全管理员发放，请向街道提出书面申请；查询不需要密钥。",
        "endpoints": endpoints,
    }


def moment(at: datetime) -> str:
    return at.astimezone(LOCAL).isoformat(timespec="seconds")


def _attribute_shape(question: Question, order: int) -> dict[str, Any]:
    return {
        "variable": question.variable,
        "code": question.code,
        "datatype": question.datatype,
        "required": question.required,
        "datatype_description": question.datatype_description,
        "order": order,
        "description": question.description,
        "values": [{"key": key, "name": name} for key, name in question.values],
    }


def _description(case: Case) -> str:
    title, text = case.title.plain, str(getattr(case, "text", ""))
    if not text or text.startswith(title.removesuffix("…")):
        return text or title
    return f"{title}\n{text}"


def _status_notes(case: Case, around: Surroundings) -> str | None:
    if case.open:
        return OPEN_NOTES[Stage(case.stage)]
    reporters = around.reporters.get(case.pk, [])
    words = [
        OUTCOME_NAMES[Outcome(case.outcome)] if case.outcome else STAGE_NAMES[Stage(case.stage)]
    ]
    if case.public_reply:
        words.append(published_text(case.public_reply.plain, reporters))
    if case.pk in around.continued_in:
        words.append(f"请继续查询 {around.continued_in[case.pk]}")
    return "。".join(word.rstrip("。") for word in words) + "。"

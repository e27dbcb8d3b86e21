"""The JSON interface: hand in a report, follow it, move a case, search. OpenAPI at `/api/docs`.

A machine sends `Authorization: Bearer <key>`; a logged-in browser its session. Rights and scopes are those of the
account behind it, the same as on the screens. Every refusal is `{"error": {"code", "message", "field"}}`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from ninja import File, NinjaAPI
from ninja.errors import AuthenticationError, ValidationError
from ninja.files import UploadedFile
from ninja.security import HttpBearer, SessionAuth

from linli.cases.actions.intake import receive_report
from linli.cases.actions.moving import make_move
from linli.cases.drafts import ReportDraft
from linli.cases.errors import MissingFact
from linli.cases.facts import Facts
from linli.cases.flow import MOVES, OUTCOME_NAMES, STAGE_NAMES
from linli.cases.models import Case, Category, Report
from linli.cases.queries import case_for, filtered, id_in, page_of, reaches, timeline
from linli.cases.senders import known_sender
from linli.doors.reports.schemas import CaseDetail, CaseOut, CasePage, MoveIn, ReceiptOut, ReportIn
from linli.kernel.access.queries import key_holder
from linli.kernel.acting import Actor, Request, coming_from
from linli.kernel.calendar.local import local_day
from linli.kernel.engine.remembered import Remembered
from linli.kernel.engine.rows import find, get, known
from linli.kernel.errors import LinliError, NotAllowed
from linli.kernel.files import keys
from linli.kernel.files.actions import store_file
from linli.kernel.files.rules import Kind
from linli.kernel.organisations.models import Organization
from linli.kernel.people.models import Staff
from linli.kernel.privacy.free_text import masked_tree
from linli.kernel.privacy.words import Sight

PHOTO = "api"
"""What the keys of pictures uploaded here are good for; those of a form of the pages are not."""


class BearerKey(HttpBearer):
    """Puts the actor of a key in the place of the session's."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        known = cast("Request", request)
        seen = known.actor.origin
        actor = coming_from(
            key_holder(token, now=known.now),
            client=seen.client,
            request_id=seen.request_id,
        )
        known.actor = actor
        return actor


class LoggedIn(SessionAuth):
    """The session of a browser. Whoever has none is asked for a key, and not told of a forgery check."""

    def __call__(self, request: HttpRequest) -> Any:
        return super().__call__(request) if request.user.is_authenticated else None


api = NinjaAPI(
    title="Linli 邻里", version="1", urls_namespace="reports", auth=[BearerKey(), LoggedIn()]
)


def answered(request: HttpRequest, words: Any, *, status: int = 200) -> HttpResponse:
    """An answer as it stands. The shapes in `schemas` say what it looks like; to check each again costs more than
    to make it, so the tests do."""
    return api.create_response(request, words, status=status)


@api.exception_handler(LinliError)
def refused(request: HttpRequest, error: LinliError) -> HttpResponse:
    words = {"code": error.code, "message": error.message, "field": error.field}
    return api.create_response(request, {"error": words}, status=error.status)


@api.exception_handler(ValidationError)
def malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    first = error.errors[0]
    field = ".".join(str(part) for part in first["loc"][1:] if part != "payload")
    words = {
        "code": "malformed",
        "message": f"字段 {field or '正文'} 不合要求：{first['msg']}",
        "field": field,
    }
    return api.create_response(request, {"error": words}, status=422)


@api.exception_handler(AuthenticationError)
def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    words = {
        "code": "unknown_key",
        "message": "请用 Authorization: Bearer 提供接口密钥，或先登录。",
        "field": "api_key",
    }
    return api.create_response(request, {"error": words}, status=401)


@api.post("/reports", response={201: ReceiptOut, 200: ReceiptOut})
def create_report(request: HttpRequest, payload: ReportIn) -> HttpResponse:
    """Hand in a report. 201 when it is new, 200 with the same receipt when we had it already (`added` names the
    photos and wishes for secrecy that this sending brought), 409 when the key stands for other content."""
    fields = payload.dict()
    draft = ReportDraft(
        **{name: fields[name] for name in ReportDraft.__dataclass_fields__ if name in fields},
        intake_channel=fields["channel"],
        category_code=fields["category"],
        photo_ids=_photos(request, fields["photos"], "photos"),
    )
    receipt = receive_report(draft, by=_actor(request), now=_now(request))
    case = get(Case, receipt.case_id) if receipt.case_id else None
    words = {
        "receipt": receipt.receipt,
        "already_known": receipt.already_known,
        "case": case.number if case else None,
        "follow": f"/api/reports/{receipt.receipt}",
        "added": list(receipt.added),
    }
    return answered(request, words, status=200 if receipt.already_known else 201)


@api.get("/reports/{receipt}", response=ReceiptOut)
def read_report(request: HttpRequest, receipt: str) -> HttpResponse:
    """The case number of a report that this account handed in or may see; empty while it is being sorted."""
    actor = _actor(request)
    report = next(iter(find(Report, receipt=receipt)), None)
    case = get(Case, report.case_id) if report and report.case_id else None
    if report and case and not (_handed_in(actor, report) or reaches(actor, case, "cases.view")):
        case = None
    words = {
        "receipt": receipt,
        "already_known": True,
        "case": case.number if case else None,
        "follow": f"/api/reports/{receipt}",
        "added": [],
    }
    return answered(request, words)


@api.post("/photos", response={201: dict[str, Any]})
def create_photo(request: HttpRequest, photo: File[UploadedFile]) -> tuple[int, dict[str, Any]]:
    """Upload one picture; the key it gets back goes into a report or a move of the same account, until tomorrow."""
    actor = _actor(request)
    if not actor.may("cases.report") and not actor.may("cases.handle"):
        raise NotAllowed("此账号不能上传照片。")
    stored = store_file(
        photo.name or "photo",
        photo.read(),
        by=actor,
        now=_now(request),
        field="photo",
        kinds={Kind.PHOTO},
    )
    key = keys.key_of(stored, PHOTO, account_id=actor.account_id, on=local_day(_now(request)))
    return 201, {"photo": key}


@api.get("/cases", response=CasePage)
def list_cases(
    request: HttpRequest,
    q: str = "",
    stage: str = "",
    open: str = "",
    channel: str = "",
    before: int | None = None,
    size: int = 50,
) -> HttpResponse:
    """Cases in this account's scope, newest first; `next` is the `before` of the following page."""
    wanted = {"q": q, "stage": stage, "open": open, "channel": channel}
    rows, following = page_of(
        filtered(_actor(request), wanted), before=before, size=max(1, min(size, 200)), related=()
    )
    return answered(request, {"cases": [_short(case) for case in rows], "next": following})


@api.get("/cases/{number}", response=CaseDetail)
def read_case(request: HttpRequest, number: str) -> HttpResponse:
    """One case with its timeline."""
    case = case_for(_actor(request), number)
    lines = [
        {"code": line.code, "from": line.from_stage, "to": line.to_stage, "at": line.at, "by": line.by_name,
         "note": str(line.note), "public_text": str(line.public_text)}
        for line in timeline(case)
    ]  # fmt: skip
    words = {
        **_short(case),
        "body": str(case.body),
        "address": str(case.address),
        "public_reply": str(case.public_reply),
        "suggestion": masked_tree(case.suggestion, keep_home=case.sight is Sight.HOMES),
        "timeline": lines,
    }
    return answered(request, words)


@api.post("/cases/{number}/moves", response=CaseOut)
def create_move(request: HttpRequest, number: str, payload: MoveIn) -> HttpResponse:
    """Make one move. 409 when the case has changed since `version`."""
    given = payload.dict()
    facts = Facts(
        **{name: given[name] for name in ("version", "standard", "worker", "note", "public_reply", "outcome",
                                          "reason_code", "closing_condition_met")},
        category=_id(Category, given["category"], "category"),
        organization=_id(Organization, given["organization"], "organization"),
        survivor=id_in(given["survivor"]) or None,
        photo_before=_photos(request, given["photo_before"], "photo_before"),
        photo_after=_photos(request, given["photo_after"], "photo_after"),
        photo_check=_photos(request, given["photo_check"], "photo_check"),
    )  # fmt: skip
    case = make_move(
        id_in(number), given["move"], by=_actor(request), facts=facts, now=_now(request)
    )
    return answered(request, _short(case))


@api.get("/lists", response=dict[str, Any])
def read_lists(request: HttpRequest) -> dict[str, Any]:
    """Names and codes that the other calls use: moves, stages, outcomes, classes, organisations."""
    return {
        "moves": {
            rule.code: {"name": rule.name, "needs": rule.required_fields} for rule in MOVES.values()
        },
        "stages": STAGE_NAMES,
        "outcomes": OUTCOME_NAMES,
        "categories": list(
            Category.objects.filter(retired_at=None).values("code", "name", "kind", "major_name")
        ),
        "organizations": list(
            Organization.objects.filter(retired_at=None).values("code", "name", "kind")
        ),
    }


def _actor(request: HttpRequest) -> Actor:
    return cast("Request", request).actor


def _photos(request: HttpRequest, given: list[str], field: str) -> tuple[int, ...]:
    """Row ids of the pictures this account uploaded; what another account sees of a picture does not stand for it."""
    account_id, on = _actor(request).account_id, local_day(_now(request))
    rows = [keys.file_of(key, PHOTO, account_id=account_id, on=on) for key in given]
    if not all(rows):
        raise MissingFact(
            "有照片不是由此账号上传的，或已隔了一天，请先用 /api/photos 上传。", field=field
        )
    return tuple(row.pk for row in rows if row is not None)


def _handed_in(actor: Actor, report: Report) -> bool:
    """Whether this account, or the machine behind this key, sent the report."""
    sender = known_sender(staff_id=actor.staff_id, account_id=actor.account_id)
    return bool(sender) and report.sender == sender


def _now(request: HttpRequest) -> datetime:
    return cast("Request", request).now


def _id(model: type[Model], code: str, field: str) -> int | None:
    if not code:
        return None
    row_id = _ids_by_code(model, code)
    if row_id is None:
        raise MissingFact(f"没有编码为“{code}”的条目，请查询 /api/lists。", field=field)
    return row_id


def _read_id(model: type[Model], code: str) -> int | None:
    row = model._default_manager.filter(code=code).first()
    return int(row.pk) if row else None


_ids_by_code = Remembered(_read_id, seconds=3.0)


def _name(model: type[Category | Organization | Staff], row_id: int | None) -> str | None:
    row = known(model, row_id)
    return row.name if row else None


def _short(case: Case) -> dict[str, Any]:
    return {
        "number": case.number,
        "stage": case.stage,
        "stage_name": case.stage_name,
        "version": case.version,
        "title": str(case.title),
        "category": _name(Category, case.category_id),
        "lon": case.lon,
        "lat": case.lat,
        "organization": _name(Organization, case.handling_org_id),
        "owner": _name(Staff, case.owner_id),
        "opened_at": case.opened_at,
        "due_at": case.due_at,
        "due_provisional": case.due_provisional,
        "promised_at": case.promised_at,
        "promised_for": case.promised_for,
        "promise_provisional": case.promise_provisional,
        "closed_at": case.closed_at,
        "outcome": case.outcome,
        "report_count": case.report_count,
    }

"""The resources of GeoReport v2. Reading is open to everybody and shows only what is public; posting needs a key."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime, time
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from linli.cases.models import Case
from linli.doors.open311 import queries
from linli.doors.open311.arguments import Arguments, plain, span
from linli.doors.open311.errors import BadArgument, NotThere, WrongMethod, http_status
from linli.doors.open311.intake import TRIAL_TOKEN, actor_of, take
from linli.doors.open311.rendering import JSON, XML, respond
from linli.doors.open311.shapes import (
    definition_shape,
    discovery_shape,
    extended_shape,
    request_shape,
    service_shape,
)
from linli.kernel.access.attempts import refuse_if_too_many, remember_tries
from linli.kernel.acting import Request
from linli.kernel.calendar.local import LOCAL, local_day
from linli.kernel.errors import LinliError
from linli.kernel.files.queries import signed_path
from linli.kernel.public_address import public_address

STATUSES = {"open", "closed"}
MOST_PAGES = 1_000
"""Pages one may go forward; with 1,000 rows each more than 90 days of a large city."""

ARGUMENT_NAMES = {
    "body": "description",
    "lon": "long",
    "address": "address_string",
    "contact_name": "first_name",
    "contact_phone": "phone",
    "category": "service_code",
}
"""How the field of a report is called in GeoReport v2."""

UNREADABLE = (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError)

Answer = tuple[str, Any]
View = Callable[..., Answer]


def open_to_all(*methods: str) -> Callable[[View], Callable[..., HttpResponse]]:
    """Make a view of a function that returns (root, value): method, format and errors as the spec says.

    Nobody is refused here: reading needs no right, and posting is guarded by the key and by `receive_report`.
    """

    def dress(view: View) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @functools.wraps(view)
        def dressed(request: HttpRequest, form: str, **parts: Any) -> HttpResponse:
            try:
                if request.method not in methods:
                    raise WrongMethod(f"{request.method}：这个地址只接受 {'、'.join(methods)}。")
                root, value = view(request, **{name: _part(value) for name, value in parts.items()})
            except UNREADABLE:
                return refusal(
                    BadArgument(
                        "请求的正文读不出来，请用 application/x-www-form-urlencoded 和 UTF-8。"
                    ),
                    form,
                )
            except LinliError as error:
                return _allowing(refusal(error, form), methods)
            return respond(root, value, form, charset=root != "discovery")

        dressed.guarded_by = ()  # type: ignore[attr-defined]
        return dressed

    return dress


def refusal(error: LinliError, form: str) -> HttpResponse:
    """The error as an array of one, naming the argument as the spec calls it."""
    name = ARGUMENT_NAMES.get(error.field, error.field)
    message = error.message if not name or name in error.message else f"{name}：{error.message}"
    return respond(
        "errors", [{"code": error.status, "description": message}], form, status=http_status(error)
    )


@open_to_all("GET", "HEAD")
def discovery(request: HttpRequest) -> Answer:
    """Where the endpoints are. Standards change by the day, so the document is as of the beginning of today."""
    return "discovery", discovery_shape(
        contacts=queries.contact_lines(),
        url=_endpoint(request, "services"),
        trial_url=_endpoint(request, "trial_services"),
        changeset=datetime.combine(local_day(_now(request)), time(), LOCAL),
    )


@open_to_all("GET", "HEAD")
def services(request: HttpRequest, *, trial: bool) -> Answer:
    _jurisdiction(Arguments(request.GET))
    categories = list(queries.services())
    conditions = queries.filing_conditions(
        [category.pk for category in categories], now=_now(request)
    )
    return "services", [
        service_shape(category, conditions.get(category.pk, [])) for category in categories
    ]


@open_to_all("GET", "HEAD")
def service(request: HttpRequest, *, code: str, trial: bool) -> Answer:
    _jurisdiction(Arguments(request.GET))
    return "service_definition", definition_shape(queries.service(code))


@open_to_all("GET", "HEAD", "POST")
def requests(request: HttpRequest, *, trial: bool) -> Answer:
    if request.method == "POST":
        return "service_requests", [_taken(request, trial=trial)]
    return "service_requests", _shapes(request, _found(Arguments(request.GET), now=_now(request)))


@open_to_all("GET", "HEAD")
def one_request(request: HttpRequest, *, number: str, trial: bool) -> Answer:
    area = _jurisdiction(Arguments(request.GET))
    cases = queries.cases_by_number([number], area)
    if not cases:
        raise NotThere(
            "service_request_id：没有这个编号，或这件事没有公开。", field="service_request_id"
        )
    return "service_requests", _shapes(request, cases)


@open_to_all("GET", "HEAD")
def token(request: HttpRequest, *, token: str, trial: bool) -> Answer:
    """The number behind a token; null while the report is still being sorted."""
    _jurisdiction(Arguments(request.GET))
    if trial and token == TRIAL_TOKEN:
        return "service_requests", [{"service_request_id": None, "token": TRIAL_TOKEN}]
    tries = {"receipt": token, "receipt.address": request.META.get("REMOTE_ADDR", "")}
    refuse_if_too_many(tries, now=_now(request))
    try:
        report = queries.open311_report(token)
    except NotThere:
        remember_tries(tries, now=_now(request))
        raise
    number = report.case.number if report.case else None
    return "service_requests", [{"service_request_id": number, "token": report.receipt}]


@csrf_exempt
def nothing(request: HttpRequest, rest: str) -> HttpResponse:
    """Every other address below this door."""
    form = JSON if rest.endswith(f".{JSON}") else XML
    return refusal(
        NotThere("没有这个地址。请从 discovery.xml 开始，地址以 .xml 或 .json 结尾。"), form
    )


nothing.guarded_by = ()  # type: ignore[attr-defined]


def _taken(request: HttpRequest, *, trial: bool) -> dict[str, Any]:
    arguments = Arguments(request.POST, request.GET)
    actor = actor_of(arguments, now=_now(request))
    _jurisdiction(arguments)
    pictures = [one for name in ("media", "media[]") for one in request.FILES.getlist(name)]
    return take(arguments, pictures, trial=trial, by=actor, now=_now(request))


def _found(arguments: Arguments, *, now: datetime) -> list[Case]:
    area = _jurisdiction(arguments)
    numbers = arguments.many("service_request_id")
    if numbers:
        return queries.cases_by_number(numbers, area)
    statuses = {status.lower() for status in arguments.many("status")}
    if statuses - STATUSES:
        raise BadArgument("status：只能是 open、closed，或两者用逗号隔开。", field="status")
    start, end = span(arguments, now=now)
    codes = arguments.many("service_code")
    rows = queries.cases_between(start, end, statuses=statuses, codes=codes, jurisdiction=area)
    if not settings.LINLI_OPEN311_EXTENSIONS:
        return list(rows[: queries.MOST_ROWS])
    size = arguments.count("page_size", default=queries.MOST_ROWS, most=queries.MOST_ROWS)
    first = (arguments.count("page", default=1, most=MOST_PAGES) - 1) * size
    return list(rows[first : first + size])


def _shapes(request: HttpRequest, cases: list[Case]) -> list[dict[str, Any]]:
    extended = settings.LINLI_OPEN311_EXTENSIONS and Arguments(request.GET).is_true("extensions")
    around = queries.surroundings(cases, extended=extended)
    if not extended:
        return [request_shape(case, around) for case in cases]
    now = _now(request)
    return [
        extended_shape(
            case, around, lambda file: public_address(request, signed_path(file, now=now))
        )
        for case in cases
    ]


def _jurisdiction(arguments: Arguments) -> Any:
    return queries.jurisdiction_of(arguments.text("jurisdiction_id"))


def _endpoint(request: HttpRequest, name: str) -> str:
    """Address of an endpoint: that of its service list without the last part."""
    return public_address(request, reverse(f"open311:{name}", kwargs={"form": XML})).rpartition(
        "/"
    )[0]


def _now(request: HttpRequest) -> datetime:
    return cast("Request", request).now


def _part(value: Any) -> Any:
    return plain(value) if isinstance(value, str) else value


def _allowing(answer: HttpResponse, methods: tuple[str, ...]) -> HttpResponse:
    answer.headers["Allow"] = ", ".join(methods)
    return answer

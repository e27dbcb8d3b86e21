"""Every address of the site × every role × two sub-districts: nobody reads or changes what lies outside their scope.

The addresses are walked, not listed: a new page is tested the moment it exists. A foreign case carries a mark in every
field that a page could show; each account asks for everything, with that case's number in every place that takes one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, time, timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import Settings

from linli.cases.actions.intake import receive_report
from linli.cases.desks import DESKS
from linli.cases.drafts import ReportDraft
from linli.cases.flow import MOVES
from linli.cases.models import Case, CaseMove, Report
from linli.inspections.actions import add_site, plan_inspection
from linli.inspections.flow import INSPECTION
from linli.inspections.models import Inspection, InspectionLine, Site
from linli.kernel.access.models import Account, DataScope, PostHolding, Role
from linli.kernel.access.queries import RESIDENT
from linli.kernel.acting import SYSTEM
from linli.kernel.jobs.queue import run_due
from linli.kernel.organisations.models import Organization, OrganizationKind
from linli.kernel.people.models import Shift, Staff
from linli.kernel.places.actions import import_areas
from linli.kernel.places.queries import area_by_code
from linli.screens.console.cases.beside import BESIDE
from linli.whistles.actions.meetings import call_meeting, resolve
from linli.whistles.actions.whistling import Called, WhistleDraft, blow_whistle
from linli.whistles.flow import LEG_MOVES
from linli.whistles.models import JointMeeting, Resolution, Whistle, WhistleLeg
from tests.walks import holds
from tests.world import MONDAY, World

MARK = "白鹭标记"
"""Stands in title, words, address and contact of the foreign case; no page of another scope may show it."""

OPEN_TO_ALL = (
    "/home/",
    "/open311/",
    "/static/",
    "/files/",
    "/i18n/",
    "/login",
    "/logout",
    "/healthz",
    "/reading",
    "/field/manifest.webmanifest",
    "/field/sw.js",
    "/field/offline",
    "/api/openapi.json",
    "/api/docs",
)
ROLES = (
    "acceptor", "shift_supervisor", "dispatcher", "checker", "grid_worker", "grid_leader", "handler", "follow_up",
    "leader", "community_clerk", "system_admin", "security_admin", "audit_admin", "intake_client", "board_client",
    "unit_leader", "evaluator", "district_coordinator",
)  # fmt: skip

pytestmark = pytest.mark.exhaustive
"""On SQLite only: what is walked are rights and addresses, which are decided above the engine. The queries that carry
the scope are tested on both engines beside their modules."""


def monday() -> object:
    return MONDAY


@pytest.fixture
def foreign(world: World, settings: Settings) -> Case:
    """A marked case in the world's own sub-district; the accounts under test all belong to another one."""
    settings.LINLI_CLOCK = "tests.test_nothing_leaks.monday"
    draft = ReportDraft(
        title=f"{MARK}甲", body=f"{MARK}乙", address=f"{MARK}丙", lon=120.005, lat=30.005, category_code="E0111",
        contact_name=f"{MARK}丁", contact_phone="19900007531", intake_channel="phone",
    )  # fmt: skip
    receipt = receive_report(draft, by=RESIDENT, now=MONDAY)
    run_due(now=MONDAY)
    case = Report.objects.get(pk=receipt.report_id).case
    assert case is not None
    _whistled(world, case)
    _inspected(world)
    return case


def _inspected(world: World) -> None:
    """A place with a planned visit, with the same marks."""
    leader = world.actors["leader"]
    site = add_site(
        f"{MARK}甲", kind="shop", area=world.areas["G1"], address=f"{MARK}乙",
        unit=world.organizations["CG"].pk, by=leader, now=MONDAY,
    )  # fmt: skip
    plan_inspection(site.pk, by=leader, now=MONDAY)


def _whistled(world: World, case: Case) -> None:
    """A whistle about the case and a meeting about the whistle, with the same marks."""
    unit, street = world.organizations["CG"].pk, world.actors["dispatcher"]
    draft = WhistleDraft(
        "enforcement", f"{MARK}甲", f"{MARK}乙", world.areas["C1"], f"{MARK}丙", (case.pk,),
        (Called(unit, "lead", f"{MARK}丁"),),
    )  # fmt: skip
    whistle = blow_whistle(draft, by=street, now=MONDAY)
    meeting = call_meeting(
        f"{MARK}甲", area=world.areas["S"], held_at=MONDAY + timedelta(hours=1), place=f"{MARK}乙",
        chair=f"{MARK}丙", agenda=[f"{MARK}丁"], units=[unit], whistle=whistle.pk, by=street, now=MONDAY,
    )  # fmt: skip
    resolve(meeting.pk, point=1, text=f"{MARK}甲", by=street, now=MONDAY)


@pytest.fixture
def elsewhere(world: World) -> Callable[[str], Client]:
    """Makes a logged-in browser of a role that is posted to a second sub-district."""
    ring = [[121.0, 31.0], [121.01, 31.0], [121.01, 31.01], [121.0, 31.01], [121.0, 31.0]]
    rows = [
        ("990101002", "柳巷街道", None),
        ("990101002001", "柳巷社区", None),
        ("990101002001001", "柳巷一格", ring),
    ]
    features = []
    for code, name, shape in rows:
        properties = {"code": code, "name": name, "parent": code[:-3]}
        geometry = {"type": "Polygon", "coordinates": [shape]} if shape else None
        if shape:
            properties["kind"] = "basic"
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    report = import_areas(
        {"type": "FeatureCollection", "features": features}, by=SYSTEM, now=MONDAY
    )
    assert not report.bad, report.bad
    office = Organization.objects.create(code="LX", name="柳巷站", kind=OrganizationKind.DEPARTMENT)
    return lambda role: _client(role, office)


def _client(role: str, office: Organization) -> Client:
    staff = Staff.objects.create(name=f"柳巷{role}", employee_no=f"LX-{role}", organization=office)
    Shift.objects.create(
        staff=staff,
        weekdays="1234567",
        starts=time(0),
        ends=time(23, 59, 59),
        valid_from=date(2020, 1, 1),
    )
    account = Account.objects.create(username=f"lx_{role}", password="!", staff=staff)
    scope = {
        "grid_worker": DataScope.GRID,
        "grid_leader": DataScope.GRID,
        "handler": DataScope.ORGANIZATION,
    }.get(role, DataScope.BELOW)
    code = "990101002001001" if scope == DataScope.GRID else "990101002"
    PostHolding.objects.create(
        account=account,
        role=Role.objects.get(code=role),
        data_scope=scope,
        area=area_by_code(code),
        organization=office if scope == DataScope.ORGANIZATION else None,
        valid_from=date(2020, 1, 1),
    )
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def addresses(case: Case) -> Iterator[str]:
    """Every address of the site, with the foreign case's facts in the places that take an argument."""
    report = Report.objects.get(case=case)
    whistle, leg = Whistle.objects.get(), WhistleLeg.objects.get()
    inspection = Inspection.objects.get()
    values = {
        "number": case.number, "receipt": report.receipt, "report_id": str(report.pk), "case_id": str(case.pk),
        "code": "E0111", "move": "accept", "pk": str(case.pk), "id": str(case.pk), "kind": "jobs", "row_id": "1",
        "token": report.receipt, "extension": "json", "format": "json", "ending": "json", "grid": "990101001001001",
        "whistle_number": whistle.number, "leg_id": str(leg.pk), "meeting_id": str(JointMeeting.objects.get().pk),
        "resolution_id": str(Resolution.objects.get().pk), "inspection_number": inspection.number,
        "site_id": str(inspection.site_id), "matter_id": str(inspection.pk),
    }  # fmt: skip
    yield from _walk(get_resolver().url_patterns, "/", values)
    for desk in DESKS:
        yield f"/console/desks/{desk.code}?tab=pool"
        yield f"/console/desks/{desk.code}/{case.number}"
    for kind, matter in (("leg", leg), ("inspection", inspection)):
        yield f"/field/matters/{kind}/{matter.pk}"
        yield f"/field/matters/{kind}/{matter.pk}/E0111"


def _walk(
    patterns: list[URLPattern | URLResolver], prefix: str, values: dict[str, str]
) -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern).lstrip("^").rstrip("$")
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route, values)
        else:
            yield _filled(route, pattern, values)


def _filled(route: str, pattern: URLPattern, values: dict[str, str]) -> str:
    for name in pattern.pattern.converters:
        start = route.index("<")
        end = route.index(">")
        whose = next(
            (f"{one}_{name}" for one in ("whistle", "inspection") if f"/{one}s/" in route), name
        )
        route = route[:start] + values.get(whose, values.get(name, "1")) + route[end + 1 :]
    return route


def _state(case: Case) -> tuple[object, ...]:
    fresh = Case.objects.filter(pk=case.pk).values().get()
    return (
        *fresh.values(),
        CaseMove.objects.filter(case=case).count(),
        Report.objects.filter(case=case).count(),
        list(Whistle.objects.values_list()),
        list(WhistleLeg.objects.values_list()),
        list(JointMeeting.objects.values_list()),
        list(Resolution.objects.values_list()),
        list(Inspection.objects.values_list()),
        list(Site.objects.values_list()),
        InspectionLine.objects.count(),
    )


CODES = (
    *MOVES,
    *BESIDE,
    *LEG_MOVES,
    *INSPECTION.move,
    "blow",
    "turn_down",
    "plan",
    "add",
    "close",
    "reply",
)
"""Everything that can stand behind `/moves/`."""


QUERY = "?q=%E7%99%BD%E9%B9%AD%E6%A0%87%E8%AE%B0&size=200&open=1&months=1"


@pytest.mark.parametrize("role", ROLES)
def test_no_page_shows_a_foreign_case(
    role: str, foreign: Case, elsewhere: Callable[[str], Client]
) -> None:
    client = elsewhere(role)
    seen = 0
    for address in addresses(foreign):
        own = foreign.number in address or "<" in address
        for query in ("",) if own else ("", QUERY):
            answer = client.get(address + query)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
            seen += 1
            # A search page repeats the words that were asked for; the mark with its letter is in the case only.
            for letter in "甲乙丙丁":
                assert f"{MARK}{letter}".encode() not in body, f"{role} reads {address}{query}"
            assert b"19900007531" not in body, f"{role} reads the phone at {address}{query}"
            assert holds(answer, address), f"{address}{query} breaks for {role}"
    assert seen > 80, "the walk found the site"


@pytest.mark.parametrize("role", ROLES)
def test_no_post_changes_a_foreign_case(
    role: str, foreign: Case, elsewhere: Callable[[str], Client]
) -> None:
    client = elsewhere(role)
    report = Report.objects.get(case=foreign)
    before = _state(foreign)
    form = {
        "number": foreign.number, "case": str(foreign.pk), "cases": foreign.number, "report": str(report.pk),
        "report_id": str(report.pk), "note": "x", "reason": "x", "purpose": "x", "public_reply": "x",
        "reason_code": "untrue", "outcome": "solved", "closing_condition_met": "on", "version": str(foreign.version),
        "category": str(foreign.category_id), "standard": "1", "organization": "1", "survivor": foreign.number,
        "result": "x", "text": "x", "point": "1", "place": "x", "reply": "x", "arrival_score": "3",
        "cooperation_score": "3", "effect_score": "3", "agree": "yes", "opinion": "x", "until": "2026-04-01T09:00",
        "kind": "assist", "demand": "x", "answer_by": "2026-04-01T09:00", "answer": "x",
        "items": "1", "limit": "3工作日", "name": "x",
        "new_standard": "1", "effective": "yes", "contacted": "yes", "solved": "solved", "satisfaction": "satisfied",
    }  # fmt: skip
    for address in addresses(foreign):
        if address.startswith(("/home/", "/i18n/", "/logout", "/reading")):
            continue
        targets = [address]
        for last in ("accept", "E0111"):
            if address.endswith((f"/moves/{last}", f"{foreign.number}/{last}")) or (
                "/field/matters/" in address and address.endswith(f"/{last}")
            ):
                targets = [address.removesuffix(last) + code for code in CODES]
        for target in targets:
            answer = client.post(target, form)
            assert holds(answer, target), f"{target} breaks for {role}"
    for code in MOVES:
        client.post(
            f"/api/cases/{foreign.number}/moves",
            {"move": code, "note": "x"},
            content_type="application/json",
        )
    assert _state(foreign) == before, f"{role} changed a foreign case"


def test_a_stranger_is_sent_to_log_in_or_refused_everywhere_else(foreign: Case) -> None:
    client = Client()
    for address in addresses(foreign):
        if (
            address == "/"
            or address.startswith(OPEN_TO_ALL)
            or "/geo/public" in address
            or "/geo/buildings" in address
        ):
            continue
        answer = client.get(address)
        assert answer.status_code in (302, 401, 403, 404, 405), (
            f"{address} answers a stranger {answer.status_code}"
        )

"""A handler who tries every trick cannot check or close the own case: 0 ways.

The doors are enumerated, not listed: every address of the site, every move and every action beside the moves, from
every state that can be reached. The handler here is the strongest there could be: one account that holds every role
everywhere, which no security administrator could give. What must never be found is a line in a timeline by which
somebody judged or ended the work that they, or their department, had done before.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from linli.cases.actions.moving import make_move
from linli.cases.errors import SamePerson
from linli.cases.facts import Facts
from linli.cases.flow import MOVES, Stage
from linli.cases.models import Case, CaseMove, Report
from linli.doors.terminal import app as terminal
from linli.kernel.access.keys import make_key
from linli.kernel.access.models import Account, DataScope, PostHolding, Role
from linli.kernel.acting import SYSTEM
from linli.kernel.errors import LinliError
from linli.kernel.jobs.queue import run_due
from linli.screens.console.cases.beside import BESIDE
from tests.architecture.source import HOUSE, calls, dotted, place, python_files, tree
from tests.pictures import stored_picture
from tests.tricks import (
    FILED,
    STARTS,
    WORKED,
    Office,
    addresses,
    explore,
    facts_of,
    opened,
    options,
    walk,
    ways_found,
    with_every_role,
)  # fmt: skip
from tests.world import MONDAY, World

exhaustive = pytest.mark.exhaustive
"""On SQLite only: whether a person may judge is decided from the table of moves, above the engine. The moves
themselves, and the locks under them, are tested on both engines beside their modules."""


def monday() -> object:
    return MONDAY


@pytest.fixture
def office(world: World, settings: Any) -> Office:
    settings.LINLI_CLOCK = f"{__name__}.monday"
    picture = stored_picture(SYSTEM, now=MONDAY)
    other = opened("另一处也有垃圾", lon=120.015)
    return Office(world, other, (picture.pk,))


@exhaustive
@pytest.mark.parametrize("start", STARTS)
def test_no_row_of_moves_lets_somebody_judge_the_own_work(office: Office, start: str) -> None:
    who, begin = STARTS[start]
    case = begin(office)
    actor = with_every_role(who)

    explore(office, case, who, list(options(office, who, actor)), [])

    assert office.tried > 40, "the tricks were tried"
    assert office.done > 0, "and some of them are allowed, as remarks are"


def test_a_check_by_the_handler_would_be_found(office: Office) -> None:
    case = walk(office, opened("垃圾"), *WORKED)
    CaseMove.objects.create(
        case=case, code="pass_check", from_stage="to_check", to_stage="to_follow_up", at=MONDAY,
        by_kind="staff", by_name="城管小冯", by_staff=office.world.staff["handler"],
    )  # fmt: skip
    assert ways_found(case, office.world.staff["handler"]) == ["pass_check from to_check"]
    assert ways_found(case, office.world.staff["checker"]) == []


def test_a_colleague_of_the_department_does_not_check_its_work(office: Office) -> None:
    case = walk(office, opened("垃圾"), *WORKED)
    colleague = with_every_role("unit_leader")
    facts = facts_of(office, "unit_leader", worker=None)

    with pytest.raises(SamePerson, match="承办单位的人"):
        make_move(case.pk, "pass_check", by=colleague, facts=facts, now=MONDAY)

    case.refresh_from_db()
    assert case.stage == Stage.TO_CHECK


def test_the_own_case_merged_into_another_by_somebody_stays_the_own_case(office: Office) -> None:
    case = walk(office, opened("垃圾"), *WORKED)
    other = walk(office, office.other, *FILED)
    worker = with_every_role("grid_worker")
    make_move(
        case.pk,
        "merge",
        by=office.world.actors["acceptor"],
        facts=Facts(survivor=other.pk),
        now=MONDAY,
    )
    other = Case.objects.get(pk=other.pk)
    handler = with_every_role("handler")
    facts = facts_of(office, "handler", worker=None)
    for code in ("pass_check", "close", "force_close", "redo", "merge", "cancel"):
        for stage in (Stage.TO_CHECK, Stage.TO_FOLLOW_UP, Stage.TO_DISPATCH):
            Case.objects.filter(pk=other.pk).update(
                stage=stage, handling_org=office.world.organizations["SW"]
            )
            with pytest.raises(LinliError):
                make_move(other.pk, code, by=handler, facts=facts, now=MONDAY)
    Case.objects.filter(pk=other.pk).update(stage=Stage.TO_CHECK)
    assert make_move(other.pk, "pass_check", by=worker, facts=facts, now=MONDAY).stage == (
        Stage.TO_FOLLOW_UP
    ), "somebody else may"


# Doors

FORM_WORDS = {
    "note": "好了", "reason": "因为", "purpose": "verify", "public_reply": "好了", "reason_code": "untrue",
    "outcome": "solved", "closing_condition_met": "on", "agree": "yes", "opinion": "同意",
    "demand": "说明", "answer": "好了", "effective": "yes", "contacted": "yes", "solved": "solved",
    "satisfaction": "satisfied", "kind": "assist", "stage": "closed", "status": "closed", "state": "closed",
    "closed_at": "2026-03-09", "until": "2026-03-12T09:00", "answer_by": "2026-03-12T09:00", "words": "好了",
    "action": "move", "made_at": "2026-03-09T09:00:00+08:00", "contact": "19900001234", "phone_tail": "1234",
}  # fmt: skip
CODES = [*MOVES, *BESIDE]
SKIPPED = ("/logout", "/i18n/", "/reading", "/password", "/login")


def fat_form(office: Office, case: Case) -> dict[str, Any]:
    """A form with everything any door of the site asks for."""
    report = Report.objects.filter(case=case).earliest("pk")
    world = office.world
    return {
        **FORM_WORDS, "number": case.number, "case": str(case.pk), "cases": case.number, "report": str(report.pk),
        "report_id": str(report.pk), "version": str(case.version), "category": str(world.category.pk),
        "standard": str(world.standard.pk), "new_standard": str(world.standard.pk),
        "organization": str(world.organizations["CG"].pk), "survivor": str(office.other.pk),
        "survivor_number": office.other.number, "service_request_id": case.number, "id": str(uuid4()),
        "receipt": report.receipt, f"organization-{case.pk}": str(world.organizations["CG"].pk),
        f"version-{case.pk}": str(case.version),
    }  # fmt: skip


def targets(case: Case) -> Iterator[tuple[str, str]]:
    """(address, code): every address, those of moves once for every move and everything beside them."""
    for address in addresses(case):
        if address.startswith(SKIPPED):
            continue
        if address.endswith((f"{case.number}/moves/E0111", f"{case.number}/E0111")):
            yield from ((address.replace("E0111", code), code) for code in CODES)
        elif address.endswith(("/field/commands", f"/api/cases/{case.number}/moves")):
            yield from ((address, code) for code in CODES)
        else:
            yield address, "close"


def knock(office: Office, client: Client, case: Case, address: str, code: str) -> None:
    """Send everything to one address, as a form and as JSON; by every method where the address is no move."""
    form = {**fat_form(office, case), "code": code, "move": code}
    plain = {**form, "closing_condition_met": True, "organization": "CG", "category": "E0111"}
    for key in ("version", "standard"):
        plain[key] = int(form[key])
    body = json.dumps(plain)
    sendings: list[Callable[[], Any]] = [lambda: client.post(address, form)]
    if address.startswith("/api/") or code == "close":
        methods = (client.post, client.put, client.patch, client.delete)
        sendings += [_sending(method, address, body) for method in methods]
    for number, send in enumerate(sendings):
        office.tried += 1
        mark = transaction.savepoint()
        send()
        _look(office, case, f"{address} {code} {number}")
        transaction.savepoint_rollback(mark)


def _sending(send: Callable[..., Any], address: str, body: str) -> Callable[[], Any]:
    return lambda: send(address, body, content_type="application/json")


def _look(office: Office, case: Case, what: str) -> None:
    now = Case.objects.get(pk=case.pk)
    office.done += now.version != case.version
    person = office.world.staff["handler"]
    assert not ways_found(now, person), what
    if now.stage != case.stage:
        last = CaseMove.objects.filter(case=case).latest("pk")
        assert last.by_staff_id == person.pk, f"{what}: in nobody's name"


@exhaustive
@pytest.mark.parametrize(
    "stage", [Stage.HANDLING, Stage.TO_CHECK, Stage.TO_FOLLOW_UP, Stage.CLOSED]
)
def test_no_address_of_the_site_lets_the_handler_judge_the_own_work(
    office: Office, stage: Stage
) -> None:
    way = {Stage.HANDLING: 4, Stage.TO_CHECK: 5, Stage.TO_FOLLOW_UP: 6, Stage.CLOSED: 7}[stage]
    case = walk(
        office, opened("垃圾"), *(*WORKED, ("checker", "pass_check"), ("supervisor", "close"))[:way]
    )
    assert case.stage == stage
    with_every_role("handler")
    client = Client(raise_request_exception=False)
    account = Account.objects.get(username="handler")
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")

    for address, code in targets(case):
        knock(office, client, case, address, code)

    assert office.tried > 500, "the walk found the site"
    if stage == Stage.HANDLING:
        assert office.done > 0, "feedback is allowed, so the forms are filled in rightly"


def test_a_key_that_belongs_to_nobody_neither_does_nor_judges_the_work(office: Office) -> None:
    machine = Account.objects.create(username="machine", password="!")
    for role in Role.objects.all():
        PostHolding.objects.create(
            account=machine, role=role, data_scope=DataScope.ALL, valid_from=date(2020, 1, 1)
        )
    key = make_key(machine.pk, name="everything", by=SYSTEM, now=MONDAY)
    case = walk(office, opened("垃圾"), *FILED)
    stages = {Stage.TO_SIGN, Stage.HANDLING, Stage.TO_CHECK, Stage.TO_FOLLOW_UP}
    for stage in stages:
        Case.objects.filter(pk=case.pk).update(stage=stage)
        for code, rule in MOVES.items():
            if stage not in rule.sources or code in ("reassign",):
                continue
            body = {
                "move": code, "note": "好了", "public_reply": "好了", "outcome": "solved",
                "closing_condition_met": True, "survivor": office.other.number, "organization": "CG",
            }  # fmt: skip
            answer = Client().post(
                f"/api/cases/{case.number}/moves",
                json.dumps(body),
                content_type="application/json",
                headers={"Authorization": f"Bearer {key}"},
            )
            assert answer.status_code == 403, (stage, code, answer.content)
            assert Case.objects.get(pk=case.pk).stage == stage


def test_no_import_and_no_open311_request_changes_the_stage_of_a_case(office: Office) -> None:
    case = walk(office, opened("垃圾"), *WORKED)
    with_every_role("handler")
    client = Client(raise_request_exception=False)
    client.force_login(
        Account.objects.get(username="handler"), backend="django.contrib.auth.backends.ModelBackend"
    )
    columns = "编号,工单编号,标题,内容,环节,状态,stage,status,结案时间,办理结果,核查结果"
    row = (
        f"{case.number},{case.number},垃圾,垃圾,已结案,closed,closed,closed,2026-03-09,已解决,通过"
    )
    receipt = Report.objects.get(case=case).receipt
    for text in (f"{columns}\n{row}\n", f"{columns}\n{row.replace(case.number, receipt)}\n"):
        for address in [one for one in addresses(case) if "import" in one]:
            sheet = SimpleUploadedFile("案件.csv", text.encode(), "text/csv")
            client.post(address, {"file": sheet, "channel": "hotline", "source": "x"})
    keyed = Account.objects.create(username="open311", password="!")
    PostHolding.objects.create(
        account=keyed, role=Role.objects.get(code="intake_client"), data_scope=DataScope.ALL,
        valid_from=date(2020, 1, 1),
    )  # fmt: skip
    key = make_key(keyed.pk, name="open311", by=SYSTEM, now=MONDAY)
    for address in [one for one in addresses(case) if one.startswith("/open311/")]:
        for send in (client.post, client.put, client.patch, client.delete):
            send(
                address,
                f"api_key={key}&service_request_id={case.number}&status=closed&service_code=E0111"
                "&lat=30.005&long=120.005&description=done&status_notes=done",
                content_type="application/x-www-form-urlencoded",
            )
    run_due(now=MONDAY)
    assert Case.objects.get(pk=case.pk).stage == Stage.TO_CHECK
    assert ways_found(case, office.world.staff["handler"]) == []


MOVING = {"make_move", "apply_move", "carry_out", "EFFECTS"}
MAY_MOVE = {
    "linli/doors/reports/api.py": "by the actor of the request",
    "linli/screens/console/cases/moving.py": "by the actor of the request",
    "linli/screens/console/desk/views.py": "by the actor of the request",
    "linli/screens/console/batch/views.py": "by the actor of the request",
    "linli/screens/field/views_case.py": "by the actor of the request",
    "linli/screens/field/views_matter.py": "by the actor of the request",
    "linli/screens/field/views_offline.py": "by the actor of the request",
}
"""Doors and screens that move cases; a new one is looked at here before it may."""


def test_only_known_doors_move_cases_and_each_in_the_name_of_whoever_asks() -> None:
    found: dict[str, set[str]] = {}
    for file in python_files(HOUSE / "screens", HOUSE / "doors"):
        for call in calls(tree(file)):
            if dotted(call.func).split(".")[-1] in MOVING:
                who = next((ast.unparse(one.value) for one in call.keywords if one.arg == "by"), "")
                found.setdefault(place(file), set()).add(who)
    assert set(found) <= set(MAY_MOVE)
    assert {who for names in found.values() for who in names} <= {
        "by", "request.actor", "_actor(request)",
    }  # fmt: skip


def test_the_stage_of_a_case_is_set_in_the_moves_and_nowhere_else() -> None:
    found = {
        place(file).split(":")[0]
        for file in python_files(HOUSE)
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Attribute)
        and target.attr == "stage"
        and dotted(target.value) in ("case", "new", "old", "survivor")
    }
    assert found <= {
        "linli/cases/actions/moving.py",
        "linli/cases/actions/effects.py",
        "linli/demo/replay.py",  # made-up cases, written with their whole timeline
    }


def test_the_command_line_moves_no_case() -> None:
    groups = [one.typer_instance for one in terminal.app.registered_groups if one.typer_instance]
    commands = [one for group in (terminal.app, *groups) for one in group.registered_commands]
    assert len(commands) > 8, "the commands were found"
    for file in python_files(HOUSE / "doors" / "terminal"):
        text = file.read_text(encoding="utf-8")
        assert not any(name in text for name in ("cases.actions.moving", "make_move", "apply_move"))

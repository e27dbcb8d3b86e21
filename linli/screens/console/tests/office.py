"""The small world with browsers: somebody of `POSTS` sits at the console on Monday morning."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from linli.cases.actions.intake import receive_report
from linli.cases.actions.moving import make_move
from linli.cases.drafts import ReportDraft
from linli.cases.facts import Facts
from linli.cases.flow import Stage
from linli.cases.models import Case, Report
from linli.kernel.access.models import Account
from linli.kernel.access.queries import RESIDENT
from linli.kernel.jobs.queue import run_due
from tests.world import MONDAY, World

RUBBISH = ReportDraft(
    title="垃圾没人清",
    body="第一网格楼下的垃圾堆了三天没人清。",
    lon=120.005,
    lat=30.005,
    category_code="E0111",
    contact_name="王奶奶",
    contact_phone="19900001234",
)

Enter = Callable[[str], Client]


def monday() -> datetime:
    """The clock of these tests."""
    return MONDAY


@pytest.fixture
def enter(world: World, settings: Settings) -> Enter:
    """`enter("acceptor")` is a browser in which this person has logged in."""
    settings.LINLI_CLOCK = f"{__name__}.monday"

    def log_in(who: str) -> Client:
        client = Client()
        account = Account.objects.get(username=who)
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return log_in


def opened(**changes: Any) -> Case:
    """A case opened by a report; a changed body makes it another matter."""
    receipt = receive_report(
        ReportDraft(**{**RUBBISH.__dict__, **changes}), by=RESIDENT, now=MONDAY
    )
    run_due(now=MONDAY)
    case = Report.objects.get(pk=receipt.report_id).case
    assert case is not None, "the job has given the report its case"
    return case


def walk_to(world: World, case: Case, stage: Stage) -> Case:
    """The case, taken along the loop to a stage by the right people."""
    steps = (
        ("accept", "acceptor", Facts(category=world.category.pk)),
        ("register", "supervisor", Facts(standard=world.standard.pk)),
        ("dispatch", "dispatcher", Facts(organization=world.organizations["CG"].pk)),
        ("sign_for", "handler", Facts()),
        (
            "feedback",
            "handler",
            Facts(outcome="solved", note="清走两车", public_reply="垃圾已清走"),
        ),
        ("pass_check", "checker", Facts(note="现场干净")),
        ("close", "supervisor", Facts(closing_condition_met=True)),
    )
    for move, who, facts in steps:
        if case.stage == stage:
            return case
        case = make_move(case.pk, move, by=world.actors[who], facts=facts, now=MONDAY)
    return case

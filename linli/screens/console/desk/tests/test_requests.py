"""Every request of every kind finds its forms: to endorse, to grant and to refuse."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import resolve

from linli.cases.actions.remarks import ask_force_close
from linli.cases.flow import CASE, Stage
from linli.cases.models import Case, CaseMove, ForceCloseRequest
from linli.insight.scorecards.actions import CARD_APPEAL
from linli.insight.scorecards.models import CardAppeal
from linli.kernel.matters.kinds import kinds
from linli.kernel.matters.models import Request
from linli.kernel.matters.requests import RequestRule
from linli.screens.console.cases.beside import BESIDE
from linli.screens.console.desk.approvals import appeal_url, form_url
from linli.screens.console.tests.office import Enter
from tests.walks import opened, walk_to
from tests.world import MONDAY, World

BOTH_WAYS = ("agree*", "organization*")
"""Fields by which one form grants and refuses: yes or no, or the unit that is ruled to do it."""


def models_of_requests(of: type[Request] = Request) -> Iterator[type[Request]]:
    for one in of.__subclasses__():
        if not one._meta.abstract:
            yield one
        yield from models_of_requests(one)


def rules() -> dict[type[Request], tuple[str, RequestRule]]:
    """(kind, rule) by the table it is kept in."""
    found = {rule.model: (kind.code, rule) for kind in kinds() for rule in kind.requests}
    return found | {CardAppeal: ("card", CARD_APPEAL)}


def test_every_table_of_requests_has_its_rule_and_its_forms() -> None:
    tables = {one for one in models_of_requests() if one.__module__.startswith("linli.")}
    tables = {one for one in tables if ".tests." not in one.__module__}
    assert set(rules()) == tables
    for kind, rule in rules().values():
        if rule is CARD_APPEAL:
            assert resolve(appeal_url(CardAppeal(pk=1))).view_name == "console:appeal_decision"
            continue
        answered = [step for step in (rule.endorse, rule.decide, rule.refuse) if step is not None]
        for step in answered:
            assert resolve(form_url(kind, "20260309000001", step.code)).view_name == "console:move"
            assert step.code in BESIDE or step.code in CASE.move, "somebody answers the form"
        refusing = (rule.refuse or rule.decide).code
        fields = CASE.lines[refusing].form.split()
        assert rule.refuse is not None or set(fields) & set(BOTH_WAYS), f"{rule.code} is refused"


@pytest.mark.parametrize("words", ["", "还能协调，先不强制结案。"])
def test_a_forced_closing_is_refused_on_the_screen(world: World, enter: Enter, words: str) -> None:
    case = walk_to(world, opened(world), Stage.HANDLING)
    ask_force_close(case.pk, reason="协调多次不成", by=world.actors["dispatcher"], now=MONDAY)
    client = enter("leader")

    [row] = client.get("/console/approvals").context["rows"]
    assert row["refuse_name"] == "不予强制结案"
    case.refresh_from_db()
    answer = client.post(row["refuse_url"], {"version": case.version, "opinion": words})

    asked = ForceCloseRequest.objects.get()
    case.refresh_from_db()
    assert case.stage == Stage.HANDLING
    if not words:
        assert (answer.status_code, asked.granted) == (422, None)
        return
    assert (answer.status_code, asked.granted, asked.opinion) == (302, False, words)
    assert CaseMove.objects.get(case=case, code="refuse_force_close").note == words
    assert client.get("/console/approvals").context["rows"] == []


def test_an_appeal_of_a_card_lies_on_the_desk_of_whoever_decides(
    world: World, enter: Enter
) -> None:
    case: Case = walk_to(world, opened(world), Stage.CLOSED)
    asked = CardAppeal.objects.create(
        organization=world.organizations["CG"], case=case, period_kind="month",
        period_name="2026-03", reason="不是我们的", asked_by=world.staff["unit_leader"],
        asked_by_name="城管老许", asked_at=MONDAY,
    )  # fmt: skip
    found = {
        who: [row["code"] for row in enter(who).get("/console/approvals").context["rows"]]
        for who in ("evaluator", "leader", "supervisor", "unit_leader")
    }
    assert [who for who, codes in found.items() if "card_appeal" in codes] == [
        "leader",
        "supervisor",
    ]
    words = enter("leader").get("/console/approvals").content.decode()
    assert appeal_url(asked) in words

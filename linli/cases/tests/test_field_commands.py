"""Commands of a phone at the level of the loop: once each, a refusal is an answer too."""

from __future__ import annotations

import uuid

import pytest

from linli.cases.actions.commands import MoveCommand, ReportCommand, carry_out, report_on_site
from linli.cases.drafts import ReportDraft
from linli.cases.facts import Facts
from linli.cases.flow import Stage
from linli.cases.models import CaseMove, FieldCommand, FilingStandard
from linli.kernel.audit.models import AuditLine
from linli.kernel.errors import NotFound
from tests.walks import RUBBISH, opened, walk_to
from tests.world import DAY, MONDAY, World

PUT_RIGHT = Facts(note="当场清走", photo_before=(), photo_after=())


def test_a_command_is_carried_out_once(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_SIGN)
    sign = MoveCommand(case.number, "sign_for", Facts(version=case.version))
    number = uuid.uuid4()
    handler = world.actors["handler"]
    first = carry_out(number, sign, made_at=MONDAY, by=handler, now=MONDAY)
    second = carry_out(number, sign, made_at=MONDAY, by=handler, now=MONDAY)
    assert first.result == second.result
    assert first.result["done"] is True
    assert CaseMove.objects.filter(case=case, code="sign_for").count() == 1


def test_a_refused_command_stays_refused_and_is_in_the_audit_log(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_CHECK)
    check = MoveCommand(case.number, "pass_check", Facts(note="好了"))
    number = uuid.uuid4()
    handler = world.actors["handler"]
    row = carry_out(number, check, made_at=MONDAY, by=handler, now=MONDAY)
    assert row.result["done"] is False
    assert "不能“核查通过”" in row.result["message"]
    assert AuditLine.objects.filter(action="cases.pass_check", result="refused").exists()
    again = carry_out(number, check, made_at=MONDAY, by=handler, now=MONDAY)
    assert again.result == row.result


def test_a_remark_may_come_late_too(world: World) -> None:
    case = walk_to(world, opened(world), Stage.HANDLING)
    words = MoveCommand(case.number, "remark", Facts(note="等配件"))
    row = carry_out(uuid.uuid4(), words, made_at=MONDAY, by=world.actors["handler"], now=MONDAY)
    assert row.action == "remark"
    assert CaseMove.objects.filter(case=case, code="remark", note="等配件").count() == 1


def test_the_id_of_somebody_else_is_refused(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_SIGN)
    sign = MoveCommand(case.number, "sign_for", Facts())
    number = uuid.uuid4()
    carry_out(number, sign, made_at=MONDAY, by=world.actors["handler"], now=MONDAY)
    with pytest.raises(NotFound):
        carry_out(number, sign, made_at=MONDAY, by=world.actors["other_handler"], now=MONDAY)
    assert FieldCommand.objects.count() == 1


def test_a_report_is_safe_even_when_putting_it_right_is_refused(world: World) -> None:
    found = report_on_site(RUBBISH, handled=PUT_RIGHT, by=world.actors["grid_worker"], now=MONDAY)
    assert found.case is not None
    assert found.case.stage == Stage.RECEIVED
    assert "照片" in found.problem


def test_a_class_with_several_standards_has_to_be_chosen_by_a_person(world: World) -> None:
    FilingStandard.objects.create(
        category=world.category,
        filing_condition="堆积超过一立方米",
        time_limit="8工作时",
        closing_condition="清走",
        valid_from=DAY,
    )
    found = report_on_site(RUBBISH, handled=PUT_RIGHT, by=world.actors["grid_worker"], now=MONDAY)
    assert "几条立案标准" in found.problem


def test_a_wrong_report_is_an_answer_and_stores_nothing(world: World) -> None:
    wrong = ReportCommand(ReportDraft(body="", title=""))
    row = carry_out(uuid.uuid4(), wrong, made_at=MONDAY, by=world.actors["grid_worker"], now=MONDAY)
    assert row.result["done"] is False
    assert "请写下发生了什么" in row.result["message"]

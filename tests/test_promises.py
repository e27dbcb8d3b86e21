"""Page, SMS, API and Open311 promise the same at every stage, and a change is told with its reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.test import Client

from linli.cases.actions.moving import make_move
from linli.cases.actions.timing import (
    ask_extension,
    endorse_extension,
    grant_extension,
    reclassify,
    suspend,
)
from linli.cases.facts import Facts
from linli.cases.flow import Stage
from linli.cases.models import Case, CaseMove, Category, FilingStandard, Report
from linli.cases.promise import Promised
from linli.doors.open311.queries import Surroundings
from linli.doors.open311.shapes import moment, request_shape
from linli.doors.reports.api import _short
from linli.kernel.calendar.local import LOCAL
from linli.kernel.events.outbox import deliver_waiting
from linli.kernel.notify.models import Message
from linli.screens.resident.views_report import token_of
from tests.walks import RUBBISH, reported, step
from tests.world import MONDAY, World

HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def sms(now: datetime) -> list[str]:
    """What the reporters are told by now, the newest last."""
    deliver_waiting(now=now)
    return list(Message.objects.order_by("id").values_list("text", flat=True))


def fresh(case: Case) -> Case:
    return Case.objects.select_related("category", "handling_org").get(pk=case.pk)


def agree(case: Case, now: datetime) -> str:
    """Hold the four against each other; what all of them say."""
    case = fresh(case)
    promise = case.promise
    report = Report.objects.get(case=case)
    page = Client().get(f"/home/progress/{token_of(report.pk)}")
    shape = request_shape(case, Surroundings({}, {}))
    assert page.context["promise"] == promise
    assert _short(case)["promised_at"] == (promise.at if promise else None)
    if promise is None:
        assert shape["expected_datetime"] is None
        return ""
    stamp = promise.at.astimezone(LOCAL).isoformat(timespec="seconds")
    assert f'datetime="{stamp}"' in page.content.decode()
    assert shape["service_notice"] == promise.sentence
    assert shape["expected_datetime"] == (moment(promise.at) if promise.done_by else None)
    return promise.sentence


def test_all_four_promise_the_same_at_every_stage_of_the_loop(world: World) -> None:
    FilingStandard.objects.filter(pk=world.standard.pk).update(time_limit="2工作日")
    case = reported(replace(RUBBISH, publish_consent=True))
    now = MONDAY

    assert agree(case, now) == "最晚3月10日 09:00前答复"
    step(world, case, "accept", "acceptor", at=now)
    assert agree(case, now) == "最晚3月10日 09:00前答复"
    assert "已受理，最晚3月10日 09:00前答复" in sms(now)[-1]
    step(world, case, "register", "supervisor", at=now + HOUR)
    assert agree(case, now) == "最晚3月10日 09:00前答复"
    step(world, case, "dispatch", "dispatcher", at=now + HOUR)
    assert agree(case, now) == "承诺3月11日 10:00前办理"
    assert "已派单，承诺3月11日 10:00前办理" in sms(now)[-1]
    step(world, case, "sign_for", "handler", at=now + 2 * HOUR)
    assert agree(case, now) == "承诺3月11日 10:00前办理"
    step(world, case, "feedback", "handler", at=now + 2 * HOUR)
    assert agree(case, now) == "承诺3月11日 10:00前办理"
    step(world, case, "rework", "checker", at=now + 3 * HOUR)
    assert agree(case, now) == "承诺3月11日 10:00前办理"
    step(world, case, "feedback", "handler", at=now + 4 * HOUR)
    step(world, case, "pass_check", "checker", at=now + 4 * HOUR)
    assert agree(case, now) == ""
    step(world, case, "close", "supervisor", at=now + 5 * HOUR)
    assert agree(case, now) == ""
    told = sms(now)
    assert "承诺" not in told[-1]
    assert sum("有变化" in text for text in told) == 0


def test_a_class_that_was_only_guessed_promises_no_two_hours(world: World) -> None:
    FilingStandard.objects.filter(pk=world.standard.pk).update(time_limit="2紧急工作时")
    case = reported(RUBBISH)

    assert case.promise is not None
    assert case.promise.what is Promised.ANSWER
    assert case.promise.at == MONDAY + timedelta(days=1)
    assert "2紧急工作时" in case.proposal.deadline.sentence


def dispatched(world: World) -> Case:
    FilingStandard.objects.filter(pk=world.standard.pk).update(time_limit="2工作日")
    case = reported(replace(RUBBISH, publish_consent=True))
    for move, who in (
        ("accept", "acceptor"),
        ("register", "supervisor"),
        ("dispatch", "dispatcher"),
        ("sign_for", "handler"),
    ):
        step(world, case, move, who)
    return fresh(case)


def test_an_extension_is_told_with_its_reason(world: World) -> None:
    case = dispatched(world)
    actors, now = world.actors, MONDAY + HOUR
    asked = ask_extension(
        case.pk,
        reason="等配件，供货商电话 010",
        told="要等厂家的配件",
        by=actors["handler"],
        now=now,
    )
    endorse_extension(asked.pk, agree=True, by=actors["unit_leader"], now=now)
    assert agree(case, now) == "承诺3月11日 09:00前办理"
    grant_extension(asked.pk, agree=True, by=actors["dispatcher"], now=now)

    assert agree(case, now) == "承诺3月13日 09:00前办理"
    text = sms(now)[-1]
    assert "办理时间有变化，承诺3月13日 09:00前办理，原因：延期生效" in text
    assert "配件" not in text
    page = Client().get(f"/home/progress/{token_of(Report.objects.get().pk)}").content.decode()
    assert "办理时限已延长" in page
    assert "新的时间：承诺3月13日 09:00前办理。要等厂家的配件" in page
    assert "供货商" not in page


def test_suspending_and_another_class_are_told_alike(world: World) -> None:
    case = dispatched(world)
    now = MONDAY + HOUR
    suspend(
        case.pk, until=at("2026-03-12T00:00"), reason="停水", by=world.actors["dispatcher"], now=now
    )
    assert agree(case, now) == "承诺3月13日 17:00前办理"
    assert "承诺3月13日 17:00前办理，原因：挂账" in sms(now)[-1]

    category = Category.objects.get(pk=world.cover.pk)
    standard = FilingStandard.objects.filter(category=category, valid_until=None).first()
    assert standard is not None
    reclassify(
        case.pk, category=category.pk, standard=standard.pk, reason="其实是井盖",
        by=world.actors["supervisor"], now=now,
    )  # fmt: skip
    said = agree(case, now)
    assert said != "承诺3月13日 17:00前办理"
    assert f"{said}，原因：调整类别" in sms(now)[-1]


def test_another_unit_is_told_only_if_it_changes_the_time(world: World) -> None:
    case = dispatched(world)
    before = len(sms(MONDAY))
    back = Facts(note="不归我们")
    handler = world.actors["handler"]
    make_move(case.pk, "return_back", by=handler, facts=back, now=MONDAY + HOUR)
    assert agree(case, MONDAY) == "承诺3月11日 09:00前办理"
    assert len(sms(MONDAY)) == before

    step(world, case, "dispatch", "dispatcher", at=MONDAY + 2 * HOUR)
    assert agree(case, MONDAY) == "承诺3月11日 11:00前办理"
    assert "承诺3月11日 11:00前办理" in sms(MONDAY)[-1]
    line = CaseMove.objects.filter(case=case, code="dispatch").latest("id")
    assert datetime.fromisoformat(line.facts["promised_before"]) == at("2026-03-11T09:00")


@pytest.mark.parametrize("stage", [Stage.RECEIVED])
def test_accepted_is_not_lit_before_it_is(world: World, stage: Stage) -> None:
    case = reported(RUBBISH)
    report = Report.objects.get(case=case)

    page = Client().get(f"/home/progress/{token_of(report.pk)}").content.decode()
    assert "等待受理" in page
    step(world, case, "accept", "acceptor")
    page = Client().get(f"/home/progress/{token_of(report.pk)}").content.decode()
    assert "等待受理" not in page
    assert "等待派单" in page

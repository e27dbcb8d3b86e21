"""Whatever happens to a case, its clocks follow from its timeline."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from linli.cases.actions.effects import CASES
from linli.cases.actions.moving import make_move
from linli.cases.actions.timing import (
    ask_extension,
    endorse_extension,
    grant_extension,
    reclassify,
    resume,
    suspend,
)
from linli.cases.facts import Facts
from linli.cases.flow import CASE, Stage
from linli.cases.models import Case, CaseMove, Deadline, Extension, FilingStandard, Suspension
from linli.kernel.errors import LinliError
from linli.kernel.jobs.queue import run_due
from linli.kernel.matters.replaying import Line, clock_runs, mismatches
from tests.walks import opened, walk_to
from tests.world import MONDAY, World


def lines_of(case: Case) -> list[Line]:
    return [
        Line(move.code, move.from_stage, move.to_stage, move.at, move.facts)
        for move in CaseMove.objects.filter(case=case).order_by("id")
    ]


def wrong(case: Case) -> list[str]:
    case.refresh_from_db()
    limit = case.standard.time_limit if case.standard else ""
    rows = list(Deadline.objects.filter(case=case).order_by("id"))
    return mismatches(CASES, case, lines_of(case), rows, limit=limit, organization_id=None)


def extend(world: World, case: Case, now: datetime) -> None:
    ask_extension(case.pk, reason="等配件", by=world.actors["handler"], now=now)
    asked = Extension.objects.get(case=case, granted=None)
    endorse_extension(asked.pk, agree=True, by=world.actors["unit_leader"], now=now)
    grant_extension(asked.pk, agree=True, by=world.actors["dispatcher"], now=now)


def pause(world: World, case: Case, now: datetime) -> None:
    until = now + timedelta(days=4)
    suspend(case.pk, until=until, reason="等产权", by=world.actors["dispatcher"], now=now)


def go_on(world: World, case: Case, now: datetime) -> None:
    for one in Suspension.objects.filter(case=case):
        resume(one.pk, by=world.actors["dispatcher"], now=now)


def change_class(world: World, case: Case, now: datetime) -> None:
    others = FilingStandard.objects.filter(category=world.category).exclude(
        pk=case.standard_id or 0
    )
    standard = others.order_by("id")[0]
    reclassify(
        case.pk,
        category=world.category.pk,
        standard=standard.pk,
        reason="量大",
        by=world.actors["supervisor"],
        now=now,
    )


def moves(world: World) -> dict[str, tuple[str, Facts]]:
    return {
        "accept": ("acceptor", Facts(category=world.category.pk)),
        "ask_verify": ("acceptor", Facts()),
        "confirm": ("checker", Facts(note="属实")),
        "register": ("supervisor", Facts(standard=world.standard.pk)),
        "dispatch": ("dispatcher", Facts(organization=world.organizations["CG"].pk)),
        "reassign": (
            "dispatcher",
            Facts(organization=world.organizations["CG"].pk, note="换人"),
        ),
        "sign_for": ("handler", Facts()),
        "return_back": ("handler", Facts(note="不是我们的")),
        "feedback": ("handler", Facts(outcome="solved", note="清走", public_reply="已清走")),
        "rework": ("checker", Facts(note="没清干净")),
        "pass_check": ("checker", Facts(note="干净")),
        "reopen": ("supervisor", Facts(note="又有了")),
        "close": ("supervisor", Facts(closing_condition_met=True)),
        "redo": ("follow_up", Facts(note="没解决")),
    }


BESIDE = {"extend": extend, "pause": pause, "go_on": go_on, "change_class": change_class}


@pytest.mark.parametrize("seed", range(25))
def test_a_random_walk_is_told_again_exactly(world: World, seed: int) -> None:
    chance = random.Random(seed)
    FilingStandard.objects.create(
        category=world.category,
        filing_condition="大量堆积",
        time_limit="4工作时",
        closing_condition="清除",
        valid_from=MONDAY.date(),
    )
    case, now, ways = opened(world), MONDAY, moves(world)
    made = 0
    for _ in range(120):
        now += timedelta(minutes=chance.choice((1, 7, 60, 300)))
        case.refresh_from_db()
        with suppress(LinliError):
            if chance.random() < 0.3:
                BESIDE[chance.choice(sorted(BESIDE))](world, case, now)
            else:
                code = chance.choice(sorted(ways))
                who, facts = ways[code]
                make_move(case.pk, code, by=world.actors[who], facts=facts, now=now)
            made += 1
        run_due(now=now)
    assert made > 8
    for one in Case.objects.all():
        assert wrong(one) == []


def test_a_due_that_was_tampered_with_is_found(world: World) -> None:
    case = walk_to(world, opened(world), Stage.HANDLING)
    row = Deadline.objects.get(case=case, stopped_at=None)
    Deadline.objects.filter(pk=row.pk).update(due_at=row.due_at + timedelta(minutes=1))
    (found,) = wrong(case)
    assert found.startswith("handle due: stored")


def test_a_lost_row_and_an_invented_one_are_found(world: World) -> None:
    case = walk_to(world, opened(world), Stage.HANDLING)
    first = Deadline.objects.filter(case=case).order_by("id")[0]
    Deadline.objects.filter(pk=first.pk).delete()
    assert any("not stored" in line for line in wrong(case))
    first.pk = None
    first.save()
    assert any("not replayed" in line for line in wrong(case))


def test_where_no_calendar_reaches_no_run_is_expected_and_one_that_is_there_is_found(
    world: World,
) -> None:
    case = walk_to(world, opened(world), Stage.TO_CHECK)
    last = Deadline.objects.get(case=case, stopped_at=None)
    far = last.starts_at.replace(year=2051)
    CaseMove.objects.filter(case=case, code="feedback").update(at=far)
    Deadline.objects.filter(case=case, clock="handle").update(stopped_at=far)
    Deadline.objects.filter(pk=last.pk).update(starts_at=far)
    assert wrong(case) == ["check: stored, though no due can be computed"]
    Deadline.objects.filter(pk=last.pk).delete()
    assert wrong(case) == []


def test_a_rework_carries_the_same_run_on(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_CHECK)
    make_move(
        case.pk, "rework", by=world.actors["checker"], facts=Facts(note="没清干净"), now=MONDAY
    )
    runs = clock_runs(CASE, lines_of(case), limit="", organization_id=None)
    handling = [run for run in runs if run.clock == "handle"]
    assert len(handling) == 1
    assert handling[0].stopped_at is None
    line = CaseMove.objects.get(case=case, code="rework")
    first = CaseMove.objects.get(case=case, code="feedback")
    assert (line.facts["feedback"], line.facts["handled_by"]) == (first.pk, "城管小冯")

"""Reminders and escalations: in time, once, oldest first, to somebody."""

from __future__ import annotations

from datetime import timedelta

from linli.cases.actions.effects import CASES
from linli.cases.actions.remarks import remark
from linli.cases.flow import Stage
from linli.cases.models import Case, Deadline, Escalation
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.matters.clocks import notify_due, run_of
from linli.kernel.matters.deputies import name_deputy
from linli.kernel.notify.models import Notice
from tests.walks import RUBBISH, opened, walk_to
from tests.world import DAY, MONDAY, World


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def test_the_owner_is_reminded_then_told_then_a_leader(world: World) -> None:
    case = opened(world)  # accept within 15 working minutes from 09:00
    assert notify_due(now=MONDAY + minutes(11)) == 0
    assert notify_due(now=MONDAY + minutes(12)) == 1
    assert notify_due(now=MONDAY + minutes(15)) == 1
    assert notify_due(now=MONDAY + minutes(30)) == 1
    assert notify_due(now=MONDAY + minutes(600)) == 0
    told = list(
        Escalation.objects.filter(deadline__case=case)
        .order_by("level")
        .values_list("level", "overdue", "told_id")
    )
    acceptor, leader = world.staff["acceptor"].pk, world.staff["leader"].pk
    assert told == [(0, False, acceptor), (1, True, acceptor), (2, True, leader)]
    assert Notice.objects.filter(staff=leader, level="red").count() == 1


def test_a_worker_that_comes_late_tells_every_level_once(world: World) -> None:
    case = opened(world)
    assert notify_due(now=MONDAY + minutes(90)) == 3
    assert notify_due(now=MONDAY + minutes(90)) == 0
    assert Escalation.objects.filter(deadline__case=case).count() == 3


def test_a_case_without_an_owner_escalates_to_a_leader(world: World) -> None:
    case = opened(world)
    Case.objects.filter(pk=case.pk).update(owner=None)
    notify_due(now=MONDAY + minutes(12))
    assert Escalation.objects.get(deadline__case=case).told_id == world.staff["leader"].pk


def test_a_remark_never_touches_a_clock(world: World) -> None:
    case = opened(world)
    before = Deadline.objects.filter(case=case).values().get()
    remark(case.pk, note="已电话联系", by=world.actors["acceptor"], now=MONDAY + minutes(5))
    assert Deadline.objects.filter(case=case).values().get() == before


def test_a_stored_deadline_can_be_computed_again(world: World) -> None:
    case = walk_to(world, opened(world, RUBBISH), Stage.CLOSED)
    rows = list(Deadline.objects.filter(case=case))
    assert len(rows) == 6
    for row in rows:
        assert run_of(CASES, case, row).due.at == row.due_at
        assert row.derivation["sentence"]


def test_a_closed_case_has_no_clock_running(world: World) -> None:
    case = walk_to(world, opened(world), Stage.CLOSED)
    assert notify_due(now=MONDAY + timedelta(days=30)) == 0
    assert case.due_at is None


def test_whoever_stands_in_is_told_as_well_while_the_owner_is_away(world: World) -> None:
    case = walk_to(world, opened(world), Stage.HANDLING)
    name_deputy(
        world.staff["handler"].pk, deputy_id=world.staff["unit_leader"].pk, valid_from=DAY,
        valid_until=DAY, by=world.actors["handler"], now=MONDAY,
    )  # fmt: skip
    forget_everything()
    notify_due(now=MONDAY + minutes(60 * 6))
    notices = Notice.objects.filter(about__startswith="case:deadline")
    texts = {(one.staff.name, one.text[: one.text.index("：")]) for one in notices}
    assert {
        ("城管小冯", "即将超时"),
        ("城管老许", "代城管小冯 即将超时"),
        ("城管小冯", "已超时"),
        ("城管老许", "代城管小冯 已超时"),
    } <= texts
    assert Escalation.objects.filter(deadline__case=case).count() == len(
        {one.about for one in notices}
    ), "one reminder a level, whoever reads it"


def test_a_deputy_who_may_not_read_the_matter_is_told_nothing_of_it(world: World) -> None:
    opened(world)
    name_deputy(
        world.staff["acceptor"].pk, deputy_id=world.staff["system_admin"].pk, valid_from=DAY,
        valid_until=DAY, by=world.actors["acceptor"], now=MONDAY,
    )  # fmt: skip
    forget_everything()
    assert notify_due(now=MONDAY + minutes(15)) == 2
    admin = Notice.objects.filter(staff=world.staff["system_admin"])
    assert [one.about.split(":")[0] for one in admin] == ["deputy"]

"""A new kind of matter is one more line: a toy written here is found by everything that serves all matters.

The toy has three tables, a flow and no page. Nothing but `MATTERS` names it, and yet the worker reminds of it, it
lies in the common inbox, counts as somebody's load, is offered to whom it may be, is replayed and leaks to nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, models
from pytest_django import Settings

from linli.kernel.acting import Actor
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.matters.clocks import notify_due, runs_due
from linli.kernel.matters.errors import Conflict, Held, MissingFact, SamePerson, WrongStage
from linli.kernel.matters.facts import Facts
from linli.kernel.matters.flow import Clock, Flow, Move, SideAction, Stage
from linli.kernel.matters.holding import came_from, came_of, hold, link, release
from linli.kernel.matters.inbox import (
    differences,
    matters_of,
    rebuild,
    waiting_for,
    waiting_for_unit,
    waiting_within,
)
from linli.kernel.matters.kinds import Kind, kind_of, kinds
from linli.kernel.matters.models import (
    ClockRun,
    Deputy,
    InboxEntry,
    Matter,
    Reminder,
    TimelineEntry,
)
from linli.kernel.matters.moving import make_move, open_matter
from linli.kernel.matters.offering import moves_for
from linli.kernel.matters.replaying import replayed
from linli.kernel.matters.roster import loads_of
from linli.kernel.notify.models import Notice
from tests.world import DAY, MONDAY, World

HOUR = timedelta(hours=1)


class Toy(Matter):
    class Meta:
        app_label = "toys"
        constraints = Matter.Meta.constraints

    @property
    def number(self) -> str:
        return f"T{self.pk}"

    @property
    def headline(self) -> str:
        return f"{self.number} 小事"

    @property
    def link(self) -> str:
        return f"/toys/{self.pk}"


class ToyRun(ClockRun):
    toy = models.ForeignKey(Toy, on_delete=models.PROTECT, related_name="+")

    class Meta:
        app_label = "toys"


class ToyLine(TimelineEntry):
    toy = models.ForeignKey(Toy, on_delete=models.PROTECT, related_name="+")

    class Meta:
        app_label = "toys"


class ToyReminder(Reminder):
    deadline = models.ForeignKey(ToyRun, on_delete=models.PROTECT, related_name="+")

    class Meta:
        app_label = "toys"


TABLES = (Toy, ToyRun, ToyLine, ToyReminder)
TOYS = Kind(
    flow=Flow(
        code="toy",
        name="小事",
        noun="这件小事",
        first="working",
        stages=(
            Stage("working", "办理中", may="cases.handle", clock="work", of_the_unit=True),
            Stage("checking", "待核查", may="cases.check", clock="look"),
            Stage("done", "已办结"),
        ),
        clocks=(Clock("work", "办理", "1工作时", of_the_unit=True), Clock("look", "核查", "1工作日")),
        moves=(
            Move("feedback", "反馈", ("working",), "checking", "cases.handle", ("note",), of_the_unit=True),
            Move("rework", "返工", ("checking",), "working", "cases.check", barred=("handler",), runs_on=True),
            Move("close", "办结", ("checking",), "done", "cases.check", barred=("handler",)),
        ),
        side_actions=(SideAction("opened", "登记"),),
        fact_names={"note": "说明"},
        handling=frozenset({"feedback"}),
        fallback=("cases.dispatch",),
        leaders=("cases.force_close",),
    ),
    matter=Toy,
    run=ToyRun,
    entry=ToyLine,
    reminder=ToyReminder,
    key="toy",
    effects={"feedback": lambda toy, *, by, facts, now: done_by(toy, by)},
)  # fmt: skip
MATTERS: tuple[str, ...] = ("linli.kernel.matters.tests.test_toy.TOYS",)


def done_by(toy: Toy, by: Actor) -> dict[str, Any]:
    toy.handler_id = by.staff_id
    return {}


@pytest.fixture
def toys(transactional_db: None, world: World, settings: Settings) -> Iterator[World]:
    """A house in which the toy is the only kind of matter; its tables are there for as long as the test runs."""
    settings.LINLI_MATTERS = f"{__name__}.MATTERS"
    with connection.schema_editor() as editor:
        for table in TABLES:
            editor.create_model(table)
    yield world
    with connection.schema_editor() as editor:
        for table in reversed(TABLES):
            editor.delete_model(table)


def opened(world: World, **changes: Any) -> Toy:
    toy = Toy(
        stage="working", district_id=world.areas["D"], subdistrict_id=world.areas["S"],
        community_id=world.areas["C1"], grid_id=world.areas["G1"],
        handling_org=world.organizations["CG"], opened_at=MONDAY, changed_at=MONDAY, **changes,
    )  # fmt: skip
    open_matter(TOYS, toy, by=world.actors["dispatcher"], now=MONDAY, code="opened")
    return toy


def move(world: World, toy: Toy, code: str, who: str, *, hours: float = 0, **facts: Any) -> Toy:
    given = Facts(**facts)
    moved: Toy = make_move(
        TOYS, toy.pk, code, by=world.actors[who], facts=given, now=MONDAY + hours * HOUR
    )
    return moved


def test_a_toy_is_served_by_everything_that_serves_matters(toys: World) -> None:
    assert kinds() == (TOYS,)
    assert kind_of("toy") is TOYS
    with pytest.raises(NotFound):
        kind_of("case")
    toy = opened(toys)
    handler, checker = toys.actors["handler"], toys.actors["checker"]

    # the inbox, the load, the unit's list, whoever may act
    mine = list(waiting_for(handler, now=MONDAY))
    assert [(one.kind, one.matter_id, one.may) for one in mine] == [("toy", toy.pk, "cases.handle")]
    [waiting] = matters_of(handler, mine, on=DAY)
    assert (waiting.matter, waiting.stage_name, waiting.own) == (toy, "办理中", True)
    assert loads_of([toys.staff["handler"].pk]) == {toys.staff["handler"].pk: 1}
    assert [one.matter_id for one in waiting_for_unit(toys.actors["unit_leader"], now=MONDAY)] == [
        toy.pk
    ]
    assert not waiting_for_unit(toys.actors["other_handler"], now=MONDAY)
    assert [one.matter_id for one in waiting_within(handler, now=MONDAY)] == [toy.pk]

    # the buttons
    assert [one.code for one in moves_for(TOYS, handler, toy)] == ["feedback"]
    assert moves_for(TOYS, checker, toy) == []

    # the worker's reminders, each level once
    assert "toys_toyrun" in runs_due()
    for minutes in (47, 49, 59, 61, 89, 91, 300):
        notify_due(now=MONDAY + timedelta(minutes=minutes))
    people = list(ToyReminder._default_manager.order_by("level").values_list("told_id", flat=True))
    assert people == [toys.staff["handler"].pk] * 2 + [toys.staff["leader"].pk]
    assert Notice.objects.filter(text__contains="小事（办理时限 1工作时）").count() == 3

    # the moves, to the end
    move(toys, toy, "feedback", "handler", hours=6, note="办好了")
    move(toys, toy, "rework", "checker", hours=7)
    move(toys, toy, "feedback", "handler", hours=8, note="又办好了")
    toy = move(toys, toy, "close", "checker", hours=9)
    assert (toy.open, toy.owner_id, toy.closed_at) == (False, None, MONDAY + 9 * HOUR)
    assert not InboxEntry.objects.exists()

    # the timeline in words, and the clocks told again from it
    words = [TOYS.flow.word(one.code) for one in ToyLine._default_manager.order_by("id")]
    assert words == ["登记", "反馈", "返工", "反馈", "办结"]
    assert [(one.clock, one.due_at) for one in ToyRun._default_manager.filter(clock="work")] == [
        ("work", MONDAY + HOUR)
    ], "work that was sent back has no new time"
    assert [found for _, found in replayed(TOYS, [toy.pk])] == [[]]


def test_what_is_late_comes_first_then_what_presses_then_the_rest_by_due(toys: World) -> None:
    late, paused, pressing, soon, whenever = (opened(toys) for _ in range(5))
    rows: tuple[tuple[Toy, dict[str, Any]], ...] = (
        (late, {"due_at": MONDAY - HOUR}),
        (paused, {"due_at": MONDAY - 2 * HOUR, "suspended_until": MONDAY + 9 * HOUR}),
        (pressing, {"due_at": MONDAY + 5 * HOUR, "pressing": True}),
        (soon, {"due_at": MONDAY + HOUR}),
        (whenever, {"due_at": None}),
    )
    for toy, cells in rows:
        cells["owner"] = toys.staff["handler"]
        InboxEntry.objects.filter(matter_id=toy.pk).update(**cells)
    mine = waiting_for(toys.actors["handler"], now=MONDAY)
    assert [one.matter_id for one in mine] == [
        late.pk, pressing.pk, paused.pk, soon.pk, whenever.pk,
    ]  # fmt: skip


def test_a_toy_leaks_to_nobody(toys: World) -> None:
    toy = opened(toys)
    stranger = toys.actors["other_handler"]
    with pytest.raises(NotFound):
        move(toys, toy, "feedback", "other_handler", note="我来")
    with pytest.raises(NotAllowed):
        move(toys, toy, "feedback", "acceptor", note="我来")
    assert not waiting_for(stranger, now=MONDAY)
    assert not waiting_within(stranger, now=MONDAY)
    assert moves_for(TOYS, stranger, toy) == []
    assert not waiting_for(Actor("client", "接口"), now=MONDAY)
    assert Toy._default_manager.get().stage == "working"


def test_what_does_not_fit_is_refused_with_its_reason(toys: World) -> None:
    toy = opened(toys)
    with pytest.raises(MissingFact) as missing:
        move(toys, toy, "feedback", "handler", note="  ")
    assert missing.value.field == "note"
    with pytest.raises(Conflict):
        move(toys, toy, "feedback", "handler", note="好了", version=7)
    with pytest.raises(WrongStage):
        move(toys, toy, "close", "checker")
    move(toys, toy, "feedback", "handler", note="好了")
    both = toys.actors["handler"]
    himself = Actor(
        "staff", "本人", staff_id=both.staff_id, grants=dict(toys.actors["checker"].grants)
    )
    with pytest.raises(SamePerson):
        make_move(TOYS, toy.pk, "close", by=himself, facts=Facts(), now=MONDAY)
    machine = Actor("client", "接口", grants=dict(toys.actors["checker"].grants))
    with pytest.raises(NotAllowed, match="有姓名"):
        make_move(TOYS, toy.pk, "close", by=machine, facts=Facts(), now=MONDAY)


def test_a_matter_waits_for_the_one_that_holds_it(toys: World) -> None:
    toy, other = opened(toys), opened(toys)
    move(toys, toy, "feedback", "handler", note="好了")
    for _ in range(2):
        hold("toy", toy.pk, by_kind="toy", by_id=other.pk, what="另一件小事", now=MONDAY)
    with pytest.raises(Held, match="另一件小事"):
        move(toys, toy, "close", "checker")
    release(by_kind="toy", by_id=other.pk, now=MONDAY)
    assert move(toys, toy, "close", "checker").stage == "done"
    link(("toy", toy.pk), ("toy", other.pk), now=MONDAY)
    assert [one.to_id for one in came_of(TOYS, toy)] == [other.pk]
    assert [one.from_id for one in came_from(TOYS, other)] == [toy.pk]


def test_an_inbox_can_be_made_again_and_differences_are_found(toys: World) -> None:
    toy, second = opened(toys), opened(toys)
    assert differences(TOYS, [toy, second]) == []
    InboxEntry.objects.filter(matter_id=toy.pk).delete()
    InboxEntry.objects.filter(matter_id=second.pk).update(due_at=MONDAY)
    assert len(differences(TOYS, [toy, second])) == 2
    assert rebuild(TOYS) == 2
    assert differences(TOYS, [toy, second]) == []


def test_who_stands_in_sees_what_waits_for_the_colleague(toys: World) -> None:
    toy = opened(toys)
    away, here = toys.staff["handler"], toys.staff["unit_leader"]
    Deputy.objects.create(
        staff=away, deputy=here, valid_from=DAY, valid_until=DAY, named_by=away, named_at=MONDAY
    )
    forget_everything()
    entries = list(waiting_for(toys.actors["unit_leader"], now=MONDAY))
    assert [
        (one.matter.pk, one.own) for one in matters_of(toys.actors["unit_leader"], entries, on=DAY)
    ] == [(toy.pk, False)]
    assert not waiting_for(toys.actors["unit_leader"], now=MONDAY + timedelta(days=1))


def test_a_kind_that_says_who_sees_it_names_the_right_too() -> None:
    with pytest.raises(ValueError, match="view"):
        replace(TOYS, seen=lambda actor, right: Toy._default_manager.none())

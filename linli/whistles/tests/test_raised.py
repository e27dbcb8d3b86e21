"""社区吹哨 waits in the inbox of the leader, with a clock, until the street has decided."""

from __future__ import annotations

import importlib
from datetime import timedelta

import pytest
from django.apps import apps

from linli.kernel.access.models import PostHolding
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.matters.clocks import notify_due
from linli.kernel.matters.errors import WrongStage
from linli.kernel.matters.facts import Facts
from linli.kernel.matters.inbox import differences, matters_of, waiting_for
from linli.kernel.matters.models import InboxEntry
from linli.kernel.matters.moving import make_move
from linli.kernel.matters.replaying import replayed
from linli.kernel.notify.models import Notice
from linli.whistles.actions import whistling
from linli.whistles.models import RaisedLine, RaisedReminder, RaisedWhistle, Whistle
from linli.whistles.raised import RAISED_WHISTLES, raised_seen
from linli.whistles.tests.test_whistle import draft
from tests.world import DAY, MONDAY, World

LATER = MONDAY + timedelta(minutes=20)
WAITING = importlib.import_module("linli.whistles.migrations.0007_raised_ones_wait")


def waiting(world: World) -> RaisedWhistle:
    words = draft(world, area=world.areas["C1"])
    raised = whistling.raise_whistle(words, by=world.actors["clerk"], now=MONDAY)
    return RaisedWhistle.objects.get(whistle=raised)


def test_it_lies_in_the_inbox_of_the_leader(world: World) -> None:
    one = waiting(world)
    owner = world.actors["leader"]
    assert one.owner_id == owner.staff_id
    [entry] = waiting_for(owner, now=MONDAY)
    [found] = matters_of(owner, [entry], on=DAY)
    assert (found.matter, found.stage_name, found.own) == (one, "待街道决定", True)
    assert Notice.objects.get(about=f"whistle:{one.whistle_id}:raised").staff_id == one.owner_id
    assert one.due_at is not None
    notify_due(now=one.due_at + timedelta(minutes=1))
    assert RaisedReminder.objects.filter(overdue=True).exists()
    assert differences(RAISED_WHISTLES, [one]) == []
    assert [found for _matter, found in replayed(RAISED_WHISTLES, [one.pk])] == [[]]


def test_without_a_leader_it_lies_with_whoever_may_blow(world: World) -> None:
    PostHolding.objects.filter(account__username="leader").delete()
    forget_everything()
    assert waiting(world).owner == world.staff["dispatcher"]


def test_it_ends_with_the_decision_either_way(world: World) -> None:
    street = world.actors["dispatcher"]
    blown, refused = waiting(world), waiting(world)
    called = draft(world).called
    whistling.take_up(blown.whistle_id, called=called, by=street, now=LATER)
    whistling.turn_down(refused.whistle_id, reason="社区可自行协调", by=street, now=LATER)
    for one in (blown, refused):
        one.refresh_from_db()
    assert [(one.stage, one.open) for one in (blown, refused)] == [
        ("taken_up", False),
        ("turned_down", False),
    ]
    assert not InboxEntry.objects.filter(kind="raised").exists()
    words = [RAISED_WHISTLES.flow.word(one.code) for one in RaisedLine.objects.order_by("id")]
    assert words == ["社区吹哨", "社区吹哨", "街道吹哨", "不采纳"]


@pytest.mark.parametrize("move", ["take_up", "turn_down"])
def test_it_is_decided_with_its_whistle_and_not_beside_it(world: World, move: str) -> None:
    one = waiting(world)
    with pytest.raises(WrongStage, match="吹哨的页面"):
        make_move(
            RAISED_WHISTLES, one.pk, move, by=world.actors["leader"], facts=Facts(note="不用"),
            now=LATER,
        )  # fmt: skip
    one.refresh_from_db()
    assert (one.open, one.whistle.stage) == (True, "raised")


def test_nobody_outside_sees_it(world: World) -> None:
    one = waiting(world)
    assert list(raised_seen(world.actors["clerk"], "whistle.view")) == [one]
    assert not raised_seen(world.actors["other_grid_worker"], "whistle.view").exists()
    assert not waiting_for(world.actors["clerk"], now=MONDAY).exists()


def test_one_that_waited_before_there_was_an_inbox_waits_in_it_afterwards(world: World) -> None:
    one = waiting(world)
    whistle = one.whistle
    InboxEntry.objects.filter(kind="raised").delete()
    for table in (RAISED_WHISTLES.entry, RAISED_WHISTLES.run, RaisedWhistle):
        table._default_manager.all().delete()

    WAITING.fill(apps, None)

    [made] = RaisedWhistle.objects.all()
    assert made.whistle == whistle
    assert made.owner_id == world.staff["leader"].pk
    assert differences(RAISED_WHISTLES, [made]) == []
    whistling.turn_down(
        whistle.pk, reason="社区可自行协调", by=world.actors["dispatcher"], now=LATER
    )
    assert Whistle.objects.get().stage == "turned_down"
    assert not InboxEntry.objects.filter(kind="raised").exists()

"""Whatever is done to a case of yesterday, the board says at once what a fresh count says.

Everything that can be done is enumerated, not listed: every move and everything beside the moves, from every stage of
the loop. A figure that is remembered and not forgotten by one of them disagrees with the list it opens.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from linli.cases import figures
from linli.cases.actions.moving import make_move
from linli.cases.facts import Facts
from linli.cases.models import Case, FilingStandard
from linli.kernel.acting import SYSTEM, Actor
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.errors import LinliError
from tests.pictures import stored_picture
from tests.tricks import FILED, WORKED, Office, opened, options, walk, with_every_role
from tests.world import MONDAY, World

TUESDAY = MONDAY + timedelta(days=1)
PLACE = 120.0005


@pytest.fixture
def office(world: World) -> Office:
    FilingStandard.objects.update(time_limit="5工作日")
    picture = stored_picture(SYSTEM, now=MONDAY)
    return Office(world, opened("另一处也有垃圾", lon=120.015), (picture.pk,))


def merged(office: Office) -> Case:
    case = walk(office, opened("两次报的垃圾", lon=PLACE), *WORKED)
    facts = Facts(survivor=office.other.pk, note="同一件")
    actor = office.world.actors["acceptor"]
    return make_move(case.pk, "merge", by=actor, facts=facts, now=MONDAY)


STARTS: dict[str, Callable[[Office], Case]] = {
    "received": lambda o: opened("垃圾", lon=PLACE),
    "accepted": lambda o: walk(o, opened("垃圾", lon=PLACE), FILED[0]),
    "to dispatch": lambda o: walk(o, opened("垃圾", lon=PLACE), *FILED[:2]),
    "handling": lambda o: walk(o, opened("垃圾", lon=PLACE), *WORKED[:-1]),
    "to check": lambda o: walk(o, opened("垃圾", lon=PLACE), *WORKED),
    "to follow up": lambda o: walk(o, opened("垃圾", lon=PLACE), *WORKED, ("checker", "pass_check")),
    "closed": lambda o: walk(
        o, opened("垃圾", lon=PLACE), *WORKED, ("checker", "pass_check"), ("supervisor", "close")
    ),
    "merged": merged,
}  # fmt: skip


@pytest.mark.parametrize("start", STARTS)
def test_nothing_that_is_done_to_a_case_leaves_a_stale_figure(office: Office, start: str) -> None:
    case = STARTS[start](office)
    actor = with_every_role("leader")
    other_class = {
        "category": office.world.cover.pk,
        "new_standard": FilingStandard.objects.get(category=office.world.cover).pk,
    }
    done = []
    shown(actor)
    for name, act in options(office, "leader", actor, now=TUESDAY, **other_class):
        mark = transaction.savepoint()
        try:
            with transaction.atomic():
                act(case)
        except (LinliError, AssertionError):
            transaction.savepoint_rollback(mark)
            continue
        done.append(name)
        at_once = shown(actor)
        forget_everything()
        assert at_once == shown(actor), name
        transaction.savepoint_rollback(mark)
        forget_everything()
        shown(actor)
    assert done, "something can be done"


def shown(actor: Actor) -> tuple[Any, ...]:
    """The figures of the board that go back before today, as of Tuesday."""
    return (
        figures.trend(actor, days=2, asof=TUESDAY),
        figures.by_channel(actor, asof=TUESDAY),
        figures.by_class(actor, asof=TUESDAY),
        figures.on_time_by_community(actor, asof=TUESDAY),
    )

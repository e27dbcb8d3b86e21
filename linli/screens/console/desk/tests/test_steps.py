"""The desks of the steps: own and pool, the form beside the list, and what each role finds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.cases.actions.assessing import record_follow_up
from linli.cases.desks import DESKS, desks_of, mine_at, pool_at, waiting_at_desks
from linli.cases.flow import CASE, MOVES, Stage
from linli.cases.models import Case, CaseMove
from linli.kernel.acting import Actor
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.matters.models import Deputy, InboxEntry
from linli.screens.console.tests.office import Enter, opened
from tests.walks import walk_to
from tests.world import DAY, MONDAY, World

MOST_QUERIES = 32
"""A desk with a case open beside the list: the list, the case, its pictures, the offered moves, the frame."""


def at(world: World, stage: Stage, count: int = 1) -> list[Case]:
    made = [opened(body=f"第一网格第 {n} 处垃圾", lon=120.0005 + n * 0.0008) for n in range(count)]
    return [walk_to(world, case, stage) for case in made]


def give(case: Case, staff: Any) -> None:
    Case.objects.filter(pk=case.pk).update(owner=staff)
    InboxEntry.objects.filter(kind="case", matter_id=case.pk).update(owner=staff)


def test_every_desk_is_a_step_of_the_flow_with_its_own_right() -> None:
    for desk in DESKS:
        move = MOVES.get(desk.step)
        if move is not None:
            assert desk.stage in move.sources
            assert move.may == desk.may
        else:
            assert CASE.lines[desk.step].may == desk.may
        assert all(desk.stage in MOVES[one].sources for one in desk.others)
    assert len({desk.code for desk in DESKS}) == len(DESKS)


def test_a_desk_keeps_the_own_and_the_pool_apart(world: World, enter: Enter) -> None:
    mine, others, nobodys = at(world, Stage.ACCEPTED, 3)
    give(mine, world.staff["supervisor"])
    give(others, world.staff["leader"])
    give(nobodys, None)
    client = enter("supervisor")

    own = client.get("/console/desks/registration")
    pool = client.get("/console/desks/registration?tab=pool")

    assert [row["case"] for row in own.context["rows"]] == [mine]
    assert {row["case"] for row in pool.context["rows"]} == {others, nobodys}
    assert own.context["numbers"] == {"mine": 1, "pool": 2}
    assert "在街道老王手上" in pool.content.decode()
    assert "还没有人" in pool.content.decode()
    assert [(tab["code"], tab["mine"], tab["pool"]) for tab in own.context["desk_tabs"]] == [
        ("registration", 1, 2),
        ("closure", 0, 0),
    ]


def test_the_form_beside_the_list_takes_the_step_and_comes_back(world: World, enter: Enter) -> None:
    [case] = at(world, Stage.ACCEPTED)
    client = enter("supervisor")
    shown = client.get(f"/console/desks/registration/{case.number}").context
    values = {
        "version": case.version, "standard": world.standard.pk, "next": shown["form"]["next"].value(),
    }  # fmt: skip

    answer = client.post(shown["address"], values)

    assert answer.headers["Location"] == "/console/desks/registration?tab=mine"
    assert Case.objects.get(pk=case.pk).stage == Stage.TO_DISPATCH


def test_what_one_handled_oneself_is_shown_without_the_form(world: World, enter: Enter) -> None:
    [case] = at(world, Stage.TO_CHECK)
    Case.objects.filter(pk=case.pk).update(handler=world.staff["checker"])

    answer = enter("checker").get(f"/console/desks/check/{case.number}")

    assert answer.context["form"] is None
    assert "可能您参与过办理" in answer.content.decode()


def test_the_caller_finds_what_waits_for_a_call_and_keeps_what_nobody_answered(
    world: World, enter: Enter
) -> None:
    first, second = at(world, Stage.TO_FOLLOW_UP, 2)
    client = enter("follow_up")

    start = client.get("/console/")
    assert start.context["total"] == "0"
    assert "办理台还有 2 件没有指定给您" in start.content.decode()
    assert client.get("/console/desks").headers["Location"] == "/console/desks/follow-up"

    record_follow_up(first.pk, effective=False, by=world.actors["follow_up"], now=MONDAY)
    caller = world.actors["follow_up"]
    [desk] = desks_of(caller)
    assert [one.matter_id for one in mine_at(desk, caller, now=MONDAY)] == [first.pk]
    assert [one.matter_id for one in pool_at(desk, caller, now=MONDAY)] == [second.pk]

    record_follow_up(
        second.pk, effective=True, contacted=True, solved="solved", satisfaction="satisfied",
        by=caller, now=MONDAY,
    )  # fmt: skip
    forget_everything()
    assert waiting_at_desks(caller, now=MONDAY) == {"follow-up": (1, 0)}

    later = MONDAY + timedelta(minutes=1)
    CaseMove.objects.filter(case=second, to_stage=Stage.TO_FOLLOW_UP).update(at=later)
    forget_everything()
    assert waiting_at_desks(caller, now=later) == {"follow-up": (2, 0)}, "a new round, a new call"


def test_a_deputy_finds_the_colleagues_as_the_own(world: World, enter: Enter) -> None:
    [case] = at(world, Stage.ACCEPTED)
    away, here = world.staff["leader"], world.staff["supervisor"]
    give(case, away)
    Deputy.objects.create(
        staff=away, deputy=here, valid_from=DAY, valid_until=DAY, named_by=away, named_at=MONDAY
    )
    [row] = enter("supervisor").get("/console/desks/registration").context["rows"]
    assert (row["case"], row["for_whom"]) == (case, "街道老王")


@pytest.mark.parametrize(
    ("who", "address", "status"),
    [
        ("checker", "/console/desks/registration", 403),
        ("supervisor", "/console/desks/acceptance", 404),
        ("supervisor", "/console/desks/nothing", 404),
        ("evaluator", "/console/desks", 403),
    ],
)
def test_a_desk_opens_for_its_post_alone(
    world: World, enter: Enter, who: str, address: str, status: int
) -> None:
    assert enter(who).get(address).status_code == status


def test_another_community_finds_nothing_there(world: World, enter: Enter) -> None:
    [case] = at(world, Stage.TO_CHECK)
    client = enter("other_grid_worker")
    assert client.get("/console/desks/check?tab=pool").context["rows"] == []
    assert client.get(f"/console/desks/check/{case.number}").status_code == 404


def test_an_empty_desk_says_what_would_come(world: World, enter: Enter) -> None:
    client = enter("supervisor")
    assert "您手上没有" in client.get("/console/desks/closure").content.decode()
    assert "没有待领的案件" in client.get("/console/desks/closure?tab=pool").content.decode()
    assert client.get("/console/desks").headers["Location"] == "/console/desks/registration"


def test_what_is_late_stands_first_and_the_numbers_tell_open_pages(
    world: World, enter: Enter
) -> None:
    calm, late = at(world, Stage.ACCEPTED, 2)
    for case in (calm, late):
        give(case, world.staff["supervisor"])
    InboxEntry.objects.filter(matter_id=late.pk).update(due_at=MONDAY - timedelta(minutes=1))
    InboxEntry.objects.filter(matter_id=calm.pk).update(pressing=True)
    client = enter("supervisor")

    rows = client.get("/console/desks/registration").context["rows"]

    assert [row["case"] for row in rows] == [late, calm]
    assert client.get("/console/desks/counts.json").json() == {
        "counts": {"desk-registration": 2, "desk-closure": 0},
        "events": ["cases-changed"],
    }
    assert [item["badge"] for item in client.get("/console/").context["menu"][0]["items"]][1] == 2


def test_a_desk_costs_the_same_with_more_rows(world: World, enter: Enter) -> None:
    client = enter("supervisor")
    costs: list[int] = []
    for _ in range(2):
        at(world, Stage.ACCEPTED, 2 * (1 + len(costs)))
        client.get("/console/desks/registration?tab=mine")
        with CaptureQueriesContext(connection) as queries:
            client.get("/console/desks/registration?tab=mine")
        costs.append(len(queries))
    assert costs[0] == costs[1] <= MOST_QUERIES


def test_somebody_without_a_name_has_no_own_matters(world: World) -> None:
    machine = Actor("client", "接口", grants=dict(world.actors["supervisor"].grants))
    at(world, Stage.ACCEPTED)
    assert waiting_at_desks(machine, now=MONDAY)["registration"] == (0, 1)
    assert waiting_at_desks(Actor("client", "接口"), now=MONDAY) == {}

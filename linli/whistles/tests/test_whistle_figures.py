"""The figures of 吹哨报到: the fixture of ten legs, each line of the definition, the band, what is read from rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.access.models import Account, DataScope, PostHolding, Role
from linli.kernel.access.queries import actor_for
from linli.kernel.acting import Actor
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.organisations.models import Organization, OrganizationKind
from linli.kernel.people.models import Staff
from linli.whistles.actions import whistling
from linli.whistles.actions.legs import move_leg
from linli.whistles.actions.whistling import Called, WhistleDraft
from linli.whistles.figures import band, figures, legs_behind
from linli.whistles.models import WhistleLeg
from linli.whistles.rules import LegFacts, band_of, figures_of
from linli.whistles.tests.test_whistle import unit_of
from tests.pictures import stored_picture
from tests.world import DAY, MONDAY, World

HOUR = timedelta(hours=1)
MONTH = MONDAY + timedelta(days=30)
LATER = MONDAY + timedelta(days=60)
ONE = LegFacts(1, 1, MONDAY, MONDAY + HOUR, MONDAY + HOUR / 2, "respond")


def tell(*facts: LegFacts, as_of: datetime = LATER) -> tuple[tuple[int, int], tuple[int, int]]:
    """((answered in time, due to answer), (arrived in time, due to arrive))."""
    found = figures_of(facts, start=MONDAY, end=MONTH, as_of=as_of)
    response, arrival = found.response, found.arrival
    return (len(response.within), len(response.due)), (len(arrival.within), len(arrival.due))


@pytest.mark.parametrize(
    ("change", "counted"),
    [
        ({}, (1, 1)),
        ({"answered_at": MONDAY + HOUR}, (1, 1)),
        ({"answered_at": MONDAY + HOUR + timedelta(seconds=1)}, (0, 1)),
        ({"answer": "decline"}, (0, 1)),
        ({"answer": "transfer"}, (0, 0)),
        ({"answer": "transfer", "answered_at": MONDAY + 2 * HOUR}, (0, 1)),
        ({"answered_at": None, "answer": ""}, (0, 1)),
        ({"answered_at": None, "answer": "", "ended_at": MONDAY + HOUR / 2}, (0, 0)),
        ({"answered_at": None, "answer": "", "ended_at": MONDAY + 2 * HOUR}, (0, 1)),
        ({"respond_due": None}, (0, 0)),
        ({"respond_due": MONTH + HOUR, "answered_at": MONTH}, (0, 0)),
        ({"respond_due": MONTH + HOUR, "answered_at": MONTH - HOUR}, (1, 1)),
    ],
)
def test_each_leg_counts_once_where_the_definition_says(
    change: dict[str, Any], counted: tuple[int, int]
) -> None:
    assert tell(replace(ONE, **change))[0] == counted


def test_a_leg_not_yet_due_is_in_neither_side() -> None:
    waiting = replace(ONE, answered_at=None, answer="")
    assert tell(waiting, as_of=MONDAY + HOUR / 4)[0] == (0, 0)
    assert tell(waiting, as_of=MONDAY + HOUR)[0] == (0, 1)
    assert tell(ONE, as_of=MONDAY + HOUR / 4)[0] == (0, 0), "what comes later is not known yet"


@given(
    st.lists(st.tuples(st.integers(-100, 1000), st.none() | st.integers(-100, 1000)), max_size=30)
)
def test_two_halves_of_a_period_count_what_the_whole_does(
    times: list[tuple[int, int | None]],
) -> None:
    facts = [
        replace(
            ONE,
            leg_id=number,
            respond_due=MONDAY + due * HOUR,
            answered_at=None if done is None else MONDAY + done * HOUR,
            answer="" if done is None else "respond",
        )
        for number, (due, done) in enumerate(times)
    ]
    half = MONDAY + timedelta(days=15)

    def due(start: datetime, end: datetime) -> frozenset[int]:
        return figures_of(facts, start=start, end=end, as_of=LATER).response.due

    first, second = due(MONDAY, half), due(half, MONTH)
    assert not first & second
    assert first | second == due(MONDAY, MONTH)


def test_the_band_says_nothing_where_the_interval_crosses_an_edge() -> None:
    assert band_of(0, 0).verdict == "unclear"
    assert band_of(1, 100).verdict == "unclear"
    assert band_of(20, 1000).verdict == "usual"
    assert band_of(0, 2000).verdict == "few"
    assert band_of(100, 1000).verdict == "many"
    found = band_of(3, 120)
    assert found.per_hundred == 2.5


def test_ten_legs_of_three_whistles(world: World) -> None:
    """Fixture: legs 2 + 3 + 5; nine answer in time, one declines and is named; eight arrive in time."""
    units = [a_department(number) for number in range(5)]
    photo = stored_picture(world.actors["handler"], now=MONDAY).pk
    rows = [leg for count in (2, 3, 5) for leg in called(world, units[:count])]
    people = dict(units)
    for number, leg in enumerate(rows):
        unit = people[unit_of(leg)]
        if number == 4:
            move_leg(leg.pk, "decline", note="不归我们", by=unit, now=MONDAY + HOUR / 2)
            move_leg(leg.pk, "designate", organization=leg.handling_org_id, note="归你们",
                by=world.actors["district"], now=MONDAY + HOUR,
            )  # fmt: skip
            move_leg(leg.pk, "respond", by=unit, now=MONDAY + HOUR)
        else:
            move_leg(leg.pk, "respond", by=unit, now=MONDAY + HOUR / 2)
        days = 4 if number in (0, 9) else 2
        move_leg(leg.pk, "arrive", place="路口", photo_arrival=(photo,), by=unit,
            now=MONDAY + timedelta(days=days),
        )  # fmt: skip
    street = world.actors["evaluator"]
    whole, rows_by_unit = figures(street, start=MONDAY, end=MONTH, as_of=LATER)
    response, arrival = whole.figures.response, whole.figures.arrival
    assert (len(response.within), len(response.due)) == (9, 10)
    assert (len(arrival.within), len(arrival.due)) == (8, 10)
    assert (f"{response.value:.2%}", f"{arrival.value:.2%}") == ("90.00%", "80.00%")
    assert whole.figures.mean_arrival == timedelta(days=2.4)
    assert [len(row.figures.response.due) for row in rows_by_unit] == [3, 3, 2, 1, 1]
    assert len(legs_behind(street, response.due)) == 10
    assert not legs_behind(world.actors["other_handler"], response.due)
    found = band(street, start=MONDAY, end=MONTH, as_of=LATER)
    assert (found.whistles, found.cases, found.verdict) == (3, 0, "unclear")


def a_department(number: int) -> tuple[Organization, Actor]:
    unit = Organization.objects.create(
        code=f"B{number}", name=f"第{number}局", kind=OrganizationKind.DEPARTMENT
    )
    staff = Staff.objects.create(name=f"局里{number}", employee_no=f"B{number}", organization=unit)
    account = Account.objects.create(username=f"b{number}", staff=staff)
    PostHolding.objects.create(
        account=account,
        role=Role.objects.get(code="handler"),
        data_scope=DataScope.ORGANIZATION,
        organization=unit,
        valid_from=DAY,
    )
    forget_everything()
    return unit, actor_for(account, on=DAY)


def called(world: World, units: list[tuple[Organization, Actor]]) -> list[WhistleLeg]:
    whistle = whistling.blow_whistle(
        WhistleDraft(
            kind="enforcement",
            title="占道洗车场",
            background="占道三个月",
            area=world.areas["S"],
            called=tuple(
                Called(unit.pk, "assist" if number else "lead")
                for number, (unit, _) in enumerate(units)
            ),
        ),
        by=world.actors["dispatcher"],
        now=MONDAY,
    )
    rows = WhistleLeg.objects.select_related("handling_org").filter(whistle=whistle)
    return list(rows.order_by("id"))

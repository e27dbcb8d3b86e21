"""Weights are set for days to come; what has begun keeps its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from linli.cases.actions.weights import WeightsDraft, set_weights
from linli.cases.errors import MissingFact
from linli.cases.models import AssessmentRule
from linli.cases.seed import load_defaults
from linli.kernel.errors import NotAllowed
from tests.world import MONDAY, World

DRAFT = WeightsDraft(
    valid_from=date(2026, 3, 10),
    response=200,
    solution=400,
    satisfaction=400,
    basic=800,
    period_day=19,
)


@pytest.fixture
def office(world: World) -> World:
    load_defaults(now=MONDAY)
    return world


def test_new_weights_begin_on_their_day_and_the_old_ones_stay(office: World) -> None:
    made = set_weights(DRAFT, by=office.actors["system_admin"], now=MONDAY)

    assert (made.valid_from, made.response) == (date(2026, 3, 10), 200)
    first, second = AssessmentRule.objects.order_by("valid_from")
    assert (first.response, second.pk) == (100, made.pk)


def test_weights_of_a_coming_day_can_be_corrected(office: World) -> None:
    by = office.actors["system_admin"]
    made = set_weights(DRAFT, by=by, now=MONDAY)
    again = set_weights(replace(DRAFT, basic=700), by=by, now=MONDAY)

    assert (again.pk, again.basic) == (made.pk, 700)
    with pytest.raises(MissingFact):
        set_weights(replace(DRAFT, basic=600), by=by, now=MONDAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("response", 201),
        ("solution", -1),
        ("basic", 1_001),
        ("period_day", 29),
        ("period_day", 0),
        ("valid_from", date(2026, 3, 9)),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(office: World, field: str, value: Any) -> None:
    draft = replace(DRAFT, **{field: value})
    with pytest.raises(MissingFact) as refused:
        set_weights(draft, by=office.actors["system_admin"], now=MONDAY)

    assert refused.value.field == field
    assert AssessmentRule.objects.count() == 1


def test_only_who_keeps_the_settings_sets_weights(office: World) -> None:
    with pytest.raises(NotAllowed):
        set_weights(DRAFT, by=office.actors["evaluator"], now=MONDAY)

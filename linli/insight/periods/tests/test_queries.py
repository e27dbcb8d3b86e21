"""Which period is meant by what somebody asked for."""

from __future__ import annotations

import pytest

from linli.insight.errors import BadPeriod
from linli.insight.periods.queries import stretch_called
from tests.world import MONDAY

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["day", "week", "month", "assessment", "hotline_day"])
def test_without_a_name_the_present_period_is_meant(kind: str) -> None:
    found = stretch_called(kind, "", now=MONDAY)
    assert found.start <= MONDAY < found.end


@pytest.mark.parametrize(
    ("kind", "name"),
    [("fortnight", ""), ("month", "2026-13"), ("month", "0900-01"), ("day", "gestern")],
)
def test_a_period_nobody_knows_is_named(kind: str, name: str) -> None:
    with pytest.raises(BadPeriod) as refused:
        stretch_called(kind, name, now=MONDAY)
    assert refused.value.field == "period"

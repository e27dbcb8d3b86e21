"""What a limit by kind of order must say, and what is refused by name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from linli.cases.actions.order_limits import set_order_limit, take_preset
from linli.cases.errors import MissingFact
from linli.cases.flow import Clock
from linli.kernel.matters.models import Limit
from tests.world import DAY, MONDAY, World

GIVEN: dict[str, Any] = {
    "clock": str(Clock.HANDLE), "kind": "request", "limit": "1工作日", "source": "某号文件", "valid_from": DAY,
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("kind", {"kind": "wish"}),
        ("kind", {"clock": "nothing"}),
        ("kind", {"kind": ""}),
        ("source", {"source": " "}),
        ("valid_from", {"valid_from": DAY - timedelta(days=1)}),
    ],
)
def test_what_cannot_be_set_is_refused_by_name(
    world: World, field: str, change: dict[str, Any]
) -> None:
    before = Limit.objects.count()
    with pytest.raises(MissingFact) as refused:
        set_order_limit(**{**GIVEN, **change}, by=world.actors["system_admin"], now=MONDAY)
    assert refused.value.field == field
    assert Limit.objects.count() == before


def test_a_set_that_is_not_there_is_refused(world: World) -> None:
    with pytest.raises(MissingFact) as refused:
        take_preset("none", valid_from=DAY, by=world.actors["system_admin"], now=MONDAY)
    assert refused.value.field == "preset"

"""One colour for the clock of a case, on the console, the phone and the wall."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from linli.cases.models import Case
from linli.screens.shared.guard import PageRequest
from linli.screens.shared.light import light_of

NOW = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("case", "light"),
    [
        ({"due_at": NOW + HOUR, "yellow_at": NOW + HOUR / 2}, "green"),
        ({"due_at": NOW + HOUR, "yellow_at": NOW}, "yellow"),
        ({"due_at": NOW, "yellow_at": NOW - HOUR}, "yellow"),
        ({"due_at": NOW - HOUR, "yellow_at": NOW - 2 * HOUR}, "red"),
        ({"due_at": NOW - HOUR, "suspended_until": NOW + HOUR}, "blue"),
        ({"due_at": NOW - HOUR, "suspended_until": NOW}, "red"),
        ({"due_at": NOW - HOUR, "open": False}, "grey"),
        ({}, "green"),
    ],
)
def test_the_light_of_a_clock(case: dict[str, Any], light: str) -> None:
    request = PageRequest()
    request.now = NOW
    assert light_of(Case(**case), request) == light

"""A platform on this machine, and the settings under which we know it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from linli.hotline.stand_in import StandIn
from linli.hotline.upstreams import Upstream, upstream
from linli.kernel.engine.remembered import forget_everything
from tests.world import MONDAY

SECRET = "a-shared-secret-of-the-two"
CODE = "city"

Write = Callable[..., Upstream]


class Clock:
    """The time of both sides; `pass_` moves it on."""

    def __init__(self) -> None:
        self.at = MONDAY

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **length: float) -> datetime:
        self.at += timedelta(**length)
        return self.at


clock = Clock()


def now() -> datetime:
    """The clock of the site in these tests."""
    return clock()


@pytest.fixture(autouse=True)
def at_nine(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Monday, nine o'clock, on both sides."""
    clock.at = MONDAY
    settings.LINLI_CLOCK = f"{__name__}.now"
    monkeypatch.setenv("LINLI_HOTLINE_SECRET_CITY", SECRET)
    return clock


@pytest.fixture
def platform() -> Iterator[StandIn]:
    """市民热线, listening on a port of its own."""
    with StandIn(CODE, SECRET, clock) as standing:
        yield standing


@pytest.fixture
def written(settings: Settings) -> Write:
    """Writes the file of the platforms; (address, changes) -> what we make of it."""

    def write(address: str, **changes: Any) -> Upstream:
        row: dict[str, Any] = {
            "code": CODE,
            "name": "市民热线",
            "address": address,
            "pull_minutes": 5,
            **changes,
        }
        file = Path(settings.LINLI_HOME) / "hotline.json"
        file.write_text(json.dumps({"upstreams": [row]}), encoding="utf-8")
        forget_everything()
        return upstream(row["code"])

    return write


@pytest.fixture
def city(platform: StandIn, written: Write) -> Upstream:
    """The platform as we know it."""
    return written(platform.address)

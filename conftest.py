"""Fixtures for the tests of every module, wherever they lie."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from linli.kernel.calendar.queries import forget_calendars
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.places.live_atlas import forget_atlas
from tests.world import World, make_world

pytest_plugins = ["tests.tooling"]


@pytest.fixture(autouse=True)
def _remember_nothing(settings: Settings, tmp_path: Path) -> None:
    """What a process keeps for some seconds must not reach the next test; files go to a folder of the test's own."""
    settings.LINLI_HOME = tmp_path
    forget_everything()
    forget_calendars()
    forget_atlas()


@pytest.fixture
def world(db: None) -> World:
    """槐荫街道 with its people; see `tests/world.py`."""
    return make_world()

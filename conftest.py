"""Fixtures for the tests of every module, wherever they lie."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker, Settings

from linli.kernel.calendar.queries import forget_calendars
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.places.live_atlas import forget_atlas
from tests.world import World
from tests.world_snapshot import Snapshot, take_snapshot

pytest_plugins = ["tests.tooling", "tests.measuring", "tests.emptying"]


@pytest.fixture(autouse=True)
def _remember_nothing(settings: Settings, tmp_path: Path) -> None:
    """What a process keeps for some seconds must not reach the next test; files go to a folder of the test's own."""
    settings.LINLI_HOME = tmp_path
    forget_everything()
    forget_calendars()
    forget_atlas()


@pytest.fixture(scope="session")
def world_snapshot(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Snapshot:
    """The world, made once; before the first test that wants it opens its transaction."""
    with django_db_blocker.unblock():
        return take_snapshot()


@pytest.fixture
def world(world_snapshot: Snapshot, db: None) -> World:
    """槐荫街道 with its people; see `tests/world.py`."""
    return world_snapshot.restore()

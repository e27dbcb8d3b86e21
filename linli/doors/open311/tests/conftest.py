"""The street of the tests:槐荫街道 with one client that holds a key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from linli.doors.open311.tests import street as shared
from tests.world import MONDAY, World


@pytest.fixture
def watch(settings: Settings) -> Iterator[type[shared.Watch]]:
    """The clock behind every request; set `watch.at` to let time pass."""
    settings.LINLI_CLOCK = "linli.doors.open311.tests.street.now"
    yield shared.Watch
    shared.Watch.at = MONDAY


@pytest.fixture
def street(world: World, watch: type[shared.Watch]) -> shared.Street:
    _, key = shared.new_key()
    return shared.Street(client=Client(enforce_csrf_checks=True), key=key)

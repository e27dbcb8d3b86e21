"""The running site on a port of its own; the platform and its settings are those of the module's own tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.live_server_helper import LiveServer

from linli.hotline.tests.conftest import Clock, at_nine, city, platform, written

__all__ = ["at_nine", "city", "platform", "site", "written"]


@pytest.fixture
def site(transactional_db: None, at_nine: Clock) -> Iterator[str]:
    """The address of the site; started per test, since it keeps the clock it began with."""
    server = LiveServer("127.0.0.1")
    server._live_server_modified_settings.enable()
    yield server.url
    server._live_server_modified_settings.disable()
    server.stop()

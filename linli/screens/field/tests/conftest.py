from __future__ import annotations

import pytest
from pytest_django import Settings

from linli.screens.field.tests.phone import CLOCK


@pytest.fixture(autouse=True)
def _clock(settings: Settings) -> None:
    """Every page of these tests is opened on Monday morning."""
    settings.LINLI_CLOCK = CLOCK

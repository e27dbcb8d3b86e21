from __future__ import annotations

import pytest

from linli.screens.field.tests.phone import CLOCK


@pytest.fixture(autouse=True)
def _clock(settings: object) -> None:
    """Every page of these tests is opened on Monday morning."""
    settings.LINLI_CLOCK = CLOCK  # type: ignore[attr-defined]

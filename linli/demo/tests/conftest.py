"""One small demo, built once for all tests of this folder: 200 flats, one month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from unittest import mock

import pytest
from django.db import transaction
from django.test import override_settings

from linli.demo.build import DemoSummary, build_demo
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.files import storage
from linli.kernel.places.live_atlas import forget_atlas

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
"""Monday, 10:30 in Shanghai."""


def build_small(now: datetime = NOW) -> DemoSummary:
    """200 flats, one month."""
    return build_demo(now=now, seed=7, households=200, months=1)


class _Undo(Exception):
    """Ends the transaction the demo was built in."""


@pytest.fixture(scope="package")
def built(
    django_db_setup: None,
    django_db_blocker: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[DemoSummary]:
    """The demo, in a transaction that the tests of this folder share and the last one undoes."""
    home = tmp_path_factory.mktemp("demo-home")
    storage._store.cache_clear()
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        try:
            with transaction.atomic():
                with (
                    override_settings(LINLI_HOME=home),
                    mock.patch("linli.demo.build.train_demo_classifier"),
                ):
                    forget_everything()
                    summary = build_small()
                yield summary
                raise _Undo
        except _Undo:
            pass
    storage._store.cache_clear()
    forget_everything()
    forget_atlas()


@pytest.fixture
def demo(built: DemoSummary, db: None) -> Iterator[DemoSummary]:
    """The demo, for a test that may change it."""
    forget_everything()
    forget_atlas()
    yield built
    forget_everything()
    forget_atlas()

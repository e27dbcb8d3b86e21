"""The clock of the installation. Everything below config is given the time; only this file reads it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings


def now() -> datetime:
    """The time, aware, UTC; with a demo clock, the time that runs LINLI_CLOCK_SPEED times as fast."""
    real = datetime.now(UTC)
    speed = settings.LINLI_CLOCK_SPEED
    if speed == 1:
        return real
    start = _demo_start()
    return start + timedelta(seconds=(real - start).total_seconds() * speed)


@lru_cache(maxsize=1)
def _demo_start() -> datetime:
    """When the demo clock was started; shared by all processes through a file in the data folder."""
    file = Path(settings.LINLI_HOME) / "clock.json"
    if file.exists():
        return datetime.fromisoformat(json.loads(file.read_text())["started_at"])
    start = datetime.now(UTC)
    file.write_text(json.dumps({"started_at": start.isoformat()}))
    return start

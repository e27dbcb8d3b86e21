"""A round of the worker: what it does in turn, and the one question whether there is anything to do.

Looking for work costs each part a transaction; a house at rest asked for all of them three times a second. Each part
therefore says in one SQL condition what would make it work, and a round asks all of them in one statement. A part that
found work may have made some for the parts after it, so they are asked about again.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import close_old_connections, connection
from django.utils.module_loading import import_string

from linli.kernel.jobs.heartbeats import beat, note_failure

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tick:
    """A function `(now) -> int` by its path; the number is how much it did.

    `waiting` is a SELECT with `{now}` for the time, which finds a row exactly when there is something to do, or the
    path of a function that returns one; without either the function is called in every round, and has to be quick when
    there is nothing.
    """

    path: str
    waiting: str = ""

    @property
    def condition(self) -> str:
        if self.waiting.startswith("SELECT "):
            return self.waiting
        found: str = import_string(self.waiting)()
        return found


FIRST_REST = timedelta(seconds=1)
LONGEST_REST = timedelta(minutes=1)
"""How long a part that failed rests before it is called again; each time twice as long, in time of the real clock."""


@dataclass
class Failing:
    """The parts that fail at present: how often in a row, and until when each rests (`time.monotonic`)."""

    parts: dict[str, tuple[int, float]] = field(default_factory=dict)

    def rests(self, path: str) -> bool:
        return time.monotonic() < self.parts.get(path, (0, 0.0))[1]

    def failed(self, path: str, *, now: datetime) -> None:
        """Let the part rest. It is told to staff and in the log when it begins, not every time."""
        times = self.parts.get(path, (0, 0.0))[0] + 1
        rest = min(FIRST_REST * 2 ** min(times - 1, 10), LONGEST_REST)
        self.parts[path] = (times, time.monotonic() + rest.total_seconds())
        if times == 1:
            log.exception("%s failed; it is tried again and again, ever more seldom", path)
            with suppress(Exception):  # the database may be what fails
                note_failure(path, traceback.format_exc(), now=now)

    def well(self, path: str, *, now: datetime) -> None:
        """A part that failed works again."""
        if path in self.parts:
            beat(path, now=now)
            log.warning("%s works again after %s failures", path, self.parts.pop(path)[0])


def work_through(
    ticks: Sequence[Tick], *, clock: Callable[[], datetime], failing: Failing | None = None
) -> int:
    """One round; the number of things done. A part that fails rests for a while and does not hold up the others."""
    done = 0
    failing = failing or Failing()
    asked: set[Tick] | None = None
    for at, tick in enumerate(ticks):
        if failing.rests(tick.path):
            continue
        try:
            if tick.waiting and asked is None:
                asked = waiting(ticks[at:], now=clock())
            if tick.waiting and asked is not None and tick not in asked:
                continue
            did: int = import_string(tick.path)(now=clock())
            failing.well(tick.path, now=clock())
        except Exception:  # a later round tries again; a person sees the log and the failures page
            failing.failed(tick.path, now=clock())
            close_old_connections()
            asked = None
            continue
        if did:
            done += did
            asked = None
    return done


def waiting(ticks: Iterable[Tick], *, now: datetime) -> set[Tick]:
    """Those that have something to do, of those that say what; one statement."""
    asking = [tick for tick in ticks if tick.waiting]
    if not asking:
        return set()
    conditions = [tick.condition for tick in asking]
    parts = [f"EXISTS ({condition.format(now='%s')})" for condition in conditions]
    times = sum(condition.count("{now}") for condition in conditions)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(parts)}",
            [connection.ops.adapt_datetimefield_value(now)] * times,
        )
        found = cursor.fetchone()
    return {tick for tick, yes in zip(asking, found, strict=True) if yes}

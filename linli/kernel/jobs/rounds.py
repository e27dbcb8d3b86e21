"""A round of the worker: what it does in turn, and the one question whether there is anything to do.

Looking for work costs each part a transaction; a house at rest asked for all of them three times a second. Each part
therefore says in one SQL condition what would make it work, and a round asks all of them in one statement. A part that
found work may have made some for the parts after it, so they are asked about again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import close_old_connections, connection
from django.utils.module_loading import import_string

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


def work_through(ticks: Sequence[Tick], *, clock: Callable[[], datetime]) -> int:
    """One round; the number of things done. A part that fails is logged and does not hold up the others."""
    done = 0
    asked: set[Tick] | None = None
    for at, tick in enumerate(ticks):
        try:
            if tick.waiting and asked is None:
                asked = waiting(ticks[at:], now=clock())
            if tick.waiting and asked is not None and tick not in asked:
                continue
            did: int = import_string(tick.path)(now=clock())
        except Exception:  # the next round tries again; a person sees the log and the failures page
            log.exception("%s failed", tick.path)
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

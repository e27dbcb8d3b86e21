"""What past days counted, kept until something is done to a case of that day.

A past day changes when a case of it is given another class or when a feedback of it is sent back; either leaves a
line in the timeline. So before anything is given out, the lines written since the last look are read, and
the days of their cases are forgotten: a month of figures is counted once and afterwards costs one small query.
Each process keeps its own.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar

from django.db.models import Max

from linli.cases.counting import FED_BACK
from linli.cases.models import Case, CaseMove
from linli.kernel.acting import Scope
from linli.kernel.calendar.local import local_day
from linli.kernel.engine.remembered import Remembered

T = TypeVar("T")

KEPT_SECONDS = 1_800.0
"""Longest life of a counted day, for changes that leave no line, such as a case moved to another grid by hand."""

LOOK_BACK = 200
"""Lines read again at each look: of two transactions the one with the larger id may be visible first."""

MOST_LINES = 2_000
"""More news than this, after a long rest or an import, and everything is counted anew."""

MOST_DAYS = 20_000

CORRECTIONS = frozenset(
    {"accept", "register", "self_handle", "reclassify", "rework", "reopen", "split"}
)
"""Lines that change what a day before them counted: the class of a case, or whether its feedback stands."""


class DayMemory(Generic[T]):
    """Remembers `read(scope, day)`; call `catch_up` before asking."""

    def __init__(self, read: Callable[[Scope, date], T]) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._kept: dict[tuple[Hashable, date], tuple[float, T]] = {}

    def __call__(self, scope: Scope, day: date) -> T:
        found = self._kept.get((scope, day))
        if found is not None and time.monotonic() - found[0] < KEPT_SECONDS:
            return found[1]
        answer = self._read(scope, day)
        with self._lock:
            if len(self._kept) >= MOST_DAYS:
                self._kept.clear()
            self._kept[scope, day] = (time.monotonic(), answer)
        return answer

    def forget_days(self, days: Iterable[date] | None) -> None:
        """Forget these days of every scope; all of them for None."""
        with self._lock:
            if days is None:
                self._kept.clear()
                return
            wanted = set(days)
            for key in [key for key in self._kept if key[1] in wanted]:
                del self._kept[key]


def catch_up(*memories: DayMemory[Any]) -> None:
    """Let the memories forget the days of every case that was corrected since the last look."""
    look = _last_look()
    newest = CaseMove.objects.aggregate(newest=Max("pk"))["newest"] or 0
    if look.newest == newest:
        return
    first = look.newest is None
    days = _days_corrected(look, since=newest if look.newest is None else look.newest)
    look.newest = newest
    for memory in memories:
        memory.forget_days(None if first else days)


def _days_corrected(look: _Look, *, since: int) -> set[date] | None:
    """Days on which the newly corrected cases were opened or fed back; None when there are too many lines."""
    lines = CaseMove.objects.filter(pk__gt=since - LOOK_BACK).order_by("pk")
    found = list(lines.values_list("pk", "case_id", "code")[: MOST_LINES + 1])
    if len(found) > MOST_LINES:
        look.known = set()
        return None
    cases = {case for pk, case, code in found if code in CORRECTIONS and pk not in look.known}
    look.known = {pk for pk, _case, _code in found}
    if not cases:
        return set()
    opened = Case.objects.filter(pk__in=cases).values_list("opened_at", flat=True)
    moves = CaseMove.objects.filter(case__in=cases, code=FED_BACK).values_list("at", flat=True)
    return {local_day(at) for at in (*opened, *moves)}


@dataclass
class _Look:
    """The newest line looked at, and the lines just before it that were seen."""

    newest: int | None = None
    known: set[int] = field(default_factory=set)


_last_look: Remembered[_Look] = Remembered(_Look, seconds=60.0 * 60 * 24)
"""Held here so that `forget_everything` also forgets it; a first look forgets every day."""

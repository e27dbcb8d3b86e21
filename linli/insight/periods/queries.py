"""From when on there is anything to compare with, and where assessment periods begin."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from linli.cases.models import AssessmentRule
from linli.cases.queries import cases_seen
from linli.insight.errors import BadPeriod
from linli.insight.periods.rules import (
    USUAL_FIRST_DAY,
    FirstDays,
    Kind,
    Stretch,
    Windows,
    stretch_at,
    stretch_named,
    windows,
)
from linli.kernel.acting import Actor

EARLIEST = "2000"
"""Nothing older is stored anywhere."""


def first_days() -> FirstDays:
    """The dated days on which assessment periods begin."""
    found = AssessmentRule.objects.order_by("valid_from").values_list("valid_from", "period_day")
    return tuple(found) or USUAL_FIRST_DAY


def stretch_called(kind: str, name: str, *, now: datetime) -> Stretch:
    """The period somebody asked for; without a name the present one.

    Raises:
        BadPeriod: no such kind or no such name.
    """
    try:
        wanted = Kind(kind)
        if not name:
            return stretch_at(wanted, now, first_days=first_days())
        if name < EARLIEST:
            raise ValueError(name)
        return stretch_named(wanted, name, first_days=first_days())
    except ValueError as problem:
        raise BadPeriod(
            f"没有“{name[:20]}”这个时段。日写成 2026-03-09，周写成 2026-W11，月和考核期写成 2026-03。",
            field="period",
        ) from problem


def windows_of(actor: Actor, stretch: Stretch, *, asof: datetime, among: Q) -> Windows:
    """A period with what it is compared with, as far as the actor's cases reach back."""
    seen = cases_seen(actor).filter(among).order_by("opened_at")
    began = seen.values_list("opened_at", flat=True).first()
    return windows(stretch, asof=asof, data_from=began, first_days=first_days())

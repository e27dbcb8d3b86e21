"""Addresses of the lists behind the figures (反查), for whoever may open them."""

from __future__ import annotations

from datetime import date, datetime
from urllib.parse import urlencode

from linli.kernel.acting import Actor
from linli.kernel.calendar.local import LOCAL

CASES = "/console/cases"
PLACES = "/console/places"


class Drill:
    """Addresses for one person; empty where the person has no right to the list."""

    def __init__(self, actor: Actor, *, asof: datetime) -> None:
        self._cases = actor.may("cases.view")
        self._places = actor.may("places.view")
        self._asof = asof.astimezone(LOCAL)

    @property
    def today(self) -> str:
        return self._asof.date().isoformat()

    @property
    def month(self) -> str:
        """First day of the month."""
        return self._asof.date().replace(day=1).isoformat()

    @property
    def asof(self) -> str:
        return self._asof.isoformat()

    def cases(self, **conditions: object) -> str:
        """The list of cases under conditions of `cases.queries.CONDITIONS`."""
        return f"{CASES}?{urlencode(conditions)}" if self._cases else ""

    def opened_on(self, day: date) -> str:
        return self.cases(opened_from=day.isoformat(), opened_until=day.isoformat())

    def case(self, number: str) -> str:
        return f"/cases/{number}" if self._cases else ""

    @property
    def places(self) -> str:
        return PLACES if self._places else ""

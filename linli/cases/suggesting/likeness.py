"""Is it already known? Open cases near the place or with near words are compared; see `linli.cases.duplicates`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from linli.cases.duplicates.candidates import neighbouring_cells, place_query, text_query
from linli.cases.duplicates.rules import Candidate, Decision, Filing, decide, likenesses
from linli.cases.duplicates.text import text_keys
from linli.cases.flow import Stage
from linli.cases.models import Case
from linli.cases.suggesting.category import major_of

NEVER_JOINED_CHANNELS = frozenset({"iot_alarm"})
"""Alarms are joined by their own key when they arrive, not by likeness."""


def suggest_duplicates(
    *,
    title: str,
    body: str,
    lon: float | None,
    lat: float | None,
    code: str,
    major: str,
    now: datetime,
    certainty: float = 1.0,
    measured: bool = True,
) -> Decision:
    """What to do about cases that may be the same matter: join, suggest or nothing.

    `certainty` is how likely the class `code` is right, 1 where somebody chose it; `measured` is False for a position
    that was read from the words.
    """
    text = f"{title}\n{body}"
    filing = Filing(
        opened_at=now,
        category=code,
        major=major,
        lon=lon,
        lat=lat,
        text=text,
        certainty=certainty,
        measured=measured,
    )
    ids = _ids(lon, lat, text, measured=measured)
    cases = Case.objects.filter(pk__in=ids, open=True).select_related("category") if ids else ()
    return decide(likenesses(filing, [_candidate(case) for case in cases]))


def certainty_of(case: Case) -> float:
    """How likely the class of a case is right: until somebody has accepted it, it is the one that was guessed."""
    accepted = case.category is not None and case.stage != Stage.RECEIVED
    return 1.0 if accepted else case.proposal.category.probability


def _ids(lon: float | None, lat: float | None, text: str, *, measured: bool) -> list[int]:
    found: list[int] = []
    if lon is not None and lat is not None:
        found = _rows(*place_query(neighbouring_cells(lon, lat)))
        if measured:
            return found
    keys = text_keys(text)
    return list(dict.fromkeys([*found, *(_rows(*text_query(keys)) if keys else ())]))


def _rows(sql: str, parameters: Sequence[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(parameters))
        return [row[0] for row in cursor.fetchall()]


def _candidate(case: Case) -> Candidate:
    guess = case.proposal.category
    return Candidate(
        case_id=case.pk,
        opened_at=case.opened_at,
        last_reported_at=case.last_reported_at,
        category=case.category.code if case.category else guess.code,
        major=major_of(case.category) if case.category else guess.major,
        lon=case.lon,
        lat=case.lat,
        text=f"{case.title.plain}\n{case.body.plain}",
        certainty=certainty_of(case),
    )

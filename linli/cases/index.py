"""The full-text index of cases: number, receipts, title, address and body, with labels for the areas of a search.

What lies below a building and how to reach somebody stays out of it, wherever it was typed: nobody comes upon a home
by three digits. Whoever has the right asks for the whole of it: `cases.actions.contacts.find_by_contact`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q

from linli.cases.models import Case, Report
from linli.kernel.acting import AREA_COLUMNS, Scope
from linli.kernel.engine import search
from linli.kernel.places.reading.homes import without_homes

TABLE = "cases_search"

MOST_RECEIPTS = 20
"""Receipts of one case that are found by a part of them, the newest, 1–100; a whole one always finds its case."""


def index_cases(cases: Iterable[Case], *, receipts: Sequence[str] | None = None) -> None:
    """Make cases findable; call again when their words, their place or their reports changed.

    `receipts` are those of the one case given, where the caller knows them; else they are read.
    """
    listed = list(cases)
    known = receipts_of([case.pk for case in listed]) if receipts is None else {}
    search.put_many(
        TABLE,
        [
            (case.pk, _text(case, known.get(case.pk, receipts or ())), _labels(case))
            for case in listed
        ],
    )


def condition(query: str, scope: Scope) -> Q:
    """The condition that a case answers a query. Areas of the scope are used; the caller still applies it in full."""
    return search.answering(TABLE, query, labels=_labels_of(scope))


def find_cases(query: str, scope: Scope) -> list[int]:
    """Ids of the newest cases that answer, at most two thousand; see `condition`."""
    return search.find(TABLE, query, labels=_labels_of(scope))


def searchable(number: str, receipts: Iterable[str], title: str, address: str, body: str) -> str:
    """What of a case is searched, the most telling first."""
    return without_homes("\n".join([number, *receipts, title, address, body]))


def receipts_of(case_ids: Sequence[int]) -> dict[int, list[str]]:
    """The newest receipts of each case, at most `MOST_RECEIPTS`."""
    found: dict[int, list[str]] = {}
    rows = Report.objects.filter(case_id__in=case_ids).order_by("-id")
    for case_id, receipt in rows.values_list("case_id", "receipt").iterator():
        kept = found.setdefault(case_id or 0, [])
        if len(kept) < MOST_RECEIPTS:
            kept.append(receipt)
    return found


def _text(case: Case, receipts: Iterable[str]) -> str:
    return searchable(case.number, receipts, case.title.plain, case.address.plain, case.body.plain)


def _labels_of(scope: Scope) -> list[str]:
    labels = sorted(f"{column[0]}{area_id}" for column, area_id in scope.areas | scope.levels)
    only_areas = labels and not (scope.everywhere or scope.organizations or scope.staff)
    return labels if only_areas else []


def _labels(case: Case) -> tuple[str, ...]:
    ids = ((column[0], getattr(case, f"{column}_id")) for column in AREA_COLUMNS)
    return tuple(f"{letter}{area_id}" for letter, area_id in ids if area_id)

"""The full-text index of cases: title, body, address and number, with labels for the areas a search is cut down to."""

from __future__ import annotations

from collections.abc import Iterable

from linli.cases.models import Case
from linli.kernel.acting import AREA_COLUMNS, Scope
from linli.kernel.engine import search

TABLE = "cases_search"


def index_cases(cases: Iterable[Case]) -> None:
    """Make cases findable; call again when their words or their place changed."""
    search.put_many(TABLE, [(case.pk, _text(case), _labels(case)) for case in cases])


def find_cases(query: str, scope: Scope) -> list[int]:
    """Ids of the newest cases with these words. Areas of the scope are used; the caller still applies it in full."""
    labels = sorted(f"{column[0]}{area_id}" for column, area_id in scope.areas | scope.levels)
    only_areas = labels and not (scope.everywhere or scope.organizations or scope.staff)
    return search.find(TABLE, query, labels=labels if only_areas else ())


def _text(case: Case) -> str:
    return f"{case.number} {case.title.plain}\n{case.address.plain}\n{case.body.plain}"


def _labels(case: Case) -> tuple[str, ...]:
    ids = ((column[0], getattr(case, f"{column}_id")) for column in AREA_COLUMNS)
    return tuple(f"{letter}{area_id}" for letter, area_id in ids if area_id)

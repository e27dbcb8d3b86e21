"""Which rows are demo data: whatever hangs below the district 990101, found by following foreign keys upwards.

A table that is added tomorrow is covered as soon as it has a foreign key to one that is covered today. Two kinds of
rows are told by themselves and not by what they point at: a placed row by its own sub-district, a login by its mark.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.apps import apps
from django.db.models import Field, Model, Q, QuerySet

from linli.cases.models import Case, Report
from linli.demo.geometry import DISTRICT_CODE
from linli.kernel.access.models import Account
from linli.kernel.places.models import Area, AreaLevel, Placed

Rows = QuerySet[Model]


def doomed_rows() -> list[Rows]:
    """The demo's rows of every table that has any, each table before those it points at."""
    found: dict[type[Model], Rows | None] = {}
    for model in apps.get_models(include_auto_created=True):
        _rows_of(model, found)
    # Filled from the bottom of the foreign keys up, so the reverse is an order in which one can delete.
    return [rows for rows in reversed(found.values()) if rows is not None]


def demo_cases() -> QuerySet[Case]:
    return Case.objects.filter(subdistrict__code__startswith=DISTRICT_CODE)


def demo_reports() -> QuerySet[Report]:
    """Reports of demo cases; those without a case too, while the demo's sub-district is the only one."""
    of_cases = Q(case__in=demo_cases())
    others = Area.objects.filter(level=AreaLevel.SUBDISTRICT).exclude(
        code__startswith=DISTRICT_CODE
    )
    return Report.objects.filter(of_cases if others.exists() else of_cases | Q(case=None))


def _rows_of(model: type[Model], found: dict[type[Model], Rows | None]) -> Rows | None:
    if model not in found:
        own = _by_itself(model)
        rows = own if own is not None else _by_its_keys(model, found)
        if rows is None or own is not None:
            for field in _keys(model):
                _rows_of(field.related_model, found)  # type: ignore[arg-type]
        found[model] = rows
    return found[model]


def _by_itself(model: type[Model]) -> Rows | None:
    if model is Area:
        return Area.objects.filter(code__startswith=DISTRICT_CODE)
    if model is Account:
        return Account.objects.filter(demo=True)
    if model is Report:
        return demo_reports()
    if issubclass(model, Placed):
        return model._default_manager.filter(subdistrict__code__startswith=DISTRICT_CODE)
    return None


def _by_its_keys(model: type[Model], found: dict[type[Model], Rows | None]) -> Rows | None:
    conditions = []
    for field in _keys(model):
        pointed_at = _rows_of(field.related_model, found)  # type: ignore[arg-type]
        if pointed_at is not None:
            conditions.append(Q(**{f"{field.name}__in": pointed_at}))
    return model._default_manager.filter(reduce(or_, conditions)) if conditions else None


def _keys(model: type[Model]) -> Iterable[Field[object, object]]:
    for field in model._meta.concrete_fields:
        if field.is_relation and field.related_model not in (None, model):
            yield field

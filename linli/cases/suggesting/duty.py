"""Who is responsible? The duty catalogue (派单目录): the entry for the class in the narrowest area that has one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db.models import Q

from linli.cases.models import Case, DutyEntry
from linli.kernel.acting import AREA_COLUMNS
from linli.kernel.engine.remembered import Remembered
from linli.kernel.organisations.models import Organization
from linli.kernel.people.queries import LOCAL


def suggest_organization(case: Case, *, now: datetime) -> tuple[Organization | None, str]:
    """(organisation, sentence); no organisation when the class is unknown or in no entry."""
    return suggest_organizations([case], now=now)[case.pk]


def suggest_organizations(
    cases: Sequence[Case], *, now: datetime
) -> dict[int, tuple[Organization | None, str]]:
    """The same for many cases, by their ids; the catalogue is at most three seconds old."""
    by_category = _catalogue(now.astimezone(LOCAL).date())
    return {case.pk: _choose(case, by_category.get(case.category_id, {})) for case in cases}


def _read_catalogue(day: date) -> dict[int | None, dict[int | None, DutyEntry]]:
    entries = (
        DutyEntry.objects.filter(valid_from__lte=day, organization__retired_at=None)
        .filter(Q(valid_until=None) | Q(valid_until__gte=day))
        .select_related("organization")
        .order_by("id")
    )
    by_category: dict[int | None, dict[int | None, DutyEntry]] = {}
    for entry in entries:
        by_category.setdefault(entry.category_id, {})[entry.area_id] = entry
    return by_category


_catalogue = Remembered(_read_catalogue, seconds=3.0)


def _choose(case: Case, by_area: Mapping[int | None, DutyEntry]) -> tuple[Organization | None, str]:
    if case.category is None:
        return None, "类别未定，暂无法按派单目录推荐承办单位。"
    for column in reversed(AREA_COLUMNS):
        entry = by_area.get(getattr(case, f"{column}_id"))
        if entry is not None and entry.area_id is not None:
            return (
                entry.organization,
                f"派单目录：{case.category.name}在该辖区由{entry.organization.name}负责。",
            )
    everywhere = by_area.get(None)
    if everywhere is not None:
        return (
            everywhere.organization,
            f"派单目录：{case.category.name}由{everywhere.organization.name}负责。",
        )
    return None, f"派单目录中没有“{case.category.name}”，请人工选择承办单位并补充目录。"

"""Who is responsible? The duty catalogue (派单目录): the entry for the class in the narrowest area that has one."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from linli.cases.models import Case, DutyEntry
from linli.kernel.acting import AREA_COLUMNS
from linli.kernel.organisations.models import Organization
from linli.kernel.people.queries import LOCAL


def suggest_organization(case: Case, *, now: datetime) -> tuple[Organization | None, str]:
    """(organisation, sentence); no organisation when the class is unknown or in no entry."""
    if case.category is None:
        return None, "类别未定，暂无法按派单目录推荐承办单位。"
    day = now.astimezone(LOCAL).date()
    entries = (
        DutyEntry.objects.filter(category=case.category, valid_from__lte=day, organization__retired_at=None)
        .filter(Q(valid_until=None) | Q(valid_until__gte=day))
        .select_related("organization")
        .order_by("id")
    )
    by_area = {entry.area_id: entry for entry in entries}
    for column in reversed(AREA_COLUMNS):
        entry = by_area.get(getattr(case, f"{column}_id"))
        if entry is not None and entry.area_id is not None:
            return entry.organization, f"派单目录：{case.category.name}在该辖区由{entry.organization.name}负责。"
    everywhere = by_area.get(None)
    if everywhere is not None:
        return everywhere.organization, f"派单目录：{case.category.name}由{everywhere.organization.name}负责。"
    return None, f"派单目录中没有“{case.category.name}”，请人工选择承办单位并补充目录。"

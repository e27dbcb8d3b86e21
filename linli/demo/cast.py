"""Everybody and everything a story needs, read once from the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from linli.cases.models import Category, DutyEntry, FilingStandard
from linli.demo.geometry import DISTRICT_CODE, SUBDISTRICT_CODE
from linli.kernel.access.models import PostHolding
from linli.kernel.organisations.models import Organization
from linli.kernel.people.models import GridPosting, Staff
from linli.kernel.places.models import Area


@dataclass(frozen=True)
class Cast:
    """The people by post, the areas by code, the classes with their standards and units."""

    district_id: int
    subdistrict_id: int
    area_ids: Mapping[str, int]
    by_role: Mapping[str, Sequence[Staff]]
    grid_staff: Mapping[str, Sequence[Staff]]
    handlers: Mapping[int, Sequence[Staff]]
    categories: Mapping[str, Category]
    standards: Mapping[str, Sequence[FilingStandard]]
    units: Mapping[str, Organization]

    def one(self, role: str, rng: Random) -> Staff:
        return rng.choice(self.by_role[role])

    def handler(self, unit: Organization, rng: Random, *, but: Staff | None = None) -> Staff:
        others = [one for one in self.handlers[unit.pk] if one != but]
        return rng.choice(others or self.handlers[unit.pk])


def read_cast() -> Cast:
    """The cast of the demo that is in the database; its ground must be there."""
    areas = {area.code: area for area in Area.objects.filter(code__startswith=DISTRICT_CODE)}
    by_role, handlers = _people()
    return Cast(
        district_id=areas[DISTRICT_CODE].pk,
        subdistrict_id=areas[SUBDISTRICT_CODE].pk,
        area_ids={code: area.pk for code, area in areas.items()},
        by_role=by_role,
        grid_staff=_grid_staff(),
        handlers=handlers,
        categories={
            category.code: category for category in Category.objects.filter(retired_at=None)
        },
        standards=_standards(),
        units=_units(),
    )


def _people() -> tuple[dict[str, list[Staff]], dict[int, list[Staff]]]:
    by_role: dict[str, list[Staff]] = {}
    handlers: dict[int, list[Staff]] = {}
    holdings = PostHolding.objects.filter(account__demo=True).select_related(
        "role", "account__staff__organization"
    )
    for holding in holdings.order_by("account__staff_id"):
        staff = holding.account.staff
        assert staff is not None, "every demo account belongs to somebody"
        by_role.setdefault(holding.role.code, []).append(staff)
        if holding.role.code == "handler":
            handlers.setdefault(staff.organization_id, []).append(staff)
    return by_role, handlers


def _grid_staff() -> dict[str, list[Staff]]:
    found: dict[str, list[Staff]] = {}
    for posting in GridPosting.objects.select_related("staff__organization", "grid").order_by(
        "staff_id"
    ):
        found.setdefault(posting.grid.code, []).append(posting.staff)
    return found


def _standards() -> dict[str, list[FilingStandard]]:
    found: dict[str, list[FilingStandard]] = {}
    for row in (
        FilingStandard.objects.filter(valid_until=None).select_related("category").order_by("id")
    ):
        found.setdefault(row.category.code, []).append(row)
    return found


def _units() -> dict[str, Organization]:
    entries = DutyEntry.objects.select_related("category", "organization").order_by("id")
    return {entry.category.code: entry.organization for entry in entries}

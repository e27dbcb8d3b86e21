"""What can be chosen in the console's forms: classes, areas, organisations, workers. Read once in some seconds."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import get_language

from linli.cases.queries import active_categories
from linli.kernel.acting import Actor, Scope
from linli.kernel.engine.remembered import Remembered
from linli.kernel.matters.roster import holders_by_organization
from linli.kernel.organisations.models import Organization, OrganizationKind
from linli.kernel.people.models import Staff
from linli.kernel.places.models import AreaLevel
from linli.kernel.places.queries import areas_within
from linli.screens.console import labels

Options = list[tuple[Any, Any]]

MOST_GRIDS = 400
"""Grids in one list; beyond it a community has to be chosen first."""


def categories() -> Options:
    """Active classes under their major classes."""
    return _categories(get_language())


def communities(actor: Actor) -> Options:
    return _areas(actor.scope("cases.view"), AreaLevel.COMMUNITY, None)


def grids(actor: Actor, community: int | None) -> Options:
    """Grids of the actor's scope, of one community when it is chosen."""
    found = _areas(actor.scope("cases.view"), AreaLevel.GRID, community)
    return found if community or len(found) <= MOST_GRIDS else []


def organizations() -> Options:
    """Organisations that may be made responsible, by kind."""
    return _organizations()


def workers(organization_id: int | None, day: date) -> Options:
    """Who handles cases for an organisation."""
    return _workers(organization_id, day) if organization_id else []


def _read_categories(language: str | None) -> Options:
    groups: dict[str, Options] = {}
    for category in active_categories():
        group = f"{labels.words_of(labels.KINDS, category.kind)} · {category.major_name}"
        groups.setdefault(group, []).append((category.pk, category.name))
    return list(groups.items())


def _read_areas(scope: Scope, level: str, parent: int | None) -> Options:
    areas = areas_within(scope).filter(level=level)
    if parent is not None:
        areas = areas.filter(parent_id=parent)
    return list(areas.values_list("pk", "name"))


def _read_organizations() -> Options:
    groups: dict[str, Options] = {}
    for row in Organization.objects.filter(retired_at=None).order_by("kind", "code"):
        groups.setdefault(str(OrganizationKind(row.kind).label), []).append((row.pk, row.name))
    return list(groups.items())


def _read_workers(organization_id: int, day: date) -> Options:
    ids = holders_by_organization("cases.handle", day).get(organization_id, frozenset())
    return list(
        Staff.objects.filter(pk__in=ids, left_at=None).order_by("name").values_list("pk", "name")
    )


_categories = Remembered(_read_categories, seconds=10.0)
_areas = Remembered(_read_areas, seconds=30.0)
_organizations = Remembered(_read_organizations, seconds=10.0)
_workers = Remembered(_read_workers, seconds=5.0)

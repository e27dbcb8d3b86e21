"""Which organisations somebody may see: those whose place lies in the scope of what they administer."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from linli.kernel.acting import NOWHERE, Actor, Scope
from linli.kernel.errors import NotFound
from linli.kernel.organisations.models import Organization
from linli.kernel.places.queries import areas_within

MAY_READ = ("organisations.edit", "people.edit", "access.manage")
"""Whoever edits organisations, their people or the logins of these reads the register of organisations."""


def reach(actor: Actor, permissions: tuple[str, ...] = MAY_READ) -> Scope:
    """Where an actor may do at least one of these things."""
    scope = NOWHERE
    for permission in permissions:
        scope |= actor.scope(permission)
    return scope


def organizations_within(scope: Scope) -> QuerySet[Organization]:
    """Organisations whose place lies in a scope, retired ones too; one without a place serves the whole district."""
    rows = Organization.objects.select_related("area").order_by("kind", "code")
    if scope.everywhere:
        return rows
    places = areas_within(scope).order_by().values("pk")
    return rows.filter(Q(pk__in=scope.organizations) | Q(area_id__in=places))


def organizations_for(actor: Actor, *, words: str = "", kind: str = "") -> QuerySet[Organization]:
    """The register of organisations as far as the actor may read it, narrowed by words of the name or code."""
    rows = organizations_within(reach(actor))
    if words:
        rows = rows.filter(
            Q(name__icontains=words) | Q(short_name__icontains=words) | Q(code__icontains=words)
        )
    return rows.filter(kind=kind) if kind else rows


def organization_for(actor: Actor, organization_id: int) -> Organization:
    """Raises `NotFound` for one that is not there or that the actor may not know of."""
    found = organizations_within(reach(actor)).filter(pk=organization_id).first()
    if found is None:
        raise NotFound(
            "没有这个单位，或不在您的管理范围内，请从单位列表里重选。", field="organization"
        )
    return found

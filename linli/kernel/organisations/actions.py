"""Adding, renaming and retiring organisations. A code is never issued twice and no row is deleted.

Whether people still work for an organisation is not known here: `people.actions.close_organization` asks first.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from linli.kernel.acting import Actor, Scope, action
from linli.kernel.calendar.local import local_day
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.organisations.errors import CodeTaken, OrganizationInvalid, OrganizationRetired
from linli.kernel.organisations.models import Organization, OrganizationKind
from linli.kernel.organisations.queries import organizations_within
from linli.kernel.organisations.texts import checked, checked_code, checked_phone
from linli.kernel.places.models import Area
from linli.kernel.places.queries import area_by_id, lies_within

LONGEST_CODE, LONGEST_NAME, LONGEST_SHORT_NAME = 32, 80, 24


@action(may="organisations.edit")
def add_organization(
    *,
    code: str,
    name: str,
    kind: str,
    by: Actor,
    now: datetime,
    short_name: str = "",
    area_id: int | None = None,
    phone: str = "",
) -> Organization:
    """Enter an organisation; `area_id` is where it works, None the whole district.

    Raises `OrganizationInvalid`, `CodeTaken`, `AreaUnknown`, and `NotAllowed` for a place outside the scope.
    """
    organization = Organization(
        code=checked_code(
            code, error=OrganizationInvalid, field="code", label="单位编码", most=LONGEST_CODE
        ),
        valid_from=local_day(now),
    )
    _fill(organization, by.scope(), name, kind, short_name, area_id, phone)
    try:
        with transaction.atomic():
            organization.save()
    except IntegrityError:
        taken = Organization.objects.get(code=organization.code)
        raise CodeTaken(
            f"编码“{taken.code}”已经是“{taken.name}”的，停用的编码也不再用，请换一个。",
            field="code",
        ) from None
    return organization


@action(may="organisations.edit")
def edit_organization(
    organization_id: int,
    *,
    name: str,
    kind: str,
    by: Actor,
    now: datetime,
    short_name: str = "",
    area_id: int | None = None,
    phone: str = "",
) -> Organization:
    """Rename an organisation, or correct its kind, place or telephone; the code stays. Raises as for a new one."""
    organization = _in_use(organization_id, by)
    _fill(organization, by.scope(), name, kind, short_name, area_id, phone)
    organization.save(update_fields=["name", "kind", "short_name", "area", "phone"])
    return organization


@action(may="organisations.edit")
def retire_organization(organization_id: int, *, by: Actor, now: datetime) -> Organization:
    """From now on nothing is dispatched to it and nobody is entered for it; what was, stays.

    Raises `OrganizationRetired`, `NotFound`.
    """
    organization = _in_use(organization_id, by)
    organization.retired_at = now
    organization.save(update_fields=["retired_at"])
    return organization


@action(may="organisations.edit")
def reinstate_organization(organization_id: int, *, by: Actor, now: datetime) -> Organization:
    """Undo a retirement made by mistake."""
    organization = _found(organization_id, by)
    if organization.retired_at is None:
        raise OrganizationInvalid(f"“{organization.name}”正在使用，不需要恢复。")
    organization.retired_at = None
    organization.save(update_fields=["retired_at"])
    return organization


def _fill(
    organization: Organization,
    scope: Scope,
    name: str,
    kind: str,
    short_name: str,
    area_id: int | None,
    phone: str,
) -> None:
    organization.name = checked(
        name, error=OrganizationInvalid, field="name", label="单位名称", most=LONGEST_NAME
    )
    organization.short_name = checked(
        short_name,
        error=OrganizationInvalid,
        field="short_name",
        label="简称",
        most=LONGEST_SHORT_NAME,
        needed=False,
    )
    if kind not in OrganizationKind.values:
        raise OrganizationInvalid("请从列表里选择单位类型。", field="kind")
    organization.kind = kind
    organization.area = _area(area_id, scope)
    organization.phone = checked_phone(phone, error=OrganizationInvalid)


def _area(area_id: int | None, scope: Scope) -> Area | None:
    if area_id is None:
        if not scope.everywhere:
            raise OrganizationInvalid(
                "请选择单位所在的辖区，您只能管理自己辖区的单位。", field="area"
            )
        return None
    area = area_by_id(area_id)
    if not lies_within(area, scope):
        raise NotAllowed(f"“{area.name}”不在您的管理范围内，请联系上级管理员。", field="area")
    if area.retired_at is not None:
        raise OrganizationInvalid(f"“{area.name}”已停用，请选择在用的辖区。", field="area")
    return area


def _in_use(organization_id: int, by: Actor) -> Organization:
    organization = _found(organization_id, by)
    if organization.retired_at is not None:
        raise OrganizationRetired(f"“{organization.name}”已停用。如需再用，请先恢复。")
    return organization


def _found(organization_id: int, by: Actor) -> Organization:
    rows = organizations_within(by.scope()).select_for_update(of=("self",))
    organization = rows.filter(pk=organization_id).first()
    if organization is None:
        raise NotFound(
            "没有这个单位，或不在您的管理范围内，请从单位列表里重选。", field="organization"
        )
    return organization

"""The one way to a row about people that is about to be changed: inside the scope, locked."""

from __future__ import annotations

from linli.kernel.acting import Actor
from linli.kernel.errors import NotFound
from linli.kernel.organisations.models import Organization
from linli.kernel.organisations.queries import organizations_within
from linli.kernel.people.errors import HasLeft, StaffInvalid
from linli.kernel.people.models import Staff
from linli.kernel.people.queries import staff_within


def staff_in_reach(staff_id: int, by: Actor) -> Staff:
    """Raises `NotFound`."""
    rows = staff_within(by.scope()).select_for_update(of=("self",))
    staff = rows.filter(pk=staff_id).first()
    if staff is None:
        raise NotFound("没有这名人员，或不在您的管理范围内，请从人员列表里重选。", field="staff")
    return staff


def staff_at_work(staff_id: int, by: Actor) -> Staff:
    """Raises `NotFound`, and `HasLeft` for somebody who no longer works here."""
    staff = staff_in_reach(staff_id, by)
    if staff.left_at is not None:
        raise HasLeft(f"{staff.name}已离职，不能再修改。如已回来工作，请先办理复职。")
    return staff


def organization_in_use(organization_id: int, by: Actor) -> Organization:
    """Raises `StaffInvalid`, naming the field `organization`."""
    found = organizations_within(by.scope()).filter(pk=organization_id).first()
    if found is None:
        raise StaffInvalid("请从列表里选择单位，只能选您管理范围内的。", field="organization")
    if found.retired_at is not None:
        raise StaffInvalid(f"“{found.name}”已停用，请选择在用的单位。", field="organization")
    return found

"""People come, change their name or organisation, leave, and sometimes come back."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from linli.kernel.acting import Actor, action
from linli.kernel.calendar.local import local_day
from linli.kernel.events.outbox import announce
from linli.kernel.organisations.actions import retire_organization
from linli.kernel.organisations.models import Organization
from linli.kernel.organisations.texts import checked, checked_code, checked_phone
from linli.kernel.people.actions.grids import end_all_postings
from linli.kernel.people.actions.reach import organization_in_use, staff_at_work, staff_in_reach
from linli.kernel.people.errors import (
    HasLeft,
    NumberTaken,
    OwnPosting,
    StaffInvalid,
    StillWorking,
)
from linli.kernel.people.events import StaffLeft
from linli.kernel.people.models import Shift, Staff
from linli.kernel.people.rules import last_day

LONGEST_NAME, LONGEST_NUMBER = 40, 24
NAMED = 3
"""How many of those who still work somewhere a refusal names."""


@action(may="people.edit")
def add_staff(
    *,
    name: str,
    employee_no: str,
    organization_id: int,
    by: Actor,
    now: datetime,
    phone: str = "",
) -> Staff:
    """Enter somebody who works here. Raises `StaffInvalid`, `NumberTaken`."""
    staff = Staff(organization=organization_in_use(organization_id, by))
    _fill(staff, name, employee_no, phone)
    _save(staff)
    return staff


@action(may="people.edit")
def edit_staff(
    staff_id: int, *, name: str, employee_no: str, by: Actor, now: datetime, phone: str = ""
) -> Staff:
    """Correct name, employee number or telephone. Raises `StaffInvalid`, `NumberTaken`, `HasLeft`."""
    staff = staff_at_work(staff_id, by)
    _fill(staff, name, employee_no, phone)
    _save(staff, "name", "employee_no", "phone")
    return staff


@action(may="people.edit")
def transfer_staff(staff_id: int, *, organization_id: int, by: Actor, now: datetime) -> Staff:
    """Somebody works for another organisation from now on. Grids and posts stay until they are ended.

    Raises `StaffInvalid`, `HasLeft`.
    """
    staff = staff_at_work(staff_id, by)
    organization = organization_in_use(organization_id, by)
    if staff.organization_id == organization.pk:
        raise StaffInvalid(
            f"{staff.name}已经在“{organization.name}”，请选择另一个单位。", field="organization"
        )
    staff.organization = organization
    staff.save(update_fields=["organization"])
    return staff


@action(may="people.edit")
def mark_left(staff_id: int, *, by: Actor, now: datetime) -> Staff:
    """Somebody leaves today: grids and shifts end, and from this moment their login carries no right.

    The screen calls `access.actions.end_employment`, which closes the login and the posts with it.
    Raises `HasLeft`, `OwnPosting`.
    """
    staff = staff_at_work(staff_id, by)
    if staff.pk == by.staff_id:
        raise OwnPosting("不能给自己办理离职，请另一位系统管理员办理。")
    staff.left_at = now
    staff.save(update_fields=["left_at"])
    today = local_day(now)
    end_all_postings(staff.pk, today)
    for shift in Shift.objects.filter(staff=staff):
        if shift.valid_until is None or shift.valid_until > today:
            shift.valid_until = last_day(shift.valid_from, today)
            shift.save(update_fields=["valid_until"])
    announce(StaffLeft(staff.pk), now=now)
    return staff


@action(may="people.edit")
def mark_returned(staff_id: int, *, by: Actor, now: datetime) -> Staff:
    """Somebody is back, or had not left at all. What ended stays ended and is given anew. Raises `HasLeft`."""
    staff = staff_in_reach(staff_id, by)
    if staff.left_at is None:
        raise HasLeft(f"{staff.name}在职，不需要复职。")
    organization_in_use(staff.organization_id, by)
    staff.left_at = None
    staff.save(update_fields=["left_at"])
    return staff


def close_organization(organization_id: int, *, by: Actor, now: datetime) -> Organization:
    """Retire an organisation for which nobody works any more.

    Here and not in `organisations`, which does not know who works for whom. Raises `StillWorking`.
    """
    with transaction.atomic():
        # First the action, which asks for the right: a refusal must not tell who works there. It is undone below.
        organization = retire_organization(organization_id, by=by, now=now)
        there = Staff.objects.filter(organization=organization, left_at=None).order_by(
            "employee_no"
        )
        names = list(there.values_list("name", flat=True)[:NAMED])
        if names:
            raise StillWorking(
                f"“{organization.name}”还有 {there.count()} 人（{'、'.join(names)}等），请先调到别的单位或办理离职。"
            )
    return organization


def _fill(staff: Staff, name: str, employee_no: str, phone: str) -> None:
    staff.name = checked(name, error=StaffInvalid, field="name", label="姓名", most=LONGEST_NAME)
    staff.employee_no = checked_code(
        employee_no, error=StaffInvalid, field="employee_no", label="工号", most=LONGEST_NUMBER
    )
    staff.phone = checked_phone(phone, error=StaffInvalid)


def _save(staff: Staff, *fields: str) -> None:
    try:
        with transaction.atomic():
            staff.save(update_fields=fields or None)
    except IntegrityError:
        raise NumberTaken(
            f"工号“{staff.employee_no}”已经有人用（可能已离职），工号不重复使用，请换一个。",
            field="employee_no",
        ) from None

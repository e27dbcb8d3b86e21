"""Handing in a whole table of people: every good row is entered, every bad one listed with its number and reason.

Columns, in any order and under their Chinese or English name: 姓名, 工号, 单位 (name, short name or code), 电话, and
for those who look after a grid 岗位 (网格长, 专职网格员, 兼职网格员; 网格员 is 专职) with 辖区编码, the code of it.
Other posts in that column are left to whoever manages access: `access.importing` reads the same table. Running it
again enters nobody twice: an employee number that is there with the same name is counted as known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from linli.kernel.acting import Actor, action
from linli.kernel.calendar.local import local_day
from linli.kernel.errors import LinliError
from linli.kernel.organisations.queries import organizations_within
from linli.kernel.people.actions import add_staff, post_to_grid
from linli.kernel.people.errors import NumberTaken, StaffInvalid
from linli.kernel.people.models import GridPosting, Staff
from linli.kernel.places.models import Area, AreaLevel
from linli.kernel.tables.columns import Layout
from linli.kernel.tables.reading import BadRow, Row, Table
from linli.kernel.tables.results import Imported, Refusal

COLUMNS: Mapping[str, Sequence[str]] = {
    "name": ("姓名", "name", "人员姓名", "员工姓名"),
    "employee_no": ("工号", "employee_no", "编号", "人员编号", "员工编号", "职工号"),
    "organization": (
        "单位",
        "organization",
        "单位名称",
        "单位编码",
        "所属单位",
        "所在单位",
        "部门",
    ),
    "phone": ("电话", "phone", "手机", "联系电话", "工作电话", "手机号", "手机号码", "联系方式"),
    "post": ("岗位", "post", "任职", "职务", "岗位名称"),
    "area": ("辖区编码", "area", "area_code", "网格编码", "区域编码"),
    "data_scope": ("数据范围", "data_scope", "数据权限"),
}
STAFF = Layout("人员", COLUMNS, needed=(("name",), ("employee_no",), ("organization",)))

FIELDS = {
    "grid": "area", "valid_from": "area", "take_over": "post", "duty": "post", "role": "post",
    "username": "employee_no", "staff": "employee_no",
}  # fmt: skip
"""Fields of refusals that are columns under another name."""

DUTIES: dict[str, GridPosting.Duty] = {
    "网格长": GridPosting.Duty.LEADER,
    "网格员": GridPosting.Duty.FULL_TIME,
    "专职网格员": GridPosting.Duty.FULL_TIME,
    "兼职网格员": GridPosting.Duty.PART_TIME,
}

POSTED = "posted"
"""What `Imported.more` counts: grids given."""


def refusal_of(row: Row, refused: LinliError) -> Refusal:
    """The refusal of a row, at the column that it is about."""
    if isinstance(refused, BadRow):
        return refused.refusal
    return row.refusal(FIELDS.get(refused.field, refused.field), refused.message)


def given_in(row: Row, notes: list[str]) -> dict[str, str]:
    """The cells of a row under our names; a column that is missing is empty. Raises `BadRow`."""
    exact = {name: row.key(name) for name in ("employee_no", "area")}
    words = {name: row.text(name) for name in ("name", "organization", "post", "data_scope")}
    return {**exact, **words, "phone": row.phone("phone", notes)}


@action(may="people.edit")
def import_staff(table: Table, *, by: Actor, now: datetime, dry_run: bool = False) -> Imported:
    """Enter people; a row is entered whole or not at all, the others do not mind."""
    result = table.begun(Imported(dry_run=dry_run, more={POSTED: 0}))
    with transaction.atomic():
        take_staff(table.rows, result, options={}, by=by, now=now)
        transaction.set_rollback(dry_run)
    return result


def take_staff(
    rows: Sequence[Row],
    result: Imported,
    *,
    options: Mapping[str, Any],
    by: Actor,
    now: datetime,
) -> list[int]:
    """Enter the people of some rows; nothing besides is made."""
    units = _units(by)
    for row in rows:
        notes: list[str] = []
        try:
            with transaction.atomic():
                _enter(given_in(row, notes), units, result, by=by, now=now)
        except LinliError as refused:
            result.refused.append(refusal_of(row, refused))
        else:
            result.notes += notes
    return []


def _enter(
    given: dict[str, str],
    units: Mapping[str, int],
    result: Imported,
    *,
    by: Actor,
    now: datetime,
) -> None:
    known = Staff.objects.filter(employee_no__iexact=given["employee_no"]).first()
    if known is not None:
        if known.name != given["name"]:
            raise NumberTaken(
                f"工号“{known.employee_no}”是{known.name}的，与表里的“{given['name']}”不一致，请核对。",
                field="employee_no",
            )
        result.known += 1
        return
    unit = units.get(given["organization"].lower())
    if unit is None:
        raise StaffInvalid(
            f"没有叫“{given['organization']}”的单位，请先在“单位”里录入，或改用单位编码。",
            field="organization",
        )
    duty = DUTIES.get(given["post"])
    grid = _grid(given) if duty is not None else None
    staff = add_staff(
        name=given["name"],
        employee_no=given["employee_no"],
        organization_id=unit,
        phone=given["phone"],
        by=by,
        now=now,
    )
    if duty is not None and grid is not None:
        day: date = local_day(now)
        post_to_grid(staff.pk, grid_id=grid, duty=duty, valid_from=day, by=by, now=now)
        result.count(POSTED)
    result.stored += 1


def _units(by: Actor) -> dict[str, int]:
    """Ids of the organisations in use by name, short name and code in small letters; the code wins."""
    found: dict[str, int] = {}
    for name in ("short_name", "name", "code"):
        rows = organizations_within(by.scope("people.edit")).filter(retired_at=None)
        found |= {text.lower(): pk for pk, text in rows.values_list("pk", name) if text}
    return found


def _grid(given: dict[str, str]) -> int:
    if not given["area"]:
        raise StaffInvalid(f"岗位是“{given['post']}”，请填网格的编码（15 位）。", field="area")
    grid = Area.objects.filter(code=given["area"], level=AreaLevel.GRID).first()
    if grid is None:
        raise StaffInvalid(
            f"没有编码为“{given['area']}”的网格，请核对；长编码在 Excel 里要设成文本。",
            field="area",
        )
    return grid.pk

"""Handing in a whole table of people: every good row is entered, every bad one listed with its number and reason.

Columns, in any order and under their Chinese or English name: 姓名, 工号, 单位 (name, short name or code), 电话, and
for those who look after a grid 岗位 (网格长, 专职网格员, 兼职网格员; 网格员 is 专职) with 辖区编码, the code of it.
Other posts in that column are left to whoever manages access: `access.importing` reads the same table. Running it
again enters nobody twice: an employee number that is there with the same name is counted as known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from linli.kernel.acting import Actor, action
from linli.kernel.calendar.local import local_day
from linli.kernel.errors import LinliError
from linli.kernel.organisations.queries import organizations_within
from linli.kernel.people.actions import add_staff, post_to_grid
from linli.kernel.people.errors import NumberTaken, StaffInvalid
from linli.kernel.people.models import GridPosting, Staff
from linli.kernel.places.models import Area, AreaLevel

COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("姓名", "name"),
    "employee_no": ("工号", "employee_no", "编号"),
    "organization": ("单位", "organization", "单位名称", "单位编码"),
    "phone": ("电话", "phone", "手机", "联系电话", "工作电话"),
    "post": ("岗位", "post", "任职", "职务"),
    "area": ("辖区编码", "area", "area_code", "网格编码"),
    "data_scope": ("数据范围", "data_scope"),
}
NEEDED = ("name", "employee_no", "organization")

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

Rows = Iterable[tuple[int, Mapping[str, str]]]


@dataclass(frozen=True)
class BadRow:
    """A row that was left out; the header is row 1."""

    row: int
    field: str
    reason: str


@dataclass
class StaffImport:
    """What an import did, or in a dry run would do. `posted` counts grids given."""

    read: int = 0
    added: int = 0
    known: int = 0
    posted: int = 0
    bad: list[BadRow] = field(default_factory=list)
    dry_run: bool = False


def bad_row(number: int, refused: LinliError) -> BadRow:
    """The row with the name of the column that the refusal is about."""
    name = FIELDS.get(refused.field, refused.field)
    return BadRow(number, COLUMNS[name][0] if name in COLUMNS else "", refused.message)


def columns_of(header: Iterable[str]) -> dict[str, str]:
    """Which column of a table holds what: our name → the name in the header."""
    given = {name.strip().lower(): name for name in header}
    found = {}
    for wanted, spellings in COLUMNS.items():
        column = next((given[one.lower()] for one in spellings if one.lower() in given), None)
        if column is not None:
            found[wanted] = column
    return found


def cells(row: Mapping[str, str], columns: Mapping[str, str]) -> dict[str, str]:
    """The cells of a row under our names, trimmed; a column that is missing is empty."""
    return {name: row.get(columns.get(name, ""), "").strip() for name in COLUMNS}


@action(may="people.edit")
def import_staff(
    header: Iterable[str], rows: Rows, *, by: Actor, now: datetime, dry_run: bool = False
) -> StaffImport:
    """Enter people; a row is entered whole or not at all, the others do not mind.

    Raises `StaffInvalid` (field file) when a needed column is missing.
    """
    columns = columns_of(header)
    lacking = [COLUMNS[name][0] for name in NEEDED if name not in columns]
    if lacking:
        raise StaffInvalid(
            f"表头里缺少“{'、'.join(lacking)}”列，请用下载的模板，或改正列名。", field="file"
        )
    result = StaffImport(dry_run=dry_run)
    units = _units(by)
    with transaction.atomic():
        for number, row in rows:
            result.read += 1
            try:
                with transaction.atomic():
                    _enter(cells(row, columns), units, result, by=by, now=now)
            except LinliError as refused:
                result.bad.append(bad_row(number, refused))
        transaction.set_rollback(dry_run)
    return result


def _enter(
    given: dict[str, str],
    units: Mapping[str, int],
    result: StaffImport,
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
        result.posted += 1
    result.added += 1


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

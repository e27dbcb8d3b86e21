"""A table of people: good rows are kept, bad ones named, a trial changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from linli.kernel.audit.models import AuditLine
from linli.kernel.errors import NotAllowed
from linli.kernel.people.importing import POSTED, STAFF, import_staff
from linli.kernel.people.models import GridPosting, Staff
from linli.kernel.tables.reading import Table, read_table
from linli.kernel.tables.results import Imported
from linli.kernel.tables.sheets import UnreadableTable
from tests.world import MONDAY, World

HEADER = ["姓名", "工号", "单位", "电话", "岗位", "辖区编码"]
GRID = "990101001001002"


def table(*rows: tuple[str, ...], header: list[str] = HEADER) -> Table:
    text = "\n".join(",".join(row) for row in [header, *rows])
    return read_table("人员.csv", text.encode(), STAFF)


def run(world: World, *rows: tuple[str, ...], **changes: Any) -> Imported:
    given = {"by": world.actors["system_admin"], "now": MONDAY, **changes}
    return import_staff(table(*rows), **given)


GOOD = ("网格员小何", "E900", "城管队", "19900007777", "网格长", GRID)
CLERK = ("受理员小罗", "E901", "YX", "", "受理员", "990101001")


def test_good_rows_are_entered_with_their_grid_and_other_posts_are_left_alone(world: World) -> None:
    result = run(world, GOOD, CLERK)

    assert (result.read, result.stored, result.more[POSTED], result.refused) == (2, 2, 1, [])
    staff = Staff.objects.get(employee_no="E900")
    assert (staff.name, staff.phone, staff.organization.code) == ("网格员小何", "19900007777", "CG")
    posting = GridPosting.objects.get(staff=staff)
    assert (posting.grid.code, posting.duty) == (GRID, "grid_leader")
    assert not GridPosting.objects.filter(staff__employee_no="E901").exists()


def test_bad_rows_are_named_with_their_column_and_the_good_ones_kept(world: World) -> None:
    result = run(
        world,
        GOOD,
        ("没单位", "E902", "不存在", "", "", ""),
        ("", "E903", "CG", "", "", ""),
        ("没网格", "E904", "CG", "", "网格员", ""),
        ("错网格", "E905", "CG", "", "网格员", "123"),
        ("又一个网格长", "E906", "CG", "", "网格长", GRID),
        ("别人的号", "E001", "CG", "", "", ""),
        ("错电话", "E907", "CG", "1.99E+10", "", ""),
        ("没留电话", "E908", "CG", "无", "", ""),
    )

    assert [(one.row, one.column) for one in result.refused] == [
        (3, "单位"), (4, "姓名"), (5, "辖区编码"), (6, "辖区编码"), (7, "辖区编码"), (8, "工号"), (9, "电话"),
    ]  # fmt: skip
    assert "受理员小钱" in result.refused[5].reason
    assert (result.read, result.stored, result.known) == (9, 2, 0)
    assert dict(Staff.objects.filter(employee_no__startswith="E90").values_list("employee_no", "phone")) == {
        "E900": "19900007777", "E908": "",
    }  # fmt: skip


def test_a_second_run_enters_nobody_twice(world: World) -> None:
    run(world, GOOD, CLERK)
    again = run(world, GOOD, CLERK)
    assert (again.read, again.stored, again.known, again.refused) == (2, 0, 2, [])


def test_a_trial_says_what_would_happen_and_stores_nothing(world: World) -> None:
    result = run(world, GOOD, CLERK, dry_run=True)
    assert (result.stored, result.more[POSTED], result.dry_run) == (2, 1, True)
    assert not Staff.objects.filter(employee_no__startswith="E90").exists()
    assert not AuditLine.objects.filter(action__endswith="add_staff").exists()


def test_a_table_without_a_needed_column_is_refused_as_a_whole(world: World) -> None:
    with pytest.raises(UnreadableTable, match="“工号、单位”") as refused:
        table(header=["姓名", "手机"])
    assert refused.value.field == "file"
    found = table(header=["Name", " 手机 ", "工号*", "单　位（必填）"]).header.titles
    assert found == {
        "name": "Name",
        "employee_no": "工号*",
        "organization": "单 位（必填）",
        "phone": "手机",
    }


def test_only_whoever_enters_people_imports_them(world: World) -> None:
    with pytest.raises(NotAllowed):
        run(world, GOOD, by=world.actors["security_admin"])
    assert not Staff.objects.filter(employee_no="E900").exists()

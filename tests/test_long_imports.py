"""A long table is taken in parts: none of its rows twice, none forgotten, whatever happens in between."""

from __future__ import annotations

from typing import Any

import pytest

from linli.cases.importing import CHANNEL, SOURCE, take_reports
from linli.cases.models import Report
from linli.config import subscriptions
from linli.kernel.access.importing import MADE
from linli.kernel.access.models import Account, PostHolding
from linli.kernel.audit.models import AuditLine
from linli.kernel.errors import NotAllowed
from linli.kernel.imports.actions import TAKE_PART, start_import, take_part
from linli.kernel.imports.errors import ImportUnknown
from linli.kernel.imports.kinds import ImportKind, kind_named
from linli.kernel.imports.models import FileImport, RowsWaiting
from linli.kernel.imports.queries import import_of
from linli.kernel.jobs.models import Job
from linli.kernel.jobs.queue import run_due
from linli.kernel.people.actions import add_staff
from linli.kernel.tables.reading import read_table
from tests.world import MONDAY, World

OPTIONS = {CHANNEL: "hotline", SOURCE: "12345"}


@pytest.fixture(autouse=True)
def _short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    short = tuple(
        ImportKind(one.name, one.right, one.layout_path, one.take_path, part=2)
        for one in subscriptions.IMPORTS
    )
    monkeypatch.setattr(subscriptions, "IMPORTS", short)


def started(world: World, rows: int, *, bad: str = "", who: str = "acceptor") -> FileImport:
    lines = [f"H{n},第{n}杆路灯不亮,19900000001" for n in range(rows)]
    text = "\n".join(["工单编号,标题,联系电话", *lines, bad])
    table = read_table("热线.csv", text.encode(), kind_named("reports").layout)
    actor = world.actors[who]
    return start_import("reports", "热线.csv", table, options=OPTIONS, by=actor, now=MONDAY)


def run_parts(most: int = 1) -> int:
    return run_due(now=MONDAY, most=most, kinds=(TAKE_PART,))


def test_rows_are_taken_in_parts_and_the_outcome_grows(world: World) -> None:
    run = started(world, 5, bad="H9,,")
    assert (run.imported.read, run.taken, run.finished_at) == (6, 0, None)
    assert RowsWaiting.objects.count() == 3

    seen = []
    while run_parts():
        run.refresh_from_db()
        seen.append((run.taken, Report.objects.count(), RowsWaiting.objects.count()))

    assert seen == [(2, 2, 2), (4, 4, 1), (6, 5, 0)]
    assert run.finished_at == MONDAY
    assert (run.imported.stored, [one.row for one in run.imported.refused]) == (5, [7])
    assert Report.objects.filter(source_system="12345", intake_channel="hotline").count() == 5
    assert AuditLine.objects.get(action="imports.start").detail["rows"] == 6
    take_part(run.pk, now=MONDAY)
    assert Report.objects.count() == 5, "a part that comes late finds nothing"


def test_a_part_that_is_broken_off_has_not_happened(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = started(world, 4)
    run_parts()

    def dies(*rows: Any, **more: Any) -> list[int]:
        take_reports(*rows, **more)
        raise MemoryError("the power went")

    monkeypatch.setattr("linli.cases.importing.take_reports", dies)
    run_parts()
    run.refresh_from_db()
    assert (run.taken, Report.objects.count(), RowsWaiting.objects.count()) == (2, 2, 1)
    monkeypatch.undo()
    Job.objects.filter(done_at=None).update(due_at=MONDAY)
    run_parts()
    run.refresh_from_db()
    assert (run.taken, Report.objects.count(), run.finished_at) == (4, 4, MONDAY)


def test_the_rights_are_those_of_the_moment(world: World) -> None:
    run = started(world, 3)
    run_parts()
    PostHolding.objects.filter(account__username="acceptor").delete()
    while run_parts():
        pass
    run.refresh_from_db()
    assert (run.imported.stored, len(run.imported.refused), Report.objects.count()) == (2, 1, 2)
    assert "已不能导入" in run.imported.refused[0].reason


def test_only_whoever_may_import_starts_and_only_the_sender_looks(world: World) -> None:
    with pytest.raises(NotAllowed):
        started(world, 1, who="security_admin")
    assert not FileImport.objects.exists()
    run = started(world, 1)
    assert import_of(world.actors["acceptor"], run.pk) == run
    for other in ("dispatcher", "system_admin"):
        with pytest.raises(ImportUnknown):
            import_of(world.actors[other], run.pk)


def test_a_table_without_a_good_row_is_done_at_once(world: World) -> None:
    text = "标题,内容\n甲,乙,丙\n"
    table = read_table("热线.csv", text.encode(), kind_named("reports").layout)
    run = start_import(
        "reports", "热线.csv", table, options=OPTIONS, by=world.actors["acceptor"], now=MONDAY
    )
    assert (run.finished_at, run.taken, Job.objects.filter(kind=TAKE_PART).count()) == (
        MONDAY,
        1,
        0,
    )


def test_new_logins_are_remembered_and_their_passwords_are_not(world: World) -> None:
    unit = world.organizations["CG"].pk
    lines = []
    for n in range(3):
        add_staff(
            name=f"网格员{n}", employee_no=f"N-{n}", organization_id=unit,
            by=world.actors["system_admin"], now=MONDAY,
        )  # fmt: skip
        lines.append(f"N-{n},受理员,990101001001")
    text = "\n".join(["工号,岗位,辖区编码", *lines])
    table = read_table("岗位.csv", text.encode(), kind_named("posts").layout)
    by = world.actors["security_admin"]
    run = start_import("posts", "岗位.csv", table, options={}, by=by, now=MONDAY)
    while run_parts():
        pass
    run.refresh_from_db()
    assert (run.imported.stored, run.imported.more[MADE]) == (3, 3)
    assert set(run.made) == set(
        Account.objects.filter(username__startswith="n-").values_list("pk", flat=True)
    )

"""Handing a long table in, and taking the next part of it. See README.md for the promise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from linli.kernel.access.queries import actor_for
from linli.kernel.acting import Actor
from linli.kernel.audit import chain
from linli.kernel.calendar.local import local_day
from linli.kernel.errors import NotAllowed
from linli.kernel.imports.kinds import ImportKind, kind_named
from linli.kernel.imports.models import FileImport, RowsWaiting
from linli.kernel.jobs.queue import enqueue
from linli.kernel.tables.reading import Row, Table
from linli.kernel.tables.results import Imported
from linli.kernel.tables.stored import rows_as_data, rows_from

TAKE_PART = "imports.take_part"
LONGEST_NAME = 130


def start_import(
    kind_name: str,
    file_name: str,
    table: Table,
    *,
    options: Mapping[str, Any],
    by: Actor,
    now: datetime,
) -> FileImport:
    """Store the rows of a table and put the first part down as a job.

    Raises:
        NotAllowed: the actor may not import this, or is no account that could be asked about later.
    """
    kind = kind_named(kind_name)
    if not by.may(kind.right) or by.account_id is None:
        raise NotAllowed("您的岗位不能导入这种表格，请联系管理员。")
    with transaction.atomic():
        made = FileImport.objects.create(
            kind=kind.name,
            file_name=file_name[:LONGEST_NAME],
            options=dict(options),
            account_id=by.account_id,
            started_at=now,
            finished_at=None if table.rows else now,
            outcome=asdict(table.begun(Imported())),
        )
        RowsWaiting.objects.bulk_create(
            RowsWaiting(file_import=made, place=place, rows=rows_as_data(part))
            for place, part in enumerate(_parts(table.rows, kind.part))
        )
        chain.write(
            at=now,
            actor_kind=by.kind,
            account_id=by.account_id,
            actor_name=by.name,
            action="imports.start",
            subject=f"{kind.name} {made.pk}",
            detail={"file": made.file_name, "rows": table.size, **options},
        )
        _next(made, now=now)
    return made


def take_part(import_id: int, *, now: datetime) -> None:
    """The job: take the first part that waits, with the rights its sender has today."""
    run = (
        FileImport.objects.select_for_update(of=("self",))
        .select_related("account")
        .get(pk=import_id)
    )
    part = RowsWaiting.objects.filter(file_import=run).order_by("place").first()
    if part is not None:
        kind = kind_named(run.kind)
        result = run.imported
        _take(kind, rows_from(part.rows), result, run, now=now)
        result.shorten()
        run.outcome = asdict(result)
        part.delete()
    if RowsWaiting.objects.filter(file_import=run).exists():
        _next(run, now=now)
    elif run.finished_at is None:
        run.finished_at = now
    run.save(update_fields=["outcome", "made", "finished_at"])


def _take(
    kind: ImportKind, rows: Sequence[Row], result: Imported, run: FileImport, *, now: datetime
) -> None:
    by = actor_for(run.account, on=local_day(now))
    if not by.may(kind.right):
        result.refused += [
            row.refusal("", "提交的人已不能导入这种表格，请重新导入") for row in rows
        ]
        return
    run.made += kind.take(rows, result, options=run.options, by=by, now=now)


def _next(run: FileImport, *, now: datetime) -> None:
    left = RowsWaiting.objects.filter(file_import=run).count()
    if left:
        key = f"{TAKE_PART}:{run.pk}:{left}"
        enqueue(TAKE_PART, {"import_id": run.pk}, due_at=now, now=now, key=key)


def _parts(rows: Sequence[Row], size: int) -> list[Sequence[Row]]:
    return [rows[at : at + size] for at in range(0, len(rows), size)]

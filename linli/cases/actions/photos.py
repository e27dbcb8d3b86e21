"""Pictures that a report or a move brings along: known, still there, and from now on kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from linli.cases.errors import BadReport
from linli.cases.models import Case, CasePhoto, PhotoKind, Report
from linli.kernel.acting import Actor
from linli.kernel.files.actions import confirm_files
from linli.kernel.files.errors import FilesMissing


def attach_photos(
    file_ids: Iterable[int],
    kind: PhotoKind,
    *,
    case: Case | None = None,
    report: Report | None = None,
    by: Actor,
    now: datetime,
) -> None:
    """Make stored pictures part of a report or a case, in the caller's transaction.

    Raises:
        BadReport: one of them is not there; FileGone: it lay unused for too long.
    """
    try:
        files = confirm_files(file_ids, by=by, now=now)
    except FilesMissing as missing:
        raise BadReport(missing.message, field="photos") from missing
    CasePhoto.objects.bulk_create(
        CasePhoto(case=case, report=report, file=file, kind=kind, at=now) for file in files
    )

"""Pictures that a report or a move brings along: known, still there, and from now on kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from linli.cases.errors import BadReport
from linli.cases.models import Case, CasePhoto, PhotoKind, Report
from linli.kernel.acting import Actor
from linli.kernel.files.actions import confirm_file
from linli.kernel.files.models import StoredFile


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
    wanted = list(dict.fromkeys(file_ids))
    files = {file.pk: file for file in StoredFile.objects.filter(pk__in=wanted)}
    if len(files) != len(wanted):
        raise BadReport("有照片没有上传成功，请重新选择照片。", field="photos")
    for file_id in wanted:
        confirm_file(files[file_id].sha256, by=by, now=now)
    CasePhoto.objects.bulk_create(
        CasePhoto(case=case, report=report, file_id=file_id, kind=kind, at=now)
        for file_id in wanted
    )

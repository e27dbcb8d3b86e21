"""Takes the demo away again and leaves what an office sets up: classes, standards, clocks, roles, the calendar.

What is demo data is found in `doomed`. Audit lines stay, since the chain must not have holes. One transaction: all or
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, ProtectedError, Q, QuerySet

from linli.cases.flow import CASE
from linli.cases.index import TABLE
from linli.cases.models import Case, CaseMove, CasePhoto
from linli.demo.content import phone
from linli.demo.doomed import demo_cases, demo_reports, doomed_rows
from linli.demo.errors import StillNeeded
from linli.demo.geometry import DISTRICT_CODE
from linli.demo.presence import note_in_audit
from linli.kernel.access.models import Account
from linli.kernel.engine import search
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.events.models import FailedDelivery, OutboxEntry
from linli.kernel.files.models import StoredFile
from linli.kernel.jobs.models import Job
from linli.kernel.matters.models import Hold, Link
from linli.kernel.notify.models import Message
from linli.kernel.people.models import Contact, Staff
from linli.kernel.places.live_atlas import forget_atlas
from linli.kernel.places.models import Area

REMOVED = "demo.removed"
IDS_AT_ONCE = 500
"""Ids in one condition; SQLite takes a limited number of variables."""

EVENTS = Q(name__startswith="linli.cases.events.") | Q(name__endswith=".MatterMoved")
TRIAGE_KEYS = "triage:"


@dataclass(frozen=True)
class RemovedDemo:
    """How much was taken away."""

    cases: int
    reports: int
    staff: int
    accounts: int
    areas: int


def remove_demo(*, now: datetime) -> RemovedDemo:
    """Remove all demo data; without a demo nothing happens.

    Raises:
        StillNeeded: a real login or a real case depends on demo people or units; the sentence says which.
    """
    with transaction.atomic():
        areas = Area.objects.filter(code__startswith=DISTRICT_CODE)
        staff = Staff.objects.filter(organization__area__code__startswith=DISTRICT_CODE)
        cases, reports = demo_cases(), demo_reports()
        if not areas.exists():
            return RemovedDemo(0, 0, 0, 0, 0)
        _check_free(staff)
        accounts = Account.objects.filter(demo=True)
        done = RemovedDemo(
            cases.count(), reports.count(), staff.count(), accounts.count(), areas.count()
        )
        _remove_rows()
        note_in_audit(
            REMOVED,
            now=now,
            detail={"cases": done.cases, "reports": done.reports, "staff": done.staff},
        )
    forget_everything()
    forget_atlas()
    (Path(settings.LINLI_HOME) / "demo_accounts.json").unlink(missing_ok=True)
    return done


def _check_free(staff: QuerySet[Staff]) -> None:
    """Refuse while something real would lose what it points at."""
    others = list(
        Account.objects.filter(staff__in=staff, demo=False).values_list("username", flat=True)[:5]
    )
    if others:
        raise StillNeeded(
            f"账号{'、'.join(others)}不是演示账号，却属于演示单位；请先把它们改到正式单位，再移除演示数据。",
            field="account",
        )
    worked_on = CaseMove.objects.filter(case=OuterRef("pk"), by_staff__in=staff)
    real = Case.objects.exclude(subdistrict__code__startswith=DISTRICT_CODE).filter(
        Q(owner__in=staff)
        | Q(handler__in=staff)
        | Q(handling_org__area__code__startswith=DISTRICT_CODE)
        | Exists(worked_on)
    )
    first = real.first()
    if first is not None:
        raise StillNeeded(
            f"正式案件 {first.number} 由演示人员或演示单位办理过，不能移除演示数据；请在新的数据目录里正式启用。",
            field="case",
        )


def _remove_rows() -> None:
    case_ids = list(demo_cases().values_list("pk", flat=True))
    reports = demo_reports()
    report_ids = list(reports.values_list("pk", flat=True))
    contact_ids = list(reports.exclude(contact=None).values_list("contact_id", flat=True))
    photos = CasePhoto.objects.filter(Q(case__in=demo_cases()) | Q(report__in=reports))
    file_ids = list(photos.values_list("file_id", flat=True))
    for rows in doomed_rows():
        _delete(rows)
    for some in _parts(contact_ids):
        _delete(Contact.objects.filter(pk__in=some))
    _remove_files(file_ids)
    # An entry without text matches no query; the index has no other way to forget.
    search.put_many(TABLE, [(case_id, "", ()) for case_id in case_ids])
    _remove_what_waits(set(case_ids), report_ids)


def _remove_files(file_ids: Sequence[int]) -> None:
    """Pictures that nothing else uses; their bytes go with the daily clearing."""
    for file in StoredFile.objects.filter(pk__in=file_ids):
        try:
            file.delete()
        except ProtectedError:
            continue


def _remove_what_waits(case_ids: set[int], report_ids: Sequence[int]) -> None:
    """Jobs, announcements and messages about what is gone."""
    for keys in _parts([f"{TRIAGE_KEYS}{report_id}" for report_id in report_ids]):
        _delete(Job.objects.filter(key__in=keys))
    waiting = OutboxEntry.objects.filter(EVENTS, delivered_at=None)
    gone = set(report_ids)
    about = [
        entry.pk
        for entry in waiting
        if {entry.payload.get("case_id"), entry.payload.get("matter_id")} & case_ids
        or entry.payload.get("report_id") in gone
    ]
    for ids in _parts(about):
        _delete(FailedDelivery.objects.filter(entry__in=ids))
        _delete(OutboxEntry.objects.filter(pk__in=ids))
    for ids in _parts(sorted(case_ids)):
        _delete(Hold.objects.filter(kind=CASE.code, matter_id__in=ids))
        _delete(Link.objects.filter(to_kind=CASE.code, to_id__in=ids))
    Message.objects.filter(to__startswith=phone(0)[:-4]).delete()


def _delete(rows: QuerySet[Any]) -> None:
    """Delete in one statement; what depends on the rows is gone already, or the database refuses."""
    rows._raw_delete(rows.db)


def _parts(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), IDS_AT_ONCE):
        yield values[start : start + IDS_AT_ONCE]

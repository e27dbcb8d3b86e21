"""Takes the demo away again and leaves what an office sets up: classes, standards, clocks, roles, the calendar.

Everything demo hangs below the district 990101: its cases with all that belongs to them, its houses, organisations,
people and logins. Audit lines stay, since the chain must not have holes. One transaction: all or nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from linli.cases.index import TABLE
from linli.cases.models import (
    Case,
    CaseMove,
    CasePhoto,
    Deadline,
    DutyEntry,
    Escalation,
    ForceCloseRequest,
    Merge,
    Rating,
    Report,
    TextKey,
)
from linli.demo.content import phone
from linli.demo.errors import StillNeeded
from linli.demo.geometry import DISTRICT_CODE
from linli.demo.presence import note_in_audit
from linli.kernel.access.models import Account, ApiKey, PostHolding
from linli.kernel.engine import search
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.events.models import FailedDelivery, OutboxEntry
from linli.kernel.files.models import StoredFile
from linli.kernel.jobs.models import Job
from linli.kernel.notify.models import Message, Notice
from linli.kernel.organisations.models import Organization
from linli.kernel.people.models import Contact, GridPosting, Shift, Skill, Staff
from linli.kernel.places.live_atlas import forget_atlas
from linli.kernel.places.models import Area, AreaLevel, Building, BuildingUnit, Dwelling, MapEdition

REMOVED = "demo.removed"
IDS_AT_ONCE = 500
"""Ids in one condition; SQLite takes a limited number of variables."""

WAITING_EVENTS = "linli.cases.events."
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
        StillNeeded: a login that is no demo login belongs to a demo organisation; move it first.
    """
    with transaction.atomic():
        areas = Area.objects.filter(code__startswith=DISTRICT_CODE)
        if not areas.exists():
            return RemovedDemo(0, 0, 0, 0, 0)
        organizations = Organization.objects.filter(area__code__startswith=DISTRICT_CODE)
        staff = Staff.objects.filter(organization__area__code__startswith=DISTRICT_CODE)
        _check_free(staff)
        cases, reports = _remove_cases()
        accounts, people = _remove_people(organizations, staff)
        counted = areas.count()
        _remove_places()
        done = RemovedDemo(cases, reports, people, accounts, counted)
        note_in_audit(
            REMOVED, now=now, detail={"cases": cases, "reports": reports, "staff": people}
        )
    forget_everything()
    forget_atlas()
    (Path(settings.LINLI_HOME) / "demo_accounts.json").unlink(missing_ok=True)
    return done


def _check_free(staff: QuerySet[Staff]) -> None:
    others = list(
        Account.objects.filter(staff__in=staff, demo=False).values_list("username", flat=True)[:5]
    )
    if others:
        raise StillNeeded(
            f"账号{'、'.join(others)}不是演示账号，却属于演示单位；请先把它们改到正式单位，再移除演示数据。",
            field="account",
        )


def _remove_cases() -> tuple[int, int]:
    cases = Case.objects.filter(subdistrict__code__startswith=DISTRICT_CODE)
    reports = Report.objects.filter(Q(case__in=cases) | _waiting_reports())
    case_ids = list(cases.values_list("pk", flat=True))
    report_ids = list(reports.values_list("pk", flat=True))
    contact_ids = list(reports.exclude(contact=None).values_list("contact_id", flat=True))
    photos = CasePhoto.objects.filter(Q(case__in=cases) | Q(report__in=reports))
    file_ids = list(photos.values_list("file_id", flat=True))
    _delete(photos)
    for model in (Rating, Escalation, Deadline, CaseMove, TextKey, ForceCloseRequest):
        _delete(model._default_manager.filter(case__in=cases))
    _delete(Merge.objects.filter(survivor__in=cases))
    _delete(reports)
    cases.update(merged_into=None, redo_of=None)
    _delete(cases)
    for some in _parts(contact_ids):
        _delete(Contact.objects.filter(pk__in=some))
    # An entry without text matches no query; the index has no other way to forget.
    search.put_many(TABLE, [(case_id, "", ()) for case_id in case_ids])
    StoredFile.objects.filter(pk__in=file_ids).exclude(
        pk__in=CasePhoto.objects.values("file_id")
    ).delete()
    _remove_what_waits(report_ids)
    return len(case_ids), len(report_ids)


def _waiting_reports() -> Q:
    """Reports without a case belong to the demo while its sub-district is the only one."""
    others = Area.objects.filter(level=AreaLevel.SUBDISTRICT).exclude(
        code__startswith=DISTRICT_CODE
    )
    return Q(pk__in=[]) if others.exists() else Q(case=None)


def _remove_what_waits(report_ids: Sequence[int]) -> None:
    """Jobs, announcements and messages about what is gone."""
    for keys in _parts([f"{TRIAGE_KEYS}{report_id}" for report_id in report_ids]):
        _delete(Job.objects.filter(key__in=keys))
    waiting = OutboxEntry.objects.filter(name__startswith=WAITING_EVENTS)
    FailedDelivery.objects.filter(entry__in=waiting).delete()
    waiting.delete()
    Message.objects.filter(to__startswith=phone(0)[:-4]).delete()


def _remove_people(
    organizations: QuerySet[Organization], staff: QuerySet[Staff]
) -> tuple[int, int]:
    accounts = Account.objects.filter(demo=True)
    PostHolding.objects.filter(account__in=accounts).delete()
    ApiKey.objects.filter(account__in=accounts).delete()
    gone = accounts.count()
    accounts.delete()
    for model in (GridPosting, Shift, Skill, Notice):
        model.objects.filter(staff__in=staff).delete()
    DutyEntry.objects.filter(organization__in=organizations).delete()
    people = staff.count()
    staff.delete()
    organizations.delete()
    return gone, people


def _remove_places() -> None:
    mine = {"building__community__code__startswith": DISTRICT_CODE}
    Dwelling.objects.filter(**{f"unit__{name}": value for name, value in mine.items()}).delete()
    BuildingUnit.objects.filter(**mine).delete()
    Building.objects.filter(community__code__startswith=DISTRICT_CODE).delete()
    MapEdition.objects.filter(subdistrict__code__startswith=DISTRICT_CODE).delete()
    for level in (AreaLevel.GRID, AreaLevel.COMMUNITY, AreaLevel.SUBDISTRICT, AreaLevel.DISTRICT):
        Area.objects.filter(code__startswith=DISTRICT_CODE, level=level).delete()


def _delete(rows: QuerySet[Any]) -> None:
    """Delete in one statement; what depends on the rows is gone already, or the database refuses."""
    rows._raw_delete(rows.db)


def _parts(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), IDS_AT_ONCE):
        yield values[start : start + IDS_AT_ONCE]

"""What this door reads. Only matters marked public leave through it, whoever asks; there is no key that shows more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Left

from linli.cases.flow import Outcome, Stage
from linli.cases.models import (
    Case,
    CaseMove,
    CasePhoto,
    Category,
    Channel,
    FilingStandard,
    PhotoKind,
    Report,
)
from linli.cases.moderation import accepted_once
from linli.cases.queries import id_in
from linli.doors.open311.errors import NotThere
from linli.doors.open311.publishing import LONGEST_TEXT
from linli.kernel.calendar.local import local_day
from linli.kernel.files.models import StoredFile
from linli.kernel.files.rules import Kind
from linli.kernel.places.models import Area, Building
from linli.kernel.typed import typed_digits

MOST_ROWS = 1_000
"""Requests in one answer; fixed by the spec."""

READ_AHEAD = 200
"""Characters read beyond the longest description, so that a number at the cut is still recognised and masked."""

WITHHELD_REASONS = ("secret_privacy", "unlawful")
"""Reasons of 不予受理 that say the text itself should not be seen."""

JURISDICTION_LEVELS = ("city", "district", "subdistrict")


def jurisdiction_of(code: str) -> Area | None:
    """The area a jurisdiction_id names: a division code of 6 or 9 digits; None when it was not given.

    Raises:
        NotThere: no such area here.
    """
    if not code:
        return None
    area = Area.objects.filter(code=code, level__in=JURISDICTION_LEVELS, retired_at=None).first()
    if area is None:
        raise NotThere(
            f"jurisdiction_id：这里没有“{code[:40]}”，请用区县或街道的行政区划代码。",
            field="jurisdiction_id",
        )
    return area


def services() -> QuerySet[Category]:
    """Classes that can be reported and seen from outside."""
    return Category.objects.filter(public=True, retired_at=None).order_by("code")


def service(code: str) -> Category:
    """Raises NotThere."""
    category = services().filter(code=code).first()
    if category is None:
        raise NotThere(
            f"service_code：没有“{code[:40]}”这个服务，请查询 services。", field="service_code"
        )
    return category


def filing_conditions(category_ids: Iterable[int], *, now: datetime) -> dict[int, list[str]]:
    """Conditions of the standards in force, by class: the plain words of what is meant by it."""
    day = local_day(now)
    rows = FilingStandard.objects.filter(
        category_id__in=list(category_ids), valid_from__lte=day
    ).filter(Q(valid_until=None) | Q(valid_until__gte=day))
    found: dict[int, list[str]] = {}
    for category_id, condition in rows.order_by("id").values_list(
        "category_id", "filing_condition"
    ):
        found.setdefault(category_id, []).append(condition)
    return found


def public_cases(jurisdiction: Area | None = None) -> QuerySet[Case]:
    """Cases that anybody may see: public, accepted, not confidential, of a public class, not declined as private."""
    declined = CaseMove.objects.filter(
        case=OuterRef("pk"), code="decline", facts__reason_code__in=WITHHELD_REASONS
    )
    rows = Case.objects.filter(
        accepted_once(), public=True, confidential=False, category__public=True
    )
    rows = rows.exclude(Q(stage=Stage.NOT_ACCEPTED) & Q(Exists(declined)))
    if jurisdiction is not None:
        rows = rows.filter(_inside(jurisdiction))
    return rows


def shown(rows: QuerySet[Case]) -> QuerySet[Case]:
    """The rows with what an answer needs, and without the long columns it does not."""
    return (
        rows.select_related("category", "handling_org")
        .annotate(text=Left("body", LONGEST_TEXT + READ_AHEAD))
        .defer("body", "suggestion")
    )


def cases_by_number(numbers: Iterable[str], jurisdiction: Area | None) -> list[Case]:
    """Public cases with these numbers, newest first; numbers nobody may see are left out."""
    asked = {typed_digits(number) for number in numbers}
    rows = shown(public_cases(jurisdiction)).filter(pk__in={id_in(number) for number in asked})
    return [case for case in rows.order_by("-opened_at", "-pk") if case.number in asked]


def cases_between(
    start: datetime,
    end: datetime,
    *,
    statuses: set[str],
    codes: list[str],
    jurisdiction: Area | None,
) -> QuerySet[Case]:
    """Public cases opened from `start` to `end`, both included to the second, newest first."""
    rows = shown(public_cases(jurisdiction)).filter(
        opened_at__gte=start, opened_at__lt=end.replace(microsecond=0) + timedelta(seconds=1)
    )
    if codes:
        rows = rows.filter(category__code__in=codes)
    if len(statuses) == 1:
        rows = rows.filter(open="open" in statuses)
    return rows.order_by("-opened_at", "-pk")


def open311_report(token: str) -> Report:
    """The report with this receipt if it came through this door; its case is loaded too.

    Raises:
        NotThere: no such token; receipts of other channels are none of ours.
    """
    report = (
        Report.objects.select_related("case")
        .only("receipt", "case__opened_at")
        .filter(receipt=typed_digits(token), intake_channel=Channel.OPEN311)
        .first()
    )
    if report is None:
        raise NotThere("token：没有这个回执，请核对。", field="token")
    return report


def building_at(address_id: str) -> Building | None:
    """The building with this number in the register of buildings."""
    if not (address_id.isascii() and address_id.isdigit() and len(address_id) < 18):
        return None
    return Building.objects.select_related("community").filter(pk=int(address_id)).first()


def contact_lines() -> list[tuple[str, str]]:
    """(name, phone) of every sub-district here; the phone may be empty."""
    rows = Area.objects.filter(level="subdistrict", retired_at=None).order_by("code")
    return list(rows.values_list("name", "phone"))


@dataclass(frozen=True)
class Surroundings:
    """What is published with cases but stands in other rows, by case id."""

    reporters: dict[int, list[tuple[str, str]]]
    continued_in: dict[int, str]
    lines: dict[int, list[CaseMove]] = field(default_factory=dict)
    photos: dict[int, list[StoredFile]] = field(default_factory=dict)


def surroundings(cases: list[Case], *, extended: bool) -> Surroundings:
    """One query for any number of cases, two to four more if some were merged or redone, three more if `extended`."""
    ids = [case.pk for case in cases]
    return Surroundings(
        reporters=_reporters(ids),
        continued_in={**_survivors(cases), **_redone(cases)},
        lines=_public_lines(ids) if extended else {},
        photos=_photos(ids) if extended else {},
    )


def _inside(area: Area) -> Q:
    return {
        "city": Q(district=area) | Q(district__parent=area),
        "district": Q(district=area),
        "subdistrict": Q(subdistrict=area),
    }[area.level]


def _reporters(ids: list[int]) -> dict[int, list[tuple[str, str]]]:
    rows = Report.objects.filter(case_id__in=ids, contact__isnull=False)
    found: dict[int, list[tuple[str, str]]] = {}
    for case_id, name, phone in rows.values_list("case_id", "contact__name", "contact__phone"):
        if case_id is not None:
            found.setdefault(case_id, []).append((name, phone))
    return found


def _survivors(cases: list[Case]) -> dict[int, str]:
    """Number of the case in which a merged one lives on, by the merged one's id; only if that one is public."""
    known: dict[int, int | None] = {
        case.pk: case.merged_into_id for case in cases if case.merged_into_id
    }
    merged = list(known)
    while waiting := {into for into in known.values() if into} - known.keys():
        known |= dict(Case.objects.filter(pk__in=waiting).values_list("pk", "merged_into_id"))
    ends = {pk: _end(pk, known) for pk in merged}
    numbers = (
        {case.pk: case.number for case in public_cases().filter(pk__in=set(ends.values()))}
        if merged
        else {}
    )
    return {pk: numbers[end] for pk, end in ends.items() if end in numbers}


def _end(pk: int, known: dict[int, int | None]) -> int:
    while (into := known.get(pk)) is not None:
        pk = into
    return pk


def _redone(cases: list[Case]) -> dict[int, str]:
    """Number of the new order for a case that was closed unsolved, by the old one's id; only if public."""
    unsolved = [case.pk for case in cases if case.outcome == Outcome.NOT_SOLVED]
    if not unsolved:
        return {}
    rows = public_cases().filter(redo_of_id__in=unsolved)
    return {case.redo_of_id: case.number for case in rows if case.redo_of_id is not None}


def _public_lines(ids: list[int]) -> dict[int, list[CaseMove]]:
    found: dict[int, list[CaseMove]] = {}
    for line in CaseMove.objects.filter(case_id__in=ids).exclude(public_text="").order_by("id"):
        found.setdefault(line.case_id, []).append(line)
    return found


def _photos(ids: list[int]) -> dict[int, list[StoredFile]]:
    """Pictures of reporters who agreed to publication, and those taken after the work."""
    agreed = Report.objects.filter(case_id__in=ids, publish_consent=True, confidential=False)
    cases = dict(agreed.values_list("pk", "case_id"))
    rows = CasePhoto.objects.filter(
        Q(report_id__in=list(cases)) | Q(case_id__in=ids, kind=PhotoKind.AFTER),
        file__kind=Kind.PHOTO,
    ).select_related("file")
    found: dict[int, list[StoredFile]] = {}
    for photo in rows.order_by("id"):
        case_id = photo.case_id or (cases.get(photo.report_id) if photo.report_id else None)
        if case_id is not None:
            found.setdefault(case_id, []).append(photo.file)
    return found

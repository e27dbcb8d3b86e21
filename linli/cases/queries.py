"""Every read of cases and reports. The permission is inside: nothing here returns a row its actor may not see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from linli.cases.counting import (
    CLOSED,
    FED_BACK,
    REGISTERED,
    handled_late,
    moved_on,
    rated_as,
    rated_from,
    to_be_handled,
)
from linli.cases.flow import CASE, OPEN, Clock, Stage
from linli.cases.index import condition
from linli.cases.models import (
    Assistance,
    Case,
    CaseMove,
    CasePhoto,
    Category,
    Channel,
    Deadline,
    DutyEntry,
    FilingStandard,
    ForceCloseRequest,
    Rating,
    Report,
    WorkOrder,
)
from linli.cases.promise import ANSWER_CLOCK
from linli.kernel.acting import AREA_COLUMNS, Actor, lies_in, within
from linli.kernel.calendar.local import local_day
from linli.kernel.engine.remembered import Remembered
from linli.kernel.engine.rows import get, known
from linli.kernel.errors import NotFound
from linli.kernel.matters.clocks import dated_limit
from linli.kernel.matters.models import Limit
from linli.kernel.matters.roles import Roles, roles_in
from linli.kernel.organisations.models import Organization
from linli.kernel.privacy.words import Sight
from linli.kernel.typed import typed_digits

MOST_COUNTED = 10_001
"""Counts stop here; an exact count of a million rows costs a second and nobody reads it."""

ROLES = """
SELECT code, by_staff_id FROM cases_casemove WHERE case_id = %s AND by_staff_id IS NOT NULL
UNION ALL
SELECT m.code, m.by_staff_id FROM cases_case c JOIN cases_casemove m ON m.case_id = c.id
WHERE c.merged_into_id = %s AND m.by_staff_id IS NOT NULL AND m.code IN ({handling})
"""
"""Roles in the case itself; of those merged into it the handling only, since their work is now part of this matter."""

NUMBER_DIGITS = 14
"""Digits of a case number: the day and at least six of the row."""

_ROLES = ROLES.format(handling=", ".join(f"'{code}'" for code in sorted(CASE.handling)))
PAGE = 50
SHOWN_WITH = ("category", "owner", "handling_org", "community", "grid")


def cases_seen(actor: Actor, permission: str = "cases.view") -> QuerySet[Case]:
    """Cases within the actor's scope for a permission; none without the permission. A helping unit looks as well."""
    if not actor.may(permission):
        return Case.objects.none()
    scope = actor.scope(permission)
    seen = within(scope)
    if permission == "cases.view" and scope.organizations and not scope.everywhere:
        helping = Assistance.objects.filter(organization_id__in=scope.organizations)
        seen |= Q(pk__in=helping.values("case_id"))
    return Case.objects.filter(seen).read_by(actor)


def case_for(actor: Actor, number: str) -> Case:
    """The case with this number, if the actor may see it.

    Raises:
        NotFound: no such case, or out of the actor's scope.
    """
    case = (
        cases_seen(actor)
        .select_related(
            "category",
            "standard",
            "owner",
            "handler",
            "handling_org",
            "subdistrict",
            "community",
            "grid",
            "merged_into",
        )
        .filter(pk=id_in(number))
        .first()
    )
    if case is None or case.number != typed_digits(number):
        raise NotFound("没有找到这个案件，或不在您的管辖范围内。请核对编号。", field="number")
    return case


def case_to_change(case_id: int, *, by: Actor) -> Case:
    """The case, locked until the transaction ends, if it lies in the scope of what the actor is doing."""
    case = get(Case, case_id, lock=True)
    if case is None or not lies_in(by.scope(), case):
        raise NotFound("没有找到这个案件，或不在您的管辖范围内。", field="number")
    return case


def case_to_help(case_id: int) -> Case:
    """The case, locked, for a unit whose right to it lies in the help it was asked for."""
    case = get(Case, case_id, lock=True)
    assert case is not None, "help is asked for cases that exist"
    return case


def roles_of(case: Case) -> Roles:
    """Who was what in the case so far; in plain SQL, since every move asks."""
    with connection.cursor() as cursor:
        cursor.execute(_ROLES, [case.pk, case.pk])
        return roles_in(CASE, cursor.fetchall(), handler_id=case.handler_id)


def filtered(actor: Actor, wanted: dict[str, Any], *, also: Sequence[int] = ()) -> QuerySet[Case]:
    """Cases seen by the actor under the conditions of a search form: see `CONDITIONS`, and `q` for words.

    `also` are ids that answer the words in a way of their own, see `actions.contacts.find_by_contact`.
    """
    rows = cases_seen(actor)
    for name, value in wanted.items():
        condition = CONDITIONS.get(name)
        if condition is not None and value not in ("", None, []):
            rows = rows.filter(condition(value))
    if wanted.get("q"):
        answers = _answers(actor, str(wanted["q"]))
        rows = rows.filter(answers | Q(pk__in=also) if also else answers)
    return rows


def page_of(
    rows: QuerySet[Case],
    *,
    before: int | None = None,
    size: int = PAGE,
    related: tuple[str, ...] = SHOWN_WITH,
) -> tuple[list[Case], int | None]:
    """(cases, key of the next page): newest first, by keyset; the key is the last id, None on the last page."""
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.select_related(*related or (None,)).order_by("-pk")[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else None


def capped_count(rows: QuerySet[Case]) -> int:
    """Number of rows, counted to at most `MOST_COUNTED`."""
    return rows.order_by()[:MOST_COUNTED].count()


def timeline(case: Case) -> list[CaseMove]:
    """Its lines, for the reader of the case."""
    lines = list(CaseMove.objects.filter(case=case).order_by("id"))
    for line in lines:
        line.sight = case.sight
    return lines


def deadlines(case: Case) -> list[Deadline]:
    return list(Deadline.objects.filter(case=case).order_by("id"))


def order_limit(case: Case, *, on: date) -> Limit | None:
    """The limit of handling for the kind of order a case came as, in force that day; none for other matters."""
    if case.intake_channel != Channel.HOTLINE:
        return None
    order = WorkOrder.objects.filter(case_id=case.pk).first()
    return dated_limit(CASE.code, Clock.HANDLE, order.kind, on) if order else None


def order_limits(on: date) -> list[Limit]:
    """Dated limits by kind of order and of the time to answer, those in force or coming, by clock and kind."""
    rows = Limit.objects.filter(
        Q(clock=ANSWER_CLOCK) | Q(clock=Clock.HANDLE) & ~Q(variant=""), kind=CASE.code
    )
    newest: dict[tuple[str, str], Limit] = {}
    coming = []
    for row in rows.order_by("valid_from", "id"):
        if row.valid_from > on:
            coming.append(row)
        else:
            newest[row.clock, row.variant] = row
    return sorted(
        [*newest.values(), *coming], key=lambda one: (one.clock, one.variant, one.valid_from)
    )


def promise_why(case: Case) -> str:
    """How the promised time came about, in a sentence: of the unit's due its derivation, of an answer its line."""
    promise = case.promise
    if promise is None:
        return ""
    if promise.done_by:
        run = Deadline.objects.filter(case=case, clock=Clock.HANDLE).order_by("-id").first()
        return f"{_order_source(case)}{run.derivation.get('sentence', '')}" if run else ""
    lines = CaseMove.objects.filter(case=case).order_by("-id").values_list("facts", flat=True)
    return next((facts["promise_why"] for facts in lines if "promise_why" in facts), "")


def _order_source(case: Case) -> str:
    """Whose rule gave the limit, where it is that of the kind of order."""
    if not case.order_limit:
        return ""
    facts = CaseMove.objects.filter(case=case, code__in=("register", "self_handle")).order_by("-id")
    source = next((one.facts.get("limit_source", "") for one in facts), "")
    return f"时限按工单类型（{source}）。" if source else ""


def reports_of(case: Case) -> list[Report]:
    """Every report that this case answers, those of cases merged into it too."""
    merged = [case.pk, *_merged_below(case.pk)]
    rows = Report.objects.filter(case_id__in=merged).select_related("contact", "category")
    reports = list(rows.order_by("id"))
    for report in reports:
        report.sight = Sight.NOTHING if report.confidential > case.confidential else case.sight
    return reports


def photos_of(case: Case) -> list[CasePhoto]:
    reports = Report.objects.filter(case_id=case.pk).values("pk")
    return list(
        CasePhoto.objects.filter(Q(case=case) | Q(report__in=reports))
        .select_related("file")
        .order_by("id")
    )


def ratings_of(case: Case) -> list[Rating]:
    return list(Rating.objects.filter(case=case).order_by("id"))


def id_in(number: str) -> int:
    """The row id inside a case number, however it is typed; 0 for anything that is none."""
    number = typed_digits(number)
    digits = number[8:]
    return int(digits) if number.isascii() and digits.isdigit() and len(digits) < 18 else 0


def survivor_of(case: Case) -> Case:
    """The case in which this one lives on, itself if it was never merged."""
    while case.merged_into_id is not None:
        case = Case.objects.get(pk=case.merged_into_id)
    return case


def report_by_receipt(receipt: str, phone_tail: str) -> Report:
    """The report with this receipt, if the last four digits of the phone fit (or no phone was given).

    Raises:
        NotFound: no such pair; the two reasons are not told apart.
    """
    found = (
        Report.objects.select_related("contact", "case")
        .filter(receipt=typed_digits(receipt))
        .first()
    )
    expected = found.contact.phone_tail if found and found.contact else ""
    if found is None or (expected and expected != typed_digits(phone_tail)):
        raise NotFound(
            "没有查到。请核对回执号和手机尾号，或拨打社区电话由工作人员帮您查询。", field="receipt"
        )
    return found


def reports_by_phone(phone: str, *, most: int) -> list[Report]:
    """What was reported with this number, the latest first; for whoever has proved that the number is theirs."""
    rows = Report.objects.select_related("case__category").filter(contact__phone=phone)
    return list(rows.order_by("-id")[:most])


def current_standards(category: Category, on: datetime) -> list[FilingStandard]:
    """Rows of the 立案标准 that hold for a class; at most three seconds old."""
    return _standards(category.pk, local_day(on))


def _read_standards(category_id: int, day: date) -> list[FilingStandard]:
    rows = FilingStandard.objects.filter(category_id=category_id, valid_from__lte=day)
    return list(_in_sheet_order(rows.filter(Q(valid_until=None) | Q(valid_until__gte=day))))


def _in_sheet_order(rows: QuerySet[FilingStandard]) -> QuerySet[FilingStandard]:
    """Rows where their first version stood: a changed limit does not make another row the one that is proposed."""
    first = FilingStandard.objects.filter(
        category=OuterRef("category"), filing_condition=OuterRef("filing_condition")
    ).order_by("id")
    return rows.order_by(Subquery(first.values("pk")[:1]), "id")


_standards = Remembered(_read_standards, seconds=3.0)


def _answers(actor: Actor, words: str) -> Q:
    """Cases with these words or digits; a number or a receipt typed whole finds its case and nothing else."""
    digits = typed_digits(words)
    if digits.isascii() and digits.isdigit():
        if len(digits) >= NUMBER_DIGITS and _is_number(digits):
            return Q(pk=id_in(digits))
        receipt = Report.objects.filter(receipt=digits).values_list("case_id", flat=True).first()
        if receipt is not None:
            return Q(pk=receipt)
    return condition(words, actor.scope("cases.view"))


def _is_number(digits: str) -> bool:
    found = Case.objects.filter(pk=id_in(digits)).only("opened_at").first()
    return found is not None and found.number == digits


def _merged_below(case_id: int) -> list[int]:
    found: list[int] = []
    layer = [case_id]
    while layer:
        layer = list(Case.objects.filter(merged_into_id__in=layer).values_list("pk", flat=True))
        found += layer
    return found


CONDITIONS: dict[str, Any] = {
    "stage": lambda value: Q(stage=value),
    "open": lambda value: Q(open=value in ("1", True)),
    "category": lambda value: Q(category_id=value),
    "standard": lambda value: Q(standard_id=value),
    "kind": lambda value: Q(category__kind=value),
    "channel": lambda value: Q(intake_channel=value),
    "community": lambda value: Q(community_id=value),
    "grid": lambda value: Q(grid_id=value),
    "organization": lambda value: Q(handling_org_id=value),
    "owner": lambda value: Q(owner_id=value),
    "outcome": lambda value: Q(outcome=value),
    "urgent": lambda value: Q(urgent=value in ("1", True)),
    "opened_from": lambda value: Q(opened_at__gte=value),
    "opened_until": lambda value: Q(opened_at__lt=value),
    "closed_from": lambda value: Q(closed_at__gte=value),
    "closed_until": lambda value: Q(closed_at__lt=value),
    "overdue_at": lambda value: Q(open=True, due_at__lt=value),
    "yellow_at": lambda value: Q(open=True, yellow_at__lte=value, due_at__gte=value),
}
"""Conditions of the search form, by name."""


@dataclass(frozen=True)
class Page:
    """One page of a list, newest first. `newer` and `older` are the keys of the pages beside it, None at the ends."""

    cases: list[Case]
    newer: int | None
    older: int | None


def page_around(
    rows: QuerySet[Case], *, before: int | None = None, after: int | None = None, size: int = PAGE
) -> Page:
    """The page older than the key `before`, or the one newer than `after`; without either the newest."""
    if after is None:
        cases, older = page_of(rows, before=before, size=size)
        return Page(cases, cases[0].pk if cases and before is not None else None, older)
    newer = rows.filter(pk__gt=after).select_related(
        "category", "owner", "handling_org", "community", "grid"
    )
    found = list(newer.order_by("pk")[: size + 1])
    cases = found[:size][::-1]
    more = len(found) > size
    return Page(cases, cases[0].pk if more else None, cases[-1].pk if cases else None)


def open_counts(actor: Actor, *, now: datetime) -> dict[str, int]:
    """Open cases in the actor's scope: by stage, and `overdue`, `near_due`, `urgent_open` among them."""
    wanted = {stage.value: Count("pk", filter=Q(stage=stage)) for stage in Stage if stage in OPEN}
    wanted["overdue"] = Count("pk", filter=Q(due_at__lt=now))
    wanted["near_due"] = Count("pk", filter=Q(yellow_at__lte=now, due_at__gte=now))
    wanted["urgent_open"] = Count("pk", filter=Q(urgent=True))
    return cases_seen(actor).filter(open=True).order_by().aggregate(**wanted)


def waiting_at(actor: Actor, stage: Stage, permission: str) -> QuerySet[Case]:
    """Cases at a stage on which the actor may use a permission; urgent ones first, then by due."""
    rows = cases_seen(actor, permission).filter(stage=stage)
    return rows.select_related("category", "community", "grid", "owner").order_by(
        "-urgent", "due_at", "id"
    )


def cases_by_id(actor: Actor, ids: Iterable[int]) -> dict[int, Case]:
    """Those of the cases that the actor may see, in the order they were asked for."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    rows = cases_seen(actor).select_related("category", "community", "grid").in_bulk(wanted)
    return {pk: rows[pk] for pk in wanted if pk in rows}


def linked_to(actor: Actor, case: Case) -> list[Case]:
    """Cases that were merged into this one or redo it, as far as the actor may see them."""
    return list(cases_seen(actor).filter(Q(merged_into=case) | Q(redo_of=case)).order_by("id"))


def reaches(actor: Actor, case: Case, permission: str) -> bool:
    """Whether a case that was already read lies in the scope of a permission; the same answer as `within`."""
    return actor.may(permission) and lies_in(actor.scope(permission), case)


def units_below(case: Case) -> list[Organization]:
    """The units to which the handling unit may pass a case on: those of a place inside its own that holds the case.

    A unit without a place serves everybody and has nobody below it; such a case goes through the dispatcher.
    """
    own = known(Organization, case.handling_org_id)
    levels = [(column, getattr(case, f"{column}_id")) for column in AREA_COLUMNS]
    path = [area_id for _, area_id in levels if area_id]
    if own is None or own.area_id not in path:
        return []
    below = path[path.index(own.area_id) + 1 :]
    rows = Organization.objects.filter(area_id__in=below, retired_at=None)
    return list(rows.order_by("kind", "code"))


def report_entered(actor: Actor, receipt: str) -> Report:
    """A report that the actor entered, or whose case the actor may see.

    Raises:
        NotFound: no such receipt, or somebody else's.
    """
    report = (
        Report.objects.select_related("case", "category", "contact")
        .filter(receipt=typed_digits(receipt))
        .first()
    )
    own = (
        report is not None and actor.staff_id is not None and report.entered_by_id == actor.staff_id
    )
    if report is None or not (own or (report.case and reaches(actor, report.case, "cases.view"))):
        raise NotFound("没有找到这条上报，或不在您的管辖范围内。请核对回执号。", field="receipt")
    return report


def active_categories() -> list[Category]:
    """Classes in use, by kind, major class and code."""
    return list(Category.objects.filter(retired_at=None).order_by("kind", "major_code", "code"))


def standards_by_category(on: datetime) -> dict[int, list[FilingStandard]]:
    """Rows of the 立案标准 that hold on a day, by the id of their class."""
    day = local_day(on)
    rows = FilingStandard.objects.filter(valid_from__lte=day).filter(
        Q(valid_until=None) | Q(valid_until__gte=day)
    )
    found: dict[int, list[FilingStandard]] = {}
    for row in _in_sheet_order(rows):
        found.setdefault(row.category_id, []).append(row)
    return found


def duties_by_category(on: datetime) -> dict[int, list[DutyEntry]]:
    """Entries of the 派单目录 that hold on a day, by the id of their class."""
    day = local_day(on)
    rows = DutyEntry.objects.filter(valid_from__lte=day, organization__retired_at=None).filter(
        Q(valid_until=None) | Q(valid_until__gte=day)
    )
    found: dict[int, list[DutyEntry]] = {}
    for row in rows.select_related("organization", "area").order_by("id"):
        found.setdefault(row.category_id, []).append(row)
    return found


def force_close_request(case: Case) -> ForceCloseRequest | None:
    """The request to close a case by force that waits for somebody else."""
    rows = ForceCloseRequest.objects.filter(case=case, granted=None)
    return rows.select_related("asked_by").first()


CONDITIONS |= {
    "registered_on": lambda value: moved_on(REGISTERED, value),
    "fed_back_on": lambda value: moved_on(FED_BACK, value),
    "closed_on": lambda value: moved_on(CLOSED, value),
    "to_handle_at": to_be_handled,
    "handled_late_at": handled_late,
    "rated_from": rated_from,
    "satisfaction": rated_as,
    "unowned": lambda value: Q(open=True, owner=None) if value in ("1", True) else Q(),
}
"""The lists behind the figures of the board, see `counting`."""

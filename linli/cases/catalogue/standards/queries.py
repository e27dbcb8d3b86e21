"""Reads of the 立案标准 with their versions. The permission is inside."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Count

from linli.cases.catalogue.standards import codes
from linli.cases.catalogue.standards.changes import FieldChange, Present, PresentClass, PresentRow
from linli.cases.catalogue.standards.columns import TITLES, VALUES, tidy
from linli.cases.catalogue.standards.errors import BadCode
from linli.cases.catalogue.standards.rows import StandardRow
from linli.cases.catalogue.standards.workbook import write_file
from linli.cases.models import Case, Category, FilingStandard
from linli.cases.queries import cases_seen
from linli.kernel.acting import Actor
from linli.kernel.calendar.local import local_day
from linli.kernel.errors import NotAllowed, NotFound

READERS = ("cases.view", "cases.settings")


class Validity(StrEnum):
    """Where a version stands on a day."""

    IN_FORCE = "in_force"
    COMING = "coming"
    ENDED = "ended"
    CORRECTED = "corrected"
    """Replaced on the day it would have begun; it was never in force for a whole day."""


@dataclass(frozen=True)
class Version:
    """One version of a row; `running` open cases were filed under it, `fields` is what it changed."""

    standard: FilingStandard
    validity: Validity
    running: int
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class Condition:
    """A 立案条件 with its versions, newest first. `older` running cases use another than the one in force."""

    text: str
    versions: tuple[Version, ...]
    older: int


@dataclass(frozen=True)
class ClassHistory:
    """A class with everything that ever held for it."""

    category: Category
    conditions: tuple[Condition, ...]

    @property
    def older(self) -> int:
        return sum(condition.older for condition in self.conditions)


def present_standards(actor: Actor) -> Present:
    """Everything a sheet is laid beside: classes of the scheme, newest versions in the order of the sheet.

    Raises:
        NotAllowed: the actor may neither see cases nor change settings.
    """
    _check_reader(actor)
    minors = _minors()
    classes: dict[str, PresentClass] = {}
    code_of: dict[int, str] = {}
    for one in Category.objects.order_by("kind", "major_code", "code"):
        if one.pk in minors:
            name, marked = codes.without_mark(one.name)
            code_of[one.pk] = one.code
            classes[one.code] = PresentClass(
                code=one.code,
                kind=one.kind,
                major_code=one.major_code,
                major_name=one.major_name,
                minor_code=minors[one.pk],
                name=name,
                custom=one.custom or marked,
                retired=one.retired_at is not None,
            )
    rows = []
    ended: dict[tuple[str, str], date] = {}
    for row in _in_sheet_order():
        if row.category_id not in code_of:
            continue
        code = code_of[row.category_id]
        if row.valid_until is None:
            rows.append(_present_row(row, code))
        else:
            key = (code, tidy(row.filing_condition))
            ended[key] = max(row.valid_until, ended.get(key, row.valid_until))
    return Present(classes, tuple(rows), ended)


def prevailing_pattern(actor: Actor) -> codes.Pattern:
    """The pattern that the classes in use were numbered by."""
    classes = present_standards(actor).classes.values()
    return codes.prevailing_pattern(one.minor_code for one in classes if not one.retired)


def standards_file(actor: Actor) -> bytes:
    """The newest version of every row of the classes in use, as the xlsx that can be imported again."""
    present = present_standards(actor)
    return write_file(
        [_sheet_row(row, present.classes[row.code]) for row in present.rows if not present.classes[row.code].retired]
    )  # fmt: skip


def class_history(actor: Actor, code: str, *, now: datetime) -> ClassHistory:
    """A class with all versions of its rows and the running cases of each, as far as the actor may count them.

    Raises:
        NotFound: no such class.
        NotAllowed: the actor may neither see cases nor change settings.
    """
    _check_reader(actor)
    category = Category.objects.filter(code=code).first()
    if category is None:
        raise NotFound("没有这个小类。请核对编码，或从立案标准的列表里打开。", field="code")
    running = _running(actor, category)
    today = local_day(now)
    versions: dict[str, list[FilingStandard]] = defaultdict(list)
    for row in _in_sheet_order(category):
        versions[row.filing_condition].append(row)
    return ClassHistory(
        category,
        tuple(_condition(text, rows, running, today) for text, rows in versions.items()),
    )


def _check_reader(actor: Actor) -> None:
    if not any(actor.may(permission) for permission in READERS):
        raise NotAllowed("您的岗位不能查看立案标准，请联系管理员开通。")


def _minors() -> dict[int, str]:
    """Minor codes by the id of the class; a class numbered by another scheme than `codes` has none and stays out."""
    found = {}
    for one in Category.objects.only("code", "kind", "major_code"):
        try:
            parts = codes.parse_class_code(one.code, major_digits=len(one.major_code))
        except BadCode:
            continue
        if (parts.kind, parts.major) == (one.kind, one.major_code):
            found[one.pk] = parts.minor
    return found


def _in_sheet_order(category: Category | None = None) -> list[FilingStandard]:
    """Every version, by class; rows in the order of their first version, however often they were changed since."""
    rows = FilingStandard.objects.select_related("category").order_by("id")
    if category is not None:
        rows = rows.filter(category=category)
    found = list(rows)
    first: dict[tuple[int, str], int] = {}
    for row in found:
        first.setdefault((row.category_id, row.filing_condition), row.pk)
    return sorted(
        found,
        key=lambda row: (
            row.category.kind,
            row.category.major_code,
            row.category.code,
            first[row.category_id, row.filing_condition],
            row.pk,
        ),
    )


def _present_row(row: FilingStandard, code: str) -> PresentRow:
    values = {name: getattr(row, name) for name in VALUES}
    name = row.category.name
    return PresentRow(row.pk, code, name, row.filing_condition, values, row.valid_from)


def _sheet_row(row: PresentRow, one: PresentClass) -> StandardRow:
    return StandardRow(
        kind=one.kind,
        major_code=one.major_code,
        major_name=one.major_name,
        minor_code=one.minor_code,
        name=one.name,
        custom=codes.is_custom(one.minor_code, marked=one.custom),
        filing_condition=row.filing_condition,
        sheet="",
        number=0,
        **row.values,
    )


def _running(actor: Actor, category: Category) -> dict[int, int]:
    """Open cases by the version they were filed under. Whoever keeps the standards counts all, others their own."""
    rows = Case.objects.all() if actor.may("cases.settings") else cases_seen(actor)
    counted = rows.filter(category=category, open=True, standard__isnull=False).order_by()
    return dict(counted.values_list("standard_id").annotate(Count("pk")))


def _condition(
    text: str, rows: list[FilingStandard], running: dict[int, int], today: date
) -> Condition:
    versions = []
    before: FilingStandard | None = None
    for row in rows:
        fields = tuple(
            FieldChange(TITLES[name], getattr(before, name), getattr(row, name))
            for name in VALUES
            if before is not None and getattr(before, name) != getattr(row, name)
        )
        versions.append(Version(row, _validity(row, today), running.get(row.pk, 0), fields))
        before = row
    older = sum(one.running for one in versions if one.validity is not Validity.IN_FORCE)
    return Condition(text, tuple(reversed(versions)), older)


def _validity(row: FilingStandard, today: date) -> Validity:
    if row.valid_until is not None and row.valid_until < row.valid_from:
        return Validity.CORRECTED
    if row.valid_from > today:
        return Validity.COMING
    if row.valid_until is not None and row.valid_until < today:
        return Validity.ENDED
    return Validity.IN_FORCE

"""Taking a city's sheet of standards over: a preview that changes nothing, and the change itself in one transaction.

A changed row is a new version beside the old one, so a case goes on with the version it was filed under. Nothing is
deleted: a row ends, and a class without a row in force is retired.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from linli.cases.catalogue.standards.changes import Plan, PresentRow, make_plan
from linli.cases.catalogue.standards.columns import VALUES
from linli.cases.catalogue.standards.errors import BadDay, StandardsChanged
from linli.cases.catalogue.standards.queries import present_standards
from linli.cases.catalogue.standards.rows import Reading, StandardRow
from linli.cases.models import Category, FilingStandard
from linli.kernel.acting import Actor, action
from linli.kernel.calendar.local import local_day
from linli.kernel.engine.remembered import forget_everything

FURTHEST = timedelta(days=3 * 366)
"""How far ahead standards may be set to begin; more is a slip of the pen."""


@dataclass(frozen=True)
class Preview:
    """What applying would do. `base` names the standards it was laid beside, to be handed to `apply_standards`."""

    plan: Plan
    base: str
    valid_from: date


@dataclass(frozen=True)
class Applied:
    """What was done. `ended` counts rows without a successor, `retired` the classes that lost their last row."""

    plan: Plan
    valid_from: date
    added: int
    changed: int
    ended: int
    classes: int
    retired: int

    @property
    def sentence(self) -> str:
        parts = (
            ("新增", self.added, "条"),
            ("更改", self.changed, "条"),
            ("停用", self.ended, "条"),
            ("新增小类", self.classes, "个"),
            ("停用小类", self.retired, "个"),
        )
        done = "，".join(f"{word} {count} {unit}" for word, count, unit in parts if count)
        if not done:
            return "没有变化，现行标准与表格一致。"
        return f"{done}，自 {self.valid_from.isoformat()} 起生效；在办案件沿用原来的标准。"


@action(may="cases.settings")
def preview_standards(
    source: str, reading: Reading, *, valid_from: date | None = None, by: Actor, now: datetime
) -> Preview:
    """Lay a reading beside the present standards; `source` is the name of the file, for the audit line.

    Raises:
        BadDay: `valid_from` (today if None) is further ahead than standards are made.
    """
    day = _day(valid_from, now)
    present = present_standards(by)
    return Preview(
        make_plan(present, reading, valid_from=day, today=local_day(now)), present.fingerprint, day
    )


@action(may="cases.settings")
def apply_standards(
    source: str,
    reading: Reading,
    *,
    base: str,
    valid_from: date | None = None,
    remove_missing: bool = False,
    by: Actor,
    now: datetime,
) -> Applied:
    """Carry a reading out: new rows, new versions, and with `remove_missing` the end of rows the sheet does not have.

    All of it or nothing. The same sheet again changes nothing.

    Raises:
        StandardsChanged: the standards are no longer those of the preview that gave `base`.
        BadDay: see `preview_standards`.
    """
    day = _day(valid_from, now)
    _lock()
    present = present_standards(by)
    if present.fingerprint != base:
        raise StandardsChanged(
            "预览之后，立案标准被别人更改过。请重新预览，核对后再确认。", field="base"
        )
    plan = make_plan(present, reading, valid_from=day, today=local_day(now))
    try:
        applied = _carry_out(plan, day, remove_missing=remove_missing, now=now)
    except IntegrityError as clash:
        raise StandardsChanged(
            "与别处的更改冲突，没有导入。请重新预览；如果还是这样，请看新小类的编码是否已被占用。",
            field="base",
        ) from clash
    transaction.on_commit(forget_everything)
    return applied


def _lock() -> None:
    """One import at a time: the second waits here, and then finds that its base has changed."""
    list(Category.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def _carry_out(plan: Plan, day: date, *, remove_missing: bool, now: datetime) -> Applied:
    _make_classes(plan)
    _change_classes(plan)
    categories = {one.code: one for one in Category.objects.all()}
    ending = plan.removable if remove_missing else ()
    _end([change.present for change in plan.changed], day)
    _end(ending, day)
    new = [
        *(_version(categories[one.code], one.row, _given(one.row), day) for one in plan.added),
        *(_version(categories[one.present.code], one.row, one.values, day) for one in plan.changed),
    ]
    FilingStandard.objects.bulk_create(new)
    return Applied(
        plan=plan,
        valid_from=day,
        added=len(plan.added),
        changed=len(plan.changed),
        ended=len(ending),
        classes=len(plan.new_classes),
        retired=_retire(plan.absent, now=now) if remove_missing else 0,
    )


def _make_classes(plan: Plan) -> None:
    Category.objects.bulk_create(
        Category(
            code=code,
            kind=row.kind,
            major_code=row.major_code,
            major_name=row.major_name,
            name=row.name,
            custom=row.custom,
        )
        for code, row in plan.new_classes.items()
    )


def _change_classes(plan: Plan) -> None:
    for change in plan.class_changes:
        one = Category.objects.get(code=change.code)
        one.major_name, one.name = change.major_name, change.name
        one.custom = change.custom
        one.retired_at = None if change.revived else one.retired_at
        one.save(update_fields=["major_name", "name", "custom", "retired_at"])


def _end(rows: Iterable[PresentRow], day: date) -> None:
    """The last day of these versions is the one before; one that would have begun that day was never in force."""
    ids = [row.row_id for row in rows]
    FilingStandard.objects.filter(pk__in=ids).update(valid_until=day - timedelta(days=1))


def _version(
    category: Category, row: StandardRow, values: Mapping[str, str], day: date
) -> FilingStandard:
    return FilingStandard(
        category=category, filing_condition=row.filing_condition, valid_from=day, **values
    )


def _given(row: StandardRow) -> dict[str, str]:
    return {name: getattr(row, name) or "" for name in VALUES}


def _retire(codes: Collection[str], *, now: datetime) -> int:
    """Retire those of the classes whose last row has ended; one that never had a row is somebody else's."""
    rows = FilingStandard.objects.filter(category__code__in=codes)
    living = rows.filter(Q(valid_until=None) | Q(valid_until__gte=local_day(now)))
    gone = Category.objects.filter(pk__in=rows.values("category_id"), retired_at=None)
    return gone.exclude(pk__in=living.values("category_id")).update(retired_at=now)


def _day(wanted: date | None, now: datetime) -> date:
    today = local_day(now)
    if wanted is not None and wanted > today + FURTHEST:
        raise BadDay(
            f"生效日期 {wanted.isoformat()} 太远，请选三年以内的日期。", field="valid_from"
        )
    return wanted or today

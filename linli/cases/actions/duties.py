"""Keeping the duty catalogue and the list of the communities. An entry ends, it is never overwritten or deleted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from linli.cases.catalogue.duties import BadDuties, DutySheet
from linli.cases.models import Category, CommunityListEntry, DutyEntry
from linli.kernel.acting import Actor, action
from linli.kernel.calendar.local import local_day
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.errors import NotFound
from linli.kernel.matters.asking import required
from linli.kernel.organisations.models import Organization
from linli.kernel.places.models import Area
from linli.kernel.tables.results import Imported

ONE_DAY = timedelta(days=1)


CHANGED = "changed"
"""What `Imported.more` counts: entries among those stored that replaced another unit."""


@action(may="cases.settings")
def set_duty(
    category: int, *, area: int | None, organization: int, since: date, by: Actor, now: datetime
) -> DutyEntry:
    """From a day on this unit is responsible for a class in an area, or everywhere; whoever was ends the day before.

    Raises:
        BadDuties: the class, the area or the unit is not in use, or the day lies before that of the present entry.
    """
    _check_class(category)
    if area is not None and not Area.objects.filter(pk=area, retired_at=None).exists():
        raise BadDuties("所选辖区不存在或已撤销，请重新选择。", field="area")
    if not Organization.objects.filter(pk=organization, retired_at=None).exists():
        raise BadDuties("所选单位不存在或已停用，请重新选择。", field="organization")
    _not_in_the_past(since, now)
    present = list(_present(category, area, since))
    if len(present) == 1 and present[0].organization_id == organization:
        raise BadDuties("这个类别在这里已经由该单位负责。", field="organization")
    return _replace(present, category, area, organization, since)


@action(may="cases.settings")
def end_duty(entry_id: int, *, last: date, by: Actor, now: datetime) -> DutyEntry:
    """The last day of an entry; from the next day on the wider entry holds, if there is one."""
    entry = DutyEntry.objects.select_for_update().filter(pk=entry_id).first()
    if entry is None:
        raise NotFound("派单目录里没有这一条，请从目录里重选。", field="entry")
    entry.valid_until = _last_day(last, entry.valid_until, now)
    entry.save(update_fields=["valid_until"])
    transaction.on_commit(forget_everything)
    return entry


@action(may="cases.settings")
def import_duties(
    source: str, sheet: DutySheet, *, since: date, save: bool, by: Actor, now: datetime
) -> Imported:
    """Take the good lines of a file over; entries the file does not name stay. The same file again changes nothing."""
    _not_in_the_past(since, now)
    list(Category.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    result = Imported(
        read=len(sheet.rows) + len(sheet.refused),
        refused=[*sheet.refused],
        notes=[*sheet.notes],
        complete=sheet.complete,
        dry_run=not save,
        more={CHANGED: 0},
    )
    for row in sheet.rows:
        present = list(_present(row.category_id, row.area_id, since))
        if len(present) == 1 and present[0].organization_id == row.organization_id:
            result.known += 1
            continue
        result.stored += 1
        result.count(CHANGED, bool(present))
        if save:
            _replace(present, row.category_id, row.area_id, row.organization_id, since)
    return result


@action(may="cases.settings")
def list_class(
    category: int, *, article: str, since: date, by: Actor, now: datetime
) -> CommunityListEntry:
    """From a day on a class may be handed to residents' committees, by this article.

    Raises:
        BadDuties: it is on the list already, not in use, or the day lies in the past.
    """
    _check_class(category)
    _not_in_the_past(since, now)
    words = required(article, "依据的条款", "article")
    rows = CommunityListEntry.objects.select_for_update().filter(category_id=category)
    if rows.filter(Q(valid_until=None) | Q(valid_until__gte=since)).exists():
        raise BadDuties("这个类别已经在清单上。", field="category")
    entry = CommunityListEntry.objects.create(category_id=category, article=words, valid_from=since)
    transaction.on_commit(forget_everything)
    return entry


@action(may="cases.settings")
def unlist_class(entry_id: int, *, last: date, by: Actor, now: datetime) -> CommunityListEntry:
    """The last day on which a class may be handed to residents' committees."""
    entry = CommunityListEntry.objects.select_for_update().filter(pk=entry_id).first()
    if entry is None:
        raise NotFound("清单里没有这一条，请从清单里重选。", field="entry")
    entry.valid_until = _last_day(last, entry.valid_until, now)
    entry.save(update_fields=["valid_until"])
    transaction.on_commit(forget_everything)
    return entry


def _replace(
    present: Iterable[DutyEntry],
    category: int,
    area: int | None,
    organization: int,
    since: date,
) -> DutyEntry:
    for entry in present:
        entry.valid_until = since - ONE_DAY
        entry.save(update_fields=["valid_until"])
    transaction.on_commit(forget_everything)
    return DutyEntry.objects.create(
        category_id=category, area_id=area, organization_id=organization, valid_from=since
    )


def _present(category: int, area: int | None, since: date) -> Iterable[DutyEntry]:
    """Entries that hold on a day or begin later; a new one takes the place of all of them."""
    where = Q(area=None) if area is None else Q(area_id=area)
    rows = DutyEntry.objects.select_for_update().filter(where, category_id=category)
    return rows.filter(Q(valid_until=None) | Q(valid_until__gte=since))


def _check_class(category: int) -> None:
    if not Category.objects.filter(pk=category, retired_at=None).exists():
        raise BadDuties("所选类别不存在或已停用，请重新选择。", field="category")


def _not_in_the_past(since: date, now: datetime) -> None:
    if since < local_day(now):
        raise BadDuties("生效日期不能早于今天：以前的派遣不能改写。", field="since")


def _last_day(last: date, present: date | None, now: datetime) -> date:
    if last < local_day(now) - ONE_DAY:
        raise BadDuties("最后一天不能早于昨天：以前的派遣不能改写。", field="last")
    if present is not None and present < last:
        raise BadDuties(f"这一条本来就在 {present.isoformat()} 结束。", field="last")
    return last

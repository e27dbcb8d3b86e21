"""Naming who stands in for whom (代班), for days on end.

A system administrator names a deputy for anybody of the own area, and everybody for themselves; whoever was named and
cannot come ends it. The deputy is of the
same organisation; nobody has two deputies on one day, and whoever is away on one of the days is no deputy. Example:
小李 is away from Monday to Wednesday and names 小赵; whoever names another one from Wednesday on reads the days.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from linli.kernel.access.models import Account
from linli.kernel.access.queries import actor_for
from linli.kernel.acting import Actor
from linli.kernel.audit import chain
from linli.kernel.calendar.local import local_day
from linli.kernel.errors import LinliError, NotAllowed, NotFound
from linli.kernel.matters import errors
from linli.kernel.matters.inbox import waiting_within
from linli.kernel.matters.models import Deputy, InboxEntry
from linli.kernel.notify.sending import tell
from linli.kernel.people.models import Staff
from linli.kernel.people.queries import staff_within

MAY = "people.edit"

MOST_DAYS = 190
"""Longest absence with a deputy, days, 1-366; a longer one is a matter of posts."""

FURTHEST = 366
"""Days from today to the last day; a later one is a slip of the key."""

LONGEST_REASON = 100


def name_deputy(
    staff_id: int,
    *,
    deputy_id: int,
    valid_from: date,
    valid_until: date,
    reason: str = "",
    by: Actor,
    now: datetime,
) -> Deputy:
    """Let somebody stand in for a colleague from one day to another, both included; the deputy is told.

    Raises:
        NotAllowed, NotFound: neither for oneself nor with the right over this person.
        DeputyInvalid: the field is named. DeputyTaken: the days overlap; the sentence names them.
    """
    staff = _staff_for(staff_id, by=by, now=now, verb="name_deputy")
    with transaction.atomic():
        deputy = _locked({staff_id, deputy_id}).get(deputy_id)
        _check_days(valid_from, valid_until, today=local_day(now))
        _check_pair(staff, deputy)
        assert deputy is not None, "checked above"
        _check_free(staff, deputy, valid_from, valid_until)
        if by.staff_id is None:
            raise errors.DeputyInvalid("要由有姓名的工作人员指定代班。")
        made = Deputy.objects.create(
            staff=staff, deputy=deputy, valid_from=valid_from, valid_until=valid_until,
            reason=reason.strip()[:LONGEST_REASON], named_by_id=by.staff_id, named_at=now,
        )  # fmt: skip
        _audit("name_deputy", f"matters.deputy:{made.pk}", by, now)
        days = f"{valid_from:%Y-%m-%d} 至 {valid_until:%Y-%m-%d}"
        _tell(deputy, f"{days} 由您代{staff.name}的班。", made, now=now)
        if staff.pk != by.staff_id:
            _tell(staff, f"{days} 由{deputy.name}代您的班。", made, now=now)
    return made


def end_deputy(row_id: int, *, by: Actor, now: datetime) -> Deputy:
    """End somebody's standing in at once; one that has ended stays as it is. A deputy who cannot come ends it too.

    Raises:
        NotFound: there is none, or neither the own, nor as the deputy, nor of somebody in reach: nobody can tell which.
    """
    known = Deputy.objects.filter(pk=row_id).first()
    declined = known is not None and by.staff_id == known.deputy_id
    if known is not None and not declined:
        try:
            _staff_for(known.staff_id, by=by, now=now, verb="end_deputy")
        except LinliError:
            known = None  # whoever may not end it does not hear that it exists either
    if known is None:
        raise NotFound("没有这次代班，请刷新后查看。", field="deputy")
    with transaction.atomic():
        rows = Deputy.objects.select_for_update(of=("self",)).select_related("staff", "deputy")
        found = rows.get(pk=row_id)
        if found.ended_at is None:
            found.ended_at = now
            found.save(update_fields=["ended_at"])
            _audit("end_deputy", f"matters.deputy:{found.pk}", by, now)
            if declined:
                words = f"{found.deputy.name}不能再代您的班，请另选同事。"
                _tell(found.staff, words, found, now=now)
            else:
                _tell(found.deputy, f"代{found.staff.name}的班已提前结束。", found, now=now)
    return found


def end_all_deputies(staff_id: int, *, now: datetime) -> int:
    """End whatever somebody who left stood in for, or others for them; how many. Those left alone are told."""
    with transaction.atomic():
        rows = _running(local_day(now)).filter(Q(staff_id=staff_id) | Q(deputy_id=staff_id))
        found = list(rows.select_related("staff", "deputy"))
        for one in found:
            one.ended_at = now
            one.save(update_fields=["ended_at"])
            if one.deputy_id == staff_id:
                _tell(one.staff, f"代您班的{one.deputy.name}已离职，请另选同事。", one, now=now)
    return len(found)


def deputies_of(staff_id: int, *, on: date) -> list[Deputy]:
    """Who stands in for somebody, today and on days to come, by day."""
    rows = _running(on).filter(staff_id=staff_id).select_related("deputy", "named_by")
    return list(rows.order_by("valid_from", "id"))


def standing_in(staff_id: int, *, on: date) -> list[Deputy]:
    """For whom somebody stands in, today and on days to come, by day."""
    rows = _running(on).filter(deputy_id=staff_id).select_related("staff")
    return list(rows.order_by("valid_from", "id"))


def beyond_reach(row: Deputy, *, now: datetime) -> dict[str, int]:
    """Number of matters by kind that wait for the colleague and on which the deputy's own posts let nobody act.

    Standing in gives nobody a right: these the deputy can neither read nor do.
    """
    account = Account.objects.filter(staff_id=row.deputy_id, is_active=True).first()
    theirs = InboxEntry.objects.filter(owner_id=row.staff_id)
    if account is not None:
        deputy = actor_for(account, on=max(row.valid_from, local_day(now)))
        reached = waiting_within(deputy, now=now).order_by().values("pk")
        theirs = theirs.exclude(pk__in=reached)
    counts = theirs.order_by("kind").values_list("kind").annotate(n=Count("pk"))
    return dict(counts)


def colleagues_of(staff: Staff) -> QuerySet[Staff]:
    """Who may be named: those of the same organisation who work here."""
    same = Staff.objects.filter(organization_id=staff.organization_id, left_at=None)
    return same.exclude(pk=staff.pk).order_by("name", "id")


def _staff_for(staff_id: int, *, by: Actor, now: datetime, verb: str) -> Staff:
    """The person, if the actor may decide for them."""
    own = by.staff_id is not None and staff_id == by.staff_id
    if not own and not by.may(MAY):
        _audit(verb, f"people.staff:{staff_id}", by, now, result="refused")
        raise NotAllowed("您只能给自己指定代班；给别人指定请联系系统管理员。")
    within_reach = Staff.objects.all() if own else staff_within(by.scope(MAY))
    found = within_reach.filter(pk=staff_id).first()
    if found is None:
        raise NotFound("没有这名人员，或不在您的管理范围内，请从人员列表里重选。", field="staff")
    return found


def _locked(ids: Iterable[int]) -> dict[int, Staff]:
    """People by id, locked in one order, so that two who name each other do not both get through."""
    return {
        one.pk: one for one in Staff.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    }


def _check_days(first: date, last: date, *, today: date) -> None:
    if last < first:
        raise errors.DeputyInvalid(
            f"最后一天 {last:%Y-%m-%d} 早于第一天 {first:%Y-%m-%d}，请改正。", field="valid_until"
        )
    if last < today:
        raise errors.DeputyInvalid(
            f"最后一天 {last:%Y-%m-%d} 已经过去，请填今天或以后的日期。", field="valid_until"
        )
    if (last - today).days > FURTHEST:
        raise errors.DeputyInvalid(
            f"最后一天 {last:%Y-%m-%d} 太远，代班最多提前 {FURTHEST} 天安排。", field="valid_until"
        )
    if (last - first).days >= MOST_DAYS:
        raise errors.DeputyInvalid(
            f"{first:%Y-%m-%d} 至 {last:%Y-%m-%d} 超过 {MOST_DAYS} 天，请调整岗位而不是代班。",
            field="valid_until",
        )


def _check_pair(staff: Staff, deputy: Staff | None) -> None:
    if deputy is None or deputy.left_at is not None:
        raise errors.DeputyInvalid("请从列表里选择在职的同事。", field="deputy")
    if staff.left_at is not None:
        raise errors.DeputyInvalid(f"{staff.name}已离职，不需要代班，请办理交接。", field="staff")
    if staff.pk == deputy.pk:
        raise errors.DeputyInvalid("不能由本人代自己的班，请选择同事。", field="deputy")
    if staff.organization_id != deputy.organization_id:
        raise errors.DeputyInvalid(
            f"{deputy.name}不在{staff.name}的单位，请选择同一单位的同事。", field="deputy"
        )


def _check_free(staff: Staff, deputy: Staff, first: date, last: date) -> None:
    """Nobody has two deputies on a day, and no deputy is away, so that what waits always waits for somebody here."""
    those_days = Deputy.objects.filter(
        ended_at=None, valid_from__lte=last, valid_until__gte=first
    ).select_related("staff", "deputy")
    sentences = (
        ("staff_id", staff.pk, "{staff}在 {days} 已由{deputy}代班，请先结束那一次或换日期。"),
        ("staff_id", deputy.pk, "{staff}在 {days} 自己不在岗（由{deputy}代班），请选择别的同事。"),
        ("deputy_id", staff.pk, "{deputy}在 {days} 正代{staff}的班，请先给{staff}另选同事。"),
    )
    for column, person, sentence in sentences:
        found = those_days.filter(**{column: person}).order_by("valid_from").first()
        if found is not None:
            days = f"{found.valid_from:%Y-%m-%d} 至 {found.valid_until:%Y-%m-%d}"
            raise errors.DeputyTaken(
                sentence.format(staff=found.staff.name, deputy=found.deputy.name, days=days),
                field="deputy" if person == deputy.pk else "valid_from",
            )


def _running(on: date) -> QuerySet[Deputy]:
    return Deputy.objects.filter(ended_at=None, valid_until__gte=on)


def _tell(person: Staff, text: str, row: Deputy, *, now: datetime) -> None:
    about = f"deputy:{row.pk}:{'ended' if row.ended_at else 'named'}"
    tell(person.pk, text, link="/console/deputies", about=about, now=now)


def _audit(verb: str, subject: str, by: Actor, now: datetime, *, result: str = "done") -> None:
    chain.write(
        at=now,
        actor_kind=by.kind,
        account_id=by.account_id,
        actor_name=by.name,
        action=f"kernel.matters.{verb}",
        subject=subject,
        detail={},
        result=result,
        origin=by.origin,
    )

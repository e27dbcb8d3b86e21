"""Who looks after which grid, from one day to another. A grid never has two leaders on the same day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from linli.kernel.acting import Actor, action
from linli.kernel.calendar.local import local_day
from linli.kernel.errors import NotFound
from linli.kernel.people.actions.reach import staff_at_work, staff_in_reach
from linli.kernel.people.errors import OwnPosting, PostingRefused, StaffInvalid
from linli.kernel.people.models import GridPosting, Staff
from linli.kernel.people.rules import last_day, meet
from linli.kernel.places.models import Area, AreaLevel
from linli.kernel.places.queries import lies_within


@action(may="people.edit")
def post_to_grid(
    staff_id: int,
    *,
    grid_id: int,
    duty: str,
    valid_from: date,
    by: Actor,
    now: datetime,
    valid_until: date | None = None,
    take_over: bool = False,
) -> GridPosting:
    """Let somebody look after a grid; both days are included, `valid_until` None has no end.

    With `take_over` the present leader's posting ends the day before. Raises `StaffInvalid`, `HasLeft`,
    `OwnPosting`, and `PostingRefused` when the grid has a leader on one of these days or the person is there already.
    """
    staff = staff_at_work(staff_id, by)
    _refuse_own(staff, by)
    grid = _grid(grid_id, by)
    if duty not in GridPosting.Duty.values:
        raise StaffInvalid("请选择网格长、专职网格员或兼职网格员。", field="duty")
    _check_days(valid_from, valid_until, today=local_day(now))
    days = (valid_from, valid_until)
    there = [
        one
        for one in GridPosting.objects.select_related("staff").filter(grid=grid)
        if meet((one.valid_from, one.valid_until), days)
    ]
    same = next((one for one in there if one.staff_id == staff.pk), None)
    if same is not None:
        raise PostingRefused(
            f"{staff.name}这段时间已在“{grid.name}”任{same.get_duty_display()}，请先结束原任职。",
            field="grid",
        )
    if duty == GridPosting.Duty.LEADER:
        leaders = [one for one in there if one.duty == GridPosting.Duty.LEADER]
        _make_room(leaders, grid, days, by, take_over=take_over)
    return GridPosting.objects.create(
        staff=staff, grid=grid, duty=duty, valid_from=valid_from, valid_until=valid_until
    )


@action(may="people.edit")
def end_posting(posting_id: int, *, last: date, by: Actor, now: datetime) -> GridPosting:
    """Let a posting end with the day `last`; yesterday ends it at once. Raises `StaffInvalid`, `OwnPosting`."""
    posting = (
        GridPosting.objects.select_for_update(of=("self",))
        .select_related("staff", "grid")
        .filter(pk=posting_id)
        .first()
    )
    if posting is None:
        raise NotFound("没有这条网格任职，它可能刚被改过，请刷新人员页面。")
    staff = staff_in_reach(posting.staff_id, by)
    _refuse_own(staff, by)
    today = local_day(now)
    if posting.valid_until is not None and posting.valid_until < today:
        raise StaffInvalid("这条任职已经结束，不能再改。", field="last")
    if last < today - timedelta(days=1):
        raise StaffInvalid("过去的任职不能改，请选今天或以后的日期。", field="last")
    posting.valid_until = last_day(posting.valid_from, last)
    posting.save(update_fields=["valid_until"])
    return posting


def end_all_postings(staff_id: int, last: date) -> None:
    """For somebody who leaves: every posting that would go on ends with that day."""
    for posting in GridPosting.objects.filter(staff_id=staff_id):
        if posting.valid_until is None or posting.valid_until > last:
            posting.valid_until = last_day(posting.valid_from, last)
            posting.save(update_fields=["valid_until"])


def _make_room(
    leaders: list[GridPosting],
    grid: Area,
    days: tuple[date, date | None],
    by: Actor,
    *,
    take_over: bool,
) -> None:
    in_office = next((one for one in leaders if one.valid_from < days[0]), None)
    to_come = next((one for one in leaders if one.valid_from >= days[0]), None)
    if to_come is not None:
        raise PostingRefused(
            f"“{grid.name}”从 {to_come.valid_from} 起由{to_come.staff.name}任网格长，"
            "请先结束那条任职，或填写更早的截止日期。",
            field="valid_from",
        )
    if in_office is None:
        return
    if not take_over:
        raise PostingRefused(
            f"“{grid.name}”的网格长是{in_office.staff.name}，一个网格只有一名网格长。"
            "如由这位接替，请勾选“接替现任网格长”。",
            field="take_over",
        )
    _refuse_own(in_office.staff, by)
    in_office.valid_until = days[0] - timedelta(days=1)
    in_office.save(update_fields=["valid_until"])


def _grid(grid_id: int, by: Actor) -> Area:
    # Locked, so that two people cannot both find the grid without a leader.
    grid = Area.objects.select_for_update().filter(pk=grid_id, level=AreaLevel.GRID).first()
    if grid is None or not lies_within(grid, by.scope()):
        raise StaffInvalid("请从列表里选择网格，只能选您管理范围内的。", field="grid")
    if grid.retired_at is not None:
        raise StaffInvalid(f"“{grid.name}”已停用，请选择在用的网格。", field="grid")
    return grid


def _check_days(valid_from: date, valid_until: date | None, *, today: date) -> None:
    if valid_from < today:
        raise StaffInvalid("开始日期不能早于今天，过去的任职不能补记。", field="valid_from")
    if valid_until is not None and valid_until < valid_from:
        raise StaffInvalid("截止日期不能早于开始日期，请修改。", field="valid_until")


def _refuse_own(staff: Staff, by: Actor) -> None:
    if staff.pk == by.staff_id:
        raise OwnPosting("不能改自己负责的网格，请另一位系统管理员办理。")

"""When somebody is on duty, what they are able to handle, how much, and from where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from linli.kernel.acting import Actor, action
from linli.kernel.calendar.local import local_day
from linli.kernel.people.actions.reach import staff_at_work
from linli.kernel.people.errors import StaffInvalid
from linli.kernel.people.models import Shift, Skill, Staff
from linli.kernel.people.rules import DAYS, MIDNIGHT, Hours, first_overlap, last_day, within_days
from linli.kernel.places.coordinates import check_lon_lat
from linli.kernel.places.geometry import refuse_foreign

MOST_CAPACITY = 200
"""Open cases one person is given at most before others come first; 1–200."""

LONGEST_PREFIX = 16
DAY_NAMES = dict(zip(DAYS, "一二三四五六日", strict=True))


@action(may="people.edit")
def set_shifts(
    staff_id: int, hours: Sequence[Hours], *, valid_from: date, by: Actor, now: datetime
) -> Staff:
    """From `valid_from` on somebody is on duty at these hours and no others; no hours: not at all.

    Hours that go over midnight are kept as two. What was before ends the day before and stays as history.
    Raises `StaffInvalid`, `HasLeft`.
    """
    staff = staff_at_work(staff_id, by)
    if valid_from < local_day(now):
        raise StaffInvalid("开始日期不能早于今天，过去的班次不能改。", field="valid_from")
    for number, one in enumerate(hours, start=1):
        _check(one, number)
    clash = first_overlap(hours)
    if clash is not None:
        raise StaffInvalid(
            f"星期{DAY_NAMES[clash]}有两段时间重叠，请改成不重叠的时段。", field="starts_1"
        )
    eve = valid_from - timedelta(days=1)
    for shift in Shift.objects.filter(staff=staff):
        if shift.valid_until is None or shift.valid_until > eve:
            shift.valid_until = last_day(shift.valid_from, eve)
            shift.save(update_fields=["valid_until"])
    Shift.objects.bulk_create(
        Shift(
            staff=staff,
            weekdays=part.weekdays,
            starts=part.starts,
            ends=part.ends,
            valid_from=valid_from,
        )
        for one in hours
        for part in within_days(one)
    )
    return staff


@action(may="people.edit")
def set_skills(staff_id: int, prefixes: Iterable[str], *, by: Actor, now: datetime) -> Staff:
    """Which classes somebody is able to handle, as beginnings of their codes; none means all of them.

    Raises `StaffInvalid`, `HasLeft`.
    """
    staff = staff_at_work(staff_id, by)
    wanted = {prefix.strip() for prefix in prefixes}
    for prefix in wanted:
        if not (prefix.isascii() and prefix.isalnum() and len(prefix) <= LONGEST_PREFIX):
            raise StaffInvalid(f"“{prefix}”不是类别编码的开头，请从列表里选。", field="prefixes")
    Skill.objects.filter(staff=staff).exclude(category_prefix__in=wanted).delete()
    known = set(Skill.objects.filter(staff=staff).values_list("category_prefix", flat=True))
    Skill.objects.bulk_create(
        Skill(staff=staff, category_prefix=prefix) for prefix in sorted(wanted - known)
    )
    return staff


@action(may="people.edit")
def set_base(
    staff_id: int,
    *,
    capacity: int,
    by: Actor,
    now: datetime,
    lon: float | None = None,
    lat: float | None = None,
) -> Staff:
    """How many open cases somebody can carry, and where they set out from (CGCS2000 degrees; None: nowhere fixed).

    Raises `StaffInvalid`, `CoordinatesOutside`, `HasLeft`.
    """
    staff = staff_at_work(staff_id, by)
    if not 1 <= capacity <= MOST_CAPACITY:
        raise StaffInvalid(f"同时在办上限应为 1 至 {MOST_CAPACITY} 件，请修改。", field="capacity")
    if (lon is None) != (lat is None):
        missing = "lon" if lon is None else "lat"
        raise StaffInvalid("经度和纬度要么都填，要么都不填。", field=missing)
    if lon is not None and lat is not None:
        lon, lat = refuse_foreign(*check_lon_lat(lon, lat))
    staff.capacity, staff.home_lon, staff.home_lat = capacity, lon, lat
    staff.save(update_fields=["capacity", "home_lon", "home_lat"])
    return staff


def _check(hours: Hours, number: int) -> None:
    if not hours.weekdays or not set(hours.weekdays) <= set(DAYS):
        raise StaffInvalid(f"第 {number} 段请至少选一个星期几。", field=f"weekdays_{number}")
    if hours.starts == hours.ends and hours.starts != MIDNIGHT:
        raise StaffInvalid(
            f"第 {number} 段的开始和结束时间相同，请修改；全天值守请填 00:00 至 00:00。",
            field=f"ends_{number}",
        )

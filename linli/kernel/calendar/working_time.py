"""When people work: seasons of daily intervals, holidays and make-up working days.

A day is a working day if it is a make-up day, or if its weekday is a working weekday and it is no holiday. On a working
day people work in the intervals of its season, each half-open: [08:00, 12:00) holds 240 minutes, 12:00 is outside.

Only loaded years are known. Holidays are announced year by year, so asking about a day of another year raises
YearNotLoaded; Monday to Friday would be a guess, wrong on more than twenty days a year. A year of `provisional` is
known as far as the law goes (see provisional.py): whatever is computed over it says so.

Example: Monday 2024-09-30 is an ordinary day, 10-01 to 10-04 and 10-07 are holidays (国庆节), 10-05 and 10-06
a weekend, Saturday 10-12 is a make-up day and holds 480 working minutes like any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from linli.kernel.calendar.errors import BadWorkingTime, YearNotLoaded

DAY = 24 * 60
MONDAY_TO_FRIDAY = frozenset({1, 2, 3, 4, 5})
EVERY_DAY = frozenset(range(1, 8))
WEEKDAY_NAMES = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_LEAP_YEAR = 2000  # has every month and day a season can name

Interval = tuple[int, int]  # minutes of the day, [start, end), end at most 1440


@dataclass(frozen=True, slots=True)
class Season:
    """From `first` to `last`, both included, as (month, day), may run over new year; `intervals` in order."""

    first: tuple[int, int]
    last: tuple[int, int]
    intervals: tuple[Interval, ...]

    def __post_init__(self) -> None:
        for month, day in (self.first, self.last):
            _require_month_and_day(month, day)
        if not self.intervals:
            raise BadWorkingTime("每个季节至少要有一段上班时间。", field="intervals")
        for start, end in self.intervals:
            if not 0 <= start < end <= DAY:
                raise BadWorkingTime(
                    f"上班时段 {clock(start)}-{clock(end)} 不成立：结束要晚于开始，且都在00:00到24:00之间。",
                    field="intervals",
                )
        for (_, end), (start, _) in pairwise(self.intervals):
            if start < end:
                raise BadWorkingTime(
                    f"上班时段重叠或颠倒：{clock(start)}早于上一段的结束{clock(end)}。",
                    field="intervals",
                )

    def covers(self, month: int, day: int) -> bool:
        if self.first <= self.last:
            return self.first <= (month, day) <= self.last
        return (month, day) >= self.first or (month, day) <= self.last


@dataclass(frozen=True)
class WorkingTime:
    """One calendar in one version, as a value.

    `weekdays` are ISO numbers (Monday 1). `names` gives holidays and make-up days their name for explanations.
    `day_minutes` is what 1工作日 is worth. With `end_of_nth_day` a limit in 工作日 ends with the n-th working day
    after the day of start instead. `provisional` are those of `years` whose notice has not been entered.
    Raises BadWorkingTime if seasons overlap or leave a day of the year open.
    """

    version: str
    years: frozenset[int]
    seasons: tuple[Season, ...]
    holidays: frozenset[date] = frozenset()
    make_up_days: frozenset[date] = frozenset()
    names: Mapping[date, str] = field(default_factory=dict, compare=False)
    weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    day_minutes: int = 480
    end_of_nth_day: bool = False
    name: str = "工作日历"
    provisional: frozenset[int] = frozenset()
    # Day number since 1970 → its intervals; made once, since every due asks for tens of days.
    _days: dict[int, tuple[Interval, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not 1 <= self.day_minutes <= DAY:
            raise BadWorkingTime("1工作日的分钟数要在1到1440之间。", field="day_minutes")
        if not self.weekdays <= EVERY_DAY:
            raise BadWorkingTime("工作的星期请用1（周一）到7（周日）表示。", field="weekdays")
        for year in self.years:
            # Outside, the zone of the calculation would not be UTC+8 all year (see rules.SHANGHAI).
            if not 1992 <= year <= 2999:
                raise BadWorkingTime(f"{year}年不在1992到2999年之间。", field="years")
        both = self.holidays & self.make_up_days
        if both:
            raise BadWorkingTime(
                f"{min(both)}既是放假又是调休上班，请只留一种。", field="make_up_days"
            )
        object.__setattr__(self, "_days", self._table())

    def intervals_on(self, day_number: int) -> tuple[Interval, ...]:
        """Working intervals of that day (days since 1970-01-01), () on a free day. Raises YearNotLoaded."""
        try:
            return self._days[day_number]
        except KeyError:
            raise YearNotLoaded(day_of(day_number).year, calendar=self.name) from None

    @property
    def announced(self) -> frozenset[int]:
        """Years whose notice has been entered."""
        return self.years - self.provisional

    def is_working_day(self, day: date) -> bool:
        return bool(self.intervals_on(number_of(day)))

    def why_free(self, day: date) -> tuple[str, str]:
        """Reason code and name of a day off: ("holiday", "国庆节") or ("weekend", "周六")."""
        if day in self.holidays:
            return "holiday", self.names.get(day, "放假")
        return "weekend", WEEKDAY_NAMES[day.weekday()]

    def _table(self) -> dict[int, tuple[Interval, ...]]:
        season_of = _seasons_by_date(self.seasons)
        table: dict[int, tuple[Interval, ...]] = {}
        for year in self.years:
            first = date(year, 1, 1)
            for offset in range((date(year + 1, 1, 1) - first).days):
                day = first + timedelta(days=offset)
                works = day in self.make_up_days or (
                    day.isoweekday() in self.weekdays and day not in self.holidays
                )
                table[number_of(day)] = season_of[day.month, day.day] if works else ()
        return table


def _seasons_by_date(seasons: tuple[Season, ...]) -> dict[tuple[int, int], tuple[Interval, ...]]:
    season_of: dict[tuple[int, int], tuple[Interval, ...]] = {}
    for offset in range(366):
        day = date(_LEAP_YEAR, 1, 1) + timedelta(days=offset)
        found = [season for season in seasons if season.covers(day.month, day.day)]
        if len(found) != 1:
            problem = "没有季节" if not found else "落在两个季节里"
            raise BadWorkingTime(
                f"{day.month}月{day.day}日{problem}：各季节要正好铺满一年。", field="seasons"
            )
        season_of[day.month, day.day] = found[0].intervals
    return season_of


def _require_month_and_day(month: int, day: int) -> None:
    try:
        date(_LEAP_YEAR, month, day)
    except ValueError:
        raise BadWorkingTime(f"没有{month}月{day}日这一天。", field="seasons") from None


def number_of(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - _EPOCH_ORDINAL


def day_of(number: int) -> date:
    return date.fromordinal(number + _EPOCH_ORDINAL)


def clock(minute: int) -> str:
    """Minute of the day as HH:MM; the end of the day is 24:00."""
    return f"{minute // 60:02d}:{minute % 60:02d}"

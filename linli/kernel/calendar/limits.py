"""How long something may take: a number and one of seven units.

Two families. Natural units run day and night, holidays included: 紧急工作时 (60 min), 紧急工作日 (24 h),
自然日 (24 h), 分钟. Working units run only inside the working intervals of working days: 工作时 (60 min),
工作日 (480 min unless the calendar says otherwise), 工作分钟.

A bare 天, 日, 小时 or 时 could be either, and the two differ by days; so it is refused and the error names the choices.

Example: `parse_limit(" ３ 个工作日 ")` is `TimeLimit(3, LimitUnit.WORK_DAY)`, printed again as `3工作日`.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from linli.kernel.calendar.errors import UnclearLimit

MAX_AMOUNT = 99_999  # five digits: longer than any limit, short enough that no date overflows


class LimitUnit(StrEnum):
    URGENT_HOUR = "urgent_hour"
    URGENT_DAY = "urgent_day"
    WORK_HOUR = "work_hour"
    WORK_DAY = "work_day"
    NATURAL_DAY = "natural_day"
    MINUTE = "minute"
    WORK_MINUTE = "work_minute"

    @property
    def is_working(self) -> bool:
        """Whether only working time counts; natural units need no calendar at all."""
        return _FACTS[self].is_working

    @property
    def chinese(self) -> str:
        return _FACTS[self].words[0]


class _UnitFacts(NamedTuple):
    words: tuple[str, ...]  # the first is the one we print
    minutes: int  # 0: as many as the calendar gives one working day
    is_working: bool


_FACTS = {
    LimitUnit.URGENT_HOUR: _UnitFacts(("紧急工作时", "紧急工作小时"), 60, is_working=False),
    LimitUnit.URGENT_DAY: _UnitFacts(("紧急工作日", "紧急工作天"), 24 * 60, is_working=False),
    LimitUnit.WORK_HOUR: _UnitFacts(("工作时", "工作小时"), 60, is_working=True),
    LimitUnit.WORK_DAY: _UnitFacts(("工作日", "工作天"), 0, is_working=True),
    LimitUnit.NATURAL_DAY: _UnitFacts(
        ("自然日", "自然天", "日历日", "日历天"), 24 * 60, is_working=False
    ),
    LimitUnit.MINUTE: _UnitFacts(("分钟", "分"), 1, is_working=False),
    LimitUnit.WORK_MINUTE: _UnitFacts(("工作分钟",), 1, is_working=True),
}
_UNIT_OF_WORD = {word: unit for unit, facts in _FACTS.items() for word in facts.words}

_DAY_CHOICES = (
    "{n}工作日（只算上班时间）、{n}自然日（每天24小时，含节假日）或{n}紧急工作日（昼夜连续）"
)
_HOUR_CHOICES = "{n}工作时（只算上班时间）或{n}紧急工作时（昼夜连续）"
_AMBIGUOUS = {
    "天": _DAY_CHOICES,
    "日": _DAY_CHOICES,
    "小时": _HOUR_CHOICES,
    "时": _HOUR_CHOICES,
}
_SHAPE = re.compile(r"([0-9]+)个?([^0-9.]+)")


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """`amount` whole units, 1 to 99999."""

    amount: int
    unit: LimitUnit

    def __post_init__(self) -> None:
        if not 1 <= self.amount <= MAX_AMOUNT:
            raise UnclearLimit(f"时限“{self.amount}”超出范围：请写1到{MAX_AMOUNT}之间的整数。")

    def __str__(self) -> str:
        return f"{self.amount}{self.unit.chinese}"

    def minutes(self, *, day_minutes: int) -> int:
        """The limit in minutes; `day_minutes` is what one 工作日 is worth in the calendar used."""
        return self.amount * (_FACTS[self.unit].minutes or day_minutes)

    def times(self, factor: int) -> "TimeLimit":
        return TimeLimit(self.amount * factor, self.unit)


def parse_limit(text: str) -> TimeLimit:
    """Read `3工作日`, `２ 紧急工作时`, `30个工作分钟`. Raises UnclearLimit, which names the choices."""
    # NFKC turns full-width digits and spaces into plain ones.
    compact = "".join(unicodedata.normalize("NFKC", text).split())
    shape = _SHAPE.fullmatch(compact)
    if shape is None:
        raise UnclearLimit(
            f"看不懂时限“{text.strip()}”：请写整数加单位，例如3工作日、4工作时、2紧急工作时、7自然日、30分钟。"
        )
    digits, word = shape.groups()
    if word in _AMBIGUOUS:
        raise UnclearLimit(
            f"时限“{compact}”没有说清是哪一种{word}：请写成{_AMBIGUOUS[word].format(n=digits)}。"
        )
    if word not in _UNIT_OF_WORD:
        known = "、".join(unit.chinese for unit in LimitUnit)
        raise UnclearLimit(f"时限“{compact}”的单位“{word}”不认识：请从{known}中选一个。")
    # A longer number is out of range anyway; cutting it keeps int() away from thousands of digits.
    return TimeLimit(int(digits[:9]), _UNIT_OF_WORD[word])

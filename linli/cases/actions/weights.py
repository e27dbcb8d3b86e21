"""Setting the weights of the three rates from a coming day on; what has begun keeps the weights it began with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from linli.cases import errors
from linli.cases.models import AssessmentRule
from linli.kernel.acting import Actor, action
from linli.kernel.calendar.local import local_day

WHOLE = 1_000
"""The weights of the three rates together, in thousandths."""

PERIOD_DAYS = range(1, 29)
NAMES = {
    "response": "响应率",
    "solution": "解决率",
    "satisfaction": "满意率",
    "basic": "基本满意折算",
}


@dataclass(frozen=True, kw_only=True)
class WeightsDraft:
    """Thousandths; `basic` is what 基本满意 is worth, `period_day` the day of the month a period begins on."""

    valid_from: date
    response: int
    solution: int
    satisfaction: int
    basic: int
    period_day: int


@action(may="cases.settings")
def set_weights(draft: WeightsDraft, *, by: Actor, now: datetime) -> AssessmentRule:
    """Weights from a coming day on; those set for that very day before are replaced.

    A period is weighed by what was in force on its first day, so a period that has begun never changes.

    Raises:
        MissingFact: a weight is out of range, they are not 1 together, the day of the month is not one that every
            month has, or the first day is not in the future.
    """
    for name, words in NAMES.items():
        if not 0 <= getattr(draft, name) <= WHOLE:
            raise errors.MissingFact(f"{words}的权重要在 0 和 1 之间。", field=name)
    total = draft.response + draft.solution + draft.satisfaction
    if total != WHOLE:
        raise errors.MissingFact(
            f"三率权重合计是 {total / WHOLE:g}，应当是 1，请调整。", field="response"
        )
    if draft.period_day not in PERIOD_DAYS:
        raise errors.MissingFact("考核期起始日要在 1 日到 28 日之间。", field="period_day")
    if draft.valid_from <= local_day(now):
        raise errors.MissingFact("生效日期要晚于今天，已经开始的考核期不改。", field="valid_from")
    made, _new = AssessmentRule.objects.update_or_create(
        valid_from=draft.valid_from,
        defaults={
            "response": draft.response,
            "solution": draft.solution,
            "satisfaction": draft.satisfaction,
            "basic": draft.basic,
            "period_day": draft.period_day,
        },
    )
    return made

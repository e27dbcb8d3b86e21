"""The limits of 吹哨报到 by kind, from a day on; legs that run keep theirs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from linli.cases import errors
from linli.cases.models import WhistleRule
from linli.cases.whistle_flow import KIND_NAMES, LEG_CLOCK_NAMES, LegClock
from linli.kernel.access.queries import local_day
from linli.kernel.acting import Actor, action
from linli.kernel.calendar.errors import CalendarError
from linli.kernel.calendar.limits import parse_limit


@action(may="cases.settings")
def set_whistle_limits(
    kind: str, *, limits: Mapping[str, str], valid_from: date, by: Actor, now: datetime
) -> WhistleRule:
    """Set the limits of a kind from a day on, e.g. {"respond": "1工作时"}; one left out is the usual one.

    Raises:
        MissingFact: no such kind, a day that is over, or a limit that cannot be read (`field` is the clock).
    """
    if kind not in KIND_NAMES:
        raise errors.MissingFact("请选择吹哨类型。", field="kind")
    if valid_from < local_day(now):
        raise errors.MissingFact("生效日期不能早于今天。", field="valid_from")
    cells = {}
    for clock in LegClock:
        text = limits.get(clock, "").strip()
        try:
            cells[f"{clock}_limit"] = str(parse_limit(text)) if text else ""
        except CalendarError as wrong:
            sentence = f"{LEG_CLOCK_NAMES[clock]}时限：{wrong.message}"
            raise errors.MissingFact(sentence, field=clock) from wrong
    rule, _ = WhistleRule.objects.update_or_create(kind=kind, valid_from=valid_from, defaults=cells)
    return rule

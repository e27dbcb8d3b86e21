"""The limits of 吹哨报到 by kind, from a day on; legs that run keep theirs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from linli.kernel.acting import Actor, action
from linli.kernel.calendar.errors import CalendarError
from linli.kernel.calendar.limits import parse_limit
from linli.kernel.calendar.local import local_day
from linli.kernel.matters.clocks import forget_limits
from linli.kernel.matters.errors import MissingFact
from linli.kernel.matters.models import Limit
from linli.whistles.flow import LEG
from linli.whistles.models import WhistleKind


@action(may="cases.settings")
def set_whistle_limits(
    kind: str, *, limits: Mapping[str, str], valid_from: date, by: Actor, now: datetime
) -> WhistleKind:
    """Set the limits of a kind from a day on, e.g. {"respond": "1工作时"}; one left out is the usual one.

    Raises:
        MissingFact: no such kind, a day that is over, or a limit that cannot be read (`field` is the clock).
    """
    found = WhistleKind.objects.filter(code=kind, retired_at=None).first()
    if found is None:
        raise MissingFact("请选择吹哨类型。", field="kind")
    if valid_from < local_day(now):
        raise MissingFact("生效日期不能早于今天。", field="valid_from")
    cells = {clock.code: _limit(clock.code, limits.get(clock.code, "")) for clock in LEG.clocks}
    for clock, text in cells.items():
        Limit.objects.update_or_create(
            kind=LEG.code,
            clock=clock,
            variant=kind,
            valid_from=valid_from,
            defaults={"time_limit": text},
        )
    transaction.on_commit(forget_limits)
    return found


def _limit(clock: str, text: str) -> str:
    try:
        return str(parse_limit(text.strip())) if text.strip() else ""
    except CalendarError as wrong:
        sentence = f"{LEG.clock[clock].name}时限：{wrong.message}"
        raise MissingFact(sentence, field=clock) from wrong

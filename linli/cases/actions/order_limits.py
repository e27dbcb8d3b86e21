"""Limits by kind of order (咨询, 求助, 投诉 …): how long a unit has for an order of the hotline, and for an answer.

A city sets one number for each kind, not one for all, so what is in force for the kind of an order goes before the
limit of its filing standard. It is looked up once, on the day the case is registered, and kept on the case: a limit
that is changed later changes no case that is under way. Without a limit for its kind an order has that of its
standard. Where figures come from stands beside them: `data/order_limits.json` has those of three places, each with its
source and date, as a beginning for an office to choose from; none is in force before somebody chooses it.

Example: with the set `three_steps` a complaint registered under a standard of 4工作时 has 15工作日, an inquiry 2工作日.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from linli.cases import errors
from linli.cases.flow import CASE, Clock
from linli.cases.models import WorkOrder
from linli.cases.promise import ANSWER_CLOCK
from linli.kernel.acting import Actor, action
from linli.kernel.calendar.local import local_day
from linli.kernel.calendar.rules import parse_limit
from linli.kernel.matters.clocks import forget_limits
from linli.kernel.matters.models import Limit

PRESETS_FILE = Path(__file__).parents[1] / "data" / "order_limits.json"
CLOCKS = {str(Clock.HANDLE): "办理", ANSWER_CLOCK: "答复"}
SOURCE_LENGTH = 200


@dataclass(frozen=True)
class Preset:
    """The limits of handling of one place, by kind of order."""

    code: str
    name: str
    source: str
    limits: Mapping[str, str]


@cache
def presets() -> tuple[Preset, ...]:
    """The shipped ones."""
    return tuple(Preset(**row) for row in json.loads(PRESETS_FILE.read_text(encoding="utf-8")))


@action(may="cases.settings")
def set_order_limit(
    *, clock: str, kind: str, limit: str, source: str, valid_from: date, by: Actor, now: datetime
) -> Limit:
    """A limit from a day on, not before today; one set for that very day is replaced.

    Raises:
        MissingFact: an unknown clock or kind, no source, or a day that is past.
        UnclearLimit: the limit cannot be read.
    """
    if clock not in CLOCKS or (kind and kind not in WorkOrder.Kind.values):
        raise errors.MissingFact("没有这种工单或时限，请从列表中选择。", field="kind")
    if (clock == Clock.HANDLE) != bool(kind):
        raise errors.MissingFact(
            "办理时限要选一种工单；答复时限对所有来件一样，不分种类。", field="kind"
        )
    if not source.strip():
        raise errors.MissingFact("请写明依据：哪份文件、哪一天起。", field="source")
    return _set(clock, kind, limit, source, valid_from, now=now)


@action(may="cases.settings")
def take_preset(code: str, *, valid_from: date, by: Actor, now: datetime) -> list[Limit]:
    """All limits of a shipped preset from a day on."""
    preset = next((one for one in presets() if one.code == code), None)
    if preset is None:
        raise errors.MissingFact("没有这一套时限，请从列表中选择。", field="preset")
    return [
        _set(str(Clock.HANDLE), kind, limit, preset.source, valid_from, now=now)
        for kind, limit in preset.limits.items()
    ]


def _set(
    clock: str, kind: str, limit: str, source: str, valid_from: date, *, now: datetime
) -> Limit:
    if valid_from < local_day(now):
        raise errors.MissingFact("生效日期不能早于今天，已经办理的不改。", field="valid_from")
    made, _new = Limit.objects.update_or_create(
        kind=CASE.code, clock=clock, variant=kind, valid_from=valid_from,
        defaults={"time_limit": str(parse_limit(limit)), "source": source.strip()[:SOURCE_LENGTH]},
    )  # fmt: skip
    forget_limits()
    return made

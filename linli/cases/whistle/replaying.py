"""Telling the clocks of a leg again from its timeline alone, and holding them against what is stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from linli.cases.models import LegDeadline, WhistleLeg, WhistleLine
from linli.cases.whistle.clocks import limit_of, run_of
from linli.cases.whistle_flow import LEG_CLOCK, LEG_MOVES, LegClock, LegStage
from linli.kernel.access.queries import local_day


@dataclass
class Told:
    """A run of a clock as the timeline tells it; `stopped_at` is empty while it runs."""

    clock: LegClock
    starts_at: datetime
    stopped_at: datetime | None = None


def runs_of(opened_at: datetime, lines: Sequence[WhistleLine]) -> list[Told]:
    """The runs of a leg's clocks; work that was sent back goes on with its last one."""
    runs = [Told(LEG_CLOCK[LegStage.WAITING], opened_at)]
    for line in lines:
        if line.code not in LEG_MOVES:
            continue
        for run in runs:
            run.stopped_at = run.stopped_at or line.at
        clock = LEG_CLOCK.get(LegStage(line.to_stage))
        earlier = [run for run in runs if run.clock == clock]
        if clock is not None and line.code == "rework" and earlier:
            earlier[-1].stopped_at = None
        elif clock is not None:
            runs.append(Told(clock, line.at))
    return runs


def leg_mismatches(
    leg: WhistleLeg, lines: Sequence[WhistleLine], rows: Sequence[LegDeadline]
) -> list[str]:
    """What differs between the timeline and the stored clocks of a leg, in words; empty when nothing does."""
    told = runs_of(leg.opened_at, lines)
    found = []
    if len(told) != len(rows):
        found.append(f"应有 {len(told)} 段时限，存有 {len(rows)} 段")
    for run, row in zip(told, rows, strict=False):
        limit = limit_of(leg.whistle.kind, run.clock, local_day(run.starts_at))
        due = run_of(leg, run.clock, limit, run.starts_at).due.at
        expected = (run.clock, run.starts_at, run.stopped_at, limit, due)
        stored = (LegClock(row.clock), row.starts_at, row.stopped_at, row.limit, row.due_at)
        if expected != stored:
            found.append(f"{row.clock_name}：应为 {expected}，存为 {stored}")
    return found


def legs_with_clocks(
    leg_id: int | None = None,
) -> Iterator[tuple[WhistleLeg, list[WhistleLine], list[LegDeadline]]]:
    """Every leg, or the one, with its timeline and its clocks."""
    legs = WhistleLeg.objects.select_related("whistle", "organization").order_by("id")
    for leg in legs.filter(pk=leg_id) if leg_id else legs:
        lines = WhistleLine.objects.filter(leg=leg).order_by("id")
        yield leg, list(lines), list(LegDeadline.objects.filter(leg=leg).order_by("id"))

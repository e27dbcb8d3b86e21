"""The clocks of a case told again from its timeline alone.

The timeline is appended and never edited, so whatever a deadline became — started, stopped, carried on after a rework,
extended, suspended, given another limit — follows from its lines and the table in `flow.py`. `clock_runs` says which
runs a case must have; `mismatches` computes their dues and holds them against the stored ones.
Example: dispatched Monday 9:00 under 2工作日, extended once, fed back → one run of the clock `handle` with one
extension, due on Friday 9:00, stopped at the feedback.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from linli.cases.clocks import compute
from linli.cases.flow import Clock, Stage, clock_change
from linli.cases.models import Deadline
from linli.kernel.calendar.errors import YearNotLoaded
from linli.kernel.calendar.queries import working_time_of_edition
from linli.kernel.calendar.rules import Pause, WorkingTime
from linli.kernel.engine.remembered import Remembered

RUNS_ON = ("rework", "split")
"""Moves after which the last run of the stage's clock goes on as if it had never stopped."""


@dataclass(frozen=True)
class Line:
    """A line of the timeline as far as clocks care."""

    code: str
    from_stage: str
    to_stage: str
    at: datetime
    facts: Mapping[str, Any]


@dataclass
class ClockRun:
    """One run of one clock. `limit` is empty where the clock's own rule applies."""

    clock: Clock
    starts_at: datetime
    limit: str
    organization_id: int | None
    extensions: int = 0
    pauses: list[tuple[str, str]] = field(default_factory=list)
    stopped_at: datetime | None = None


@dataclass
class _Told:
    """What the lines have said so far."""

    runs: list[ClockRun] = field(default_factory=list)
    running: ClockRun | None = None
    limit: str = ""
    organization_id: int | None = None


def clock_runs(lines: Iterable[Line], *, limit: str, organization_id: int | None) -> list[ClockRun]:
    """The runs that follow from a timeline, oldest first.

    `limit` and `organization_id` are used until a line says otherwise: a redone case brings its standard along.
    """
    told = _Told(limit=limit, organization_id=organization_id)
    for line in lines:
        told.limit = line.facts.get("limit", told.limit)
        told.organization_id = line.facts.get("organization_id", told.organization_id)
        _beside_stages(told, line)
        source = Stage(line.from_stage) if line.from_stage else None
        stop, start = clock_change(source, Stage(line.to_stage))
        if stop is not None and told.running is not None:
            told.running.stopped_at, told.running = line.at, None
        if start is not None:
            _start(told, start, line)
    return told.runs


def mismatches(
    lines: Sequence[Line], stored: Sequence[Deadline], *, limit: str, organization_id: int | None
) -> list[str]:
    """What is stored otherwise than the timeline says; empty when everything agrees."""
    expected = clock_runs(lines, limit=limit, organization_id=organization_id)
    found: list[str] = []
    rows = list(stored)
    for run in expected:
        row = rows.pop(0) if rows and rows[0].clock == run.clock else None
        edition = _edition_of(row) if row else ""
        try:
            due = _due(run, edition)
        except YearNotLoaded:
            if row is not None:
                found.append(f"{run.clock}: stored, though no due can be computed")
            continue
        if row is None:
            found.append(f"{run.clock} from {run.starts_at.isoformat()}: not stored")
            continue
        pairs = (
            ("starts", row.starts_at, run.starts_at),
            ("due", row.due_at, due),
            ("stopped", row.stopped_at, run.stopped_at),
        )
        found += [f"{run.clock} {name}: stored {a}, told {b}" for name, a, b in pairs if a != b]
    return found + [f"{row.clock} from {row.starts_at.isoformat()}: not told" for row in rows]


def _start(told: _Told, clock: Clock, line: Line) -> None:
    earlier = [run for run in told.runs if run.clock is clock] if line.code in RUNS_ON else []
    if earlier:
        told.running = earlier[-1]
        told.running.stopped_at = None
        return
    at_dispatch = line.to_stage == Stage.TO_SIGN
    told.running = ClockRun(
        clock,
        line.at,
        told.limit if at_dispatch else "",
        told.organization_id if clock is Clock.HANDLE else None,
    )
    told.runs.append(told.running)


def _beside_stages(told: _Told, line: Line) -> None:
    run = told.running
    if run is None or run.clock is not Clock.HANDLE:
        return
    if line.code == "extend":
        run.extensions = line.facts["extensions"]
    elif line.code == "suspend":
        run.pauses.append((line.facts["since"], line.facts["until"]))
    elif line.code == "resume" and "until" in line.facts:
        run.pauses[-1] = (line.facts["since"], line.facts["until"])
    elif line.code == "reclassify":
        run.limit = told.limit


def _due(run: ClockRun, edition: str) -> datetime:
    pauses = [
        Pause(datetime.fromisoformat(start), datetime.fromisoformat(until))
        for start, until in run.pauses
    ]
    return compute(
        run.clock,
        run.limit,
        organization_id=run.organization_id,
        starts_at=run.starts_at,
        extensions=run.extensions,
        pauses=pauses,
        working_time=_edition(edition) if edition[:1].isdecimal() else None,
    ).due.at


def _edition_of(row: Deadline) -> str:
    calendar = row.derivation.get("calendar") or {}  # natural time needs none
    return str(calendar.get("version", ""))


def _read_edition(edition: str) -> WorkingTime:
    return working_time_of_edition(edition)


_edition = Remembered(_read_edition, seconds=600)

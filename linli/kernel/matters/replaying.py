"""The clocks of a matter told again from its timeline alone; the same for every kind.

The timeline is appended and never edited, so whatever a run became — started, stopped, carried on after a rework,
extended, suspended, given another limit — follows from its lines and the flow. `clock_runs` says which runs a matter
must have; `mismatches` computes their dues and holds them against the stored ones.
Example: dispatched Monday 9:00 under 2工作日, extended once, fed back → one run of the clock `handle` with one
extension, due on Friday 9:00, stopped at the feedback.

Facts of a line that count here: `limit` (the matter's own limit for clocks of the unit from then on),
`organization_id` (the unit), and on lines beside the stages `extensions`, `since` and `until` of a pause.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from linli.kernel.calendar.errors import YearNotLoaded
from linli.kernel.calendar.queries import working_time_of_edition
from linli.kernel.calendar.rules import Pause, WorkingTime
from linli.kernel.engine.remembered import Remembered
from linli.kernel.matters.clocks import compute
from linli.kernel.matters.flow import Flow
from linli.kernel.matters.kinds import Kind
from linli.kernel.matters.models import ClockRun, Matter


@dataclass(frozen=True)
class Line:
    """A line of the timeline as far as clocks care."""

    code: str
    from_stage: str
    to_stage: str
    at: datetime
    facts: Mapping[str, Any]


@dataclass
class ReplayedRun:
    """One run of one clock as the timeline has it. `limit` is empty where the clock's own rule applies."""

    clock: str
    starts_at: datetime
    limit: str
    organization_id: int | None
    extensions: int = 0
    pauses: list[tuple[str, str]] = field(default_factory=list)
    stopped_at: datetime | None = None


@dataclass
class _Replay:
    """What the lines have said so far."""

    flow: Flow
    runs: list[ReplayedRun] = field(default_factory=list)
    running: ReplayedRun | None = None
    limit: str = ""
    organization_id: int | None = None


def clock_runs(
    flow: Flow, lines: Iterable[Line], *, limit: str, organization_id: int | None
) -> list[ReplayedRun]:
    """The runs that follow from a timeline, oldest first.

    `limit` and `organization_id` are used until a line says otherwise: a redone case brings its standard along.
    """
    replay = _Replay(flow, limit=limit, organization_id=organization_id)
    for line in lines:
        replay.limit = line.facts.get("limit", replay.limit)
        replay.organization_id = line.facts.get("organization_id", replay.organization_id)
        _beside_stages(replay, line)
        stop, start = flow.clock_change(line.from_stage, line.to_stage)
        if stop and replay.running is not None:
            replay.running.stopped_at, replay.running = line.at, None
        if start:
            _start(replay, start, line)
    return replay.runs


def mismatches(
    kind: Kind, matter: Matter, lines: Sequence[Line], stored: Sequence[ClockRun],
    *, limit: str, organization_id: int | None,
) -> list[str]:  # fmt: skip
    """What is stored otherwise than the timeline says; empty when everything agrees."""
    found: list[str] = []
    rows = list(stored)
    for run in clock_runs(kind.flow, lines, limit=limit, organization_id=organization_id):
        row = rows.pop(0) if rows and rows[0].clock == run.clock else None
        try:
            due = _due(kind.flow, matter.variant, run, _edition_of(row) if row else "")
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
        found += [f"{run.clock} {name}: stored {a}, replayed {b}" for name, a, b in pairs if a != b]
    return found + [f"{row.clock} from {row.starts_at.isoformat()}: not replayed" for row in rows]


def lines_of(kind: Kind, matter: Matter, entries: Iterable[Any]) -> list[Line]:
    """The timeline of a matter for a replay; one that began before its first line begins when it was opened."""
    lines = [
        Line(one.code, one.from_stage, one.to_stage, one.at, one.facts)
        for one in entries
        if one.to_stage
    ]
    if not lines or lines[0].from_stage:
        opening = Line("", "", kind.flow.first, matter.opened_at, {})
        return [opening, *lines]
    return lines


def replayed(kind: Kind, matter_ids: Sequence[int]) -> Iterator[tuple[Matter, list[str]]]:
    """Matters with what does not agree between timeline and clocks; some at once, one query a table."""
    key = f"{kind.key}_id"
    matters = kind.matter._default_manager.select_related(*kind.related).in_bulk(list(matter_ids))
    entries = _by_matter(kind.entry, key, matter_ids)
    runs = _by_matter(kind.run, key, matter_ids)
    for matter_id in matter_ids:
        matter = matters[matter_id]
        lines = lines_of(kind, matter, entries.get(matter_id, []))
        stored = runs.get(matter_id, [])
        limit, unit = _own_limit(kind, matter), _unit_of(kind, stored)
        yield matter, mismatches(kind, matter, lines, stored, limit=limit, organization_id=unit)


def _own_limit(kind: Kind, matter: Matter) -> str:
    clocks = (clock.code for clock in kind.flow.clocks if clock.of_the_unit)
    return next(filter(None, map(matter.own_limit, clocks)), "")


def _unit_of(kind: Kind, runs: Iterable[ClockRun]) -> int | None:
    """The unit by whose calendar its clocks were counted, for timelines that name the unit only in words."""
    of_the_unit = (run for run in runs if kind.flow.clock[run.clock].of_the_unit)
    return next((run.derivation.get("organization_id") for run in of_the_unit), None)


def _by_matter(model: Any, key: str, ids: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in model._default_manager.filter(**{f"{key}__in": list(ids)}).order_by("id"):
        found.setdefault(getattr(row, key), []).append(row)
    return found


def _start(replay: _Replay, clock: str, line: Line) -> None:
    move = replay.flow.move.get(line.code)
    earlier = [run for run in replay.runs if run.clock == clock] if move and move.runs_on else []
    if earlier:
        replay.running = earlier[-1]
        replay.running.stopped_at = None
        return
    of_the_unit = replay.flow.clock[clock].of_the_unit
    replay.running = ReplayedRun(
        clock,
        line.at,
        replay.limit if of_the_unit and replay.flow.begins_clock(line.to_stage) else "",
        replay.organization_id if of_the_unit else None,
    )
    replay.runs.append(replay.running)


def _beside_stages(replay: _Replay, line: Line) -> None:
    run = replay.running
    if run is None or line.code in replay.flow.move:
        return
    if "extensions" in line.facts:
        run.extensions = line.facts["extensions"]
    elif "until" in line.facts and run.pauses and run.pauses[-1][0] == line.facts["since"]:
        run.pauses[-1] = (line.facts["since"], line.facts["until"])
    elif "until" in line.facts:
        run.pauses.append((line.facts["since"], line.facts["until"]))
    elif "limit" in line.facts and replay.flow.clock[run.clock].of_the_unit:
        run.limit = replay.limit


def _due(flow: Flow, variant: str, run: ReplayedRun, edition: str) -> datetime:
    pauses = [
        Pause(datetime.fromisoformat(start), datetime.fromisoformat(until))
        for start, until in run.pauses
    ]
    return compute(
        flow,
        run.clock,
        run.limit,
        variant=variant,
        organization_id=run.organization_id,
        starts_at=run.starts_at,
        extensions=run.extensions,
        pauses=pauses,
        working_time=_edition(edition) if edition[:1].isdecimal() else None,
    ).due.at


def _edition_of(row: ClockRun) -> str:
    calendar = row.derivation.get("calendar") or {}  # natural time needs none
    return str(calendar.get("version", ""))


def _read_edition(edition: str) -> WorkingTime:
    return working_time_of_edition(edition)


_edition = Remembered(_read_edition, seconds=600)

"""Runs rows side by side: the dearest first, as many at once as there are cores, each with its output in a file."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.private_postgres import die_with_parent

LOOK_SECONDS = 0.1
"""How often is looked whether a row has ended; seconds."""

SILENCE_SECONDS = 60
"""How long the gate says nothing at most, since some machines end a job that is silent; seconds."""


@dataclass(frozen=True)
class Row:
    """One command of the gate."""

    name: str
    command: tuple[str, ...]
    cost: float
    """Seconds of CPU it takes, roughly: the dearest row begins first, so that the cores end together."""
    environment: Mapping[str, str] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    """Rows that must have ended before, whatever became of them."""


@dataclass(frozen=True)
class Result:
    """How a row ended; seconds."""

    row: Row
    code: int
    wall: float
    cpu: float


@dataclass
class _Lane:
    row: Row
    process: subprocess.Popen[bytes]
    began: float


def run(
    rows: Sequence[Row], *, cores: int, folder: Path, say: Callable[[str], None] = print
) -> list[Result]:
    """Run every row, also after a failure; the results in the order of the rows."""
    waiting = sorted(rows, key=lambda row: -row.cost)
    lanes: list[_Lane] = []
    results: dict[str, Result] = {}
    spoken = time.monotonic()
    try:
        while waiting or lanes:
            while len(lanes) < cores and (row := _next(waiting, lanes)):
                waiting.remove(row)
                lanes.append(_start(row, folder))
            for result in _ended(lanes):
                results[result.row.name] = result
                say(f"{verdict(result):8}{result.row.name}, {result.wall:.0f} s")
                spoken = time.monotonic()
            if time.monotonic() - spoken > SILENCE_SECONDS:
                say(f"{'…':8}{', '.join(lane.row.name for lane in lanes)}")
                spoken = time.monotonic()
            time.sleep(LOOK_SECONDS)
    finally:
        for lane in lanes:
            lane.process.terminate()
    return [results[row.name] for row in rows]


def verdict(result: Result) -> str:
    return "FAILED" if result.code else "ok"


def log_of(row: Row, folder: Path) -> Path:
    """The file that keeps what a row printed."""
    return folder / f"{row.name.replace(' ', '-')}.log"


def _next(waiting: list[Row], lanes: list[_Lane]) -> Row | None:
    """The dearest row that may begin. A row waits only for rows of this run, so one always may in the end."""
    pending = {row.name for row in waiting} | {lane.row.name for lane in lanes}
    return next((row for row in waiting if not pending.intersection(row.after)), None)


def _start(row: Row, folder: Path) -> _Lane:
    with log_of(row, folder).open("wb") as log:
        process = subprocess.Popen(
            row.command,
            env={**os.environ, **row.environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
    return _Lane(row, process, time.monotonic())


def _ended(lanes: list[_Lane]) -> list[Result]:
    """Results of the rows that have just ended, which are taken off the lanes."""
    found = []
    for lane in list(lanes):
        pid, status, used = os.wait4(lane.process.pid, os.WNOHANG)
        if pid:
            lane.process.returncode = os.waitstatus_to_exitcode(status)
            wall = time.monotonic() - lane.began
            cpu = used.ru_utime + used.ru_stime
            found.append(Result(lane.row, lane.process.returncode, wall, cpu))
            lanes.remove(lane)
    return found

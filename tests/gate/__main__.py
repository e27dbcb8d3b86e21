"""Runs the gate and says, in one table, what did not pass; see the package's docstring."""

from __future__ import annotations

import argparse
import fcntl
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from tests.gate import costs, lock
from tests.gate.rows import FOLDER, ROOT, TOOLS, rows
from tests.gate.running import Result, log_of, run, verdict

say = partial(print, flush=True)


def main() -> int:
    chosen = _arguments()
    os.chdir(ROOT)
    if chosen.fix:
        _fix()
    with _folder_of_our_own():
        return _gate(chosen)


def _gate(chosen: argparse.Namespace) -> int:
    began = time.monotonic()
    results, stretch = _run(chosen)
    for line in _told(results):
        say(line)
    wrong = [f"not passed: {one.row.name}" for one in results if one.code]
    if not chosen.no_tests:
        wrong += _costs(stretch)
    minutes = (time.monotonic() - began) / 60
    if minutes > costs.WALL_MINUTES:
        wrong.append(f"took {minutes:.0f} minutes; {costs.WALL_MINUTES} are allowed")
    say("\n".join(wrong) if wrong else f"All passed in {minutes:.1f} minutes.")
    return 1 if wrong else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/check", description="Everything a change must pass.")
    parser.add_argument(
        "--fix", action="store_true", help="first let the tools repair what they can"
    )
    some = parser.add_mutually_exclusive_group()
    some.add_argument("--no-tests", action="store_true", help="without the tests and the browser")
    some.add_argument("--only-tests", action="store_true", help="nothing but the tests")
    parser.add_argument("--engine", choices=("sqlite", "postgres"), help="tests of one engine only")
    return parser.parse_args()


def _fix() -> None:
    for arguments in (("check", "--fix", "--quiet", "."), ("format", "--quiet", ".")):
        subprocess.run([sys.executable, "-m", "ruff", *arguments])
    subprocess.run([TOOLS / "djangofmt", "--quiet", "linli"])
    lock.write()


@contextmanager
def _folder_of_our_own() -> Iterator[None]:
    """Empties what the last run left; a second run in the same checkout waits until the first has ended."""
    FOLDER.mkdir(exist_ok=True)
    handle = os.open(FOLDER, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another run is going on in this checkout; waiting for it …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        for file in FOLDER.iterdir():
            file.unlink()
        yield
    finally:
        os.close(handle)


def _run(chosen: argparse.Namespace) -> tuple[list[Result], float]:
    """The results, and how much slower the machine was meanwhile than the one of the budgets."""
    laid: list[float] = []

    def tell(line: str) -> None:
        say(line)
        # The yardstick is laid while the other rows go on: then the machine is as busy as the tests find it.
        laid.append(costs.yardstick())

    # Tools make a secret and a folder when they load the settings; not in the developer's data.
    with tempfile.TemporaryDirectory(prefix="linli-gate-") as home:
        every = rows(
            home, tools=not chosen.only_tests, tests=not chosen.no_tests, engine=chosen.engine
        )
        results = run(every, cores=_cores(), folder=FOLDER, say=tell)
    return results, costs.stretch(laid)


def _cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _told(results: list[Result]) -> Iterator[str]:
    """What each row printed, where it says something; then the table."""
    for result in results:
        said = log_of(result.row, FOLDER).read_text(encoding="utf-8", errors="replace").strip()
        if result.code:
            yield f"\n── {result.row.name}: FAILED ({result.code})\n{said}"
        elif said:
            yield f"\n── {result.row.name}\n{_short(said)}"
    yield f"\n{'':15}{'':8}{'wall':>7}{'CPU':>7}"
    for one in results:
        yield f"{one.row.name:15}{verdict(one):8}{one.wall:5.0f} s{one.cpu:5.0f} s"


def _short(said: str) -> str:
    """The reasons of what was skipped, and the last line."""
    lines = said.splitlines()
    skipped = [line for line in lines[:-1] if line.startswith("SKIPPED")]
    return "\n".join([*skipped, lines[-1]])


def _costs(stretch: float) -> list[str]:
    """Prints what the tests cost; what is wrong with it."""
    spent = costs.read(FOLDER)
    modules = costs.by_module(spent)
    say("", *costs.slowest(spent), "", *costs.table(modules, stretch=stretch), "", sep="\n")
    return list(costs.over(modules, stretch=stretch))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        say("Stopped.")
        sys.exit(130)

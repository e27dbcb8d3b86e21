"""Holds the last complete test run against the budgets: how much of which file the tests must reach.

python -m tests.coverage_floors        after bin/test without arguments; exit code 1 if a file is below
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from coverage import Coverage
from coverage.exceptions import CoverageException

PARTS = Path(".gate")
"""Where each row of the gate leaves what it reached."""

FLOORS = {
    **dict.fromkeys(("flow", "rules"), 100.0),
    **dict.fromkeys(("actions", "queries"), 95.0),
    # The parts of the engine of a matter: when, who, and whether the timeline tells the same again.
    **dict.fromkeys(
        ("clocks", "replaying", "roster", "roles", "parts", "conflicts", "apart"), 95.0
    ),
    **dict.fromkeys(("moving", "asking", "inbox", "overlays", "limits"), 95.0),
}
"""Lines and branches that tests must reach, by the role of a file; per cent."""

SCREENS = {"views", "forms", "urls", "labels"}
"""First words of the files of screens: what lies in a folder `rules` there shows rules and is none."""

SHORT: dict[str, tuple[float, str]] = {}
"""Files that do not reach their floor yet: what they reach, and why not more. The figure may only rise."""


def floor(file: str) -> float | None:
    """The floor of a file by its role, which is the last word of its name or of a folder it lies in; None without one.

    `cases/whistle_flow.py` is a flow, `cases/actions/closing.py` one of the actions.
    """
    if file in SHORT:
        return SHORT[file][0]
    path = PurePosixPath(file)
    words = path.stem.split("_")
    if words[0] in SCREENS:
        return None
    names = [words[-1], *(folder.name for folder in path.parents)]
    return next((FLOORS[name] for name in names if name in FLOORS), None)


def below(reached: dict[str, float]) -> Iterator[str]:
    """A line for every file under its floor, the worst first."""
    for file, percent in sorted(reached.items(), key=lambda item: item[1]):
        least = floor(file)
        if least is not None and percent < least:
            yield f"{percent:6.1f} %  of {least:.0f} %  {file}"


def last_run() -> dict[str, float]:
    """Per cent of lines and branches reached, by file; what the rows of a complete run left is put together first."""
    coverage = Coverage()
    if parts := sorted(map(str, PARTS.glob(".coverage.*"))):
        coverage.combine(parts)
        coverage.save()
    else:
        coverage.load()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        coverage.json_report(outfile=str(report))
        files = json.loads(report.read_text(encoding="utf-8"))["files"]
    return {name: facts["summary"]["percent_covered"] for name, facts in files.items()}


def main() -> int:
    try:
        reached = last_run()
    except CoverageException as missing:
        print(f"No complete run to look at ({missing}); run bin/test without arguments first.")
        return 1
    lines = list(below(reached))
    print("\n".join(lines) or f"{len(reached)} files, none below its floor.")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())

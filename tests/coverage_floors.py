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

FLOORS = {"flow": 100.0, "rules": 100.0, "actions": 95.0, "queries": 95.0}
"""Lines and branches that tests must reach, by the role of a file; per cent."""


def floor(file: str) -> float | None:
    """The floor of a file, named by its own role or by the folder it lies in; None if it has none."""
    path = PurePosixPath(file)
    return FLOORS.get(path.stem, FLOORS.get(path.parent.name))


def below(reached: dict[str, float]) -> Iterator[str]:
    """A line for every file under its floor, the worst first."""
    for file, percent in sorted(reached.items(), key=lambda item: item[1]):
        least = floor(file)
        if least is not None and percent < least:
            yield f"{percent:6.1f} %  of {least:.0f} %  {file}"


def last_run() -> dict[str, float]:
    """Per cent of lines and branches reached, by file, from the stored data of the last run."""
    coverage = Coverage()
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

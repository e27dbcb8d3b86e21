"""A house of an earlier version comes up with this one: nothing is lost, and every clock agrees before and after.

    python -m tests.trials.upgrade [--before COMMIT]

Clones the repository at the earlier commit into a folder of its own, lets that version build its demo (SQLite), counts
and recomputes there, brings the same data up with the code of this checkout, and counts and recomputes again. Prints
one JSON object; exit code 1 if a count fell or a clock disagrees. Takes some minutes and needs the package index.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
BEFORE = "dff0f63"
"""The last version in which cases and whistles each had a mechanism of their own."""

COUNTED = {
    "cases": ("cases_case", "cases_case"),
    "moves": ("cases_casemove", "cases_casemove"),
    "deadlines": ("cases_deadline", "cases_deadline"),
    "escalations": ("cases_escalation", "cases_escalation"),
    "whistles": ("cases_whistle", "whistles_whistle"),
    "legs": ("cases_whistleleg", "whistles_whistleleg"),
    "lines": ("cases_whistleline", "whistles_whistleline"),
    "leg clocks": ("cases_legdeadline", "whistles_legdeadline"),
    "pictures": ("cases_whistlephoto", "whistles_whistlephoto"),
    "meetings": ("cases_jointmeeting", "whistles_jointmeeting"),
}
"""Tables by their name before and after."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", default=BEFORE)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="linli-upgrade-") as folder:
        old, home = Path(folder) / "old", Path(folder) / "home"
        _run(ROOT, "git", "clone", "--quiet", str(ROOT), str(old))
        _run(old, "git", "checkout", "--quiet", chosen.before)
        _run(old, "bash", "-c", "LINLI_TOOLS=run . bin/environment.sh")
        python = str(old / ".venv/bin/python")
        _run(old, python, "-m", "linli.config.first_start", home=home)
        before = _state(old, python, home, 0)
        began = time.monotonic()
        _run(ROOT, sys.executable, "-m", "linli.config.first_start", home=home)
        seconds = round(time.monotonic() - began, 1)
        after = _state(ROOT, sys.executable, home, 1)
    print(json.dumps({"before": before, "after": after, "upgrade_seconds": seconds}, indent=1))  # noqa: T201
    lost = [name for name in COUNTED if after["rows"][name] < before["rows"][name]]
    wrong = before["mismatches"] + after["mismatches"]
    return 1 if lost or wrong else 0


def _state(where: Path, python: str, home: Path, at: int) -> dict[str, Any]:
    tables = {name: pair[at] for name, pair in COUNTED.items()}
    words = json.dumps(tables)
    script = (
        "import django, json; django.setup()\n"
        "from django.db import connection\n"
        f"cursor, found = connection.cursor(), {{}}\n"
        f"for name, table in json.loads({words!r}).items():\n"
        "    cursor.execute(f'SELECT COUNT(*) FROM {table}')\n"
        "    found[name] = cursor.fetchone()[0]\n"
        "print(json.dumps(found))\n"
    )
    rows = json.loads(_run(where, python, "-c", script, home=home))
    command = ("-m", "linli.doors.terminal", "cases", "recompute", "--check", "--json")
    told = json.loads(_run(where, python, *command, home=home, may_fail=True))
    return {"rows": rows, "checked": told["checked"], "mismatches": told["mismatches"]}


def _run(where: Path, *command: str, home: Path | None = None, may_fail: bool = False) -> str:
    environment = {
        **os.environ,
        "PYTHONPATH": str(where),
        "DJANGO_SETTINGS_MODULE": "linli.config.settings",
        **({"LINLI_HOME": str(home)} if home else {}),
    }
    environment.pop("LINLI_DATABASE_URL", None)
    done = subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True)
    if done.returncode and not may_fail:
        sys.exit(f"{' '.join(command)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())

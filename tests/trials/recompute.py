"""python -m tests.trials.recompute [--cases 100000]

Makes so many cases with their timelines in an installation of its own (SQLite), by the demo's chronicle at the scale of
a big district, and runs `linli cases recompute --check` over them: every clock is told again from the timeline alone.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime

HOUSEHOLDS_PER_CASE = 0.36
"""4,000 households bring about 1,000 cases a month; a little more than are needed."""

MONTHS = 12


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.trials.recompute")
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--made", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.made:
        return _make(options.cases)
    with tempfile.TemporaryDirectory(prefix="linli-recompute-") as home:
        environment = {**os.environ, "LINLI_HOME": home, "LINLI_DATABASE_URL": ""}
        me = [
            sys.executable,
            "-m",
            "tests.trials.recompute",
            "--made",
            "--cases",
            str(options.cases),
        ]
        subprocess.run(me, env=environment, check=True)
        began = time.perf_counter()
        check = [
            sys.executable,
            "-m",
            "linli.doors.terminal",
            "cases",
            "recompute",
            "--check",
            "--json",
        ]
        done = subprocess.run(check, env=environment, stdout=subprocess.PIPE, check=False)
    found = json.loads(done.stdout)
    seconds = time.perf_counter() - began
    found["seconds"] = round(seconds, 1)
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    return 0 if found["matters"]["case"] >= options.cases and not found["mismatches"] else 1


def _make(cases: int) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.config.settings")
    import django

    django.setup()
    from dataclasses import replace

    from django.core.management import call_command

    from linli.cases.models import Case
    from linli.cases.seed import load_defaults
    from linli.demo.build import chronicle_of
    from linli.demo.geometry import make_town
    from linli.demo.ground import build_ground
    from linli.demo.history import store_week
    from linli.demo.presence import Plan

    call_command("migrate", verbosity=0)
    now = datetime.now(UTC)
    load_defaults(now=now)
    plan = Plan(now, 7, 4_000, MONTHS)
    build_ground(make_town(plan.seed), plan)
    chronicle = chronicle_of(replace(plan, households=round(cases * HOUSEHOLDS_PER_CASE)))
    for week in range(chronicle.weeks):
        store_week(chronicle, week)
        made = Case.objects.count()
        sys.stderr.write(f"week {week + 1}/{chronicle.weeks}: {made} cases\n")
        if made >= cases:
            break
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""python -m tests.bench [name …] [--list] [--quick] [--json]; exit code 2 for a name that is no bench."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import pkgutil
import platform
import sys
from functools import partial
from importlib import import_module

import django
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tests.bench import __path__ as folder
from tests.bench.harness import Bench, Line, measure

QUICK_ROUNDS = 1


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="bin/bench", description="Ratios measured side by side in one run."
    )
    parser.add_argument(
        "names", nargs="*", metavar="name", help="which benches; all if none is named"
    )
    parser.add_argument("--list", action="store_true", help="only say which there are")
    parser.add_argument(
        "--quick", action="store_true", help="one round of each, to see that it works"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument(
        "--cases", metavar="N,N", help="old cases in the databases of the benches that ask for them"
    )
    options = parser.parse_args()
    if options.cases:
        os.environ["LINLI_BENCH_CASES"] = options.cases  # read when the benches are imported
    django.setup()
    benches = every_bench()
    unknown = [name for name in options.names if name not in benches]
    if unknown:
        parser.error(f"no bench is called {', '.join(unknown)}; there are: {', '.join(benches)}")
    if options.list:
        print("\n".join(f"{name:<20} {bench.question}" for name, bench in benches.items()))
        return 0
    chosen = [benches[name] for name in options.names or benches]
    lines = run(chosen, quick=options.quick)
    print(as_json(lines)) if options.json else show(chosen, lines)
    return 0


def every_bench() -> dict[str, Bench]:
    """The benches of every file in this folder, by name."""
    subjects = [
        name for _, name, _ in pkgutil.iter_modules(folder) if name not in ("__main__", "harness")
    ]
    found = [bench for name in subjects for bench in import_module(f"tests.bench.{name}").BENCHES]
    return {bench.name: bench for bench in found}


def run(benches: list[Bench], *, quick: bool) -> list[Line]:
    rounds = {bench.name: QUICK_ROUNDS if quick else bench.rounds for bench in benches}
    lines: list[Line] = []
    with Progress(console=Console(stderr=True), transient=True) as progress:
        for bench in benches:
            task = progress.add_task(bench.name, total=rounds[bench.name] * len(bench.sides))
            lines += measure(
                bench, rounds=rounds[bench.name], after_round=partial(progress.advance, task)
            )
    return lines


def as_json(lines: list[Line]) -> str:
    machine = {"system": platform.platform(), "python": platform.python_version()}
    return json.dumps({"machine": machine, "lines": [dataclasses.asdict(line) for line in lines]})


def show(benches: list[Bench], lines: list[Line]) -> None:
    console = Console()
    for bench in benches:
        table = Table(title=f"{bench.name}: {bench.question}", title_justify="left")
        for heading in ("figure", "side", "median", "range", "ratio"):
            table.add_column(heading, justify="left" if heading in ("figure", "side") else "right")
        for line in lines:
            if line.bench == bench.name:
                spread = f"{line.least:.4g}–{line.most:.4g}"
                table.add_row(
                    line.figure, line.side, f"{line.median:.4g}", spread, f"{line.ratio:.2f}"
                )
        console.print(table)


if __name__ == "__main__":
    sys.exit(main())

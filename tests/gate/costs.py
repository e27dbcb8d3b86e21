"""What the tests of each module may cost, on both engines and in the browser together.

The figures are seconds of CPU on the machine whose yardstick is `YARDSTICK_MS`; on a slower or busier one they
stretch with it. Whoever outgrows a budget first looks at the slowest tests, which the gate prints.
"""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

BUDGETS: dict[str, float] = {
    "linli/kernel": 10,
    "linli/kernel/access": 15,
    "linli/kernel/calendar": 10,
    "linli/kernel/files": 12,
    "linli/kernel/matters": 30,
    "linli/kernel/people": 10,
    "linli/kernel/places": 12,
    "linli/kernel/upkeep": 45,
    "linli/cases": 190,
    "linli/whistles": 60,
    "linli/inspections": 15,
    "linli/hotline": 25,
    "linli/insight": 135,
    "linli/demo": 50,
    "linli/doors/hotline": 12,
    "linli/doors/open311": 45,
    "linli/doors/reports": 10,
    "linli/doors/terminal": 18,
    "linli/screens/board": 5,
    "linli/screens/console": 265,
    "linli/screens/field": 20,
    "linli/screens/resident": 10,
    "linli/screens/shared": 13,
    "linli/config": 12,
    "tests": 490,
    "tests/architecture": 20,
    "tests/browser": 165,
}
"""Seconds of CPU by folder; a test belongs to the longest folder that holds it. About half as much again as the tests
took when this was written, and together half of what two cores do in `WALL_MINUTES`."""

WALL_MINUTES = 25
"""The whole gate, on two cores."""

SLOWEST = 20
"""How many tests are named at the end."""

YARDSTICK_MS = 14.0
"""What `yardstick` takes on the machine of the budgets; milliseconds of CPU."""


def module_of(test: str) -> str:
    """The folder of `BUDGETS` whose purse pays for a test or a test file; "" if there is none."""
    return max((folder for folder in BUDGETS if test.startswith(f"{folder}/")), key=len, default="")


def read(folder: Path) -> dict[str, float]:
    """Seconds of CPU by test, summed over the rows that ran it."""
    costs: defaultdict[str, float] = defaultdict(float)
    for file in sorted(folder.glob("*.costs.json")):
        for test, seconds in json.loads(file.read_text(encoding="utf-8")).items():
            costs[test] += seconds
    return costs


def by_module(costs: Mapping[str, float]) -> dict[str, float]:
    found: defaultdict[str, float] = defaultdict(float)
    for test, seconds in costs.items():
        found[module_of(test)] += seconds
    return found


def over(spent: Mapping[str, float], *, stretch: float) -> Iterator[str]:
    """A sentence for every module that is over its budget."""
    for module, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        budget = BUDGETS.get(module, 0.0) * stretch
        if seconds > budget:
            yield f"{module or 'tests outside every module'}: {seconds:.0f} s of {budget:.0f} s"


def table(spent: Mapping[str, float], *, stretch: float) -> Iterator[str]:
    yield f"{'Seconds of CPU by module':32}{'spent':>8}{'budget':>8}"
    for module, budget in BUDGETS.items():
        yield f"{module:32}{spent.get(module, 0.0):8.1f}{budget * stretch:8.0f}"
    yield f"{'together':32}{sum(spent.values()):8.1f}{sum(BUDGETS.values()) * stretch:8.0f}"


def slowest(costs: Mapping[str, float]) -> Iterator[str]:
    yield f"The {SLOWEST} slowest tests, seconds of CPU on all engines"
    for test, seconds in sorted(costs.items(), key=lambda item: -item[1])[:SLOWEST]:
        yield f"{seconds:8.1f}  {test}"


def yardstick() -> float:
    """Milliseconds of CPU for a fixed piece of Python: how fast this machine is just now."""
    began = time.process_time()
    words = Counter(str(number * number)[-3:] for number in range(100_000))
    assert words, "there was something to count"
    return (time.process_time() - began) * 1000


def stretch(measured: list[float]) -> float:
    """How much longer everything takes here than on the machine of the budgets; at least 1."""
    return max(1.0, sorted(measured)[len(measured) // 2] / YARDSTICK_MS) if measured else 1.0

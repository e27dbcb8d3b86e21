"""The list: what a change must pass, each promise in exactly one row."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tests.gate.costs import BUDGETS, module_of
from tests.gate.running import Row

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path(sys.executable).parent
FOLDER = ROOT / ".gate"
"""Where the rows leave what they printed and measured; kept until the next run."""

SHARES = 2
"""Into how many rows the tests of one engine are divided, so that no core idles at the end."""

ARCHITECTURE = "tests/architecture"
NOT_HERE = "not browser and not accessibility and not exhaustive"
WITH_BROWSER = (
    f'ROOT="{ROOT}" PYTHON="{sys.executable}"; . bin/browser.sh; exec "$PYTHON" -m pytest -q "$@"'
)
"""Gets a Chromium first, while other rows run."""


def rows(home: str, *, tools: bool, tests: bool, engine: str | None = None) -> list[Row]:
    """What is to run; `home` is a folder for their data, thrown away later, `engine` chooses the tests of one."""
    found = [*(_tools() if tools else ()), *(_tests(engine) if tests else ())]
    if tools or engine != "postgres":
        found.append(_architecture())
    covering = tuple(row.name for row in found if "COVERAGE_FILE" in row.environment)
    if tools or covering:
        found.append(Row("coverage", _module("tests.coverage_floors"), 5, after=covering))
    return [
        replace(row, environment={"LINLI_HOME": f"{home}/{row.name}", **row.environment})
        for row in found
    ]


def _tools() -> Iterator[Row]:
    """What is said about the text of the project."""
    style = ("--quiet", "--output-format", "concise", ".")
    yield Row("format", _module("ruff", "format", "--check", *style), 1)
    yield Row("lint", _module("ruff", "check", *style), 1)
    yield Row("templates", (str(TOOLS / "djangofmt"), "--quiet", "--check", "linli"), 1)
    yield Row("types", _module("mypy"), 90)
    yield Row("settings", _module("django", "check"), 3)
    yield Row("migrations", _module("django", "makemigrations", "--check", "--dry-run"), 4)
    yield Row("lock", _module("tests.gate.lock"), 1)


def _architecture() -> Row:
    """Tests, but of the text, so they belong to the tools too; the import contracts are one of them."""
    command = _module("pytest", "-q", ARCHITECTURE)
    return Row("architecture", command, BUDGETS[ARCHITECTURE], _measured("architecture"))


def _tests(engine: str | None) -> Iterator[Row]:
    """Every test, on each engine on which it says something."""
    if engine != "sqlite":
        yield from _shares("postgres")
    if engine != "postgres":
        yield from _shares("sqlite")
        yield from _once()


def files_of_tests() -> list[str]:
    """Every file of tests, by its place in the project."""
    every = (file for folder in ("linli", "tests") for file in (ROOT / folder).rglob("test_*.py"))
    return sorted(str(file.relative_to(ROOT)) for file in every)


def divided(files: list[str], count: int) -> list[list[str]]:
    """The files in `count` shares of about the same cost; a module stays whole: its tests share fixtures."""
    modules: dict[str, list[str]] = {}
    for file in files:
        modules.setdefault(module_of(file), []).append(file)
    shares: list[list[str]] = [[] for _ in range(count)]
    for module in sorted(modules, key=lambda name: -BUDGETS.get(name, 0.0)):
        min(shares, key=cost_of).extend(modules[module])
    return [share for share in shares if share]


def cost_of(files: list[str]) -> float:
    """The budgets of the modules these files belong to; seconds of CPU."""
    return sum(BUDGETS.get(module, 0.0) for module in {module_of(file) for file in files})


def _shares(engine: str) -> Iterator[Row]:
    """The tests of one engine: on SQLite all of them, and what they reach; on PostgreSQL those that use it."""
    files = [file for file in files_of_tests() if not file.startswith(ARCHITECTURE)]
    wanted = NOT_HERE if engine == "sqlite" else f"database and {NOT_HERE}"
    for number, share in enumerate(divided(files, SHARES), start=1):
        name = f"{engine}-{number}"
        command = _module("pytest", "-q", "-m", wanted, *share)
        if engine == "sqlite":
            yield _covering(name, command, cost_of(share) / 2)
        else:
            on_postgres = (*_module("tests.private_postgres"), *command)
            yield Row(name, on_postgres, cost_of(share) / 2, _measured(name))


def _covering(name: str, command: tuple[str, ...], cost: float) -> Row:
    """A row that also writes down which lines and branches it reached."""
    environment = {**_measured(name), "COVERAGE_FILE": str(FOLDER / f".coverage.{name}")}
    return Row(name, (*command, "--cov", "--cov-report="), cost, environment)


def _once() -> Iterator[Row]:
    """What would say nothing more on a second engine."""
    walks = _module("pytest", "-q", "-m", "exhaustive")
    yield _covering("walks", walks, BUDGETS["tests"])
    command = ("bash", "-c", WITH_BROWSER, "bash", "-m", "browser or accessibility")
    yield Row("browser", command, BUDGETS["tests/browser"], _measured("browser"))


def _measured(name: str) -> dict[str, str]:
    return {"LINLI_COSTS": str(FOLDER / f"{name}.costs.json")}


def _module(name: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", name, *arguments)

"""The gate runs everything once, side by side, and knows what it costs."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.gate import costs
from tests.gate.changed import near
from tests.gate.rows import ARCHITECTURE, divided, files_of_tests, rows
from tests.gate.running import Row, log_of, run

GIVE_UP = "import os, signal; signal.alarm(60); "
"""A row that waits in vain fails instead of holding the run up."""


def row(name: str, code: str, *, cost: float = 1, after: tuple[str, ...] = ()) -> Row:
    return Row(name, (sys.executable, "-c", GIVE_UP + code), cost, after=after)


def quiet(_: str) -> None:
    pass


def test_two_rows_run_at_the_same_time(tmp_path: Path) -> None:
    meeting = tmp_path / "meeting"
    os.mkfifo(meeting)

    results = run(
        [
            row("speaks", f"open({str(meeting)!r}, 'w').write('hello')"),
            row("listens", f"print(open({str(meeting)!r}).read())"),
        ],
        cores=2,
        folder=tmp_path,
        say=quiet,
    )

    assert [one.code for one in results] == [0, 0]
    assert log_of(results[1].row, tmp_path).read_text() == "hello\n"


def test_a_failure_stops_nothing_and_is_told(tmp_path: Path) -> None:
    told: list[str] = []

    results = run(
        [row("breaks", "exit(3)", cost=2), row("holds", "print(os.read(0, 1))")],
        cores=1,
        folder=tmp_path,
        say=told.append,
    )

    assert [(one.row.name, one.code) for one in results] == [("breaks", 3), ("holds", 0)]
    assert log_of(results[1].row, tmp_path).read_text() == "b''\n", "nobody is asked anything"
    assert [line.split(",")[0].split() for line in told] == [["FAILED", "breaks"], ["ok", "holds"]]


def test_the_dearest_row_begins_but_not_before_what_it_waits_for(tmp_path: Path) -> None:
    told: list[str] = []

    run(
        [
            row("last", "", cost=9, after=("cheap",)),
            row("cheap", "", cost=1),
            row("dear", "", cost=5),
        ],
        cores=1,
        folder=tmp_path,
        say=told.append,
    )

    assert [line.split(",")[0].split()[1] for line in told] == ["dear", "cheap", "last"]


def test_each_file_of_tests_is_run_once_on_each_engine() -> None:
    every = rows("/nowhere", tools=True, tests=True)

    for engine in ("sqlite", "postgres"):
        named = Counter(
            part
            for one in every
            if one.name.startswith(engine)
            for part in one.command
            if part.endswith(".py")
        )
        expected = [file for file in files_of_tests() if not file.startswith(ARCHITECTURE)]
        assert named == Counter(expected)
    assert [one.name for one in every if ARCHITECTURE in one.command] == ["architecture"]
    assert len({one.name for one in every}) == len(every)


def test_no_test_runs_because_of_its_marker_in_no_row() -> None:
    wanted = [
        one.command[-one.command[::-1].index("-m")]
        for one in rows("/nowhere", tools=False, tests=True)
        if "pytest" in " ".join(one.command) and one.name not in ("architecture", "coverage")
    ]

    assert sorted(set(wanted)) == [
        "browser or accessibility",
        "database and not browser and not accessibility and not exhaustive",
        "exhaustive",
        "not browser and not accessibility and not exhaustive",
    ]


def test_a_change_without_tests_asks_for_tools_only() -> None:
    named = [one.name for one in rows("/nowhere", tools=True, tests=False)]

    assert "types" in named
    assert "coverage" in named
    assert not [name for name in named if name.startswith(("sqlite", "postgres", "browser"))]


def test_shares_cost_about_the_same_and_a_module_stays_whole() -> None:
    first, second = divided(files_of_tests(), 2)

    assert {costs.module_of(file) for file in first}.isdisjoint(map(costs.module_of, second))
    assert sorted([*first, *second]) == files_of_tests()


def test_every_test_has_a_module_that_pays_for_it() -> None:
    assert [file for file in files_of_tests() if not costs.module_of(file)] == []
    assert (
        costs.module_of("linli/kernel/access/tests/test_rules.py::test_x") == "linli/kernel/access"
    )
    assert costs.module_of("linli/kernel/audit/tests/test_rules.py") == "linli/kernel"
    assert costs.module_of("elsewhere/test_rules.py") == ""


def test_every_budget_is_for_tests_that_exist() -> None:
    assert set(costs.BUDGETS) == {costs.module_of(file) for file in files_of_tests()}


def test_all_budgets_together_fit_into_the_time_of_the_gate() -> None:
    cores = 2

    assert sum(costs.BUDGETS.values()) <= cores * costs.WALL_MINUTES * 60


def test_what_a_test_costs_is_summed_over_the_rows_that_ran_it(tmp_path: Path) -> None:
    test = "linli/cases/tests/test_flow.py::test_x"
    for name, seconds in (("sqlite-1", 1.5), ("postgres-1", 2.0)):
        (tmp_path / f"{name}.costs.json").write_text(json.dumps({test: seconds}))

    spent = costs.read(tmp_path)

    assert spent == {test: 3.5}
    assert costs.by_module(spent) == {"linli/cases": 3.5}
    assert list(costs.slowest(spent))[1:] == [f"     3.5  {test}"]


def test_a_module_over_its_budget_is_named_and_a_slow_machine_is_no_excuse_for_more() -> None:
    budget = costs.BUDGETS["linli/cases"]

    assert list(costs.over({"linli/cases": budget}, stretch=1.0)) == []
    assert list(costs.over({"linli/cases": budget * 2}, stretch=2.0)) == []
    assert list(costs.over({"linli/cases": budget * 2.1, "": 0.6}, stretch=2.0)) == [
        f"linli/cases: {budget * 2.1:.0f} s of {budget * 2:.0f} s",
        "tests outside every module: 1 s of 0 s",
    ]


@pytest.mark.parametrize(
    ("factors", "expected"), [([], 1.0), ([0.5], 1.0), ([1, 3, 9], 3.0), ([1.0, 1.0, 4.0], 1.0)]
)
def test_the_budgets_stretch_with_the_middle_yardstick_and_never_shrink(
    factors: list[float], expected: float
) -> None:
    laid = [factor * costs.YARDSTICK_MS for factor in factors]

    assert costs.stretch(laid) == pytest.approx(expected)


def test_near_a_file_are_the_tests_beside_it_and_those_that_import_it() -> None:
    found = near(["linli/hotline/signing.py"])

    assert "linli/hotline/tests/test_telling.py" in found
    assert "linli/doors/hotline/tests/test_pushing.py" in found, "it imports the signing"
    assert "linli/kernel/calendar/tests/test_rules.py" not in found


def test_near_a_template_are_the_tests_of_its_package() -> None:
    found = near(["linli/screens/field/templates/field/case.html", "README.md"])

    assert found
    assert {file.rsplit("/", 2)[0] for file in found} == {"linli/screens/field"}


def test_a_file_of_tests_that_differs_brings_nobody_else() -> None:
    file = "linli/hotline/tests/test_telling.py"

    assert near([file]) == [file]


def test_no_file_of_tests_has_a_space_in_its_name() -> None:
    assert [file for file in files_of_tests() if " " in file] == []

from __future__ import annotations

import pytest

from tests.architecture.source import ROOT
from tests.coverage_floors import SHORT, below, floor


def test_a_rule_that_is_not_fully_reached_is_named_worst_first() -> None:
    reached = {
        "linli/cases/rules.py": 99.9,
        "linli/cases/actions/closing.py": 80.0,
        "linli/cases/queries.py": 95.0,
        "linli/cases/models.py": 10.0,
    }

    assert [line.split()[-1] for line in below(reached)] == [
        "linli/cases/actions/closing.py",
        "linli/cases/rules.py",
    ]


@pytest.mark.parametrize(
    ("file", "least"),
    [
        ("linli/cases/whistle_flow.py", 100),
        ("linli/cases/dispatch_rules.py", 100),
        ("linli/cases/rules/weights.py", 100),
        ("linli/cases/clocks.py", 95),
        ("linli/cases/parts.py", 95),
        ("linli/cases/roster.py", 95),
        ("linli/cases/replaying.py", 95),
        ("linli/cases/actions/legs/answering.py", 95),
        ("linli/cases/models.py", None),
        ("linli/cases/workflow.py", None),
        ("linli/screens/console/views_rules.py", None),
    ],
)
def test_the_last_word_of_a_name_says_how_much_must_be_reached(
    file: str, least: float | None
) -> None:
    assert file in SHORT or floor(file) == least


def test_a_file_that_falls_short_exists_has_a_reason_and_is_below_its_floor() -> None:
    for file, (reached, reason) in SHORT.items():
        assert (ROOT / file).exists(), file
        assert len(reason) > 20, file
        assert reached < 100, file

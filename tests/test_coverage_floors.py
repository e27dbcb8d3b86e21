from __future__ import annotations

from tests.coverage_floors import below


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

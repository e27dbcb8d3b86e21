"""The walk over days against the walk over minutes."""

from typing import Any

import pytest

from linli.kernel.calendar import rules, verify
from linli.kernel.calendar.rules import Due, due_at
from linli.kernel.calendar.verify import verify_against_minute_walk


def test_thousands_of_random_cases_agree_with_the_minute_walk() -> None:
    # bin/linli due --verify 100000 runs the same with more cases.
    assert verify_against_minute_walk(6_000, seed=20_260_301) == []


def test_a_wrong_rule_is_found_and_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def one_minute_late(*args: Any, **kwargs: Any) -> Due:
        right = due_at(*args, **kwargs)
        return Due(right.at + rules._MINUTE, right.trace)

    monkeypatch.setattr(verify, "due_at", one_minute_late)

    mismatches = verify_against_minute_walk(50, seed=1)

    assert len(mismatches) > 40
    assert "expected 20" in str(mismatches[0])


def test_the_same_seed_makes_the_same_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "_found", lambda *case: None)

    first, again = verify_against_minute_walk(30, seed=5), verify_against_minute_walk(30, seed=5)
    other = verify_against_minute_walk(30, seed=6)

    assert [str(found) for found in first] == [str(found) for found in again]
    assert [str(found) for found in first] != [str(found) for found in other]

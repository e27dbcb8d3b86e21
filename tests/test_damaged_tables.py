"""Every importer keeps its promise on a few damaged files; `tests.trials.damaged_tables` tries five hundred of each."""

from __future__ import annotations

import re

import pytest

from linli.kernel.tables.texts import SEPARATORS
from tests.trials.damaged_files import Damaged, damaged_file
from tests.trials.damaged_tables import FORMS, Told, faults_of, trial
from tests.world import World

SEEDS = range(6)


@pytest.mark.parametrize("importer", FORMS)
def test_no_row_of_a_damaged_file_is_lost(world: World, importer: str) -> None:
    outcomes = []
    for seed in SEEDS:
        file, outcome, wrong = trial(importer, seed, world)
        assert wrong == [], (seed, file.what)
        outcomes.append(outcome)
    assert "read" in outcomes


def test_the_same_seed_makes_the_same_text() -> None:
    files = [damaged_file(FORMS["reports"], seed) for seed in range(30)]
    again = [damaged_file(FORMS["reports"], seed) for seed in range(30)]
    texts = [(one, two) for one, two in zip(files, again, strict=True) if one.name.endswith("csv")]
    assert texts
    assert all(one.content == two.content for one, two in texts)
    assert {mark for one in files for mark in one.what} & set(map(repr, SEPARATORS))


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (Told({2, 3}, set(), 2, 2, {"H1"}, {""}), ""),
        (Told({2, 3}, set(), 2, 1, set(), set()), "read 2, accounted for 1"),
        (Told({2}, set(), 2, 2, set(), set()), r"rows of lines \[3\]"),
        (Told({2, 3}, set(), 1, 1, set(), set()), "2 rows in the file, 1 read"),
        (Told({2, 3}, set(), 2, 2, {"250912101101081540"}, set()), "keys that were in no cell"),
        (Told({2, 3}, set(), 2, 2, set(), {"19910"}), "telephones that were in no cell"),
    ],
)
def test_a_broken_promise_is_seen(told: Told, words: str) -> None:
    wrong = faults_of(Damaged("a.csv", b"", {2, 3}, {"H1"}), told)
    assert len(wrong) == bool(words)
    assert re.match(words, " ".join(wrong))

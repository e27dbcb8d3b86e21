import numpy as np
import pytest

from linli.cases.classifier.corpus import Corpus
from linli.cases.classifier.errors import TooFewExamples
from linli.cases.classifier.evaluate import (
    accuracy_at,
    calibration_error,
    cross_validate,
    evaluate_on,
    figures_of,
)
from linli.cases.classifier.features import Message
from linli.cases.classifier.tests.letters import LABELS, MESSAGES
from linli.cases.classifier.training import Outcome, fit

LETTERS = Corpus(tuple(MESSAGES), tuple(LABELS))


def outcome(truth: str, suggested: str, probability: list[float]) -> Outcome:
    return Outcome(tuple(truth), tuple(suggested), np.array(probability))


def test_the_figures_of_five_suggestions_are_what_a_pencil_gives() -> None:
    figures = figures_of(outcome("AAABB", "AABBB", [0.9, 0.8, 0.6, 0.95, 0.7]))

    assert figures["accuracy"] == 0.8
    assert figures["per_class"]["A"] == {
        "precision": 1.0,
        "recall": 0.6667,
        "f1": 0.8,
        "messages": 3,
    }
    assert figures["per_class"]["B"]["f1"] == 0.8
    assert figures["macro_f1"] == 0.8
    assert figures["accuracy_at_80"] == 1.0
    assert figures["messages"] == 5


def test_the_calibration_error_is_the_weighted_gap_of_each_bin() -> None:
    # 0.90 and 0.92 fall into [13/15, 14/15): half right, said 0.91. 0.50 falls into [7/15, 8/15): right, said 0.5.
    error = calibration_error(outcome("AAA", "ABA", [0.90, 0.92, 0.50]))

    assert error == pytest.approx(2 / 3 * 0.41 + 1 / 3 * 0.5)


def test_a_probability_of_one_belongs_to_the_last_bin() -> None:
    assert calibration_error(outcome("AB", "AB", [1.0, 1.0])) == 0


def test_accuracy_at_a_share_looks_at_the_most_confident_only() -> None:
    result = outcome("AAAA", "ABAB", [0.9, 0.2, 0.8, 0.7])

    assert accuracy_at(result, 0.5) == 1.0
    assert accuracy_at(result, 0.75) == pytest.approx(2 / 3)
    assert accuracy_at(result, 0.01) == 1.0


def test_no_suggestion_above_the_threshold_has_no_accuracy() -> None:
    figures = figures_of(outcome("AB", "AB", [0.4, 0.4]))

    assert (figures["coverage_when_sure"], figures["accuracy_when_sure"]) == (0.0, None)


def test_cross_validation_counts_every_letter_once_and_says_how_much_the_deals_differ() -> None:
    answer = cross_validate(LETTERS, folds=3, repeats=2)

    assert answer["messages"] == 18
    assert {label: each["messages"] for label, each in answer["per_class"].items()} == {
        "市政": 6,
        "教育": 6,
        "环卫": 6,
    }
    assert set(answer["spread"]) == {"macro_f1", "accuracy", "ece", "accuracy_at_80"}
    assert (answer["folds"], answer["repeats"], answer["near_duplicates"]) == (3, 2, 0)
    assert answer["accuracy"] > 0.5


def test_cross_validation_refuses_more_folds_than_a_class_has_letters() -> None:
    with pytest.raises(TooFewExamples, match="不足 7 条，无法做 7 折") as refused:
        cross_validate(LETTERS, folds=7, repeats=1)

    assert refused.value.field == "folds"


def test_a_test_letter_that_repeats_a_training_letter_is_counted_and_taken_out() -> None:
    model = fit(MESSAGES, LABELS)
    wrong_on_purpose = Message("", "路灯坏了，垃圾桶满了，学校远。")
    test = Corpus((MESSAGES[0], wrong_on_purpose), ("市政", "从未教过"))

    answer = evaluate_on(model, LETTERS, test)

    assert answer["near_duplicates_of_training"] == 1
    assert answer["accuracy"] == 0.5
    assert answer["without_near_duplicates"]["accuracy"] == 0.0
    assert answer["labels_never_trained"] == ["从未教过"]
    assert answer["seconds_per_message"] > 0

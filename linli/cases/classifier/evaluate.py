"""How good is the classifier? Measured on messages it has not seen, nor anything nearly the same.

- macro-F1: the mean over the classes of 2·precision·recall / (precision + recall); a class that occurs neither as truth
  nor as suggestion does not count.
- expected calibration error (Naeini et al. 2015): the top probabilities in `ECE_BINS` bins of equal width over 0–1; the
  difference between share right and mean probability in each, weighted by its share of the messages.
- accuracy at 80: the share right among the 80 % of the messages with the highest top probability.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from statistics import fmean, pstdev
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_fscore_support

from linli.cases.classifier.alike import alike_groups
from linli.cases.classifier.corpus import Corpus
from linli.cases.classifier.errors import TooFewExamples
from linli.cases.classifier.features import Message
from linli.cases.classifier.learning import stratified_folds
from linli.cases.classifier.model import SURE_FROM, MessageClassifier
from linli.cases.classifier.training import Outcome, fit, outcome_of

ECE_BINS = 15
"""Bins of the calibration error; 10–20 is usual. More bins measure the noise of small ones."""

COVERED = 0.8
"""Share of the messages kept for accuracy at 80."""

TIMED_MESSAGES = 200
"""Messages predicted one by one to time them; 50–1,000. The mean is steady from about 100 on."""

SPREAD_OF = ("macro_f1", "accuracy", "ece", "accuracy_at_80")
MEANS_OF = (*SPREAD_OF, "coverage_when_sure", "accuracy_when_sure")

Advance = Callable[[int], None]
"""Told how many repeats are done."""


def figures_of(outcome: Outcome) -> dict[str, Any]:
    """The figures of one outcome, rounded to four places; `per_class` has one entry a label."""
    labels = sorted({*outcome.truth, *outcome.suggested})
    columns = precision_recall_fscore_support(
        outcome.truth, outcome.suggested, labels=labels, zero_division=0
    )
    per_class = {
        label: {
            "precision": round(float(precision), 4),
            "recall": round(float(recall), 4),
            "f1": round(float(f1), 4),
            "messages": int(support),
        }
        for label, precision, recall, f1, support in zip(labels, *columns, strict=True)
    }
    sure = outcome.probability >= SURE_FROM
    return {
        "macro_f1": round(float(np.mean(columns[2])), 4),
        "accuracy": round(float(outcome.right.mean()), 4),
        "ece": round(calibration_error(outcome), 4),
        "ece_method": f"{ECE_BINS} equal-width bins on the top probability",
        "accuracy_at_80": round(accuracy_at(outcome, COVERED), 4),
        "sure_from": SURE_FROM,
        "coverage_when_sure": round(float(sure.mean()), 4),
        "accuracy_when_sure": round(float(outcome.right[sure].mean()), 4) if sure.any() else None,
        "messages": len(outcome.truth),
        "per_class": per_class,
    }


def calibration_error(outcome: Outcome) -> float:
    """Expected calibration error, 0–1."""
    bins = np.minimum((outcome.probability * ECE_BINS).astype(int), ECE_BINS - 1)
    gaps = (
        (bins == each).mean()
        * abs(outcome.right[bins == each].mean() - outcome.probability[bins == each].mean())
        for each in np.unique(bins)
    )
    return float(sum(gaps))


def accuracy_at(outcome: Outcome, share: float) -> float:
    """Accuracy among the most confident `share` (0–1) of the messages, at least one."""
    kept = max(1, round(share * len(outcome.truth)))
    order = np.argsort(-outcome.probability, kind="stable")
    return float(outcome.right[order[:kept]].mean())


def evaluate_on(model: MessageClassifier, train: Corpus, test: Corpus) -> dict[str, Any]:
    """Figures on held-out messages, also without those that nearly repeat a training message."""
    outcome = _try(model, test)
    repeated = _repeats(train, test)
    answer = figures_of(outcome) | {"near_duplicates_of_training": int(repeated.sum())}
    if repeated.any() and not repeated.all():
        fresh = figures_of(_part(outcome, ~repeated))
        answer["without_near_duplicates"] = {name: fresh[name] for name in SPREAD_OF}
    unknown = sorted(set(test.labels) - set(model.labels))
    return answer | {
        "labels_never_trained": unknown,
        "seconds_per_message": seconds_per_message(model, test.messages),
    }


def cross_validate(
    corpus: Corpus, *, folds: int, repeats: int, advance: Advance = lambda done: None
) -> dict[str, Any]:
    """Mean figures of `repeats` stratified cross-validations; near-duplicates always share a fold.

    Every repeat deals the messages anew and gives one suggestion per message; `spread` is the standard deviation over
    the repeats, `per_class` is of the first repeat.

    Raises:
        TooFewExamples: a label has fewer messages than there are folds.
    """
    _check_enough(corpus.labels, folds)
    groups = alike_groups(corpus.messages)
    rounds: list[dict[str, Any]] = []
    seconds: list[float] = []
    for repeat in range(repeats):
        outcome, times = _held_back_outcome(corpus, groups, folds=folds, seed=repeat)
        rounds.append(figures_of(outcome))
        seconds.extend(times)
        advance(repeat + 1)
    return (
        rounds[0]
        | {name: round(fmean(each[name] for each in rounds), 4) for name in MEANS_OF}
        | {
            "spread": {name: round(pstdev(each[name] for each in rounds), 4) for name in SPREAD_OF},
            "folds": folds,
            "repeats": repeats,
            "near_duplicates": len(groups) - len(np.unique(groups)),
            "seconds_per_message": round(fmean(seconds), 5),
        }
    )


def seconds_per_message(model: MessageClassifier, messages: Sequence[Message]) -> float:
    """Mean wall time of one suggestion with its reason, predicted one by one; seconds."""
    step = max(1, len(messages) // TIMED_MESSAGES)
    timed = messages[::step][:TIMED_MESSAGES]
    began = time.perf_counter()
    for message in timed:
        model.predict(title=message.title, body=message.body)
    return round((time.perf_counter() - began) / len(timed), 5)


def _held_back_outcome(
    corpus: Corpus, groups: NDArray[np.intp], *, folds: int, seed: int
) -> tuple[Outcome, list[float]]:
    targets = np.unique(corpus.labels, return_inverse=True)[1].astype(np.intp)
    suggested = [""] * len(targets)
    probability = np.zeros(len(targets))
    seconds: list[float] = []
    for taught, held_back in stratified_folds(targets, groups, folds=folds, seed=seed):
        taught_rows = _rows(corpus, taught)
        model = fit(taught_rows.messages, taught_rows.labels)
        test = _rows(corpus, held_back)
        part = _try(model, test)
        for place, row in enumerate(held_back):
            suggested[row] = part.suggested[place]
        probability[held_back] = part.probability
        seconds.append(seconds_per_message(model, test.messages))
    assert all(suggested), "every message is held back exactly once"
    return Outcome(corpus.labels, tuple(suggested), probability), seconds


def _try(model: MessageClassifier, test: Corpus) -> Outcome:
    return outcome_of(test.labels, model.labels, model.probabilities(test.messages))


def _repeats(train: Corpus, test: Corpus) -> NDArray[np.bool_]:
    groups = alike_groups((*train.messages, *test.messages))
    return np.isin(groups[len(train.messages) :], groups[: len(train.messages)])


def _rows(corpus: Corpus, index: NDArray[np.intp]) -> Corpus:
    return Corpus(
        tuple(corpus.messages[row] for row in index), tuple(corpus.labels[row] for row in index)
    )


def _part(outcome: Outcome, chosen: NDArray[np.bool_]) -> Outcome:
    rows = np.flatnonzero(chosen)
    return Outcome(
        tuple(outcome.truth[row] for row in rows),
        tuple(outcome.suggested[row] for row in rows),
        outcome.probability[rows],
    )


def _check_enough(labels: Sequence[str], folds: int) -> None:
    rare = sorted(label for label, count in Counter(labels).items() if count < max(folds, 3))
    if rare:
        raise TooFewExamples(
            f"类别“{'”“'.join(rare)}”的来件不足 {max(folds, 3)} 条，无法做 {folds} 折交叉验证；"
            "请减少折数、补充来件或并入相近的类别。",
            field="folds",
        )

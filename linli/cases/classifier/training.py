"""From labelled messages to a classifier, with an estimate of how good it is.

model = fit(messages, labels)
model, outcome = fit_and_try(messages, labels)
outcome.right.mean()        0.88: the share of held-back messages whose label was suggested
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linli.cases.classifier.alike import alike_groups
from linli.cases.classifier.errors import TooFewExamples
from linli.cases.classifier.features import Message, Themes, shipped_themes, tally
from linli.cases.classifier.learning import calibrate, held_back_scores, learn_weights
from linli.cases.classifier.model import MessageClassifier

MIN_EXAMPLES = 2
"""Messages a label must have; one is taught, one is held back to learn how sure to be. Five begin to be useful."""


@dataclass(frozen=True)
class Outcome:
    """What was suggested for messages whose label is known: truth[i], suggested[i] and its probability[i]."""

    truth: tuple[str, ...]
    suggested: tuple[str, ...]
    probability: NDArray[np.float64]

    @property
    def right(self) -> NDArray[np.bool_]:
        pairs = zip(self.truth, self.suggested, strict=True)
        return np.array([truth == suggested for truth, suggested in pairs])


def outcome_of(truth: Sequence[str], names: Sequence[str], chances: NDArray[np.float64]) -> Outcome:
    """The top of each row of `chances` (n × names) beside the true label."""
    suggested = tuple(names[best] for best in chances.argmax(axis=1))
    return Outcome(tuple(truth), suggested, chances.max(axis=1))


def fit(
    messages: Sequence[Message],
    labels: Sequence[str],
    *,
    themes: Themes | None = None,
) -> MessageClassifier:
    """Learn from labelled messages; the same input gives the same model.

    Raises:
        TooFewExamples: fewer than two labels, or a label with fewer than `MIN_EXAMPLES` messages.
    """
    return fit_and_try(messages, labels, themes=themes)[0]


def fit_and_try(
    messages: Sequence[Message],
    labels: Sequence[str],
    *,
    themes: Themes | None = None,
) -> tuple[MessageClassifier, Outcome]:
    """`fit`, and what models without a message suggested for it: an estimate at no extra cost.

    A little pessimistic, as those models knew less, and a little kind to the calibration error, as the calibration
    was chosen on the same scores; `evaluate.cross_validate` is neither.
    """
    names = _checked(labels)
    themes = themes or shipped_themes()
    counted = tally(messages, themes)
    targets = np.array([names.index(label) for label in labels], dtype=np.intp)
    groups = alike_groups(messages)
    scores = held_back_scores(counted, targets, len(names), themes, groups)
    calibration = calibrate(scores, targets)
    weights = learn_weights(counted, targets, len(names), themes)
    outcome = outcome_of(labels, names, calibration.probabilities(scores))
    return MessageClassifier(names, weights, calibration), outcome


def _checked(labels: Sequence[str]) -> tuple[str, ...]:
    counts = Counter(labels)
    if len(counts) < 2:
        raise TooFewExamples(
            "至少需要两个不同的类别才能训练，请补充其他类别的来件。", field="label"
        )
    rare = sorted(label for label, count in counts.items() if count < MIN_EXAMPLES)
    if rare:
        raise TooFewExamples(
            f"类别“{'”“'.join(rare)}”的来件不足 {MIN_EXAMPLES} 条，请补充来件或并入相近的类别。",
            field="label",
        )
    return tuple(sorted(counts))

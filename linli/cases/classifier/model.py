"""Which class does a message belong to, how sure is that, and which words say so.

    model = MessageClassifier.fit(messages, labels)
    model.predict(title="路灯不亮", body="巷口的路灯坏了一周")
    Suggestion(label="市政", probability=0.93, runner_up="环卫", reason="“路灯”“灯不亮”多见于“市政”类来件。")

Labels are any strings. Pure Python: no database, no network, no clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linli.cases.classifier.alike import alike_groups
from linli.cases.classifier.errors import TooFewExamples
from linli.cases.classifier.features import Message, Themes, shipped_themes, tally
from linli.cases.classifier.learning import (
    Calibration,
    Weights,
    calibrate,
    held_back_scores,
    learn_weights,
)
from linli.cases.classifier.reasons import reason_for

SURE_FROM = 0.80
"""Probability from which a suggestion may be preselected; 0.5–0.99. Below it a person chooses. In cross-validation on
real letters four of five suggestions reach it, and of those nineteen of twenty are right."""

MIN_EXAMPLES = 2
"""Messages a label must have; one is taught, one is held back to learn how sure to be. Five begin to be useful."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`probability` (0–1) is calibrated: of a hundred suggestions with 0.9 about ninety are right."""

    label: str
    probability: float
    runner_up: str
    reason: str

    @property
    def sure(self) -> bool:
        return self.probability >= SURE_FROM


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


@dataclass(frozen=True)
class MessageClassifier:
    """A fitted classifier; make one with `fit`, or read one with `storage.load`."""

    labels: tuple[str, ...]
    weights: Weights
    calibration: Calibration

    @classmethod
    def fit(
        cls,
        messages: Sequence[Message],
        labels: Sequence[str],
        *,
        themes: Themes | None = None,
    ) -> MessageClassifier:
        """Learn from labelled messages; the same input gives the same model.

        Raises:
            TooFewExamples: fewer than two labels, or a label with fewer than `MIN_EXAMPLES` messages.
        """
        return cls.fit_and_try(messages, labels, themes=themes)[0]

    @classmethod
    def fit_and_try(
        cls,
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
        return cls(names, weights, calibration), outcome

    def probabilities(self, messages: Sequence[Message]) -> NDArray[np.float64]:
        """n × labels, in the order of `labels`; every row sums to 1. Without a known word all are as likely."""
        return self._chances(self.weights.space.vectors(messages))

    def predict(self, *, title: str, body: str) -> Suggestion:
        """The most likely label of one message; without a known word any label, and never sure of it."""
        return self.predict_many([Message(title, body)])[0]

    def predict_many(self, messages: Iterable[Message]) -> list[Suggestion]:
        """One suggestion a message, in order."""
        listed = list(messages)
        if not listed:
            return []
        vectors = self.weights.space.vectors(listed)
        rows = zip(listed, vectors, self._chances(vectors), strict=True)
        return [self._suggestion(*row) for row in rows]

    def _chances(self, vectors: Any) -> NDArray[np.float64]:
        chances = self.calibration.probabilities(self.weights.scores(vectors))
        chances[np.diff(vectors.indptr) == 0] = 1 / len(self.labels)
        return chances

    def _suggestion(
        self, message: Message, vector: Any, chances: NDArray[np.float64]
    ) -> Suggestion:
        second, first = (int(place) for place in np.argsort(chances, kind="stable")[-2:])
        name = self.labels[first]
        return Suggestion(
            label=name,
            probability=float(chances[first]),
            runner_up=self.labels[second],
            reason=reason_for(message, vector, self.weights, first, name=name),
        )


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

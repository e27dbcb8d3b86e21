"""How the weights are learned, and how sure the result may be of itself.

Three linear classifiers see the same columns and are added up, each one class against the rest:

- NB-SVM (Wang & Manning 2012): every column is first stretched by how differently it is used inside and outside the
  class, |ln(share inside / share outside)|, so a rare telling word counts more than a frequent common one.
- a plain support vector machine, which leans more on the themes and so on words that were never in training.
- complement naive Bayes on the grams (Rennie et al. 2003): -ln(share outside the class). Alone it is the weakest, but
  it is wrong in other places, so what all three agree on is right more often.

Stretching a column by s and learning w for it is the same as the weight s·w on the column as it is. The classifiers
therefore become one matrix, and every score is a sum over words that can be read out as the reason.

A score is turned into a probability by softmax(score / temperature) (Guo et al. 2017), of which a small share is spread
over all labels: some letters were filed under a class that no reading of them explains, so nothing is ever quite
certain. Both are found on scores each message got from classifiers that had not seen it or a near-duplicate of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.svm import LinearSVC

from linli.cases.classifier.features import Floats, Space, Tally, Themes
from linli.cases.classifier.weights import Calibration, Weights

SMOOTHING = 0.1
"""Weight added to every column before shares are taken; 0.01–1. At 1 rare words lose their say: F1 falls by 0.04."""

STRETCHED_SAY, PLAIN_SAY, COMPLEMENT_SAY = 0.55, 0.35, 0.10
"""Say of each classifier in a score; 0–1, together 1. The figures are flat around these shares."""

STRETCHED_COST = 1.0
PLAIN_COST = 2.0
"""Price of a misplaced training message (C of the SVM); 0.3–5. Flat between 1 and 3; lower blurs the classes."""

STRETCHED_THEMES = 0.2
PLAIN_THEMES = 0.5
"""Length of the theme block beside the gram block (1.0); 0–1. Above 0.5 the themes drown what was taught."""

CALIBRATION_FOLDS = 5
"""Parts for held-back scores; 2–10. Fewer when the smallest class has fewer messages."""

ABSENT = -2.0
"""Score of a label without a message; a score is a margin of about -2…2."""

COLDEST, HOTTEST = 0.02, 5.0
"""Bounds of the temperature. Beyond them everything is certain, or nothing."""

MOST_DOUBT = 0.3
"""Upper bound of the share spread over all labels; above it the labels are too noisy to learn from."""

ROUNDS = 5_000
"""Most rounds of the solver; it usually needs fewer than 200."""


def learn_weights(counted: Tally, targets: NDArray[np.intp], size: int, themes: Themes) -> Weights:
    """Learn `size` labels; a label without a message in `targets` always scores lowest."""
    space = Space.learn(counted, themes)
    vectors = space.vectors_of(counted)
    matrix = np.zeros((size, vectors.shape[1]), np.float32)
    offset = np.full(size, ABSENT, np.float32)
    stretched_block = _theme_length(space, STRETCHED_THEMES)
    plain_block = _theme_length(space, PLAIN_THEMES)
    present = np.unique(targets)
    complement = _complement(vectors, targets, present, columns=space.theme_column)
    for label, unlikely in zip(present, complement, strict=True):
        inside = targets == label
        stretch = stretched_block * _telling(vectors @ sparse.diags(stretched_block), inside)
        one = _separate(vectors, inside, stretch, cost=STRETCHED_COST, balance=_even(inside))
        balance = {True: len(targets) / (len(present) * inside.sum()), False: 1.0}
        other = _separate(vectors, inside, plain_block, cost=PLAIN_COST, balance=balance)
        matrix[label] = STRETCHED_SAY * one[0] + PLAIN_SAY * other[0]
        matrix[label, : space.theme_column] += COMPLEMENT_SAY * unlikely
        offset[label] = STRETCHED_SAY * one[1] + PLAIN_SAY * other[1]
    return Weights(space, matrix, offset)


def held_back_scores(
    counted: Tally,
    targets: NDArray[np.intp],
    size: int,
    themes: Themes,
    groups: NDArray[np.intp],
) -> NDArray[np.float64]:
    """Scores (n × labels) of every message from weights learned without it and without its near-duplicates."""
    scores = np.zeros((len(targets), size))
    for taught, held_back in stratified_folds(targets, groups, folds=CALIBRATION_FOLDS, seed=0):
        weights = learn_weights(counted.rows(taught), targets[taught], size, themes)
        scores[held_back] = weights.scores(weights.space.vectors_of(counted.rows(held_back)))
    return scores


def stratified_folds(
    targets: NDArray[np.intp], groups: NDArray[np.intp], *, folds: int, seed: int
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """(taught, held back) row numbers: classes in even shares, a group never on both sides.

    At most as many folds as the smallest class has messages, at least two.
    """
    folds = max(2, min(folds, int(np.bincount(targets)[np.unique(targets)].min())))
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    for taught, held_back in splitter.split(targets, targets, groups):
        if len(taught) and len(held_back) and len(np.unique(targets[taught])) > 1:
            yield taught, held_back


def calibrate(scores: NDArray[np.float64], targets: NDArray[np.intp]) -> Calibration:
    """The calibration under which the true labels are least surprising (mean log loss).

    A share 1 / (n + 2) of each label counts as wrong (Platt 1999): eighteen letters without a mistake do not prove that
    there will never be one.
    """
    unsure = 1 / (len(targets) + 2)
    truth = np.full(scores.shape, unsure / max(1, scores.shape[1] - 1))
    truth[np.arange(len(targets)), targets] = 1 - unsure

    def surprise(setting: NDArray[np.float64]) -> float:
        chances = Calibration(float(np.exp(setting[0])), setting[1]).probabilities(scores)
        return float(-(truth * np.log(np.maximum(chances, 1e-12))).sum(axis=1).mean())

    bounds = (tuple(np.log((COLDEST, HOTTEST))), (0.0, MOST_DOUBT))
    found = minimize(surprise, x0=(np.log(0.3), 0.01), bounds=bounds, method="Nelder-Mead")
    return Calibration(float(np.exp(found.x[0])), float(found.x[1]))


def _theme_length(space: Space, length: float) -> Floats:
    block = np.ones(space.theme_column + len(space.themes.names), np.float32)
    block[space.theme_column :] = length
    return block


def _telling(vectors: Any, inside: NDArray[np.bool_]) -> Floats:
    used_inside, used_outside = _used(vectors[inside]), _used(vectors[~inside])
    shares = (used_inside / used_inside.sum()) / (used_outside / used_outside.sum())
    stretch: Floats = np.abs(np.log(shares)).astype(np.float32)
    return stretch


def _complement(
    vectors: Any, targets: NDArray[np.intp], present: NDArray[np.intp], *, columns: int
) -> Floats:
    """present × columns, centred: what all labels share says nothing about any of them."""
    used = np.array([_used(vectors[targets != label][:, :columns]) for label in present])
    unlikely = -np.log(used / used.sum(axis=1, keepdims=True))
    centred: Floats = (unlikely - unlikely.mean(axis=0)).astype(np.float32)
    return centred


def _used(vectors: Any) -> NDArray[np.float64]:
    return SMOOTHING + np.asarray(vectors.sum(axis=0), dtype=np.float64).ravel()


def _even(inside: NDArray[np.bool_]) -> dict[bool, float]:
    return {side: len(inside) / (2 * (inside == side).sum()) for side in (True, False)}


def _separate(
    vectors: Any,
    inside: NDArray[np.bool_],
    stretch: Floats,
    *,
    cost: float,
    balance: dict[bool, float],
) -> tuple[Floats, float]:
    machine = LinearSVC(C=cost, class_weight=balance, max_iter=ROUNDS, random_state=0)
    machine.fit(vectors @ sparse.diags(stretch), inside)
    return (machine.coef_.ravel() * stretch).astype(np.float32), float(machine.intercept_[0])

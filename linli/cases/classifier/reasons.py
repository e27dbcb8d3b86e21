"""One plain sentence that names the words which spoke for a class.

A score is a sum over columns, so nothing is approximated: what a word adds is what the grams in it and its share of
its themes add to the class, above what they add to the other classes on average. Whole words of the theme list are
named first of all; where it has none, neighbouring characters that weigh much are joined ("公交", "交车" -> "公交车").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linli.cases.classifier.features import Floats, Message, parts
from linli.cases.classifier.weights import Weights

NAMED = 3
"""Most words named; 1–5. More is a list, not a reason."""

WORTH_NAMING = 0.25
"""A further word is named when it adds at least this share of what the first one adds; 0–1."""

LONGEST = 4
"""Characters of a word joined from grams; nearly all Chinese words have at most four."""

EMPTY_CHARACTERS = frozenset(
    "的了是我们在有和就不也都很还请你您好这那个一上下来去到为以及被把等要说会能与或之其0"
)
"""Characters that begin or end no telling word; a joined piece with one at its edge would read as a scrap."""


def reason_for(message: Message, vector: Any, weights: Weights, label: int, *, name: str) -> str:
    """Why `label` (its row in the weights) was chosen for the message; `vector` is the message, 1 × columns."""
    words = telling_words(message, vector, weights, label)
    if not words:
        return f"没有特别突出的词语，按整体用词看最接近“{name}”类。"
    return f"“{'”“'.join(words)}”多见于“{name}”类来件。"


def telling_words(message: Message, vector: Any, weights: Weights, label: int) -> list[str]:
    """At most `NAMED` words of the message, the strongest first; none contains another."""
    text = " ".join(parts(message))
    for_grams, for_themes = _advantages(vector, weights, label)
    strength = _theme_words(text, weights, for_grams, for_themes)
    for word in _joined_words(text, for_grams):
        strength.setdefault(word, _inside(word, for_grams))
    named: list[str] = []
    ranked = sorted(strength, key=lambda word: (-strength[word], word))
    for word in ranked:
        enough = strength[word] > 0 and strength[word] >= WORTH_NAMING * strength[ranked[0]]
        if enough and not any(_overlap(word, other) for other in named):
            named.append(word)
    return named[:NAMED]


def _advantages(
    vector: Any, weights: Weights, label: int
) -> tuple[dict[str, float], NDArray[np.float64]]:
    """What each gram and each theme of the message adds to the label above the mean of the others."""
    matrix = weights.matrix[:, vector.indices]
    others = (matrix.sum(axis=0) - matrix[label]) / max(1, len(matrix) - 1)
    added: Floats = vector.data * (matrix[label] - others)
    first_theme = weights.space.theme_column
    for_themes = np.zeros(len(weights.space.themes.names))
    for_grams: dict[str, float] = {}
    for column, advantage in zip(vector.indices, added, strict=True):
        if column < first_theme:
            for_grams[weights.space.grams[column]] = float(advantage)
        else:
            for_themes[column - first_theme] = float(advantage)
    return for_grams, for_themes


def _theme_words(
    text: str,
    weights: Weights,
    for_grams: Mapping[str, float],
    for_themes: NDArray[np.float64],
) -> dict[str, float]:
    strength: dict[str, float] = defaultdict(float)
    for theme in np.flatnonzero(for_themes):
        found = [word for word in weights.space.themes.words[theme] if word in text]
        for word in found:
            strength[word] += for_themes[theme] / len(found)
    return {word: value + _inside(word, for_grams) for word, value in strength.items()}


def _joined_words(text: str, for_grams: Mapping[str, float]) -> Iterator[str]:
    """Runs of neighbouring pairs that all speak for the label, cut to `LONGEST` characters."""
    pairs = [text[start : start + 2] for start in range(len(text) - 1)]
    strongest = max((for_grams.get(pair, 0.0) for pair in pairs), default=0.0)
    start = 0
    while start < len(pairs):
        end = start
        while end < len(pairs) and for_grams.get(pairs[end], 0.0) > WORTH_NAMING * strongest:
            end += 1
        if end > start:
            word = text[start : min(end + 1, start + LONGEST)]
            if word[0] not in EMPTY_CHARACTERS and word[-1] not in EMPTY_CHARACTERS:
                yield word
        start = max(end, start + 1)


def _inside(word: str, for_grams: Mapping[str, float]) -> float:
    grams = {word[i : i + length] for length in (1, 2) for i in range(len(word) - length + 1)}
    return sum(for_grams.get(gram, 0.0) for gram in grams)


def _overlap(one: str, other: str) -> bool:
    return one in other or other in one

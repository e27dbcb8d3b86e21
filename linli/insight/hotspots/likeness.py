"""How alike messages are: what they have in common, weighed by how telling it is.

    「柳堤路旧改何时启动」 and 「请问柳堤路的旧改」     share a name and a matter        -> alike
    「镜湖湾电梯困人」 and 「镜湖湾门口堵车」           share a name and nothing more     -> hardly alike
    「甲小区麻将馆扰民」 and 「乙村麻将馆半夜不关」     share a matter (`matters.txt`)    -> alike

A gram counts the more the fewer people use it (ln(scale / people), at least four people), more in the headline than in
the rest, and most in both; grams of one person alone or of very many say nothing. Likeness is the cosine of two
messages. Then a name may not stand alone: the longest thing two messages share, if it is no matter, counts at most
`NAME_TIMES` what else they share.
Messages of the same class share a matter already, so a name is enough for them.

The scale is the number of people rounded up to a power of two, and the messages a message has nothing in common with do
not enter: one more unrelated message changes no likeness until the number of people has doubled.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from linli.insight.hotspots.wording import GRAM_LENGTHS, Wording, grams, names_a_matter

IN_BOTH, IN_HEADLINE, IN_REST = 2.0, 1.0, 0.3
"""What a gram weighs where it stands; 0–3. What title and text both say is the matter."""

LEAST_PEOPLE_TO_TELL = 2
"""People who must use a gram before it can join two messages; 2–5."""

FEW_PEOPLE = 4
"""People, 2–8, up to whom a gram tells the same: two who write about one door, or one who copies others, weigh no more
than a small circle, and do not tear a matter apart."""

COMMON_SHARE = 0.08
"""Share of the people, 0.02–0.2, beyond which a gram is common talk."""

SMALLEST_SCALE = 256
"""Number of people below which everything counts as if there were so many; a few dozen messages have no common talk."""

EXAMINED_FROM = 0.05
"""Likeness, 0–0.1, from which a pair is examined for names; nothing below it joins messages."""

NAME_ALONE = 0.03
"""Likeness left to two messages that share a name and nothing else; 0–0.1, below every limit of `rules`."""

NAME_TIMES = 2.0
"""How many times what else two messages share their common name may count; 1–5."""

LONGEST_NAME = 40
"""Grams in common, 20–60, beyond which two messages share more than a name: fifteen characters have 39."""

Floats = NDArray[np.float64]


def telling_grams(wordings: Sequence[Wording], people: Sequence[str]) -> dict[str, float]:
    """How telling each gram is among all messages; `people[i]` wrote `wordings[i]`."""
    by_person: dict[str, list[Wording]] = defaultdict(list)
    for said, who in zip(wordings, people, strict=True):
        by_person[who].append(said)
    users: Counter[str] = Counter()
    for messages in by_person.values():
        users.update(grams(clause for said in messages for clause in (*said.headline, *said.rest)))
    scale = 2 ** math.ceil(math.log2(max(SMALLEST_SCALE, len(by_person))))
    return {
        gram: math.log(scale / max(count, FEW_PEOPLE))
        for gram, count in users.items()
        if LEAST_PEOPLE_TO_TELL <= count <= COMMON_SHARE * scale
    }


class Likeness:
    """Likeness of every two messages: `of[i, j]`, 0 to 1.

    `telling` comes from `telling_grams` over all messages, of which these are a part; `classes[i]` may be empty.
    """

    def __init__(
        self, wordings: Sequence[Wording], telling: Mapping[str, float], classes: Sequence[str]
    ) -> None:
        self._wordings = wordings
        self._classes = np.array(classes)
        self._rows, self._grams = _rows(wordings, telling)
        self.of: Floats = (self._rows @ self._rows.T).toarray()
        self._cap_names()
        np.fill_diagonal(self.of, 1.0)

    def _cap_names(self) -> None:
        weights = [_weights_of(self._rows, row) for row in range(len(self._wordings))]
        places = [Places(said.text) for said in self._wordings]
        for one, other in self._doubtful_pairs():
            shorter, longer = sorted((one, other), key=lambda row: (len(weights[row]), row))
            common = {
                self._grams[column]: weight * weights[longer][column]
                for column, weight in weights[shorter].items()
                if column in weights[longer]
            }
            capped = _capped(places[shorter], common)
            self.of[one, other] = self.of[other, one] = capped

    def _doubtful_pairs(self) -> Iterator[tuple[int, int]]:
        """Pairs in which a name could weigh too much; where matters outweigh names nothing has to be looked at."""
        is_matter = np.array([names_a_matter(gram) for gram in self._grams], dtype=np.float64)
        matter = ((self._rows @ sparse.diags(is_matter)) @ self._rows.T).toarray()
        named = self.of - matter
        doubtful = (self.of >= EXAMINED_FROM) & (named > NAME_ALONE + NAME_TIMES * matter)
        if self._classes.any():
            same_class = self._classes[:, None] == self._classes[None, :]
            doubtful &= ~(same_class & (self._classes != ""))
        if doubtful.any():
            doubtful &= _grams_in_common(self._rows) <= LONGEST_NAME
        ones, others = np.nonzero(np.triu(doubtful, 1))
        return zip(ones.tolist(), others.tolist(), strict=True)


class Places:
    """Where the grams of a text stand in it."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def starts(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for length in GRAM_LENGTHS:
            for start in range(len(self.text) - length + 1):
                found[self.text[start : start + length]].append(start)
        return found


def shared_runs(places: Places, common: Mapping[str, float]) -> dict[str, float]:
    """What two messages share, as the longest runs of characters of the one message, each with the weight of its grams.

    `places` is where the grams stand in it (`Wording.text`). Grams that overlap make one run.
    """
    spans = sorted((start, start + len(gram)) for gram in common for start in places.starts[gram])
    runs: list[tuple[int, int]] = []
    for start, end in spans:
        if runs and start < runs[-1][1]:
            runs[-1] = (runs[-1][0], max(end, runs[-1][1]))
        else:
            runs.append((start, end))
    texts = sorted(
        {places.text[start:end] for start, end in runs}, key=lambda one: (-len(one), one)
    )
    found: dict[str, float] = defaultdict(float)
    for gram, weight in common.items():
        found[next(text for text in texts if gram in text)] += weight
    return dict(found)


def _capped(places: Places, common: Mapping[str, float]) -> float:
    runs = shared_runs(places, common)
    longest = max(runs, key=lambda run: (runs[run], run))
    rest = sum(runs.values()) - runs[longest]
    if names_a_matter(longest):
        return runs[longest] + rest
    return min(runs[longest], NAME_ALONE + NAME_TIMES * rest) + rest


def _rows(wordings: Sequence[Wording], telling: Mapping[str, float]) -> tuple[Any, list[str]]:
    """(sparse messages × grams, each row of length 1; the gram of each column)."""
    weights = [_weights(said, telling) for said in wordings]
    columns = sorted({gram for one in weights for gram in one})
    index = {gram: column for column, gram in enumerate(columns)}
    places = [index[gram] for one in weights for gram in one]
    values = [weight for one in weights for weight in one.values()]
    ends = np.cumsum([0, *(len(one) for one in weights)])
    matrix = sparse.csr_matrix((values, places, ends), shape=(len(wordings), len(columns)))
    matrix.sort_indices()
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1
    return (sparse.diags(1 / lengths) @ matrix).tocsr(), columns


def _weights(said: Wording, telling: Mapping[str, float]) -> dict[str, float]:
    headline, rest = grams(said.headline), grams(said.rest)
    return {
        gram: telling[gram]
        * (IN_REST if gram not in headline else IN_BOTH if gram in rest else IN_HEADLINE)
        for gram in headline | rest
        if gram in telling
    }


def _grams_in_common(rows: Any) -> NDArray[np.int32]:
    there = (rows != 0).astype(np.int32)
    counted: NDArray[np.int32] = (there @ there.T).toarray()
    return counted


def _weights_of(rows: Any, row: int) -> dict[int, float]:
    start, end = rows.indptr[row], rows.indptr[row + 1]
    return dict(zip(rows.indices[start:end].tolist(), rows.data[start:end].tolist(), strict=True))

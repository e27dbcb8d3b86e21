"""From a message to numbers: which characters, which pairs of characters, which themes, and how often.

    title "路灯不亮", body "路灯坏了"
    grams   路:3 灯:3 路灯:3 灯不:2 不亮:2 …      the title counts twice, it says the matter in one line
    themes  路灯照明:3                            `themes.txt`: words that mean the same office

A gram says what the training messages taught; a theme carries over to words they never used. A count c becomes
1 + ln c (ten times the same word is not ten times the evidence), is weighted by the rarity of its column among the
training messages (ln((1+n)/(1+df)) + 1) and each of the two blocks is scaled to length 1, so long and short messages
weigh the same (tf-idf: Salton & Buckley 1988).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

BODY_CHARACTERS = 600
"""Characters of the body that are read; 100–5,000. People say the matter first; reading on did not help (measured),
and the time for one message stays bounded whatever is pasted."""

TITLE_WEIGHT = 2
"""How often the title counts; 1–5. Twice was better than once, three times no better."""

GRAM_LENGTHS = (1, 2)
"""Lengths of grams in characters. Most Chinese words have two; longer grams only repeat the evidence (measured)."""

MIN_MESSAGES = 3
"""Messages a gram must occur in to be kept; 1–10. Rarer ones are names of places and people: they mislead."""

PLACE_CODES = re.compile(r"(?<![a-z])[a-z]\d{0,9}(?=[市县区镇乡路])")
"""Places written as a code (「K3县」, 「A市」): which one it is says nothing about the matter."""

SPREADSHEET_ESCAPES = re.compile(r"_x[0-9a-f]{4}_")
"""Excel's way of writing a control character into a cell (ECMA-376 part 1, 22.4.2.4)."""

DIGITS = re.compile(r"\d+")
NOT_TEXT = re.compile(r"[^\w]+|_+")

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Message:
    """What a resident wrote; either part may be empty."""

    title: str
    body: str


def plain(text: str) -> str:
    """Half width, lower case, every number as 0, no place codes, spaces or punctuation."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = SPREADSHEET_ESCAPES.sub(" ", text)
    return NOT_TEXT.sub("", DIGITS.sub("0", PLACE_CODES.sub("", text)))


def parts(message: Message) -> tuple[str, str]:
    """Title and body as they are counted: plain, the body cut to `BODY_CHARACTERS`."""
    # Cut twice: cleaning a pasted novel to throw it away would cost the time the cut is there to save.
    body = message.body[: 4 * BODY_CHARACTERS]
    return plain(message.title[:BODY_CHARACTERS]), plain(body)[:BODY_CHARACTERS]


@dataclass(frozen=True)
class Themes:
    """Groups of words that speak of the same matter: names[i] is said by words[i]."""

    names: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]

    @classmethod
    def parse(cls, lines: Iterable[str]) -> Themes:
        """One theme a line: its name, then its words; `#` begins a comment line."""
        rows = [line.split() for line in lines if line.strip() and not line.startswith("#")]
        return cls(
            tuple(name for name, *_ in rows),
            tuple(tuple(dict.fromkeys(words)) for _, *words in rows),
        )

    def count(self, text: str) -> list[int]:
        """How often the words of each theme are said; only words whose beginning stands in the text are looked for."""
        beginnings = {text[start : start + 2] for start in range(len(text))} | set(text)
        counts = [0] * len(self.words)
        for beginning in beginnings & self._beginning.keys():
            for word, theme in self._beginning[beginning]:
                counts[theme] += text.count(word)
        return counts

    @cached_property
    def _beginning(self) -> Mapping[str, list[tuple[str, int]]]:
        """Every word with the number of its theme, by its first two characters."""
        found: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for theme, words in enumerate(self.words):
            for word in words:
                found[word[:2]].append((word, theme))
        return found


@cache
def shipped_themes() -> Themes:
    file = Path(__file__).with_name("themes.txt")
    return Themes.parse(file.read_text(encoding="utf-8").splitlines())


@dataclass(frozen=True)
class Tally:
    """How often what occurs, one row a message: `grams` (n × vocabulary) and `themes` (n × themes), sparse."""

    vocabulary: tuple[str, ...]
    grams: Any
    themes: Any

    def rows(self, index: NDArray[np.intp]) -> Tally:
        return Tally(self.vocabulary, self.grams[index], self.themes[index])


def tally(messages: Sequence[Message], themes: Themes) -> Tally:
    """Count every gram of the messages."""
    index: dict[str, int] = {}
    counted = [_grams(message) for message in messages]
    for counts in counted:
        for gram in counts:
            index.setdefault(gram, len(index))
    return Tally(tuple(index), _gram_rows(counted, index), _theme_rows(messages, themes))


@dataclass(frozen=True)
class Space:
    """The columns learned from the training messages: grams first, then themes, each with its rarity."""

    grams: tuple[str, ...]
    gram_rarity: Floats
    themes: Themes
    theme_rarity: Floats

    @classmethod
    def learn(cls, counted: Tally, themes: Themes) -> Space:
        """Keep the grams that occur in `MIN_MESSAGES`, or in one when there is hardly any text."""
        messages_with = _column_sizes(counted.grams)
        kept = np.flatnonzero(messages_with >= MIN_MESSAGES)
        if not len(kept):
            kept = np.flatnonzero(messages_with)
        n = counted.grams.shape[0]
        return cls(
            tuple(counted.vocabulary[column] for column in kept),
            _rarity(messages_with[kept], n),
            themes,
            _rarity(_column_sizes(counted.themes), n),
        )

    @cached_property
    def index(self) -> Mapping[str, int]:
        return {gram: column for column, gram in enumerate(self.grams)}

    @property
    def theme_column(self) -> int:
        """The first column that is a theme."""
        return len(self.grams)

    def vectors_of(self, counted: Tally) -> Any:
        """Rows of a tally as vectors: sparse (n × grams + themes), float32."""
        columns = {gram: column for column, gram in enumerate(counted.vocabulary)}
        kept = np.array([columns[gram] for gram in self.grams], dtype=np.intp)
        return self._weigh(counted.grams[:, kept], counted.themes)

    def vectors(self, messages: Sequence[Message]) -> Any:
        """Messages as vectors; grams that were never learned are left out."""
        counted = [_grams(message) for message in messages]
        return self._weigh(_gram_rows(counted, self.index), _theme_rows(messages, self.themes))

    def _weigh(self, grams: Any, themes: Any) -> Any:
        blocks = (_weighted(grams, self.gram_rarity), _weighted(themes, self.theme_rarity))
        return sparse.hstack(blocks, format="csr", dtype=np.float32)


def _grams(message: Message) -> Counter[str]:
    title, body = parts(message)
    counts = Counter(_pieces(title))
    for gram in counts:
        counts[gram] *= TITLE_WEIGHT
    counts.update(_pieces(body))
    return counts


def _pieces(text: str) -> Iterator[str]:
    for length in GRAM_LENGTHS:
        for start in range(len(text) - length + 1):
            yield text[start : start + length]


def _gram_rows(counted: Sequence[Counter[str]], index: Mapping[str, int]) -> Any:
    columns: list[int] = []
    values: list[int] = []
    ends = [0]
    for counts in counted:
        for gram, count in counts.items():
            column = index.get(gram)
            if column is not None:
                columns.append(column)
                values.append(count)
        ends.append(len(columns))
    shape = (len(counted), len(index))
    return sparse.csr_matrix((np.array(values, np.float32), columns, ends), shape=shape)


def _theme_rows(messages: Sequence[Message], themes: Themes) -> Any:
    counts = np.zeros((len(messages), len(themes.names)), np.float32)
    for row, message in enumerate(messages):
        title, body = parts(message)
        counts[row] = themes.count(body)
        if title:
            counts[row] += TITLE_WEIGHT * np.array(themes.count(title), np.float32)
    return sparse.csr_matrix(counts)


def _column_sizes(matrix: Any) -> NDArray[np.intp]:
    return np.bincount(matrix.indices, minlength=matrix.shape[1])


def _rarity(messages_with: NDArray[np.intp], n: int) -> Floats:
    rarity: Floats = (np.log((1 + n) / (1 + messages_with)) + 1).astype(np.float32)
    return rarity


def _weighted(counts: Any, rarity: Floats) -> Any:
    weighted = counts.astype(np.float32)
    weighted.data = (1 + np.log(weighted.data)) * rarity[weighted.indices]
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1
    return sparse.diags(1 / lengths) @ weighted

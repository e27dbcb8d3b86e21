"""What a message says once the formulas are gone: the clauses that are compared.

    title "请问A2区垃圾站什么时候搬走？"      ->  headline ("垃圾站", "搬走")

Place codes (「A2区」), greetings, pleas and turns of phrase (`formulas.txt`) cut the text into clauses, so no pair of
characters reaches over them and nobody is alike by being polite. Without a title the first characters of the body stand
for it: people say the matter first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

HEADLINE_CHARACTERS = 100
"""Characters of a title that are read; 20–200."""

FIRST_WORDS = 40
"""Characters of the body that stand for a missing title; 20–80, about one sentence."""

BODY_CHARACTERS = 300
"""Characters of the body that are read; 100–1,000. Further on people tell what they suffered, and all suffer alike."""

GRAM_LENGTHS = (2, 3, 4)
"""Characters of a gram. Most words have two, most names three or four."""

PLACE_CODES = re.compile(r"(?<![a-z0-9])[a-z]\d{0,9}(?=[市县区镇乡路])[市县区]?")
"""Places written as a code, with the kind of area that follows."""

ADDRESSES = re.compile(r"(?:https?://|www\.)[\x21-\x7e]+")

SALUTATION = re.compile(
    r"^[^，,。：:；;！!？?]{0,20}(?:长|书记|领导|部门|[您你]们?好)[^，,。：:；;！!？?]{0,4}[，,：:；;！!]"
)
"""「尊敬的某局长：」: whom the letter is for, up to the first mark."""

FOLDED_AWAY = re.compile(r"[^\w]+|_+")


@dataclass(frozen=True, slots=True)
class Wording:
    """The clauses of a message that are compared. `headline` says the matter, `rest` follows."""

    headline: tuple[str, ...]
    rest: tuple[str, ...]

    @property
    def text(self) -> str:
        """All clauses in one string, a bar between them."""
        return "|".join((*self.headline, *self.rest))


def wording(title: str, body: str) -> Wording:
    """The clauses of a message; both tuples are empty when it has no word of its own."""
    headline = _clauses(title, HEADLINE_CHARACTERS)
    rest = _clauses(body, BODY_CHARACTERS)
    if headline:
        return Wording(headline, rest)
    first = _cut(rest, FIRST_WORDS)
    return Wording(first, rest)


def same_words(title: str, body: str) -> str:
    """What is equal for two copies of a message: letters, digits and characters, half width, lower case."""
    return FOLDED_AWAY.sub("", unicodedata.normalize("NFKC", f"{title}|{body}").lower())


def grams(clauses: Iterable[str]) -> set[str]:
    """Every run of two to four characters that stands inside one clause."""
    return {
        clause[start : start + length]
        for clause in clauses
        for length in GRAM_LENGTHS
        for start in range(len(clause) - length + 1)
    }


@cache
def matters() -> frozenset[str]:
    """The words of `matters.txt` that say a matter by themselves."""
    return frozenset(word for word in _words("matters.txt") if word[0] != "+")


@lru_cache(maxsize=65_536)
def names_a_matter(phrase: str) -> bool:
    """Whether a phrase says by itself what the matter is."""
    return any(word in phrase for word in matters()) or bool(_named_works().search(phrase))


@cache
def _named_works() -> re.Pattern[str]:
    works = sorted(word[1:] for word in _words("matters.txt") if word[0] == "+")
    return re.compile(rf"\w\w(?:{'|'.join(works)})")


def _clauses(text: str, most: int) -> tuple[str, ...]:
    # Cut before cleaning too: a pasted novel costs no more than a long letter.
    plain = unicodedata.normalize("NFKC", text[: 4 * most]).lower().strip()
    for unwanted in (SALUTATION, ADDRESSES, PLACE_CODES):
        plain = unwanted.sub(" ", plain)
    return _cut((one for one in _cuts().split(plain) if one), most)


def _cut(clauses: Iterable[str], most: int) -> tuple[str, ...]:
    kept: list[str] = []
    for clause in clauses:
        if most <= 0:
            break
        kept.append(clause[:most])
        most -= len(clause)
    return tuple(kept)


@cache
def _cuts() -> re.Pattern[str]:
    longest_first = sorted(set(_words("formulas.txt")), key=lambda word: (-len(word), word))
    return re.compile("|".join([r"[^\w]+|_+", *map(re.escape, longest_first)]))


def _words(name: str) -> list[str]:
    lines = Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]

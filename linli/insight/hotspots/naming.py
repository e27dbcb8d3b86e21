"""A name for a group of messages, out of the residents' own words.

    「甲小区麻将馆深夜扰民」「乙村麻将馆噪音扰民」「丙花园麻将馆扰民」   ->  麻将馆 (3 of 3), 扰民 (3 of 3)

A phrase is a run of characters of a headline that most of the people use. A piece that most of them continue in the
same way is no phrase (「购房资」 of 「购房资格」), nor is what is left of an address. The best phrase is long, used by
many, and telling: seldom used outside the group.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from linli.insight.hotspots.wording import GRAM_LENGTHS, Wording, matters, names_a_matter

PHRASE_LENGTHS = range(2, 13)
"""Characters of a phrase; a longer one is a whole sentence, said word for word."""

SHARE_OF_PEOPLE = 0.6
"""Share of the people, 0.5–0.8, who must use a phrase for it to name the group."""

HEADLINED_SHARE = 0.2
"""Share of the people, 0.1–0.5, who must have a run in the headline before it is looked at; bounds the work."""

CONTINUED_SHARE = 0.7
"""Share of those who use a piece, 0.5–0.9, from which the same next character makes it a fragment."""

HANGS_BEFORE = frozenset("年日号线栋幢期层处在还有与和及于为是又再并各该此其未路市县区等中上下")
HANGS_AFTER = frozenset("出还有与和及于为是又再并各该此其未在处无省市县个")
"""Characters a phrase does not begin or end with: what is left of a word or an address cut in two."""

PIECE_AT_MOST = 2
"""Characters of the end of a listed matter that may be a word (「垃圾」 of 「垃圾站」, not 「房补贴」); 1–3."""

LONG_ENOUGH = 6
"""Characters beyond which length makes a phrase no better; 4–8."""

MATTER_BONUS = 1.5
"""How much better a phrase is that says what the matter is; 1–3."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that `people` of the group use."""

    text: str
    people: int


def phrases_of(
    wordings: Sequence[Wording], people: Sequence[str], telling: Mapping[str, float]
) -> list[Phrase]:
    """What most people of a group say, the best name first; no two overlap in more than a character."""
    used = _used(wordings, people)
    everybody = len(set(people))
    enough = {text: who for text, who in used.items() if len(who) >= SHARE_OF_PEOPLE * everybody}
    whole = [text for text in enough if _stands_alone(text) and not _is_fragment(text, used)]
    scored = sorted((-_score(text, len(enough[text]) / everybody, telling), text) for text in whole)
    chosen: list[Phrase] = []
    for score, text in scored:
        if score < 0 and not any(_overlap(text, one.text) for one in chosen):
            chosen.append(Phrase(text, len(enough[text])))
    return chosen


def _used(wordings: Sequence[Wording], people: Sequence[str]) -> dict[str, set[str]]:
    """Who uses each run of characters that some of the people have in their headline, anywhere in the message."""
    headlined: dict[str, set[str]] = defaultdict(set)
    for said, who in zip(wordings, people, strict=True):
        for run in _runs(said.headline):
            headlined[run].add(who)
    least = HEADLINED_SHARE * len(set(people))
    texts = [said.text for said in wordings]
    return {
        run: {who for text, who in zip(texts, people, strict=True) if run in text}
        for run, whose in headlined.items()
        if len(whose) >= least
    }


def _runs(clauses: Sequence[str]) -> Iterator[str]:
    for clause in clauses:
        inside = _inside_numbers(clause)
        for length in PHRASE_LENGTHS:
            for start in range(len(clause) - length + 1):
                if start not in inside and start + length not in inside:
                    yield clause[start : start + length]


def _inside_numbers(clause: str) -> set[int]:
    """Where a cut would go through a number or a Latin word: 「7路」 of 「317路」."""
    return {cut for cut in range(1, len(clause)) if _latin(clause[cut - 1]) and _latin(clause[cut])}


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _stands_alone(text: str) -> bool:
    """Whether a run can be a phrase: it hangs on nothing around it and is no piece of a listed matter."""
    return (
        text[0] not in HANGS_BEFORE
        and text[-1] not in HANGS_AFTER
        and not (text in _all_matters() and any(_is_piece(text, word) for word in matters()))
    )


@cache
def _all_matters() -> str:
    """The listed matters in one text: one look tells that a run is no part of any of them, as nearly all are not."""
    return "\n".join(matters())


def _is_piece(text: str, word: str) -> bool:
    inside = text in word and text != word
    at_an_end = word.startswith(text) or word.endswith(text)
    return inside and not (at_an_end and len(text) <= PIECE_AT_MOST)


def _is_fragment(text: str, used: Mapping[str, set[str]]) -> bool:
    """Whether most who use a run continue it in the same way, or a longer run is used by the same people."""
    least = CONTINUED_SHARE * len(used[text])
    return text not in matters() and any(
        text in longer
        and len(longer) == len(text) + 1
        and len(who) >= least
        and _stands_alone(longer)
        for longer, who in used.items()
    )


def _score(text: str, share: float, telling: Mapping[str, float]) -> float:
    pieces = (
        text[start : start + length]
        for length in GRAM_LENGTHS
        for start in range(len(text) - length + 1)
    )
    rarest = max((telling.get(piece, 0.0) for piece in pieces), default=0.0)
    bonus = MATTER_BONUS if names_a_matter(text) else 1.0
    return float(share**2 * rarest * min(len(text), LONG_ENOUGH) ** 0.5 * bonus)


def _overlap(one: str, other: str) -> bool:
    return any(one[start : start + 2] in other for start in range(len(one) - 1))

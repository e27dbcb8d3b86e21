"""Which messages are the same text again, so that no measurement tests on what was taught.

Two messages belong together when they share a key (`duplicates.text`) and `ALIKE_FROM` of their character pairs, or
when a third belongs to both. A letter sent twice, shortened or touched up is found; two people who report the same lamp
in their own words are not, and should not be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from linli.cases.classifier.features import Message, parts
from linli.cases.duplicates.text import text_keys, text_likeness

ALIKE_FROM = 0.25
"""Share of character pairs two texts have in common, 0–1. Low on purpose: two strangers in one group cost nothing, a
letter and its shortened copy on both sides of a test would flatter the figures."""


def alike_groups(messages: Sequence[Message]) -> NDArray[np.intp]:
    """One number a message; the same number for near-duplicates."""
    texts = [_text(message) for message in messages]
    leader = list(range(len(texts)))
    with_key: dict[int, list[int]] = defaultdict(list)
    for here, text in enumerate(texts):
        for key in text_keys(text):
            for there in with_key[key]:
                _join(leader, texts, here, there)
            with_key[key].append(here)
    return np.array([_leader(leader, here) for here in range(len(texts))], dtype=np.intp)


def _text(message: Message) -> str:
    # The body alone: the same letter may come once with and once without its title.
    title, body = parts(message)
    return body or title


def _join(leader: list[int], texts: Sequence[str], here: int, there: int) -> None:
    one, other = _leader(leader, here), _leader(leader, there)
    if one != other and text_likeness(texts[here], texts[there]) >= ALIKE_FROM:
        leader[max(one, other)] = min(one, other)


def _leader(leader: list[int], member: int) -> int:
    while leader[member] != member:
        member = leader[member]
    return member

"""Whether a text has anything in it that a person can see.

Blank is more than spaces: zero-width characters, soft hyphens, tags and the fillers that look like nothing are sent by
phones and copied out of chats. What is required must be visible.

    is_visible("\\u200b\\u3164") is False        is_visible("。") is True
"""

from __future__ import annotations

import unicodedata

FILLERS = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and signs by their class, and empty space to the eye: fillers of Hangul and Khmer, the blank of braille."""

SEEN = frozenset("LNPS")
"""First letters of the general categories that leave ink: letters, numbers, punctuation, symbols."""


def is_visible(text: str) -> bool:
    """Whether at least one character leaves ink. Marks alone do not: they sit on a letter that is missing."""
    return any(unicodedata.category(c)[0] in SEEN and c not in FILLERS for c in text)

"""What of a text may be published: what is personal in it is masked, addresses end at the residential quarter.

People write their number into the description however often one asks them not to. Example:
「王奶奶，电话 19900001234」 by a reporter called 王奶奶 is published as 「王**，电话 199****1234」, and the
address 「春晓苑3幢2单元501」 as 「春晓苑」.
"""

from __future__ import annotations

from collections.abc import Iterable

from linli.doors.open311.rendering import clean_text
from linli.kernel.privacy.free_text import masked_words
from linli.kernel.privacy.masks import STAR, mask_phone

LONGEST_TEXT = 4_000
"""Characters of a description; fixed by the spec."""


def published_text(text: str, reporters: Iterable[tuple[str, str]] = ()) -> str:
    """The text with personal values masked, at most 4,000 characters. `reporters` are pairs of name and phone."""
    reporters = list(reporters)
    text = clean_text(text)
    for _name, phone in reporters:
        if len(phone) > 4:
            text = text.replace(phone, mask_phone(phone))
    text = masked_words(text, names=[name for name, _phone in reporters])
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def published_address(address: str, reporters: Iterable[tuple[str, str]] = ()) -> str:
    """The address down to the quarter or the street number; building, staircase and door are left out."""
    shown, hidden, _ = published_text(address, reporters).partition(STAR * 3)
    return shown.rstrip(" ,，、(（") if hidden else shown

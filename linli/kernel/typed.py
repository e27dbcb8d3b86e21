"""What people type where a code, a number or a name is asked for: full-width, with blanks, with invisible characters.

    typed_code("１１３１-６３２４ １２１７")   ->  "1131-6324 1217"
    typed_digits("１１３１-６３２４ １２１７")  ->  "113163241217"

One reading for every place where a number is asked for or searched: pages, desks, terminal and machines.
"""

from __future__ import annotations

import re
import unicodedata

UNSEEN = ("Cc", "Cf")
"""Unicode classes of characters that nobody sees: controls and formats such as the zero-width blank."""

INVISIBLE = re.compile(
    "[\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
"""Format characters in one expression, for texts too long to be asked character by character."""


def typed_code(text: str) -> str:
    """The same text in ordinary width, trimmed, without characters that nobody sees."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(c for c in plain if unicodedata.category(c) not in UNSEEN).strip()


def typed_digits(text: str) -> str:
    """A number without its grouping; whatever is no blank, dash or dot stays, to be refused."""
    return "".join(
        c
        for c in typed_code(text)
        if not (c.isspace() or unicodedata.category(c) == "Pd" or c in "._·")
    )


def typed_text(text: str) -> str:
    """A text of any length as it is compared: ordinary width, small letters, nothing that cannot be seen."""
    return INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).lower()

"""What people type where a code or a name is asked for: full-width, with blanks, with invisible characters.

typed_code("１１３１-６３２４ １２１７")  ->  "1131-6324 1217"      typed_digits(…)  ->  "113163241217"
"""

from __future__ import annotations

import unicodedata

UNSEEN = ("Cc", "Cf")


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

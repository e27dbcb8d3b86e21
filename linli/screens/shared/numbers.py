"""Row ids and versions as an address or a form brings them: digits of any length, or anything else."""

from __future__ import annotations

MOST_DIGITS = 18
"""What a column of 64 bits holds for certain; Python itself refuses to read thousands of digits."""


def whole_number(text: str | None) -> int | None:
    """The number the digits stand for; None for what is none or is longer than any row id."""
    if text is None or not text.isdecimal() or len(text) > MOST_DIGITS:
        return None
    return int(text)

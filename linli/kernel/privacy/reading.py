"""A copy of a text in which the many ways to write one character are one, with the way back to the original.

People hide a number from a machine without meaning to: full width, circled digits, 一九九 for 199, a blank from a
word processor that cannot be seen. Everything that looks for personal values looks at this copy, so none of it has
to know. Example: `１９９—००` read is `199-00`, and `where[3]` says that the dash stood at place 3.

`words` and `digits` are of equal length. In `words` only width is evened out; in `digits` the Chinese numerals are
digits as well, every dash is `-`, every dot `.`, every blank a space and every letter a capital.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_BLANKS = "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_DASHES = "‐‑‒–—―−﹣－⁃─━〜～~ー_／/|｜"
_DOTS = "。．·•・‧∙⋅●｡"
_NUMERALS = {
    "零": "0", "〇": "0", "○": "0", "一": "1", "幺": "1", "壹": "1", "二": "2", "贰": "2", "两": "2",
    "三": "3", "叁": "3", "四": "4", "肆": "4", "五": "5", "伍": "5", "六": "6", "陆": "6", "七": "7",
    "柒": "7", "八": "8", "捌": "8", "九": "9", "玖": "9",
}  # fmt: skip

_WORDS_TABLE: dict[int, str | int] = {**_WIDTH, **{ord(blank): " " for blank in _BLANKS}}
_DIGITS_TABLE: dict[int, str | int] = {
    **{ord(dash): "-" for dash in _DASHES},
    **{ord(dot): "." for dot in _DOTS},
    **{ord(numeral): digit for numeral, digit in _NUMERALS.items()},
    **{code: code - 32 for code in range(ord("a"), ord("z") + 1)},
    ord("×"): "X",
    ord("【"): "(",
    ord("】"): ")",
    ord("["): "(",
    ord("]"): ")",
}

_ONE_IN_A_WORD = re.compile(r"(?<=[唯万统单逐])一|一(?=[直个样下些般定起共旦切边度向家])")
"""一 that is no figure: 唯一, 一直. Beside a number it would make the number longer."""

_ODD = re.compile(
    r"[^\x00-\x7e\u00a0\u00b7\u00d7\u2002-\u200a\u2010-\u2015\u2018-\u201d\u2022\u2026\u3000-\u3011\u4e00-\u9fff"
    r"\uff01-\uff5e]"
)
"""Anything beside plain Chinese text; only such a text is read character by character."""


@dataclass(frozen=True)
class Reading:
    """`where[i]` is the place in the original of the character `i` of the copies; one more stands for the end."""

    words: str
    digits: str
    where: Sequence[int]


def read(text: str) -> Reading:
    """Linear in the length of the text."""
    where: Sequence[int] = range(len(text) + 1)
    if _ODD.search(text):
        text, where = _spelled_out(text)
    words = text.translate(_WORDS_TABLE)
    digits = _ONE_IN_A_WORD.sub("壱", words).translate(_DIGITS_TABLE)
    return Reading(words, digits, where)


def _spelled_out(text: str) -> tuple[str, list[int]]:
    """The text without what cannot be seen, digits of every script as ASCII, compositions taken apart."""
    characters: list[str] = []
    where: list[int] = []
    for place, character in enumerate(text):
        for one in character if character < "\u007f" else _plain(character):
            characters.append(one)
            where.append(place)
    return "".join(characters), [*where, len(text)]


def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cf", "Mn", "Me", "Cc"):
        return ""
    value = unicodedata.digit(character, None)
    if value is not None:
        return str(value)
    if category == "No" and unicodedata.numeric(character).is_integer():
        return str(int(unicodedata.numeric(character)))
    if category == "Pd":
        return "-"
    if category == "Zs":
        return " "
    return unicodedata.normalize("NFKC", character)

"""Codes of classes, and the pattern by which a city cuts the 16 digits of a component (部件).

The digits are district, major class, minor class and sequence. The older way cuts them 6+2+2+6, a newer one 6+2+3+5
(GB/T 30428.2 and the city's own rules); only the sum is fixed. So the pattern says how many digits a minor class has;
`kernel.places.codes` composes and parses the digits by it.

A class is known in the house as kind, major and minor together: C0101 部件, E0111 事件, A07 诉求 (which have no minor).
Classes that a city adds itself (扩展小类) are numbered backwards so that they never meet the standard ones: 99, 98 …
with two digits, 999, 998 … down to 080 with three. Their name carries 「（自定义）」 wherever a person reads the sheet.

Pure: plain values in, plain values out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from linli.cases.catalogue.standards.errors import BadCode, BadPattern
from linli.kernel.places.codes import extended_name

COMPONENT_DIGITS = 16
DEFAULT_PATTERN = "6+2+2+6"
PATTERNS = {2: DEFAULT_PATTERN, 3: "6+2+3+5"}
"""The usual pattern by the digits of a minor class."""

KIND_LETTERS = {"component": "C", "event": "E", "appeal": "A"}
KINDS_OF_LETTERS = {letter: kind for kind, letter in KIND_LETTERS.items()}
WITHOUT_MINOR = "appeal"
"""The kind whose classes may have a major class only."""

FIRST_EXTENDED = 80
"""With three digits 001-079 are the standard's, the others a city's own."""

_MARKS = ("（自定义）", "(自定义)", "【自定义】", "[自定义]")


class Pattern(NamedTuple):
    """Digits of the four parts of a component's code."""

    district: int
    major: int
    minor: int
    sequence: int

    def __str__(self) -> str:
        return "+".join(str(width) for width in self)


@dataclass(frozen=True)
class ClassCode:
    """The parts of a class's code; `minor` is empty for a class that is a major class at once."""

    kind: str
    major: str
    minor: str


def parse_pattern(text: str) -> Pattern:
    """Read `6+2+2+6`. Raises BadPattern unless it is four whole numbers from 1 that make 16."""
    parts = [part.strip() for part in text.replace("＋", "+").split("+")]
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() for part in parts):
        raise BadPattern(
            f"编码分段“{text.strip()[:30]}”看不懂，请写成四段位数，例如 6+2+2+6（区划+大类+小类+流水号）。",
            field="pattern",
        )
    widths = [int(part[:3]) for part in parts]
    if sum(widths) != COMPONENT_DIGITS or min(widths) < 1:
        raise BadPattern(
            f"编码分段“{text.strip()}”合计 {sum(widths)} 位，应合计 {COMPONENT_DIGITS} 位、每段至少 1 位。",
            field="pattern",
        )
    if widths[2] not in PATTERNS:
        raise BadPattern(
            f"编码分段“{text.strip()}”的小类是 {widths[2]} 位，小类代码只能是 2 位或 3 位。",
            field="pattern",
        )
    return Pattern(*widths)


def prevailing_pattern(minors: Iterable[str]) -> Pattern:
    """The pattern that fits most of the minor classes in use; the usual one where there are none."""
    widths = Counter(len(minor) for minor in minors if len(minor) in PATTERNS)
    width = max(sorted(widths), key=widths.__getitem__, default=2)
    return parse_pattern(PATTERNS[width])


def class_code(kind: str, major: str, minor: str) -> str:
    """The code of a class: `class_code("event", "01", "11") == "E0111"`. Raises BadCode for an unknown kind."""
    letter = KIND_LETTERS.get(kind)
    if letter is None or not (minor or kind == WITHOUT_MINOR):
        raise BadCode(f"没有“{kind}”这种类型，或者缺少小类代码。", field="kind")
    return f"{letter}{major}{minor}"


def parse_class_code(code: str, *, major_digits: int = 2) -> ClassCode:
    """The parts of a class's code. Raises BadCode for one that was not made by `class_code`."""
    kind = KINDS_OF_LETTERS.get(code[:1])
    major, minor = code[1 : 1 + major_digits], code[1 + major_digits :]
    fits = len(major) == major_digits and (major + minor).isdigit() and code.isascii()
    if kind is None or not fits or not (minor or kind == WITHOUT_MINOR):
        raise BadCode(
            f"“{code[:20]}”不是小类编码，应为类型字母、大类和小类代码，例如 E0111。", field="code"
        )
    return ClassCode(kind, major, minor)


def is_custom(minor: str, *, marked: bool) -> bool:
    """Whether a class is the city's own: it was marked so, or its three digits lie in the range for such classes."""
    return marked or (len(minor) == 3 and minor.isdigit() and int(minor) >= FIRST_EXTENDED)


def with_mark(name: str, *, custom: bool) -> str:
    """The name as a sheet shows it."""
    return extended_name(name) if custom else name


def without_mark(name: str) -> tuple[str, bool]:
    """(the plain name, whether it carried 「（自定义）」 in one of its spellings)."""
    for mark in _MARKS:
        if name.endswith(mark):
            return name.removesuffix(mark).rstrip(), True
    return name, False

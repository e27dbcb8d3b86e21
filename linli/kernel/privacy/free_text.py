"""What people type into free text besides their matter: numbers, names and homes, hidden wherever they stand.

Somebody who may not see the contact of a report does not find it in its words either. The rule looks at an even copy
of the text (`reading.py`), so that width, dashes, dots, blanks, invisible signs and Chinese numerals make no
difference, and hides in the original; what is not personal stays to the letter. Hiding twice is hiding once. Example:

    我叫张建国，电话１９９－0000－１２３４，住春晓苑3幢2单元501，楼下的路灯3月9日起不亮，12345也打过
    我叫张**，电话199****1234，住春晓苑***，楼下的路灯3月9日起不亮，12345也打过

Which numbers, names and homes: `numbers.py`, `names.py`, `homes.py`. Time is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from linli.kernel.privacy.homes import homes_in
from linli.kernel.privacy.names import TITLES, names_in
from linli.kernel.privacy.numbers import Found, numbers_in
from linli.kernel.privacy.reading import read

_QUIET = re.compile(
    r"[@＠\d零〇○幺壹一二两贰三叁四肆五伍六陆七柒八捌九玖]|[\u2070-\u218f\u2460-\u24ff\u2776-\u2793]|[\u3220-\u3289]|"
    r"[^\x00-\uffef]|"
    rf"[姓名人我叫主户客东民居属款]|{TITLES}|微信|[QqVv]"
)
"""A text without any of these holds nothing personal and is not looked at any further."""


def masked_words(text: str, *, names: Iterable[str] = (), keep_home: bool = False) -> str:
    """The text with everything personal hidden.

    `names` are known ones, such as the reporter's; `keep_home` leaves addresses to those who have to go there.
    """
    pieces: list[str] = []
    at = 0
    for found in personal_in(text, names=names, keep_home=keep_home):
        pieces += (text[at : found.start], found.shown)
        at = found.end
    return "".join((*pieces, text[at:])) if pieces else text


def masked_tree(value: Any, *, keep_home: bool = False) -> Any:
    """What JSON holds, with every text in it masked; names of keys stay."""
    if isinstance(value, str):
        return masked_words(value, keep_home=keep_home)
    if isinstance(value, dict):
        return {key: masked_tree(one, keep_home=keep_home) for key, one in value.items()}
    if isinstance(value, list):
        return [masked_tree(one, keep_home=keep_home) for one in value]
    return value


def personal_in(text: str, *, names: Iterable[str] = (), keep_home: bool = False) -> list[Found]:
    """What is personal, in order and without overlaps; places are those of `text`, the end of a value excluded."""
    names = tuple(names)
    if not names and _QUIET.search(text) is None:
        return []
    reading = read(text)
    found = [*numbers_in(reading), *names_in(reading, names)]
    if not keep_home:
        found.extend(homes_in(reading))
    return [
        Found(reading.where[one.start], reading.where[one.end - 1] + 1, one.kind, one.shown)
        for one in _apart(found)
    ]


def _apart(found: list[Found]) -> list[Found]:
    """Of values that overlap the wider one, which hides the other with it."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda each: (each.start, -each.end)):
        if kept and one.start < kept[-1].end:
            if one.end <= kept[-1].end:
                continue
            one = Found(kept[-1].start, one.end, kept[-1].kind, kept[-1].shown)
            kept.pop()
        kept.append(one)
    return kept

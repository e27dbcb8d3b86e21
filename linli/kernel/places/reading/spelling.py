"""The many ways in which people write one building, one number and one community.

house_key("12幢") == house_key("１２栋") == house_key("十二号楼") == house_key("12#")  ->  "12"
stem("槐树里社区居委会")  ->  "槐树里"
"""

from __future__ import annotations

import re

from linli.kernel.typed import typed_text

NUMERAL = r"(?:[0-9]{1,5}|[零〇一二两三四五六七八九十百千]{1,7})"
SIGN = r"(?:[甲乙丙丁戊己庚辛壬癸]|[a-z][0-9]{0,2}|[东西南北中])"
HOUSE_WORDS = ("号楼", "号幢", "号栋", "号座", "#楼", "#", "幢", "栋", "座", "楼", "号")
"""What stands after the number of a building, the surest first; 楼 may be a storey and 号 a door."""

COMMUNITY_WORDS = (
    "社区居民委员会", "社区居委会", "居民委员会", "村民委员会", "居委会", "村委会", "社区", "村",
)  # fmt: skip
QUARTER_WORDS = ("住宅小区", "小区")

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
}
_TENS = {"十": 10, "百": 100, "千": 1000}
_BLANKS = re.compile(r"\s+")


def compact(text: str) -> str:
    """A text as it is compared: ordinary width, small letters, no blanks, nothing that cannot be seen."""
    return _BLANKS.sub("", typed_text(text))


def number_in(numeral: str) -> int | None:
    """十二 → 12, 一百零三 → 103, 一二 → 12 (read digit by digit); None for what is no number."""
    if numeral.isascii():
        return int(numeral) if numeral.isdigit() else None
    if not any(character in _TENS for character in numeral):
        read = "".join(str(_DIGITS[one]) for one in numeral if one in _DIGITS)
        return int(read) if len(read) == len(numeral) and read else None
    total, digit = 0, 0
    for character in numeral:
        if character in _TENS:
            total, digit = total + max(1, digit) * _TENS[character], 0
        elif character in _DIGITS:
            digit = _DIGITS[character]
        else:
            return None
    return total + digit


def same_number(text: str) -> str:
    """A number in digits without zeros in front, a sign such as 甲 or a as it is."""
    value = number_in(text)
    return text if value is None else str(value)


def house_key(name: str) -> str:
    """What is left of the name of a building when number and word are written one way: 12号商铺楼 → 12商铺."""
    plain = compact(name).removeprefix("第")
    word = next((word for word in HOUSE_WORDS if plain.endswith(word) and plain != word), "")
    plain = plain.removesuffix(word)
    found = re.match(NUMERAL, plain)
    if found is None:
        return plain
    return same_number(found[0]) + plain[found.end() :].removeprefix("号")


def stem(name: str, words: tuple[str, ...] = COMMUNITY_WORDS) -> str:
    """A name without the word for what it is; whole where only one character would be left."""
    word = next((word for word in words if name.endswith(word)), "")
    short = name.removesuffix(word)
    return short if len(short) > 1 else name


def ending_house(text: str) -> tuple[str, str]:
    """(quarter, key of the building) of a compact text that ends with a building; the key is "" where none does."""
    found = _ENDS_IN_HOUSE.search(text)
    if found is None:
        return text, ""
    return stem(text[: found.start()], QUARTER_WORDS), house_key(found[0])


_ENDS_IN_HOUSE = re.compile(
    rf"第?(?:{NUMERAL}|{SIGN})(?:{'|'.join(map(re.escape, HOUSE_WORDS))})?$"
)

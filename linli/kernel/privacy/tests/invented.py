"""Personal data that belongs to nobody, in every way it gets typed: the raw material of the properties of the mask.

Telephones begin with 1990000, identity numbers end in a check character that is wrong or right by chance, cards obey
Luhn and belong to no bank.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

NUMERALS = (
    "0123456789", "０１２３４５６７８９", "〇一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖", "零幺两三四五六七八九",
    "⓪①②③④⑤⑥⑦⑧⑨", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "𝟶𝟷𝟸𝟹𝟺𝟻𝟼𝟽𝟾𝟿", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "⁰¹²³⁴⁵⁶⁷⁸⁹",
    "⓿❶❷❸❹❺❻❼❽❾",
)  # fmt: skip
"""Ways to write the ten digits."""

GAPS = (
    "", "-", "－", "—", "–", "‑", " ", "\u3000", "\u00a0", "\u2009", ".", "．", "·", "。", "_", "/", "\u200b",
    "\u200d", "\ufeff", "\u2060", " - ", "\t",
)  # fmt: skip
"""What stands between two groups."""

CARRIERS = (
    "{}", "联系我{}谢谢", "电话：{}", "请打{}。", "楼道灯坏了，{}，三天没人修", "（{}）",
    "唯一{}一直打不通", "我的是{}啊",
    "2026年3月9日报过，{}", "12345说打{}", "灯杆12号旁\n{}\n等回复", "有事{}，没事不用打", "“{}”", "找我:{};急",
)  # fmt: skip

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True)
class Invented:
    """`plain` is what must not be found again, `said` the text around it."""

    kind: str
    plain: str
    said: str


def invented(count: int, *, seed: int) -> Iterator[Invented]:
    """So many of all kinds in turn; the same for the same seed."""
    dice = random.Random(seed)
    kinds = list(KINDS.items())
    for number in range(count):
        kind, make = kinds[number % len(kinds)]
        plain, groups, announced = make(dice)
        value = _written(dice, groups)
        carrier = dice.choice(CARRIERS)
        yield Invented(kind, plain, carrier.format(f"{announced}{value}"))


def _written(dice: random.Random, groups: list[str]) -> str:
    gap = dice.choice(GAPS)
    gaps = [dice.choice(GAPS) if dice.random() < 0.2 else gap for _ in groups]
    numerals = dice.choice(NUMERALS)
    mixed = dice.random() < 0.1
    said = ""
    for group, between in zip(groups, ["", *gaps[1:]], strict=False):
        said += between
        for sign in group:
            table = dice.choice(NUMERALS) if mixed else numerals
            said += table[int(sign)] if sign.isascii() and sign.isdigit() else _letter(dice, sign)
    return said


def _letter(dice: random.Random, sign: str) -> str:
    if not sign.isascii() or not sign.isalpha():
        return sign
    return dice.choice((sign, sign.lower(), chr(ord(sign) + 0xFEE0)))


def _digits(dice: random.Random, count: int) -> str:
    return "".join(dice.choice("0123456789") for _ in range(count))


def _split(dice: random.Random, digits: str, *sizes: int) -> list[str]:
    way = dice.random()
    if way < 0.4:
        return [digits]
    if way < 0.5:
        return list(digits)
    groups, at = [], 0
    for size in sizes:
        groups.append(digits[at : at + size])
        at += size
    return groups


def _mobile(dice: random.Random) -> tuple[str, list[str], str]:
    digits = "1990000" + _digits(dice, 4)
    country = dice.choice(("", "", "", "+86", "0086", "86"))
    groups = _split(dice, digits, *dice.choice(((3, 4, 4), (3, 3, 5), (4, 4, 3), (5, 6))))
    if country:
        return digits, [country, *groups], ""
    return digits, groups, ""


def _landline(dice: random.Random) -> tuple[str, list[str], str]:
    if dice.random() < 0.5:
        area, local = "0999", dice.choice("2345678") + _digits(dice, dice.choice((6, 7)))
    else:
        area, local = dice.choice(("010", "021")), dice.choice("2345678") + _digits(dice, 7)
    extension = dice.choice(("", "", "转801", "-8012"))
    if extension:
        return area + local, [area + local], f"{area}-{local}{extension}，"
    return area + local, [area, local], ""


def _identity(dice: random.Random) -> tuple[str, list[str], str]:
    born = f"{dice.randint(1930, 2019)}{dice.randint(1, 12):02}{dice.randint(1, 28):02}"
    place = dice.choice(("110101", "330106", "520102"))
    if dice.random() < 0.2:
        digits = place + born[2:] + _digits(dice, 3)
        return digits, _split(dice, digits, 6, 6, 3), ""
    digits = place + born + _digits(dice, 3) + dice.choice("0123456789X")
    return digits, _split(dice, digits, 6, 8, 4), dice.choice(("", "身份证"))


def _card(dice: random.Random) -> tuple[str, list[str], str]:
    digits = "62" + _digits(dice, dice.choice((13, 16)))
    doubled = [int(one) * 2 for one in digits[::-2]]
    total = sum(map(int, digits[-2::-2])) + sum(one - 9 if one > 9 else one for one in doubled)
    digits += str(-total % 10)
    return digits, _split(dice, digits, 4, 4, 4, 4, 3), dice.choice(("", "卡号", "银行卡："))


def _plate(dice: random.Random) -> tuple[str, list[str], str]:
    letter, tail = dice.choice(LETTERS), _digits(dice, 4)
    end = dice.choice((*"警学挂", *LETTERS[:3], "5", "66"))
    plate = f"{dice.choice('京浙苏黔')}{letter}{tail}{end}"
    return plate, dice.choice(([plate], [plate[:2], plate[2:]], [plate[0], plate[1:]])), ""


def _paper(dice: random.Random) -> tuple[str, list[str], str]:
    letter = dice.choice("EGCHM")
    digits = letter + _digits(dice, 8)
    return (
        digits,
        dice.choice(([digits], [letter, digits[1:]])),
        dice.choice(("", "护照", "通行证号码：")),
    )


def _account(dice: random.Random) -> tuple[str, list[str], str]:
    digits = dice.choice("123456789") + _digits(dice, dice.choice((6, 8, 9)))
    return digits, [digits], dice.choice(("QQ", "QQ：", "微信号", "qq号是", "加微信："))


def _name(dice: random.Random) -> tuple[str, list[str], str]:
    name = dice.choice("王李张赵") + dice.choice(("桂兰", "建国", "小燕", "丽"))
    name = dice.choice((name, name, name, "欧阳小明"))
    cue = dice.choice(("我叫", "联系人：", "联系人:", "姓名：", "姓名　", "我叫 "))
    return name, [name], cue


def _mail(dice: random.Random) -> tuple[str, list[str], str]:
    name = "".join(dice.choice("abcdefgh") for _ in range(6)) + _digits(dice, 2)
    return (
        f"{name}@example.org",
        [],
        dice.choice((f"{name}@example.org", f"{name}＠example．org", f"{name} @ example . org")),
    )


def _home(dice: random.Random) -> tuple[str, list[str], str]:
    building, staircase, door = (
        dice.choice("3456789"),
        dice.choice("234"),
        f"{dice.randint(5, 29)}0{dice.randint(1, 4)}",
    )
    shape = dice.choice(
        (
            ([building, "幢", door], "春晓苑"),
            ([building, "#", door], ""),
            ([building, "栋", staircase, "单元", door, "室"], ""),
            ([building, "号楼", door], "望舒庭"),
            ([building, "-", staircase, "-", door], "春晓苑"),
            ([building, "-", staircase, "-", door], "住"),
            (["12", "号", door, "室"], "槐树路"),
        )
    )
    return door, [], shape[1] + _home_written(dice, shape[0])


def _home_written(dice: random.Random, parts: list[str]) -> str:
    numerals = dice.choice(NUMERALS)
    gap = dice.choice(("", "", " ", "\u200b"))
    written = [
        "".join(numerals[int(one)] if one.isdigit() else one for one in part) for part in parts
    ]
    dash = dice.choice(("-", "－", "—", "–"))
    return gap.join(written).replace("-", dash).replace("#", dice.choice("#＃"))


KINDS: dict[str, Callable[[random.Random], tuple[str, list[str], str]]] = {
    "phone": _mobile,
    "landline": _landline,
    "id_number": _identity,
    "bank_card": _card,
    "plate": _plate,
    "travel_paper": _paper,
    "account_name": _account,
    "name": _name,
    "email": _mail,
    "home": _home,
}

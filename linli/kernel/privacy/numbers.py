"""Numbers that name a person: telephones, identity papers, bank cards, plates, e-mail, WeChat and QQ.

A number is read from its groups of digits, however they are set apart: `199 0000 1234`, `199-0000-1234` and
`1 9 9 0 …` are the same eleven digits. A kind is told by its length and by what its digits must obey:

    手机      1[3-9] and nine more, +86, 0086 or 0 before it
    座机      an area code and 7 or 8 digits, an extension behind; without area code only when it is announced
    身份证    a province, a day of birth, 18 or 15 characters
    银行卡    16 to 19 digits with the check digit of Luhn; any of 12 to 19 when announced
    证件      E/G/D/S/P and 8 digits, H/M/C/T likewise; others when announced
    车牌      province, letter, 5 or 6 signs, also 警 学 挂 港 澳 试 超 使 领

What stays: dates, times, money, measurements, our own numbers (14 digits, a day first), 12345, 110, 96xxx, 400…,
standards and the codes of firms (统一社会信用代码), which obey none of these.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from linli.kernel.privacy.masks import (
    mask_bank_card,
    mask_email,
    mask_id_number,
    mask_phone,
    mask_plate,
)
from linli.kernel.privacy.reading import Reading

HIDDEN = "***"


@dataclass(frozen=True, order=True)
class Found:
    """A personal value from `start` to `end` of a reading, and what is shown in its place."""

    start: int
    end: int
    kind: str
    shown: str


@dataclass(frozen=True)
class _Group:
    start: int
    end: int
    text: str


_RUN = re.compile(r"[0-9][0-9 .()+\-]{4,}")
_GROUP = re.compile(r"[0-9]+|[零〇○幺壹一贰二两叁三肆四伍五陆六柒七捌八玖九]+")
_CHECK_SIGN = re.compile(r"[ .\-]{0,3}X(?![0-9A-Z])")
LONGEST = 19 + 4
"""Digits of a number and of what stands before its country code."""

WIDEST_GAP = 3
"""Signs between two groups of one number; more and they are two numbers."""

PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 "
    "61 62 63 64 65 71 81 82 83".split()
)
MOBILE = re.compile(r"(?:86|0086|0)?(1[3-9][0-9]{9})")
LANDLINE = re.compile(r"(?:0086|86)?(0(?:10|2[0-9])[1-9][0-9]{7}|0[3-9][0-9]{2}[1-9][0-9]{6,7})")
ABROAD = re.compile(r"(?:0086|86)((?:10|2[0-9])[1-9][0-9]{7}|[3-9][0-9]{2}[1-9][0-9]{6,7})")
LOCAL = re.compile(r"[2-8][0-9]{6,7}")
_AMOUNT = re.compile(r" ?(?:元|万元|亿|吨|公斤|斤|平方|平米|立方|块钱)")
"""What follows an amount. 方, 万, 平 and 度 alone begin other words: 方便, 万一, 平时, 度假."""

_UNITS = frozenset("元万亿块平米吨度斤方")
"""The same behind a number of seven or eight digits, which is an amount more often than a telephone."""

WHOLE = 11
"""Digits from which a number is whole, stars beside it or not; of a masked one (199****1234) fewer are left."""
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_CALL = re.compile(
    r"(?:电话|手机|座机|固话|致电|来电|联系|拨打|号码|TEL|PHONE|热线|传真|回电)[^0-9]{0,6}$"
)
_PAPER = re.compile(r"(?:身份证|证件|身份号码|公民身份)[^0-9]{0,8}$")
_ACCOUNT = re.compile(r"(?:卡号|银行卡|储蓄卡|信用卡|账号|账户|帐号|帐户)[^0-9]{0,8}$")
_FIRM = re.compile(r"(?:信用代码|税号|执照|注册号|机构代码)[^0-9]{0,8}$")
_LOOK_BACK = 16
_EXTENSION = re.compile(r" ?(?:-|转|EXT\.?|分机号?|#) ?[0-9]{1,5}(?![0-9])")

_LETTERED = re.compile(r"[EGDSPHMCTKLW][A-HJ-NP-Z]?[ \-.]{0,3}[0-9][0-9 .\-]{6,24}")
_BETWEEN = r"[^0-9A-Z*]{0,6}"
_ANNOUNCED = (
    ("travel_paper", re.compile(
        r"(?:护照|通行证|台胞证|回乡证|居留证|居住证|军官证|士兵证|驾驶证|驾照|港澳证)"
        rf"{_BETWEEN}([0-9A-Z(][0-9A-Z() .\-]{{5,30}})")),
    ("id_number", re.compile(rf"身份证{_BETWEEN}([A-Z]{{1,2}}[0-9() .\-]{{6,14}})")),
    ("account_name", re.compile(
        r"(?:微信|微X|薇信|威信|WECHAT|WEIXIN|VX|WX|加V|V信|QQ|扣扣|Q号|企鹅号)"
        rf"{_BETWEEN}([0-9A-Z][0-9A-Z_.\-]{{4,30}}|[0-9][0-9 .\-]{{4,24}})")),
)  # fmt: skip
_SIGN = re.compile(r"[0-9A-Z]")
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵黔粤青藏川宁琼][ .\-]{0,3}[A-Z][ .\-]{0,3}"
    r"[0-9A-Z][0-9A-Z .\-]{3,16}[警学挂港澳试超使领]?"
)
_AT = re.compile(r" ?(?:@|\(AT\)) ?")
_LOCAL_PART = re.compile(r"[A-Za-z0-9._+\-]{1,64}$")
_DOMAIN = re.compile(r"[A-Za-z0-9\-. 。]{1,100}")


def numbers_in(reading: Reading) -> list[Found]:
    """In no order; they may overlap."""
    return [
        *_grouped(reading),
        *_lettered(reading),
        *_announced(reading),
        *_plates(reading),
        *_mails(reading),
    ]


def _grouped(reading: Reading) -> Iterator[Found]:
    for run in _RUN.finditer(reading.digits):
        groups = list(_groups(reading, run.start(), run.end()))
        at = 0
        while at < len(groups):
            found, used = _number_at(reading.digits, groups, at)
            if found is not None:
                yield found
            at += used


def _groups(reading: Reading, start: int, end: int) -> Iterator[_Group]:
    """Figures, Chinese numerals apart, and of these the first and the last alone: in 十一19900001234 and
    ……三四一共 they may belong to the words beside the number."""
    for hit in _GROUP.finditer(reading.words, start, end):
        first, last = hit.span()
        inner = (first, last) if hit[0].isascii() or last - first < 3 else (first + 1, last - 1)
        for one, other in ((first, inner[0]), inner, (inner[1], last)):
            if one < other:
                yield _Group(one, other, reading.digits[one:other])


def _number_at(text: str, groups: list[_Group], at: int) -> tuple[Found | None, int]:
    """The longest number that begins with this group, and how many groups it took."""
    starred = text[groups[at].start - 1 : groups[at].start] == "*"
    digits, best, used = "", None, 1
    for length, group in enumerate(groups[at : at + LONGEST], start=1):
        if length > 1 and group.start - groups[at + length - 2].end > WIDEST_GAP:
            break
        digits += group.text
        if len(digits) > LONGEST:
            break
        taken = groups[at : at + length]
        sign = _CHECK_SIGN.match(text, group.end) if len(digits) == 17 else None
        if sign and _is_identity(f"{digits}X", text, taken):
            return _found(
                "id_number", f"{digits}X", text, [*taken, _Group(*sign.span(), "X")]
            ), length
        kind = _kind_of(digits, text, taken)
        if kind is not None and (not starred or len(digits) >= WHOLE):
            best, used = _found(kind, digits, text, taken), length
    return best, used


def _kind_of(digits: str, text: str, taken: list[_Group]) -> str | None:
    if text[taken[-1].end : taken[-1].end + 1] == "*" and len(digits) < WHOLE:
        return None
    kind = next((kind for kind, fits in _KINDS if fits(digits, text, taken)), None)
    return None if kind == "phone" and _is_date(taken) else kind


def _is_date(taken: list[_Group]) -> bool:
    """Whether year and month stand side by side in the groups: 2026-3-9, or a span of days."""
    if len(taken[0].text) > 4 or _usual([group.text for group in taken]):
        return False
    return any(
        _YEAR.fullmatch(year.text)
        and len(month.text) <= 2
        and 1 <= int(month.text) <= 12
        and year.end < month.start
        and (before is None or before.end < year.start)
        for before, year, month in zip([None, *taken], taken, taken[1:], strict=False)
    )


def _usual(texts: list[str]) -> bool:
    return [len(one) for one in texts] in ([3, 4, 4], [4, 4, 4, 4], [3, 3, 5], [1] * len(texts))


def _is_mobile(digits: str, text: str, taken: list[_Group]) -> bool:
    return MOBILE.fullmatch(digits) is not None and _AMOUNT.match(text, taken[-1].end) is None


def _is_landline(digits: str, text: str, taken: list[_Group]) -> bool:
    start = taken[0].start
    if text[start - 1 : start] == "." and text[start - 2 : start - 1].isdigit():
        return False  # the decimals of a position
    if LANDLINE.fullmatch(digits):
        return True
    abroad = taken[0].text in ("86", "0086") or text[start - 1 : start] == "+"
    return abroad and ABROAD.fullmatch(digits) is not None


def _is_local(digits: str, text: str, taken: list[_Group]) -> bool:
    if (
        not LOCAL.fullmatch(digits)
        or len(taken) > 2
        or text[taken[-1].end : taken[-1].end + 1] in _UNITS
    ):
        return False
    return _CALL.search(text[max(0, taken[0].start - _LOOK_BACK) : taken[0].start]) is not None


def _is_identity(digits: str, text: str, taken: list[_Group]) -> bool:
    before = text[max(0, taken[0].start - _LOOK_BACK) : taken[0].start]
    if len(digits) not in (15, 18) or _FIRM.search(before):
        return False
    if _PAPER.search(before):
        return True
    born = digits[6:14] if len(digits) == 18 else "19" + digits[6:12]
    return digits[:2] in PROVINCES and _is_birthday(born)


def _is_birthday(day: str) -> bool:
    return day[:2] in ("18", "19", "20") and "01" <= day[4:6] <= "12" and "01" <= day[6:8] <= "31"


def _is_card(digits: str, text: str, taken: list[_Group]) -> bool:
    if "X" in digits or not 12 <= len(digits) <= 19:
        return False
    before = text[max(0, taken[0].start - _LOOK_BACK) : taken[0].start]
    if _FIRM.search(before):
        return False
    if _ACCOUNT.search(before):
        return True
    return len(digits) >= 16 and digits[0] in "3456" and luhn(digits)


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B: the doubled digits from the right sum to a multiple of ten."""
    doubled = [int(one) * 2 for one in digits[-2::-2]]
    total = sum(map(int, digits[-1::-2])) + sum(one - 9 if one > 9 else one for one in doubled)
    return total % 10 == 0


_KINDS: tuple[tuple[str, Callable[[str, str, list[_Group]], bool]], ...] = (
    ("id_number", _is_identity),
    ("bank_card", _is_card),
    ("phone", _is_mobile),
    ("phone", _is_landline),
    ("phone", _is_local),
)
_MASKS: dict[str, Callable[[str], str]] = {
    "id_number": mask_id_number,
    "bank_card": mask_bank_card,
    "phone": mask_phone,
}


def _found(kind: str, digits: str, text: str, taken: list[_Group]) -> Found:
    start, end = taken[0].start, taken[-1].end
    shown = digits
    if kind == "phone":
        shown = re.sub(r"^(?:0086|86(?=1[3-9][0-9]{9}$)|86(?=0))", "", digits)
        start -= text[start - 1 : start] == "+"
        if text[start - 1 : start] == "(" and ")" in text[start:end]:
            start -= 1
        extension = _EXTENSION.match(text, end)
        if extension:
            return Found(start, extension.end(), kind, mask_phone(shown) + HIDDEN)
    return Found(start, end, kind, _MASKS[kind](shown))


def _lettered(reading: Reading) -> Iterator[Found]:
    """Passports and permits: one or two letters and 7 to 10 digits, exactly."""
    for hit in _LETTERED.finditer(reading.digits):
        signs = [hit.start() + one.start() for one in _SIGN.finditer(hit[0])]
        letters = sum(reading.digits[place].isalpha() for place in signs)
        count = len(signs) - letters
        end = signs[-1] + 1
        fits = count == (8 if letters == 1 else 7) or (hit[0][0] in "HM" and count == 10)
        if fits and not _in_a_word(reading, hit.start() - 1) and not _in_a_word(reading, end):
            yield Found(hit.start(), end, "travel_paper", HIDDEN)


def _in_a_word(reading: Reading, place: int) -> bool:
    """Whether a letter or figure stands there: GB12345678 is no passport."""
    sign = reading.words[place : place + 1] if place >= 0 else ""
    return sign.isascii() and sign.isalnum()


def _announced(reading: Reading) -> Iterator[Found]:
    for kind, pattern in _ANNOUNCED:
        for hit in pattern.finditer(reading.digits):
            value = hit[1].rstrip(" .-")
            signs = len(_SIGN.findall(value))
            if signs >= 5 and not (value.isalpha() and " " in value):
                yield Found(hit.start(1), hit.start(1) + len(value), kind, HIDDEN)


def _plates(reading: Reading) -> Iterator[Found]:
    for hit in _PLATE.finditer(reading.digits):
        special = hit[0][-1] in "警学挂港澳试超使领"
        signs = [place for place, one in enumerate(hit[0]) if one not in " .-"]
        most = 8 if not special else len(signs)
        if len(signs) > 8:
            special, signs = False, signs[:most]
        if len(signs) < 7 or not any(hit[0][place].isdigit() for place in signs[2:]):
            continue
        plate = "".join(hit[0][place] for place in signs)
        yield Found(hit.start(), hit.start() + signs[-1] + 1, "plate", mask_plate(plate))


def _mails(reading: Reading) -> Iterator[Found]:
    for at in _AT.finditer(reading.words):
        local = _LOCAL_PART.search(reading.words, max(0, at.start() - 64), at.start())
        domain = _DOMAIN.match(reading.words, at.end())
        if local is None or domain is None:
            continue
        parts = re.split(r" ?[.。] ?", domain[0].rstrip(" .。"))
        named = _domain_parts(parts)
        if len(named) < 2:
            continue
        end = at.end() + _place_behind(domain[0], named)
        yield Found(local.start(), end, "email", mask_email(f"{local[0]}@{'.'.join(named)}"))


def _domain_parts(parts: list[str]) -> list[str]:
    """Labels up to the first that is none or ends at a blank."""
    named: list[str] = []
    for part in parts:
        label, blank, _ = part.partition(" ")
        if not label:
            break
        named.append(label)
        if blank:
            break
    return named


def _place_behind(text: str, named: list[str]) -> int:
    at = 0
    for label in named:
        at = text.index(label, at) + len(label)
    return at

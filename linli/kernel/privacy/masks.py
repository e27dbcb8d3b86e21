"""Masking 脱敏: how a personal value looks to someone who may not see it in full.

The rules, with one example each (domain facts: people, section 4):

    手机    3 + 4                    19900001234        -> 199****1234
    身份证  3 + 4 (3+3, 4+4, 6+4)    18 characters      -> 110***********1234
    姓名    keep the family name     张三丰             -> 张**      欧阳小明 -> 欧阳**
    地址    keep to the quarter      …春晓苑3幢2单元501 -> …春晓苑***
    银行卡  last 4                   16 digits          -> ************0018
    车牌    first 2 + last 2         京A12312           -> 京A***12
    邮箱    first character          abc@example.org    -> a***@example.org
    位置    three decimals           120.0051234567     -> 120.005 (about 100 m)

Masking runs on the server; a masked page never carries the plain value. Whatever does not look like
its kind is hidden more, never less: an odd value is no reason to show it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

STAR = "*"
ID_KEEPS = frozenset({(3, 4), (3, 3), (4, 4), (6, 4)})

# The compound family names still in use; a two-character name is never read as one of them.
COMPOUND_FAMILY_NAMES = frozenset(
    "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 司徒 司空 夏侯 端木 百里 东郭 南宫 呼延 "
    "轩辕 独孤 澹台 公冶 宗政 濮阳 淳于 单于 太叔 申屠 仲孙 钟离 闻人 赫连 鲜于 闾丘 亓官 司寇 巫马 公西 "
    "漆雕 乐正 壤驷 公良 拓跋 夹谷 宰父 谷梁 段干 东门 西门 南门 羊舌 微生 梁丘 左丘 第五 公羊 万俟 闻人".split()
)

_NUMBER = r"[0-9０-９A-Za-z一二三四五六七八九十百甲乙丙丁东西南北]{1,60}"
_BUILDING = re.compile(
    _NUMBER + r"\s{0,9}(?:号楼|幢|栋|座|单元|号院|支弄|弄|室|户|层|楼|门|#|-|－|—)"
)
_HOUSE_NUMBER = re.compile(r"[0-9０-９]{1,60}\s{0,9}号?")


def mask_phone(value: str) -> str:
    """First 3 and last 4 digits; spaces, hyphens and +86 are dropped, short numbers keep their last 2."""
    digits = re.sub(r"[\s\-()()（）]", "", value)
    digits = re.sub(r"^(?:\+|00)86", "", digits)
    if len(digits) >= 11:
        return _keep(digits, 3, 4)
    return _keep(digits, 0, 2)


def mask_id_number(value: str, *, keep: tuple[int, int] = (3, 4)) -> str:
    """`keep` is (characters at the start, at the end), one of `ID_KEEPS`; another pair is a ValueError."""
    if keep not in ID_KEEPS:
        raise ValueError(f"keep must be one of {sorted(ID_KEEPS)}, not {keep}")
    return _keep(value.strip(), *keep)


def mask_name(value: str) -> str:
    """Keep the family name (compound ones too); a name of one character is hidden altogether."""
    name = value.strip()
    if len(name) < 2:
        return STAR * len(name)
    kept = 2 if len(name) > 2 and name[:2] in COMPOUND_FAMILY_NAMES else 1
    hidden = re.sub(r"[^\s·•]", STAR, name[kept:])
    return name[:kept] + hidden


def mask_address(value: str) -> str:
    """Keep up to the residential quarter; the building and everything below it become `***`.

    A street number counts as a building unless a building is named further on
    (槐树路12号春晓苑3幢 keeps 槐树路12号春晓苑).
    """
    address = value.strip()
    building = _BUILDING.search(address)
    if building:
        head = address[: building.start()]
        # 12号301室: the digits before 号 belong to the same house, so they go too.
        return _without_trailing_number(head) + STAR * 3
    number = _HOUSE_NUMBER.search(address)
    return address[: number.start()] + STAR * 3 if number else address


def mask_bank_card(value: str) -> str:
    """Only the last 4 digits; spaces are dropped."""
    return _keep(re.sub(r"\s", "", value), 0, 4)


def mask_plate(value: str) -> str:
    """First 2 and last 2 characters; the dot of 京A·12312 is dropped."""
    return _keep(re.sub(r"[\s·•.]", "", value), 2, 2)


def mask_email(value: str) -> str:
    """First character and the domain; the number of stars does not tell the length."""
    local, at, domain = value.strip().rpartition("@")
    if not at or not local:
        return STAR * 3
    return f"{local[0]}{STAR * 3}@{domain}"


POSITION_DECIMALS = 3
"""Of a degree; 0.001 are about 100 m."""


def rough_position(lon: float | None, lat: float | None) -> tuple[float | None, float | None]:
    """(lon, lat) as the public may know it, to about 100 m."""
    if lon is None or lat is None:
        return None, None
    return round(lon, POSITION_DECIMALS), round(lat, POSITION_DECIMALS)


MASKS: dict[str, Callable[[str], str]] = {
    "phone": mask_phone,
    "id_number": mask_id_number,
    "name": mask_name,
    "address": mask_address,
    "bank_card": mask_bank_card,
    "plate": mask_plate,
    "email": mask_email,
}


def _keep(text: str, head: int, tail: int) -> str:
    """Stars between `head` and `tail` characters; all stars when fewer than 3 would be hidden."""
    hidden = len(text) - head - tail
    if hidden < 3:
        return STAR * len(text)
    return text[:head] + STAR * hidden + text[len(text) - tail :]


def _without_trailing_number(text: str) -> str:
    return re.sub(r"[0-9０-９]{1,60}\s{0,9}号?\s{0,9}$", "", text)

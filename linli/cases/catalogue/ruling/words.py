"""What no rule may be made of: a rule looks at a matter, never at a person. Pure.

A rule that asks for somebody's ethnicity, belief, opinion, petitioning or past would sort people, and one with a
telephone number or a form of address would follow a person. Such words are refused wherever a rule has words.
Example: 「扰民」 is taken, 「缠访」 is refused, and so are 「王奶奶」 and 「19900001234」.
"""

from __future__ import annotations

import re

SORTS_PEOPLE = (
    "民族", "族别", "种族", "少数族裔", "汉族", "回族", "维吾尔", "藏族", "蒙古族", "壮族", "满族", "苗族", "彝族",
    "哈萨克", "宗教", "信仰", "信教", "教徒", "穆斯林", "基督教", "基督徒", "天主教", "佛教徒", "道教", "伊斯兰",
    "邪教", "政治面貌", "政治倾向", "党员", "党派", "异见", "言论", "舆情人",
    "信访", "上访", "缠访", "闹访", "越级访", "维权人", "访民",
    "犯罪", "前科", "刑满", "刑释", "服刑", "社区矫正", "社矫", "劳改", "吸毒", "涉毒", "戒毒", "精神病人",
    "重点人员", "重点人口", "重点人群", "重点关注人员", "黑名单", "布控", "盯控", "人脸", "外地人", "闹事者", "刁民",
)  # fmt: skip
"""Terms for kinds of people; a city that meets another spelling adds it here."""

ADDRESSED = re.compile(
    r"^[\u4e00-\u9fff]{1,3}(先生|女士|小姐|奶奶|爷爷|大爷|大妈|阿姨|师傅|某|某某)$"
)
MANY_DIGITS = re.compile(r"\d[\d\- ]{5,40}\d[\dXx]?")
"""Seven digits or more: a telephone, an identity card, an account; no matter of a street is known by one."""


def names_people(text: str) -> str:
    """What in the text names people or a kind of people; empty if nothing does."""
    plain = text.strip()
    for term in SORTS_PEOPLE:
        if term in plain:
            return term
    found = ADDRESSED.match(plain) or MANY_DIGITS.search(plain)
    return found.group() if found else ""

"""The concepts that may have no table, column, code, right, address or seed row, and how a name is read.

The register is for care, not for watching: ethnicity, religion, political opinion or party membership,
petitioning, criminal and drug history, watch lists, risk scores of people, search for a person, face.
A name is cut into words (`religiousBelief` and `religious_belief` are the same two), so that `interface`,
`trace` and `third_party` are not taken for what they contain.
"""

from __future__ import annotations

import re

WORDS = frozenset(
    """
    ethnic ethnicity ethnicities race racial nation minzu
    religion religions religious faith belief beliefs zongjiao xinyang
    politics political zhengzhi zzmm dangyuan partisan
    petition petitions petitioner petitioners petitioning xinfang shangfang
    crime crimes criminal criminals convict convicts conviction convictions felon felony offender offenders
    prisoner prisoners parole parolee fanzui qianke xingman
    drug drugs narcotic narcotics addict addicts addiction xidu jiedu shedu
    watchlist watchlists blacklist blacklists blacklisted heimingdan
    face faces facial facemask renlian gait butai faceprint faceid
    """.split()
)

PHRASES = frozenset(
    (
        ("party", "member"), ("party", "members"), ("party", "membership"), ("party", "affiliation"),
        ("member", "of", "party"), ("watch", "list"), ("watch", "lists"), ("watched", "person"),
        ("black", "list"), ("key", "person"), ("key", "persons"), ("key", "people"), ("key", "personnel"),
        ("key", "population"), ("zhongdian", "renyuan"), ("zhongdian", "ren"), ("military", "service"),
        ("person", "risk"), ("people", "risk"), ("resident", "risk"), ("risk", "person"), ("risk", "of", "person"),
        ("person", "score"), ("resident", "score"), ("social", "credit"), ("credit", "score"),
        ("person", "search"), ("search", "person"), ("search", "people"), ("people", "search"),
        ("find", "person"), ("person", "track"), ("track", "person"), ("track", "resident"),
        ("criminal", "record"), ("plate", "owner"), ("owner", "of", "plate"),
    )
)  # fmt: skip

CHINESE = (
    "民族", "族别", "宗教", "信仰", "政治面貌", "党员", "党派", "政治倾向", "信访", "上访", "缠访",
    "犯罪", "前科", "刑满", "社区矫正", "社矫", "刑释", "服刑", "吸毒", "涉毒", "戒毒", "重点人员", "重点人口",
    "重点人群管控", "重点关注人员", "黑名单", "布控", "人脸", "步态", "面部识别", "以图搜人", "人员轨迹", "邪教",
)  # fmt: skip

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def words(name: str) -> list[str]:
    """The words of an identifier or an address: `linli.PartyMember` → linli party member."""
    return [word.lower() for word in _WORD.findall(name)]


def forbidden(name: str) -> str:
    """What is forbidden in a name or a short text, in any of the three spellings; "" if nothing is."""
    for text in CHINESE:
        if text in name:
            return text
    parts = words(name)
    for word in parts:
        if word in WORDS:
            return word
    for size in (2, 3):
        for i in range(len(parts) - size + 1):
            if tuple(parts[i : i + size]) in PHRASES:
                return " ".join(parts[i : i + size])
    return ""

"""Codes of areas, components, extended classes and organisations.

A region code grows with the level (GB/T 2260, GB/T 10114):

    990000            province: 2 digits, then zeros
    990100            city: 4 digits, then zeros
    990101            district
    990101001         sub-district: + 3 (001–099 街道, 100–199 镇, 200–399 乡, 400–599 like 乡)
    990101001002      community: + 3 (001–199 居委会, 200–399 村委会)
    990101001002003   unit grid: + 3 sequence; one code per grid, never reused

The 20-digit code of CJ/T 349 puts a 6-digit object code in front and ends with a 2-digit grid
sequence, where `00` says that the community is not divided. It is read into the 15-digit code with
the sequence widened to three digits, so an undivided community is the grid `000`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from linli.kernel.places.errors import CodeInvalid, CodesExhausted, ParentMismatch


class Level(StrEnum):
    """The six levels of an area, from the widest to the smallest."""

    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    SUBDISTRICT = "subdistrict"
    COMMUNITY = "community"
    GRID = "grid"


class SubdistrictKind(StrEnum):
    """What the third segment says about the body."""

    STREET = "street"
    TOWN = "town"
    TOWNSHIP = "township"
    TOWNSHIP_LIKE = "township_like"


class CommunityKind(StrEnum):
    """What the fourth segment says about the body."""

    RESIDENTS_COMMITTEE = "residents_committee"
    VILLAGE_COMMITTEE = "village_committee"
    RESIDENTS_COMMITTEE_LIKE = "residents_committee_like"
    VILLAGE_COMMITTEE_LIKE = "village_committee_like"
    MERGED = "merged"


LEVEL_NAMES = {
    Level.PROVINCE: "省",
    Level.CITY: "市",
    Level.DISTRICT: "区县",
    Level.SUBDISTRICT: "街道",
    Level.COMMUNITY: "社区",
    Level.GRID: "网格",
}
CODE_LENGTHS = {
    Level.PROVINCE: 6,
    Level.CITY: 6,
    Level.DISTRICT: 6,
    Level.SUBDISTRICT: 9,
    Level.COMMUNITY: 12,
    Level.GRID: 15,
}
# Which levels an area may hang under. A city without districts carries its sub-districts itself.
PARENT_LEVELS: dict[Level, tuple[Level, ...]] = {
    Level.PROVINCE: (),
    Level.CITY: (Level.PROVINCE,),
    Level.DISTRICT: (Level.CITY, Level.PROVINCE),
    Level.SUBDISTRICT: (Level.DISTRICT, Level.CITY),
    Level.COMMUNITY: (Level.SUBDISTRICT,),
    Level.GRID: (Level.COMMUNITY,),
}
COMMUNITY_GRID_LENGTH = 20
COMPONENT_PATTERNS: dict[str, tuple[int, int, int, int]] = {
    "6+2+2+6": (6, 2, 2, 6),
    "6+2+3+5": (6, 2, 3, 5),
}

_SUBDISTRICT_SEGMENTS = (
    (1, 99, SubdistrictKind.STREET),
    (100, 199, SubdistrictKind.TOWN),
    (200, 399, SubdistrictKind.TOWNSHIP),
    (400, 599, SubdistrictKind.TOWNSHIP_LIKE),
)
# 400–599 is how the statistics of the country number bodies that act like a committee (to be
# verified); 601 upwards is a community merged from several (CJ/T 349).
_COMMUNITY_SEGMENTS = (
    (1, 199, CommunityKind.RESIDENTS_COMMITTEE),
    (200, 399, CommunityKind.VILLAGE_COMMITTEE),
    (400, 499, CommunityKind.RESIDENTS_COMMITTEE_LIKE),
    (500, 599, CommunityKind.VILLAGE_COMMITTEE_LIKE),
    (601, 999, CommunityKind.MERGED),
)
_ASCII_DIGITS = frozenset("0123456789")
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))


@dataclass(frozen=True, slots=True)
class RegionCode:
    """A checked code and the level it stands for."""

    code: str
    level: Level

    @property
    def district(self) -> str:
        """The first six digits."""
        return self.code[:6]


@dataclass(frozen=True, slots=True)
class CommunityGridCode:
    """The parts of a 20-digit code (CJ/T 349)."""

    code: str
    object_code: str
    community: str
    sequence: str

    @property
    def undivided(self) -> bool:
        """Whether the whole community is one grid."""
        return self.sequence == "00"

    @property
    def grid(self) -> str:
        """The 15-digit code under which the grid is kept."""
        return f"{self.community}0{self.sequence}"


@dataclass(frozen=True, slots=True)
class ComponentCode:
    """The parts of a 16-digit component code; the parts are stored, the code is composed."""

    region: str
    major: str
    minor: str
    sequence: str


def parse_region_code(value: object, *, field: str = "code") -> RegionCode:
    """A 6-, 9-, 12- or 15-digit code with its level; raises `CodeInvalid`."""
    code = _digits(value, field)
    if len(code) not in (6, 9, 12, 15):
        raise CodeInvalid(
            f"编码“{code}”有 {len(code)} 位；区县应为 6 位，街道 9 位，社区 12 位，网格 15 位。",
            field=field,
            value=value,
        )
    level = _level_of(code, field)
    if len(code) >= 9:
        subdistrict_kind(code[:9], field=field)
    if len(code) >= 12:
        community_kind(code[:12], field=field)
    return RegionCode(code, level)


def subdistrict_kind(code: str, *, field: str = "code") -> SubdistrictKind:
    """What the third segment (digits 7–9) says; raises `CodeInvalid`."""
    for first, last, kind in _SUBDISTRICT_SEGMENTS:
        if first <= int(code[6:9]) <= last:
            return kind
    raise CodeInvalid(
        f"编码“{code}”的第 7–9 位是 {code[6:9]}；"
        "街道为 001–099，镇为 100–199，乡为 200–399，类似乡的单位为 400–599。",
        field=field,
        value=code,
    )


def community_kind(code: str, *, field: str = "code") -> CommunityKind:
    """What the fourth segment (digits 10–12) says; raises `CodeInvalid`."""
    for first, last, kind in _COMMUNITY_SEGMENTS:
        if first <= int(code[9:12]) <= last:
            return kind
    raise CodeInvalid(
        f"编码“{code}”的第 10–12 位是 {code[9:12]}；"
        "居委会为 001–199，村委会为 200–399，合并的社区从 601 起。",
        field=field,
        value=code,
    )


def parse_grid_code(value: object, *, community: str, field: str = "code") -> str:
    """The 15 digits of a grid of this community; raises `CodeInvalid` or `ParentMismatch`."""
    code = _digits(value, field)
    if len(code) != CODE_LENGTHS[Level.GRID]:
        raise CodeInvalid(
            f"网格编码“{code}”有 {len(code)} 位，应为 15 位：社区 12 位加 3 位顺序号。",
            field=field,
            value=value,
        )
    parse_region_code(code, field=field)
    check_parent(code, community, field=field)
    return code


def check_parent(code: str, parent: str, *, field: str = "code") -> None:
    """Raises `ParentMismatch` unless the code begins with the significant digits of its parent."""
    if not code.startswith(_significant(parent)):
        raise ParentMismatch(
            f"编码“{code}”不属于上级“{parent}”：前几位应为 {_significant(parent)}，"
            "请改正编码，或选择正确的上级。",
            field=field,
            value=code,
        )


def parent_code(code: str) -> str:
    """The code one level up, by length alone: 15 → 12 → 9 → 6 digits; a 6-digit code has none here."""
    return code[:-3] if len(code) > 6 else ""


def parse_community_grid_code(value: object, *, field: str = "code") -> CommunityGridCode:
    """The 20-digit code of CJ/T 349; raises `CodeInvalid`."""
    code = _digits(value, field)
    if len(code) != COMMUNITY_GRID_LENGTH:
        raise CodeInvalid(
            f"数字社区网格编码“{code}”有 {len(code)} 位，应为 20 位。", field=field, value=value
        )
    community = code[6:18]
    parse_region_code(community, field=field)
    return CommunityGridCode(code, code[:6], community, code[18:])


def compose_component_code(parts: ComponentCode, *, pattern: Sequence[int] = (6, 2, 2, 6)) -> str:
    """The 16 digits in the tenant's pattern; raises `CodeInvalid` naming the part that does not fit."""
    _check_pattern(pattern)
    named = zip(("region", "major", "minor", "sequence"), _parts(parts), pattern, strict=True)
    for name, part, width in named:
        if len(part) != width or not _ASCII_DIGITS.issuperset(part):
            raise CodeInvalid(
                f"部件编码的这一段“{part}”应为 {width} 位数字。", field=name, value=part
            )
    return "".join(_parts(parts))


def parse_component_code(value: object, *, pattern: Sequence[int] = (6, 2, 2, 6)) -> ComponentCode:
    """The parts of a 16-digit component code; raises `CodeInvalid`."""
    _check_pattern(pattern)
    code = _digits(value, "component_code")
    if len(code) != 16:
        raise CodeInvalid(
            f"部件标识码“{code}”有 {len(code)} 位，应为 16 位。",
            field="component_code",
            value=value,
        )
    region, major, minor, _ = pattern
    ends = (region, region + major, region + major + minor)
    return ComponentCode(
        code[: ends[0]], code[ends[0] : ends[1]], code[ends[1] : ends[2]], code[ends[2] :]
    )


def next_extended_minor(issued: Collection[str], *, width: int = 2) -> str:
    """The next code for a class of the city's own, counted backwards from the end of the series.

    `issued` holds every minor code of the major class, the standard's and the city's, retired ones
    too: a code is never given twice. Two digits: 99, 98, …; three digits: 999 down to 080, since
    001–079 belong to the standard. Raises `CodesExhausted`.
    """
    if width not in (2, 3):
        raise CodeInvalid("扩展小类编码只能是 2 位或 3 位。", field="width", value=width)
    lowest = 1 if width == 2 else 80
    taken = {int(code) for code in issued}
    for number in range(10**width - 1, lowest - 1, -1):
        if number not in taken:
            return f"{number:0{width}d}"
    raise CodesExhausted(
        "扩展小类编码已经用完，请停用不再需要的小类或改用 3 位编码。", field="minor"
    )


def extended_name(name: str) -> str:
    """The name as the standard wants a city's own class to be shown."""
    mark = "（自定义）"
    return name if name.endswith(mark) else f"{name}{mark}"


def credit_code_is_valid(value: str) -> bool:
    """Whether an 18-character credit code carries the right check character (GB 32100)."""
    return (
        len(value) == 18
        and all(character in _CREDIT_ALPHABET for character in value)
        and value[17] == credit_check_character(value[:17])
    )


def credit_check_character(body: str) -> str:
    """The 18th character for the first 17 (weights 3^i mod 31); raises `CodeInvalid`."""
    if len(body) != 17 or any(character not in _CREDIT_ALPHABET for character in body):
        raise CodeInvalid(
            f"统一社会信用代码“{body}”的前 17 位只能是数字和大写字母（不含 I、O、S、V、Z）。",
            field="credit_code",
            value=body,
        )
    pairs = zip(body, _CREDIT_WEIGHTS, strict=True)
    total = sum(_CREDIT_ALPHABET.index(character) * weight for character, weight in pairs)
    return _CREDIT_ALPHABET[-total % 31]


def _digits(value: object, field: str) -> str:
    # Spreadsheets hand codes over as numbers; a float has already lost its last digits.
    code = str(value).strip() if isinstance(value, (str, int)) else ""
    if isinstance(value, bool) or not code or not _ASCII_DIGITS.issuperset(code):
        raise CodeInvalid(
            f"编码“{value}”应只由数字组成；如来自表格，请把这一列设为文本。",
            field=field,
            value=value,
        )
    return code


def _level_of(code: str, field: str) -> Level:
    if code[:2] == "00":
        raise CodeInvalid(f"编码“{code}”的省份段不能是 00。", field=field, value=code)
    if len(code) == 6:
        if code[2:4] == "00" and code[4:6] != "00":
            raise CodeInvalid(f"编码“{code}”缺少地市段。", field=field, value=code)
        if code[4:6] != "00":
            return Level.DISTRICT
        return Level.CITY if code[2:4] != "00" else Level.PROVINCE
    return {9: Level.SUBDISTRICT, 12: Level.COMMUNITY, 15: Level.GRID}[len(code)]


def _significant(parent: str) -> str:
    if len(parent) != 6:
        return parent
    return parent[:2] if parent.endswith("0000") else parent[:4] if parent[4:] == "00" else parent


def _check_pattern(pattern: Sequence[int]) -> None:
    if len(pattern) != 4 or min(pattern) < 1 or sum(pattern) != 16:
        raise CodeInvalid(
            f"部件编码的分段 {'+'.join(map(str, pattern))} 合计应为 16 位、共 4 段。",
            field="pattern",
            value=tuple(pattern),
        )


def _parts(parts: ComponentCode) -> tuple[str, str, str, str]:
    return parts.region, parts.major, parts.minor, parts.sequence

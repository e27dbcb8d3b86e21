"""Homes in a text: what stands below the residential quarter is hidden, public places stay.

A home is a chain of numbers with their units. It is certain when the chain has a building (幢 栋 号楼 座), a staircase
(单元) or a door (室, three digits), when it is written `3#501` or `3-2-501`, or when a quarter stands before it:

    春晓苑3幢2单元501        -> 春晓苑***
    春晓苑12号               -> 春晓苑***
    幸福路12号301室          -> 幸福路***
    幸福路12号门口的井盖     stays: a street number is no home
    3楼的灯、两栋楼之间      stay: a storey, a count

Numerals may be Chinese, circled or of full width.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from linli.kernel.privacy.numbers import HIDDEN, Found
from linli.kernel.privacy.reading import Reading

_NUMBER = r"[A-Z]{0,2}[0-9十百廿]{1,5}[A-LN-Z]?|[A-Z]{1,2}|[甲乙丙丁东西南北]"
_UNIT = r"号楼|号院|号房|#楼|#|幢|栋|棟|单元|室|座|门|层|楼|户|号|支弄|弄|房|-"
_LINK = re.compile(rf"第?({_NUMBER}) ?({_UNIT})? ?[、(]? ?")
_BUILDINGS = frozenset(("号楼", "#楼", "幢", "栋", "棟"))
_DOORS = frozenset(("室", "号房"))
_BELOW_BUILDING = frozenset(("单元", "室", "门", "层", "楼", "户", "号", "房", "号房", "座", "#"))
_DOOR_UNITS = frozenset(("室", "单元", "户", "房", "号房"))

_QUARTER = re.compile(
    r"(?:小区|家园|花园|公寓|新村|花苑|名苑|山庄|别墅|[苑庭庄邸郡湾村里寓坊墅舍]|(?<![公校业流技陵乐])园|"
    r"(?<![医学法察影剧寺])院|(?<!全)(?<!街)城|(?:华|尚|名|豪|雅|公|御)府|大厦)"
    r"(?:[1-9]期|[东西南北]区|[A-D]区)? ?$"
)
_NAMING = frozenset("住在于家到第期区路街弄号址")
_COUNTING = frozenset("有共了这那每几整建盖拆及等约数各余")
_COUNTING_NUMERALS = frozenset("多近好是的来出为成")
_COUNTED = re.compile(
    r"(?:楼房|高楼|别墅|住宅|建筑|大楼|房子|居民楼|楼(?![下道顶前后上梯内里旁])|商铺|高层|电梯房|办公|宿舍|临时|"
    r"楼梯房|写字楼|洋房|[0-9十百]{1,3}层|时候)"
)
_PUBLIC_NUMBER = re.compile(
    r"(?:门|口|线|井|杆|桥|路|机|库|电梯|车|岗|亭|泵|变|箱|桩|厂|矿|公馆|文|令|地块|通知|公告|楼盘|位|铺)"
)
_ROOMS = re.compile(r"[产价款源贷租]|交付")
_OTHER_UNIT = re.compile(
    r"(?:[MCK年月日时点分秒元万亿块个条次人名件米平斤吨度天周岁号期级路轴%℃]|公里|厘米|小时|左右|以上|多)"
)
_TOUCHES_A_FIGURE = frozenset("0123456789.-+*:/")
_MORE_FIGURES = re.compile(r"[.:\-]?[0-9]|\*")
_LOOK_BACK = 10
_LONGEST_CHAIN = 8


@dataclass(frozen=True)
class _Link:
    """A number and what it counts; `end` is behind the unit."""

    start: int
    end: int
    number: str
    unit: str

    @property
    def figures(self) -> int:
        return sum(one.isdigit() for one in self.number)


def homes_in(reading: Reading) -> Iterator[Found]:
    """From the first number below the quarter to the last; in order, never overlapping."""
    text, at = reading.digits, 0
    while (first := _LINK.search(text, at)) is not None:
        links, at = _chain(text, first)
        found = _Home(reading, links).found() if links else None
        if found is not None:
            yield found


def _chain(text: str, first: re.Match[str]) -> tuple[list[_Link], int]:
    """The links that follow each other, and where to look next."""
    links: list[_Link] = []
    link: re.Match[str] | None = first
    at = first.end()
    while link is not None and len(links) < _LONGEST_CHAIN:
        unit = link[2] or ""
        one = _Link(link.start(1), link.end(2) if link[2] else link.end(1), link[1], unit)
        # 东, GB and 南北 carry no unit and begin nothing.
        if links or one.figures or unit in _BUILDINGS or unit in ("座", "单元"):
            links.append(one)
        at = link.end()
        link = _LINK.match(text, at)
    return links, at


class _Home:
    """A chain of links, and how far it is a home."""

    def __init__(self, reading: Reading, links: list[_Link]) -> None:
        self.text, self.words, self.links = reading.digits, reading.words, links
        start = links[0].start
        self.quarter = _QUARTER.search(self.text, max(0, start - _LOOK_BACK), start) is not None

    def found(self) -> Found | None:
        kept = max(
            (at for at in range(1, len(self.links) + 1) if self._is_certain(at - 1)), default=0
        )
        if not kept:
            return None
        while kept < len(self.links) and self._goes_on(self.links[kept]):
            kept += 1
        last = self.links[kept - 1]
        end = last.end - 1 if last.unit == "-" else last.end
        return Found(self.links[0].start, end, "home", HIDDEN)

    def _is_certain(self, place: int) -> bool:
        unit = self.links[place].unit
        if unit in _BUILDINGS:
            return self._is_building(place)
        if unit == "单元":
            return self._is_staircase(place)
        if unit in _DOORS or unit == "房":
            return self._is_door(place)
        if unit in ("座", "#"):
            named = unit == "#" or not self.links[place].number[0].isdigit()
            return named and (self.quarter or self._door_follows(place))
        if unit == "号":
            return self.quarter and not _PUBLIC_NUMBER.match(self.text, self.links[place].end)
        return unit == "" and self._is_door_after_dash(place)

    def _is_door(self, place: int) -> bool:
        """501室, 411房, and any 室 behind a building; 退房款 and 3室2厅 are none."""
        link = self.links[place]
        if link.unit == "房":
            return link.figures >= 3 and not _ROOMS.match(self.text, link.end)
        return link.figures >= 3 or place > 0

    def _is_staircase(self, place: int) -> bool:
        if self._door_follows(place):
            return True
        counted = place == 0 and not self.quarter and self.words[self.links[place].start] in "一两"
        return not counted and self._before(self.links[place]) not in _COUNTING

    def _is_building(self, place: int) -> bool:
        """有3栋 and 两栋楼 count; 春晓苑三幢, 住三幢, 三幢501 and 3幢 name one."""
        link, before = self.links[place], self._before(self.links[place])
        if link.unit == "号楼" or self._door_follows(place):
            return True
        numeral = self.words[link.start]
        if _COUNTED.match(self.text, link.end) and not numeral.isascii():
            return False
        if self.quarter or place > 0 or before in _NAMING:
            return True
        if before in _COUNTING:
            return False
        if numeral.isascii():
            return True
        return (
            numeral not in "一两"
            and before not in _COUNTING_NUMERALS
            and "\u4e00" <= before <= "\u9fff"
        )

    def _is_door_after_dash(self, place: int) -> bool:
        """`3-2-501`, and `3-501` behind a quarter; never a date, a price or a code."""
        link, before = self.links[place], self.links[:place]
        if not link.number.isdigit() or link.figures not in (3, 4) or not before:
            return False
        if any(one.unit != "-" or not 1 <= one.figures <= 2 for one in before):
            return False
        if self._before(self.links[0]) in _TOUCHES_A_FIGURE:
            return False
        if _OTHER_UNIT.match(self.text, link.end) or _MORE_FIGURES.match(self.text, link.end):
            return False
        return self.quarter or len(before) == 2

    def _door_follows(self, place: int) -> bool:
        if place + 1 >= len(self.links):
            return False
        following = self.links[place + 1]
        if following.unit in _DOOR_UNITS:
            return True
        bare = following.unit in ("", "-") and following.figures in (3, 4)
        return bare and not _OTHER_UNIT.match(self.text, following.end)

    def _goes_on(self, link: _Link) -> bool:
        """Whether what stands behind a building is its staircase, storey or door."""
        if not any(one.isdigit() or one in "十百" for one in link.number):
            return False
        if link.unit in _BELOW_BUILDING:
            return True
        return link.figures in (2, 3, 4) and not _OTHER_UNIT.match(self.text, link.end)

    def _before(self, link: _Link) -> str:
        return self.text[max(0, link.start - 1) : link.start]

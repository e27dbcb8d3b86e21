"""What a report is of, and what of it may be shown to everybody.

A daily report reads indicators of the natural day and the rates of the hotline's day (noon to noon), a weekly one both
of the week, a monthly one indicators of the natural month and rates of the assessment period of the same name.

A picture that goes into a chat is read by anybody. It carries sums only, and no number from 1 to 4: so few matters
could point at the one who reported them. 「<5」 stands for such a number; a share made of one is told as a bound, and
so is a share whose rest would be one (98 of 100 on time tells that two were not): 「>95%」. A share of fewer than
five is not told at all, nor is a difference to or from a number that is not told.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linli.insight.periods.rules import Kind
from linli.insight.periods.wording import NONE

SMALL = 5
"""Matters below which a number could point at a person; the same as on a public screen."""


@dataclass(frozen=True)
class ReportKind:
    """A kind of report, the kinds of period it reads, and how it is called."""

    code: str
    name: str
    figures: Kind
    rates: Kind


REPORT_KINDS: Mapping[str, ReportKind] = {
    one.code: one
    for one in (
        ReportKind("daily", "日报", Kind.DAY, Kind.HOTLINE_DAY),
        ReportKind("weekly", "周报", Kind.WEEK, Kind.WEEK),
        ReportKind("monthly", "月报", Kind.MONTH, Kind.ASSESSMENT),
    )
}

DEFINITIONS: Sequence[tuple[str, str]] = (
    ("应处置、应结案", "期内到期或提前办结的案件，一件只计一次，算在到期与办结较早的那一期；作废的不计。"),
    ("处置率、结案率", "处置数÷应处置数，结案数÷应结案数。"),
    ("按期处置率、按期结案率", "在截止时间以内办完的÷应处置数、应结案数；申诉成立的超期计为按期。"),
    ("超期待处置率", "已到期还没有处置的÷应处置数。"),
    ("返工率、延期率", "期内返工的案件÷应结案数；期内延期的案件÷应处置数。"),
    ("有效回访", "接通并得到回答的回访，一件以期内最后一次为准；剔除的不计，全口径计入。"),
    ("响应率、解决率、满意率", "联系÷有效回访，解决÷全部考核，（满意＋基本满意×折算）÷全部考核。"),
    ("环比、同比", "与紧邻的上一期、去年同名的一期相比；本期未完的取到同样的时点；没有可比数据的写“—”。"),
    ("样本少", "有效回访不足 30 件；有数字，不排名次。"),
)  # fmt: skip
"""(term, meaning), as every report tells them."""


def safe_count(number: int) -> str:
    """A number for everybody: 0, <5, or itself."""
    return f"<{SMALL}" if is_small(number) else str(number)


def is_small(number: int) -> bool:
    return 0 < number < SMALL


def safe_share(part: int, whole: int) -> str:
    """A share for everybody, in per cent; a bound where the number or its rest is small, — of too few."""
    if whole < SMALL:
        return NONE
    if is_small(part):
        return f"<{math.ceil(100 * min(SMALL, whole) / whole)}%"
    if is_small(whole - part):
        return f">{math.floor(100 * (whole - SMALL) / whole)}%"
    return f"{100 * part / whole:.1f}%" if 0 < part < whole else f"{100 * part // whole}%"


def is_told(part: int, whole: int) -> bool:
    """Whether `safe_share` tells the share itself."""
    return whole >= SMALL and not is_small(part) and not is_small(whole - part)


def safe_parts(counted: Mapping[str, int], *, most: int) -> tuple[list[tuple[str, int]], int]:
    """(the largest parts that may be told, the sum of all others).

    Parts and rest add up to a total that is told as well, so a small rest would be told by subtraction: the smallest
    part joins it.
    """
    told = sorted(
        ((name, n) for name, n in counted.items() if name and n >= SMALL),
        key=lambda pair: (-pair[1], pair[0]),
    )[:most]
    rest = sum(counted.values()) - sum(n for _name, n in told)
    if told and is_small(rest):
        rest += told.pop()[1]
    return told, rest

"""A report as a picture for a chat: sums only, no names, no addresses, no number that could point at a person.

SVG, 1080 × 1440, drawn with the fonts of whoever looks at it; the browser turns it into a PNG.
"""

from __future__ import annotations

import math
from html import escape

from linli.insight.indicators.comparing import Compared
from linli.insight.indicators.rules import INDICATORS
from linli.insight.periods.rules import Change, Stretch
from linli.insight.periods.wording import NONE, signed
from linli.insight.rates.comparing import Ranking
from linli.insight.reports.queries import Report
from linli.insight.reports.rules import SMALL, is_small, is_told, safe_count, safe_parts, safe_share
from linli.kernel.calendar.local import LOCAL
from linli.kernel.statistics import FEW

WIDTH, HEIGHT = 1080, 1440
EDGE = 64
INK, SOFT, LINE, ACCENT, PALE = "#17232a", "#586970", "#d7dfe2", "#0b5f6f", "#e3f0f2"
FONT = (
    "PingFang SC, Noto Sans SC, Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, WenQuanYi Micro Hei,"
    " sans-serif"
)
CLASSES = 5
RADIUS = 70
COUNTS = ("opened", "handle_done", "close_done")
SHARES = ("handle_on_time_rate", "close_rate", "rework_rate")
TITLE_FITS = 17
"""Characters of a title at its usual size."""


def share_card(report: Report) -> str:
    """The picture as SVG."""
    parts = [
        *_head(report),
        *_figures(report.total),
        *_rates(report.ranking),
        *_classes(report.majors),
        *_foot(report),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
        f' font-family="{FONT}" lang="zh-CN"><title>{escape(report.title)}</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>{"".join(parts)}</svg>'
    )


def _head(report: Report) -> list[str]:
    size = min(56, round(56 * TITLE_FITS / max(len(report.title), TITLE_FITS)))
    found = [
        f'<rect width="{WIDTH}" height="236" fill="{ACCENT}"/>',
        _text(EDGE, 110, report.title, size=size, weight=700, fill="#ffffff"),
        _text(EDGE, 178, _span(report.windows.now.stretch), size=34, fill="#d6ebee"),
    ]
    if report.demo:
        found.append(
            f'<rect x="{WIDTH - EDGE - 168}" y="138" width="168" height="56" rx="28" fill="#ffffff"/>'
            + _text(
                WIDTH - EDGE - 84,
                177,
                "演示数据",
                size=30,
                weight=600,
                fill=ACCENT,
                anchor="middle",
            )
        )
    return found


def _span(stretch: Stretch) -> str:
    first, last = stretch.first_day, stretch.last_day
    if first == last:
        return f"{first.year}年{first.month}月{first.day}日"
    return f"{first.year}年{first.month}月{first.day}日 — {last.month}月{last.day}日"


def _figures(total: Compared) -> list[str]:
    found = []
    width = (WIDTH - 2 * EDGE) / 3
    for number, code in enumerate((*COUNTS, *SHARES)):
        x, y = EDGE + width * (number % 3), 290 + 190 * (number // 3)
        value, change = _count(total, code) if code in COUNTS else _share(total, code)
        found += [
            _text(x, y + 20, INDICATORS[code].name, size=30, fill=SOFT),
            _text(x, y + 98, value, size=68, weight=700, fill=INK),
            _text(x, y + 140, change, size=26, fill=SOFT),
        ]
    found.append(_rule(672))
    return found


def _count(total: Compared, code: str) -> tuple[str, str]:
    change = total.change(INDICATORS[code], "before")
    now, before = change.value, change.base
    told = now is not None and before and not is_small(int(now)) and not is_small(int(before))
    words = (
        f"环比 {signed(100 * change.relative, 1)}%" if told and change.relative is not None else ""
    )
    return safe_count(int(now or 0)), words


def _share(total: Compared, code: str) -> tuple[str, str]:
    indicator = INDICATORS[code]
    assert indicator.whole is not None, "only shares are told so"
    sides = [
        tuple(len(group.ids(source)) for source in (indicator.part, indicator.whole))
        for group in (total.now, total.before)
        if group is not None
    ]
    told = len(sides) == 2 and all(is_told(part, whole) for part, whole in sides)
    part, whole = sides[0]
    return safe_share(part, whole), _points(total.change(indicator, "before")) if told else ""


def _points(change: Change) -> str:
    difference = change.difference
    return "" if difference is None else f"环比 {signed(100 * difference, 1)} 个百分点"


def _rates(ranking: Ranking) -> list[str]:
    assessed = ranking.assessed
    liked = assessed.satisfied + assessed.basically
    rings = (
        ("响应率", assessed.contacted, assessed.calls, assessed.response),
        ("解决率", assessed.solved, assessed.assessed, assessed.solution),
        ("满意率", liked, assessed.assessed, assessed.satisfaction),
    )
    found = [_text(EDGE, 732, "回访三率", size=32, weight=700, fill=INK)]
    few = "" if assessed.calls >= FEW else f"（回访不足 {FEW} 件，样本少）"
    note = f"有效回访 {safe_count(assessed.calls)} 件{few}；基本满意按 {float(ranking.weights.basic):g} 计"
    found.append(_text(WIDTH - EDGE, 732, note, size=24, fill=SOFT, anchor="end"))
    width = (WIDTH - 2 * EDGE) / 3
    for number, (name, part, whole, rate) in enumerate(rings):
        shown = (
            f"{float(100 * rate):.1f}%"
            if rate and is_told(part, whole)
            else safe_share(part, whole)
        )
        found += _ring(EDGE + width * (number + 0.5), 844, name, shown)
    found.append(_rule(990))
    return found


def _ring(x: float, y: float, name: str, words: str) -> list[str]:
    """A share as a ring; a bound is drawn where it lies."""
    around = 2 * math.pi * RADIUS
    share = 0.0 if words == NONE else float(words.strip("<>%")) / 100
    return [
        f'<circle cx="{x:.0f}" cy="{y}" r="{RADIUS}" fill="none" stroke="{PALE}" stroke-width="16"/>',
        f'<circle cx="{x:.0f}" cy="{y}" r="{RADIUS}" fill="none" stroke="{ACCENT}" stroke-width="16"'
        f' stroke-dasharray="{share * around:.1f} {around:.1f}" transform="rotate(-90 {x:.0f} {y})"/>',
        _text(x, y + 12, words, size=34, weight=700, fill=INK, anchor="middle"),
        _text(x, y + 118, name, size=28, fill=SOFT, anchor="middle"),
    ]


def _classes(majors: dict[str, int]) -> list[str]:
    told, rest = safe_parts(majors, most=CLASSES)
    found = [_text(EDGE, 1050, "新增案件的问题大类", size=32, weight=700, fill=INK)]
    if not told:
        return [*found, _text(EDGE, 1110, f"各类都不到 {SMALL} 件，不分列。", size=28, fill=SOFT)]
    most = max(n for _name, n in told)
    for number, (name, n) in enumerate(told):
        y, x, long = 1106 + 46 * number, EDGE + 260, max(6, 560 * n / most)
        found += [
            _text(EDGE, y, name[:8], size=28, fill=INK),
            f'<rect x="{x}" y="{y - 22}" width="{long:.0f}" height="24" rx="4" fill="{ACCENT}"/>',
            _text(x + long + 16, y, str(n), size=28, weight=600, fill=INK),
        ]
    if rest >= SMALL:
        found.append(
            _text(WIDTH - EDGE, 1050, f"其余各类合计 {rest} 件", size=24, fill=SOFT, anchor="end")
        )
    return found


def _foot(report: Report) -> list[str]:
    local = report.asof.astimezone(LOCAL)
    return [
        _rule(1346),
        _text(EDGE, 1386, f"截至 {local:%Y年%m月%d日 %H:%M}", size=24, fill=SOFT),
        _text(EDGE, 1418, "只有汇总数，不含姓名、地址；少于 5 的数不列出。", size=22, fill=SOFT),
        _text(WIDTH - EDGE, 1386, "邻里", size=26, weight=700, fill=ACCENT, anchor="end"),
    ]


def _rule(y: float) -> str:
    return f'<line x1="{EDGE}" y1="{y}" x2="{WIDTH - EDGE}" y2="{y}" stroke="{LINE}" stroke-width="2"/>'


def _text(
    x: float,
    y: float,
    words: str,
    *,
    size: int,
    fill: str,
    weight: int = 400,
    anchor: str = "start",
) -> str:
    if not words:
        return ""
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" font-weight="{weight}" fill="{fill}"'
        f' text-anchor="{anchor}">{escape(words)}</text>'
    )

"""The paragraph a report begins with: what was new, handled, closed and said, each share with what it is made of."""

from __future__ import annotations

from linli.insight.indicators.comparing import BASES, Compared
from linli.insight.indicators.rules import INDICATORS
from linli.insight.periods.rules import Change
from linli.insight.periods.wording import COUNT, RATE, SCORE, difference_words, value_words
from linli.insight.rates.rules import RATE_NAMES
from linli.insight.reports.queries import Report
from linli.insight.reports.tables import RATE_PARTS, made_of

WAYS = {"up": "上升", "down": "下降", "same": "持平"}
SHARES = (
    ("handle_rate", "handle_on_time_rate", "handle_waiting_rate"),
    ("close_rate", "close_on_time_rate", "rework_rate"),
)


def findings(report: Report) -> list[str]:
    """Sentences for people, every share with numerator and denominator."""
    opened = INDICATORS["opened"]
    total = report.total
    found = [
        f"新增案件 {value_words(total.now.value(opened), COUNT)} 件{_compared(total, 'opened', COUNT)}。"
    ]
    for codes, due in zip(SHARES, ("handle_due", "close_due"), strict=True):
        number = value_words(total.now.value(INDICATORS[due]), COUNT)
        if number == "0":
            found.append(f"没有{INDICATORS[due].name}的案件。")
            continue
        shares = "；".join(_share(total, code) for code in codes)
        found.append(f"{INDICATORS[due].name} {number} 件，{shares}。")
    found.append(_voices(report))
    return found


def _share(total: Compared, code: str) -> str:
    indicator = INDICATORS[code]
    assert indicator.whole is not None, "only shares are told so"
    part, whole = (len(total.now.ids(source)) for source in (indicator.part, indicator.whole))
    value = value_words(total.now.value(indicator), RATE)
    return f"{indicator.name} {value}（{part}/{whole}）{_compared(total, code, RATE)}"


def _compared(total: Compared, code: str, unit: str) -> str:
    words = [
        _change(total.change(INDICATORS[code], base), unit, name) for base, name in BASES.items()
    ]
    return "".join(f"，{one}" for one in words if one)


def _change(change: Change, unit: str, name: str) -> str:
    if not change.direction:
        return ""
    if change.direction == "same":
        return f"{name}{WAYS['same']}"
    words = difference_words(change, unit).lstrip("+−")
    if unit == COUNT:
        words = f"{words.partition(' ')[0]} 件"
        if change.relative is not None:
            words += f"（{abs(float(100 * change.relative)):.1f}%）"
    return f"{name}{WAYS[change.direction]} {words}"


def _voices(report: Report) -> str:
    ranking = report.ranking
    assessed = ranking.assessed
    if not assessed.calls:
        return "本期没有计入考核的有效回访。"
    shares = [
        f"{RATE_NAMES[code]} {value_words(getattr(assessed, code), RATE)}（{made_of(ranking, code)}）"
        for code in RATE_PARTS
    ]
    score = value_words(assessed.score, SCORE)
    few = "（有效回访不足 30 件，样本少）" if assessed.few else ""
    return f"有效回访 {assessed.calls} 件，{'，'.join(shares)}，综合成绩 {score}{few}。"

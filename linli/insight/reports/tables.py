"""A report as plain tables, the same for the page, the workbook and the document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from linli.insight.indicators.comparing import BASES, Compared
from linli.insight.indicators.rules import INDICATORS, Indicator, Source
from linli.insight.periods.rules import Change
from linli.insight.periods.wording import ARROWS, COUNT, RATE, SCORE, difference_words, value_words
from linli.insight.rates.comparing import Ranked, Ranking
from linli.insight.rates.rules import RATE_NAMES
from linli.insight.reports.queries import Report

TEXT = "text"
FIGURES, RATES = "figures", "rates"
"""Which lists a cell opens."""

OF_GROUPS = (
    "handle_due", "handle_done", "handle_rate", "handle_on_time", "handle_on_time_rate", "close_due", "close_done",
    "close_rate", "rework", "rework_rate",
)  # fmt: skip
RATE_PARTS = {
    "response": ("contacted", "calls"),
    "solution": ("solved", "assessed"),
    "satisfaction": ("satisfied", "assessed"),
}
OF_RANKS = ("calls", "contacted", "solved", "satisfied", "basically")
OTHERS = "未归类"


@dataclass(frozen=True)
class Cell:
    """What a cell shows, the number behind it, and the list it opens: (figures or rates, what the list asks for)."""

    text: str
    number: Fraction | None = None
    unit: str = TEXT
    opens: tuple[str, Mapping[str, str]] | None = None


@dataclass(frozen=True)
class Table:
    """`names` is the column of names; `total`: the last row sums up the others; `note` stands under the title."""

    code: str
    title: str
    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]] = field(default_factory=list)
    note: str = ""
    total: bool = False
    names: int = 0


def tables_of(report: Report) -> list[Table]:
    """Every table of a report that has a row; the first one always."""
    found = [
        _summary(report.total),
        _groups("units", "承办单位", "organization", report.units, report.total),
        _groups("communities", "社区", "community", report.communities, report.total),
        _classes(report.classes),
        _rates(report),
        _ranks("departments", "三率排名 · 职能部门", report.ranking.departments),
        _ranks("streets", "三率排名 · 街道和社区", report.ranking.streets),
    ]
    return [table for table in found if table.rows]


def _summary(total: Compared) -> Table:
    rows = [
        (Cell(one.name), *_value(total, one), *_changes(total, one)) for one in INDICATORS.values()
    ]
    columns = ("指标", "本期", "分子 / 分母", "环比", "上期", "同比", "去年同期")
    return Table("summary", "总体情况", columns, rows)


def _value(group: Compared, indicator: Indicator) -> tuple[Cell, Cell]:
    """(the figure, what it is made of)."""
    value = group.now.value(indicator)
    if indicator.whole is None:
        return _count(group, indicator.part, "channel", None), Cell("")
    part, whole = (len(group.now.ids(source)) for source in (indicator.part, indicator.whole))
    return Cell(value_words(value, RATE), value, RATE), Cell(f"{part} / {whole}")


def _changes(group: Compared, indicator: Indicator) -> tuple[Cell, ...]:
    unit = COUNT if indicator.whole is None else RATE
    return tuple(cell for base in BASES for cell in _change(group.change(indicator, base), unit))


def _change(change: Change, unit: str) -> tuple[Cell, Cell]:
    """(the difference with its direction, the base)."""
    words = f"{ARROWS[change.direction]} {difference_words(change, unit)}".strip()
    return Cell(words), Cell(value_words(change.base, unit), change.base, unit)


def _groups(code: str, name: str, by: str, groups: list[Compared], total: Compared) -> Table:
    indicators = [INDICATORS[one] for one in OF_GROUPS]
    rows = [
        (Cell(group.name or OTHERS), *(_short(group, one, by, group.key) for one in indicators))
        for group in groups
    ]
    if rows:
        rows.append((Cell("合计"), *(_short(total, one, by, None) for one in indicators)))
    columns = (name, *(one.name for one in indicators))
    return Table(code, f"{name}办理情况", columns, rows, total=True)


def _short(group: Compared, indicator: Indicator, by: str, key: str | None) -> Cell:
    if indicator.whole is None:
        return _count(group, indicator.part, by, key)
    value = group.now.value(indicator)
    return Cell(value_words(value, RATE), value, RATE)


def _count(group: Compared, source: Source, by: str, key: str | None) -> Cell:
    what, figure = source
    asks = {"by": by, "what": what, "figure": figure, **({} if key is None else {"key": key})}
    n = len(group.now.ids(source))
    return Cell(str(n), Fraction(n), COUNT, (FIGURES, asks))


def _classes(classes: list[Compared]) -> Table:
    opened, on_time = INDICATORS["opened"], INDICATORS["handle_on_time_rate"]
    rows = [
        (
            Cell(one.name),
            _count(one, opened.part, "minor", one.key),
            *_changes(one, opened),
            *_value(one, on_time),
        )
        for one in classes
    ]
    columns = (
        "问题小类",
        "新增案件",
        "环比",
        "上期",
        "同比",
        "去年同期",
        "按期处置率",
        "分子 / 分母",
    )
    return Table("classes", "新增最多的问题", columns, rows)


def _rates(report: Report) -> Table:
    ranking, stretch = report.ranking, report.rates_windows.now.stretch
    rows = [_rate(ranking, code, name) for code, name in RATE_NAMES.items()]
    weights = ranking.weights
    note = (
        f"{stretch.start:%Y-%m-%d %H:%M} 至 {stretch.end:%Y-%m-%d %H:%M}；综合成绩 = 响应率×{float(weights.response):g}"
        f" + 解决率×{float(weights.solution):g} + 满意率×{float(weights.satisfaction):g}，基本满意按"
        f" {float(weights.basic):g} 计；全口径（含剔除）综合成绩 {value_words(ranking.everything.score, SCORE)}。"
    )
    columns = ("指标", "本期", "分子 / 分母", "环比", "上期", "同比", "去年同期")
    return Table("rates", "三率", columns, rows if ranking.everything.calls else [], note)


def _rate(ranking: Ranking, code: str, name: str) -> tuple[Cell, ...]:
    unit = SCORE if code == "score" else RATE
    value = getattr(ranking.assessed, code)
    changes = [cell for base in BASES for cell in _change(ranking.change(code, base), unit)]
    return (
        Cell(name),
        Cell(value_words(value, unit), value, unit),
        Cell(made_of(ranking, code)),
        *changes,
    )


def made_of(ranking: Ranking, code: str) -> str:
    """Numerator and denominator of a rate; empty for the score."""
    if code not in RATE_PARTS:
        return ""
    part, whole = (getattr(ranking.assessed, name) for name in RATE_PARTS[code])
    basically = ranking.assessed.basically
    if code == "satisfaction" and basically:
        return f"({part}+{basically}×{float(ranking.weights.basic):g}) / {whole}"
    return f"{part} / {whole}"


def _ranks(code: str, title: str, units: list[Ranked]) -> Table:
    columns = (
        "名次", "单位", "有效回访", "联系", "解决", "满意", "基本满意", *RATE_NAMES.values(), "全口径成绩", "成绩环比",
    )  # fmt: skip
    rows = [_ranked(one) for one in units if one.unit.everything.calls]
    return Table(
        code, title, columns, rows, "有效回访不足 30 件的标“样本少”，有数字，不排名次。", names=1
    )


def _ranked(one: Ranked) -> tuple[Cell, ...]:
    unit = one.unit
    key = str(unit.organization_id or "")
    counts = [
        Cell(
            str(getattr(unit.rates, name)),
            Fraction(getattr(unit.rates, name)),
            COUNT,
            (RATES, {"figure": name, "unit": key}),
        )
        for name in OF_RANKS
    ]
    values = []
    for name in RATE_NAMES:
        value, form = getattr(unit.rates, name), SCORE if name == "score" else RATE
        values.append(Cell(value_words(value, form), value, form))
    everything = unit.everything.score
    return (
        Cell("样本少") if one.place is None else Cell(str(one.place), Fraction(one.place), COUNT),
        Cell(unit.name),
        *counts,
        *values,
        Cell(value_words(everything, SCORE), everything, SCORE),
        _change(one.change("score", "before"), SCORE)[0],
    )

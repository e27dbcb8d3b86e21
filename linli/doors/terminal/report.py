"""`linli report`: the figures of a period as a table, as JSON, or as a file.

linli report --kind monthly --period 2026-03 --json
linli report --kind weekly --period 2026-W11 --save report.docx
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer
from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string
from rich.table import Table as Shown

from linli.demo.presence import demo_present
from linli.doors.terminal.output import console, print_json
from linli.insight.errors import BadPeriod
from linli.insight.indicators.comparing import BASES, Compared
from linli.insight.indicators.rules import INDICATORS
from linli.insight.periods.rules import Change, Window
from linli.insight.rates.comparing import Ranked
from linli.insight.rates.queries import FIGURES
from linli.insight.rates.rules import RATE_NAMES, Rates
from linli.insight.reports.card import share_card
from linli.insight.reports.excel import workbook
from linli.insight.reports.findings import findings
from linli.insight.reports.queries import Report, make_report
from linli.insight.reports.tables import tables_of
from linli.insight.reports.word import document
from linli.kernel.acting import SYSTEM
from linli.kernel.places.models import AreaLevel
from linli.kernel.places.queries import area_by_code

COLUMNS = {
    AreaLevel.DISTRICT: "district_id",
    AreaLevel.SUBDISTRICT: "subdistrict_id",
    AreaLevel.COMMUNITY: "community_id",
    AreaLevel.GRID: "grid_id",
}
EVERYWHERE = "全部辖区"


def register(app: typer.Typer) -> None:
    """Add the command `report`."""
    app.command(name="report")(report)


def report(
    kind: Annotated[str, typer.Option(help="daily 日报、weekly 周报或 monthly 月报。")] = "monthly",
    period: Annotated[
        str, typer.Option(help="如 2026-03-09、2026-W11、2026-03；不写就是现在这一期。")
    ] = "",
    area: Annotated[str, typer.Option(help="辖区编码；不写就是全部。")] = "",
    save: Annotated[
        Path | None, typer.Option(help="另存为 .xlsx、.docx 或 .svg 文件。", dir_okay=False)
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象。")] = False,
) -> None:
    """出一期报告：指标、三率、排名，带环比和同比。"""
    now: datetime = import_string(settings.LINLI_CLOCK)()
    place = area_by_code(area) if area else None
    found = make_report(
        SYSTEM,
        kind,
        period,
        asof=now,
        place=place.name if place else EVERYWHERE,
        demo=demo_present(),
        among=Q(**{COLUMNS[AreaLevel(place.level)]: place.pk}) if place else Q(),
    )
    if save is not None:
        _save(found, save)
    if as_json:
        print_json(as_data(found))
    else:
        _show(found)


def as_data(found: Report) -> dict[str, Any]:
    """The report as plain values: shares 0–1 with numerator and denominator, None where there is none."""
    ranking = found.ranking
    return {
        "kind": found.kind.code,
        "period": found.name,
        "place": found.place,
        "asof": found.asof,
        "demo": found.demo,
        "figures_of": _window(found.windows.now),
        "rates_of": _window(found.rates_windows.now),
        "figures": _figures(found.total),
        "groups": {
            "units": [_group(one) for one in found.units],
            "communities": [_group(one) for one in found.communities],
            "classes": [_group(one) for one in found.classes],
        },
        "rates": _rates(ranking.assessed)
        | {
            "changes": {
                code: {base: _change(ranking.change(code, base)) for base in BASES}
                for code in RATE_NAMES
            }
        },
        "rates_with_excluded": _rates(ranking.everything),
        "ranking": {
            "departments": [_ranked(one) for one in ranking.departments],
            "streets": [_ranked(one) for one in ranking.streets],
        },
        "findings": findings(found),
    }


def _figures(group: Compared) -> dict[str, Any]:
    figures = {}
    for code, indicator in INDICATORS.items():
        figures[code] = {
            "name": indicator.name,
            "value": _number(group.now.value(indicator)),
            "numerator": len(group.now.ids(indicator.part)),
            "denominator": None if indicator.whole is None else len(group.now.ids(indicator.whole)),
            **{base: _change(group.change(indicator, base)) for base in BASES},
        }
    return figures


def _group(group: Compared) -> dict[str, Any]:
    return {"name": group.name, "figures": _figures(group)}


def _ranked(one: Ranked) -> dict[str, Any]:
    return {
        "place": one.place,
        "name": one.unit.name,
        "few": one.unit.rates.few,
        "taken_in": one.unit.taken_in,
        "finished": one.unit.finished,
        **_rates(one.unit.rates),
        "score_with_excluded": _number(one.unit.everything.score),
    }


def _rates(rates: Rates) -> dict[str, Any]:
    counts = {name: getattr(rates, name) for name in FIGURES if hasattr(rates, name)}
    return counts | {code: _number(getattr(rates, code)) for code in RATE_NAMES}


def _change(change: Change) -> dict[str, Any]:
    return {
        "base": _number(change.base),
        "difference": _number(change.difference),
        "relative": _number(change.relative),
        "direction": change.direction or None,
    }


def _window(window: Window) -> dict[str, Any]:
    stretch = window.stretch
    return {
        "kind": stretch.kind.value,
        "name": stretch.name,
        "start": stretch.start.isoformat(),
        "end": stretch.end.isoformat(),
    }


def _number(value: Fraction | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value.denominator == 1 else round(float(value), 6)


def _save(found: Report, file: Path) -> None:
    makers: Mapping[str, Any] = {
        ".xlsx": workbook,
        ".docx": document,
        ".svg": lambda one: share_card(one).encode(),
    }
    if file.suffix not in makers:
        raise BadPeriod("文件名请以 .xlsx、.docx 或 .svg 结尾。", field="--save")
    file.write_bytes(makers[file.suffix](found))
    console.print(f"已保存 {file}", markup=False, highlight=False)


def _show(found: Report) -> None:
    console.print(f"{found.title} {found.name}", markup=False, highlight=False)
    for sentence in findings(found):
        console.print(sentence, markup=False, highlight=False)
    for table in tables_of(found):
        shown = Shown(*table.columns, title=table.title)
        for line in table.rows:
            shown.add_row(*(cell.text for cell in line))
        console.print(shown)

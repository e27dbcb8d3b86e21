"""`linli report` as a person or a script calls it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import typer
from pytest_django import Settings
from typer.testing import CliRunner, Result

from linli.cases.flow import Stage
from linli.cases.seed import load_defaults
from linli.doors.terminal.report import register
from linli.insight.errors import BadPeriod
from tests.walks import RUBBISH, opened, walk_to
from tests.world import MONDAY, World

Run = Callable[..., Result]


def in_april() -> datetime:
    return MONDAY + timedelta(days=30)


@pytest.fixture
def run(world: World, settings: Settings) -> Run:
    settings.LINLI_CLOCK = f"{__name__}.in_april"
    load_defaults(now=MONDAY)
    walk_to(world, opened(world, RUBBISH), Stage.CLOSED)
    app = typer.Typer()
    register(app)
    app.callback()(lambda: None)
    return lambda *words: CliRunner().invoke(app, ["report", *words], catch_exceptions=False)


def test_json_has_every_figure_with_numerator_denominator_and_bases(run: Run) -> None:
    result = run("--period", "2026-03", "--kind", "monthly", "--json")
    answer = json.loads(result.stdout)
    assert (answer["kind"], answer["period"], answer["place"]) == ("monthly", "2026-03", "全部辖区")
    assert answer["figures"]["handle_rate"] == {
        "name": "处置率",
        "value": 1,
        "numerator": 1,
        "denominator": 1,
        "before": {"base": None, "difference": None, "relative": None, "direction": None},
        "year": {"base": None, "difference": None, "relative": None, "direction": None},
    }
    assert answer["figures_of"]["start"] == "2026-03-01T00:00:00+08:00"
    assert answer["rates_of"]["start"] == "2026-02-19T00:00:00+08:00"
    assert answer["groups"]["units"][0]["name"] == "城管队"
    assert answer["ranking"] == {"departments": [], "streets": []}
    assert answer["findings"][0].startswith("新增案件 1 件")


def test_without_json_people_read_tables(run: Run) -> None:
    result = run("--period", "2026-03")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "总体情况" in result.stderr


def test_a_report_is_saved_as_the_file_its_name_says(run: Run, tmp_path: Path) -> None:
    for ending, begins in (("xlsx", b"PK"), ("docx", b"PK"), ("svg", b"<svg")):
        file = tmp_path / f"report.{ending}"
        assert run("--period", "2026-03", "--save", str(file)).exit_code == 0
        assert file.read_bytes().startswith(begins)
    with pytest.raises(BadPeriod, match="结尾"):
        run("--save", str(tmp_path / "report.pdf"))


def test_a_report_of_an_area_counts_what_lies_in_it(run: Run) -> None:
    for code, number in (("990101001001", 1), ("990101001002", 0), ("990101001", 1)):
        answer = json.loads(run("--period", "2026-03", "--area", code, "--json").stdout)
        assert answer["figures"]["registered"]["value"] == number
